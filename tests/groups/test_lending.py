"""Standing in: an organiser lends their office for some days. It falls with theirs, and never counts beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.entries import ActAdvanced
from hub.errors import Forbidden, NotFound
from hub.groups import lending, links, membership, offices, settings
from hub.groups import queries as groups
from hub.groups.entries import StandinOffered
from hub.people import queries as people
from hub.permits import P, can, keeping, require
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from hub.permits.entries import GrantMade
from hub.permits.keeping import Kept
from hub.petitions import actions as petitions
from tests import copies
from tests.groups.test_seconds import refused
from tests.people_for_tests import PLAN, again, found_branch, found_hub, member, ready, seat_council, types
from tests.powers.world import found_by_three, of_three
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)
GIVEN = {"memberships.accept", "content.hide", "settings.change", "ballots.call"}  # and links, after tenure_days


class Choir:
    """A group of three organisers, and members; ann is to stand in for the first of them."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, of_three())
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.fay, self.flo, self.fox = founders = [ready(tx, name) for name in ("fay", "flo", "fox")]
            self.group = found_by_three(tx, branch, PLAN, founders, officers[:2])
            self.ann, self.bea = [self.joined(tx, name) for name in ("ann", "bea")]
            self.outsider = member(tx, "zoe")

    def joined(self, tx, name):
        """Another member of the group."""
        who = ready(tx, name)
        membership.join(tx, group=self.group, actor=who)
        return who

    def lend(self, who=None, by=None, days=30):
        """An organiser lends their office, and it begins; returns the act."""
        with self.db.write() as tx:
            act, token = lending.offer(tx, group=self.group, days=days, actor=again(tx, by or self.fay))
            lending.accept(tx, token=token, shown="Ann", actor=who or self.ann)
        self.wait(days=3)
        return act

    def wait(self, **span):
        """Time passes, and the clock runs."""
        self.clock.advance(**span)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def grant(self, who=None):
        """What somebody holds by lending, live or not."""
        with self.db.read() as tx:
            holder = permits.holder_of_person(tx, (who or self.ann).person)
            return next(one for one in permits.grants_of(tx, holder) if one.lender is not None)

    def may(self, who=None):
        """What a stand-in can do in the group now."""
        with self.db.write() as tx:
            actor = again(tx, who or self.ann)
            return {str(power) for power in P if can(actor, power, self.group.scope)}

    def said(self):
        """What the record says, by kind."""
        with self.db.read() as tx:
            return types(tx)

    def own(self, who):
        """An organiser's own grant."""
        with self.db.read() as tx:
            return permits.standing_grants(tx, holder=permits.holder_of_person(tx, who.person))[0]


@pytest.fixture
def choir(db, clock_at):
    return copies.of(db, Choir, at=clock_at)


def test_member_stands_in_for_an_organiser_from_the_third_day_on(db, another_db, choir):
    with db.write() as tx:
        before = len(types(tx))
        _act, token = lending.offer(tx, group=choir.group, days=20, actor=again(tx, choir.fay))
        lending.accept(tx, token=token, shown="Ann", actor=choir.ann)
    choir.wait(days=2, hours=23)
    early = choir.may()
    choir.wait(hours=1)

    with db.read() as tx:
        told = types(tx)[before:]
    grant = choir.grant()
    assert (early, choir.may()) == (set(), GIVEN)
    assert (grant.role, grant.source, grant.until) == ("standin", "delegation", choir.clock.moment + 20 * DAY)
    assert (grant.lender, grant.stands_for) == (choir.own(choir.fay).id, choir.own(choir.fay).holder)
    assert told == [
        "standin.offered", "holder.named", "standin.accepted", "act.advanced", "act.advanced", "grant.made",
        "act.advanced",
    ]  # fmt: skip
    choir.wait(days=14)
    assert choir.may() == GIVEN | {"links.declare"}
    choir.wait(days=6)
    assert choir.may() == set()
    assert_replays(db, another_db)


def test_stand_in_lasts_no_longer_than_the_office_that_was_lent(choir):
    choir.wait(days=160)
    choir.lend()

    assert choir.grant().until == choir.own(choir.fay).until == choir.clock.moment + 17 * DAY


@pytest.mark.parametrize("how", ["resigns", "lapses", "term"])
def test_stand_in_falls_with_the_lender_in_the_same_moment(db, another_db, choir, how):
    choir.lend()
    assert choir.may() == GIVEN
    if how == "resigns":
        with db.write() as tx:
            permit_actions.resign(tx, grant=choir.own(choir.fay).id, actor=again(tx, choir.fay))
    elif how == "lapses":
        with db.write() as tx:
            permit_actions.lapse_grants(tx, person=choir.fay.person)
    else:
        choir.clock.advance(days=27)
        choir.lend(choir.bea, choir.flo, 30)
        choir.clock.advance(days=120)  # no clock runs

    fallen = choir.grant()
    with db.read() as tx:
        live = {grant.id for grant in permits.live_grants(tx, scope=choir.group.scope)}
        stand = {grant.id for grant in permits.standing_grants(tx, scope=choir.group.scope)}
    assert choir.may() == set()
    assert fallen.id not in live | stand
    if how != "term":
        assert (fallen.ended_at, fallen.ended_why) == (choir.clock.moment, "fallen")
        gone = refused(db, lambda tx: permit_actions.resign(tx, grant=fallen.id, actor=again(tx, choir.ann)), NotFound)
        assert gone == "permits.not_live"
    assert_replays(db, another_db)


