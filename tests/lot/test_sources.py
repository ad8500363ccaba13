"""Named sources: what a name means, what two people type, and the key."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lot import rules
from hub.lot.pool import Unreadable
from hub.lot.seed import make_seed
from hub.lot.sources import Source, agree, check_value, drand, format_key, lottery, nist, parse_value, window
from tests.lot.arranged import ACT, FROZEN, SOURCES, VALUES

BEACON, LOTTO, IRISH = SOURCES
DAY = dt.timedelta(days=1)


@given(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC)))
def test_drand_round_is_the_first_that_begins_at_or_after_the_moment(moment):
    source = drand(moment)
    begins, _ = window(source)
    number = int(source.name.rpartition("-")[2])

    assert dt.timedelta(0) <= begins - moment < dt.timedelta(seconds=3)
    assert begins == dt.datetime.fromtimestamp(1_692_803_367 + 3 * (number - 1), dt.UTC)
    assert dt.timedelta(0) <= source.known - begins < dt.timedelta(minutes=1)
    assert source.known.second == 0


def test_round_of_a_day_is_the_one_others_compute():
    """The example in the description of drand's Ruby client: 2026-04-20 00:00:00 UTC."""
    assert drand(dt.datetime(2026, 4, 20, tzinfo=dt.UTC)).name == "drand-quicknet-27946612"
    assert drand(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)).name == "drand-quicknet-1"


def test_pulse_is_named_by_its_minute():
    assert nist(FROZEN) == Source("nist-20261121t2000z", FROZEN)


@pytest.mark.parametrize(
    "source",
    [
        Source("coin-toss", FROZEN),
        Source("drand-quicknet-0", FROZEN),
        Source("drand-quicknet-" + "9" * 12, FROZEN),
        Source("drand-quicknet-5", FROZEN, 6, 59),
        Source("nist-20261331t2000z", FROZEN),
        Source("lottery-gb-lotto-2026-02-30", FROZEN, 6, 59),
        Source("lottery-gb-lotto-0001-01-01", FROZEN, 6, 59),
        Source("lottery-gb-lotto-2026-11-25", FROZEN),
        Source("lottery-gb-lotto-2026-11-25", FROZEN, 59, 6),
        Source("lottery-gb-lotto-2026-11-25", FROZEN, 21, 59),
        Source("lottery-GB-lotto-2026-11-25", FROZEN, 6, 59),
        Source("lottery-gb-2026-11-25", FROZEN, 6, 59),
    ],
    ids=lambda source: source.name,
)
def test_name_that_names_no_source_is_refused(source):
    with pytest.raises(Unreadable):
        window(source)


@pytest.mark.parametrize("text", ["3 14 15 26 53 58", "58,53, 26;15\n14 03", " 3.14.15.26.53.58. "])
def test_numbers_are_read_however_they_are_typed(text):
    assert parse_value(LOTTO, text) == (3, 14, 15, 26, 53, 58)


@pytest.mark.parametrize("text", ["5a" * 32, "0x" + "5A" * 32, "5a5a 5a5a\n" * 8])
def test_hexadecimal_digits_are_read_however_they_are_pasted(text):
    assert parse_value(BEACON, text) == "5a" * 32


@pytest.mark.parametrize(
    ("source", "text", "words"),
    [
        (LOTTO, "3 14 15 26 53", "6 numbers are needed; this has 5"),
        (LOTTO, "3 14 15 26 53 58 9", "6 numbers are needed; this has 7"),
        (LOTTO, "3 14 15 26 53 53", "twice"),
        (LOTTO, "3 14 15 26 53 60", "from 1 to 59"),
        (LOTTO, "0 14 15 26 53 58", "from 1 to 59"),
        (LOTTO, "", "type 6 numbers"),
        (LOTTO, "three", "type 6 numbers"),
        (LOTTO, "3 14 15 26 53 ５", "type 6 numbers"),
        (LOTTO, "3 14 15 26 53 -5", "type 6 numbers"),
        (LOTTO, "9" * 5000, "type 6 numbers"),
        (BEACON, "", "64 hexadecimal digits"),
        (BEACON, "5a" * 31, "64 hexadecimal digits"),
        (BEACON, "5g" * 32, "64 hexadecimal digits"),
        (nist(FROZEN), "5a" * 32, "128 hexadecimal digits"),
    ],
)
def test_reading_that_the_source_cannot_say_is_refused_in_words(source, text, words):
    with pytest.raises(Unreadable, match=words):
        parse_value(source, text)


