"""The verbs: take what the feed says, and carry out what is due of it, unless it is too much at once.

Nothing happens while statements are taken: all of them are there before the first change is carried out, so that a
purge in many small statements is seen as one. If we die between, the next round carries out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, clock, ledger, outbox
from hub.constitution import queries as constitution
from hub.db import Database
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.permits.actions import lapse_grants
from hub.roster import statements
from hub.standing import queries, rules, tripwire
from hub.standing.entries import StandingUnheeded
from hub.standing.models import feed_changes, feed_holds
from hub.standing.queries import Change

AT_ONCE = 500  # people in one unit of work
Ended = Callable[..., None]
Moved = Callable[..., None]
_OPEN = feed_changes.c.outcome.is_(None)
_LAST_UNHEEDED = sa.select(sa.func.max(feed_changes.c.closed_at)).where(
    feed_changes.c.change == "unheeded", feed_changes.c.outcome == "done"
)
_PUBLISH = (
    sa.update(feed_changes)
    .where(_OPEN, feed_changes.c.change == "unheeded")
    .values(outcome="done", closed_at=sa.bindparam("moment", type_=feed_changes.c.closed_at.type))
    .returning(feed_changes.c.why)
)


def _nothing(*_: object, **_also: object) -> None:
    """For a hub without rooms beside."""


@dataclass(frozen=True)
class Beside:
    """What rooms beside do when a membership ends, or moves to another area."""

    end: Ended
    move: Moved


def take(db: Database, folder: Path, *, also_end: Ended, also_move: Moved = _nothing) -> int:
    """Takes every statement of the matcher and carries out what is due; returns how many statements there were.

    also_end(tx, person=, at=): what rooms beside do when a membership ends (groups end theirs). at: since when.
    also_move(tx, person=): when it moves (groups close what was asked for where somebody is a member no more).
    """
    taken = statements.take(db, folder, follow=follow)
    carry_out(db, also_end=also_end, also_move=also_move)
    return taken


def follow(tx: Connection, person: str, line: Mapping[str, Any]) -> None:
    """Notes what one line of the feed says of a person. why: its reason; a line without one waits like any other."""
    change, why = line["change"], str(line.get("why", "unsaid"))
    if change in rules.UNHEEDED or why in rules.UNHEEDED:
        _note_unheeded(tx, person, change if change in rules.UNHEEDED else why)
    elif people_queries.standing_of(tx, person) is None:
        return
    elif change in ("ended", "ending"):
        _note_end(tx, person, why if change == "ended" or why not in rules.AT_ONCE else "unsaid")
    elif change == "restored":
        take_back(tx, person)
    elif change == "moved":
        _note(tx, person, "moved", "moved", clock.now(), area=line["area"] or "")


def take_back(tx: Connection, person: str) -> None:
    """The roster has somebody again: what it said of their end is taken back, held or not."""
    mine = sa.update(feed_changes).where(feed_changes.c.person == person, feed_changes.c.change == "ended", _OPEN)
    # What they asked for themselves, the roster does not take back.
    mine = mine.where(feed_changes.c.why != "closed")
    if tx.execute(mine.values(outcome="taken_back", closed_at=clock.now())).rowcount:
        audit.note(tx, person=person, what="standing.taken_back", by="roster", why="the roster has them again")
        outbox.put(tx, person=person, template="membership_goes_on")


def stay(tx: Connection, person: str) -> None:
    """Takes back that somebody closes their account, as they ask, while it waits or is held."""
    mine = sa.update(feed_changes).where(feed_changes.c.person == person, feed_changes.c.why == "closed", _OPEN)
    tx.execute(mine.values(outcome="taken_back", closed_at=clock.now()))


def carry_out(db: Database, *, also_end: Ended, also_move: Moved = _nothing) -> int:
    """Carries out every change that is due and waits under no hold; returns how many."""
    done, beside = 0, Beside(also_end, also_move)
    with db.write() as tx:
        _publish_unheeded(tx)
    while True:
        with db.write() as tx:
            ledger.hold(tx)
            now = clock.minute(clock.now())
            ready = tripwire.pull(tx, queries.waiting(tx, clock.now()), now)
            for change in ready[:AT_ONCE]:
                _carry_out(tx, change, beside)
            done += len(ready[:AT_ONCE])
        if len(ready) <= AT_ONCE:
            return done


def end_at_once(tx: Connection, gone: Mapping[str, tuple[str, str]], due: dt.datetime) -> None:
    """Ends mandates whose holders were no members there any more when these began; unless it is too much at once.

    gone: person to why, and where that was: left and the place's id, or moved and the area. due: when the mandates
    began. What is too much waits under a hold, like anybody's.
    """
    for person, (why, where) in sorted(gone.items()):
        _note(tx, person, "away", why, due, area=where)
    now = clock.now()
    mine = [one for one in queries.waiting(tx, now) if gone.get(one.person) == (one.why, one.area)]
    for change in tripwire.pull(tx, mine, clock.minute(now)):
        _carry_out(tx, change, Beside(_nothing, _nothing))


def remind(tx: Connection) -> int:
    """Tells whoever's membership ends in a week once more; returns how many."""
    c, now = feed_changes.c, clock.now()
    soon = sa.select(c.id, c.person).where(_OPEN, c.change == "ended", c.told == 1, c.due_at <= now + rules.LAST_WEEK)
    rows = tx.execute(soon.order_by(c.id).limit(AT_ONCE)).all()
    for row in rows:
        outbox.put(tx, person=row.person, template="membership_ending")
        tx.execute(sa.update(feed_changes).where(c.id == row.id).values(told=2))
    return len(rows)


