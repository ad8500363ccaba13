"""A named source: what its name means, and what is taken for what it said."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lot import rules
from hub.lot.chains import QUICKNET, REHEARSAL, rehearsed
from hub.lot.pool import Unreadable
from hub.lot.seed import make_seed
from hub.lot.sources import Source, first_source, parse_source, parse_value
from tests.lot.arranged import ACT, FROZEN, RANDOMNESS, SAID, SOURCE

DAY = dt.timedelta(days=1)


@given(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC)))
def test_source_is_the_first_round_that_begins_at_or_after_the_moment(moment):
    source = first_source(QUICKNET, moment)

    assert dt.timedelta(0) <= source.begins - moment < dt.timedelta(seconds=3)
    assert source.begins == dt.datetime.fromtimestamp(1_692_803_367 + 3 * (source.round - 1), dt.UTC)
    assert dt.timedelta(0) <= source.known - source.begins < dt.timedelta(minutes=1)
    assert source.known.second == 0
    assert parse_source(source.name, QUICKNET) == source


def test_round_of_a_day_is_the_one_others_compute():
    """The example in the description of drand's Ruby client: 2026-04-20 00:00:00 UTC."""
    assert first_source(QUICKNET, dt.datetime(2026, 4, 20, tzinfo=dt.UTC)).name == "drand-quicknet-27946612"
    assert first_source(QUICKNET, dt.datetime(2020, 1, 1, tzinfo=dt.UTC)).name == "drand-quicknet-1"


@pytest.mark.parametrize(
    "name",
    [
        "coin-toss", "drand-quicknet-0", "drand-quicknet-01", "drand-quicknet-" + "9" * 12, "drand-quicknet-5 ",
        "drand-rehearsal-5", "drand--5", "nist-20261121t2000z", "lottery-gb-lotto-2026-11-25",
    ],
)  # fmt: skip
def test_name_that_names_no_source_is_refused(name):
    with pytest.raises(Unreadable):
        parse_source(name, QUICKNET)


def answer(**other):
    """What drand's site says of round 1000, with something changed."""
    return json.dumps({"round": 1000, "randomness": RANDOMNESS, "signature": SAID, **other})


@pytest.mark.parametrize(
    "text", [SAID, "0x" + SAID.upper(), f" {SAID[:40]} {SAID[40:]}\n", answer(), answer(randomness=5)]
)
def test_signature_is_read_however_it_is_pasted(text):
    assert parse_value(SOURCE, text) == SAID


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "96 hexadecimal digits"),
        ("5a" * 32, "96 hexadecimal digits"),
        ("5g" * 48, "96 hexadecimal digits"),
        ("５" * 96, "96 hexadecimal digits"),
        ("ab" * 48, "not the signature of round 1000"),
        (SAID[:-1] + "8", "not the signature of round 1000"),
        (rehearsed(1000), "not the signature of round 1000"),
        (answer(round=1001), "another round. Read round 1000"),
        (answer(signature=SAID[:-1] + "8"), "not the signature of round 1000"),
        (answer(signature="zz"), "96 hexadecimal digits"),
        (answer(signature=7), "signature is missing"),
        ("{", "not the whole answer"),
        ("{}" * 5, "not the whole answer"),
        ('{"a":' * 5000, "not the whole answer"),
    ],
)
def test_what_the_chain_did_not_sign_is_refused_in_words(text, words):
    with pytest.raises(Unreadable, match=words):
        parse_value(SOURCE, text)


def test_signature_of_another_round_is_refused():
    with pytest.raises(Unreadable, match="not the signature of round 1001"):
        parse_value(Source(QUICKNET, 1001), SAID)


def test_source_that_somebody_could_know_is_refused():
    assert rules.source_fits(SOURCE, SOURCE.begins - DAY)
    for frozen in (SOURCE.begins - DAY + dt.timedelta(seconds=1), SOURCE.begins + DAY):
        verdict = rules.source_fits(SOURCE, frozen)
        assert (verdict.ok, verdict.code) == (False, "lot.source_too_soon")
        assert verdict.sentence.endswith(".")


def test_seed_changes_with_act_pool_and_what_was_said():
    seeds = {
        make_seed(ACT, "0" * 64, SAID),
        make_seed(ACT[:-1] + "8", "0" * 64, SAID),
        make_seed(ACT, "0" * 63 + "1", SAID),
        make_seed(ACT, "0" * 64, rehearsed(1000)),
    }

    assert len(seeds) == 4


@pytest.mark.parametrize("act", ["", "act_", "grp_" + "0" * 26, "act_" + "0" * 25 + "|", "act_" + "é" * 26])
def test_seed_is_refused_to_what_is_no_act(act):
    with pytest.raises(Unreadable):
        make_seed(act, "0" * 64, SAID)


@pytest.mark.parametrize("said", ["", SAID.upper(), SAID + "0", SAID[:-1] + "|"])
def test_seed_is_refused_to_what_is_no_signature(said):
    with pytest.raises(Unreadable):
        make_seed(ACT, "0" * 64, said)


def test_hash_of_the_chain_holds_its_key():
    """The address at which everybody reads quicknet; of another key, or another beginning, it would be another."""
    assert QUICKNET.hash == "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
    assert REHEARSAL.hash != QUICKNET.hash
    assert SOURCE.begins > FROZEN
