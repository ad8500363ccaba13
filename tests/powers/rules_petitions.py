"""Petitions: recall, hold, amendment; signed by several at a time, taken back, answered."""

from __future__ import annotations

import functools
import re

from hub.petitions import actions
from tests.powers.laziness import Broken
from tests.powers.moves import move, somebody
from tests.powers.picking import Pick
from tests.powers.rules_settings import noticed
from tests.powers.view import Row, View, place_of
from tests.powers.watch import Watch, invariant
from tests.powers.world import World, of_three

WHY = "Meetings were called off three times."


def collecting(view: View) -> list[Row]:
    """Petitions that look for signatures."""
    return [act for act in view.open_of("recall", "hold", "amend") if act.step == 0]


@functools.cache
def texts() -> list[tuple[str, bool]]:
    """Other rules, and whether they may load: shorter terms, longer steps; and ones beyond the outer limits."""
    text = of_three()

    def put(path: str, key: str, value: str) -> str:
        return re.sub(rf"(\[{re.escape(path)}\]\n{key} = )[^\n]+", rf"\g<1>{value}", text, count=1)

    return [
        (put("terms.appointment", "days", "60"), True),
        (text.replace("persons = 2, days = 14", "persons = 3, days = 7"), True),
        (text.replace('do = "notice", days = 3', 'do = "notice", days = 20'), True),
        (put("terms.founding", "days", "999"), False),
        (text.replace("persons = 2, days = 14", "persons = 1, days = 14"), False),
        (text.replace('can = ["hub.operate"]', 'can = ["hub.operate", "content.hide"]'), False),
    ]


@move(lambda view: view.live, weight=3)
def open_recall(world: World, pick: Pick) -> None:
    mandates = [grant for grant in world.view.live if grant.source in ("founding", "election", "lot")]
    grant = pick([*mandates, *mandates, *mandates, *world.view.grants])
    who = somebody(world.view, pick, world.view.belonging(place_of(grant)))
    world.attempt(lambda tx: actions.open_recall(tx, grant=grant.id, reasons=WHY, actor=world.actor(tx, who)))


@move(noticed, weight=8)
def open_hold(world: World, pick: Pick) -> None:
    act = pick(noticed(world.view))
    who = somebody(world.view, pick, world.view.belonging(place_of(act)))
    world.attempt(lambda tx: actions.open_hold(tx, target=act.id, reasons=WHY, actor=world.actor(tx, who)))


@move(noticed, weight=3)
def demand_ballot(world: World, pick: Pick) -> None:
    act = pick(noticed(world.view))
    who = somebody(world.view, pick, world.view.holders_with("ballots.call", place_of(act)))
    world.attempt(lambda tx: actions.demand_ballot(tx, target=act.id, reasons=WHY, actor=world.actor(tx, who)))


@move(weight=2)
def propose_amendment(world: World, pick: Pick) -> None:
    text, _ = pick([*texts()[:3], *texts()[:3], *texts()])
    who = somebody(world.view, pick, world.view.members)
    world.attempt(lambda tx: actions.propose_amendment(tx, text=text, reasons=WHY, actor=world.actor(tx, who)))


@move(collecting)
def sign(world: World, pick: Pick) -> None:
    act = pick(collecting(world.view))
    who = somebody(world.view, pick, world.view.belonging(place_of(act)))
    world.attempt(lambda tx: actions.sign(tx, act=act.id, actor=world.actor(tx, who)))


@move(collecting, weight=8)
def several_sign(world: World, pick: Pick) -> None:
    act = pick(collecting(world.view))
    signed = world.view.signed.get(act.id, set())
    able = world.view.acting([n for n in world.view.belonging(place_of(act)) if world.people[n] not in signed])
    for who in pick.first(able[::-1]) if able else []:
        world.attempt(lambda tx, who=who: actions.sign(tx, act=act.id, actor=world.actor(tx, who)))


@move(lambda view: [act for act in collecting(view) if view.signed.get(act.id)])
def take_back(world: World, pick: Pick) -> None:
    act = pick([act for act in collecting(world.view) if world.view.signed.get(act.id)])
    signed = world.view.signed[act.id]
    who = pick([name for name in world.view.names if world.people[name] in signed])
    world.attempt(lambda tx: actions.take_back(tx, act=act.id, actor=world.actor(tx, who)))


@move(lambda view: [act for act in view.open_of("recall") if act.step == 1], weight=8)
def answer(world: World, pick: Pick) -> None:
    act = pick([act for act in world.view.open_of("recall") if act.step == 1])
    who = somebody(world.view, pick, [world.view.name_of[act.subject]])
    world.attempt(lambda tx: actions.answer(tx, act=act.id, reply="I was ill.", actor=world.actor(tx, who)))


@invariant
def one_recall_is_voted_on(watch: Watch) -> None:
    """10, of petitions: several recalls of a mandate may look for signatures, but one alone has them and runs on."""
    view = watch.view
    about = {row.act: (row.holder, row.role) for row in view.petitions if row.kind == "recall"}
    running = [(*about[act.id], act.scope_id) for act in view.open_of("recall") if act.step > 0]
    if len(running) != len(set(running)):
        raise Broken(10, "two recalls of the same mandate have their signatures at once")
    beside = [(*about[act.id], act.scope_id) for act in view.open_of("recall") if act.step == 0]
    if set(running) & set(beside):
        raise Broken(10, "a recall looks for signatures beside one that has them")
