"""The verbs of a group's settings: propose, sign, object. Two organisers, a notice, and members may hold it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.effects import effect
from hub.acts.proposals import proposed
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.branches import rules as names
from hub.errors import Conflict, Invalid, NotFound, RuleViolation, insist
from hub.groups import queries, rules, settings_fold
from hub.groups.entries import GroupChanged, NamingProposed, SettingsConfirmed, SettingsObjected, SettingsProposed
from hub.groups.queries import Group
from hub.permits import Actor, Grant, P, insist_on_words, require
from hub.permits import queries as permits


def propose(tx: Connection, *, group: Group, joining: str, seats: int | None, seats_most: int, actor: Actor) -> str:
    """Proposes who may join and how many places there are, with the actor's signature; returns the act.

    Raises Forbidden, Invalid for what is unfit, RuleViolation where nothing would change or a change runs already.
    """
    grant = require(actor, P.CHANGE_SETTINGS, group.scope)
    insist(queries.takes_acts(tx, group))
    mistakes = {}
    if joining not in rules.JOINING:
        mistakes["joining"] = "Choose who may join."
    if not rules.seats_ok(seats, seats_most):
        mistakes["seats"] = rules.seats_ok(seats, seats_most).sentence
    if seats is not None and seats < queries.places_taken(tx, group.id):
        mistakes["seats"] = "More people belong already than there would be places for. Nobody is put out by a setting."
    if mistakes:
        raise Invalid(mistakes)
    act = ids.new("act")
    ledger.append(tx, SettingsProposed(act, group.id, joining, seats), by=grant.entry)
    acts.run(tx, act)
    _tell_others(tx, group, grant, proposed(tx, act_queries.get(tx, act)).words)
    return act


def _tell_others(tx: Connection, group: Group, grant: Grant, what: str) -> None:
    held = permits.standing_grants(tx, scope=group.scope)
    others = {one.holder for one in held if P.CHANGE_SETTINGS in one.permissions} - {grant.holder}
    letters.tell_holders(tx, sorted(others), "settings_wait", f"/groups/{group.slug}/power", what=what)


def propose_naming(tx: Connection, *, group: Group, name: str, purpose: str, actor: Actor) -> str:
    """Proposes another name and purpose, with the actor's signature; returns the act. The group's address stays.

    Raises Forbidden, Invalid for what is unfit, Conflict for another group's name, RuleViolation where nothing would
    change or a change runs already.
    """
    grant = require(actor, P.CHANGE_SETTINGS, group.scope)
    insist(queries.takes_acts(tx, group))
    insist_on_words(actor)
    checks = {"name": names.name_ok(name), "purpose": rules.purpose_ok(purpose)}
    mistakes = {field: verdict.sentence for field, verdict in checks.items() if not verdict}
    slug = names.slug_of(name)
    if not mistakes and slug != group.slug and not rules.slug_ok(slug):
        mistakes["name"] = rules.slug_ok(slug).sentence
    if mistakes:
        raise Invalid(mistakes)
    if slug != group.slug and queries.slug_is_taken(tx, slug):
        raise Conflict("groups.name_taken", "Another group has this name. Choose another.", "name")
    words = {"name": name.strip(), "purpose": purpose.strip()}
    if (words["name"], words["purpose"]) == (group.name, group.purpose):
        raise RuleViolation("groups.same_settings", "That is how it is already.")
    act = ids.new("act")
    ledger.append(tx, NamingProposed(act, group.id), by=grant.entry, words=words)
    acts.run(tx, act)
    # No letter carries what somebody typed: the page does.
    _tell_others(tx, group, grant, proposed(tx, act_queries.get(tx, act)).title + ".")
    return act


def confirm(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs a change. Raises NotFound, Forbidden, RuleViolation acts.* for who may not or has already."""
    _insist_on_change(tx, act)
    grant = require(actor, P.CHANGE_SETTINGS, act_queries.get(tx, act).scope)
    ledger.append(tx, SettingsConfirmed(act), by=grant.entry)
    acts.run(tx, act)


def object_to(tx: Connection, *, act: str, reason: str, actor: Actor) -> None:
    """Objects to a change. Raises NotFound, Invalid without a reason, Forbidden, RuleViolation acts.*."""
    _insist_on_change(tx, act)
    grant = require(actor, P.CHANGE_SETTINGS, act_queries.get(tx, act).scope, ends=True)
    letters.insist_on_reason(reason)
    ledger.append(tx, SettingsObjected(act), by=grant.entry, words={"reason": reason.strip()})
    acts.run(tx, act)


def _insist_on_change(tx: Connection, act: str) -> None:
    if queries.settings_change(tx, act) is None:
        raise NotFound


@effect("group.change", owes=settings_fold.owes_change)
def change(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Puts the settings in force."""
    found = queries.settings_change(tx, state.id)
    assert found is not None
    moment = clock.format_minute(due)
    record = GroupChanged(found.group, state.id, state.step, moment, found.joining, found.seats)
    ledger.append(tx, record, by=None)
