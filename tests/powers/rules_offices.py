"""Appointed office, and helpers: offered, accepted, signed or objected to by two organisers; withdrawn by two."""

from __future__ import annotations

from hub.branches import queries as branches
from hub.groups import offices
from hub.groups import queries as groups
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, somebody
from tests.powers.oracle import DAY
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, group_place, place_of
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

MAKE = "appointments.make"
AT_ONCE = 3  # invitations of one organiser that nobody has accepted
oracle.OWN |= {"offer.withdrawn"}
REASON = "Not while this is being looked into."


def decided(view: View) -> list[object]:
    """Acts about offices that wait for signatures."""
    steps = {"appoint_moderator": 1, "withdraw_moderator": 0, "admit_helper": 1}
    return [act for act in view.open_of(*steps) if act.step == steps[act.procedure]]


def links(world: World) -> list[tuple[str, str]]:
    """Acts that wait for somebody to accept, with the secret of their link, the newest first."""
    waiting = {act.id for act in world.view.open_of("appoint_moderator", "admit_helper") if act.step == 0}
    return [(act, token) for act, token in reversed(world.links) if act in waiting]


@move(lambda view: view.registered, weight=3)
def offer(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with(MAKE, group_place(group)))
    made = world.attempt(lambda tx: offices.offer(tx, place=groups.get(tx, group.id), actor=world.actor(tx, who)))
    if made:
        world.links.append(made)


def founded(view: View) -> list[Row]:
    """Branches that exist."""
    return [branch for branch in view.branches if branch.registered_entry is not None]


@move(founded)
def offer_in_branch(world: World, pick: Pick) -> None:
    branch = pick(founded(world.view))
    who = somebody(world.view, pick, world.view.holders_with(MAKE, Place("branch", branch.id, branch.id)))
    made = world.attempt(lambda tx: offices.offer(tx, place=branches.get(tx, branch.id), actor=world.actor(tx, who)))
    if made:
        world.links.append(made)


@move(lambda view: view.registered)
def offer_help(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with(MAKE, group_place(group)))
    made = world.attempt(
        lambda tx: offices.offer(tx, place=groups.get(tx, group.id), role="helper", actor=world.actor(tx, who))
    )
    if made:
        world.links.append(made)


@move(lambda view: [act for act in view.open_of("appoint_moderator", "admit_helper") if act.step == 0], weight=8)
def accept(world: World, pick: Pick) -> None:
    _act, token = pick(links(world))
    who = somebody(world.view, pick, [name for name in world.view.members if name.startswith("member")])
    world.attempt(lambda tx: offices.accept(tx, token=token, shown=who, actor=world.actor(tx, who)))


@move(lambda view: view.open_of("appoint_moderator", "admit_helper", "lend_office"))
def take_offer_back(world: World, pick: Pick) -> None:
    """By whoever sent it, or by another."""
    act = pick(world.view.open_of("appoint_moderator", "admit_helper", "lend_office"))
    who = somebody(world.view, pick, world.view.belonging(place_of(act)))
    world.attempt(lambda tx: offices.take_offer_back(tx, act=act.id, actor=world.actor(tx, who)))


@move(decided, weight=8)
def confirm_office(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, MAKE)
    world.attempt(lambda tx: offices.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(decided, weight=3)
def object_to_office(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, MAKE)
    world.attempt(lambda tx: offices.object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@move(lambda view: [grant for grant in view.live if grant.scope_kind == "group"], weight=3)
def challenge(world: World, pick: Pick) -> None:
    here = [grant for grant in world.view.live if grant.scope_kind == "group"]
    derived = [grant for grant in here if grant.source in ("appointment", "consent")]
    grant = pick([*derived, *derived, *derived, *here])
    group = next(group for group in world.view.registered if group.id == grant.scope_id)
    who = somebody(world.view, pick, world.view.holders_with(MAKE, group_place(group)))
    world.attempt(
        lambda tx: offices.challenge(tx, place=groups.get(tx, group.id), grant=grant.id, actor=world.actor(tx, who))
    )


@move(lambda view: [grant for grant in view.live if grant.scope_kind == "branch"])
def challenge_in_branch(world: World, pick: Pick) -> None:
    here = [grant for grant in world.view.live if grant.scope_kind == "branch"]
    derived = [grant for grant in here if grant.source == "appointment"]
    grant = pick([*derived, *derived, *derived, *here])
    who = somebody(world.view, pick, world.view.holders_with(MAKE, place_of(grant)))
    world.attempt(
        lambda tx: offices.challenge(
            tx, place=branches.get(tx, grant.scope_id), grant=grant.id, actor=world.actor(tx, who)
        )
    )


@invariant
def invitations_block_nobody(watch: Watch) -> None:
    """10, of places: one organiser has three invitations waiting at most; only they take one back, unaccepted."""
    view, sent = watch.view, watch.memory.setdefault("sent", {})
    holders = {grant.entry: grant.holder for grant in view.grants}
    for entry in watch.new:
        if entry.type in ("office.offered", "standin.offered"):
            sent[entry.data["act"]] = holders[entry.by]
        if entry.type == "offer.withdrawn" and sent[entry.data["act"]] != holders[entry.by]:
            raise Broken(10, "an invitation was taken back by another than who sent it")
        if entry.type == "offer.withdrawn" and any(
            (hand.act, hand.hand) == (entry.data["act"], "submit") for hand in view.hands
        ):
            raise Broken(10, "an invitation was taken back that somebody had accepted")
    of = [(act.scope_id, sent[act.id]) for act in waiting(view)]
    if any(of.count(one) > AT_ONCE for one in of):
        raise Broken(10, "one organiser has too many invitations waiting")


def waiting(view: View) -> list[Row]:
    """Invitations to an appointed office that nobody has accepted."""
    return [act for act in view.open_of("appoint_moderator", "admit_helper") if act.step == 0]


@invariant
def helpers_come_by_a_vote(watch: Watch) -> None:
    """8, 13: a helper comes by a yes of the group's own members in a ballot, for 90 days, and carries little."""
    view, new = watch.view, {entry.index for entry in watch.new}
    if "helper" in view.powers and not set(view.powers["helper"]) <= {"memberships.accept", "ballots.call"}:
        raise Broken(8, "a helper can more than a caretaker")
    places = {act.id: act.scope_id for act in view.acts}
    for grant in [g for g in view.grants if g.entry in new and (g.source == "consent" or g.role == "helper")]:
        said = [(places[b.act], b.outcome) for b in view.rows("ballots") if b.act == grant.act]
        if grant.source != "consent" or said[-1:] != [(grant.scope_id, "passed")]:
            raise Broken(13, "a helper for whom the members of the group did not vote")
        if grant.until_at - grant.from_at != 90 * DAY:
            raise Broken(20, "a helper of another length than the rules give")
