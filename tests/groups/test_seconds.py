"""Second persons, tenure, replacement, incompatible offices: refused by the verbs, and found by whoever replays."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts.state import ActState
from hub.constitution import actions as constitution
from hub.constitution.load import Broken, load
from hub.errors import YES, Forbidden, RuleViolation
from hub.groups import founding, links, offices, offices_fold, settings
from hub.groups.entries import LinkDeclared, OfficeChallenged
from hub.ledger.writer import replay
from hub.permits import HUB, group_scope, warrants
from hub.permits import fold as permits_fold
from hub.permits import queries as permits
from hub.permits import rules as permit_rules
from hub.permits.actions import holder_of, resign
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
    found_branch,
    found_group,
    found_hub,
    ready,
    seat_council,
    types,
)
from tests.replaying import assert_replays, lines_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def town(db, clock_at):
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return branch, organisers, group, founders


def appoint(db, clock_at, group, by, name):
    """A moderator whom two organisers appoint, from the day on that it begins; signed in."""
    with db.write() as tx:
        act, token = offices.offer(tx, place=group, actor=again(tx, by[0]))
        who = ready(tx, name)
        offices.accept(tx, token=token, shown=name, actor=who)
        for organiser in by:
            offices.confirm(tx, act=act, actor=again(tx, organiser))
        begin_appointments(tx, clock_at)
        return again(tx, who)


def elect(db, group, who, name="Newcomer", source="election"):
    """Gives somebody an elected mandate now, as the result of an election would; their name's entry stands for it.

    source: another where a page tells how somebody was elected, which no ballot did here.
    """
    with db.write() as tx:
        holder = holder_of(tx, actor=again(tx, who), shown=name)
        innocent = ready(tx, f"only_for_{name.lower()}")
        holder_of(tx, actor=innocent, shown="Nobody")
        entry = ledger.get(tx, ledger.size(tx) - 1)
        permits_fold.add_grant(
            tx, entry, grant=ids.new("grt"), holder=holder, role="admin", scope=group.scope, source=source,
            act=None, starts=clock.minute(clock.now()), until=clock.now() + 200 * DAY,
        )  # fmt: skip
        return again(tx, who)


def refused(db, verb, *errors):
    """Calls a verb that must be refused, and returns the code; nothing was written."""
    with db.read() as tx:
        before = types(tx)
    with pytest.raises(errors or (RuleViolation, Forbidden)) as found, db.write() as tx:
        verb(tx)
    with db.read() as tx:
        assert types(tx) == before
    return found.value.code


def grant_of(tx, who):
    """Somebody's one grant."""
    return again(tx, who).grants[0]


@pytest.mark.parametrize(("days", "code"), [(27, "acts.own_appointee"), (28, None)])
def test_appointee_is_no_second_person_to_who_appointed_them(db, town, clock_at, days, code):
    _, _, group, (carl, dora) = town
    clock = clock_at("2026-11-21T20:00Z")
    eve = elect(db, group, appoint(db, clock_at, group, (carl, dora), "eve"))
    clock.advance(days=days)
    with db.write() as tx:
        act = settings.propose(tx, group=group, joining="members", seats=None, seats_most=500, actor=again(tx, carl))

    def second(tx):
        settings.confirm(tx, act=act, actor=again(tx, eve))

    if code is None:
        with db.write() as tx:
            second(tx)
            assert act_queries.get(tx, act).step == 1
    else:
        assert refused(db, second) == code


def test_who_appointed_is_no_second_person_to_the_appointee_either(db, town, clock_at):
    _, _, group, (carl, dora) = town
    eve = elect(db, group, appoint(db, clock_at, group, (carl, dora), "eve"))
    with db.write() as tx:
        act = settings.propose(tx, group=group, joining="members", seats=None, seats_most=500, actor=again(tx, eve))

    code = refused(db, lambda tx: settings.confirm(tx, act=act, actor=again(tx, carl)))

    assert code == "acts.own_appointee"


def test_same_person_twice_and_the_subject_are_no_second_person(db, town, clock_at):
    _, _, group, (carl, dora) = town
    eve = elect(db, group, appoint(db, clock_at, group, (carl, dora), "eve"))
    with db.write() as tx:
        moderator = next(grant for grant in again(tx, eve).grants if grant.role == "moderator")
        act = offices.challenge(tx, place=group, grant=moderator.id, actor=again(tx, carl))

    twice = refused(db, lambda tx: offices.confirm(tx, act=act, actor=again(tx, carl)))
    subject = refused(db, lambda tx: offices.confirm(tx, act=act, actor=again(tx, eve)))

    assert (twice, subject) == ("acts.signed_before", "acts.own_case")


