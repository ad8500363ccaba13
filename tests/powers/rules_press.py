"""The press: named and withdrawn by two of the council; what two of it say, correct and take back."""

from __future__ import annotations

from hub.groups import offices
from hub.statements import actions
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import decider, move, somebody
from tests.powers.picking import Pick
from tests.powers.view import HUB, Row, View
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

NAME, SPEAK = "press.name", "statements.publish"
SAYS = ("statement.drafted", "correction.proposed", "retraction.proposed", "statement.confirmed", "statement.objected")
REASON = "It said more than was decided."
oracle.CLOCK |= {"statement.published"}
oracle.SOURCES_OF |= {"name_press": {"appointment"}}
oracle.needs(SPEAK, oracle.at_hub, *SAYS)


def links(world: World) -> list[tuple[str, str]]:
    """Namings that wait for somebody to accept, with the secret of their link, the newest first."""
    waiting = {act.id for act in world.view.open_of("name_press") if act.step == 0}
    return [(act, token) for act, token in reversed(world.links) if act in waiting]


def decided(view: View) -> list[Row]:
    """Namings and withdrawals that wait for the council's signatures."""
    steps = {"name_press": 1, "withdraw_press": 0}
    return [act for act in view.open_of(*steps) if act.step == steps[act.procedure]]


def drafts(view: View) -> list[Row]:
    """What waits for a second of the press."""
    return [act for act in view.open_of("publish_statement") if act.step == 0]


def press(view: View) -> list[Row]:
    """Who speaks now."""
    return [grant for grant in view.live if grant.role == "press"]


@move(lambda view: view.holders_with(NAME, HUB), weight=2)
def offer_press(world: World, pick: Pick) -> None:
    who = somebody(world.view, pick, world.view.holders_with(NAME, HUB))
    made = world.attempt(lambda tx: offices.offer(tx, place=None, role="press", actor=world.actor(tx, who)))
    if made:
        world.links.append(made)


@move(lambda view: [act for act in view.open_of("name_press") if act.step == 0], weight=8)
def accept_press(world: World, pick: Pick) -> None:
    _act, token = pick(links(world))
    who = somebody(world.view, pick, [name for name in world.view.members if name.startswith("member")])
    world.attempt(lambda tx: offices.accept(tx, token=token, shown=who, actor=world.actor(tx, who)))


@move(decided, weight=8)
def confirm_press(world: World, pick: Pick) -> None:
    act = pick(decided(world.view))
    who = decider(world.view, pick, act, NAME)
    world.attempt(lambda tx: offices.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(press)
def challenge_press(world: World, pick: Pick) -> None:
    grant = pick(press(world.view))
    who = somebody(world.view, pick, world.view.holders_with(NAME, HUB))
    world.attempt(lambda tx: offices.challenge(tx, place=None, grant=grant.id, actor=world.actor(tx, who)))


@move(press, weight=3)
def draft_statement(world: World, pick: Pick) -> None:
    who = somebody(world.view, pick, world.view.holders_with(SPEAK, HUB))
    kind = pick(["statement", "reminder"])
    group = pick([None, *(group.id for group in world.view.registered)]) if kind == "reminder" else None
    world.attempt(
        lambda tx: actions.draft(
            tx, kind=kind, title="On rents", text="Freeze them.", group=group, actor=world.actor(tx, who)
        )
    )


@move(lambda view: view.rows("statements"), weight=3)
def change_statement(world: World, pick: Pick) -> None:
    """Corrected or taken back, published or not."""
    found, does = pick(world.view.rows("statements", "told_entry")), pick(["correct", "withdraw"])
    who = somebody(world.view, pick, world.view.holders_with(SPEAK, HUB))
    if does == "correct":
        words = {"title": "On rents", "text": "Freeze them for two years.", "reason": REASON}
        world.attempt(lambda tx: actions.correct(tx, statement=found.id, actor=world.actor(tx, who), **words))
    else:
        world.attempt(
            lambda tx: actions.take_back(tx, statement=found.id, reason=REASON, actor=world.actor(tx, who))
        )  # fmt: skip


@move(drafts, weight=6)
def confirm_statement(world: World, pick: Pick) -> None:
    act = pick(drafts(world.view))
    who = decider(world.view, pick, act, SPEAK)
    world.attempt(lambda tx: actions.confirm(tx, act=act.id, actor=world.actor(tx, who)))


@move(drafts)
def object_to_statement(world: World, pick: Pick) -> None:
    act = pick(drafts(world.view))
    who = decider(world.view, pick, act, SPEAK)
    world.attempt(lambda tx: actions.object_to(tx, act=act.id, reason=REASON, actor=world.actor(tx, who)))


@invariant
def two_speak_for_all(watch: Watch) -> None:
    """10, of statements: what is said, corrected or taken back two persons of the press signed, and nobody else."""
    view = watch.view
    person_of = {holder: person for person, holder in view.holder_of.items()}
    speaks = {(grant.holder, grant.role) for grant in view.grants}
    for entry in [entry for entry in watch.new if entry.type == "statement.published"]:
        hands = [hand for hand in view.hands if (hand.act, hand.hand) == (entry.data["act"], "yes")]
        if len({person_of[hand.holder] for hand in hands}) < 2:
            raise Broken(10, "one person speaks for all")
        if any((hand.holder, "press") not in speaks for hand in hands):
            raise Broken(10, "others than the press speak for all")


@invariant
def the_press_does_nothing_else(watch: Watch) -> None:
    """8, of the press: its office carries one power, that no other carries, and nothing but statements rests on it."""
    view = watch.view
    if "press" in view.powers and set(view.powers["press"]) != {SPEAK}:
        raise Broken(8, f"the press can {sorted(view.powers['press'])}")
    if others := [role for role, powers in view.powers.items() if SPEAK in powers and role != "press"]:
        raise Broken(8, f"{others} speak for all")
    speaks = {grant.entry for grant in view.grants if grant.role == "press"}
    for entry in [entry for entry in watch.new if entry.by in speaks]:
        if entry.type not in (*SAYS, "grant.ended"):
            raise Broken(8, f"{entry.type} by one of the press")
