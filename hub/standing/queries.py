"""Reads: which changes are due, what each would end, and of how many."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots import elected
from hub.branches.models import branches
from hub.groups.models import groups, memberships
from hub.people.models import standings
from hub.permits.actor import FOR_ONE_ACT, MANDATES
from hub.permits.models import grants, holdings
from hub.permits.scope import HUB, Scope
from hub.standing.models import feed_changes, feed_holds, standing_holds

Bucket = tuple[str, str]
"""A scope's id, and what is counted there: mandates or roll."""


@dataclass(frozen=True)
class Change:
    """What the feed says of a person, not carried out yet. buckets: where it would end a mandate or a place on a roll.

    area: of a move, where to; of mandates elsewhere, where from, or the one place where they are. lives_in: the
    person's area now. holds: bucket to the hold that it waits under, or has waited under.
    """

    id: int
    person: str
    change: str
    why: str
    area: str
    said_at: dt.datetime
    due_at: dt.datetime
    told: int
    held_at: dt.datetime | None
    lives_in: str | None
    buckets: frozenset[Bucket] = frozenset()
    holds: Mapping[Bucket, int] = field(default_factory=dict)

    @property
    def is_of_one_place(self) -> bool:
        """Tells whether it is about the mandate in one branch or group alone: of who was elected, and had left."""
        return self.change == "away" and self.why == "left"


_C = feed_changes.c
_LIVES = sa.and_(standings.c.person == _C.person, standings.c.until_at.is_(None))
_WAITING = (
    sa.select(
        _C.id, _C.person, _C.change, _C.why, _C.area, _C.said_at, _C.due_at, _C.told, _C.held_at,
        standings.c.area.label("lives"),
    )
    .select_from(feed_changes.outerjoin(standings, _LIVES))
    .where(
        _C.outcome.is_(None),
        _C.due_at <= sa.bindparam("until", type_=_C.due_at.type),
        _C.change != "unheeded",
    )
    .order_by(_C.due_at, _C.id)
)  # fmt: skip


def waiting(tx: Connection, now: dt.datetime, ahead: dt.timedelta = dt.timedelta()) -> list[Change]:
    """Returns what is due by now, the oldest first, with all that it would end. ahead: so long from now, too."""
    rows = tx.execute(_WAITING, {"until": now + ahead}).all()
    if not rows:
        return []
    due = (_C.outcome.is_(None), _C.due_at <= now + ahead, _C.change != "unheeded")
    holds = _holds(tx, due)
    found = [Change(*row, holds=holds.get(row.id, {})) for row in rows]
    buckets = _buckets(tx, found, due, now)
    return [_with(change, buckets[change.id]) for change in found]


def _with(change: Change, buckets: set[Bucket]) -> Change:
    return Change(**{**change.__dict__, "buckets": frozenset(buckets)})


def _holds(tx: Connection, due: tuple[sa.ColumnElement[bool], ...]) -> dict[int, dict[Bucket, int]]:
    mine = sa.select(feed_holds).join(feed_changes, feed_changes.c.id == feed_holds.c.change).where(*due)
    found: dict[int, dict[Bucket, int]] = defaultdict(dict)
    for row in tx.execute(mine):
        found[row.change][row.scope, row.kind] = row.entry
    return found


def _buckets(
    tx: Connection, changes: Iterable[Change], due: tuple[sa.ColumnElement[bool], ...], now: dt.datetime
) -> dict[int, set[Bucket]]:
    """Says for each change where it would end a mandate, and on which rolls a place."""
    changes = list(changes)
    places = areas_of_scopes(tx)
    branch_of = {area: scope for scope, area in places.items() if scope.startswith("brn_")}
    mandates = _mandates(tx, due, now)
    voting = {scope.id for scope in scopes_with_ballots(tx) if scope.kind == "group"}
    inside = _memberships(tx, due, voting)
    found: dict[int, set[Bucket]] = {}
    for change in changes:
        here = found[change.id] = set[Bucket]()
        if change.change == "moved":
            if change.lives_in != (change.area or None):
                here.add((branch_of.get(change.lives_in or "", "hub"), "roll"))
            continue
        left = change.area if change.change == "away" else None
        for scope in mandates.get(change.person, ()):
            if change.is_of_one_place:
                here |= {(scope, "mandates")} if scope == change.area else set()
            elif left is None or (places.get(scope) == left and change.lives_in != left):
                here.add((scope, "mandates"))
        if change.change == "ended":
            here.add((branch_of.get(change.lives_in or "", "hub"), "roll"))
            here.update((group, "roll") for group in inside.get(change.person, ()))
    return found


