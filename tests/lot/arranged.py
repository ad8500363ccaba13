"""Pools, sources and draws for the tests of draws by lot. Everything comes from fixed seeds."""

from __future__ import annotations

import datetime as dt
import random

from hub import ids
from hub.lot.draw import make_draw
from hub.lot.pool import make_ticket
from hub.lot.sources import drand, lottery
from hub.lot.walk import Quota

ACT = "act_" + "0" * 25 + "7"
FROZEN = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
SOURCES = (
    drand(FROZEN + dt.timedelta(days=4)),
    lottery("gb-lotto", dt.date(2026, 11, 25), dt.datetime(2026, 11, 25, 20, 30, tzinfo=dt.UTC), 6, 59),
    lottery("ie-lotto", dt.date(2026, 11, 25), dt.datetime(2026, 11, 25, 20, 0, tzinfo=dt.UTC), 6, 47),
)
VALUES = ("53" * 48, (3, 14, 15, 26, 53, 58), (2, 7, 18, 28, 45, 47))
QUOTAS = (
    Quota("age", "18-29", 2, 4),
    Quota("branch", "hull", 1, 2),
    Quota("branch", "york", 3, 5),
)


def name_of(number: int) -> str:
    """A ticket's name: 128 bits that depend on a number only."""
    bits = random.Random(number).getrandbits(128)
    return "tkt_" + "".join(ids.ALPHABET[(bits >> 5 * place) & 31] for place in range(26))


def tickets(count: int = 40, first: int = 0):
    """So many tickets of three branches and three ages, in no order."""
    draw = random.Random(first + 99)
    return [
        make_ticket(
            name_of(first + number),
            {"branch": draw.choice(["hull", "leeds", "york"]), "age": draw.choice(["18-29", "30-59", "not-said"])},
        )
        for number in range(count)
    ]


def drawn(**other):
    """A whole draw of eight out of forty."""
    given = {"act": ACT, "frozen": FROZEN, "size": 8, "quotas": QUOTAS, "tickets": tickets()}
    return make_draw(**{**given, "sources": SOURCES, "values": VALUES, **other})
