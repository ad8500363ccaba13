"""The verbs of belonging: join, leave, ask, accept, decline. Private: no entry ever says who belongs to a group.

A group never exceeds its seats: the counter's row is changed first, by one conditional statement, and so is locked
until the end of the unit of work.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import audit, clock, ids, outbox
from hub.branches import actions as letters
from hub.constitution import queries as constitution
from hub.db import Database
from hub.errors import NotFound, RuleViolation, Verdict, insist
from hub.groups import queries, resting
from hub.groups.models import group_counts, group_seats, groups, member_links, memberships, requests
from hub.groups.queries import Group
from hub.people import queries as people
from hub.permits import Actor, P, R, Scope, can_right, keeping, require, require_right
from hub.permits import queries as permits
from hub.permits.protecting import insist_on_peace

log = logging.getLogger("folkmoot.groups")
_UNANSWERED = (
    sa.select(requests.c.id, requests.c.asked_at, groups.c.branch)
    .join_from(requests, groups, groups.c.id == requests.c.group)
    .where(requests.c.answered_at.is_(None))
    .order_by(requests.c.asked_at, requests.c.id)
)
_MAKE_COUNTER = sa.text('INSERT INTO group_seats ("group", taken) VALUES (:key, 0) ON CONFLICT DO NOTHING')
_TAKE_SEAT = (
    sa.update(group_seats)
    .where(group_seats.c.group == sa.bindparam("key"))
    .where(sa.or_(sa.bindparam("seats", type_=sa.BigInteger).is_(None), group_seats.c.taken < sa.bindparam("seats")))
    .values(taken=group_seats.c.taken + 1)
)
_GIVE_SEAT = (
    sa.update(group_seats).where(group_seats.c.group == sa.bindparam("key")).values(taken=group_seats.c.taken - 1)
)
_BELONGS = sa.select(memberships.c.id).where(
    memberships.c.group == sa.bindparam("key"),
    memberships.c.person == sa.bindparam("whose"),
    memberships.c.until_at.is_(None),
)


def join(tx: Connection, *, group: Group, actor: Actor) -> str:
    """Joins, or asks to where organisers accept. Returns ``joined``, ``asked``; the same again changes nothing.

    Raises Forbidden without standing here, RuleViolation groups.full or where the group takes no acts.
    """
    require_right(actor, R.JOIN, _who_may(group))
    insist(queries.may_be_joined(tx, group))
    assert actor.person is not None
    if queries.member_since(tx, group.id, actor) is not None:
        return "joined"
    if group.joining != "accept" or queries.is_left_alone(tx, group):
        count_in(tx, group, person=actor.person, by="self")
        return "joined"
    if queries.open_request(tx, group.id, actor) is None:
        row = {"id": ids.new("ltr"), "group": group.id, "person": actor.person, "asked_at": clock.now()}
        tx.execute(sa.insert(requests), row)
        held = permits.standing_grants(tx, scope=group.scope)
        accepting = sorted({grant.holder for grant in held if P.MEMBERSHIPS_ACCEPT in grant.permissions})
        letters.tell_holders(tx, accepting, "request_waits", f"/groups/{group.slug}")
    return "asked"


def may_join(actor: Actor, group: Group) -> Verdict:
    """Says whether the actor's standing lets them join, or ask to."""
    return can_right(actor, R.JOIN, _who_may(group))


def leave(tx: Connection, *, group: Group, actor: Actor) -> None:
    """Leaves, or takes a request back. Leaving a group is always possible, and ends no office by itself.

    With its last member a group becomes dormant.
    """
    mine = sa.update(memberships).where(
        memberships.c.group == group.id, memberships.c.person == actor.person, memberships.c.until_at.is_(None)
    )
    if tx.execute(mine.values(until_at=clock.now())).rowcount:
        tx.execute(_GIVE_SEAT, {"key": group.id})
    assert actor.person is not None
    _close(tx, requests.c.group == group.id, person=actor.person, answer="taken_back")
    resting.let_empty_rest(tx)


def accept(tx: Connection, *, group: Group, request: str, actor: Actor) -> None:
    """Accepts a member who asked. Raises Forbidden, NotFound if answered before, RuleViolation groups.full.

    Or groups.cannot_join: whoever asked is a member of another area by now, or of none.
    """
    require(actor, P.MEMBERSHIPS_ACCEPT, group.scope)
    row = _answer(tx, group, request, "accepted")
    if not _could_join(tx, group, row.person):
        raise RuleViolation("groups.cannot_join", "Whoever asked cannot join this group any more. You can decline.")
    _welcome(tx, group, row.person, by="organisers")