def forget(tx: Connection) -> None:
    """Deletes changes that no rule counts any more."""
    old = sa.select(feed_changes.c.id).where(feed_changes.c.closed_at < clock.now() - rules.KEPT)
    tx.execute(sa.delete(feed_holds).where(feed_holds.c.change.in_(old)))
    tx.execute(sa.delete(feed_changes).where(feed_changes.c.closed_at < clock.now() - rules.KEPT))


def _note_end(tx: Connection, person: str, why: str) -> None:
    due = rules.due(why, clock.now(), constitution.in_force(tx)[0].numbers)
    assert due is not None
    is_new = _note(tx, person, "ended", why, due)
    if is_new and why not in rules.AT_ONCE:
        audit.note(tx, person=person, what="standing.ending", by="roster", why="the roster says so")
        outbox.put(tx, person=person, template="membership_ending")


def _note(tx: Connection, person: str, change: str, why: str, due: dt.datetime, *, area: str = "") -> bool:
    """Keeps a change, once: of two ends the sooner counts, unless it waits under a hold. Tells whether it was new."""
    c = feed_changes.c
    open_one = sa.select(c.id, c.due_at, c.held_at).where(c.person == person, c.change == change, _OPEN)
    row = tx.execute(open_one if change == "ended" else open_one.where(c.area == area)).first()
    if row is None:
        values = {"person": person, "change": change, "why": why, "area": area, "said_at": clock.now(), "due_at": due}
        tx.execute(sa.insert(feed_changes), {**values, "told": int(change == "ended")})
    elif row.held_at is None and due < row.due_at:
        tx.execute(sa.update(feed_changes).where(c.id == row.id).values(due_at=due, why=why))
    return row is None


def _note_unheeded(tx: Connection, person: str, what: str) -> None:
    if _note(tx, person, "unheeded", what, clock.now()):
        audit.note(tx, person=person, what=f"roster.{what}", by="roster", why="nothing follows: no case has decided it")


def _publish_unheeded(tx: Connection) -> None:
    """Publishes, once a day, how many people the roster calls suspended or expelled without a case, since then."""
    newest = tx.scalar(_LAST_UNHEEDED)
    if newest is not None and newest.date() >= clock.today():
        return
    said = Counter(tx.scalars(_PUBLISH, {"moment": clock.now()}).all())
    if said:
        told = (rules.published(said[what]) for what in ("suspended", "expelled"))
        record = StandingUnheeded(clock.today().isoformat(), *told)
        ledger.append(tx, record, by=None)


def _carry_out(tx: Connection, change: Change, beside: Beside) -> None:
    area = people_queries.area_of(tx, change.person)
    held = {scope: entry for (scope, kind), entry in change.holds.items() if kind == "mandates"}
    _CARRIES[change.change](tx, change, held, beside)
    # A move to where somebody lives already took nobody off any roll.
    outcome = "done" if change.change != "moved" or change.buckets else "taken_back"
    done = {"outcome": outcome, "closed_at": clock.now(), "left_area": area}
    tx.execute(sa.update(feed_changes).where(feed_changes.c.id == change.id).values(done))


def _end(tx: Connection, change: Change, held: Mapping[str, int], beside: Beside) -> None:
    """Ends sessions, standing, offices and memberships in one unit of work (HS-27, GO-02)."""
    since = _since(change)
    lapse_grants(tx, person=change.person, held=held, due=since)
    beside.end(tx, person=change.person, at=since)
    people.end_standing(tx, person=change.person, at=since)
    if change.why == "closed":
        audit.note(tx, person=change.person, what="account.closed", by="self", why="asked for")
        outbox.put(tx, person=change.person, template="account_closed")
        return
    audit.note(tx, person=change.person, what="standing.ended", by="roster", why="the roster says so")
    outbox.put(tx, person=change.person, template="membership_ended")


def _move(tx: Connection, change: Change, held: Mapping[str, int], beside: Beside) -> None:
    """Moves standing at once: the next roll has them there. Mandates of the former area end by themselves later."""
    if change.lives_in == (change.area or None):
        return
    people.move_standing(tx, person=change.person, area=change.area or None)
    beside.move(tx, person=change.person)
    audit.note(tx, person=change.person, what="standing.moved", by="roster", why="the roster says so")
    if change.lives_in is not None:
        days = constitution.in_force(tx)[0].numbers["moved_days"]
        _note(tx, change.person, "away", "moved", _since(change) + dt.timedelta(days=days), area=change.lives_in)


def _leave_mandates(tx: Connection, change: Change, held: Mapping[str, int], beside: Beside) -> None:
    """Ends what is left of the offices in an area, unless the person lives there again.

    Or in the one place where they were elected and had left before, unless they are members again.
    """
    if change.is_of_one_place:
        away, is_back = {change.area}, people_queries.standing_of(tx, change.person) is not None
    else:
        away = {scope for scope, area in queries.areas_of_scopes(tx).items() if area == change.area}
        is_back = change.lives_in == change.area
    if not is_back:
        lapse_grants(
            tx,
            person=change.person,
            why="lapsed" if change.is_of_one_place else "moved",
            of=lambda grant: grant.scope.id in away,
            held=held,
            due=_since(change),
        )


def _since(change: Change) -> dt.datetime:
    """Returns the minute from which a change holds: when it was due, however late the clock.

    What has waited with a roll holds from now on: a ballot may have run meanwhile, and no roll changes backwards.
    """
    waited = any(kind == "roll" for _scope, kind in change.holds)
    return clock.minute(clock.now() if waited else change.due_at)


_CARRIES: Mapping[str, Callable[[Connection, Change, Mapping[str, int], Beside], None]] = {
    "ended": _end,
    "moved": _move,
    "away": _leave_mandates,
}
