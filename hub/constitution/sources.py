"""Reading which sources of public randomness a draw may name: beacons, and national lotteries with their days."""

from __future__ import annotations

import re

from hub.constitution import limits
from hub.constitution.faults import Reading
from hub.lot.sources import BEACONS, Game

CODE = re.compile(r"[a-z]{2}-[a-z0-9]{1,30}")


def sources(reading: Reading) -> dict[str, Game | None]:
    """Reads every source that is allowed, in the order of the file; a beacon has no game. Of two makers at least."""
    found = {name: _source(reading, name) for name in reading.table("sources")}
    if len({name[:3] if game else name for name, game in found.items()}) < limits.MAKERS:
        reading.fault("sources", f"sources must be of {limits.MAKERS} different makers at least: {limits.WHY_MAKERS}")
    return found


def _source(reading: Reading, name: str) -> Game | None:
    path = f"sources.{name}"
    table = reading.at(path)
    if name in BEACONS:
        reading.answer(path, {})
        return None
    if not CODE.fullmatch(name):
        reading.fault(path, f"{path} is no beacon, and no lottery such as gb-lotto")
    days = reading.words(path, "days")
    reading.subset(path, "days", days, set(limits.WEEKDAYS))
    numbers, highest, hour = (reading.within(path, key, table.get(key), limit) for key, limit in limits.LOTTERY.items())
    if numbers >= highest:
        reading.fault(path, f"{path}: more numbers are drawn than there are")
    reading.answer(path, {"numbers": numbers, "highest": highest, "hour": hour})
    weekdays = frozenset(limits.WEEKDAYS.index(day) for day in days if day in limits.WEEKDAYS)
    return Game(name, weekdays or frozenset({0}), hour, numbers, highest)