def _mandates(tx: Connection, due: tuple[sa.ColumnElement[bool], ...], now: dt.datetime) -> Mapping[str, set[str]]:
    """Person to the scopes in which they hold a mandate, or were elected to one that has not begun."""
    held = sa.select(holdings.c.person, grants.c.scope_id).join(grants, grants.c.holder == holdings.c.holder)
    about = sa.select(feed_changes.c.person).where(*due)
    found: dict[str, set[str]] = defaultdict(set)
    # Also what a measure rests, or no witness has seen yet: its seat is taken.
    live = held.where(
        grants.c.source.in_(MANDATES),
        grants.c.role.not_in(FOR_ONE_ACT),
        grants.c.from_at <= now,
        grants.c.until_at > now,
        sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > now),
        holdings.c.person.in_(about),
    )
    for person, scope in tx.execute(live):
        found[person].add(scope)
    for scope, holders in elected.in_waiting(tx).items():
        won = sa.select(holdings.c.person).where(holdings.c.holder.in_(holders), holdings.c.person.in_(about))
        for person in tx.scalars(won):
            found[person].add(scope)
    return found


def _memberships(tx: Connection, due: tuple[sa.ColumnElement[bool], ...], among: set[str]) -> Mapping[str, set[str]]:
    """Person to those of some groups to which they belong."""
    about = sa.select(feed_changes.c.person).where(*due)
    found: dict[str, set[str]] = defaultdict(set)
    mine = sa.select(memberships.c.person, memberships.c.group).where(
        memberships.c.until_at.is_(None), memberships.c.group.in_(among), memberships.c.person.in_(about)
    )
    for person, group in tx.execute(mine) if among else ():
        found[person].add(group)
    return found


def areas_of_scopes(tx: Connection) -> dict[str, str]:
    """Returns the area of each branch, and of each group that only its own members may join."""
    live = branches.c.registered_entry.is_not(None), branches.c.ended_entry.is_(None)
    found = {row.id: row.area for row in tx.execute(sa.select(branches.c.id, branches.c.area).where(*live))}
    bound = sa.select(groups.c.id, groups.c.branch).where(groups.c.joining != "members")
    return found | {row.id: found[row.branch] for row in tx.execute(bound) if row.branch in found}


def scopes_with_ballots(tx: Connection) -> dict[Scope, list[ActState]]:
    """Returns the scopes in which a ballot is ahead or running, with its acts."""
    found: dict[Scope, list[ActState]] = defaultdict(list)
    for state in acts.all_running(tx):
        if has_ballot_ahead(state):
            found[state.scope].append(state)
    return found


def has_ballot_ahead(state: ActState) -> bool:
    """Tells whether an act's ballot is certain to come: it runs, and collects no signatures for it any more."""
    ahead = state.steps[state.step :]
    return state.is_open and state.current.do != "support" and any(step.do == "ballot" for step in ahead)


def ballots_at(tx: Connection, scope: str, ahead: Mapping[Scope, list[ActState]]) -> list[ActState]:
    """Returns the acts whose ballot takes the roll of a scope: its own, and those of the whole hub."""
    return [state for where, states in ahead.items() if where.id in (scope, HUB.id) for state in states]


def left_lately(tx: Connection, bucket: Bucket, since: dt.datetime) -> set[str]:
    """Returns whom the feed took off a branch's roll since a moment, without a hold."""
    c = feed_changes.c
    here = sa.select(branches.c.area).where(branches.c.id == bucket[0])
    waited = sa.select(feed_holds.c.change).where(feed_holds.c.scope == bucket[0], feed_holds.c.kind == bucket[1])
    gone = sa.select(c.person).where(
        c.outcome == "done", c.closed_at > since, c.change.in_(("ended", "moved")), c.id.not_in(waited)
    )
    if bucket[0].startswith("grp_"):
        belonged = sa.select(memberships.c.person).where(
            memberships.c.group == bucket[0], memberships.c.until_at > since
        )
        return set(tx.scalars(gone.where(c.change == "ended", c.person.in_(belonged))))
    if bucket[0] == "hub":
        return set(tx.scalars(gone.where(sa.or_(c.left_area.is_(None), c.left_area.not_in(_founded())))))
    return set(tx.scalars(gone.where(c.left_area.in_(here))))


