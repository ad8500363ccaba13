"""One organiser stops a power at once, a week of any four; two others end it; nothing that takes away is stopped."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.freezing import actions
from hub.groups import links, membership, offices, settings
from hub.groups import queries as groups
from hub.groups.founding import Plan
from hub.permits import P, can, freezes
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from hub.permits.rules import FREEZABLE, longest_freeze
from hub.petitions import actions as petitions
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
    entry_count,
    found_branch,
    found_hub,
    member,
    ready,
    seat_council,
    types,
)
from tests.powers.world import found_by_three, of_three
from tests.replaying import assert_replays

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
WEEK, WINDOW = 7 * DAY, 28 * DAY
WHY = "Somebody signs what nobody talked about."
START = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


class Group:
    """A group of three organisers, a moderator whom the first two appointed, and two members."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock_at = db, clock_at
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, of_three())
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            founders = [ready(tx, name) for name in ("fay", "flo", "fox")]
            self.group = found_by_three(tx, branch, _PLAN, founders, officers[:2])
            self.founders = [again(tx, one) for one in founders]
            act, token = offices.offer(tx, place=self.group, actor=self.founders[0])
            self.moderator = ready(tx, "mia")
            offices.accept(tx, token=token, shown="Mia", actor=self.moderator)
            for one in self.founders[:2]:
                offices.confirm(tx, act=act, actor=one)
            begin_appointments(tx, clock_at)
            self.members = [member(tx, name) for name in ("ann", "bea")]
            for one in self.members:
                membership.join(tx, group=self.group, actor=one)

    def freeze(self, power: str = P.APPOINTMENTS_MAKE, by: int = 0) -> str:
        """A freeze by one of the founders."""
        with self.db.write() as tx:
            actor = again(tx, self.founders[by])
            return actions.freeze(tx, power=power, scope=self.group.scope, reason=WHY, actor=actor)

    def lift(self, act: str, *by: int) -> None:
        """Founders sign the end of a freeze."""
        for one in by:
            with self.db.write() as tx:
                actions.lift(tx, act=act, actor=again(tx, self.founders[one]))

    def turn(self, **span: float) -> None:
        """Time passes, and the clock runs."""
        self.clock_at.advance(**span)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def is_frozen(self, power: P = P.APPOINTMENTS_MAKE) -> bool:
        """Whether the table and the record both say no to each organiser."""
        with self.db.draft() as tx:
            said = {can(again(tx, one), power, self.group.scope).code for one in self.founders}
            recorded = {row.permission for row in freezes.live(tx, scope=self.group.scope)}
        assert (said == {"permits.frozen"}) == (power in recorded)
        return power in recorded


_PLAN = Plan("York Tenants", "Renters of York helping one another.", "branch")


