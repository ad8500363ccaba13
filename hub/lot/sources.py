"""Sources of public randomness: named before the pool is frozen, read by two people once they are known.

The name says everything that a reading needs, so that nobody can pass an old draw off as a coming one:

    drand-quicknet-ROUND              League of Entropy, one round every 3 s; 96 hexadecimal digits ("signature")
    nist-YYYYMMDDtHHMMz               NIST beacon 2.0, one pulse a minute; 128 hexadecimal digits ("outputValue")
    lottery-COUNTRY-GAME-YYYY-MM-DD   a national lottery's draw of that day; so many numbers, from 1 to the highest

In the seed's key (RFC 3797 section 4) a source's numbers are sorted, each with a "." behind it, and a "/" ends the
source; a text, such as hexadecimal digits, stands in capitals.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from hub.lot import pulses
from hub.lot.pool import Unreadable

MINUTE = dt.timedelta(minutes=1)
DRAND_BEGAN, DRAND_PERIOD = 1_692_803_367, 3  # seconds since 1970; seconds
DIGITS = {"drand": 96, "nist": 128}
BEACONS = ("drand", "nist")
# A lottery's name has the day where it is drawn; the world's days begin 14 h before UTC's and end 12 h after.
EARLIER, LATER = dt.timedelta(hours=14), dt.timedelta(hours=36)
MOST_NUMBERS, HIGHEST = 20, 999

_DRAND = re.compile(r"drand-quicknet-([1-9][0-9]{0,11})")
_NIST = re.compile(r"nist-([0-9]{8}t[0-9]{4})z")
_LOTTERY = re.compile(r"lottery-([a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*)-([0-9]{4}-[0-9]{2}-[0-9]{2})")
_HEX = re.compile(r"[0-9a-f]+")

Value = str | tuple[int, ...]
"""What a source said: hexadecimal digits in small letters, or a lottery's numbers, sorted."""


@dataclass(frozen=True)
class Source:
    """A named source. known: when it becomes known, to the minute, UTC; count, highest: of a lottery, how many numbers
    are drawn, from 1 to what.
    """

    name: str
    known: dt.datetime
    count: int = 0
    highest: int = 0

    @property
    def maker(self) -> str:
        """Who makes this randomness: drand, nist or a country's lottery. Two of one maker are not independent."""
        return "-".join(self.name.split("-")[: 2 if self.is_lottery else 1])

    @property
    def is_lottery(self) -> bool:
        """Tells whether the source gives numbers and not hexadecimal digits."""
        return self.name.startswith("lottery-")


@dataclass(frozen=True)
class Game:
    """A lottery whose draws may be named. code: country and game, ``gb-lotto``; weekdays: on which it is drawn, Monday
    is 0; hour: how many hours after that day began in UTC its numbers are known everywhere; count, highest: as of a
    Source.
    """

    code: str
    weekdays: frozenset[int]
    hour: int
    count: int
    highest: int

    def draw_of(self, day: dt.date) -> Source:
        """Names the draw of a day. Raises Unreadable for a day without one."""
        if day.weekday() not in self.weekdays:
            raise Unreadable(f"{self.code} is not drawn on {day.isoformat()}.")
        begins = dt.datetime.combine(day, dt.time(), dt.UTC)
        return lottery(self.code, day, begins + dt.timedelta(hours=self.hour), self.count, self.highest)

    def first_draw(self, not_before: dt.datetime) -> Source:
        """Names the first draw whose numbers become known at or after a moment."""
        day = not_before.date() - dt.timedelta(days=2)
        while day.weekday() not in self.weekdays or self.draw_of(day).known < not_before:
            day += dt.timedelta(days=1)
        return self.draw_of(day)


def first_sources(
    allowed: Mapping[str, Game | None], not_before: dt.datetime, latest: dt.datetime | None
) -> list[Source]:
    """Names every allowed source, each by what becomes known first at or after a moment, in the order allowed.

    allowed: a lottery by its code, or a beacon, which has no Game; latest: lotteries that come later are left out.
    """
    found = []
    for name, game in allowed.items():
        if game is None:
            found.append(drand(not_before) if name == "drand" else nist(not_before))
        elif latest is None or game.first_draw(not_before).known <= latest:
            found.append(game.first_draw(not_before))
    return found


def drand(not_before: dt.datetime) -> Source:
    """Names the first round of drand's quicknet at or after a moment."""
    rounds = math.ceil((not_before.timestamp() - DRAND_BEGAN) / DRAND_PERIOD)
    return _beacon(f"drand-quicknet-{max(0, rounds) + 1}")


def beacon(name: str) -> Source:
    """Returns the beacon's source of a name. Raises Unreadable for a name of no kind, and for a lottery's."""
    return _beacon(name)


def nist(moment: dt.datetime) -> Source:
    """Names the pulse of NIST's beacon of a minute, UTC."""
    moment = moment if not moment.second + moment.microsecond else moment.replace(second=0, microsecond=0) + MINUTE
    return _beacon(f"nist-{moment.astimezone(dt.UTC):%Y%m%dt%H%M}z")


