"""Groups that close: organisers ask, others sign or object; members vote as in any ballot."""

from __future__ import annotations

from hub.groups import closing
from hub.groups import queries as groups
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, somebody
from tests.powers.oracle import DAY
from tests.powers.picking import Pick
from tests.powers.view import Row, View, group_place
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

CLOSE = "groups.close"
REASON = "We have done what we met for."
oracle.CLOCK |= {"group.closed"}
oracle.needs(CLOSE, oracle.in_group, "closure.proposed")
oracle.needs(CLOSE, oracle.in_act, "closure.confirmed", "closure.objected")


def asked(view: View) -> list[Row]:
    """Closings that wait for signatures."""
    return [act for act in view.open_of("close_group") if act.step == 0]


@move(lambda view: view.registered)
def propose_closing(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with(CLOSE, group_place(group)))
    world.attempt(
        lambda tx: closing.propose(tx, group=groups.get(tx, group.id), reason=REASON, actor=world.actor(tx, who))
    )


@move(asked, weight=6)
def confirm_closing(world: World, pick: Pick) -> None:
    act = pick(asked(world.view))
    who = decider(world.view, pick, act, CLOSE)
    world.attempt(lambda tx: closing.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(asked)
def object_to_closing(world: World, pick: Pick) -> None:
    act = pick(asked(world.view))
    who = decider(world.view, pick, act, CLOSE)
    world.attempt(lambda tx: closing.object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@invariant
def groups_close_by_a_vote_of_their_own(watch: Watch) -> None:
    """7, 13: only by an act of the group itself, whose notice took a fortnight, and whose ballot said yes."""
    view = watch.view
    acts = {act.id: act for act in view.acts}
    for entry in [entry for entry in watch.new if entry.type == "group.closed"]:
        act = acts[entry.data["act"]]
        moves = {move.step: move for move in view.moves if move.act == act.id}
        said = [b.outcome for b in view.rows("ballots") if b.act == act.id]
        if act.scope_id != entry.data["group"] or said[-1:] != ["passed"]:
            raise Broken(7, "a group was closed, and its members did not vote for it")
        if moves[1].due_at - moves[0].due_at < 14 * DAY:
            raise Broken(7, "a group was closed, and its members had no fortnight")
    for group in [group for group in view.groups if group.closed_entry is not None]:
        if view.inside.get(group.id) or any(view.stands(grant) for grant in view.grants if in_time(grant, group)):
            raise Broken(7, "a closed group has members, or somebody who holds office")


def in_time(grant: Row, group: Row) -> bool:
    """Whether a grant of a group was made before the group was closed."""
    return bool(grant.scope_id == group.id and grant.entry < group.closed_entry)
