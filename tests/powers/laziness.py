"""Invariant 18: a clock that runs late does what one that ran daily did, and running it again does nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.powers.view import View
from tests.powers.world import World


class Broken(AssertionError):
    """An invariant does not hold. number: as in governance.md section 9.1; check: of the watch, that saw it."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(f"invariant {number}: {text}")
        self.number, self.check = number, ""


def ask(checks: Iterable[Callable[[Any], None]], watch: Any) -> None:
    """Asks every check of what a watch sees. Raises Broken, which then names the check."""
    for check in checks:
        try:
            check(watch)
        except Broken as broken:
            broken.check = check.__name__
            raise


def wait_daily_and_lazily(world: World, hours: int) -> None:
    """Lets time pass twice from the same state, day by day and at once; the world goes on with the late clock."""
    begin, at = world.image(), world.now
    for _ in range(hours // 24):
        world.wait(24)
    daily = telling(world.view)
    world.restore(begin, at)
    world.wait(hours // 24 * 24)
    late = telling(world.view)
    if late != daily:
        raise Broken(18, f"late: {_only(late, daily)}; daily: {_only(daily, late)}")


def telling(view: View) -> dict[str, list[Any]]:
    """What a clock decides: the moves with their dues, where each act stands, and which grants are live now."""
    due = {row.act: row.due_at for row in view.rows("elections")}
    # An id is made up by whoever opens an act, so a clock's own are known by what they are about and since when.
    named = {act.id: (act.procedure, act.scope_id, due[act.id]) if act.id in due else act.id for act in view.acts}
    # A draw needs randomness that is known only after its pool was frozen: no clock can have frozen it earlier.
    kept = [act for act in view.acts if not act.procedure.startswith("draw_")]
    acts = [(named[act.id], act.step, act.outcome, act.due_at) for act in kept]
    live = [(g.holder, g.role, g.scope_id, g.source, g.from_at, g.until_at) for g in view.live]
    moves = {act.id: named[act.id] for act in kept}
    return {
        "moves": sorted(((moves[m.act], m.step, m.due_at, m.outcome) for m in view.moves if m.act in moves), key=repr),
        "acts": sorted(acts, key=repr),
        "live": sorted(live),
        "rules": [row.sha256 for row in view.constitutions],
    }


def _only(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {key: [item for item in one[key] if item not in other[key]] for key in one if one[key] != other[key]}
