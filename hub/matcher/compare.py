"""Comparing a handshake with the roster: the one look-up, the same work for a hit and a miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.envelope import normal
from hub.matcher.keys import Keys
from hub.matcher.models import former_pairs, roster_entries, sources

_BY_PAIR = sa.select(roster_entries).where(roster_entries.c.pair_digest == sa.bindparam("pair"))
_BY_FORMER = (
    sa.select(roster_entries)
    .join(former_pairs, former_pairs.c.ref == roster_entries.c.ref)
    .where(former_pairs.c.pair_digest == sa.bindparam("pair"), former_pairs.c.until_at > sa.bindparam("now"))
)
_SOURCES = sa.select(sources.c.id_case, sources.c.id_pad_to).distinct()


@dataclass(frozen=True)
class Match:
    """A row of the roster that a typed pair names. number: as the roster writes it."""

    ref: str
    area: str | None
    contact: bytes | None
    number: str


def lookup(tx: Connection, keys: Keys, country: str, number: str, postcode: str) -> Match | None:
    """Returns the current row a pair names, by its postcode of today or a former one; None for everything else."""
    found: Match | None = None
    for form in forms_of(tx, number):
        pair = {"pair": keys.pair_digest(country, form, normal(postcode)), "now": clock.now()}
        rows = [tx.execute(_BY_PAIR, pair).first(), tx.execute(_BY_FORMER, pair).first()]
        for row in rows:
            if row is not None and is_current(row) and found is None:
                found = Match(row.ref, row.area, row.contact, form)
    return found


def is_current(row: Row[Any]) -> bool:
    """Tells whether a row's member is one now: said current, and no announced end has come."""
    return bool(row.current) and (row.ends_at is None or clock.now() < row.ends_at)


def forms_of(tx: Connection, number: str) -> list[str]:
    """Returns how the sources here would write a typed number: capitals folded or kept, zeros restored."""
    known = [(row.id_case, row.id_pad_to) for row in tx.execute(_SOURCES)] or [("upper", None)]
    return sorted({number_form(number, id_case, pad_to) for id_case, pad_to in known})


def number_form(number: str, id_case: str, id_pad_to: int | None) -> str:
    """Returns a number as one source writes it. id_case: ``upper`` folds capitals, ``sensitive`` keeps them.

    An 18-character id of a sensitive source is the 15-character id that it contains (D10).
    """
    if id_case == "sensitive":
        kept = "".join(char for char in number if char.isascii() and char.isalnum())
        return kept[:15] if len(kept) == 18 else kept
    form = normal(number)
    return form.zfill(id_pad_to) if id_pad_to and form.isdigit() else form
