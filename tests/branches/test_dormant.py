"""A branch in whose area nobody is a member any more: nobody has power in it, until somebody is, and elects anew."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock, ledger
from hub.ballots import elections, owing
from hub.branches import own_rules, queries
from hub.branches.entries import BranchDormant, BranchRevived
from hub.branches.queries import Branch
from hub.db import Database
from hub.emergencies import actions as emergencies
from hub.errors import Forbidden, RuleViolation
from hub.groups import membership, resting
from hub.people import queries as people_queries
from hub.permits import Actor
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.permits.entries import GrantEnded
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import (
    again,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
)
from tests.people_for_tests import types as written
from tests.replaying import assert_replays
from tests.vaults import letters_of


@pytest.fixture
def mon(db: Database, clock_at):
    """A branch of five who all move away but one, and its group; beside it York, as a decoy."""
    return copies.of(db, _found_mon, at=clock_at)


def _found_mon(db: Database, clock_at):
    move = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "anna", "ben")
        york, _ = found_branch(tx, council)
        branch, organisers = found_branch(tx, council, "ynys-mon", "mon")
        group, _ = found_group(tx, branch, [ready(tx, "carl", "ynys-mon"), ready(tx, "dora", "ynys-mon")], organisers)
    leave(db, *[f"mon_{place}" for place in "abcde"], "carl")
    return move, branch, york, group, council


def leave(db: Database, *names: str, why: str = "moved") -> None:
    """The roster says that they live in York now, or (left) that they are out; the worker's round follows."""
    for name in names:
        with db.write() as tx:
            line = (
                {"change": "ended", "why": "left", "area": None} if why == "left" else {"change": why, "area": "york"}
            )
            standing.follow(tx, person(tx, name), line)
    standing.carry_out(db, also_end=membership.end_memberships)
    tick(db)


def person(tx, name: str) -> str:
    """Whom the roster's row of a name is."""
    return str(people_queries.person_of_entry(tx, f"ent_{name}"))


def tick(db: Database) -> None:
    """What the worker does."""
    with db.write() as tx:
        resting.let_empty_rest(tx)
        elections.tick(tx)


def now(db: Database, branch: Branch) -> tuple[bool, int, int]:
    """Whether a branch is dormant, how many grants stand in it, and how many of them are live."""
    with db.read() as tx:
        found = queries.get(tx, branch.id)
        stand, live = (read(tx, scope=found.scope) for read in (permits.standing_grants, permits.live_grants))
        return found.is_dormant, len(stand), len(live)


def test_branch_rests_with_the_last_member_of_its_area_and_not_before(db, another_db, mon):
    _move, branch, york, group, _council = mon

    with_one = now(db, branch)
    leave(db, "dora", why="left")

    assert (with_one, now(db, branch), now(db, york)) == ((False, 5, 5), (True, 5, 0), (False, 5, 5))
    with db.read() as tx:
        (index,) = [place for place, kind in enumerate(written(tx)) if kind == "branch.dormant"]
        entry = ledger.get(tx, index)
        told = [letter.params for letter in letters_of(tx, "branch_dormant")]
        assert entry is not None
        assert (entry.by, entry.data, entry.sd) == (None, {"branch": branch.id}, ())
        assert told == [{"place": f"/branches/{branch.slug}"}] * 5
        assert not permits.dormant_since(tx, group.id)
    assert_replays(db, another_db)


def test_nobody_acts_in_a_dormant_branch(db, mon):
    _move, branch, york, _group, (anna, _ben) = mon
    leave(db, "dora", why="left")
    with db.draft() as tx:
        before, anna = entry_count(tx), again(tx, anna)
        officer = again(tx, Actor(person=person(tx, "mon_a")))
    refused = []

    for verb in (
        lambda tx: own_rules.propose(tx, branch=branch, rule="numbers.request_days", value=9, actor=officer),
        lambda tx: emergencies.declare(tx, kind="freeze_settings", scope=branch.scope, reason="Why not?", actor=anna),
    ):
        with pytest.raises((Forbidden, RuleViolation)) as refusal, db.write() as tx:
            verb(tx)
        refused.append(refusal.value.code)

    assert refused == ["permits.dormant"] * 2
    with db.read() as tx:
        assert entry_count(tx) == before
    with pytest.raises(RuleViolation) as elsewhere, db.write() as tx:
        emergencies.declare(tx, kind="freeze_settings", scope=york.scope, reason="Why not?", actor=anna)
    assert elsewhere.value.code == "emergencies.too_new"
    with db.write() as tx:
        resign(tx, grant=officer.grants[0].id, actor=officer)
    assert now(db, branch) == (True, 4, 0)


def test_mandates_end_when_the_branch_was_empty_for_the_days_of_a_hold(db, another_db, mon):
    move, branch, _york, _group, _council = mon
    leave(db, "dora", why="left")

    move("2026-12-19T19:59Z")
    tick(db)
    kept = now(db, branch)
    move("2027-02-01T12:00Z")  # a clock that comes late
    tick(db)

    assert (kept, now(db, branch)) == ((True, 5, 0), (True, 0, 0))
    with db.read() as tx:
        ended = {(grant.ended_why, grant.ended_at) for grant in permits.all_grants(tx, branch.scope)}
        assert ended == {("emptied", dt.datetime(2026, 12, 19, 20, 0, tzinfo=dt.UTC))}
        assert owing.running_in(tx, branch.scope) == []
    assert_replays(db, another_db)


def test_member_who_comes_wakes_it_and_an_election_is_open_at_once(db, another_db, mon):
    move, branch, _york, _group, _council = mon
    leave(db, "dora", why="left")
    move("2026-12-01T12:00Z")
    with db.write() as tx:
        member(tx, "eve", "ynys-mon")
        woken = resting.wake_branches(tx)
    tick(db)

    assert (woken, now(db, branch)) == (1, (False, 5, 5))
    with db.read() as tx:
        (act,) = owing.running_in(tx, branch.scope)
        assert owing.opens_next(tx, branch.scope) is None
        assert queries.get(tx, branch.id).revived_at == clock.now()
    tick(db)
    with db.read() as tx:
        assert owing.running_in(tx, branch.scope) == [act]
    assert_replays(db, another_db)


def test_nothing_is_said_of_a_branch_in_which_nobody_was_ever_met(db, another_db, mon):
    """A fork begins with the record, and without anybody's standing."""
    assert_replays(db, another_db)

    with another_db.write() as tx:
        assert resting.let_empty_rest(tx) == 0


def test_only_the_hub_says_that_a_branch_is_empty_and_only_once(db, mon):
    _move, branch, york, _group, _council = mon
    with db.read() as tx:
        awake = permits.standing_grants(tx, scope=york.scope)[0]
    leave(db, "dora", why="left")
    with db.read() as tx:
        asleep, before = permits.standing_grants(tx, scope=branch.scope)[0], entry_count(tx)
    at_once = clock.format_minute(clock.now())

    for record, by, code in (
        (BranchDormant(york.id), awake.entry, "places.not_awake"),
        (BranchDormant(branch.id), None, "places.not_awake"),
        (BranchRevived(york.id), None, "places.not_dormant"),
        (BranchRevived(branch.id), awake.entry, "places.not_dormant"),
        (GrantEnded(awake.id, "emptied", due=at_once), None, "places.not_emptied"),
        (GrantEnded(asleep.id, "emptied", due=at_once), None, "places.not_emptied"),
    ):
        with pytest.raises(RuleViolation) as refused, db.write() as tx:
            ledger.append(tx, record, by=by)
        assert refused.value.code == code
    with db.read() as tx:
        assert entry_count(tx) == before
