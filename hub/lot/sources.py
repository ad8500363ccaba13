"""The source of a draw's chance: one round of a chain, named as the pool is frozen, and signed once it comes.

The name says everything that a reading needs, so that nobody can pass an old round off as a coming one:

    drand-CHAIN-ROUND    round r begins (r - 1) periods after the chain began

What it says is the round's *signature*: 96 hexadecimal digits, of which there is one for each round, and which anybody
checks against the chain's key (bls). A value that is not the chain's own is no value; nobody has to be believed.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from hub.lot.chains import Chain
from hub.lot.pool import Unreadable

MINUTE = dt.timedelta(minutes=1)
LARGEST = 5_000  # characters of an answer
DIGITS = 96
LATEST = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)

_NAME = re.compile(r"drand-([a-z]+)-([1-9][0-9]{0,11})")
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class Source:
    """One round of a chain. round: from 1."""

    chain: Chain
    round: int

    @property
    def name(self) -> str:
        """What the record calls it."""
        return f"drand-{self.chain.name}-{self.round}"

    @property
    def begins(self) -> dt.datetime:
        """When its round begins: nobody knows before what it says."""
        return dt.datetime.fromtimestamp(self.chain.began + (self.round - 1) * self.chain.period, dt.UTC)

    @property
    def known(self) -> dt.datetime:
        """When it becomes known, to the minute, UTC: the first that is not before it begins."""
        cut = self.begins.replace(second=0)
        return cut if cut == self.begins else cut + MINUTE


def first_source(chain: Chain, not_before: dt.datetime) -> Source:
    """Names the first round of a chain at or after a moment."""
    rounds = math.ceil((not_before.timestamp() - chain.began) / chain.period)
    return Source(chain, max(0, rounds) + 1)


def parse_source(name: str, chain: Chain) -> Source:
    """Reads a source's name. Raises Unreadable for one of no kind, of another chain, or beyond every calendar."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] != chain.name:
        raise Unreadable(f"{ascii(name)[:60]} is no round of {chain.name}, the only source of chance there is here.")
    source = Source(chain, int(found[2]))
    if chain.began + source.round * chain.period >= LATEST.timestamp():
        raise Unreadable(f"{name}: there is no such moment.")
    return source


def parse_value(source: Source, text: str) -> str:
    """Reads what somebody typed or pasted, or a site answered: the digits, or the whole answer from { to }.

    Spaces and capitals do not matter. Raises Unreadable with a sentence; for what the chain did not sign, too.
    """
    if text.lstrip().startswith("{"):
        text = _answered(source, text)
    return check_value(source, re.sub(r"\s", "", text).lower().removeprefix("0x"))


def check_value(source: Source, value: str) -> str:
    """Returns a value, if it is the signature of the source's chain for its round. Raises Unreadable."""
    if not is_form(value):
        raise Unreadable(f"{source.name}: {DIGITS} hexadecimal digits are needed, and this is not that.")
    if not source.chain.is_signed(source.round, value):
        raise Unreadable(f"{source.name}: this is not the signature of round {source.round}. Copy the answer again.")
    return value


def is_form(value: str) -> bool:
    """Tells whether a value has the form of a signature, whoever made it up."""
    return len(value) == DIGITS and _HEX.fullmatch(value) is not None


def _answered(source: Source, text: str) -> str:
    answer = _read(source.name, text)
    if answer.get("round") != source.round:
        raise Unreadable(f"{source.name}: this is another round. Read round {source.round}.")
    signature = answer.get("signature")
    if not isinstance(signature, str):
        raise Unreadable(f"{source.name}: the signature is missing. Copy the whole answer.")
    return signature


def _read(name: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text[:LARGEST])
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{name}: this is not the whole answer. Copy all of it, from {{ to }}.") from problem
    if not isinstance(value, dict):
        raise Unreadable(f"{name}: this is not the answer of a beacon.")
    return value
