"""The only writer of areas and branches."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, search
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.branches import boundaries, queries, resting
from hub.branches.entries import (
    AreaDeclared,
    BranchCofounded,
    BranchConfirmed,
    BranchDormant,
    BranchObjected,
    BranchProposed,
    BranchRegistered,
    BranchRevived,
)
from hub.branches.models import area_districts, areas, branches
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, after_withdrawal, applies, tells
from hub.permits import HUB, P, Scope, warrants
from hub.permits.entries import GrantMade
from hub.permits.fold import awaken, let_sleep
from hub.permits.models import grants

tells(branches, "name", "told_entry", entry_types=("branch.proposed",))

_ADD_AREA, _ADD_DISTRICTS = sa.insert(areas), sa.insert(area_districts)
_CHANGE_AREA = sa.update(areas).where(areas.c.slug == sa.bindparam("area"))
_CLEAR_AREA = sa.delete(area_districts).where(area_districts.c.area == sa.bindparam("of"))
_COUNCIL = sa.select(sa.func.count()).where(grants.c.role == "council", grants.c.entry > sa.bindparam("since"))
_TAKEN = sa.select(area_districts.c.area).where(area_districts.c.district == sa.bindparam("district"))
_LIVE_OF_AREA = sa.select(branches.c.id).where(
    branches.c.area == sa.bindparam("area"), branches.c.ended_entry.is_(None)
)
_LIVE_OF_SLUG = sa.select(branches.c.id).where(
    branches.c.slug == sa.bindparam("slug"), branches.c.ended_entry.is_(None)
)
_MADE = sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"), grants.c.holder == sa.bindparam("holder"))
_REGISTER = (
    sa.update(branches)
    .where(branches.c.id == sa.bindparam("branch"))
    .values(registered_entry=sa.bindparam("index"), registered_at=sa.bindparam("at", type_=branches.c.proposed_at.type))
)
_END = sa.update(branches).where(branches.c.id == sa.bindparam("branch")).values(ended_entry=sa.bindparam("index"))


def may_declare(tx: Connection, entry: Entry, record: AreaDeclared) -> Verdict:
    """By a council seat; before the first is seated, by the founding itself.

    A district lies in one area. An area that has a branch gets other districts only as its branch agreed.
    """
    if len(set(record.districts)) < len(record.districts):
        return no("areas.district_twice", "A district stands twice in this area.")
    for district in record.districts:
        owner = tx.scalar(_TAKEN, {"district": district})
        if owner is not None and owner != record.area:
            return no("areas.district_taken", f"{district} lies in another area already: {owner}.")
    verdict = boundaries.declared_verdict(tx, record, entry.at)
    if not verdict:
        return verdict
    founding = constitution.hub(tx).entry
    if entry.by == founding and not tx.scalar(_COUNCIL, {"since": founding}):
        return YES
    return warrants.office(P.AREAS_DECLARE, lambda _tx, _record: HUB)(tx, entry, record)


@applies(AreaDeclared, warrant=may_declare)
def declare(tx: Connection, entry: Entry, record: AreaDeclared, said: Said) -> None:
    """Adds the area, or puts its new names and districts in the place of the old."""
    row = {"names": list(record.names), "entry": entry.index}
    if queries.find_area(tx, record.area) is None:
        tx.execute(_ADD_AREA, {"slug": record.area, **row})
    else:
        tx.execute(_CHANGE_AREA, {"area": record.area, **row})
    tx.execute(_CLEAR_AREA, {"of": record.area})
    rows = [{"district": district, "area": record.area} for district in record.districts]
    if rows:
        tx.execute(_ADD_DISTRICTS, rows)


def hub_scope(_tx: Connection, _record: Any) -> Scope:
    """Branches are confirmed at the hub."""
    return HUB


def may_propose(tx: Connection, entry: Entry, record: BranchProposed) -> Verdict:
    """The area is declared and has no branch, the slug is free."""
    if queries.find_area(tx, record.area) is None:
        return no("branches.no_area", "No such area has been declared.")
    if queries.find(tx, record.branch) is not None:
        return no("branches.proposed_before", "This branch was proposed before.")
    if tx.scalar(_LIVE_OF_AREA, {"area": record.area}) or tx.scalar(_LIVE_OF_SLUG, {"slug": record.slug}):
        return no("branches.taken", "This area has a branch already, or one is being founded.")
    return act_warrants.opening("found_branch", hub_scope)(tx, entry, record)


@applies(BranchProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: BranchProposed, said: Said) -> None:
    """Adds the proposed branch and opens its founding act, with its first founder."""
    row = {
        "id": record.branch,
        "slug": record.slug,
        "area": record.area,
        "name": said["name"],
        "told_entry": entry.index,
        "act": record.act,
        "proposed_entry": entry.index,
        "proposed_at": entry.at,
        "registered_entry": None,
        "registered_at": None,
        "ended_entry": None,
    }
    tx.execute(sa.insert(branches), row)
    acts.open_act(tx, entry, act=record.act, procedure="found_branch", scope=HUB, subject=record.branch)
    acts.submit(tx, entry, act=record.act, holder=record.holder)


@applies(BranchCofounded, warrant=act_warrants.submitting)
def cofound(tx: Connection, entry: Entry, record: BranchCofounded, said: Said) -> None:
    """Adds a founder."""
    acts.submit(tx, entry, act=record.act, holder=record.holder)


@applies(BranchConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: BranchConfirmed, said: Said) -> None:
    """Notes a council member's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(BranchObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: BranchObjected, said: Said) -> None:
    """Notes a council member's no; the reason stands in its opening."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(BranchRegistered, warrant=warrants.due)
def register(tx: Connection, entry: Entry, record: BranchRegistered, said: Said) -> None:
    """The branch exists from the moment the act was due, and can be found."""
    tx.execute(_REGISTER, {"branch": record.branch, "index": entry.index, "at": clock.parse_minute(record.due)})
    index(tx, record.branch)


@applies(BranchDormant, warrant=resting.may_rest(lambda tx, record: queries.find(tx, record.branch), "branch"))
def let_rest(tx: Connection, entry: Entry, record: BranchDormant, said: Said) -> None:
    """Nobody has power in the branch from now on."""
    let_sleep(tx, entry, record.branch)


@applies(BranchRevived, warrant=resting.may_revive(lambda tx, record: queries.find(tx, record.branch), "branch"))
def revive(tx: Connection, entry: Entry, record: BranchRevived, said: Said) -> None:
    """Grants that stand hold again; the election that is owed from now on takes their place."""
    awaken(tx, entry, record.branch)


def owes(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A founding owes the registration once, and each founder one founding mandate of exactly its term."""
    if isinstance(record, BranchRegistered):
        branch = queries.find(tx, record.branch)
        is_owed = branch is not None and branch.id == state.subject and not branch.is_registered
        return YES if is_owed else act_warrants.NOT_DUE
    return founding_grant_owed(tx, state, record, "branch")