def test_lender_takes_it_back_alone_and_at_once(db, another_db, choir):
    choir.lend()
    grant = choir.grant()

    def take_back(tx, who):
        lending.take_back(tx, group=choir.group, grant=grant.id, actor=again(tx, who))

    assert refused(db, lambda tx: take_back(tx, choir.flo)) == "permits.not_yours_to_end"
    with db.write() as tx:
        take_back(tx, choir.fay)
    assert (choir.may(), choir.grant().ended_why) == (set(), "returned")
    choir.lend(choir.bea)  # another may follow
    assert choir.may(choir.bea) == GIVEN
    assert_replays(db, another_db)


def test_two_other_organisers_withdraw_a_stand_in(db, choir):
    choir.lend()
    grant = choir.grant()

    def challenge(tx, who):
        return offices.challenge(tx, place=choir.group, grant=grant.id, actor=again(tx, who))

    assert refused(db, lambda tx: challenge(tx, choir.fay)) == "groups.take_back"
    with db.write() as tx:
        act = challenge(tx, choir.flo)
    assert refused(db, lambda tx: offices.confirm(tx, act=act, actor=again(tx, choir.fay))) == "acts.one_person"
    with db.write() as tx:
        offices.confirm(tx, act=act, actor=again(tx, choir.fox))
    choir.wait(days=3)

    assert (choir.may(), choir.grant().ended_why) == (set(), "withdrawn")


def test_stand_in_is_no_second_person_to_the_lender(db, choir):
    choir.lend()

    def propose(who, joining):
        with db.write() as tx:
            return settings.propose(
                tx, group=choir.group, joining=joining, seats=None, seats_most=500, actor=again(tx, who)
            )

    def confirm(tx, act, who):
        settings.confirm(tx, act=act, actor=again(tx, who))

    act = propose(choir.fay, "members")
    assert refused(db, lambda tx: confirm(tx, act, choir.ann)) == "acts.one_person"
    with db.write() as tx:
        confirm(tx, act, choir.flo)
    choir.wait(days=3)
    other = propose(choir.ann, "accept")
    with db.write() as tx:
        permit_actions.take_back(tx, grant=choir.grant().id, actor=again(tx, choir.fay))
    choir.lend(choir.bea)

    # Neither who lent it, nor who stands in for the same now, is a second to who did lately; another organiser is.
    for who in (choir.fay, choir.bea):
        assert refused(db, lambda tx, who=who: confirm(tx, other, who)) == "acts.one_person"
    with db.write() as tx:
        confirm(tx, other, choir.fox)
        assert act_queries.get(tx, other).step == 1


def test_stand_in_confirms_no_link_that_the_lender_announced(db, choir):
    choir.lend()
    with db.write() as tx:
        links.add_link(
            tx, group=choir.group, kind="wiki", url="https://wiki.example.org/", title="Wiki", audience="public",
            actor=again(tx, choir.fay),
        )  # fmt: skip
        (link,) = [one.id for one in groups.links_for(tx, choir.group, viewer=again(tx, choir.fay))]
    choir.wait(days=14)

    def confirm(tx, who):
        links.confirm_link(tx, group=choir.group, link=link, actor=again(tx, who))

    assert refused(db, lambda tx: confirm(tx, choir.ann)) == "acts.one_person"
    with db.write() as tx:
        confirm(tx, choir.flo)


def test_one_organiser_and_their_stand_in_are_one(db, choir):
    choir.lend()
    with db.write() as tx:
        for who in (choir.flo, choir.fox):
            permit_actions.resign(tx, grant=choir.own(who).id, actor=again(tx, who))

    def propose(tx):
        settings.propose(
            tx, group=choir.group, joining="members", seats=None, seats_most=500, actor=again(tx, choir.ann)
        )

    assert refused(db, propose) == "permits.one_left"


