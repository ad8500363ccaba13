"""A group that everybody left: nobody has power in it, it can be joined, and then its organisers are elected anew."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock, ledger
from hub.acts import queries as act_queries
from hub.ballots import elections, owing, pointless
from hub.ballots import queries as ballots
from hub.ballots.entries import ElectionEnded
from hub.db import Database
from hub.emergencies import actions as emergencies
from hub.errors import Forbidden, RuleViolation
from hub.groups import links, membership, offices, queries, resting
from hub.groups.entries import GroupDormant, GroupRevived
from hub.groups.founding import Plan
from hub.groups.queries import Group
from hub.permits import Actor
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.permits.entries import GrantEnded
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
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

LINK = {"kind": "wiki", "url": "https://wiki.example.org/", "title": "Wiki", "audience": "public"}


@pytest.fixture
def tenants(db: Database, clock_at):
    """A group with its two organisers, whose moderator is none of its members; beside it a choir, as a decoy."""
    return copies.of(db, _found_tenants, at=clock_at)


def _found_tenants(db: Database, clock_at):
    move = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "anna", "ben")
        branch, organisers = found_branch(tx, council)
        founders = [ready(tx, "carl"), ready(tx, "dora")]
        group, founders = found_group(tx, branch, founders, organisers)
        plan = Plan("York Choir", "Singing on Thursdays, loudly.", "accept")
        choir, _ = found_group(tx, branch, [ready(tx, "hal"), ready(tx, "ida")], organisers, plan)
        act, token = offices.offer(tx, place=group, actor=founders[0])
        offices.accept(tx, token=token, shown="Moderator", actor=ready(tx, "mona"))
        for founder in founders:
            offices.confirm(tx, act=act, actor=again(tx, founder))
        begin_appointments(tx, clock_at)
    return move, group, founders, choir, council


def leave(db: Database, group: Group, *actors) -> None:
    """They leave, one after the other."""
    for actor in actors:
        with db.write() as tx:
            membership.leave(tx, group=group, actor=actor)


def now(db: Database, group: Group) -> tuple[bool, list[str], list[str]]:
    """Whether a group is dormant, the sources of grants that stand in it, and of those that are live."""
    with db.read() as tx:
        found = queries.get(tx, group.id)
        stand = [grant.source for grant in permits.standing_grants(tx, scope=found.scope)]
        return found.is_dormant, stand, [grant.source for grant in permits.live_grants(tx, scope=found.scope)]


def tick(db: Database) -> None:
    """What the worker does."""
    with db.write() as tx:
        resting.let_empty_rest(tx)
        elections.tick(tx)


def test_group_rests_with_its_last_member_and_not_before(db, another_db, tenants):
    _move, group, (carl, dora), choir, _council = tenants
    three = ["founding", "founding", "appointment"]

    leave(db, group, carl)
    with_one = now(db, group)
    leave(db, group, dora)

    assert with_one == (False, three, three)
    assert now(db, group) == (True, ["founding", "founding"], [])
    assert now(db, choir) == (False, ["founding", "founding"], ["founding", "founding"])
    with db.read() as tx:
        assert written(tx)[-2:] == ["group.dormant", "grant.ended"]
        assert queries.takes_acts(tx, queries.get(tx, group.id)).code == "permits.dormant"
    assert_replays(db, another_db)


def test_entry_of_dormancy_tells_the_group_and_nothing_else(db, tenants):
    _move, group, founders, _choir, _council = tenants
    leave(db, group, *founders)

    with db.read() as tx:
        index = written(tx).index("group.dormant")
        entry = ledger.get(tx, index)

    assert entry is not None
    assert (entry.by, entry.data, entry.sd) == (None, {"group": group.id}, ())


def test_nobody_acts_in_a_dormant_group(db, tenants):
    _move, group, (carl, dora), choir, (anna, _ben) = tenants
    leave(db, group, carl, dora)
    with db.draft() as tx:
        before, carl, dora, anna = entry_count(tx), again(tx, carl), again(tx, dora), again(tx, anna)
    refused = []

    for verb in (
        lambda tx: links.add_link(tx, group=group, actor=carl, **LINK),
        lambda tx: offices.offer(tx, place=group, actor=dora),
        lambda tx: emergencies.declare(tx, kind="freeze_settings", scope=group.scope, reason="Why not?", actor=anna),
    ):
        with pytest.raises((Forbidden, RuleViolation)) as refusal, db.write() as tx:
            verb(tx)
        refused.append(refusal.value.code)

    assert refused == ["permits.dormant"] * 3
    with db.read() as tx:
        assert entry_count(tx) == before
    with pytest.raises(RuleViolation) as elsewhere, db.write() as tx:
        emergencies.declare(tx, kind="freeze_settings", scope=choir.scope, reason="Why not?", actor=anna)
    assert elsewhere.value.code == "emergencies.too_new"


def test_whoever_accepts_an_offer_late_is_refused_and_it_stands_nowhere(db, tenants):
    _move, group, (carl, dora), _choir, _council = tenants
    with db.write() as tx:
        _act, token = offices.offer(tx, place=group, actor=again(tx, carl))
        nora = ready(tx, "nora")
    leave(db, group, carl, dora)
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        offices.accept(tx, token=token, shown="Nora", actor=nora)

    assert refused.value.code == "permits.dormant"
    with db.read() as tx:
        assert entry_count(tx) == before


def test_office_in_a_dormant_group_can_be_laid_down(db, another_db, tenants):
    _move, group, (carl, dora), _choir, _council = tenants
    leave(db, group, carl, dora)

    with db.write() as tx:
        carl = again(tx, carl)
        resign(tx, grant=carl.grants[0].id, actor=carl)

    assert now(db, group) == (True, ["founding"], [])
    assert_replays(db, another_db)


def test_mandates_end_when_the_group_was_empty_for_the_days_of_a_hold(db, another_db, tenants):
    move, group, founders, _choir, _council = tenants
    leave(db, group, *founders)

    move("2026-12-22T19:59Z")
    tick(db)
    kept = now(db, group)
    move("2027-02-01T12:00Z")  # a clock that comes late
    tick(db)

    assert kept == (True, ["founding", "founding"], [])
    assert now(db, group) == (True, [], [])
    with db.read() as tx:
        ended = {(grant.ended_why, grant.ended_at) for grant in permits.all_grants(tx, group.scope) if grant.is_mandate}
        assert ended == {("emptied", dt.datetime(2026, 12, 22, 20, 0, tzinfo=dt.UTC))}
        assert owing.running_in(tx, group.scope) == []
    assert_replays(db, another_db)


def test_member_who_joins_revives_it_and_an_election_is_open_at_once(db, another_db, tenants):
    move, group, founders, _choir, _council = tenants
    leave(db, group, *founders)
    move("2026-12-01T12:00Z")
    with db.write() as tx:
        eve = member(tx, "eve")
        joined = membership.join(tx, group=queries.get(tx, group.id), actor=eve)
    tick(db)

    assert joined == "joined"
    assert now(db, group) == (False, ["founding", "founding"], ["founding", "founding"])
    with db.read() as tx:
        (act,) = owing.running_in(tx, group.scope)
        assert owing.opens_next(tx, group.scope) is None
        assert queries.get(tx, group.id).revived_at == clock.now()
    tick(db)
    with db.read() as tx:
        assert owing.running_in(tx, group.scope) == [act]
    assert_replays(db, another_db)


def held(db: Database, group: Group) -> list[tuple[str, str | None]]:
    """The elections of a group: how each ended, and why before its vote."""
    with db.read() as tx:
        found = ballots.elections_in(tx, group.scope, "admin")
        return [(act_queries.get(tx, one.act).outcome, one.ended_why) for one in found]


def vacate(db: Database, *organisers) -> None:
    """They lay their offices down, and an election of all places opens."""
    for organiser in organisers:
        with db.write() as tx:
            resign(tx, grant=again(tx, organiser).grants[0].id, actor=again(tx, organiser))
    tick(db)


def test_election_ends_with_the_last_member_and_whoever_joins_finds_another_open(db, another_db, tenants):
    move, group, founders, _choir, _council = tenants
    vacate(db, *founders)
    running = held(db, group)

    leave(db, group, *founders)
    tick(db)
    with db.read() as tx:
        before = entry_count(tx)
    move.advance(days=60)
    tick(db)
    with db.read() as tx:
        after, told = entry_count(tx), written(tx)
    with db.write() as tx:
        membership.join(tx, group=queries.get(tx, group.id), actor=member(tx, "eve"))
    tick(db)

    assert (running, after) == ([(None, None)], before)
    assert told[-2:] == ["election.ended", "act.advanced"]
    assert held(db, group) == [("lapsed", "empty"), (None, None)]
    with db.read() as tx:
        assert owing.running_in(tx, group.scope)[0].due == clock.now()
    assert_replays(db, another_db)


def test_vote_that_has_begun_is_let_end_and_whoever_joined_meanwhile_finds_another_open(db, another_db, tenants):
    move, group, (carl, dora), _choir, _council = tenants
    move.advance(days=30)
    vacate(db, carl, dora)
    with db.write() as tx:
        act = owing.running_in(tx, group.scope)[0].act
        elections.stand(tx, act=act, statement="I am.", interests="", shown="C", actor=again(tx, carl))
    move.advance(days=14)
    tick(db)

    leave(db, group, carl, dora)
    tick(db)
    voting = held(db, group)
    with db.write() as tx:
        membership.join(tx, group=queries.get(tx, group.id), actor=member(tx, "eve"))
    move.advance(days=14)
    tick(db)

    assert voting == [(None, None)]
    assert held(db, group) == [("failed", None), (None, None)]
    assert_replays(db, another_db)


def test_planted_fault_an_election_that_waits_for_nobody_is_found(db, another_db, tenants, monkeypatch):
    monkeypatch.setattr(pointless, "candidates", lambda _tx: [])

    with pytest.raises(AssertionError):
        test_election_ends_with_the_last_member_and_whoever_joins_finds_another_open(db, another_db, tenants)


def test_no_election_ends_as_empty_where_somebody_belongs(db, tenants):
    _move, group, founders, _choir, _council = tenants
    vacate(db, *founders)
    with db.read() as tx:
        before, act = entry_count(tx), owing.running_in(tx, group.scope)[0].act

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        ledger.append(tx, ElectionEnded(act, 0, clock.format_minute(clock.now()), "empty"), by=None)

    assert refused.value.code == "acts.not_due"
    with db.read() as tx:
        assert entry_count(tx) == before


def test_where_nobody_is_left_to_accept_anybody_of_the_branch_joins(db, another_db, tenants):
    move, _group, _founders, choir, _council = tenants
    with db.draft() as tx:
        hal, ida = (again(tx, actor) for actor in people_of(tx, choir))
    leave(db, choir, hal, ida)
    move("2027-03-01T12:00Z")
    tick(db)
    with db.write() as tx:
        eve, fay, gwen = member(tx, "eve"), member(tx, "fay"), member(tx, "gwen", "ynys-mon")

    done = []
    for who in (eve, fay):
        with db.write() as tx:
            done.append(membership.join(tx, group=queries.get(tx, choir.id), actor=who))
    with pytest.raises(Forbidden), db.write() as tx:
        membership.join(tx, group=queries.get(tx, choir.id), actor=gwen)
    tick(db)

    assert done == ["joined", "joined"]
    assert now(db, choir) == (False, [], [])
    with db.read() as tx:
        assert len(owing.running_in(tx, choir.scope)) == 1
    assert_replays(db, another_db)


def people_of(tx, group: Group):
    """Who organises a group, as somebody who acts."""
    held = permits.standing_grants(tx, scope=group.scope)
    return [Actor(person=permits.person_of_holder(tx, grant.holder)) for grant in held]


def test_roster_that_ends_the_last_membership_lets_the_group_rest(db, another_db, tenants):
    move, group, founders, _choir, _council = tenants
    for founder in founders:
        move.advance(days=8)  # both in one week would wait: too much at once
        with db.write() as tx:
            standing.follow(tx, founder.person, {"change": "ended", "why": "left", "area": None})
        standing.carry_out(db, also_end=membership.end_memberships)

    assert now(db, group) == (True, [], [])
    assert_replays(db, another_db)


def test_nothing_is_said_of_a_group_in_which_nobody_was_ever_counted(db, another_db, tenants):
    """A fork begins with the record, and without anybody's membership."""
    assert_replays(db, another_db)

    with another_db.write() as tx:
        assert resting.let_empty_rest(tx) == 0


