"""Time: an hour, a day, three, a fortnight, two months; then the clock moves what is due."""

from __future__ import annotations

from tests.powers.laziness import wait_daily_and_lazily
from tests.powers.moves import move
from tests.powers.picking import Pick
from tests.powers.view import View
from tests.powers.world import World

HOURS = [1, 24, 3 * 24, 14 * 24, 60 * 24]


@move()
def time_passes(world: World, pick: Pick) -> None:
    world.wait(pick(HOURS))


@move(weight=8)
def days_pass(world: World, pick: Pick) -> None:
    world.wait(pick([HOURS[2], HOURS[1], HOURS[2], HOURS[3]]))


def is_the_clocks_alone(view: View) -> bool:
    """Whether nothing waits that the roster said: a lapse is dated by the round that carries it out, not by a due."""
    return bool(view.open_acts) and all(row.outcome is not None for row in view.rows("feed_changes"))


@move(is_the_clocks_alone)
def clock_runs_late(world: World, pick: Pick) -> None:
    wait_daily_and_lazily(world, pick([*HOURS[2:4], *HOURS[2:5], *HOURS[2:4], HOURS[2]]))


@move(weight=0)
def season_passes(world: World, pick: Pick) -> None:
    """A run begins so late that the founders' term ends in 28 days: the clock has just opened the elections."""
    world.wait(57 * 24)


@move()
def clock_stands_still(world: World, pick: Pick) -> None:
    """Time passes while no worker runs: nothing may be done late that had its deadline."""
    world.wait(pick(HOURS[:4]), ticking=False)