def held_lately(tx: Connection, bucket: Bucket, since: dt.datetime) -> dict[str, dt.datetime]:
    """Returns who has waited under a hold of this kind here since a moment, and waits: person to since when.

    Of a roll, who still stands on it: whoever left meanwhile is not counted among those who could be lost.
    """
    c = feed_changes.c
    here = sa.select(c.person, c.held_at).join(feed_holds, feed_holds.c.change == c.id)
    here = here.where(feed_holds.c.scope == bucket[0], feed_holds.c.kind == bucket[1])
    if bucket[1] == "roll":
        here = here.where(c.person.in_(_on_roll(bucket[0])))
    rows = tx.execute(here.where(c.outcome.is_(None), c.held_at > since))
    return {row.person: row.held_at for row in rows}


def left_before(tx: Connection, bucket: Bucket, since: dt.datetime) -> dict[str, dt.datetime]:
    """Returns which of those elected in a place the feed ended since a moment, without a hold: person to when.

    Their mandates have not begun, so that the record tells it later.
    """
    c = feed_changes.c
    waited = sa.select(feed_holds.c.change).where(feed_holds.c.scope == bucket[0], feed_holds.c.kind == bucket[1])
    won = elected.in_waiting(tx, bucket[0]).get(bucket[0], set())
    whose = sa.select(holdings.c.person).where(holdings.c.holder.in_(won))
    gone = sa.select(c.person, c.closed_at).where(
        c.outcome == "done", c.change == "ended", c.closed_at > since, c.id.not_in(waited), c.person.in_(whose)
    )
    return {row.person: row.closed_at for row in tx.execute(gone.order_by(c.closed_at))} if won else {}


def moved_away(tx: Connection, person: str, area: str) -> bool:
    """Tells whether the days after which mandates of a former area end are over for somebody who left it."""
    c = feed_changes.c
    mine = sa.select(c.outcome).where(c.person == person, c.change == "away", c.why == "moved", c.area == area)
    return tx.scalar(mine.order_by(c.id.desc()).limit(1)) == "done"


def waited_under(tx: Connection, person: str, bucket: Bucket) -> tuple[int, dt.datetime] | None:
    """Returns the hold of a place, its entry and until when, under which somebody's last end has waited, or None."""
    c, holds = feed_changes.c, standing_holds.c
    last = sa.select(sa.func.max(c.id)).where(c.person == person, c.change == "ended", c.outcome == "done")
    mine = sa.select(feed_holds.c.entry).where(
        feed_holds.c.change == last.scalar_subquery(), feed_holds.c.scope == bucket[0], feed_holds.c.kind == bucket[1]
    )
    row = tx.execute(sa.select(holds.entry, holds.until_at).where(holds.entry.in_(mine))).first()
    return None if row is None else (row.entry, row.until_at)


def on_roll(tx: Connection, scope: str) -> int:
    """Returns how many have standing in a branch, belong to a group, or live where no branch is (the hub's bucket)."""
    return tx.scalar(sa.select(sa.func.count()).select_from(_on_roll(scope).subquery())) or 0


def _on_roll(scope: str) -> sa.Select[tuple[str]]:
    roll = sa.select(standings.c.person).where(standings.c.until_at.is_(None))
    if scope.startswith("grp_"):
        inside = sa.select(memberships.c.person).where(memberships.c.group == scope, memberships.c.until_at.is_(None))
        return roll.where(standings.c.person.in_(inside))
    if scope == "hub":
        return roll.where(sa.or_(standings.c.area.is_(None), standings.c.area.not_in(_founded())))
    return roll.where(standings.c.area.in_(sa.select(branches.c.area).where(branches.c.id == scope)))


def _founded() -> sa.Select[tuple[str]]:
    return sa.select(branches.c.area).where(branches.c.registered_entry.is_not(None), branches.c.ended_entry.is_(None))
