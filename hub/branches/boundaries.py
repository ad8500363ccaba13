"""Another boundary for an area that has a branch: two of its organisers agree first, and fourteen days pass.

A branch's boundary decides who votes there. Nobody at the hub moves it alone: the council declares what the branch has
agreed to, word for word. Source: security-reliability GO-03, GO-07 and GO-19 (two persons, nothing for headquarters
in a branch, fourteen days' notice).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import ledger
from hub.branches import queries
from hub.branches.entries import AreaAgreed, AreaDeclared
from hub.branches.models import area_agreements
from hub.errors import YES, NotFound, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.permits import Actor, P, Scope, require, warrants
from hub.permits import queries as permits

PERSONS, NOTICE = 2, dt.timedelta(days=14)


def agree(tx: Connection, *, proposal: str, area: str, actor: Actor) -> None:
    """Agrees, by an office of the area's branch, to the districts that a proposal gives it.

    Raises NotFound where the proposal leaves the boundary as it is, Forbidden, RuleViolation areas.agreed_before.
    """
    found = next((one for one in waiting(tx) if (one["proposal"], one["area"]) == (proposal, area)), None)
    if found is None:
        raise NotFound
    branch = queries.get(tx, found["branch"])
    grant = require(actor, P.AREAS_AGREE, branch.scope)
    ledger.append(tx, AreaAgreed(proposal, branch.id, area, found["districts"]), by=grant.entry)


def waiting(tx: Connection, branch: str | None = None) -> list[dict[str, Any]]:
    """Returns the proposed boundaries of areas that have a branch: proposal, branch, area, districts, before, agreed.

    branch: only those of one.
    """
    found = []
    for row in queries.proposals_of_areas(tx):
        for area in row.areas:
            of = queries.of_area(tx, area["slug"])
            known = queries.find_area(tx, area["slug"])
            if of is None or not of.is_registered or branch not in (None, of.id) or known is None:
                continue
            if set(known.districts) != set(area["districts"]):
                found.append(
                    {
                        "proposal": row.id,
                        "branch": of.id,
                        "area": area["slug"],
                        "districts": list(area["districts"]),
                        "before": list(known.districts),
                        "agreed": agreed(tx, row.id, area["slug"], area["districts"]),
                    }
                )
    return found


def agreed(tx: Connection, proposal: str, area: str, districts: list[str]) -> list[tuple[str, dt.datetime]]:
    """Returns who agreed to exactly these districts, in order: (holder, when)."""
    here = sa.select(area_agreements).where(area_agreements.c.proposal == proposal, area_agreements.c.area == area)
    rows = tx.execute(here.order_by(area_agreements.c.entry)).all()
    return [(row.holder, row.at) for row in rows if sorted(row.districts) == sorted(districts)]


def declared_verdict(tx: Connection, record: AreaDeclared, at: dt.datetime) -> Verdict:
    """Says whether an area may get these districts at a moment: freely without a branch, else as its branch agreed."""
    branch, known = queries.of_area(tx, record.area), queries.find_area(tx, record.area)
    if branch is None or not branch.is_registered or known is None or set(known.districts) == set(record.districts):
        return YES
    hands = agreed(tx, record.proposal or "", record.area, record.districts)
    if len(hands) >= PERSONS and hands[PERSONS - 1][1] + NOTICE <= at:
        return YES
    return no(
        "areas.not_agreed",
        f"The area {record.area} has a branch. Two of its organisers agree to the new boundary first, and fourteen "
        "days pass; then the council can declare it.",
        "security-reliability GO-03, GO-07",
    )


def _scope(tx: Connection, record: AreaAgreed) -> Scope:
    return queries.get(tx, record.branch).scope


def may_agree(tx: Connection, entry: Entry, record: AreaAgreed) -> Verdict:
    """By an office of the registered branch of this very area; each office-holder once."""
    branch = queries.find(tx, record.branch)
    if branch is None or branch.area != record.area or not branch.is_registered or branch.ended_entry is not None:
        return no("areas.no_branch", "This is not the area of that branch.")
    verdict = warrants.office(P.AREAS_AGREE, _scope)(tx, entry, record)
    if not verdict:
        return verdict
    holder = _holder(tx, entry)
    mine = sa.select(area_agreements.c.entry).where(
        area_agreements.c.proposal == record.proposal,
        area_agreements.c.area == record.area,
        area_agreements.c.holder == holder,
    )
    if tx.scalar(mine.limit(1)) is not None:
        return no("areas.agreed_before", "You have agreed to this boundary already.")
    return YES


@applies(AreaAgreed, warrant=may_agree)
def note(tx: Connection, entry: Entry, record: AreaAgreed, said: Said) -> None:
    """Notes who agreed to what."""
    row = {
        "entry": entry.index,
        "proposal": record.proposal,
        "branch": record.branch,
        "area": record.area,
        "districts": list(record.districts),
        "holder": _holder(tx, entry),
        "at": entry.at,
    }
    tx.execute(sa.insert(area_agreements), row)


def _holder(tx: Connection, entry: Entry) -> str:
    assert entry.by is not None
    grant = permits.grant_by_entry(tx, entry.by)
    assert grant is not None
    return grant.holder
