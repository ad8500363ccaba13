"""A group is founded: proposed, joined in by a second, confirmed or objected to by two of the branch's organisers."""

from __future__ import annotations

from hub.branches import queries as branches
from hub.groups import founding
from hub.groups import queries as groups
from hub.groups.founding import Plan
from tests.powers.moves import decider, move, somebody
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View
from tests.powers.world import World

CONFIRM = "groups.confirm"
REASON = "There is such a group already."


def at_step(view: View, step: int) -> list[Row]:
    """Foundings of groups that stand at a step."""
    return [act for act in view.open_of("register_group") if act.step == step]


@move(lambda view: len(view.groups) < 6)
def propose_group(world: World, pick: Pick) -> None:
    branch = pick(world.view.branches)
    place = Place("branch", branch.id, branch.id)
    who = somebody(world.view, pick, world.view.belonging(place)[::-1])
    plan = Plan(f"Circle {len(world.view.groups)}", "Reading books to one another.", "branch")
    world.attempt(
        lambda tx: founding.propose(
            tx, branch=branches.get(tx, branch.id), plan=plan, shown=who, actor=world.actor(tx, who)
        )
    )


@move(lambda view: at_step(view, 0), weight=8)
def cofound(world: World, pick: Pick) -> None:
    act = pick(at_step(world.view, 0))
    founders = [world.view.name_of[hand.holder] for hand in world.view.hands if hand.act == act.id]
    token = world.attempt(
        lambda tx: founding.invite(tx, group=groups.get(tx, act.subject), actor=world.actor(tx, founders[0]))
    )
    who = somebody(world.view, pick, world.view.belonging(Place("branch", act.scope_id, act.scope_id))[::-1])
    if token is not None:
        world.attempt(lambda tx: founding.cofound(tx, token=token, shown=who, actor=world.actor(tx, who)))


@move(lambda view: at_step(view, 1), weight=8)
def confirm_group(world: World, pick: Pick) -> None:
    act = pick(at_step(world.view, 1))
    who = decider(world.view, pick, act, CONFIRM)
    world.attempt(lambda tx: founding.confirm(tx, group=groups.get(tx, act.subject), actor=world.actor(tx, who)))


@move(lambda view: at_step(view, 1), weight=3)
def object_to_group(world: World, pick: Pick) -> None:
    act = pick(at_step(world.view, 1))
    who = decider(world.view, pick, act, CONFIRM)
    world.attempt(
        lambda tx: founding.object_to(tx, group=groups.get(tx, act.subject), reason=REASON, actor=world.actor(tx, who))
    )
