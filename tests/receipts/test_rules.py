"""What may be believed of a receipt: by the key that the record names, in its days, counted, and by its owner's key."""

import dataclasses
import datetime as dt

import pytest

from hub.receipts import days, text
from hub.receipts.rules import Challenge, verdict
from tests.receipts.receipts_for_tests import (
    DAY,
    HUB,
    KEY,
    NOON,
    ORIGIN,
    OTHER,
    OWN,
    SHOWN,
    counted,
    hub,
    issued,
    public,
)  # fmt: skip

RECEIPT, DECOYS = issued(), [issued() for _ in range(12)]
RECORD = hub(counted(RECEIPT, *DECOYS))
HEIR = hub(origin="heir.example/log", start=50)
ASKED = Challenge("https://heir.example", "n-1")


def found(file=RECEIPT, hubs=(RECORD,), now=NOON, **more):
    checked = verdict(file, hubs, now, **more)
    return checked.verdict.code, checked.counted


def test_valid_receipt_says_of_which_branch_since_when_and_by_whom():
    checked = verdict(RECEIPT, (dataclasses.replace(RECORD, end=50), HEIR), NOON)

    assert (checked.verdict.ok, checked.counted, checked.entry, checked.of_old) == (True, "yes", 7, True)
    assert (checked.branch, checked.since) == (SHOWN["branch"], SHOWN["since"])
    assert (checked.hub.origin, checked.receipt.issuer) == (ORIGIN, HUB)
    assert verdict(RECEIPT, (RECORD,), NOON).of_old is False


def test_one_that_shows_nothing_is_valid_and_says_nothing():
    bare = issued({})
    checked = verdict(bare, (hub(counted(bare)),), NOON)
    assert (checked.verdict.ok, checked.branch, checked.since) == (True, None, None)


LATE = issued(day=DAY + dt.timedelta(days=2))
CASES = {
    "no receipt": ({"file": "hello"}, ("receipts.unreadable", "unknown")),
    "of a hub that this record does not know": (
        {"hubs": (hub(origin="other.example/log"),)},
        ("receipts.other_hub", "unknown"),
    ),
    "by a key that nobody names": ({"file": issued(key=OTHER)}, ("receipts.unknown_key", "unknown")),
    "by another key than that day's": (
        {"file": issued(key=OTHER), "hubs": (hub(counted(RECEIPT), keys=[OTHER.thumbprint()]),)},
        ("receipts.other_key", "unknown"),
    ),
    "on its last day": ({"now": dt.datetime(2027, 2, 18, 23, 59, tzinfo=dt.UTC)}, ("", "yes")),
    "after its last day": ({"now": dt.datetime(2027, 2, 19, tzinfo=dt.UTC)}, ("receipts.expired", "yes")),
    "before its day": ({"now": dt.datetime(2026, 11, 20, 23, 59, tzinfo=dt.UTC)}, ("receipts.too_early", "yes")),
    "signed for a day that was counted without it": ({"file": issued()}, ("receipts.uncounted", "unknown")),
    "of a day that the record does not reach": ({"file": LATE}, ("receipts.not_counted", "waits")),
    "the same where it need not be counted": ({"file": LATE, "must_be_counted": False}, ("", "waits")),
    "where the day's list is not here": (
        {"hubs": (hub(counted(RECEIPT, with_file=False)),)},
        ("receipts.no_proof", "unknown"),
    ),
    "the same where it need not be proved": (
        {"hubs": (hub(counted(RECEIPT, with_file=False)),), "must_be_counted": False},
        ("", "unknown"),
    ),
    "named by a charter alone": (
        {"file": LATE, "hubs": (hub(keys=[KEY.thumbprint()]),), "must_be_counted": False},
        ("", "waits"),
    ),
    "by the heir's key for the old hub": (
        {
            "file": issued(key=OTHER),
            "hubs": (RECORD, dataclasses.replace(HEIR, keys=frozenset([OTHER.thumbprint()]))),
        },
        ("receipts.unknown_key", "unknown"),
    ),
    "by an address that a charter names": (
        {"file": issued(issuer="https://new.example"), "hubs": (hub(keys=[KEY.thumbprint()], issuers=["https://new.example"]),),
         "must_be_counted": False},
        ("", "waits"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_reason_has_its_code(name):
    asked, expected = CASES[name]
    assert found(**asked) == expected


def test_proof_that_it_brings_is_enough_without_the_list():
    day = RECORD.days[DAY.isoformat()]
    proof = days.prove(day.entry, day.digests, text.digest(RECEIPT))
    alone = (hub(dataclasses.replace(day, digests=None)),)
    other = days.prove(day.entry, day.digests, text.digest(DECOYS[0]))

    assert found(text.format_file(RECEIPT, proof), alone) == ("", "yes")
    assert found(text.format_file(RECEIPT, other), alone) == ("receipts.uncounted", "unknown")
    for wrong in (
        dataclasses.replace(proof, entry=8),
        dataclasses.replace(proof, size=10),
        dataclasses.replace(proof, path=proof.path[:-1]),
    ):
        assert found(text.format_file(RECEIPT, wrong), alone) == ("receipts.uncounted", "unknown")


def test_what_the_old_hub_counted_after_the_fork_is_not_in_the_heirs_record():
    """A flood before a coup is cut off: trustees carry on from before the entry that counts it."""
    flood = [issued() for _ in range(200)]
    before = hub(counted(*flood), end=50)

    assert before.days[DAY.isoformat()].issued == 200
    assert found(flood[0], (before, HEIR)) == ("", "yes")
    assert found(flood[0], (hub(end=7, keys=[KEY.thumbprint()]), HEIR)) == ("receipts.not_counted", "waits")


BOUND = issued(bound=public(OWN))
OWNED = (hub(counted(BOUND)),)


def presented(key=OWN, audience=ASKED.audience, nonce=ASKED.nonce, at=NOON):
    return text.present(BOUND, key, audience, nonce, at)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (presented(), ""),
        (BOUND, "receipts.no_key"),
        (presented(audience="https://thief.example"), "receipts.other_question"),
        (presented(nonce="n-2"), "receipts.other_question"),
        (presented(at=NOON - dt.timedelta(minutes=11)), "receipts.other_question"),
        (presented(at=NOON + dt.timedelta(minutes=11)), "receipts.other_question"),
        (presented(key=OTHER), "receipts.unreadable"),
    ],
)
def test_owners_key_has_to_sign_over_what_was_asked(file, code):
    assert verdict(file, OWNED, NOON, challenge=ASKED).verdict.code == code


def test_without_a_key_whoever_has_it_may_show_it():
    assert verdict(RECEIPT, (RECORD,), NOON, challenge=ASKED).verdict.ok
    assert verdict(BOUND, OWNED, NOON).verdict.ok
