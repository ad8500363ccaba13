"""The only writer of holds; and the check that no mandate lapses by the feed faster than the rules allow."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.ballots import elected
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, unwarranted
from hub.ledger.models import entries
from hub.permits import queries as permits
from hub.permits import warrants
from hub.permits.actor import FOR_ONE_ACT, MANDATES, Grant
from hub.permits.entries import GrantEnded
from hub.permits.fold import BY_FEED
from hub.permits.models import grants
from hub.standing import rules
from hub.standing.entries import StandingHeld, StandingUnheeded
from hub.standing.models import standing_holds

# What the feed ends only slowly: mandates, but of whoever is drawn for one act, who leads nobody and raises no limit.
LIMITED = sa.and_(grants.c.source.in_(MANDATES), grants.c.role.not_in(FOR_ONE_ACT))
WHOSE = ("office", "elected")  # as holders_apart has them
TOO_FAST = no("standing.too_fast", "The roster would end too many mandates here at once. All of it waits first.")


def may_hold(tx: Connection, entry: Entry, record: StandingHeld) -> Verdict:
    """By the hub alone, where the numbers are over the limit, for the days of the rules; mandates can be recounted."""
    numbers = constitution.in_force(tx)[0].numbers
    until = clock.format_minute(entry.at + dt.timedelta(days=numbers["hold_days"]))
    over = rules.limit(record.kind, record.of, numbers, ballot=bool(record.ballot)) < record.within
    if entry.by is not None or record.kind not in ("mandates", "roll") or record.until != until or not over:
        return no("standing.no_hold", "The rules in force hold nothing here.")
    if not 1 <= record.changes <= record.within <= record.of:
        return no("standing.no_hold", "These numbers do not fit one another.")
    if record.kind == "roll" and record.whose is not None:
        return no("standing.no_hold", "A hold of a roll is of everybody on it.")
    if record.kind == "mandates" and record.of not in _how_many(tx, record.scope, entry.at, record.whose):
        return no("standing.other_number", "There is another number of mandate-holders here.")
    return YES


def _how_many(tx: Connection, scope: str, at: dt.datetime, whose: str | None) -> set[int]:
    """Of how many a hold of mandates may say that it is: of those in office, or of those elected and not in office yet.

    Older holds did not say which; or they counted those in office with whoever was drawn: whatever is held ends later,
    never sooner.
    """
    if whose is not None:
        apart = dict(zip(WHOSE, holders_apart(tx, scope, at), strict=True))
        return {len(apart[whose])} if whose in apart else set()
    drawn = _holders(tx, scope, at, grants.c.source.in_(MANDATES))
    return {len(found) for found in (*holders_apart(tx, scope, at), drawn)}


@applies(StandingHeld, warrant=may_hold)
def hold(tx: Connection, entry: Entry, record: StandingHeld, said: Said) -> None:
    """Keeps the numbers, for whoever carries the changes out afterwards."""
    row = {
        "entry": entry.index, "scope": record.scope, "kind": record.kind, "changes": record.changes, "of": record.of,
        "until_at": clock.parse_minute(record.until),
    }  # fmt: skip
    tx.execute(sa.insert(standing_holds), row)


def may_note(tx: Connection, entry: Entry, record: StandingUnheeded) -> Verdict:
    """By the hub alone, and no number of fewer than five people."""
    if any(count is not None and rules.published(count) is None for count in (record.suspended, record.expelled)):
        return no("standing.too_few", "Fewer than five people are counted in no public entry.")
    return unwarranted(tx, entry, record)


@applies(StandingUnheeded, warrant=may_note)
def note(tx: Connection, entry: Entry, record: StandingUnheeded, said: Said) -> None:
    """Writes nothing: the entry itself is all there is."""


@warrants.answer_lapse
def may_lapse(tx: Connection, entry: Entry, record: GrantEnded) -> Verdict:
    """Says whether a grant may lapse by the feed now: mandates within the limit, or after a hold."""
    grant = permits.grant_by_id(tx, record.grant)
    assert grant is not None
    if record.held is not None and grant.source in MANDATES:
        return _has_waited(tx, entry, record.held, grant, record.due)
    if grant.source not in MANDATES or grant.role in FOR_ONE_ACT:
        return YES if record.held is None else TOO_FAST
    numbers = constitution.in_force(tx)[0].numbers
    gone = lapsed_lately(tx, grant.scope.id, entry.at) | {grant.holder}
    of = mandate_holders(tx, grant.scope.id, entry.at)
    return YES if len(gone) <= rules.mandates_limit(len(of), numbers) else TOO_FAST


def _has_waited(tx: Connection, entry: Entry, held: int, grant: Grant, due: str | None) -> Verdict:
    """A hold of mandates of this scope is over, and was for at least as many holders as end by it."""
    row = tx.execute(sa.select(standing_holds).where(standing_holds.c.entry == held)).first()
    since = clock.parse_minute(due) if due else entry.at
    if row is None or (row.scope, row.kind) != (grant.scope.id, "mandates") or since < row.until_at:
        return TOO_FAST
    ended = set(tx.scalars(sa.select(grants.c.holder).where(grants.c.held_entry == held))) | {grant.holder}
    return YES if len(ended) <= row.changes else TOO_FAST


def lapsed_lately(tx: Connection, scope: str, at: dt.datetime) -> set[str]:
    """Returns whose mandates in a scope the feed ended in the days that count, without a hold before."""
    return set(tx.scalars(_ended_by_feed(tx, scope, at).where(LIMITED, grants.c.held_entry.is_(None))))


def lapses_lately(tx: Connection, scope: str, at: dt.datetime) -> dict[str, dt.datetime]:
    """Returns the same with when the record took each."""
    when = sa.select(grants.c.holder, entries.c.at).join(entries, entries.c.index == grants.c.ended_entry)
    here = when.where(grants.c.scope_id == scope, LIMITED, grants.c.ended_why.in_(BY_FEED))
    lately = lapsed_lately(tx, scope, at)
    rows = tx.execute(here.where(grants.c.held_entry.is_(None)).order_by(entries.c.at))
    return {row.holder: row.at for row in rows if row.holder in lately}


def _ended_by_feed(tx: Connection, scope: str, at: dt.datetime) -> sa.Select[tuple[str]]:
    # By when the record took them, not from when they hold: nobody dates a purge out of the days that count.
    days = constitution.in_force(tx)[0].numbers["hold_window_days"]
    return (
        sa.select(grants.c.holder)
        .join(entries, entries.c.index == grants.c.ended_entry)
        .where(
            grants.c.scope_id == scope,
            grants.c.ended_why.in_(BY_FEED),
            entries.c.at > at - dt.timedelta(days=days),
        )
    )


def mandate_holders(tx: Connection, scope: str, at: dt.datetime) -> set[str]:
    """Returns who holds a mandate in a scope, with whomever the feed took out of it in the days that count."""
    return _holders(tx, scope, at, LIMITED)


def holders_apart(tx: Connection, scope: str, at: dt.datetime) -> tuple[set[str], set[str]]:
    """Returns who holds a mandate in a scope, and who was elected to one that has not begun.

    Each are judged apart: together they would raise the limit for one another.
    """
    return mandate_holders(tx, scope, at), elected.in_waiting(tx, scope).get(scope, set())


def _holders(tx: Connection, scope: str, at: dt.datetime, which: sa.ColumnElement[bool]) -> set[str]:
    live = sa.select(grants.c.holder).where(
        grants.c.scope_id == scope,
        which,
        grants.c.from_at <= at,
        grants.c.until_at > at,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at),
    )
    return set(tx.scalars(live)) | set(tx.scalars(_ended_by_feed(tx, scope, at).where(which)))
