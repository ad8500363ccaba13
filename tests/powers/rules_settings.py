"""A group's settings and a branch's own numbers: proposed, signed, waited for, held."""

from __future__ import annotations

from hub.branches import own_rules
from hub.branches import queries as branches
from hub.groups import queries as groups
from hub.groups import settings
from hub.petitions.rules import HOLDABLE
from tests.powers.moves import decider, move, somebody
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, group_place
from tests.powers.world import World

CHANGE = "settings.change"
REASON = "This would shut people out."
VERBS = {"change_settings": settings, "change_branch_rule": own_rules}


def decided(view: View) -> list[Row]:
    """Changes that wait for signatures."""
    return [act for act in view.open_of(*VERBS) if act.step == 0]


@move(lambda view: view.registered, weight=3)
def propose_settings(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with(CHANGE, group_place(group)))
    joining, seats = pick(["accept", "branch", "members"]), pick([None, 12, 1])
    world.attempt(
        lambda tx: settings.propose(
            tx, group=groups.get(tx, group.id), joining=joining, seats=seats, seats_most=5000,
            actor=world.actor(tx, who),
        )
    )  # fmt: skip


@move(lambda view: view.branches, weight=3)
def propose_branch_rule(world: World, pick: Pick) -> None:
    branch = pick([row for row in world.view.branches if row.registered_entry])
    who = somebody(world.view, pick, world.view.holders_with(CHANGE, Place("branch", branch.id, branch.id)))
    rule, value = pick([("terms.appointment", 30), ("numbers.request_days", 3), ("terms.appointment", 400)])
    world.attempt(
        lambda tx: own_rules.propose(
            tx, branch=branches.get(tx, branch.id), rule=rule, value=value, actor=world.actor(tx, who)
        )
    )


@move(decided, weight=8)
def confirm_change(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, CHANGE)
    world.attempt(lambda tx: VERBS[act.procedure].confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(decided, weight=3)
def object_to_change(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, CHANGE)
    world.attempt(lambda tx: VERBS[act.procedure].object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


def noticed(view: View) -> list[Row]:
    """Changes whose notice runs."""
    step = {"appoint_moderator": 2, "declare_link": 0}
    return [act for act in view.open_of(*HOLDABLE) if act.step == step.get(act.procedure, 1)]