def test_who_may_not_lend_and_who_may_not_stand_in(db, choir):
    def offer(tx, who, days=30):
        return lending.offer(tx, group=choir.group, days=days, actor=again(tx, who))

    def accept(who):
        return refused(db, lambda tx: lending.accept(tx, token=token, shown="Them", actor=again(tx, who)))

    assert refused(db, lambda tx: offer(tx, choir.ann)) == "permits.no_grant"
    assert [refused(db, lambda tx, days=days: offer(tx, choir.fay, days)) for days in (0, 31)] == [
        "groups.lent_days"
    ] * 2
    with db.write() as tx:
        _act, token = offer(tx, choir.fay)
    assert refused(db, lambda tx: offer(tx, choir.fay)) == "groups.lent_before"
    assert accept(choir.fay) == "acts.own_case"
    assert accept(choir.flo) == "groups.organises_already"
    assert accept(choir.outsider) == "groups.not_of_it"
    with db.write() as tx:
        lending.accept(tx, token=token, shown="Ann", actor=choir.ann)
    choir.wait(days=3)
    # What was lent is not lent on, and whoever stands in for one stands in for no other.
    with db.read() as tx:
        entry = choir.grant().entry
    on = StandinOffered(ids.new("act"), choir.group.id, 5)
    assert refused(db, lambda tx: ledger.append(tx, on, by=entry)) == "groups.not_lent"
    with db.write() as tx:
        _act, token = offer(tx, choir.flo)
    assert accept(choir.ann) == "groups.organises_already"


def test_members_turn_a_stand_in_into_a_ballot(db, choir):
    with db.write() as tx:
        act, token = lending.offer(tx, group=choir.group, days=30, actor=again(tx, choir.fay))
        lending.accept(tx, token=token, shown="Ann", actor=choir.ann)
        petitions.demand_ballot(tx, target=act, reasons="We have not met her yet.", actor=again(tx, choir.fox))
    choir.wait(days=3)

    assert choir.may() == set()


def test_office_that_ended_meanwhile_is_not_lent(db, choir):
    with db.write() as tx:
        act, token = lending.offer(tx, group=choir.group, days=30, actor=again(tx, choir.fay))
        lending.accept(tx, token=token, shown="Ann", actor=choir.ann)
        permit_actions.resign(tx, grant=choir.own(choir.fay).id, actor=again(tx, choir.fay))
    choir.wait(days=3)

    with db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
        assert permits.grants_of(tx, permits.holder_of_person(tx, choir.ann.person)) == ()


def test_forged_loan_changes_nothing(db, choir):
    with db.write() as tx:
        act, token = lending.offer(tx, group=choir.group, days=30, actor=again(tx, choir.fay))
        lending.accept(tx, token=token, shown="Ann", actor=choir.ann)
    choir.clock.advance(days=3)
    due, lender = clock.format_minute(choir.clock.moment), choir.own(choir.fay)
    with db.write() as tx:
        ledger.append(tx, ActAdvanced(act, 1, due, "done"), by=None)
        owed = GrantMade(
            ids.new("grt"), permits.holder_of_person(tx, choir.ann.person), "standin", choir.group.id,
            choir.group.scope.branch, "delegation", act, 2, due, clock.format_minute(choir.clock.moment + 30 * DAY),
            lender.id,
        )  # fmt: skip
    forged = {
        "longer": (replace(owed, until=clock.format_minute(choir.clock.moment + 31 * DAY)), "acts.not_due"),
        "lent by nobody": (replace(owed, lender=None), "permits.no_lender"),
        "lent by another": (replace(owed, lender=choir.own(choir.flo).id), "acts.not_due"),
        "to who did not accept": (replace(owed, holder=lender.holder), "acts.not_due"),
        "another office": (replace(owed, role="moderator"), "acts.not_due"),
        "appointed": (replace(owed, source="appointment", lender=None), "acts.not_due"),
    }

    for said, code in forged.values():
        assert refused(db, lambda tx, said=said: ledger.append(tx, said, by=None)) == code
    with db.write() as tx:
        ledger.append(tx, owed, by=None)


def test_office_lent_rests_while_whoever_lent_it_is_suspended(choir, monkeypatch):
    """Only theirs: another's, lent to another, works on. The record says nothing of it, nor does the refusal."""
    choir.lend()
    choir.lend(choir.bea, by=choir.flo)
    both, said = (choir.may(), choir.may(choir.bea)), choir.said()
    until = clock.now() + 5 * DAY
    monkeypatch.setattr(keeping, "_KEEPS", [lambda tx, person: Kept(until if person == choir.fay.person else None)])

    assert (choir.may(), choir.may(choir.bea)) == (set(), both[1])
    assert both[0] == both[1] != set()
    with choir.db.write() as tx, pytest.raises(Forbidden, match="gives no power now"):
        require(again(tx, choir.ann), P.CHANGE_SETTINGS, choir.group.scope)
    assert choir.said() == said

    choir.clock.advance(days=5)
    assert choir.may() == both[0]


def test_planted_office_that_works_on_though_lent_by_the_suspended_is_seen(choir, monkeypatch):
    choir.lend()
    monkeypatch.setattr(keeping, "_KEEPS", [lambda tx, person: Kept(clock.now() + DAY)])
    monkeypatch.setattr(keeping, "resting", lambda tx, grants: frozenset())
    suspended = people.person_as_actor
    monkeypatch.setattr(people, "person_as_actor", lambda *args: replace(suspended(*args), suspended_until=None))

    assert choir.may() == GIVEN
