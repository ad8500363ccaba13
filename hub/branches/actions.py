"""The verbs: declare areas; propose, invite, cofound, confirm and object to a branch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, outbox
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import boundaries, fold, queries, rules
from hub.branches.entries import (
    AppealOpened,
    AreaDeclared,
    BranchCofounded,
    BranchConfirmed,
    BranchObjected,
    BranchProposed,
    BranchRegistered,
)
from hub.branches.models import area_proposals
from hub.branches.queries import Branch
from hub.constitution import queries as constitution
from hub.constitution.actions import accept_office
from hub.errors import Conflict, Forbidden, Invalid, NotFound, no
from hub.people import invitations
from hub.people import queries as people
from hub.permits import HUB, Actor, P, R, Scope, area_scope, claims, insist_on_words, require, require_right
from hub.permits import queries as permit_queries
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantMade

INVITATION_DAYS = 28
FOUNDER = "admin"


def declare_at_founding(tx: Connection, areas: Iterable[Mapping[str, Any]], *, operator: str) -> bool:
    """Declares areas ({slug, names, districts}) by the founding itself, while no council member was ever seated.

    Afterwards it only proposes them, for a council member to confirm. Returns whether they are declared.
    """
    founding = constitution.hub(tx).entry
    declared = [_declaration(area) for area in areas]
    if not tx.scalar(fold._COUNCIL, {"since": founding}):
        for record in _changed(tx, declared):
            ledger.append(tx, record, by=founding)
        return True
    rows = [{"slug": r.area, "names": r.names, "districts": r.districts} for r in _changed(tx, declared)]
    if rows:
        row = {"id": ids.new("act"), "areas": rows, "operator": operator, "at": clock.now()}
        tx.execute(sa.insert(area_proposals), row)
        for moved in (one for one in boundaries.waiting(tx) if one["proposal"] == row["id"]):
            branch = queries.get(tx, moved["branch"])
            tell_deciders(tx, branch.scope, P.AREAS_AGREE, f"/branches/{branch.slug}/boundary")
    return False


def confirm_areas(tx: Connection, *, proposal: str, actor: Actor) -> None:
    """Declares, by a council seat, what the operator proposed. Raises NotFound, Forbidden.

    Raises RuleViolation areas.not_agreed where it moves the boundary of a branch that has not agreed for long enough.
    """
    grant = require(actor, P.AREAS_DECLARE, HUB)
    waiting = next((row for row in queries.proposals_of_areas(tx) if row.id == proposal), None)
    if waiting is None:
        raise NotFound
    for record in _changed(tx, [_declaration(area) for area in waiting.areas]):
        ledger.append(tx, replace(record, proposal=waiting.id), by=grant.entry)
    done = sa.update(area_proposals).where(area_proposals.c.id == proposal)
    tx.execute(done.values(confirmed_at=clock.now()))


def areas_for_matcher(tx: Connection) -> list[dict[str, Any]]:
    """Returns the areas as the matcher reads them: slug, names, districts. All of it is public."""
    found = queries.all_areas(tx)
    return [{"slug": area.slug, "names": list(area.names), "districts": list(area.districts)} for area in found]


def propose(tx: Connection, *, area: str, name: str, shown: str, actor: Actor) -> Branch:
    """Proposes a branch for an area and makes the actor its first founder.

    Raises Forbidden for who is not verified in the area, Invalid for the name, Conflict where there is one already,
    RuleViolation constitution.passkeys_missing.
    """
    found = queries.area(tx, area)
    require_right(actor, R.FOUND_BRANCH, area_scope(found.slug))
    insist_on_words(actor)
    _insist_on_name(name)
    if queries.of_area(tx, area) is not None:
        raise Conflict("branches.taken", "This area has a branch already, or one is being founded.", "name")
    _insist_on_free_slug(tx, rules.slug_of(name))
    holder = accept_founding(tx, act=None, shown=shown, actor=actor)
    record = BranchProposed(ids.new("brn"), ids.new("act"), area, rules.slug_of(name), holder)
    ledger.append(tx, record, by=right_of_members(tx), words={"name": name.strip()})
    acts.run(tx, record.act)
    return queries.get(tx, record.branch)


def invite(tx: Connection, *, branch: str, actor: Actor) -> str:
    """Makes a one-use link by which one other member can join in founding; returns its secret. Founders only."""
    found = queries.get(tx, branch)
    state = act_queries.get(tx, found.act)
    insist_on_founder(state, actor)
    return invitations.issue(
        tx, kind="cofound_branch", scope=HUB, act=found.act, role="admin", by=actor.person, days=INVITATION_DAYS
    )


def insist_on_founder(state: ActState, actor: Actor) -> None:
    """Raises Forbidden unless the actor is among an act's founders and it still waits for more."""
    if actor.holder is None or actor.holder not in state.parties:
        raise Forbidden(no("branches.not_founder", "Only its founders can invite others to found it."))
    if not state.is_open or state.current.do != "submit":
        raise Forbidden(no("branches.complete", "This no longer waits for founders."))