def founding_grant_owed(tx: Connection, state: ActState, record: Any, scope_kind: str) -> Verdict:
    """Says whether a record is the founding mandate that a founder has not been given yet. For branches and groups."""
    rules = constitution.of_entry(tx, state.constitution)
    until = state.since + dt.timedelta(days=rules.terms["founding"])
    branch = state.subject if scope_kind == "branch" else act_queries.founding_of(tx, state).scope.branch
    is_owed = (
        isinstance(record, GrantMade)
        and record.holder in act_queries.founders(tx, state)
        and (record.role, record.source, record.scope) == ("admin", "founding", state.subject)
        and record.branch == branch
        and record.until == clock.format_minute(until)
        and tx.scalar(_MADE, {"act": state.id, "holder": record.holder}) is None
    )
    return YES if is_owed else act_warrants.NOT_DUE


def end(tx: Connection, state: ActState, entry: Entry) -> None:
    """A founding that came to nothing frees area and slug; one that was refused, once that is appealed no more."""
    if not state.is_appealable:
        tx.execute(_END, {"branch": state.subject, "index": entry.index})


def index(tx: Connection, branch: str) -> None:
    """Keeps what a registered branch is found by: name, the area's names, its districts."""
    found = queries.get(tx, branch)
    area = queries.area(tx, found.area)
    search.put(tx, kind="branch", key=found.id, name=found.name, texts=[*area.names, *area.districts])


@after_withdrawal
def forget(tx: Connection, entry: Entry, name: str) -> None:
    """Takes withdrawn words out of the search."""
    if entry.type == "branch.proposed":
        branch = queries.find(tx, str(entry.data["branch"]))
        if branch is not None and branch.is_registered:
            index(tx, branch.id)
