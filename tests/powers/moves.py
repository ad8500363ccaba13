"""The moves of a machine, by name: each room's stand in rules_<room>.py, and register themselves here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hub import db as house
from tests.powers.picking import Pick
from tests.powers.view import Place, Row, View, place_of
from tests.powers.world import World

Ready = Callable[[View], object]
Do = Callable[[World, Pick], None]


@dataclass(frozen=True)
class Move:
    """Something people or the clock can do. ready: whether live state has anything for it; weight: how often it comes.

    room: whose it is. A run keeps to a few rooms, so that it gets somewhere in each; time passes in every run.
    """

    name: str
    room: str
    ready: Ready
    do: Do
    weight: int


SELDOM = (True, True, True, True, False)
MOVES: dict[str, Move] = {}


def always(_view: View) -> bool:
    """Ready whatever there is."""
    return True


def move(ready: Ready = always, *, weight: int = 1) -> Callable[[Do], Do]:
    """Registers a move under its function's name. weight: more for what brings an act on its way, as that is rare."""

    def register(do: Do) -> Do:
        if do.__name__ in MOVES:
            raise RuntimeError(f"two moves are called {do.__name__}")
        MOVES[do.__name__] = Move(do.__name__, do.__module__.rpartition("rules_")[2], ready, do, weight)
        return do

    return register


def somebody(view: View, pick: Pick, likely: list[str]) -> str:
    """Chooses who acts: mostly one who may, now and then anybody, so that refusals are met too."""
    able = view.acting(likely)
    return pick(able) if able and pick(SELDOM) else pick(view.acting(view.names))


def decider(view: View, pick: Pick, act: Row, permission: str) -> str:
    """Chooses who signs an act: those whose hand it waits for first, then those who signed before, then anybody."""
    able = view.holders_with(permission, place_of(act))
    signed = {view.name_of[hand.holder] for hand in view.hands if (hand.act, hand.step) == (act.id, act.step)}
    fresh = [one for one in able if one not in signed]
    return somebody(view, pick, fresh if fresh and pick(SELDOM) else able)


def places(view: View) -> list[Place]:
    """Every registered branch and group, groups first."""
    groups = [Place("group", group.id, group.branch) for group in view.registered]
    return groups + [Place("branch", branch.id, branch.id) for branch in view.branches if branch.registered_entry]


def every_table() -> list[str]:
    """The names of all tables."""
    return sorted(table.name for table in house.metadata.sorted_tables)


def load() -> None:
    """Takes every room's moves, in the order of their files' names."""
    for path in sorted(Path(__file__).parent.glob("rules_*.py")):
        importlib.import_module(f"tests.powers.{path.stem}")


def rooms() -> list[str]:
    """The rooms that have moves, but for time."""
    return sorted({move.room for move in MOVES.values()} - {"time"})


def chosen(names: Iterable[str]) -> list[Move]:
    """The moves of some rooms, and of time. Of no rooms: all of them."""
    wanted = set(names) or set(rooms())
    return [move for move in MOVES.values() if move.weight and move.room in wanted | {"time"}]
