"""Two verified members of a branch found a group; two organisers of the branch, or silence, confirm it."""

from __future__ import annotations

import pytest

from hub import outbox
from hub.acts import actions as acts
from hub.errors import Conflict, Forbidden, Invalid, RuleViolation
from hub.groups import founding, links, membership, offices, queries
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import (
    PLAN,
    again,
    begin_appointments,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
    types,
)
from tests.replaying import assert_replays


@pytest.fixture
def town(db, clock_at):
    """A hub with a council of two and the branch of York; its five organisers."""
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "anna", "ben")
        return found_branch(tx, council)


def test_branch_begins_with_five_founders_and_two_confirmations(db, another_db, town):
    with db.read() as tx:
        written = types(tx)

    assert written == [
        "hub.founded",
        "constitution.adopted",
        "area.declared",
        "area.declared",
        *["holder.named", "seat.taken"] * 2,
        *["holder.named", "branch.proposed"],
        *["holder.named", "branch.cofounded"] * 4,
        "act.advanced",
        "branch.confirmed",
        "branch.confirmed",
        "act.advanced",
        "branch.registered",
        *["grant.made"] * 5,
        "act.advanced",
    ]
    assert_replays(db, another_db)


def test_group_begins_with_two_founders_and_two_confirmations(db, another_db, town, clock_at):
    branch, organisers = town

    with db.write() as tx:
        founders = [ready(tx, "carl"), ready(tx, "dora")]
        group, founders = found_group(tx, branch, founders, organisers)
        held = [(power.role_name, power.shown, power.grant.source) for power in queries.powers(tx, group.scope)]
        belongs = [queries.member_since(tx, group.id, founder) is not None for founder in founders]

    assert group.is_registered
    assert held == [("Organiser", "First", "founding"), ("Organiser", "Second", "founding")]
    assert belongs == [True, True]
    assert_replays(db, another_db)


def test_group_confirmed_by_fourteen_days_of_silence(db, another_db, town, clock_at):
    branch, _ = town
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        first, second = ready(tx, "carl"), ready(tx, "dora")
        group = founding.propose(tx, branch=branch, plan=PLAN, shown="First", actor=first)
        token = founding.invite(tx, group=group, actor=again(tx, first))
        founding.cofound(tx, token=token, shown="Second", actor=second)

    clock.advance(days=13, hours=23)
    with db.write() as tx:
        early = acts.tick_all(tx), queries.get(tx, group.id).is_registered
    clock.advance(days=30)
    with db.write() as tx:
        acts.tick_all(tx)
        late = queries.get(tx, group.id)

    assert early == (0, False)
    assert late.registered_at.isoformat() == "2026-12-05T20:00:00+00:00"
    assert_replays(db, another_db)


def left(db, actor) -> None:
    """The roster says that somebody left, and the worker follows it."""
    with db.write() as tx:
        standing.follow(tx, actor.person, {"change": "ended", "why": "left", "area": None})
    standing.carry_out(db, also_end=membership.end_memberships)


def test_founder_who_left_meanwhile_gets_no_mandate(db, another_db, town, clock_at):
    branch, _ = town
    with db.write() as tx:
        founders = [ready(tx, "carl"), ready(tx, "dora")]
        group, founders = found_group(tx, branch, founders, [])
    left(db, founders[0])

    clock_at.advance(days=14)
    with db.write() as tx:
        acts.tick_all(tx)

    with db.read() as tx:
        held = [grant.holder for grant in permits.live_grants(tx, scope=group.scope)]
        belongs = [queries.member_since(tx, group.id, founder) is not None for founder in founders]
    assert held == [founders[1].holder]
    assert belongs == [False, True]
    assert_replays(db, another_db)


