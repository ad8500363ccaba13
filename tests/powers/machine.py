"""The state machine: rules that draw actors, targets, grants and acts from live state, and every invariant after each.

drive() is one step, whoever draws: Hypothesis (Powers), a seed or a stored example (both search.py).

A new room writes rules_<room>.py: @move for what people can do (draw from world.view, act by world.attempt), @invariant
for what must hold there, named in holding.py, and its entries into oracle.NEEDS, RIGHTS or CLOCK. A new fault stands in
planted.py; then ``python -m tests.powers.search NAME`` stores the shortest moves that show it, and does so again where
moves changed.
"""

from __future__ import annotations

import sqlalchemy.exc
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from hub import clock
from hub.errors import Refusal
from tests.powers import clockwork, invariants, moves, papers, second_persons
from tests.powers.laziness import Broken
from tests.powers.moves import MOVES, Move
from tests.powers.picking import Nothing, Pick
from tests.powers.watch import Watch
from tests.powers.world import World

moves.load()
# What is no refusal to a person but a fault: the clock is refused nothing.
FAULTS = (sqlalchemy.exc.DBAPIError, Refusal, RuntimeError, LookupError, AssertionError, TypeError)
LAST: list[tuple[str, list[int]]] = []  # the script of the run that failed last: after shrinking, the smallest


def drive(watch: Watch, move: Move, pick: Pick) -> None:
    """Makes one move and checks every invariant. Raises Broken."""
    world, before = watch.world, watch.world.changes
    world.acting.clear()
    world.ticks = 0
    world.script.append((move.name, pick.drawn))
    try:
        move.do(world, pick)
    except Nothing:
        return
    except FAULTS as problem:
        if isinstance(problem, Broken):
            raise
        raise Broken(0, f"{move.name}: not refused but failed: {type(problem).__name__}: {problem}") from problem
    # A refusal or nothing left everything as it was, and so every invariant, but that it did.
    if world.changes != before or not world.was_refused_cleanly:
        watch.check(ticked=world.ticks > 0)


def finish(watch: Watch) -> None:
    """What is asked once a run is over: the whole record folds, everybody's powers agree, another tick does nothing."""
    watch.fold()
    for name in watch.view.names:
        invariants.may_agrees(watch, name)
    watch.world.tick()
    before = watch.world.image()
    watch.world.tick()
    if watch.world.image() != before:
        raise Broken(18, "a second tick at the same moment did something")


class Powers(RuleBasedStateMachine):
    """One hub, moved for some fifty steps. Each room's moves are rules of it (below)."""

    def __init__(self) -> None:
        super().__init__()
        self.world, self.rooms = World(), set(moves.rooms())
        self.watch = Watch(self.world)

    @initialize(rooms=st.lists(st.sampled_from(moves.rooms()), max_size=3), late=st.booleans())
    def keep_to(self, rooms: list[str], late: bool) -> None:
        """Keeps to a few rooms, or to none in particular; begins early in a term, or shortly before its end."""
        self.rooms = set(rooms) or self.rooms
        if "draws" not in self.rooms:
            drive(self.watch, MOVES["draws_rest"], Pick(lambda _many: 0))
        if late:
            drive(self.watch, MOVES["season_passes"], Pick(lambda _many: 0))

    def step(self, move: Move, data: st.DataObject) -> None:
        """Makes one move with what Hypothesis draws."""
        pick = Pick(lambda many: data.draw(st.integers(0, many - 1)))
        try:
            drive(self.watch, move, pick)
        except Broken:
            LAST[:] = self.world.script
            raise

    def teardown(self) -> None:
        """Asks the last questions."""
        try:
            finish(self.watch)
        except Broken:
            LAST[:] = self.world.script
            raise
        finally:
            clock.set_source(None)


def _rule_of(move: Move, name: str) -> object:
    def run(self: Powers, data: st.DataObject) -> None:
        self.step(move, data)

    run.__name__ = name

    def ready(self: Powers) -> bool:
        return move.room in {*self.rooms, "time"} and bool(move.ready(self.world.view))

    return precondition(ready)(rule(data=st.data())(run))


for _move in moves.chosen([]):
    for _name in [_move.name, *(f"{_move.name}_{more}" for more in range(2, _move.weight + 1))]:
        setattr(Powers, _name, _rule_of(_move, _name))

__all__ = ["LAST", "Powers", "clockwork", "drive", "finish", "papers", "second_persons"]
