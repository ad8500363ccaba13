"""The act, its challenge, and how a signature stands in an entry."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib

import pytest

from hub.ledger import signed
from hub.ledger.entries import Entry, format_entry, parse_entry
from hub.ledger.signed import Sig, act_of, challenge_of, digest_of, format_sig, from_text, parse_sig, to_text

AT = dt.datetime(2027, 1, 10, 20, 0, tzinfo=dt.UTC)
ENTRY = Entry("office.confirmed", AT, 16, {"act": "act_" + "0" * 26}, index=20)
SIG = Sig("key_" + "0" * 26, b"a" * 37, b"{}", b"s" * 70)


def test_act_is_the_entry_without_its_time_and_signature():
    raw = b'{"by":16,"data":{"act":"act_00000000000000000000000000"},"type":"office.confirmed","v":1}'

    later = dataclasses.replace(ENTRY, at=AT + dt.timedelta(days=1), sig=format_sig(SIG), index=99)

    assert act_of(ENTRY) == act_of(later) == raw
    assert digest_of(ENTRY) == hashlib.sha256(b"hub-act-v1\n" + raw).digest()
    assert act_of(dataclasses.replace(ENTRY, sd=("A" * 43,))).startswith(b'{"_sd":["AAAA')


def test_one_act_is_its_own_challenge_and_several_have_one_together():
    one, two = b"1" * 32, b"2" * 32

    assert challenge_of([one]) == one
    assert challenge_of([one, two]) == hashlib.sha256(b"hub-acts-v1\n" + one + two).digest()
    assert challenge_of([two, one]) != challenge_of([one, two])


@pytest.mark.parametrize("acts", [(), (b"1" * 32, b"2" * 32)])
def test_signature_survives_its_entry(acts):
    sig = dataclasses.replace(SIG, acts=acts)

    raw = format_entry(dataclasses.replace(ENTRY, sig=format_sig(sig)))

    assert parse_sig(parse_entry(raw, 20).sig or {}) == sig
    assert format_entry(parse_entry(raw, 20)) == raw


GOOD = format_sig(SIG)
DIGESTS = [to_text(bytes([n]) * 32) for n in range(65)]
BAD = {
    "nothing": {},
    "a part missing": {k: v for k, v in GOOD.items() if k != "signature"},
    "a part too many": {**GOOD, "more": "AAAA"},
    "padding": {**GOOD, "signature": "AAA="},
    "a stray bit": {**GOOD, "signature": "AB"},
    "a space": {**GOOD, "signature": "AA AA"},
    "empty": {**GOOD, "clientDataJSON": ""},
    "too long": {**GOOD, "clientDataJSON": "A" * 8000},
    "a number": {**GOOD, "authenticatorData": 7},
    "another kind of name": {**GOOD, "key": "act_" + "0" * 26},
    "one act of several": {**GOOD, "acts": DIGESTS[:1]},
    "none of several": {**GOOD, "acts": []},
    "one twice": {**GOOD, "acts": [DIGESTS[0], DIGESTS[0]]},
    "too many acts": {**GOOD, "acts": DIGESTS},
    "a short digest": {**GOOD, "acts": [DIGESTS[0], "AAAA"]},
    "no list": {**GOOD, "acts": "AAAA"},
}


@pytest.mark.parametrize("what", BAD)
def test_other_shape_is_no_signature(what):
    with pytest.raises(ValueError, match=r"."):
        parse_sig(BAD[what])


def test_text_means_its_bytes_and_no_other_text_does():
    assert [from_text(to_text(bytes(range(n)))) for n in range(1, 40)] == [bytes(range(n)) for n in range(1, 40)]
    for text in ("AA==", "AB", "A", "A+/A", "ÄAAA", None, 3):
        with pytest.raises(ValueError, match=r"."):
            signed.from_text(text)