def test_no_mandate_ends_in_a_group_that_is_awake_or_has_just_fallen_asleep(db, tenants):
    _move, group, (carl, dora), choir, _council = tenants
    with db.read() as tx:
        awake = permits.standing_grants(tx, scope=choir.scope)[0]
    leave(db, group, carl, dora)

    with db.read() as tx:
        asleep, before = permits.standing_grants(tx, scope=group.scope)[0], entry_count(tx)

    for grant in (awake, asleep):
        with pytest.raises(RuleViolation) as refused, db.write() as tx:
            ledger.append(tx, GrantEnded(grant.id, "emptied", due=clock.format_minute(clock.now())), by=None)
        assert refused.value.code == "places.not_emptied"
    with db.read() as tx:
        assert entry_count(tx) == before


def test_only_the_hub_says_that_a_group_is_empty_and_only_once(db, tenants):
    _move, group, (carl, dora), choir, _council = tenants
    with db.read() as tx:
        own = permits.standing_grants(tx, scope=choir.scope)[0].entry
    leave(db, group, carl, dora)

    for record, by, code in (
        (GroupDormant(choir.id), own, "places.not_awake"),
        (GroupDormant(group.id), None, "places.not_awake"),
        (GroupRevived(choir.id), None, "places.not_dormant"),
        (GroupRevived(group.id), own, "places.not_dormant"),
    ):
        with pytest.raises(RuleViolation) as refused, db.write() as tx:
            ledger.append(tx, record, by=by)
        assert refused.value.code == code
