"""Freezes: one organiser stops a power for some days; two others end it, or whoever made it takes it back."""

from __future__ import annotations

from hub.freezing import actions
from hub.permits import Scope
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import move, places, somebody
from tests.powers.oracle import DAY
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

FREEZE = "powers.freeze"
WHY = "Nobody talked about it."
POWERS = ["appointments.make", "settings.change", "content.hide", "links.declare", "memberships.accept", "offices.lend"]
oracle.CLOCK |= {"power.frozen"}
oracle.needs(FREEZE, oracle.in_act, "freeze.opened", "freeze.lifted", "freeze.withdrawn")


def of_place(view: View, row: Row) -> Place:
    """Where a freeze holds."""
    return next(place for place in places(view) if place.id == row.scope_id)


def live(view: View) -> list[Row]:
    """Freezes that hold now."""
    return [row for row in view.rows("power_freezes", "told_entry") if view.is_frozen(row.permission, row.scope_id)]


@move(places, weight=3)
def freeze(world: World, pick: Pick) -> None:
    place = pick(places(world.view))
    who = somebody(world.view, pick, world.view.holders_with(FREEZE, place))
    power = pick(POWERS)
    scope = Scope(place.kind, place.id, place.branch)
    world.attempt(lambda tx: actions.freeze(tx, power=power, scope=scope, reason=WHY, actor=world.actor(tx, who)))


@move(live, weight=3)
def lift_freeze(world: World, pick: Pick) -> None:
    row = pick(live(world.view))
    who = somebody(world.view, pick, world.view.holders_with(FREEZE, of_place(world.view, row)))
    world.attempt(lambda tx: actions.lift(tx, act=row.act, actor=world.actor(tx, who)))


@move(live)
def take_freeze_back(world: World, pick: Pick) -> None:
    row = pick(live(world.view))
    who = somebody(world.view, pick, [world.view.name_of[row.holder]])
    world.attempt(lambda tx: actions.withdraw(tx, act=row.act, actor=world.actor(tx, who)))


@invariant
def nobody_blocks_for_long(watch: Watch) -> None:
    """GO-08: one person blocks one power in one place for 7 of any 28 days at most."""
    spans: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for row in watch.view.rows("power_freezes", "told_entry"):
        spans.setdefault((row.holder, row.permission, row.scope_id), []).append((row.from_at, row.until_at))
    for mine in spans.values():
        for _, end in mine:
            used = sum(max(0, min(until, end) - max(start, end - 28 * DAY)) for start, until in mine)
            if used > 7 * DAY:
                raise Broken(14, f"one person blocks a power for {used / DAY} of 28 days")


@invariant
def frozen_powers_give_nothing(watch: Watch) -> None:
    """GO-08: while a power is frozen, nobody begins anything by it; what only takes away goes on."""
    begins = {"office.offered": "appointments.make", "settings.proposed": "settings.change"}
    begins |= {"hiding.opened": "content.hide", "link.declared": "links.declare", "standin.offered": "offices.lend"}
    view = watch.view
    for entry in [entry for entry in watch.new if entry.type in begins and entry.by is not None]:
        act = next(act for act in view.acts if act.id == entry.data["act"])
        for row in view.rows("power_freezes", "told_entry"):
            same = (row.permission, row.scope_id) == (begins[entry.type], act.scope_id)
            holds = row.told_entry < entry.index and row.from_at <= act.opened_at < row.until_at
            if same and holds and view.stood(row.grant, act.opened_at):
                raise Broken(2, f"{entry.type} while it was frozen")
