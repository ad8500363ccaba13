"""The verbs of a beginning: fill in a draft, propose, invite, cofound, confirm, object."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger, sealing
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.state import ActState
from hub.branches import actions as founding
from hub.branches import queries as branches
from hub.branches import rules as names
from hub.branches.queries import Branch
from hub.errors import Conflict, Invalid, NotFound
from hub.groups import fold, links, membership, queries, resting, rules
from hub.groups.entries import GroupCofounded, GroupConfirmed, GroupObjected, GroupProposed, GroupRegistered
from hub.groups.models import DRAFT, drafts, groups
from hub.groups.queries import Group
from hub.people import invitations
from hub.permits import Actor, P, R, insist_on_words, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members


@dataclass(frozen=True)
class Plan:
    """What a founder has filled in. links: dicts of kind, url, title, audience; seats: None for no limit."""

    name: str
    purpose: str
    joining: str
    seats: int | None = None
    links: Sequence[Mapping[str, str]] = ()


def save_draft(tx: Connection, *, branch: Branch, fields: Mapping[str, Any], actor: Actor) -> None:
    """Keeps what a founder has filled in so far, to come back to. Private until it is sent. Raises Forbidden."""
    require_right(actor, R.FOUND_GROUP, branch.scope)
    mine = (drafts.c.person == actor.person, drafts.c.branch == branch.id)
    assert actor.person is not None
    sealed = sealing.write(tx, actor.person, DRAFT, json.dumps(dict(fields), sort_keys=True))
    values = {"fields": sealed, "at": clock.now()}
    if not tx.execute(sa.update(drafts).where(*mine).values(values)).rowcount:
        tx.execute(sa.insert(drafts), {"person": actor.person, "branch": branch.id, **values})


def problems(plan: Plan, *, seats_most: int) -> dict[str, str]:
    """Returns what a plan still lacks, field to sentence; empty when it can be sent."""
    checks = {
        "name": names.name_ok(plan.name),
        "purpose": rules.purpose_ok(plan.purpose),
        "seats": rules.seats_ok(plan.seats, seats_most),
    }
    found = {field: verdict.sentence for field, verdict in checks.items() if not verdict}
    if plan.joining not in rules.JOINING:
        found["joining"] = "Choose who may join."
    for link in plan.links:
        verdict = rules.link_ok(link["kind"], link["url"], link["title"], link["audience"])
        if not verdict:
            found["links"] = verdict.sentence
    return found


def propose(tx: Connection, *, branch: Branch, plan: Plan, shown: str, actor: Actor, seats_most: int = 5000) -> Group:
    """Sends a plan: opens the founding act, with the actor as first founder.

    Raises Forbidden for who is not verified in the branch's area, Invalid for what is missing, Conflict for the name,
    RuleViolation constitution.passkeys_missing.
    """
    require_right(actor, R.FOUND_GROUP, branch.scope)
    insist_on_words(actor)
    if not branch.is_registered:
        raise NotFound
    mistakes = problems(plan, seats_most=seats_most)
    if mistakes:
        raise Invalid(mistakes)
    slug = names.slug_of(plan.name)
    if not rules.slug_ok(slug):
        raise Invalid({"name": rules.slug_ok(slug).sentence})
    taken = sa.select(groups.c.id).where(groups.c.slug == slug, groups.c.ended_entry.is_(None))
    if tx.scalar(taken) is not None:
        raise Conflict("groups.name_taken", "Another group has this name. Choose another.", "name")
    holder = founding.accept_founding(tx, act=None, shown=shown, actor=actor)
    record = GroupProposed(ids.new("grp"), ids.new("act"), branch.id, slug, plan.joining, plan.seats, holder)
    words = {"name": plan.name.strip(), "purpose": plan.purpose.strip()}
    ledger.append(tx, record, by=right_of_members(tx), words=words)
    links.keep_planned(tx, group=record.group, planned=plan.links)
    tx.execute(sa.delete(drafts).where(drafts.c.person == actor.person, drafts.c.branch == branch.id))
    acts.run(tx, record.act)
    return queries.get(tx, record.group)


def invite(tx: Connection, *, group: Group, actor: Actor) -> str:
    """Makes a one-use link by which one other member can join in founding; returns its secret. Founders only."""
    founding.insist_on_founder(act_queries.get(tx, group.act), actor)
    return invitations.issue(
        tx, kind="cofound_group", scope=group.scope, act=group.act, role="admin", by=actor.person,
        days=founding.INVITATION_DAYS,
    )  # fmt: skip


def cofound(tx: Connection, *, token: str, shown: str, actor: Actor) -> Group:
    """Joins in founding by a one-use link. Raises NotFound for a used or unknown link, Forbidden, RuleViolation."""
    invitation = invitations.look(tx, token)
    if invitation.kind != "cofound_group" or invitation.act is None:
        raise NotFound
    group = queries.of_act(tx, invitation.act)
    require_right(actor, R.FOUND_GROUP, group.scope)
    holder = founding.accept_founding(tx, act=group.act, shown=shown, actor=actor)
    ledger.append(tx, GroupCofounded(group.act, holder), by=right_of_members(tx))
    assert actor.person is not None
    invitations.consume(tx, token, actor.person)
    founding.tell_founders(tx, group.act, "founder_joined", f"/groups/{group.slug}", but=holder)
    acts.run(tx, group.act)
    if act_queries.get(tx, group.act).current.do == "decide":
        branch = branches.get(tx, group.branch)
        founding.tell_deciders(tx, branch.scope, P.GROUPS_CONFIRM, f"/groups/{group.slug}")
    return group


def confirm(tx: Connection, *, group: Group, actor: Actor) -> None:
    """An organiser of the branch confirms name and boundary. Raises Forbidden, RuleViolation acts.*."""
    grant = require(actor, P.GROUPS_CONFIRM, branches.get(tx, group.branch).scope)
    ledger.append(tx, GroupConfirmed(group.act), by=grant.entry)
    acts.run(tx, group.act)


def object_to(tx: Connection, *, group: Group, reason: str, actor: Actor) -> None:
    """An organiser of the branch objects. Raises Invalid without a reason, Forbidden, RuleViolation acts.*."""
    grant = require(actor, P.GROUPS_CONFIRM, branches.get(tx, group.branch).scope, ends=True)
    founding.insist_on_reason(reason)
    ledger.append(tx, GroupObjected(group.act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, group.act)


@effect("group.register", owes=fold.owes_registration, ended=fold.end, tell=founding.tell_of_end)
def register(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Registers the group, gives each founder a founding mandate, counts them in as members, publishes its links."""
    moment = clock.format_minute(due)
    ledger.append(tx, GroupRegistered(state.subject, state.id, state.step, moment), by=None)
    group = queries.get(tx, state.subject)
    founding.make_founding_grants(tx, state, due, branch=group.branch)
    for holder in sorted(act_queries.founders(tx, state)):
        person = permits.person_of_holder(tx, holder)
        if person is not None and not founding.has_left(tx, holder):
            membership.count_in(tx, group, person=person, by="founding")
    links.publish_planned(tx, group)
    resting.let_empty_rest(tx)
    founding.tell_founders(tx, state.id, "registered", f"/groups/{group.slug}")
