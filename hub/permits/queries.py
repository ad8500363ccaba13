"""Reads: grants by scope or holder, what a grant carries, who a person is in the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.charter import queries as charter
from hub.errors import YES, Verdict, no
from hub.permits import claims, live
from hub.permits.actor import Grant
from hub.permits.live import is_live, stands
from hub.permits.models import dormancies, grant_pauses, grants, holders, holdings, role_powers
from hub.permits.rules import compatible
from hub.permits.rules import held_since as since_without_gap
from hub.permits.scope import Scope, stored_scope

_AT = sa.bindparam("at", type_=grants.c.from_at.type)
_SIZE: sa.BindParameter[int] = sa.bindparam("size", type_=sa.BigInteger)
_EVERYTHING = 2**62  # more entries than any record has
_ORDER = (grants.c.from_at, grants.c.entry)
_LIVE = sa.select(grants).where(live.clause(_AT, _SIZE)).order_by(*_ORDER)
_ALL_OF = sa.select(grants).where(grants.c.holder == sa.bindparam("holder")).order_by(*_ORDER)
_TERMS = sa.select(grants).where(grants.c.until_at > _AT).order_by(grants.c.entry)
_AT_ONCE = 1_000  # grants whose pauses are asked for together
_LIVE_IN = _LIVE.where(grants.c.scope_kind == sa.bindparam("kind"), grants.c.scope_id == sa.bindparam("scope"))
_ALL_IN = (
    sa.select(grants)
    .where(grants.c.scope_kind == sa.bindparam("kind"), grants.c.scope_id == sa.bindparam("scope"))
    .order_by(*_ORDER)
)
_BY_ENTRY = sa.select(grants).where(grants.c.entry == sa.bindparam("entry"))
_HOLDER = sa.select(holders.c.id).where(holders.c.id == sa.bindparam("holder"))
_HOLDER_OF = sa.select(holdings.c.holder).where(holdings.c.person == sa.bindparam("person"))
_PERSON_OF = sa.select(holdings.c.person).where(holdings.c.holder == sa.bindparam("holder"))
_NAMED = sa.select(grants.c.id).where(grants.c.id == sa.bindparam("id"))
_BY_ID = sa.select(grants).where(grants.c.id == sa.bindparam("id"))
_SOME = sa.select(grants).where(grants.c.id.in_(sa.bindparam("wanted", expanding=True)))
_PAUSES = (
    sa.select(grant_pauses)
    .where(grant_pauses.c.grant.in_(sa.bindparam("wanted", expanding=True)))
    .order_by(grant_pauses.c.entry)
)
_SLEEPS = (
    sa.select(dormancies)
    .where(dormancies.c.scope_id.in_(sa.bindparam("wanted", expanding=True)))
    .order_by(dormancies.c.entry)
)
_ASLEEP = sa.select(dormancies.c.from_at).where(
    dormancies.c.scope_id == sa.bindparam("scope"), dormancies.c.until_at.is_(None)
)
_POWERS = sa.select(role_powers.c.role, role_powers.c.permission, role_powers.c.reach, role_powers.c.tenure_days).where(
    role_powers.c.role.in_(sa.bindparam("wanted", expanding=True))
)


def live_grants(
    tx: Connection, *, scope: Scope | None = None, holder: str | None = None, at: dt.datetime | None = None
) -> tuple[Grant, ...]:
    """Returns the live grants of a scope, of a holder, or all; oldest first. at: by default what counts as now."""
    size, now = charter.effective(tx)
    moment = at or now
    asked = {"at": moment, "size": size}
    if holder is not None:
        live = (grant for grant in grants_of(tx, holder) if is_live(grant, moment, size))
        return tuple(grant for grant in live if scope is None or grant.scope == scope)
    return _live(tx, scope, asked)


def recorded_grants(tx: Connection, *, at: dt.datetime, scope: Scope | None = None) -> tuple[Grant, ...]:
    """Returns the grants of a scope, or all, that are live at a moment by the record alone, witnessed yet or not.

    What a fold asks: how far witnesses have signed stands in no entry, and whoever replays must come to the same.
    """
    return _live(tx, scope, {"at": at, "size": _EVERYTHING})


def _live(tx: Connection, scope: Scope | None, asked: Mapping[str, object]) -> tuple[Grant, ...]:
    if scope is not None:
        rows = tx.execute(_LIVE_IN, {**asked, "kind": scope.kind, "scope": scope.id})
    else:
        rows = tx.execute(_LIVE, asked)
    found = _grants(tx, rows.all())
    return tuple(grant for grant in found if scope is None or grant.scope == scope)


def standing_grants(
    tx: Connection, *, scope: Scope | None = None, holder: str | None = None, at: dt.datetime | None = None
) -> tuple[Grant, ...]:
    """Returns the grants whose term runs, in a scope or of a holder, resting ones too; oldest first. at: else now.

    Whatever ends an office, counts who holds one, or tells them, asks this; whatever uses power asks live_grants. A
    measure that rests a grant takes it from nobody who may end it, and saves it for nobody who should lose it.
    """
    moment = at or charter.effective(tx).at
    assert scope is not None or holder is not None
    ever = grants_of(tx, holder) if holder is not None else all_grants(tx, scope)  # type: ignore[arg-type]  # one of the two
    return tuple(grant for grant in ever if stands(grant, moment) and (scope is None or grant.scope == scope))


def standing_everywhere(tx: Connection, at: dt.datetime) -> Iterator[Grant]:
    """Yields every grant whose term runs at a moment, in whatever scope, in the order of the record."""
    rows = tx.execute(_TERMS, {"at": at}).all()
    for start in range(0, len(rows), _AT_ONCE):
        yield from (grant for grant in _grants(tx, rows[start : start + _AT_ONCE]) if stands(grant, at))


def carried_by(tx: Connection, holder: str) -> tuple[Grant, ...]:
    """Returns what a holder has at hand now: grants that count and whose term runs.

    One that rests is among them, and gives no power: each check asks whether it is live. On a fork those of before it
    are among them once they were claimed there.
    """
    size, hub = charter.effective_size(tx), claims.fork_in_force(tx)
    mine = tuple(grant for grant in standing_grants(tx, holder=holder) if grant.entry < size)
    if hub is None:
        return mine
    claimed = claims.claimed_by(tx, holder, hub, below=size)
    return tuple(grant for grant in mine if grant.entry >= hub or grant.id in claimed)


def rests(tx: Connection, of: Iterable[Grant], at: dt.datetime | None = None) -> dict[str, tuple[dt.datetime, str]]:
    """Returns which of these grants rest at a moment: grant to (until when, the measure's act). at: defaults to now."""
    found: dict[str, tuple[dt.datetime, str]] = {}
    moment, of = at or charter.effective(tx).at, list(of)
    wanted = {grant.id for grant in of} | {grant.lender for grant in of if grant.lender is not None}
    for row in tx.execute(_PAUSES, {"wanted": sorted(wanted)}):
        if row.from_at <= moment < row.until_at:
            found[row.grant] = max((row.until_at, row.act), found.get(row.grant, (row.until_at, row.act)))
    for grant in of:  # a stand-in's rests with the one that it was lent from
        if grant.lender in found:
            found[grant.id] = max(found[grant.lender], found.get(grant.id, found[grant.lender]))
    return found


def dormant_since(tx: Connection, scope_id: str) -> dt.datetime | None:
    """Returns since when nobody belongs to a place, by the record so far; None where somebody does."""
    return tx.scalar(_ASLEEP, {"scope": scope_id})


def sleep_of(scope_id: sa.ColumnElement[str]) -> tuple[sa.ColumnElement[int], sa.ColumnElement[dt.datetime]]:
    """Returns two columns beside a place's own: dormant_entry, where nobody belongs to it now, and revived_at."""
    here = dormancies.c.scope_id == scope_id
    sleeps = sa.select(dormancies.c.entry).where(here, dormancies.c.until_at.is_(None)).scalar_subquery()
    woke = sa.select(sa.func.max(dormancies.c.until_at)).where(here).scalar_subquery()
    return sleeps.label("dormant_entry"), woke.label("revived_at")


def all_grants(tx: Connection, scope: Scope) -> tuple[Grant, ...]:
    """Returns every grant there ever was in a scope, oldest first."""
    return _grants(tx, tx.execute(_ALL_IN, {"kind": scope.kind, "scope": scope.id}).all())


def grants_of(tx: Connection, holder: str) -> tuple[Grant, ...]:
    """Returns every grant a holder ever had, oldest first, each with since when the office is held without a gap."""
    return _with_tenure(_grants(tx, tx.execute(_ALL_OF, {"holder": holder}).all()))


def held_since(tx: Connection, grant: Grant) -> dt.datetime:
    """Returns since when a grant's holder has had its role in its scope without a gap."""
    return next(one.held_since or one.starts for one in grants_of(tx, grant.holder) if one.id == grant.id)


def is_holder(tx: Connection, holder: str) -> bool:
    """Tells whether the record knows somebody by this name."""
    return tx.scalar(_HOLDER, {"holder": holder}) is not None


def may_give(tx: Connection, grant: str, holder: str) -> Verdict:
    """Says whether a grant of this name may be made for somebody: its name is its own, and the record knows them.

    Whoever has the log's key could else write what no store can hold, and stop every fold there.
    """
    if tx.scalar(_NAMED, {"id": grant}) is None and is_holder(tx, holder):
        return YES
    return no("permits.no_grant_name", "This grant was made before, or is for nobody whom the record knows.")


def is_compatible(tx: Connection, holder: str, role: str, at: dt.datetime) -> Verdict:
    """Says whether a role goes with the offices that somebody holds at a moment."""
    return compatible((grant.role for grant in standing_grants(tx, holder=holder, at=at)), role)


def carriers(tx: Connection, permission: str, scope: Scope, at: dt.datetime) -> set[str]:
    """Returns who may use a power in a scope at a moment, by an office of that scope."""
    return {grant.holder for grant in recorded_grants(tx, scope=scope, at=at) if permission in grant.permissions}


def how_many_carry(tx: Connection, permission: str, scope: Scope, at: dt.datetime) -> int:
    """Returns how many may use a power in a scope at a moment: a stand-in is no second beside who lent it."""
    return len({one.counts_as for one in recorded_grants(tx, scope=scope, at=at) if permission in one.permissions})


def grant_by_entry(tx: Connection, index: int) -> Grant | None:
    """Returns the grant an entry made, or None: whether that entry is a warrant at all."""
    return next(iter(_grants(tx, tx.execute(_BY_ENTRY, {"entry": index}).all())), None)


def grant_by_id(tx: Connection, grant: str) -> Grant | None:
    """Returns a grant, live or not, or None."""
    return next(iter(_grants(tx, tx.execute(_BY_ID, {"id": grant}).all())), None)


def holder_of_person(tx: Connection, person: str) -> str | None:
    """Returns a person's name in the record, or None before any office."""
    return tx.scalar(_HOLDER_OF, {"person": person})


def person_of_holder(tx: Connection, holder: str) -> str | None:
    """Returns the person behind a holder, or None: on a fork nobody is, until they claim."""
    return tx.scalar(_PERSON_OF, {"holder": holder})


def shown_names(tx: Connection, ids: Iterable[str]) -> dict[str, str | None]:
    """Returns how holders are shown; None where the words were withdrawn."""
    wanted = sa.select(holders.c.id, holders.c.shown).where(holders.c.id.in_(list(ids)))
    return {row.id: row.shown for row in tx.execute(wanted)}


def _grants(tx: Connection, rows: Iterable[Row[tuple[object, ...]]]) -> tuple[Grant, ...]:
    rows = list(rows)
    found = _of_their_own(tx, rows)
    wanted = {row.id: row.lender for row in rows if row.lender is not None}
    if not wanted:
        return found
    there = tx.execute(_SOME, {"wanted": sorted(set(wanted.values()))}).all()
    lenders = {grant.id: grant for grant in _of_their_own(tx, there)}
    return tuple(live.lent(one, lenders[wanted[one.id]]) if one.id in wanted else one for one in found)


def _of_their_own(tx: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> tuple[Grant, ...]:
    if not rows:
        return ()
    carried: dict[str, tuple[set[str], str, int]] = {}
    for power in tx.execute(_POWERS, {"wanted": sorted({row.role for row in rows})}):
        known, *_ = carried.setdefault(power.role, (set(), power.reach, power.tenure_days or 0))
        known.add(power.permission)
    pauses: dict[str, tuple[tuple[dt.datetime, dt.datetime], ...]] = {}
    for pause in tx.execute(_PAUSES, {"wanted": [row.id for row in rows]}):
        pauses[pause.grant] = (*pauses.get(pause.grant, ()), (pause.from_at, pause.until_at))
    sleeps: dict[str, tuple[tuple[dt.datetime, dt.datetime | None], ...]] = {}
    for sleep in tx.execute(_SLEEPS, {"wanted": sorted({row.scope_id for row in rows})}):
        sleeps[sleep.scope_id] = (*sleeps.get(sleep.scope_id, ()), (sleep.from_at, sleep.until_at))
    return tuple(
        _grant(
            row,
            *carried.get(row.role, (set(), "here", 0)),
            pauses=pauses.get(row.id, ()),
            sleeps=sleeps.get(row.scope_id, ()),
        )
        for row in rows
    )


def _with_tenure(ever: Iterable[Grant]) -> tuple[Grant, ...]:
    """Adds to all grants of one holder since when each office has been held without a gap."""
    ever = tuple(ever)
    alike = [[one for one in ever if (one.role, one.scope) == (g.role, g.scope) and one.id != g.id] for g in ever]
    return tuple(replace(g, held_since=since_without_gap(g, others)) for g, others in zip(ever, alike, strict=True))


def _grant(
    row: Row[tuple[object, ...]],
    permissions: set[str],
    reach: str,
    tenure_days: int,
    *,
    pauses: tuple[tuple[dt.datetime, dt.datetime], ...],
    sleeps: tuple[tuple[dt.datetime, dt.datetime | None], ...],
) -> Grant:
    return Grant(
        id=row.id,
        entry=row.entry,
        holder=row.holder,
        role=row.role,
        scope=stored_scope(row.scope_kind, row.scope_id, row.branch_id),
        source=row.source,
        act=row.act,
        starts=row.from_at,
        until=row.until_at,
        permissions=frozenset(permissions),
        reach=reach,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
        pauses=pauses,
        sleeps=sleeps,
        tenure_days=tenure_days,
    )