def test_two_objections_refuse_and_its_name_waits_for_an_appeal(db, another_db, town):
    branch, organisers = town
    with db.write() as tx:
        first, second = ready(tx, "carl"), ready(tx, "dora")
        group = founding.propose(tx, branch=branch, plan=PLAN, shown="First", actor=first)
        with pytest.raises(Conflict):
            founding.propose(tx, branch=branch, plan=PLAN, shown="Second", actor=second)
        token = founding.invite(tx, group=group, actor=again(tx, first))
        founding.cofound(tx, token=token, shown="Second", actor=second)
        for organiser in organisers[:2]:
            founding.object_to(tx, group=group, reason="Too close to another group.", actor=organiser)

        found = queries.by_slug(tx, "york-tenants")
        with pytest.raises(Conflict):
            founding.propose(tx, branch=branch, plan=PLAN, shown="Second", actor=again(tx, second))

    assert (found.ended_entry, found.is_registered) == (None, False)
    assert_replays(db, another_db)


def test_founder_may_not_confirm_the_own_group(db, town):
    branch, organisers = town
    with db.write() as tx:
        carl = ready(tx, "carl")
        group = founding.propose(tx, branch=branch, plan=PLAN, shown="First", actor=carl)
        token = founding.invite(tx, group=group, actor=again(tx, carl))
        founding.cofound(tx, token=token, shown="Second", actor=organisers[0])
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        founding.confirm(tx, group=group, actor=again(tx, organisers[0]))

    with db.read() as tx:
        assert (refused.value.code, entry_count(tx)) == ("acts.own_case", before)


def test_outsiders_and_unfit_plans_are_refused_and_nothing_is_written(db, town):
    branch, _ = town
    with db.write() as tx:
        carl, far = ready(tx, "carl"), member(tx, "gwen", "ynys-mon")
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(Forbidden), db.write() as tx:
        founding.propose(tx, branch=branch, plan=PLAN, shown="Gwen", actor=far)
    with pytest.raises(Invalid) as refused, db.write() as tx:
        founding.propose(tx, branch=branch, plan=founding.Plan("", "short", "x", 1), shown="C", actor=carl)

    assert sorted(refused.value.fields) == ["joining", "name", "purpose", "seats"]
    with db.read() as tx:
        assert entry_count(tx) == before


def test_members_links_never_reach_the_record(db, another_db, town):
    branch, organisers = town
    plan = founding.Plan(
        "York Tenants",
        "Renters of York helping one another.",
        "branch",
        links=[
            {"kind": "forum", "url": "https://forum.example.org/york", "title": "Forum", "audience": "public"},
            {
                "kind": "whatsapp",
                "url": "https://chat.whatsapp.com/SECRETINVITE",
                "title": "Chat",
                "audience": "members",
            },
        ],
    )

    with db.write() as tx:
        founders = [ready(tx, "carl"), ready(tx, "dora")]
        group, founders = found_group(tx, branch, founders, organisers, plan)
        stranger = member(tx, "eve")
        seen = [link.kind for link in queries.links_for(tx, group, viewer=founders[0])]
        unseen = [link.kind for link in queries.links_for(tx, group, viewer=stranger)]

    assert (seen, unseen) == (["forum", "whatsapp"], ["forum"])
    assert_replays(db, another_db)
    from tests.replaying import lines_of

    assert not any(b"SECRETINVITE" in raw or "SECRETINVITE" in repr(said) for raw, said in lines_of(db))


def test_two_organisers_appoint_and_withdraw_a_moderator(db, another_db, town, clock_at):
    branch, organisers = town
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, (carl, dora) = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        eve = ready(tx, "eve")
        act, token = offices.offer(tx, place=group, actor=carl)
        offices.accept(tx, token=token, shown="Eve", actor=eve)
        offices.confirm(tx, act=act, actor=again(tx, carl))
        with pytest.raises(RuleViolation):
            offices.confirm(tx, act=act, actor=again(tx, carl))
        offices.confirm(tx, act=act, actor=again(tx, dora))
        assert again(tx, eve).grants == ()
        assert [letter.template for letter in outbox.notices(tx, carl.person)].count("appointment_begins") == 1
        clock.advance(days=2, hours=23, minutes=59)
        acts.tick_all(tx)
        assert again(tx, eve).grants == ()
        clock.advance(minutes=1)
        acts.tick_all(tx)
        eve = again(tx, eve)
        (grant,) = eve.grants
        challenge = offices.challenge(tx, place=group, grant=grant.id, actor=again(tx, carl))
        offices.confirm(tx, act=challenge, actor=again(tx, dora))
        told = [letter.template for letter in outbox.notices(tx, eve.person)]
    found = []
    for by in ({"days": 2, "hours": 23, "minutes": 59}, {"minutes": 1}):
        clock.advance(**by)
        with db.write() as tx:
            acts.tick_all(tx)
            found.append(permits.grant_by_id(tx, grant.id).ended_why)

    assert (grant.role, grant.source) == ("moderator", "appointment")
    assert told.count("withdrawal_waits") == 1
    assert found == [None, "withdrawn"]
    assert_replays(db, another_db)


