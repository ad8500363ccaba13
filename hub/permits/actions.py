"""The verbs: taking a name in the record, laying an office down, and the roster's lapse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.errors import Forbidden, NotFound, no
from hub.permits import queries
from hub.permits.actor import Actor, Grant
from hub.permits.check import require_right
from hub.permits.entries import GrantEnded, HolderNamed
from hub.permits.live import stands
from hub.permits.models import holdings, role_powers
from hub.permits.permissions import R
from hub.permits.predicates import code_is_fresh
from hub.permits.scope import HUB

NO_HOLDS: Mapping[str, int] = {}


def holder_of(tx: Connection, *, actor: Actor, shown: str) -> str:
    """Returns the actor's name in the record, minting it at the first office. shown: how pages name them.

    Raises Forbidden without standing. Every office of a person hangs on the same name: the accept page says so.
    """
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    assert actor.person is not None
    known = queries.holder_of_person(tx, actor.person)
    if known is not None:
        return known
    holder = ids.new("hld")
    tx.execute(sa.insert(holdings), {"person": actor.person, "holder": holder})
    ledger.append(tx, HolderNamed(holder), by=right_of_members(tx), words={"shown": shown})
    return holder


def right_of_members(tx: Connection) -> int:
    """Returns the warrant of every verified member's right: the entry of the constitution in force."""
    index = tx.scalar(sa.select(role_powers.c.constitution).limit(1))
    if index is None:
        raise NotFound("permits.no_constitution", "No constitution is in force here yet.")
    return int(index)


def resign(tx: Connection, *, grant: str, actor: Actor) -> None:
    """Lays one's own office down at once, also at rest. Raises NotFound where it has ended, Forbidden for another's."""
    found = queries.grant_by_id(tx, grant)
    if found is None or not stands(found, clock.now()):
        raise NotFound("permits.not_live", "This office has ended already.")
    if found.holder != actor.holder:
        raise Forbidden(no("permits.not_yours_to_end", "Only its holder may lay this office down."))
    fresh = code_is_fresh(actor, R.ACCEPT_OFFICE, found.scope, clock.now())
    if not fresh:
        raise Forbidden(fresh)
    ledger.append(tx, GrantEnded(found.id, "resigned"), by=found.entry)


def take_back(tx: Connection, *, grant: str, actor: Actor) -> str:
    """Takes an office back from who stands in, at once, alone, also at rest; returns whose it was.

    Raises NotFound where it has ended, Forbidden for whoever did not lend it.
    """
    found = queries.grant_by_id(tx, grant)
    if found is None or found.lender is None or not stands(found, clock.now()):
        raise NotFound("permits.not_live", "This office has ended already.")
    if found.stands_for != actor.holder:
        raise Forbidden(no("permits.not_yours_to_end", "Only whoever lent this office takes it back alone."))
    fresh = code_is_fresh(actor, R.ACCEPT_OFFICE, found.scope, clock.now())
    if not fresh:
        raise Forbidden(fresh)
    lender = queries.grant_by_id(tx, found.lender)
    assert lender is not None
    ledger.append(tx, GrantEnded(found.id, "returned"), by=lender.entry)
    return found.holder


def lapse_grants(
    tx: Connection,
    *,
    person: str,
    why: str = "lapsed",
    of: Callable[[Grant], bool] = lambda _grant: True,
    held: Mapping[str, int] = NO_HOLDS,
    due: dt.datetime | None = None,
) -> tuple[str, ...]:
    """Ends live grants of a person, as the roster says; returns them. That it says so rests on the hub's word.

    why: lapsed or moved; of: which of the grants; held: scope to the hold under which its mandates have waited;
    due: the minute from which it holds, however late the clock, for whatever stood then; else from now on.
    """
    holder = queries.holder_of_person(tx, person)
    had = queries.grants_of(tx, holder) if holder else ()
    # What a measure rests for some days ends, too: nobody's office outlives their membership.
    ending = [grant for grant in had if stands(grant, clock.now()) and of(grant)]
    for grant in ending:
        waited = held.get(grant.scope.id) if grant.is_mandate else None
        since = clock.format_minute(due) if due is not None and stands(grant, due) else None
        ledger.append(tx, GrantEnded(grant.id, why, due=since, held=waited), by=None)
    return tuple(grant.id for grant in ending)
