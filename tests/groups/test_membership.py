"""Joining, leaving, asking, accepting; and never more members than seats, also when two hundred come at once."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub.clock import now as clock_now
from hub.errors import Forbidden, NotFound, RuleViolation
from hub.groups import founding, membership, queries
from hub.groups.models import group_seats, memberships, requests
from hub.groups.queries import Group
from hub.people import actions as people
from hub.permits import keeping
from hub.permits.keeping import Kept
from hub.standing import actions as standing
from tests.people_for_tests import again, entry_count, found_branch, found_group, found_hub, member, ready, seat_council
from tests.replaying import assert_replays


def plan(joining: str, seats: int | None = None) -> founding.Plan:
    """A group of York that takes members in one way."""
    return founding.Plan("York Tenants", "Renters of York helping one another.", joining, seats)


def group_of(tx, joining: str, seats: int | None = None) -> tuple[Group, list]:
    """A registered group with its two organisers, in a hub with a decoy member elsewhere."""
    found_hub(tx)
    branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
    founders = [ready(tx, "carl"), ready(tx, "dora")]
    return found_group(tx, branch, founders, organisers, plan(joining, seats))


def counted(tx, group: Group) -> tuple[int, int]:
    """Running memberships, and what the counter says."""
    rows = sa.select(sa.func.count()).where(memberships.c.group == group.id, memberships.c.until_at.is_(None))
    return tx.scalar(rows), tx.scalar(sa.select(group_seats.c.taken).where(group_seats.c.group == group.id))


def test_member_of_the_branch_joins_once_and_leaves(db, another_db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, "branch")
        eve, before = member(tx, "eve"), None
        before = entry_count(tx)
        first = membership.join(tx, group=group, actor=eve)
        second = membership.join(tx, group=group, actor=eve)
        joined = counted(tx, group)
        membership.leave(tx, group=group, actor=eve)

        assert (first, second, joined, counted(tx, group)) == ("joined", "joined", (3, 3), (2, 2))
        assert entry_count(tx) == before
    assert_replays(db, another_db)


@pytest.mark.parametrize(("joining", "may"), [("branch", False), ("members", True), ("accept", False)])
def test_member_of_another_area_joins_what_is_open_to_all(db, clock_at, joining, may):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, joining)
        gwen = member(tx, "gwen", "ynys-mon")
    if may:
        with db.write() as tx:
            assert membership.join(tx, group=group, actor=gwen) == "joined"
        return
    with pytest.raises(Forbidden), db.write() as tx:
        membership.join(tx, group=group, actor=gwen)
    with db.read() as tx:
        assert counted(tx, group) == (2, 2)


def test_organisers_accept_and_decline_and_silence_accepts(db, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, (carl, _) = group_of(tx, "accept")
        people = [member(tx, name) for name in ("eve", "fay", "gil")]
        asked = [membership.join(tx, group=group, actor=somebody) for somebody in people]
        requests = {row.person: row.id for row in queries.open_requests(tx, group.id)}
        first, second, _ = (requests[somebody.person] for somebody in people)
        membership.accept(tx, group=group, request=first, actor=carl)
        membership.decline(tx, group=group, request=second, actor=carl)
        with pytest.raises(NotFound):
            membership.accept(tx, group=group, request=second, actor=carl)
    clock.advance(days=6, hours=23)
    with db.write() as tx:
        early = membership.accept_silent_requests(tx)
    clock.advance(hours=1)
    with db.write() as tx:
        late = membership.accept_silent_requests(tx)
        belongs = [queries.member_since(tx, group.id, somebody) is not None for somebody in people]

    assert (asked, early, late, belongs) == (["asked"] * 3, 0, 1, [True, False, True])
    assert_replays(db, another_db)


def test_whoever_was_suspended_since_they_asked_is_taken_in_by_nobody(db, clock_at, monkeypatch):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, (carl, _) = group_of(tx, "accept")
        eve = member(tx, "eve")
        membership.join(tx, group=group, actor=eve)
        (request,) = queries.open_requests(tx, group.id)
    until = clock_now() + dt.timedelta(days=30)
    monkeypatch.setattr(keeping, "_KEEPS", [lambda _tx, who: Kept(until if who == eve.person else None)])

    with pytest.raises(RuleViolation, match="cannot join"), db.write() as tx:
        membership.accept(tx, group=group, request=request.id, actor=carl)
    clock.advance(days=7)
    with db.write() as tx:
        membership.accept_silent_requests(tx)
        assert queries.member_since(tx, group.id, eve) is None
        assert counted(tx, group) == (2, 2)


def answers(tx) -> list[str | None]:
    """How each request was answered, the oldest first."""
    return list(tx.scalars(sa.select(requests.c.answer).order_by(requests.c.asked_at, requests.c.id)))


def test_joining_answers_the_request_and_it_stops_no_other(db, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, organisers = group_of(tx, "accept")
        eve = member(tx, "eve")
        membership.join(tx, group=group, actor=eve)
        for who in organisers:
            membership.leave(tx, group=group, actor=who)  # and the group takes whoever comes
        joined = membership.join(tx, group=queries.get(tx, group.id), actor=again(tx, eve))
    clock.advance(days=1)
    with db.write() as tx:
        fay = member(tx, "fay")
        membership.join(tx, group=queries.get(tx, group.id), actor=fay)
    clock.advance(days=8)
    broken: set[str] = set()
    membership.answer_silent_requests(db, broken)

    with db.read() as tx:
        first = tx.scalar(sa.select(requests.c.answer).where(requests.c.person == eve.person))
        assert (joined, first, broken) == ("joined", "joined", set())
    assert_replays(db, another_db)


def leaves(db, who) -> None:
    """The roster says that somebody left."""
    with db.write() as tx:
        membership.end_memberships(tx, person=who.person)
        people.end_standing(tx, person=who.person)


def moves(db, who) -> None:
    """The roster says that somebody lives elsewhere."""
    line = {"change": "moved", "area": "ynys-mon"}
    with db.write() as tx:
        standing.follow(tx, who.person, line)
    standing.carry_out(db, also_end=membership.end_memberships, also_move=membership.close_requests_elsewhere)


@pytest.mark.parametrize(("goes", "answer"), [(leaves, "ended"), (moves, "moved")])
def test_request_ends_with_the_standing_of_whoever_asked(db, another_db, clock_at, goes, answer):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, (carl, _) = group_of(tx, "accept")
        eve, fay = member(tx, "eve"), member(tx, "fay")
        for who in (eve, fay):
            membership.join(tx, group=group, actor=who)
        asked = {row.person: row.id for row in queries.open_requests(tx, group.id)}
    goes(db, eve)
    with pytest.raises(NotFound), db.write() as tx:
        membership.accept(tx, group=group, request=asked[eve.person], actor=again(tx, carl))
    clock.advance(days=8)
    broken: set[str] = set()
    accepted = membership.answer_silent_requests(db, broken)

    with db.read() as tx:
        told = dict(tx.execute(sa.select(requests.c.person, requests.c.answer)).all())
        assert (accepted, broken, counted(tx, group)) == (1, set(), (3, 3))
        assert told == {eve.person: answer, fay.person: "accepted"}
    assert_replays(db, another_db)


def test_acceptance_asks_again_where_nothing_closed_the_request(db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, (carl, _) = group_of(tx, "accept")
        eve, fay = member(tx, "eve"), member(tx, "fay")
        for who in (eve, fay):
            membership.join(tx, group=group, actor=who)
        people.move_standing(tx, person=eve.person, area="ynys-mon")
        people.end_standing(tx, person=fay.person)
        asked = {row.person: row.id for row in queries.open_requests(tx, group.id)}
    for who in (eve, fay):
        with pytest.raises(RuleViolation) as refused, db.write() as tx:
            membership.accept(tx, group=group, request=asked[who.person], actor=again(tx, carl))
        assert refused.value.code == "groups.cannot_join"
    with db.read() as tx:
        assert (answers(tx), counted(tx, group)) == ([None, None], (2, 2))
    clock.advance(days=8)
    accepted = membership.answer_silent_requests(db, set())

    with db.read() as tx:
        assert (accepted, answers(tx), counted(tx, group)) == (0, ["ended", "ended"], (2, 2))


def test_request_of_who_belongs_already_is_answered_and_counts_once(db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, "accept")
        eve, fay = member(tx, "eve"), member(tx, "fay")
        for who in (eve, fay):
            membership.join(tx, group=group, actor=who)
        membership.count_in(tx, group, person=eve.person, by="self")
        # As stores have it from before joining answered a request.
        left_open = sa.update(requests).where(requests.c.person == eve.person)
        tx.execute(left_open.values(answered_at=None, answer=None))
    clock.advance(days=8)
    accepted = membership.answer_silent_requests(db, set())

    with db.read() as tx:
        assert (accepted, answers(tx), counted(tx, group)) == (2, ["accepted", "accepted"], (4, 4))


def test_request_that_cannot_be_answered_stops_no_other(db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, "accept")
        eve, fay = member(tx, "eve"), member(tx, "fay")
        membership.count_in(tx, group, person=eve.person, by="self")
        membership.leave(tx, group=group, actor=eve)
        for who in (eve, fay):
            membership.join(tx, group=group, actor=who)
        asked = {row.person: row.id for row in queries.open_requests(tx, group.id)}
        tx.execute(sa.text('CREATE UNIQUE INDEX once_in_a_life ON memberships ("group", person)'))  # the fault
    clock.advance(days=8)
    broken: set[str] = set()
    accepted = membership.answer_silent_requests(db, broken)

    with db.write() as tx:
        tx.execute(sa.text("DROP INDEX once_in_a_life"))
        assert (accepted, broken, counted(tx, group)) == (1, {asked[eve.person]}, (3, 3))
        assert sorted(answers(tx), key=str) == [None, "accepted"]


def test_member_accepts_nobody(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, "accept")
        eve, fay = member(tx, "eve"), member(tx, "fay")
        membership.join(tx, group=group, actor=eve)
        (request,) = queries.open_requests(tx, group.id)

    with pytest.raises(Forbidden), db.write() as tx:
        membership.accept(tx, group=group, request=request.id, actor=again(tx, fay))

    with db.read() as tx:
        assert [row.id for row in queries.open_requests(tx, group.id)] == [request.id]


def test_seats_are_never_exceeded_by_two_hundred_at_once(db):
    with db.write() as tx:
        group, _ = group_of(tx, "branch", seats=12)
        crowd = [member(tx, f"crowd_{place}") for place in range(200)]
    start = threading.Barrier(16)

    def come(actor) -> str:
        if start.n_waiting < 15 and not start.broken:
            start.wait(timeout=5)
        try:
            with db.write() as tx:
                return membership.join(tx, group=group, actor=actor)
        except RuleViolation as full:
            return full.code

    def come_anyway(actor) -> str:
        try:
            return come(actor)
        except threading.BrokenBarrierError:
            return come(actor)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(come_anyway, crowd))

    with db.read() as tx:
        assert (answers.count("joined"), answers.count("groups.full"), counted(tx, group)) == (10, 190, (12, 12))


def test_one_member_joins_once_by_fifty_at_once(db):
    with db.write() as tx:
        group, _ = group_of(tx, "branch")
        eve = member(tx, "eve")

    def come(_) -> str:
        for _try in range(2):
            try:
                with db.write() as tx:
                    return membership.join(tx, group=group, actor=eve)
            except IntegrityError:
                continue  # what the edge does: the second look sees the twin's row
        return "raced twice"

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(come, range(50)))

    with db.read() as tx:
        assert (answers, counted(tx, group)) == ({"joined"}, (3, 3))


def test_published_count_is_rounded_down_and_daily(db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        group, _ = group_of(tx, "branch")
        for place in range(11):
            membership.join(tx, group=group, actor=member(tx, f"some_{place}"))
        first, again_today = membership.publish_counts(tx), membership.publish_counts(tx)
        shown = queries.published_count(tx, group.id)
    clock.advance(days=1)
    with db.write() as tx:
        tomorrow = membership.publish_counts(tx)

    assert (first, again_today, shown, tomorrow) == (1, 0, 10, 1)
