"""Pools, a source and draws for the tests of draws by lot. Everything comes from fixed seeds."""

from __future__ import annotations

import datetime as dt
import random

from hub import ids
from hub.lot.chains import QUICKNET
from hub.lot.draw import make_draw
from hub.lot.pool import make_ticket
from hub.lot.sources import Source
from hub.lot.walk import Quota

ACT = "act_" + "0" * 25 + "7"
FROZEN = dt.datetime(2023, 8, 19, 20, 0, tzinfo=dt.UTC)
# Round 1000 of drand's quicknet, as https://api.drand.sh/HASH/public/1000 has it.
SOURCE = Source(QUICKNET, 1000)
SAID = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
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
    return make_draw(**{**given, "source": SOURCE, "said": SAID, **other})
