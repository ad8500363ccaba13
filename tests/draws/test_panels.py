"""A panel drawn for one act: nobody in conflict, power in that act alone, replaced in the published order.

The rules of these tests put a panel into hiding: two of three panellists confirm it, or what was hidden comes back.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re

import pytest
import sqlalchemy as sa

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.constitution import Broken, load
from hub.constitution.actions import default_text
from hub.draws import actions, queries
from hub.draws.conflicts import conflicted
from hub.draws.entries import DrawAccepted
from hub.errors import YES, Forbidden
from hub.groups import founding, links, membership, offices
from hub.groups import queries as groups
from hub.hiding import actions as hiding
from hub.hiding import rules as hiding_rules
from hub.hiding.entries import HidingConfirmed
from hub.ledger.entries import TYPES, type_of
from hub.permits import P, can, require
from hub.permits import actions as permit_actions
from hub.permits import fold as permits_fold
from hub.permits import queries as permits
from hub.permits.actions import holder_of, right_of_members
from hub.permits.actor import Grant
from tests import copies
from tests.ballots.unbounded import leave_unbounded
from tests.draws.conftest import Town
from tests.draws.test_drawing import newest, refused
from tests.people_for_tests import (
    again,
    begin_appointments,
    equip,
    found_branch,
    found_group,
    found_hub,
    member,
    seat_council,
    types,
)
from tests.replaying import assert_replays, lines_of
from tests.verifier import fold, verifier

DAY = dt.timedelta(days=1)
DECIDED = '{ do = "decide", by = "content.hide", persons = 2, days = 3, short = "undo", says'
BY_PANEL = (
    '{ do = "draw", by = "WORD", size = 3, days = 3, short = "undo", says = "{persons} drawn in {days} days." },\n'
    '  { do = "decide", by = "emergencies.confirm", persons = 2, days = 9, short = "undo", says'
)


@pytest.fixture(autouse=True)
def _confirm_by_panel(monkeypatch):
    """Lets rules have a hiding confirmed by whoever is drawn, where the software takes two who may hide."""
    leave_unbounded(monkeypatch, "hide")
    # The panel takes longer than one officer may hide alone, and the same thing is hidden again and again here.
    monkeypatch.setattr(hiding_rules, "may_hide_again", lambda *_: YES)
    monkeypatch.setattr(verifier, "HIDDEN_ALONE", 999)


def rules(word: str = "panel") -> str:
    """The default rules, with a panel drawn by lot that confirms what was hidden."""
    changed = default_text().replace(DECIDED, BY_PANEL.replace("WORD", word), 1)
    assert changed != default_text()
    return changed


class Hub(Town):
    """A hub with a branch, a group of two organisers and two moderators, and members who all volunteer."""

    def __init__(self, db, clock_at, word: str = "panel") -> None:
        clock_at("2026-11-21T20:00Z")
        super().__init__(db, clock_at)
        with db.write() as tx:
            found_hub(tx, rules(word))
            self.council = seat_council(tx, "cleo", "cyra")
            self.branch, self.founders = found_branch(tx, self.council)
            for number in range(14):
                self.members.append(member(tx, f"mem_{number}"))
                equip(tx, self.members[-1])
            self.group, first = found_group(tx, self.branch, self.members[:2], self.founders)
            self.members[:2] = first
            for place in (2, 3):
                self.members[place] = self.appoint(tx, place)
            for one in self.members[4:10]:
                membership.join(tx, group=self.group, actor=again(tx, one))
            for one in (*self.members, *self.founders, *self.council):
                actions.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))

    def appoint(self, tx, place: int):
        """A moderator, appointed by both organisers."""
        act, token = offices.offer(tx, place=self.group, actor=again(tx, self.members[0]))
        offices.accept(tx, token=token, shown="M", actor=self.members[place])
        for one in self.members[:2]:
            offices.confirm(tx, act=act, actor=again(tx, one))
        begin_appointments(tx, self.clock_at)
        return again(tx, self.members[place])

    def hide(self, opener: int = 0) -> str:
        """Hides the group's purpose; the draw of the panel begins at once."""
        with self.db.write() as tx:
            return hiding.hide(
                tx, kind="group", target=self.group.id, rule=2, reason="Rude.", actor=again(tx, self.members[opener])
            )

    def add_link(self) -> str:
        """A link of the group, declared by its first organiser."""
        with self.db.write() as tx:
            actor = again(tx, self.members[0])
            links.add_link(
                tx, group=self.group, kind="forum", url="https://forum.example.org", title="F", audience="public",
                actor=actor,
            )  # fmt: skip
            return groups.links_for(tx, self.group, viewer=actor)[0].id

    def hide_link(self, link: str, opener: int) -> str:
        """Hides it."""
        with self.db.write() as tx:
            actor = again(tx, self.members[opener])
            return hiding.hide(tx, kind="link", target=link, rule=4, reason="Elsewhere.", actor=actor)

    def panel(self, act: str) -> list[sa.Row]:
        """Draws it, and returns its seats."""
        self.clock_at.advance(hours=26)
        self.read_source(act, self.members[2])
        with self.db.read() as tx:
            return self.drawn(tx, act)


