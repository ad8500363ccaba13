"""A lot that falls by anything but its own round changes nothing: in the hub's fold, and in the second program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub import canonical
from hub.ballots import ties
from hub.db import Database
from hub.ledger import writer
from hub.lot.chains import REHEARSAL, rehearsed
from tests import verifier
from tests.ballots.conftest import make_town as make_town
from tests.ballots.test_ties import ROUND, tie
from tests.replaying import lines_of

OTHER = ties.source_of(REHEARSAL, ROUND.begins, 1)
FORMER = ties.source_of(REHEARSAL, ROUND.begins, -120)


def seed_of(data: dict[str, Any], said: str) -> dict[str, Any]:
    """A count by another signature, its seed right for it."""
    return {"said": said, "seed": ties.seed_of(data["ballot"], said)}


LIES: dict[str, tuple[str, Any]] = {
    "nobody's signature": ("ballot.counted", lambda data: seed_of(data, "ab" * 48)),
    "another round's": ("ballot.counted", lambda data: seed_of(data, rehearsed(OTHER.round))),
    "another seed": ("ballot.counted", lambda data: {"seed": "0" * 64}),
    "as of the close": ("ballot.counted", lambda data: {"due": "2027-05-13T20:00Z"}),
    "before the round": ("ballot.counted", lambda data: {"at": "2027-05-13T20:59Z", "due": "2027-05-13T20:59Z"}),
    "no lot": ("ballot.counted", lambda data: {"said": None, "seed": None}),
    "unread too early": (
        "ballot.counted",
        lambda data: {
            "said": None, "seed": None, "flaw": "no_reading", "outcome": "failed", "winners": [], "papers": None,
            "root": None, "file": None, "blt": None, "due": "2027-05-27T21:00Z",
        },
    ),
    "a round before the close": (
        "ballot.tied",
        lambda data: {"source": FORMER.name, "known": "2027-05-13T19:00Z"},
    ),
    "a later round": ("ballot.tied", lambda data: {"source": OTHER.name}),
    "before the close": ("ballot.tied", lambda data: {"at": "2027-05-13T19:59Z"}),
    "no chance named": ("ballot.called", lambda data: {"chain": None, "minutes": None}),
    "another chain": ("ballot.called", lambda data: {"chain": "0" * 64}),
    "at once": ("ballot.called", lambda data: {"minutes": 0}),
}  # fmt: skip


def told_otherwise(lines: list[tuple[bytes, list[str]]], kind: str, lie: Any) -> tuple[int, list[Any]]:
    """The record with one entry told otherwise, cut behind it; and that entry's index."""
    at = max(place for place, (raw, _said) in enumerate(lines) if json.loads(raw)["type"] == kind)
    entry = json.loads(lines[at][0])
    changed = lie(entry["data"])
    entry["at"] = changed.pop("at", entry["at"])
    entry["data"] |= changed
    return at, [*lines[:at], (canonical.dumps(entry), lines[at][1])]


@pytest.fixture
def lines(db, make_town):
    """The record of an election that a lot decided."""
    town = tie(make_town(db))
    assert town.read_lot() == 1
    return list(lines_of(db))


def judged(lines: list[Any], another_db: Database) -> tuple[list[int], list[int]]:
    """Which entries the hub's fold passes over, and which the second program's."""
    with another_db.write() as tx:
        ours = [one.index for one in writer.replay(tx, lines)]
    return ours, [one.index for one in verifier.fold(lines).void]


def test_both_take_a_lot_by_its_own_round(lines, another_db):
    assert judged(lines, another_db) == ([], [])


@pytest.mark.parametrize("lie", LIES)
def test_neither_takes_a_lot_by_anything_else(lines, another_db, lie):
    at, changed = told_otherwise(lines, *LIES[lie])

    assert judged(changed, another_db) == ([at], [at])


def test_planted_verifier_that_believes_any_signature_is_found(lines, another_db, monkeypatch):
    monkeypatch.setattr(verifier.verifier, "is_signed", lambda *_: True)
    at, changed = told_otherwise(lines, *LIES["nobody's signature"])

    assert judged(changed, another_db) == ([at], [])