@pytest.mark.parametrize("hand", ["proposes", "seconds"])
def test_organiser_of_thirteen_days_ends_no_office_held_for_longer(db, another_db, town, clock_at, hand):
    _, _, group, (carl, dora) = town
    clock = clock_at("2026-11-21T20:00Z")
    eve = appoint(db, clock_at, group, (carl, dora), "eve")
    clock.advance(days=10)
    with db.write() as tx:
        new = ready(tx, "newcomer")
    new = elect(db, group, new)
    clock.advance(days=13)

    def verb(tx):
        if hand == "proposes":
            offices.challenge(tx, place=group, grant=grant_of(tx, eve).id, actor=again(tx, new))
        else:
            offices.confirm(tx, act=act, actor=again(tx, new))

    if hand == "seconds":
        with db.write() as tx:
            act = offices.challenge(tx, place=group, grant=grant_of(tx, eve).id, actor=again(tx, carl))
    assert refused(db, verb) == "permits.too_new"
    clock.advance(days=1)
    with db.write() as tx:
        verb(tx)


def test_organiser_of_thirteen_days_changes_neither_contacts_nor_sites(db, town, clock_at):
    _, _, group, (carl, _) = town
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        new = ready(tx, "newcomer")
    new = elect(db, group, new)
    clock.advance(days=13, hours=23, minutes=59)

    def declare(tx, who=new):
        links.add_link(
            tx, group=group, kind="wiki", url="https://wiki.example.org/", title="W", audience="public",
            actor=again(tx, who),
        )  # fmt: skip

    assert refused(db, declare) == "permits.too_new"
    with db.write() as tx:
        declare(tx, carl)
        clock.advance(minutes=1)
        declare(tx)


def test_tenure_begins_again_after_a_gap(db, town, clock_at):
    group = town[2]
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        new = ready(tx, "newcomer")
    new = elect(db, group, new)
    clock.advance(days=20)
    with db.read() as tx:
        assert permits.held_since(tx, grant_of_read(tx, new)) == clock.moment - 20 * DAY
    with db.write() as tx:
        resign(tx, grant=grant_of(tx, new).id, actor=again(tx, new))
    clock.advance(minutes=1)
    new = elect(db, group, new, "Again")

    with db.read() as tx:
        assert permits.held_since(tx, grant_of_read(tx, new)) == clock.moment


def grant_of_read(tx, who):
    """Somebody's live grant, without signing them in."""
    return permits.live_grants(tx, holder=who.holder)[0]


def withdraw(db, group, by, who):
    """Two organisers withdraw a moderator; returns the act."""
    with db.write() as tx:
        act = offices.challenge(tx, place=group, grant=grant_of(tx, who).id, actor=again(tx, by[0]))
        offices.confirm(tx, act=act, actor=again(tx, by[1]))
        return act


def test_third_of_the_offices_in_any_fourteen_days(db, another_db, town, clock_at):
    _, _, group, founders = town
    clock = clock_at("2026-11-21T20:00Z")
    crowd = [appoint(db, clock_at, group, founders, f"mod_{number}") for number in range(7)]
    withdraw(db, group, founders, crowd[0])
    clock.advance(days=10)  # in effect since day 3
    with db.write() as tx:
        acts.tick_all(tx)
    withdraw(db, group, founders, crowd[1])

    def third(tx):
        offices.challenge(tx, place=group, grant=grant_of(tx, crowd[2]).id, actor=again(tx, founders[0]))

    assert refused(db, third) == "groups.too_many_withdrawn"
    clock.advance(days=3)  # the second is in effect, a fortnight of the calendar has begun anew
    with db.write() as tx:
        acts.tick_all(tx)
    clock.advance(days=3, hours=23, minutes=59)
    assert refused(db, third) == "groups.too_many_withdrawn"
    clock.advance(minutes=1)
    with db.write() as tx:
        third(tx)
    assert_replays(db, another_db)


def test_withdrawals_that_run_count_as_much_as_those_in_effect(db, town, clock_at):
    _, _, group, founders = town
    crowd = [appoint(db, clock_at, group, founders, f"mod_{number}") for number in range(3)]
    withdraw(db, group, founders, crowd[0])

    code = refused(db, lambda tx: offices.challenge(
        tx, place=group, grant=grant_of(tx, crowd[1]).id, actor=again(tx, founders[0])
    ))  # fmt: skip

    assert code == "groups.too_many_withdrawn"