def lottery(game: str, day: dt.date, known: dt.datetime, count: int, highest: int) -> Source:
    """Names a lottery's draw. game: country and game as one code, ``gb-lotto``. Raises Unreadable."""
    source = Source(f"lottery-{game}-{day.isoformat()}", known, count, highest)
    window(source)
    return source


def window(source: Source) -> tuple[dt.datetime, dt.datetime]:
    """Returns between which moments a source of this name becomes known. Raises Unreadable for a name of no kind."""
    if drawn := _DRAND.fullmatch(source.name):
        begun = DRAND_BEGAN + (int(drawn[1]) - 1) * DRAND_PERIOD
        moment = _moment(source.name, lambda: dt.datetime.fromtimestamp(begun, dt.UTC))
    elif pulse := _NIST.fullmatch(source.name):
        text = pulse[1]
        moment = _moment(source.name, lambda: dt.datetime.strptime(text, "%Y%m%dt%H%M").replace(tzinfo=dt.UTC))
    elif played := _LOTTERY.fullmatch(source.name):
        if not (1 <= source.count <= MOST_NUMBERS and source.count < source.highest <= HIGHEST):
            raise Unreadable(f"{source.name}: a lottery needs how many numbers are drawn, and the highest there is.")
        date = played[2]
        day = _moment(source.name, lambda: dt.datetime.fromisoformat(date).replace(tzinfo=dt.UTC))
        return day - EARLIER, day + LATER
    else:
        raise Unreadable(f"{ascii(source.name)[:60]} names no source of randomness that is known here.")
    if source.count or source.highest:
        raise Unreadable(f"{source.name}: only a lottery has numbers.")
    return moment, moment + MINUTE


def parse_value(source: Source, text: str) -> Value:
    """Reads what somebody typed or pasted for a source: spaces, commas and capitals do not matter.

    A beacon's whole answer, pasted from { to }, is checked in itself; see pulses.
    Raises Unreadable with a sentence for the person who typed it.
    """
    if source.is_lottery:
        words = re.split(r"[\s,;.]+", text.strip(" \t\r\n,;."))
        if not all(word.isascii() and word.isdigit() and len(word) <= 4 for word in words):
            raise Unreadable(f"{source.name}: type {source.count} numbers with spaces between, and nothing else.")
        return check_value(source, tuple(int(word) for word in words))
    if text.lstrip().startswith("{"):
        text = _answered(source, text)
    return check_value(source, re.sub(r"\s", "", text).lower().removeprefix("0x"))


def randomness(value: str) -> str:
    """Returns what drand calls the randomness of a round, from its signature: for whoever compares with a site."""
    return hashlib.sha256(bytes.fromhex(value)).hexdigest()


def check_value(source: Source, value: Value) -> Value:
    """Returns a value as the file holds it, if it is one that the source can say. Raises Unreadable."""
    if isinstance(value, str) == source.is_lottery:
        raise Unreadable(f"{source.name}: lotteries say numbers, and beacons hexadecimal digits.")
    if isinstance(value, str):
        wanted = DIGITS.get(source.maker, 0)
        if len(value) != wanted or not _HEX.fullmatch(value):
            raise Unreadable(f"{source.name}: {wanted} hexadecimal digits are needed, and this is not that.")
        return value
    if len(value) != source.count:
        raise Unreadable(f"{source.name}: {source.count} numbers are needed; this has {len(value)}.")
    if len(set(value)) != len(value):
        raise Unreadable(f"{source.name}: a number stands twice.")
    if not all(1 <= number <= source.highest for number in value):
        raise Unreadable(f"{source.name}: the numbers go from 1 to {source.highest}.")
    return tuple(sorted(value))


def agree(source: Source, first: str, second: str) -> Value:
    """Returns what two scrutineers typed, each by themselves. Raises Unreadable if either is wrong or they differ."""
    readings = parse_value(source, first), parse_value(source, second)
    if readings[0] != readings[1]:
        raise Unreadable(f"{source.name}: the two readings differ. Both look at the source again.")
    return readings[0]


def format_key(values: Iterable[Value]) -> str:
    """Writes what the sources said, in the order in which they were named: ``9319./2.5.8.10.12./A1B2/``."""
    return "".join(
        f"{value.upper()}/" if isinstance(value, str) else "".join(f"{number}." for number in sorted(value)) + "/"
        for value in values
    )


def _answered(source: Source, text: str) -> str:
    if source.maker == "drand":
        return pulses.signature_of(source.name, int(source.name.rpartition("-")[2]), text)
    return pulses.output_of(source.name, source.known, text)


def _beacon(name: str) -> Source:
    begun, _ = window(Source(name, dt.datetime.min.replace(tzinfo=dt.UTC)))
    cut = begun.replace(second=0)
    return Source(name, cut if cut == begun else cut + MINUTE)


def _moment(name: str, make: Callable[[], dt.datetime]) -> dt.datetime:
    """Returns a moment that a name holds. Raises Unreadable for one that no calendar has."""
    try:
        moment = make()
        return moment if 1970 < moment.year < 9000 else _no_moment(name)
    except (ValueError, OverflowError, OSError):
        return _no_moment(name)


def _no_moment(name: str) -> dt.datetime:
    raise Unreadable(f"{name}: there is no such moment.")
