"""Named sources: what a name means, what two people type, and the key."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lot import rules
from hub.lot.pool import Unreadable
from hub.lot.seed import make_seed
from hub.lot.sources import (
    Game,
    Source,
    agree,
    beacon,
    check_value,
    drand,
    first_sources,
    format_key,
    lottery,
    nist,
    parse_value,
    randomness,
    window,
)
from tests.lot.arranged import ACT, FROZEN, SOURCES, VALUES

BEACON, LOTTO, IRISH = SOURCES
ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("text", ["5a" * 48, "0x" + "5A" * 48, "5a5a 5a5a\n" * 12])
def test_hexadecimal_digits_are_read_however_they_are_pasted(text):
    assert parse_value(BEACON, text) == "5a" * 48


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
        (BEACON, "", "96 hexadecimal digits"),
        (BEACON, "5a" * 32, "96 hexadecimal digits"),
        (BEACON, "5g" * 48, "96 hexadecimal digits"),
        (nist(FROZEN), "5a" * 32, "128 hexadecimal digits"),
    ],
)
def test_reading_that_the_source_cannot_say_is_refused_in_words(source, text, words):
    with pytest.raises(Unreadable, match=words):
        parse_value(source, text)


@pytest.mark.parametrize(("source", "value"), [(LOTTO, "5a" * 48), (BEACON, (3, 14, 15, 26, 53, 58)), (BEACON, ())])
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


# Round 1000 of drand's quicknet, as https://api.drand.sh/v2/chains/.../rounds/1000 has it.
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
# Pulse 1853305 of chain 2 of NIST's beacon, as https://beacon.nist.gov/beacon/2.0/chain/2/pulse/1853305 has it.
PULSE = (ROOT / "tests" / "vectors" / "nist-pulse.json").read_text()
MINUTE = beacon("nist-20260710t1056z")


def answer(**other):
    """What drand's site says of round 1000, with something changed."""
    return json.dumps({"round": 1000, "randomness": RANDOMNESS, "signature": SIGNATURE, **other})


def pulse(part=None, **other):
    """The pulse, with something changed in it or in one of its parts."""
    whole = json.loads(PULSE)
    (whole["pulse"] if part is None else whole["pulse"][part]).update(other)
    return json.dumps(whole)


def test_whole_answer_of_a_beacon_gives_what_was_signed():
    assert parse_value(beacon("drand-quicknet-1000"), answer()) == SIGNATURE
    assert parse_value(beacon("drand-quicknet-1000"), SIGNATURE.upper()) == SIGNATURE
    assert randomness(SIGNATURE) == RANDOMNESS
    assert parse_value(MINUTE, PULSE) == json.loads(PULSE)["pulse"]["outputValue"].lower()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (answer(round=1001), "another round. Read round 1000"),
        (answer(randomness="0" * 64), "not the SHA-256"),
        (answer(signature=SIGNATURE[:-1] + "8"), "not the SHA-256"),
        (answer(signature="zz"), "signature is missing"),
        (answer(signature=7), "signature is missing"),
        ("{", "not the whole answer"),
        ("{}" * 5, "not the whole answer"),
        ('{"a":' * 5000, "not the whole answer"),
    ],
)
def test_answer_of_drand_with_a_slip_is_refused(text, words):
    with pytest.raises(Unreadable, match=words):
        parse_value(beacon("drand-quicknet-1000"), text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (pulse(timeStamp="2026-07-10T10:57:00.000Z"), "another minute"),
        (pulse(outputValue="00" * 64), "does not follow"),
        (pulse(localRandomValue="00" * 64), "does not follow"),
        (pulse(statusCode=1), "does not follow"),
        (pulse(pulseIndex=1853306), "does not follow"),
        (pulse("external", value="11" * 64), "does not follow"),
        (pulse(listValues=json.loads(PULSE)["pulse"]["listValues"][::-1]), "does not follow"),
        (pulse(signatureValue="00" * 512), "does not follow"),
        (pulse(period="60000"), "period is missing"),
        (pulse(chainIndex=-1), "chainIndex is missing"),
        (pulse(uri=None), "uri is missing"),
        (pulse(listValues=[3]), "value is missing"),
        (pulse(external=None), "parts of the pulse are missing"),
        ('{"pulse": 3}', "not the answer of a beacon"),
    ],
)
def test_answer_of_nist_with_a_slip_is_refused(text, words):
    with pytest.raises(Unreadable, match=words):
        parse_value(MINUTE, text)


GB, IE = Game("gb-lotto", frozenset({2, 5}), 22, 6, 59), Game("ie-lotto", frozenset({2, 5}), 22, 6, 47)


@given(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC)))
def test_first_draw_of_a_lottery_is_the_next_that_becomes_known(moment):
    source = GB.first_draw(moment)

    day = dt.date.fromisoformat(source.name[-10:])
    assert (day.weekday() in (2, 5), source.known.hour, source.known.date()) == (True, 22, day)
    assert dt.timedelta(0) <= source.known - moment <= 4 * DAY
    assert rules.sources_fit([source, nist(moment + 5 * DAY)], moment - DAY)


def test_day_on_which_a_lottery_is_not_drawn_has_no_name():
    with pytest.raises(Unreadable, match="not drawn on 2026-11-26"):
        GB.draw_of(dt.date(2026, 11, 26))


def test_lotteries_that_come_too_late_are_left_out_and_beacons_are_not():
    allowed = {"drand": None, "gb-lotto": GB, "nist": None, "ie-lotto": IE}
    saturday = dt.datetime(2026, 11, 28, 22, tzinfo=dt.UTC)

    def names(moment, latest):
        return [source.name for source in first_sources(allowed, moment, latest)]

    beacons = [drand(FROZEN + 5 * DAY).name, nist(FROZEN + 5 * DAY).name]
    both = ["lottery-gb-lotto-2026-11-28", "lottery-ie-lotto-2026-11-28"]
    assert names(FROZEN + 5 * DAY, saturday) == [beacons[0], both[0], beacons[1], both[1]]
    assert names(FROZEN + 5 * DAY, None) == [beacons[0], both[0], beacons[1], both[1]]
    assert names(FROZEN + 5 * DAY, saturday - dt.timedelta(minutes=1)) == beacons


@given(st.integers(0, 2), st.data())
def test_seed_changes_with_every_value(place, data):
    other = list(VALUES)
    drawn = st.text("0123456789abcdef", min_size=96, max_size=96) if place == 0 else st.sets(
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
