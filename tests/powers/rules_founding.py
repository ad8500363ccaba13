"""A group is founded: proposed, joined in by a second, confirmed or objected to by two of the branch's organisers.

What they refuse, a founder sends to a panel drawn by lot.
"""

from __future__ import annotations

from hub.branches import appeals
from hub.branches import queries as branches
from hub.groups import founding
from hub.groups import queries as groups
from hub.groups.founding import Plan
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, somebody
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

CONFIRM, JUDGE = "groups.confirm", "foundings.judge"
APPEALS = ("appeal_branch", "appeal_group")
oracle.CLOCK |= {"appeal.opened"}
oracle.RIGHTS |= {"appeal.sent"}
oracle.needs(JUDGE, oracle.at_hub, "appeal.upheld", "appeal.dismissed")
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


@move(lambda view: at_step(view, 1), weight=3)
def refuse_group(world: World, pick: Pick) -> None:
    """Two of the branch's organisers object."""
    act = pick(at_step(world.view, 1))
    for _ in range(2):
        who = decider(world.view, pick, act, CONFIRM)
        world.attempt(
            lambda tx, who=who: founding.object_to(
                tx, group=groups.get(tx, act.subject), reason=REASON, actor=world.actor(tx, who)
            )
        )


def appealed(view: View, step: int) -> list[Row]:
    """Appeals that stand at a step."""
    return [act for act in view.open_of(*APPEALS) if act.step == step]


def founders_of(view: View, appeal: Row) -> set[str]:
    """The holders who founded what an appeal is about."""
    acts = {act.id for act in view.acts if act.subject == appeal.subject and act.procedure not in APPEALS}
    return {hand.holder for hand in view.hands if hand.act in acts and hand.hand == "submit"}


@move(lambda view: appealed(view, 0), weight=8)
def send_appeal(world: World, pick: Pick) -> None:
    act = pick(appealed(world.view, 0))
    who = somebody(world.view, pick, sorted(world.view.name_of[holder] for holder in founders_of(world.view, act)))
    world.attempt(lambda tx: appeals.send(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@move(lambda view: appealed(view, 2), weight=8)
def judge_appeal(world: World, pick: Pick) -> None:
    """One of the panel, or now and then anybody, confirms the refusal or lets it begin."""
    act, refuses = pick(appealed(world.view, 2)), pick([True, False])
    who = decider(world.view, pick, act, JUDGE)
    if refuses:
        world.attempt(lambda tx: appeals.dismiss(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))
    else:
        world.attempt(lambda tx: appeals.uphold(tx, act=act.id, actor=world.actor(tx, who)))


@invariant
def refusals_are_judged_by_others(watch: Watch) -> None:
    """9, 19: founders alone appeal, others judge; what they appeal begins, unless two of three confirm the refusal."""
    view = watch.view
    by_id = {act.id: act for act in view.acts}
    refused = {act.subject for act in view.acts if act.procedure == "register_group" and act.outcome == "refused"}
    for appeal in [act for act in view.acts if act.procedure in APPEALS]:
        mine = [hand for hand in view.hands if hand.act == appeal.id]
        part = [h for h in view.hands if by_id[h.act].subject == appeal.subject and h.act != appeal.id]
        if {h.holder for h in mine if h.hand == "submit"} - founders_of(view, appeal):
            raise Broken(9, "a refusal is appealed by who founded nothing")
        if {h.holder for h in mine if h.hand != "submit"} & {h.holder for h in part}:
            raise Broken(9, "whoever had a hand in a founding judges its refusal")
        group = next(group for group in view.groups if group.id == appeal.subject)
        begins = sum(h.hand == "no" for h in mine) < 2 and any(h.hand == "submit" for h in mine)
        if appeal.outcome is not None and (group.registered_entry is not None) != begins:
            raise Broken(19, f"an appeal ended {appeal.outcome}, and the group {'waits' if begins else 'began'}")
        if (group.ended_entry is not None) != (appeal.outcome not in (None, "done")):
            raise Broken(19, "a name is free while its founders can appeal, or taken afterwards")
    for group in [group for group in view.groups if group.id in refused and group.registered_entry is not None]:
        if not any(act.subject == group.id and act.procedure in APPEALS and act.outcome == "done" for act in view.acts):
            raise Broken(9, "a group began that was refused, and nobody judged it")
