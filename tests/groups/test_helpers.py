"""A helper, from outside too: by a vote of the group's members and in no other way; put out by two, or by a ballot."""

from __future__ import annotations

import datetime as dt

from hub import clock, ids, ledger
from hub.acts import queries as act_queries
from hub.acts.entries import ActAdvanced
from hub.ballots.questions import asked_by
from hub.groups import offices
from hub.permits import P, can
from hub.permits import queries as permits
from hub.permits.entries import GrantMade
from hub.petitions import actions as petitions
from tests import copies
from tests.groups.test_closing import Tenants
from tests.groups.test_seconds import refused
from tests.people_for_tests import again, ready
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)


class Help(Tenants):
    """The same group, and somebody of another area whom it asks to help."""

    def invite(self) -> str:
        """An organiser invites, the helper accepts, two organisers sign; the act, whose notice runs."""
        with self.db.write() as tx:
            self.hal = ready(tx, "hal", "ynys-mon")
            act, token = offices.offer(tx, place=self.group, role="helper", actor=again(tx, self.organisers[0]))
            offices.accept(tx, token=token, shown="Hal", actor=self.hal)
            for one in self.organisers:
                offices.confirm(tx, act=act, actor=again(tx, one))
        return act

    def admitted(self) -> str:
        """Their grant, once members voted for them."""
        act = self.invite()
        self.later(days=3)
        self.vote(act, yes=5, no=1)
        with self.db.read() as tx:
            return next(one.id for one in permits.all_grants(tx, self.group.scope) if one.source == "consent")

    def may(self) -> list[str]:
        """What the helper can do in the group."""
        with self.db.write() as tx:
            return [str(power) for power in P if can(again(tx, self.hal), power, self.group.scope)]


def test_members_vote_a_helper_in_by_name_who_accepts_and_nothing_else(db, another_db, clock_at):
    town = copies.of(db, Help, at=clock_at)
    act = town.invite()
    town.later(days=3)
    before = town.may()
    with db.read() as tx:
        asked = asked_by(tx, act_queries.get(tx, act)).words
    town.vote(act, yes=5, no=1)

    with db.read() as tx:
        grant = next(one for one in permits.all_grants(tx, town.group.scope) if one.source == "consent")
    assert asked == "Shall Hal be admitted as Helper of York Tenants, for 90 days?"
    assert (before, town.may()) == ([], ["memberships.accept"])
    assert (grant.role, grant.until - grant.starts, grant.is_mandate) == ("helper", 90 * DAY, False)
    assert_replays(db, another_db)
    town.clock.advance(days=90)
    assert town.may() == []


def test_without_the_members_yes_nobody_helps(db, clock_at):
    town = copies.of(db, Help, at=clock_at)
    act = town.invite()
    town.later(days=3)
    due = clock.format_minute(town.clock.moment + 7 * DAY)
    with db.read() as tx:
        holder, step = permits.holder_of_person(tx, town.hal.person), act_queries.get(tx, act).step
    grant = GrantMade(
        ids.new("grt"), holder, "helper", town.group.id, town.group.branch, "consent", act, step + 1, due,
        clock.format_minute(town.clock.moment + 97 * DAY),
    )  # fmt: skip
    town.clock.advance(days=7)
    forged = (ActAdvanced(act, step, due, "done"), grant)
    codes = [refused(db, lambda tx, said=said: ledger.append(tx, said, by=None)) for said in forged]
    town.clock.advance(days=-7)
    town.vote(act, yes=1, no=0)

    assert codes == ["acts.not_due", "acts.not_due"]
    assert town.may() == []
    with db.read() as tx:
        assert act_queries.get(tx, act).outcome == "failed"


def test_two_organisers_withdraw_a_helper_and_members_recall_one_from_the_first_day(db, another_db, clock_at):
    town = copies.of(db, Help, at=clock_at)
    grant = town.admitted()
    with db.write() as tx:
        recall = petitions.open_recall(tx, grant=grant, reasons="Not needed.", actor=again(tx, town.members[0]))
        for one in town.members[1:4]:
            petitions.sign(tx, act=recall, actor=again(tx, one))
    town.later(days=7)
    town.vote(recall, yes=5)
    with db.read() as tx:
        assert permits.grant_by_id(tx, grant).ended_why == "recalled"
        assert act_queries.running(tx, town.group.scope, "elect") == ()
    assert town.may() == []
    assert_replays(db, another_db)
    with db.write() as tx:
        act, token = offices.offer(tx, place=town.group, role="helper", actor=again(tx, town.organisers[0]))
        offices.accept(tx, token=token, shown="-", actor=again(tx, town.hal))
        for one in town.organisers:
            offices.confirm(tx, act=act, actor=again(tx, one))
    town.later(days=3)
    town.vote(act, yes=5)
    with db.write() as tx:
        (held,) = [one for one in permits.standing_grants(tx, scope=town.group.scope) if one.source == "consent"]
        away = offices.challenge(tx, place=town.group, grant=held.id, actor=again(tx, town.organisers[0]))
        offices.confirm(tx, act=away, actor=again(tx, town.organisers[1]))
    town.later(days=3)

    with db.read() as tx:
        assert permits.grant_by_id(tx, held.id).ended_why == "withdrawn"