@pytest.fixture
def york(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def refused(york: Group, code: str, do) -> None:
    """Fails unless something is refused by that code, and nothing was written."""
    with york.db.read() as tx:
        before = entry_count(tx)
    with pytest.raises((Forbidden, RuleViolation)) as told, york.db.write() as tx:
        do(tx)
    assert told.value.code == code
    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_freeze_takes_effect_at_once_and_the_others_are_told(york, another_db):
    york.freeze()

    assert york.is_frozen()
    assert not york.is_frozen(P.CHANGE_SETTINGS)
    refused(york, "permits.frozen", lambda tx: offices.offer(tx, place=york.group, actor=again(tx, york.founders[1])))
    with york.db.read() as tx:
        assert types(tx)[-3:] == ["freeze.opened", "power.frozen", "act.advanced"]
    assert_replays(york.db, another_db)


def test_everybody_with_the_power_hears_of_it(york):
    york.freeze(P.HIDE_CONTENT)

    with york.db.read() as tx:
        told = {
            one.nickname
            for one in [*york.founders, york.moderator, *york.members]
            if "power_frozen" in [letter.template for letter in outbox.notices(tx, str(one.person))]
        }
    assert told == {york.founders[1].nickname, york.founders[2].nickname, york.moderator.nickname}


def test_freeze_ends_after_seven_days_with_nobody_acting(york, another_db):
    york.freeze()

    york.clock_at.advance(days=7, minutes=-1)
    assert york.is_frozen()
    york.clock_at.advance(minutes=1)
    assert not york.is_frozen()  # and no worker ran

    york.turn(days=1)
    assert_replays(york.db, another_db)


def test_two_others_end_it_and_one_does_not(york, another_db):
    act = york.freeze()
    york.lift(act, 1)
    assert york.is_frozen()
    refused(york, "acts.signed_before", lambda tx: actions.lift(tx, act=act, actor=again(tx, york.founders[1])))

    york.lift(act, 2)

    assert not york.is_frozen()
    assert_replays(york.db, another_db)


def test_whoever_froze_does_not_count_among_the_two(york):
    act = york.freeze()
    york.lift(act, 1)

    refused(york, "acts.own_case", lambda tx: actions.lift(tx, act=act, actor=again(tx, york.founders[0])))
    assert york.is_frozen()


def test_whoever_froze_takes_it_back_alone_and_nobody_else_does(york, another_db):
    act = york.freeze()
    refused(york, "permits.no_warrant", lambda tx: actions.withdraw(tx, act=act, actor=again(tx, york.founders[1])))
    york.clock_at.advance(days=2)

    with york.db.write() as tx:
        actions.withdraw(tx, act=act, actor=again(tx, york.founders[0]))

    assert not york.is_frozen()
    york.freeze()
    york.clock_at.advance(days=5, minutes=-1)
    assert york.is_frozen()
    york.turn(minutes=1)
    assert not york.is_frozen()
    assert_replays(york.db, another_db)


def test_moderators_and_members_freeze_nothing(york):
    for one in (york.moderator, york.members[0]):
        refused(
            york, "permits.no_grant",
            lambda tx, one=one: actions.freeze(
                tx, power=P.HIDE_CONTENT, scope=york.group.scope, reason=WHY, actor=again(tx, one)
            ),
        )  # fmt: skip


@pytest.mark.parametrize("power", sorted(set(P) - set(FREEZABLE)))
def test_what_is_not_the_organisers_own_is_never_frozen(york, power):
    refused(york, "freezing.no_power", lambda tx: actions.freeze(
        tx, power=power, scope=york.group.scope, reason=WHY, actor=again(tx, york.founders[0])
    ))  # fmt: skip


def test_freeze_needs_a_reason(york):
    with pytest.raises(Invalid), york.db.write() as tx:
        actions.freeze(
            tx, power=P.APPOINTMENTS_MAKE, scope=york.group.scope, reason=" ", actor=again(tx, york.founders[0])
        )
    assert not york.is_frozen()


def test_unknown_freeze_is_not_found(york):
    with pytest.raises(NotFound), york.db.write() as tx:
        actions.lift(tx, act="act_" + "0" * 26, actor=again(tx, york.founders[0]))


def test_same_person_freezes_the_same_power_again_only_after_four_weeks(york):
    york.freeze()
    york.turn(days=27)
    refused(york, "freezing.used_up", lambda tx: actions.freeze(
        tx, power=P.APPOINTMENTS_MAKE, scope=york.group.scope, reason=WHY, actor=again(tx, york.founders[0])
    ))  # fmt: skip
    york.turn(days=1)

    york.freeze()
    assert york.is_frozen()


def test_what_two_others_ended_counts_in_full(york):
    act = york.freeze()
    york.lift(act, 1, 2)

    refused(york, "freezing.used_up", lambda tx: actions.freeze(
        tx, power=P.APPOINTMENTS_MAKE, scope=york.group.scope, reason=WHY, actor=again(tx, york.founders[0])
    ))  # fmt: skip
    york.freeze(P.CHANGE_SETTINGS)
    york.freeze(by=1)
    assert york.is_frozen()


def test_freeze_ends_with_the_office_of_whoever_made_it(york, another_db):
    york.freeze()
    with york.db.write() as tx:
        actor = again(tx, york.founders[0])
        permit_actions.resign(tx, grant=actor.grants[0].id, actor=actor)
    with york.db.draft() as tx:
        assert can(again(tx, york.founders[1]), P.APPOINTMENTS_MAKE, york.group.scope)
        assert freezes.live(tx) == []
    assert_replays(york.db, another_db)


def test_frozen_powers_still_take_away(york, another_db):
    """The freezer's own appointee is withdrawn, a link taken down, a change objected to; petitions and office go on."""
    with york.db.write() as tx:
        links.add_link(
            tx, group=york.group, kind="forum", url="https://forum.example.org", title="Forum", audience="public",
            actor=again(tx, york.founders[0]),
        )  # fmt: skip
        link = groups.links_for(tx, york.group, viewer=york.founders[0])[0].id
        change = settings.propose(
            tx, group=york.group, joining="accept", seats=None, seats_most=5000, actor=again(tx, york.founders[0])
        )
        offered, token = offices.offer(tx, place=york.group, actor=again(tx, york.founders[0]))
        max_ = ready(tx, "max")
        offices.accept(tx, token=token, shown="Max", actor=max_)
    for power in FREEZABLE:
        york.freeze(power)

    refused(
        york, "permits.frozen",
        lambda tx: offices.confirm(tx, act=offered, actor=again(tx, york.founders[1])),
    )  # fmt: skip
    refused(
        york, "permits.frozen",
        lambda tx: settings.confirm(tx, act=change, actor=again(tx, york.founders[1])),
    )  # fmt: skip
    with york.db.write() as tx:
        first, second = (again(tx, york.founders[place]) for place in (1, 2))
        links.withdraw_link(tx, group=york.group, link=link, actor=first)
        settings.object_to(tx, act=change, reason="Not without a meeting.", actor=first)
        offices.object_to(tx, act=offered, reason="Not without a meeting.", actor=first)
        mine = again(tx, york.moderator).grants[0]
        gone = offices.challenge(tx, place=york.group, grant=mine.id, actor=first)
        offices.confirm(tx, act=gone, actor=second)
    york.turn(days=3)
    york.turn(days=28)
    for power in FREEZABLE:
        york.freeze(power)
    with york.db.write() as tx:
        mandate = next(one for one in again(tx, york.founders[0]).grants if one.role == "admin")
        recall = petitions.open_recall(tx, grant=mandate.id, reasons="No meetings.", actor=again(tx, york.members[0]))
        petitions.sign(tx, act=recall, actor=again(tx, york.members[1]))
        petitions.sign(tx, act=recall, actor=again(tx, york.founders[1]))
        assert act_queries.get(tx, recall).current.do == "submit"
    york.turn(days=7)
    with york.db.read() as tx:
        assert act_queries.get(tx, recall).current.do == "ballot"

    with york.db.read() as tx:
        assert act_queries.get(tx, gone).outcome == "done"
        assert permits.live_grants(tx, holder=mine.holder) == ()
    assert_replays(york.db, another_db)


def test_one_organiser_left_freezes_nothing(york):
    for one in york.founders[:2]:
        with york.db.write() as tx:
            actor = again(tx, one)
            permit_actions.resign(tx, grant=actor.grants[0].id, actor=actor)

    refused(york, "permits.one_left", lambda tx: actions.freeze(
        tx, power=P.HIDE_CONTENT, scope=york.group.scope, reason=WHY, actor=again(tx, york.founders[2])
    ))  # fmt: skip


# --- The days that one person has ------------------------------------------------------------------------------------


def blocked(spans: list[tuple[dt.datetime, dt.datetime]], end: dt.datetime) -> dt.timedelta:
    """For how long, within the 28 days before a moment, spans hold: the test's own sum."""
    inside = [min(until, end) - max(start, end - WINDOW) for start, until in spans]
    return sum((span for span in inside if span > dt.timedelta(0)), dt.timedelta(0))


def alternate(rule, gaps: list[int], uses: list[int]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Freezes as often and as long as a rule lets somebody, taking some back early."""
    spans: list[tuple[dt.datetime, dt.datetime]] = []
    now = START
    for gap, use in zip(gaps, uses, strict=True):
        now += gap * MINUTE
        longest = rule(spans, WEEK, WINDOW, now)
        if longest:
            until = now + min(longest, use * MINUTE)
            spans.append((now, until))
            now = until
    return spans


MINUTES = st.integers(0, 15 * 24 * 60)
RUNS = st.lists(st.tuples(MINUTES, st.integers(1, 7 * 24 * 60)), min_size=1, max_size=14)


@given(RUNS)
def test_nobody_blocks_a_power_for_more_than_seven_of_any_28_days(run):
    spans = alternate(longest_freeze, [gap for gap, _ in run], [use for _, use in run])

    ends = [moment for span in spans for moment in span] + [start + WINDOW for start, _ in spans]
    assert all(blocked(spans, end) <= WEEK for end in ends)


def by_calendar_month(spans, most, window, at):
    """A fault: what one may is counted anew with each month."""
    month = [(start, end) for start, end in spans if (start.year, start.month) == (at.year, at.month)]
    return most - sum((end - start for start, end in month), dt.timedelta(0))


def fixed_windows(spans, most, window, at):
    """A fault: what one may is counted in four weeks that begin on one day for all."""
    begins = at - (at - START) % window
    return max(
        dt.timedelta(0), most - sum((end - max(start, begins) for start, end in spans if end > begins), dt.timedelta(0))
    )


@pytest.mark.parametrize("fault", [by_calendar_month, fixed_windows])
def test_other_windows_would_let_somebody_block_longer(fault):
    # A week to the end of a month, or of a window, and a week from its beginning.
    gaps = [21 * 24 * 60, 1] if fault is fixed_windows else [2 * 24 * 60, 5 * 60]
    spans = alternate(fault, gaps, [7 * 24 * 60] * 2)

    assert any(blocked(spans, end) > WEEK for _, end in spans)


@pytest.mark.parametrize(
    ("earlier", "days"),
    [
        ([], 7),
        ([(-3, -1)], 5),
        ([(-28, -21)], 7),
        ([(-27, -20)], 0),
        ([(-25, -21)], 7),
        ([(-24, -20)], 3),
    ],
)
def test_longest_freeze_in_whole_days(earlier, days):
    spans = [(START + start * DAY, START + end * DAY) for start, end in earlier]

    assert longest_freeze(spans, WEEK, WINDOW, START) == days * DAY
