"""Comparing a handshake with the roster: the one look-up, the same work for a hit and a miss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
from hub.envelope import normal
from hub.matcher import contacts
from hub.matcher.keys import Keys
from hub.matcher.models import former_pairs, roster_entries, sources

_BY_PAIR = contacts.rows().where(roster_entries.c.pair_digest == sa.bindparam("pair"))
_BY_FORMER = (
    contacts.rows()
    .select_from(roster_entries.join(former_pairs, former_pairs.c.ref == roster_entries.c.ref))
    .where(former_pairs.c.pair_digest == sa.bindparam("pair"), former_pairs.c.until_at > sa.bindparam("now"))
)
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SOURCES = sa.select(sources.c.id_case, sources.c.id_pad_to).distinct()


@dataclass(frozen=True)
class Match:
    """A row of the roster that a typed pair names. number: as the roster writes it; contact: one that counts."""

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
    """Tells whether a row's member is one now: until an announced end has come, whatever the last list said."""
    return bool(row.current) if row.ends_at is None else clock.now() < row.ends_at


def forms_of(tx: Connection, number: str) -> list[str]:
    """Returns how the sources here would write a typed number: capitals folded or kept, zeros restored."""
    known = [(row.id_case, row.id_pad_to) for row in tx.execute(_SOURCES)] or [("upper", None)]
    return sorted({number_form(number, id_case, pad_to) for id_case, pad_to in known})


def number_form(number: str, id_case: str, id_pad_to: int | None) -> str:
    """Returns a number as one source writes it. id_case: ``upper`` folds capitals, ``sensitive`` keeps them.

    An 18-character id of a sensitive source is the 15-character id that it contains; its last three letters restore
    the capitals.
    """
    if id_case == "sensitive":
        kept = "".join(char for char in number if char.isascii() and char.isalnum())
        return short_form(kept) if len(kept) == 18 else kept
    form = number if number.isascii() and number.isalnum() and number == number.upper() else normal(number)
    return form.zfill(id_pad_to) if id_pad_to and form.isdigit() else form


def short_form(number: str) -> str:
    """Returns the 15-character id of an 18-character one: each of its last three letters holds five capitals' bits.

    Source: Salesforce, "18-character record IDs". A last letter that is none keeps the capitals as they are.
    """
    letters = [SUFFIX.find(char) for char in number[15:].upper()]
    if min(letters) < 0:
        return number[:15]
    capital = [letters[place // 5] >> place % 5 & 1 for place in range(15)]
    return "".join(char.upper() if is_one else char.lower() for char, is_one in zip(number, capital, strict=False))
