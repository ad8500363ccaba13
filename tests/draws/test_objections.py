"""Objections to a pool: whoever it may concern says what is wrong; two others judge it, before any source is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub import clock, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.constitution import actions as constitution
from hub.constitution.actions import default_text
from hub.draws import actions, files, queries, rules
from hub.draws.entries import DrawJudged, DrawObjected, DrawVoided
from hub.draws.models import draw_tickets, draw_voids, draws
from hub.errors import Forbidden, Invalid, NotFound
from hub.ledger import withdrawals
from hub.lot.check import check
from hub.lot.files import parse_draw
from hub.lot.pool import parse_pool
from hub.permits import HUB
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from tests.draws.conftest import KNOWN, Town, make_town, said
from tests.draws.test_drawing import council, newest, refused, whole_state
from tests.people_for_tests import again, ready, types
from tests.replaying import assert_replays
from tests.vaults import letters_of

WHY = "My ticket is not in the pool, and I offered myself in March."
HOUR = dt.timedelta(hours=1)


def raise_objection(town: Town, act: str, who, reason: str = WHY) -> int:
    """An objection by somebody; its entry."""
    with town.db.write() as tx:
        actions.object_to(tx, act=act, reason=reason, actor=again(tx, who))
        return newest(tx, "draw.objected").index


def found(town: Town, act: str, objection: int, who, upheld: bool = True) -> None:
    """What somebody finds of it."""
    with town.db.write() as tx:
        actions.judge(tx, act=act, objection=objection, upheld=upheld, actor=again(tx, who))


def upheld(town: Town, act: str, who) -> int:
    """An objection that both councillors find right."""
    index = raise_objection(town, act, who)
    for one in town.council:
        found(town, act, index, one)
    return index


def test_objection_that_two_find_right_voids_the_pool_and_another_follows(town, another_db):
    act = council(town)
    with town.db.read() as tx:
        first = queries.find(tx, act, 0)
        assert first is not None
        old = set(tx.scalars(sa.select(draw_tickets.c.ticket).where(draw_tickets.c.act == act)))
        assert first.objections_until == first.frozen_at + dt.timedelta(days=3)
        assert first.known_at >= first.objections_until + dt.timedelta(days=1)
    town.turn(hours=5)

    index = upheld(town, act, town.members[0])

    with town.db.read() as tx:
        second = queries.find(tx, act, 0)
        assert second is not None
        assert (second.prepared_entry > first.prepared_entry, second.pool != first.pool) == (True, True)
        assert second.known_at > first.known_at
        assert second.objections_until == second.frozen_at + dt.timedelta(days=3)
        new = set(tx.scalars(sa.select(draw_tickets.c.ticket).where(draw_tickets.c.act == act)))
        assert (len(new), new & old) == (30, set())
        void = queries.voids(tx, act, 0)
        assert [(row.prepared_entry, row.pool, row.objection, row.voided_at) for row in void] == [
            (first.prepared_entry, first.pool, index, town.clock_at.moment)
        ]
        # What was published stays published.
        raw = files.kept(tx, first.pool)
        assert raw is not None
        assert {ticket.name for ticket in parse_pool(raw)} == old
        assert newest(tx, "draw.voided").by is None
    town.turn(**KNOWN)
    town.read_source(act, town.council[0])
    with town.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
        assert {row.ticket for row in town.drawn(tx, act)} <= new
        draw = queries.find(tx, act, 0)
        assert draw is not None
        raw = files.kept(tx, draw.file or "")
        assert raw is not None
        assert all(finding.agrees for finding in check(parse_draw(raw), second.pool, rehearsal=True))
    assert_replays(town.db, another_db)


def test_who_objects_is_not_in_the_record_and_the_reason_can_be_withdrawn(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])

    with town.db.read() as tx:
        raw = b"".join(bytes(row) for row in tx.scalars(sa.text("SELECT bytes FROM entries")))
        assert WHY.encode() not in raw
        assert newest(tx, "draw.objected").data == {
            "act": act, "step": 0, "pool": queries.find(tx, act, 0).prepared_entry,
        }  # fmt: skip
        assert permits.holder_of_person(tx, town.members[0].person) is None
        assert queries.objections(tx, act, 0)[0].reason == WHY
    with town.db.write() as tx:
        withdrawals.withdraw(tx, index, "reason")
    with town.db.read() as tx:
        assert queries.objections(tx, act, 0)[0].reason is None


def test_officers_are_told_that_somebody_objected(town):
    act = council(town)
    raise_objection(town, act, town.members[0])

    with town.db.read() as tx:
        told = letters_of(tx, "draw_objection")
    assert {row.person: row.params for row in told} == {one.person: {"place": f"/draws/{act}"} for one in town.council}


def test_nobody_objects_twice_or_without_a_reason_or_from_elsewhere(town):
    act = council(town)
    raise_objection(town, act, town.members[0])
    refused(
        town.db,
        lambda tx: actions.object_to(tx, act=act, reason="Again.", actor=again(tx, town.members[0])),
        "draws.objected_before",
    )
    with town.db.read() as tx:
        mine = town.draw_of(tx, "draw_caretaker", town.branch.scope)
    stranger = next(one for one in town.members if one.standing.area != "york")
    before = whole_state(town.db)
    for number, (where, reason, who, problem) in enumerate(
        [(act, " \n", town.members[1], Invalid), (mine, WHY, stranger, Forbidden)]
    ):
        with pytest.raises(problem), town.db.write() as tx:
            actions.object_to(tx, act=where, reason=reason, actor=again(tx, who))
        assert whole_state(town.db) == before, number


def test_who_has_a_ticket_objects_even_after_moving_away(town):
    town.turn(minutes=1)
    with town.db.write() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
        mover = next(one for one in town.members if one.standing.area == "york")
        tx.execute(sa.text("UPDATE standings SET area = 'ynys-mon' WHERE person = :p"), {"p": mover.person})

    assert raise_objection(town, act, mover)


def test_objections_end_three_days_after_the_freeze(town):
    act = council(town)
    town.clock_at.advance(hours=72, minutes=-1)
    raise_objection(town, act, town.members[0])
    town.clock_at.advance(minutes=1)

    refused(
        town.db,
        lambda tx: actions.object_to(tx, act=act, reason=WHY, actor=again(tx, town.members[1])),
        "draws.objections_over",
    )


def test_once_a_source_is_known_nothing_voids_the_pool(town):
    """Two officers who waited for the randomness before they upheld an objection could draw as often as they liked."""
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    found(town, act, index, town.council[0])
    with town.db.read() as tx:
        known = queries.find(tx, act, 0).known_at
    town.clock_at.advance(seconds=(known - town.clock_at.moment).total_seconds() - 60)
    # Nobody knows the sources in the minute before; the second voice would still count there.
    with pytest.raises(Back):
        _judge_and_go_back(town, act, index)
    town.clock_at.advance(minutes=1)

    refused(
        town.db,
        lambda tx: actions.judge(tx, act=act, objection=index, upheld=True, actor=again(tx, town.council[1])),
        "draws.known",
    )
    town.read_source(act, town.council[0])
    with town.db.read() as tx:
        assert queries.find(tx, act, 0).is_made
    with pytest.raises(NotFound):
        found(town, act, index, town.council[1])


class Back(Exception):
    """Raised to leave a unit of work without a trace."""


def _judge_and_go_back(town: Town, act: str, index: int) -> None:
    with town.db.write() as tx:
        actions.judge(tx, act=act, objection=index, upheld=True, actor=again(tx, town.council[1]))
        assert types(tx).count("draw.voided") == 1
        raise Back


def test_objection_that_two_find_wrong_is_settled(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    for one in town.council:
        found(town, act, index, one, upheld=False)
    town.turn(hours=73)

    refused(
        town.db,
        lambda tx: actions.judge(tx, act=act, objection=index, upheld=True, actor=again(tx, town.members[1])),
        "draws.settled",
    )
    with town.db.read() as tx:
        assert types(tx).count("draw.voided") == 0


def test_officers_judge_first_and_members_on_the_last_day(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    refused(
        town.db,
        lambda tx: actions.judge(tx, act=act, objection=index, upheld=True, actor=again(tx, town.members[1])),
        "draws.officers_first",
    )
    town.turn(hours=72)
    for one in town.members[1:3]:
        found(town, act, index, one)

    with town.db.read() as tx:
        assert types(tx).count("draw.voided") == 1
        assert newest(tx, "draw.judged").data["holder"] is None
        assert [permits.holder_of_person(tx, one.person) for one in town.members[1:3]] == [None, None]


def test_one_found_right_and_one_wrong_waits_for_a_third(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    found(town, act, index, town.council[0])
    found(town, act, index, town.council[1], upheld=False)
    town.turn(hours=72)
    found(town, act, index, town.members[1])

    with town.db.read() as tx:
        assert types(tx).count("draw.voided") == 1


def test_nobody_judges_twice_or_what_they_objected_to(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    other = raise_objection(town, act, town.council[0], "There are strangers in it.")
    found(town, act, index, town.council[1])
    town.turn(hours=72)

    for who, about, code in (
        (town.council[1], index, "draws.judged_before"),
        (town.council[0], other, "draws.own_objection"),
        (town.council[0], index, "draws.own_objection"),
        (town.members[0], other, "draws.own_objection"),
    ):
        refused(
            town.db,
            lambda tx, who=who, about=about: actions.judge(
                tx, act=act, objection=about, upheld=True, actor=again(tx, who)
            ),
            code,
        )


def test_whoever_operates_the_machine_judges_nothing(town):
    with town.db.write() as tx:
        person = ready(tx, "keeper")
        constitution.take_seat(tx, role="steward", shown="Steward", actor=person)
        steward = again(tx, person)
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    town.turn(hours=72)
    before = whole_state(town.db)

    with pytest.raises(Forbidden), town.db.write() as tx:
        actions.judge(tx, act=act, objection=index, upheld=True, actor=again(tx, steward))
    assert whole_state(town.db) == before
    with town.db.write() as tx:
        grant = permits.live_grants(tx, holder=steward.holder)[0]
    forged = DrawJudged(act, 0, index, steward.holder, True)
    refused(town.db, lambda tx: ledger.append(tx, forged, by=grant.entry), "permits.no_warrant")


def test_pool_that_cannot_follow_at_once_follows_as_soon_as_it_can(town):
    """Too few offer themselves in the minute of the void; an hour later they do again."""
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    found(town, act, index, town.council[0])
    for volunteers in (False, True):
        with town.db.write() as tx:
            for one in town.members[:20]:
                actions.wish(tx, at_home=True, volunteers=volunteers, actor=again(tx, one))
        if not volunteers:
            found(town, act, index, town.council[1])
        with town.db.read() as tx:
            assert (types(tx).count("draw.voided"), queries.find(tx, act, 0)) == (1, None)
    town.turn(hours=1)

    with town.db.read() as tx:
        assert queries.find(tx, act, 0).frozen_at == town.clock_at.moment


def test_pool_can_be_voided_as_long_as_the_draw_still_comes_in_time(town):
    """Again and again, until there is no time for objections: then the pool stands, and somebody is drawn."""
    act = council(town)
    open_for = []
    for number in range(9):
        with town.db.read() as tx:
            draw = queries.find(tx, act, 0)
            due = act_queries.get(tx, act).due
            assert draw is not None
        if draw.objections_until is None:
            break
        open_for.append((draw.objections_until - draw.frozen_at) / HOUR)
        # The last minute in which a pool can be voided.
        index = raise_objection(town, act, town.members[number])
        town.clock_at.advance(seconds=(draw.known_at - town.clock_at.moment).total_seconds() - 60)
        for one in town.council:
            found(town, act, index, one)
    assert draw.known_at <= due - dt.timedelta(hours=22)
    assert (open_for[0], len(open_for)) == (72, 3)
    town.turn(seconds=(draw.known_at - town.clock_at.moment).total_seconds())
    town.read_source(act, town.council[0])

    with town.db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
        pools = list(tx.scalars(sa.select(draw_voids.c.pool)))
        assert len({*pools, draw.pool}) == len(pools) + 1 == 4


def test_nobody_waits_for_objections_while_nobody_takes_care(town):
    town.turn(days=181)

    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert (draw.objections_until, draw.known_at - draw.frozen_at < 26 * HOUR) == (None, True)
    refused(
        town.db,
        lambda tx: actions.object_to(tx, act=act, reason=WHY, actor=again(tx, town.members[1])),
        "draws.objections_over",
    )


def test_days_of_objections_are_those_of_the_rules_it_was_opened_under(db, clock_at):
    text = default_text().replace("[numbers.objection_days]\nvalue = 3", "[numbers.objection_days]\nvalue = 1")
    town = make_town(db, clock_at, rules=text)
    act = council(town)

    with db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        assert draw.objections_until == draw.frozen_at + dt.timedelta(days=1)
        assert 48 * HOUR < draw.known_at - draw.frozen_at < 50 * HOUR


# --- planted faults: what the fold must refuse of an entry that somebody forged -----------------------------------


def test_forged_objections_and_judgements_change_nothing(town):
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    with town.db.draft() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        right = right_of_members(tx)
        seat = {one.holder: one for one in permits.live_grants(tx, scope=HUB)}
        one, two = (again(tx, councillor).holder for councillor in town.council)
        elsewhere = permits.live_grants(tx, scope=town.branch.scope)[0]
    objection = DrawObjected(act, 0, draw.prepared_entry)
    judgement = DrawJudged(act, 0, index, one, True)
    void = DrawVoided(act, 0, index, clock.format_minute(town.clock_at.moment))
    words = {"reason": WHY}
    for record, by, told, code in (
        (objection, None, words, "permits.no_right"),
        (replace(objection, pool=draw.prepared_entry + 1), right, words, "draws.not_waiting"),
        (replace(objection, step=1), right, words, "draws.not_waiting"),
        (judgement, None, {}, "draws.officers_first"),
        (judgement, right, {}, "draws.officers_first"),
        (judgement, seat[two].entry, {}, "permits.no_warrant"),
        (replace(judgement, holder=elsewhere.holder), elsewhere.entry, {}, "permits.no_warrant"),
        (replace(judgement, holder=None), seat[one].entry, {}, "permits.no_warrant"),
        (replace(judgement, holder=None), right, {}, "draws.officers_first"),
        (replace(judgement, objection=index - 1), seat[one].entry, {}, "draws.not_waiting"),
        (void, None, {}, "draws.not_upheld"),
        (replace(void, objection=index - 1), None, {}, "draws.not_upheld"),
    ):
        refused(town.db, lambda tx, record=record, by=by, told=told: ledger.append(tx, record, by=by, words=told), code)
    with town.db.write() as tx:
        ledger.append(tx, judgement, by=seat[one].entry)
    refused(town.db, lambda tx: ledger.append(tx, judgement, by=seat[one].entry), "draws.judged_before")
    refused(town.db, lambda tx: ledger.append(tx, void, by=None), "draws.not_upheld")


def test_pool_that_was_found_wrong_is_not_drawn_from(town):
    """A hub that leaves the void out: the fold takes no second pool beside the first, and no void but the true one."""
    act = council(town)
    index = raise_objection(town, act, town.members[0])
    with town.db.draft() as tx:
        seat = {one.holder: one for one in permits.live_grants(tx, scope=HUB)}
        draw = queries.find(tx, act, 0)
        holders = [again(tx, councillor).holder for councillor in town.council]
    with town.db.write() as tx:
        for holder in holders:
            ledger.append(tx, DrawJudged(act, 0, index, holder, True), by=seat[holder].entry)
    true = DrawVoided(act, 0, index, clock.format_minute(town.clock_at.moment))
    later = clock.format_minute(town.clock_at.moment + HOUR)
    refused(town.db, lambda tx: ledger.append(tx, replace(true, due=later), by=None), "draws.not_upheld")
    refused(town.db, lambda tx: ledger.append(tx, replace(true, step=1), by=None), "acts.not_due")
    town.clock_at.advance(**KNOWN)

    # A hub that did not follow is stuck: nobody reads for that pool, until it is put aside.
    with town.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(draws).where(draws.c.act == act)) == 1
    refused(
        town.db,
        lambda tx: actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, town.council[0])),
        "draws.found_wrong",
    )
    with town.db.write() as tx:
        acts.run(tx, act)
    with town.db.read() as tx:
        assert [row.prepared_entry for row in queries.voids(tx, act, 0)] == [draw.prepared_entry]
        assert queries.find(tx, act, 0).known_at > town.clock_at.moment


# --- the rules alone ------------------------------------------------------------------------------------------------


@given(days=st.integers(1, 7), left=st.integers(0, 60 * 24 * 60))
def test_objections_leave_a_day_to_judge_them_and_two_to_read(days, left):
    """Property: never longer than the rules say; if shorter, because what follows takes what is left."""
    minutes = dt.timedelta(minutes=left)
    open_for = rules.objecting(days, minutes)

    assert dt.timedelta(0) <= open_for <= dt.timedelta(days=days)
    after = minutes - open_for - rules.AHEAD
    assert open_for == dt.timedelta(0) or after >= rules.TO_READ
    assert open_for == dt.timedelta(days=days) or after <= rules.TO_READ
    # Whenever it is voided, another pool still comes in time: its own AHEAD, and nearly a day to read.
    assert open_for == dt.timedelta(0) or after - rules.AHEAD >= 23 * HOUR


def test_objections_have_all_their_days_where_a_deadline_moves_on():
    assert rules.objecting(3, None) == dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("judgements", "settled"),
    [("", None), ("y", None), ("yy", True), ("nn", False), ("yn", None), ("yny", True), ("ynn", False), ("nyyn", True)],
)
def test_two_settle_an_objection_if_more_found_it_than_the_contrary(judgements, settled):
    assert rules.settled(letter == "y" for letter in judgements) is settled