def decline(tx: Connection, *, group: Group, request: str, actor: Actor) -> None:
    """Declines a member who asked; they are told. Raises Forbidden, NotFound where it was answered already."""
    require(actor, P.MEMBERSHIPS_ACCEPT, group.scope)
    row = _answer(tx, group, request, "declined")
    insist_on_peace(tx, actor, person=row.person)
    audit.note(tx, person=row.person, what="memberships.declined", by="organisers", why=group.slug)
    outbox.put(tx, person=row.person, template="request_declined", place=f"/groups/{group.slug}")


def answer_silent_requests(db: Database, broken: set[str]) -> int:
    """Accepts what organisers left unanswered, each in a unit of work of its own; returns how many were accepted.

    broken: requests that could not be answered are added; none of them stops another.
    """
    with db.read() as tx:
        waiting = silent_requests(tx)
    accepted = 0
    for request in waiting:
        try:
            with db.write() as tx:
                accepted += answer_silent(tx, request)
        except Exception:
            log.exception("could not answer %s", request)
            broken.add(request)
    return accepted


def accept_silent_requests(tx: Connection) -> int:
    """Accepts what organisers left unanswered, all in one unit of work; returns how many: where a clock leaps."""
    return sum(answer_silent(tx, request) for request in silent_requests(tx))


def silent_requests(tx: Connection) -> list[str]:
    """Returns the open requests that were unanswered for the days that the rules, or the branch, say; oldest first."""
    rules, _ = constitution.in_force(tx)
    found = []
    for row in tx.execute(_UNANSWERED):
        days = constitution.chosen(tx, rules, "numbers.request_days", row.branch)
        if clock.now() >= row.asked_at + dt.timedelta(days=days):
            found.append(row.id)
    return found


def answer_silent(tx: Connection, request: str) -> bool:
    """Answers a request that organisers left unanswered; tells whether that took somebody in.

    Who is no member of the area any more is not taken in. Where no place is free, or no act is taken, it waits on.
    """
    row = tx.execute(sa.select(requests).where(requests.c.id == request, requests.c.answered_at.is_(None))).first()
    if row is None:
        return False
    group = queries.get(tx, row.group)
    if not _could_join(tx, group, row.person):
        _answer(tx, group, request, "ended")
        return False
    if not queries.takes_acts(tx, group) or not _has_room(tx, group):
        return False
    _answer(tx, group, request, "accepted")
    _welcome(tx, group, row.person, by="silence")
    return True


def count_in(tx: Connection, group: Group, *, person: str, by: str) -> None:
    """Makes a person a member, seat first; a dormant group is revived by it. A request of theirs is answered by it.

    Raises RuleViolation groups.full. The unique row decides a race.
    """
    tx.execute(_MAKE_COUNTER, {"key": group.id})
    if not tx.execute(_TAKE_SEAT, {"key": group.id, "seats": group.seats}).rowcount:
        raise RuleViolation(
            "groups.full", "All places in this group are taken. You can try again when somebody leaves."
        )
    row = {"group": group.id, "person": person, "since": clock.now(), "until_at": None, "by": by}
    tx.execute(sa.insert(memberships), row)
    _close(tx, requests.c.group == group.id, person=person, answer="joined")
    resting.wake_group(tx, group.id)


def end_memberships(tx: Connection, *, person: str, at: dt.datetime | None = None) -> None:
    """Ends all of a person's memberships, and what they asked for: the roster says they are no member any more.

    at: since when, where the clock is late.
    """
    _close(tx, person=person, answer="ended", at=at)
    mine = sa.update(memberships).where(memberships.c.person == person, memberships.c.until_at.is_(None))
    for key in tx.scalars(mine.values(until_at=at or clock.now()).returning(memberships.c.group)).all():
        tx.execute(_GIVE_SEAT, {"key": key})
    resting.let_empty_rest(tx)


def close_requests_elsewhere(tx: Connection, *, person: str) -> None:
    """Closes what a person asked for in an area where they are no member any more: they moved."""
    mine = sa.select(requests.c.id, requests.c.group).where(
        requests.c.person == person, requests.c.answered_at.is_(None)
    )
    for row in tx.execute(mine).all():
        if not _could_join(tx, queries.get(tx, row.group), person):
            _close(tx, requests.c.id == row.id, person=person, answer="moved")