def test_organiser_who_invites_does_not_accept(db, town):
    branch, organisers = town
    with db.write() as tx:
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        _act, token = offices.offer(tx, place=group, actor=founders[0])
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        offices.accept(tx, token=token, shown="Carl", actor=again(tx, founders[0]))

    assert refused.value.code == "acts.own_case"
    with db.write() as tx:
        assert entry_count(tx) == before
        offices.accept(tx, token=token, shown="Eve", actor=ready(tx, "eve"))


def test_moderator_who_left_before_the_second_signature_gets_no_office(db, another_db, town, clock_at):
    branch, organisers = town
    with db.write() as tx:
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        act, token = offices.offer(tx, place=group, actor=founders[0])
        invited = ready(tx, "eve")
        offices.accept(tx, token=token, shown="Eve", actor=invited)
        offices.confirm(tx, act=act, actor=founders[0])
    left(db, invited)
    with db.write() as tx:
        offices.confirm(tx, act=act, actor=founders[1])
        begin_appointments(tx, clock_at)

    with db.read() as tx:
        roles = [grant.role for grant in permits.live_grants(tx, scope=group.scope)]
    assert roles == ["admin", "admin"]
    assert_replays(db, another_db)


def test_moderator_ends_no_founders_mandate(db, town, clock_at):
    branch, organisers = town
    with db.write() as tx:
        group, (carl, dora) = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        eve = ready(tx, "eve")
        act, token = offices.offer(tx, place=group, actor=carl)
        offices.accept(tx, token=token, shown="Eve", actor=eve)
        for organiser in (carl, dora):
            offices.confirm(tx, act=act, actor=again(tx, organiser))
        begin_appointments(tx, clock_at)
        eve, (mandate,) = again(tx, eve), again(tx, carl).grants
        before = entry_count(tx)

    with pytest.raises(Forbidden), db.write() as tx:
        offices.challenge(tx, place=group, grant=mandate.id, actor=eve)
    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        offices.challenge(tx, place=group, grant=mandate.id, actor=again(tx, dora))
    with pytest.raises(Forbidden), db.write() as tx:
        resign(tx, grant=mandate.id, actor=eve)

    assert refused.value.code == "permits.mandate"
    with db.read() as tx:
        assert entry_count(tx) == before


def test_group_without_a_mandate_takes_no_acts_and_says_so(db, another_db, town, clock_at):
    branch, organisers = town
    with db.write() as tx:
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        for founder in founders:
            resign(tx, grant=founder.grants[0].id, actor=founder)
        eve = member(tx, "eve")
        before, verdict = entry_count(tx), queries.takes_acts(tx, group)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        membership.join(tx, group=group, actor=eve)

    assert (verdict.code, refused.value.code) == ("groups.no_mandate", "groups.no_mandate")
    with db.read() as tx:
        assert entry_count(tx) == before
    assert_replays(db, another_db)


def test_links_are_declared_and_taken_down(db, another_db, town):
    branch, organisers = town
    with db.write() as tx:
        group, (carl, _) = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
        links.add_link(
            tx, group=group, kind="wiki", url="https://wiki.example.org/", title="Wiki", audience="public", actor=carl
        )
        (link,) = queries.links_for(tx, group, viewer=carl)
        links.withdraw_link(tx, group=group, link=link.id, actor=carl)
        left = queries.links_for(tx, group, viewer=carl)

    assert (link.url, left) == ("https://wiki.example.org/", [])
    assert_replays(db, another_db)