def test_withdrawn_person_is_told_before_it_holds(db, town, clock_at):
    _, _, group, founders = town
    eve, fay = (appoint(db, clock_at, group, founders, name) for name in ("eve", "fay"))

    withdraw(db, group, founders, eve)

    with db.read() as tx:
        told = [[letter.template for letter in outbox.notices(tx, who.person)] for who in (eve, fay)]
        assert [letters.count("withdrawal_waits") for letters in told] == [1, 0]
        assert eve.holder in {grant.holder for grant in permits.live_grants(tx, scope=group.scope)}


def test_one_organiser_left_changes_nothing_that_takes_two(db, another_db, town):
    _, _, group, (carl, dora) = town
    with db.write() as tx:
        resign(tx, grant=grant_of(tx, dora).id, actor=again(tx, dora))

    codes = [
        refused(db, lambda tx: links.add_link(
            tx, group=group, kind="wiki", url="https://wiki.example.org/", title="W", audience="public",
            actor=again(tx, carl),
        )),
        refused(db, lambda tx: settings.propose(
            tx, group=group, joining="members", seats=None, seats_most=500, actor=again(tx, carl)
        )),
        refused(db, lambda tx: offices.offer(tx, place=group, actor=again(tx, carl))),
    ]  # fmt: skip

    assert codes == ["permits.one_left"] * 3
    assert_replays(db, another_db)


def test_steward_takes_no_other_office_and_no_organiser_becomes_steward(db, another_db, town):
    branch, _, group, (carl, _) = town
    with db.write() as tx:
        steward = ready(tx, "stella")
        constitution.take_seat(tx, role="steward", shown="S", actor=steward)
        eve = ready(tx, "eve")
        mine = founding.propose(
            tx, branch=branch, plan=founding.Plan("Readers", "Reading together.", "branch"), shown="E", actor=eve
        )
        link = founding.invite(tx, group=mine, actor=again(tx, eve))
        _, offer = offices.offer(tx, place=group, actor=again(tx, carl))

    codes = [
        refused(db, lambda tx: founding.cofound(tx, token=link, shown="S", actor=again(tx, steward))),
        refused(db, lambda tx: offices.accept(tx, token=offer, shown="S", actor=again(tx, steward))),
        refused(db, lambda tx: constitution.take_seat(tx, role="council", shown="S", actor=again(tx, steward))),
    ]

    assert codes == ["permits.not_together"] * 3
    assert_replays(db, another_db)


def test_organiser_takes_no_stewards_seat(db, town):
    carl = town[3][0]

    code = refused(db, lambda tx: constitution.take_seat(tx, role="steward", shown="C", actor=again(tx, carl)))

    assert code == "permits.not_together"


def test_founder_who_became_steward_meanwhile_founds_without_an_office(db, another_db, town):
    branch, organisers, *_ = town
    with db.write() as tx:
        one, two = ready(tx, "one"), ready(tx, "two")
        plan = founding.Plan("Readers", "Reading together.", "branch")
        group = founding.propose(tx, branch=branch, plan=plan, shown="One", actor=one)
        token = founding.invite(tx, group=group, actor=again(tx, one))
        founding.cofound(tx, token=token, shown="Two", actor=two)
        constitution.take_seat(tx, role="steward", shown="One", actor=again(tx, one))
        for officer in organisers[:2]:
            founding.confirm(tx, group=group, actor=again(tx, officer))
        live = permits.live_grants(tx, scope=group_scope(group.id, branch.id))

        assert [grant.holder for grant in live] == [again(tx, two).holder]
    assert_replays(db, another_db)


PROCEDURES = sorted(load(constitution.default_text()).procedures)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_nothing_decided_at_the_hub_gives_a_role_in_a_branch_or_group(procedure):
    steps = load(constitution.default_text()).procedures[procedure].steps
    state = ActState("act_1", procedure, HUB, "brn_new", steps, 0, clock.now())
    here = ["hub", "brn_old", "grp_old", "brn_new"]

    given = [scope for scope in here if act_rules.may_grant_in(state, scope)]

    founds = {key: ["brn_new"] for key in ("found_branch", "register_group", "appeal_branch", "appeal_group")}
    assert given == founds.get(procedure, ["hub"])