@pytest.mark.parametrize(("source", "value"), [(LOTTO, "5a" * 32), (BEACON, (3, 14, 15, 26, 53, 58)), (BEACON, ())])
def test_value_of_another_kind_of_source_is_refused(source, value):
    with pytest.raises(Unreadable, match="lotteries say numbers"):
        check_value(source, value)


def test_two_readings_have_to_agree():
    assert agree(LOTTO, "3 14 15 26 53 58", "58 53 26 15 14 3") == (3, 14, 15, 26, 53, 58)
    with pytest.raises(Unreadable, match="the two readings differ"):
        agree(LOTTO, "3 14 15 26 53 58", "3 14 15 26 53 57")
    with pytest.raises(Unreadable, match="6 numbers are needed"):
        agree(LOTTO, "3 14 15 26 53 58", "3 14 15 26 53")


def test_key_is_in_the_form_of_rfc_3797():
    assert format_key([(9319,), (2, 5, 12, 8, 10), "a1b2"]) == "9319./2.5.8.10.12./A1B2/"


@pytest.mark.parametrize(
    ("sources", "code"),
    [
        ([BEACON], "lot.too_few_sources"),
        ([], "lot.too_few_sources"),
        ([BEACON, drand(FROZEN + 5 * DAY)], "lot.too_few_sources"),
        (
            [LOTTO, lottery("gb-thunderball", dt.date(2026, 11, 25), LOTTO.known, 5, 39)],
            "lot.too_few_sources",
        ),
        ([BEACON, LOTTO, LOTTO], "lot.source_twice"),
        ([BEACON, Source("coin-toss", LOTTO.known)], "lot.no_such_source"),
        ([LOTTO, drand(FROZEN + DAY - dt.timedelta(minutes=1))], "lot.source_too_soon"),
        ([LOTTO, drand(FROZEN - DAY)], "lot.source_too_soon"),
        ([LOTTO, Source("drand-quicknet-1", BEACON.known)], "lot.source_of_another_time"),
        ([LOTTO, Source(BEACON.name, BEACON.known + DAY)], "lot.source_of_another_time"),
        (
            [BEACON, Source("lottery-gb-lotto-2020-11-25", LOTTO.known, 6, 59)],
            "lot.source_of_another_time",
        ),
    ],
)
def test_sources_that_somebody_could_know_or_steer_are_refused(sources, code):
    verdict = rules.sources_fit(sources, FROZEN)

    assert (verdict.ok, verdict.code) == (False, code)
    assert verdict.sentence.endswith(".")


def test_sources_a_day_ahead_of_two_makers_are_allowed():
    assert rules.sources_fit(SOURCES, FROZEN)
    assert rules.sources_fit([nist(FROZEN + DAY), drand(FROZEN + DAY)], FROZEN)


@given(st.integers(0, 2), st.data())
def test_seed_changes_with_every_value(place, data):
    other = list(VALUES)
    drawn = st.text("0123456789abcdef", min_size=64, max_size=64) if place == 0 else st.sets(
        st.integers(1, 47), min_size=6, max_size=6
    ).map(lambda numbers: tuple(sorted(numbers)))  # fmt: skip
    other[place] = data.draw(drawn)

    same = make_seed(ACT, "0" * 64, other) == make_seed(ACT, "0" * 64, VALUES)

    assert same == (tuple(other) == VALUES)


def test_seed_changes_with_act_pool_and_order_of_sources():
    seeds = {
        make_seed(ACT, "0" * 64, VALUES),
        make_seed(ACT[:-1] + "8", "0" * 64, VALUES),
        make_seed(ACT, "0" * 63 + "1", VALUES),
        make_seed(ACT, "0" * 64, VALUES[::-1]),
        make_seed(ACT, "0" * 64, VALUES[:2]),
    }

    assert len(seeds) == 5


@pytest.mark.parametrize("act", ["", "act_", "grp_" + "0" * 26, "act_" + "0" * 25 + "|", "act_" + "é" * 26])
def test_seed_is_refused_to_what_is_no_act(act):
    with pytest.raises(Unreadable):
        make_seed(act, "0" * 64, VALUES)