@pytest.fixture
def hub(db, clock_at) -> Hub:
    return copies.of(db, Hub, at=clock_at)


def pool_of(tx, act: str) -> set[str]:
    """The persons who have a ticket in an act's draw."""
    return set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))


def sign(tx, act: str, by: int) -> None:
    """A panellist's yes, as the room of emergencies would append it."""
    ledger.append(tx, HidingConfirmed(act), by=by)
    acts.run(tx, act)


def test_panel_is_drawn_from_who_has_no_office_and_no_part(hub):
    act = hub.hide(opener=2)

    with hub.db.read() as tx:
        inside = pool_of(tx, act)
    # Not the opener, not who appointed them, not their colleagues, not the council; organisers elsewhere may.
    assert inside == {one.person for one in (*hub.members[4:], *hub.founders)}


def test_who_appointed_a_party_is_not_drawn_even_without_office_now(hub):
    link = hub.add_link()
    with hub.db.write() as tx:
        leaving = again(tx, hub.members[1])
        permit_actions.resign(tx, grant=leaving.grants[-1].id, actor=leaving)
    act, other = hub.hide(opener=2), hub.hide_link(link, opener=0)

    with hub.db.read() as tx:
        assert hub.members[1].person not in pool_of(tx, act)
        assert hub.members[1].person in pool_of(tx, other)


def test_colleagues_of_a_party_elsewhere_are_not_drawn(hub):
    """The opener organises another group, too: whoever does so with them stays out."""
    with hub.db.write() as tx:
        plan = founding.Plan("York Gardens", "Allotments of York.", "branch")
        found_group(tx, hub.branch, [again(tx, hub.members[2]), again(tx, hub.members[12])], hub.founders, plan)
    act, other = hub.hide(opener=2), hub.hide_link(hub.add_link(), opener=0)

    with hub.db.read() as tx:
        assert hub.members[12].person not in pool_of(tx, act)
        assert hub.members[12].person in pool_of(tx, other)


def test_panellists_decide_in_their_act_and_in_no_other(hub, another_db):
    first = hub.hide()
    rows = hub.panel(first)
    for row in rows[:2]:
        hub.accept(first, row)
    with hub.db.write() as tx:
        sitting = [hub.actor_of(tx, row.ticket) for row in rows[:2]]
        mine: list[Grant] = [one.grants[-1] for one in sitting]
        assert [(g.role, g.source, g.act, g.scope.id) for g in mine] == [("panellist", "lot", first, hub.group.id)] * 2
        assert [bool(can(sitting[0], P.EMERGENCIES_CONFIRM, hub.group.scope, act=act)) for act in (first, None)] == [
            True, False,
        ]  # fmt: skip
        sign(tx, first, require(sitting[0], P.EMERGENCIES_CONFIRM, hub.group.scope, act=first).entry)
    with hub.db.write() as tx:
        hiding_of = act_queries.get(tx, first)
        assert len(hiding_of.hands_now("yes")) == 1
        sign(tx, first, mine[1].entry)
        assert act_queries.get(tx, first).outcome == "done"
    with hub.db.write() as tx:
        hiding.restore(tx, act=first, actor=again(tx, hub.members[1]))
    second = hub.hide()
    hub.panel(second)
    refused(hub.db, lambda tx: ledger.append(tx, HidingConfirmed(second), by=mine[0].entry), "acts.drawn_for_another")
    with pytest.raises(Forbidden), hub.db.write() as tx:
        require(sitting[0], P.EMERGENCIES_CONFIRM, hub.group.scope, act=second)
    assert_replays(hub.db, another_db)


def test_who_gains_an_office_in_conflict_cannot_accept(hub):
    act = hub.hide()
    rows = hub.panel(act)
    with hub.db.write() as tx:
        chosen = hub.actor_of(tx, rows[0].ticket)
        holder = holder_of(tx, actor=chosen, shown="M")
        entry = ledger.get(tx, ledger.size(tx) - 1)
        permits_fold.add_grant(
            tx, entry, grant=ids.new("grt"), holder=holder, role="moderator", scope=hub.group.scope,
            source="appointment", act=None, starts=clock.minute(clock.now()), until=clock.now() + dt.timedelta(days=90),
        )  # fmt: skip

    refused(hub.db, lambda tx: actions.accept(tx, act=act, shown="X", actor=again(tx, chosen)), "draws.conflict")