def test_grant_in_a_group_that_an_act_of_the_branch_would_owe_is_refused(db, town):
    branch, _, group, _ = town
    with db.write() as tx:
        plan = founding.Plan("Readers", "Reading together.", "branch")
        other = founding.propose(tx, branch=branch, plan=plan, shown="E", actor=ready(tx, "eve"))
        state = act_queries.get(tx, other.act)
    elsewhere = state._replace(step=2)

    assert [act_rules.may_grant_in(elsewhere, scope) for scope in (group.id, branch.id, other.id)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("procedure", ["withdraw_moderator", "register_client", "change_settings"])
def test_rules_without_three_days_of_notice_do_not_load(procedure):
    text = constitution.default_text()
    start = text.index(f"[procedures.{procedure}]")
    shorter = text[:start] + text[start:].replace('"notice", days = 3', '"notice", days = 2', 1)

    with pytest.raises(Broken, match="must hear of it before it holds"):
        load(shorter)


@pytest.mark.parametrize(
    ("number", "value"),
    [("hold_days", 13), ("hold_mandates_percent", 35), ("hold_roll_percent", 35), ("tenure_days", 13)],
)
def test_rules_that_weaken_the_hold_do_not_load(number, value):
    text = constitution.default_text()
    start = text.index(f"[numbers.{number}]")
    old = load(text).numbers[number]
    weaker = text[:start] + text[start:].replace(f"value = {old}", f"value = {value}", 1)

    with pytest.raises(Broken, match=number):
        load(weaker)


def test_replay_finds_what_a_hub_without_a_guard_wrote(db, another_db, town, clock_at):
    _, _, group, organisers = town
    eve, fay = (appoint(db, clock_at, group, organisers, name) for name in ("eve", "fay"))
    with pytest.MonkeyPatch.context() as fault:
        fault.setattr(offices_fold, "may_replace", lambda tx, scope, numbers, at: YES)
        withdraw(db, group, organisers, eve)
        withdraw(db, group, organisers, fay)

    with another_db.write() as tx:
        ignored = list(replay(tx, lines_of(db)))

    with db.read() as tx:
        found = [(ledger.get(tx, line.index).type, line.verdict.code) for line in ignored[:1]]
    assert found == [("office.challenged", "groups.too_many_withdrawn")]
    with another_db.read() as tx:
        assert len(act_queries.running(tx, group.scope, "withdraw_moderator")) == 1


@pytest.mark.parametrize(
    ("guard", "record"),
    [
        ("link", lambda group, grant: LinkDeclared(group.id, ids.new("lnk"), "wiki", ids.new("act"))),
        ("challenge", lambda group, grant: OfficeChallenged(ids.new("act"), group.id, grant.id)),
    ],
)
def test_entry_of_a_newcomer_is_refused_by_the_fold_itself(db, town, clock_at, guard, record):
    _, _, group, (carl, dora) = town
    clock = clock_at("2026-11-21T20:00Z")
    eve = appoint(db, clock_at, group, (carl, dora), "eve")
    clock.advance(days=1)
    with db.write() as tx:
        new = ready(tx, "newcomer")
    new = elect(db, group, new)
    with db.read() as tx:
        by = permits.live_grants(tx, holder=new.holder)[0].entry
        entry = record(group, permits.live_grants(tx, holder=eve.holder)[0])
    words = {"url": "https://wiki.example.org/", "title": "W"} if guard == "link" else {}

    assert refused(db, lambda tx: ledger.append(tx, entry, by=by, words=words)) == "permits.too_new"


def by_calendar(tx, scope, numbers, at):
    """Counts a fortnight of the calendar instead of any fourteen days."""

    def fortnight(moment):
        return moment.isocalendar().week // 2

    there = permits.all_grants(tx, scope)
    gone = [g for g in there if g.ended_why == "withdrawn" and fortnight(g.ended_at) == fortnight(at)]
    return YES if len(gone) < permit_rules.most_replaced(len(there)) else warrants.NO_WARRANT


def counts_26_days(tx, holder, since, real=act_queries.tied_to):
    """Forgets an appointment after 26 days."""
    return real(tx, holder, since + 2 * DAY)


def thirteen_days_do(mine, theirs, days, at):
    """Takes 13 days for 14."""
    return permit_rules.may_end_held(mine, theirs, days - 1, at)


PLANTED = {
    "own appointee counts on day 27": (act_queries, "tied_to", counts_26_days),
    "thirteen days are accepted": (offices_fold, "may_end_held", thirteen_days_do),
    "a fortnight of the calendar": (offices_fold, "may_replace", by_calendar),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_is_caught(db, town, clock_at, monkeypatch, fault):
    monkeypatch.setattr(*PLANTED[fault])
    story = {
        "own appointee counts on day 27": lambda: test_appointee_is_no_second_person_to_who_appointed_them(
            db, town, clock_at, 27, "acts.own_appointee"
        ),
        "thirteen days are accepted": lambda: test_organiser_of_thirteen_days_ends_no_office_held_for_longer(
            db, None, town, clock_at, "proposes"
        ),
        "a fortnight of the calendar": lambda: test_third_of_the_offices_in_any_fourteen_days(db, None, town, clock_at),
    }[fault]

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        story()