def cofound(tx: Connection, *, token: str, shown: str, actor: Actor) -> Branch:
    """Joins in founding by a one-use link. Raises NotFound for a used or unknown link, Forbidden, RuleViolation."""
    invitation = invitations.look(tx, token)
    if invitation.kind != "cofound_branch" or invitation.act is None:
        raise NotFound
    branch = queries.of_act(tx, invitation.act)
    require_right(actor, R.FOUND_BRANCH, area_scope(branch.area))
    holder = accept_founding(tx, act=branch.act, shown=shown, actor=actor)
    ledger.append(tx, BranchCofounded(branch.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    tell_founders(tx, branch.act, "founder_joined", f"/branches/{branch.slug}", but=holder)
    acts.run(tx, branch.act)
    if act_queries.get(tx, branch.act).current.do == "decide":
        tell_deciders(tx, HUB, P.BRANCHES_CONFIRM, f"/branches/{branch.slug}")
    return branch


def accept_founding(tx: Connection, *, act: str | None, shown: str, actor: Actor) -> str:
    """Returns a founder's name in the record. For branches and groups; act: None for the first founder's.

    Raises Forbidden, RuleViolation constitution.passkeys_missing.
    """
    if act is None:
        rules, _entry = constitution.in_force(tx)
    else:
        rules = constitution.of_entry(tx, act_queries.get(tx, act).constitution)
    return accept_office(tx, role=FOUNDER, rules=rules, shown=shown, actor=actor)


def confirm(tx: Connection, *, branch: str, actor: Actor) -> None:
    """A council member confirms name and boundary. Raises Forbidden, RuleViolation acts.*."""
    found = queries.get(tx, branch)
    grant = require(actor, P.BRANCHES_CONFIRM, HUB)
    ledger.append(tx, BranchConfirmed(found.act), by=grant.entry)
    acts.run(tx, found.act)


def object_to(tx: Connection, *, branch: str, reason: str, actor: Actor) -> None:
    """A council member objects. Raises Invalid without a reason, Forbidden, RuleViolation acts.*."""
    found = queries.get(tx, branch)
    grant = require(actor, P.BRANCHES_CONFIRM, HUB)
    insist_on_reason(reason)
    ledger.append(tx, BranchObjected(found.act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, found.act)


def insist_on_reason(reason: str) -> None:
    """Raises Invalid unless a refusal says why, in 10 to 2,000 characters."""
    if not 10 <= len(reason.strip()) <= 2000:
        raise Invalid({"reason": "Give a reason of 10 to 2,000 characters: it will be public."})


def tell_founders(tx: Connection, act: str, template: str, place: str, *, but: str | None = None) -> None:
    """Writes a letter to every founder of an act but one."""
    founders = act_queries.founders(tx, act_queries.get(tx, act))
    tell_holders(tx, sorted(set(founders) - {but}), template, place)


def tell_deciders(tx: Connection, scope: Scope, permission: P, place: str) -> None:
    """Writes to all who may decide in a scope that something waits for them."""
    held = permit_queries.standing_grants(tx, scope=scope)
    tell_holders(tx, sorted({g.holder for g in held if permission in g.permissions}), "confirmation_waits", place)


def tell_holders(tx: Connection, holders: Iterable[str], template: str, place: str, **more: str) -> None:
    """Writes a letter to the persons behind holders, as far as they are known here. more: what else it says."""
    for holder in holders:
        person = permit_queries.person_of_holder(tx, holder)
        if person is not None:
            outbox.put(tx, person=person, template=template, place=place, **more)


def tell_of_end(tx: Connection, state: ActState) -> None:
    """Writes to the founders that a founding came to nothing, and opens the appeal where it was refused.

    For branches and groups, and for the end of an appeal.
    """
    template, place = "lapsed", f"/record/{act_queries.founding_of(tx, state).opened_entry}"
    if state.is_appealable:
        template, place = "founding_refused", f"/appeals/{_open_appeal(tx, state.id)}"
    elif state.outcome == "refused":
        template, place = "objected", f"/appeals/{state.id}"
    tell_founders(tx, state.id, template, place)


def _open_appeal(tx: Connection, founding: str) -> str:
    act = ids.new("act")
    ledger.append(tx, AppealOpened(act, founding), by=None)
    acts.run(tx, act)
    return act


@effect("branch.register", owes=fold.owes, ended=fold.end, tell=tell_of_end)
def register(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Registers the branch and gives each founder a founding mandate."""
    moment = clock.format_minute(due)
    ledger.append(tx, BranchRegistered(state.subject, state.id, state.step, moment), by=None)
    make_founding_grants(tx, state, due, branch=state.subject)
    tell_founders(tx, state.id, "registered", f"/branches/{queries.get(tx, state.subject).slug}")


def make_founding_grants(tx: Connection, state: ActState, due: dt.datetime, *, branch: str | None) -> None:
    """Appends the founding mandate of each founder, in the order they joined. For branches and groups.

    One whose membership ended meanwhile gets none: no role without a member (GO-02).
    """
    days = constitution.of_entry(tx, state.constitution).terms["founding"]
    until = clock.format_minute(due + dt.timedelta(days=days))
    for holder in act_queries.founders(tx, state):
        # Whoever took an office meanwhile that goes with no other founds without one here.
        if has_left(tx, holder):
            continue
        if permit_queries.is_compatible(tx, holder, "admin", clock.now()):
            grant = GrantMade(
                ids.new("grt"), holder, FOUNDER, state.subject, branch, "founding",
                state.id, state.step, clock.format_minute(due), until,
            )  # fmt: skip
            ledger.append(tx, grant, by=None)


def has_left(tx: Connection, holder: str) -> bool:
    """Tells whether the person behind a holder is a member no more, or was erased; not of whom only an old hub knew."""
    person = permit_queries.person_of_holder(tx, holder)
    if person is None:
        return not claims.is_of_before(tx, holder)
    return people.standing_of(tx, person) is None


def _declaration(area: Mapping[str, Any]) -> AreaDeclared:
    districts = sorted({str(district).upper().replace(" ", "") for district in area["districts"]})
    return AreaDeclared(str(area["slug"]), [str(name) for name in area["names"]], districts)


def _changed(tx: Connection, declared: list[AreaDeclared]) -> list[AreaDeclared]:
    known = {area.slug: (list(area.names), list(area.districts)) for area in queries.all_areas(tx)}
    return [record for record in declared if known.get(record.area) != (record.names, record.districts)]


def _insist_on_name(name: str) -> None:
    verdict = rules.name_ok(name)
    if not verdict:
        raise Invalid({"name": verdict.sentence})


def _insist_on_free_slug(tx: Connection, slug: str) -> None:
    try:
        queries.by_slug(tx, slug)
    except NotFound:
        return
    raise Conflict("branches.name_taken", "Another branch has this name. Choose another.", "name")