def test_who_resigns_from_a_panel_is_followed_while_the_act_runs(hub):
    act = hub.hide()
    rows = hub.panel(act)
    hub.accept(act, rows[0])
    with hub.db.write() as tx:
        actor = hub.actor_of(tx, rows[0].ticket)
        permit_actions.resign(tx, grant=actor.grants[-1].id, actor=actor)
    hub.turn(minutes=1)

    with hub.db.read() as tx:
        told = newest(tx, "draw.replaced").data
        assert (told["out"], told["reason"]) == (rows[0].ticket, "left")
        assert [row.state for row in hub.drawn(tx, act)] == ["offered"] * 3
    hub.turn(days=40)
    with hub.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "undone"


def forged(hub: Hub, record, by: int | None) -> list:
    """What the stand-alone verifier says of an entry that a hub appends without asking whether it may."""
    kind = type_of(type(record)).name
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TYPES, kind, dataclasses.replace(TYPES[kind], warrant=lambda *_: YES, apply=lambda *_: None))
        with hub.db.write() as tx:
            index = ledger.append(tx, record, by=by)
    return [one for one in fold(lines_of(hub.db)).void if one.index == index.index]


def test_whom_a_draw_replaced_acts_in_that_case_no_more(hub, another_db):
    """A panellist who left is followed by the next in the order; their office, and their seat, are worth nothing."""
    act = hub.hide()
    rows = hub.panel(act)
    hub.accept(act, rows[0])
    with hub.db.write() as tx:
        left = hub.actor_of(tx, rows[0].ticket)
        grant = left.grants[-1]
        permit_actions.resign(tx, grant=grant.id, actor=left)
        actions.decline(tx, act=act, actor=hub.actor_of(tx, rows[1].ticket))
    hub.turn(minutes=1)

    with hub.db.draft() as tx:
        step = queries.of_act(tx, act)[0].step
        seats = {row.ticket: (row.state, row.reason) for row in queries.order(tx, act, step)}
        assert [seats[row.ticket] for row in rows[:2]] == [("out", "left"), ("out", "declined")]
        assert sorted(state for state, _reason in seats.values()).count("offered") == 3
        gone = again(tx, left)
        assert not can(gone, P.EMERGENCIES_CONFIRM, hub.group.scope, act=act)
        right = right_of_members(tx)
    assert_replays(hub.db, another_db)
    confirmed = HidingConfirmed(act)
    until = clock.format_minute(hub.clock_at.moment + dt.timedelta(days=30))
    taken = [
        DrawAccepted(act, step, row.ticket, left.holder, f"grt_{place}" + "0" * 25, until)
        for place, row in enumerate(rows[:2])
    ]
    refused(hub.db, lambda tx: ledger.append(tx, confirmed, by=grant.entry), "permits.no_warrant")
    for record in taken:
        refused(hub.db, lambda tx, record=record: ledger.append(tx, record, by=right), "draws.not_offered")
    for record, by in ((confirmed, grant.entry), *((one, right) for one in taken)):
        assert forged(hub, record, by) != []


def test_seat_of_an_act_that_is_over_is_not_taken(hub):
    act = hub.hide()
    rows = hub.panel(act)
    hub.accept(act, rows[0])
    hub.accept(act, rows[1])
    with hub.db.write() as tx:
        for row in rows[:2]:
            sign(tx, act, hub.actor_of(tx, row.ticket).grants[-1].entry)
    hub.turn(minutes=1)
    with hub.db.write() as tx:
        late = hub.actor_of(tx, rows[2].ticket)

    refused(hub.db, lambda tx: actions.accept(tx, act=act, shown="X", actor=late), "draws.over")


def test_panel_that_nobody_draws_undoes_what_was_done(hub):
    act = hub.hide()
    hub.turn(days=3)

    with hub.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "undone"
        assert "draw.made" not in types(tx)


def test_clock_that_slept_past_the_draw_undoes_as_a_daily_one_does(hub):
    act = hub.hide()
    hub.turn(days=99)

    with hub.db.read() as tx:
        state = act_queries.get(tx, act)
        closed = tx.scalar(sa.text("SELECT closed_at FROM acts WHERE id = :a"), {"a": act})
        assert (state.outcome, closed) == ("undone", int((state.opened_at + 3 * DAY).timestamp()))