def end_all(tx: Connection, group: Group) -> None:
    """Ends that anybody belongs to a group that its members closed, and forgets what only they saw of it."""
    now = clock.now()
    inside = sa.update(memberships).where(memberships.c.group == group.id, memberships.c.until_at.is_(None))
    tx.execute(inside.values(until_at=now))
    tx.execute(sa.update(group_seats).where(group_seats.c.group == group.id).values(taken=0))
    asked = sa.update(requests).where(requests.c.group == group.id, requests.c.answered_at.is_(None))
    tx.execute(asked.values(answered_at=now, answer="closed"))
    tx.execute(sa.delete(member_links).where(member_links.c.group == group.id))


def carry_over(tx: Connection, ends: Group, into: Group) -> None:
    """Makes members of a group that merged members of the other, as far as they could join it, also beyond its places.

    From now on: no roll of the past has them. Whoever could not join is told what became of the group, as all are.
    """
    inside = sa.select(memberships.c.person).where(memberships.c.group == ends.id, memberships.c.until_at.is_(None))
    for person in sorted(map(str, tx.scalars(inside))):
        belongs = tx.scalar(_BELONGS, {"key": into.id, "whose": person}) is not None
        if not belongs and _could_join(tx, into, person):
            count_in(tx, replace(into, seats=None), person=person, by="merger")
    end_all(tx, ends)


def publish_counts(tx: Connection) -> int:
    """Publishes, once a day, each group's members rounded down to ten; returns how many groups were counted."""
    today = clock.today()
    newest = tx.scalar(sa.select(sa.func.max(group_counts.c.day)))
    if newest is not None and newest >= today:
        return 0
    tx.execute(sa.delete(group_counts))
    count = sa.func.count(memberships.c.person)
    counted = sa.select(groups.c.id, count).join_from(
        groups, memberships, sa.and_(memberships.c.group == groups.c.id, memberships.c.until_at.is_(None)), isouter=True
    )
    rows = tx.execute(
        counted.where(groups.c.registered_entry.is_not(None), groups.c.closed_entry.is_(None)).group_by(groups.c.id)
    ).all()
    found = [{"group": row[0], "members": row[1] // 10 * 10, "day": today} for row in rows]
    if found:
        tx.execute(sa.insert(group_counts), found)
    return len(found)


def _who_may(group: Group) -> Scope:
    """Where one must be verified to join: the branch's area, or anywhere for a group open to every member."""
    return Scope("group", group.id, group.branch, None if group.joining == "members" else group.area)


def _could_join(tx: Connection, group: Group, person: str) -> bool:
    """Tells whether somebody could join now: a member of the area, not suspended, as who joins by themselves is."""
    standing, area = people.standing_of(tx, person), _who_may(group).area
    if standing is None or (standing.until is not None and standing.until <= clock.now()):
        return False
    if keeping.of(tx, person).suspended_until is not None:
        return False
    return area is None or standing.area == area


def _close(
    tx: Connection, *which: sa.ColumnElement[bool], person: str, answer: str, at: dt.datetime | None = None
) -> None:
    """Closes open requests of a person: answered by what happened, by nobody's hand."""
    mine = sa.update(requests).where(requests.c.person == person, requests.c.answered_at.is_(None), *which)
    tx.execute(mine.values(answered_at=at or clock.now(), answer=answer))


def _has_room(tx: Connection, group: Group) -> bool:
    taken = tx.scalar(sa.select(group_seats.c.taken).where(group_seats.c.group == group.id)) or 0
    return group.seats is None or taken < group.seats


def _answer(tx: Connection, group: Group, request: str, answer: str) -> Row[Any]:
    open_one = sa.update(requests).where(
        requests.c.id == request, requests.c.group == group.id, requests.c.answered_at.is_(None)
    )
    row = tx.execute(open_one.values(answered_at=clock.now(), answer=answer).returning(*requests.c)).first()
    if row is None:
        raise NotFound("groups.answered", "This request was answered already, or taken back.")
    return row


def _welcome(tx: Connection, group: Group, person: str, *, by: str) -> None:
    """Takes in who asked; whoever belongs to it by now is told the same, and counted once."""
    if tx.scalar(_BELONGS, {"key": group.id, "whose": person}) is None:
        count_in(tx, group, person=person, by=by)
    audit.note(tx, person=person, what="memberships.accepted", by=by, why=group.slug)
    outbox.put(tx, person=person, template="request_accepted", place=f"/groups/{group.slug}")
