"""Entries that a hub writes past its own rules change nothing: each is refused by what anybody can recompute."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from hub import clock, ids, ledger
from hub.ballots import queries
from hub.ballots.entries import BallotCalled, BallotCounted, CandidacyDeclared, CandidacyWithdrawn, ElectionOpened
from hub.constitution import queries as constitution
from hub.errors import RuleViolation
from hub.ledger import entries as ledger_entries
from hub.ledger.entries import TYPES, files_named, format_entry, read_record
from hub.ledger.models import entries
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded, GrantMade
from tests.people_for_tests import entry_count
from tests.towns import OPENS

ROOT = "A" * 43 + "="


def newest(db, name):
    """The newest entry of a type, and its record."""
    with db.read() as tx:
        index = tx.scalar(sa.select(sa.func.max(entries.c.index)).where(entries.c.type == name))
        entry = ledger.get(tx, index)
    return entry, read_record(TYPES[name], entry.data)


def is_refused(db, record, by=None):
    """Tells whether a record cannot be appended, and nothing is written."""
    with db.read() as tx:
        before = entry_count(tx)
    try:
        with db.write() as tx:
            ledger.append(tx, record, by=right_of_members(tx) if by == "members" else by)
    except RuleViolation:
        with db.read() as tx:
            return entry_count(tx) == before
    return False


def test_election_opens_as_the_record_owes_it_or_not_at_all(db, town):
    town.clock.advance(days=OPENS - 1)
    due = clock.format_minute(clock.now() + clock.DAY)
    honest = ElectionOpened(ids.new("act"), town.branch.id, town.branch.id, "admin", "general", 7, due)

    assert is_refused(db, honest)
    town.clock.advance(days=1)
    for change in (
        {"seats": 6}, {"kind": "by"}, {"due": clock.format_minute(clock.now() + clock.MINUTE)}, {"role": "council"},
        {"branch": None}, {"scope": ids.new("brn"), "branch": None},
    ):  # fmt: skip
        assert is_refused(db, dataclasses.replace(honest, **change)), change
    assert is_refused(db, honest, by="members")
    assert not is_refused(db, honest)
    assert is_refused(db, dataclasses.replace(honest, act=ids.new("act")))


def test_ballot_is_called_as_its_step_says_or_not_at_all(db, town):
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(town.voters[0])
    act = town.election()
    opens = clock.now() + 14 * clock.DAY
    early = BallotCalled(
        ids.new("bal"), act, 0, "stv", 7, 16, ROOT, clock.format_minute(opens),
        clock.format_minute(opens + 7 * clock.DAY), 0, "trackers",
    )  # fmt: skip
    assert is_refused(db, early)
    town.clock.advance(days=14)
    town.tick()
    _entry, called = newest(db, "ballot.called")
    assert is_refused(db, dataclasses.replace(called, ballot=ids.new("bal")))
    assert is_refused(db, CandidacyDeclared(act, town.founders[0].holder), by="members")
    assert is_refused(db, CandidacyWithdrawn(act, newest(db, "candidacy.declared")[1].holder), by="members")


@pytest.mark.parametrize(
    "change",
    [
        {"winners": ["hld_00000000000000000000000000"]},
        {"winners": []},
        {"outcome": "failed"},
        {"papers": 9, "root": ROOT, "file": "0" * 64, "blt": "0" * 64},
        {"papers": 17, "root": ROOT, "file": "0" * 64, "blt": "0" * 64},
        {"papers": 12},
        {"file": "0" * 64},
        {"blt": "0" * 64},
        {"due": "2027-05-12T20:00Z"},
        {"step": 1},
        {"flaw": "box_spoilt"},
        {"outcome": "done"},
    ],
    ids=str,
)
def test_result_that_cannot_be_one_is_refused(db, town, change):
    holders = town.to_ballot(town.voters[0])
    ballot = town.ballot()
    honest = BallotCounted(ballot.id, ballot.act, 2, "2027-05-13T20:00Z", "passed", holders)

    assert is_refused(db, honest)
    town.clock.advance(days=7)
    assert is_refused(db, dataclasses.replace(honest, **change))
    assert is_refused(db, honest, by="members")
    assert not is_refused(db, honest)
    assert is_refused(db, honest)


def test_offices_change_as_an_election_owes_it_or_not_at_all(db, town, monkeypatch):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:3]:
        town.cast(person, [holders[0], holders[1]])
    town.clock.advance(days=13)
    town.tick()
    with db.read() as tx:
        live = permits.live_grants(tx, scope=town.branch.scope)
        term = constitution.in_force(tx)[0].terms["election"]
    due = clock.now() + clock.DAY
    until = clock.format_minute(due + term * clock.DAY)
    moment = clock.format_minute(due)
    made = GrantMade(
        ids.new("grt"), holders[0], "admin", town.branch.id, town.branch.id, "election", town.election(), 5, moment,
        until,
    )  # fmt: skip

    assert is_refused(db, made)
    assert is_refused(db, GrantEnded(live[0].id, "superseded", town.election(), 5, moment))
    assert is_refused(db, GrantEnded(live[0].id, "superseded"))
    town.clock.advance(days=1)
    town.tick()
    assert is_refused(db, made)
    with db.read() as tx:
        elected = permits.live_grants(tx, scope=town.branch.scope)
    assert sorted(grant.holder for grant in elected) == sorted(holders)
    assert is_refused(db, GrantEnded(elected[0].id, "superseded", town.election(), 5, moment))
    assert is_refused(db, GrantEnded(elected[0].id, "resigned", ends=until), by=elected[0].entry)


def test_mirror_learns_which_files_a_count_names(db, town):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:12]:
        town.cast(person, holders)
    town.clock.advance(days=7)
    town.tick()
    entry, counted = newest(db, "ballot.counted")
    few = dataclasses.replace(entry, data={**entry.data, "file": None, "blt": None})

    assert sorted(files_named(format_entry(entry), entry.index)) == sorted([counted.file, counted.blt])
    assert files_named(format_entry(few), entry.index) == []
    assert ledger_entries.TYPES["ballot.counted"].fields["file"].names_file
    with db.read() as tx:
        assert all(queries.waiting_file(tx, name) for name in (counted.file, counted.blt))