def test_scrutineers_are_drawn_from_the_groups_own_members(db, clock_at):
    hub = Hub(db, clock_at, word="scrutineers")
    act = hub.hide()

    with db.read() as tx:
        assert pool_of(tx, act) == {one.person for one in hub.members[4:10]}
    rows = hub.panel(act)
    hub.accept(act, rows[0])
    with db.write() as tx:
        actor = hub.actor_of(tx, rows[0].ticket)
        assert [(g.role, g.act) for g in actor.grants] == [("scrutineer", act)]


def independent(tx, act: str) -> set[str]:
    """The persons in conflict with an act, found another way than the house does: from the record's entries alone."""
    state = act_queries.get(tx, act)
    at = state.opened_at
    holding = {row.holder: row.person for row in tx.execute(sa.text("SELECT holder, person FROM holdings"))}
    live = [
        row for row in tx.execute(sa.text("SELECT * FROM grants"))
        if row.from_at <= at.timestamp() < min(row.until_at, row.ended_at or row.until_at)
    ]  # fmt: skip
    openers = {hand.holder for hand in state.hands if hand.hand == "submit"}
    bad = set(openers) | {row.holder for row in live if row.role in ("council", "steward")}
    where = {state.scope.id} | {row.scope_id for row in live if row.holder in openers}
    bad |= {row.holder for row in live if row.scope_id in where}
    appointed = [
        row.act for row in tx.execute(sa.text("SELECT * FROM grants WHERE source = 'appointment'"))
        if row.holder in openers
    ]  # fmt: skip
    for appointment in appointed:
        signed = sa.text("SELECT holder FROM act_hands WHERE act = :a AND hand = 'yes'")
        bad |= set(tx.scalars(signed, {"a": appointment}))
    return {holding[holder] for holder in bad}


def test_nobody_in_conflict_is_ever_drawn_from_live_state(hub):
    """Thirty-six panels while offices come and go at random: every pool against an account made another way."""
    chance, seen = random.Random(20261121), 0
    for _ in range(36):
        with hub.db.write() as tx:
            moderators = [
                place for place, one in enumerate(hub.members)
                if any(g.role == "moderator" for g in again(tx, one).grants)
            ]  # fmt: skip
            if chance.random() < 0.5 and len(moderators) > 1:
                leaving = again(tx, hub.members[chance.choice(moderators)])
                permit_actions.resign(tx, grant=leaving.grants[-1].id, actor=leaving)
            else:
                free = [n for n in range(4, 10) if not again(tx, hub.members[n]).grants]
                if free:
                    place = chance.choice(free)
                    hub.members[place] = hub.appoint(tx, place)
            may_hide = [n for n, one in enumerate(hub.members) if can(again(tx, one), P.HIDE_CONTENT, hub.group.scope)]
        act = hub.hide(opener=chance.choice(may_hide))
        with hub.db.read() as tx:
            state, inside, out = act_queries.get(tx, act), pool_of(tx, act), independent(tx, act)
            house = conflicted(tx, state, "panel", state.opened_at)
            assert inside & out == set()
            assert inside == {o.person for o in (*hub.members, *hub.founders, *hub.council)} - out
            assert {permits.person_of_holder(tx, holder) for holder in house} == out
            seen += 1
        hub.turn(days=3)
    assert seen == 36


def test_planted_conflict_is_caught(hub):
    """The same account sees somebody who was let into a pool."""
    act = hub.hide(opener=2)
    with hub.db.write() as tx:
        tx.execute(
            sa.text("INSERT INTO draw_tickets (ticket, act, step, person, stratum) VALUES ('tkt_x', :a, 1, :p, '')"),
            {"a": act, "p": hub.members[0].person},
        )
        assert pool_of(tx, act) & independent(tx, act) == {hub.members[0].person}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("size = 20", "size = 14", "must lie between 15 and 25"),
        ("size = 3, days = 14", "size = 0, days = 14", "must lie between 1 and 9"),
        ('by = "council", size', 'by = "headquarters", size', "may not be 'headquarters'"),
        ('can = ["memberships.accept", "ballots.call"]\nreach = "here"\nseats = { min = 0, max = 9 }',
         'can = ["memberships.accept", "content.hide"]\nreach = "here"\nseats = { min = 0, max = 9 }', "may not be"),
        ('by = ["caretaker"]', 'by = ["appointment"]', "may not be 'appointment'"),
        ("[terms.caretaker]\ndays = 28", "[terms.caretaker]\ndays = 29", "must lie between 1 and 28"),
    ],
)  # fmt: skip
def test_rules_that_break_a_limit_of_draws_do_not_load(old, new, says):
    text = default_text()
    assert old in text

    with pytest.raises(Broken, match=re.escape(says)):
        load(text.replace(old, new, 1))
