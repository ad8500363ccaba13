"""The pool: who may be drawn, as tickets with strata, in one canonical order and one hash.

pool file    {"tickets":[{"strata":{KEY:VALUE,...},"ticket":NAME},...]}, RFC 8785, sorted by ticket
pool hash    SHA-256 of that file, 64 hexadecimal digits
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub import canonical, ids

LARGEST = 1_000_000  # tickets
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Unreadable(ValueError):
    """A file or a reading is not what the draw's format asks for. The text is a sentence: what is wrong, and where."""


@dataclass(frozen=True, order=True)
class Ticket:
    """A ticket in the pool. name: ``tkt_`` and 128 random bits; strata: (key, value) pairs, sorted by key."""

    name: str
    strata: tuple[tuple[str, str], ...] = ()


Pool = tuple[Ticket, ...]
"""Tickets sorted by name: what make_pool returns."""


def make_ticket(name: str, strata: Mapping[str, str]) -> Ticket:
    """Returns a ticket. Raises Unreadable for a name that is no ticket's, or strata that are no codes."""
    if not ids.is_id(name, "tkt"):
        raise Unreadable(f"{ascii(name)[:40]} is not the name of a ticket: tkt_ and 26 letters or digits.")
    for key, value in strata.items():
        if not (is_code(key) and is_code(value)):
            raise Unreadable(
                f"{name}: a stratum is two codes of small letters, digits and hyphens, which "
                f"{ascii(key)[:40]}: {ascii(value)[:40]} is not."
            )
    return Ticket(name, tuple(sorted(strata.items())))


def make_pool(tickets: Iterable[Ticket]) -> Pool:
    """Puts tickets in the pool's order; in which order they came changes nothing.

    Raises Unreadable for none, too many, the same ticket twice, or tickets that do not all have the same strata keys:
    who did not say gets ``not-said``.
    """
    pool = tuple(sorted(tickets))
    if not 0 < len(pool) <= LARGEST:
        raise Unreadable(f"A pool holds 1 to {LARGEST} tickets; this has {len(pool)}.")
    keys = [key for key, _ in pool[0].strata]
    for before, ticket in zip((None, *pool), pool, strict=False):
        if before and before.name == ticket.name:
            raise Unreadable(f"{ticket.name} is in the pool twice.")
        if [key for key, _ in ticket.strata] != keys:
            raise Unreadable(
                f"{ticket.name} has other strata than {pool[0].name}. Every ticket needs a value for every key; "
                "who did not say gets not-said."
            )
    return pool


def pool_hash(pool: Pool) -> str:
    """Returns what is published before the sources are known: SHA-256 of the pool file, in hexadecimal."""
    return hashlib.sha256(format_pool(pool)).hexdigest()


def counts(pool: Pool) -> dict[tuple[str, str], int]:
    """Returns how many tickets each stratum has, sorted by key and value."""
    return dict(sorted(Counter(stratum for ticket in pool for stratum in ticket.strata).items()))


def format_pool(pool: Pool) -> bytes:
    """Writes the pool file. parse_pool(format_pool(p)) == p."""
    return canonical.dumps({"tickets": pool_value(pool)})


def parse_pool(raw: bytes) -> Pool:
    """Reads a pool file, however spaced and in whichever order. Raises Unreadable."""
    try:
        value = canonical.read(raw)
    except canonical.NotCanonical as problem:
        raise Unreadable(f"This is not a pool file: {problem}.") from problem
    if not isinstance(value, dict) or set(value) != {"tickets"}:
        raise Unreadable("This is not a pool file: it should hold tickets and nothing else.")
    return read_pool(value["tickets"])


def pool_value(pool: Pool) -> list[dict[str, Any]]:
    """Returns a pool as JSON values. read_pool is its inverse."""
    return [{"strata": dict(ticket.strata), "ticket": ticket.name} for ticket in pool]


def read_pool(value: Any) -> Pool:
    """Reads a pool from JSON values. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable("The pool is not a list of tickets.")
    return make_pool(_read_ticket(place, item) for place, item in enumerate(value, 1))


def is_code(text: object) -> bool:
    """Tells whether something can be a stratum's key or value: up to 60 of a-z, 0-9 and single hyphens between."""
    return isinstance(text, str) and len(text) <= 60 and _CODE.fullmatch(text) is not None


def _read_ticket(place: int, item: Any) -> Ticket:
    is_whole = isinstance(item, dict) and set(item) == {"strata", "ticket"}
    if not is_whole or not isinstance(item["ticket"], str) or not isinstance(item["strata"], dict):
        raise Unreadable(f"Ticket {place} of the pool is not a ticket's name with its strata.")
    return make_ticket(item["ticket"], item["strata"])
