"""Tidying cells: a number, a postcode, a mail address, a status. Each says what it refused, never guesses."""

from __future__ import annotations

import re

from hub.envelope import normal

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[A-Za-z]{2,}")
DAMAGED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
INVISIBLE = re.compile("[\u00a0\u200b\u200c\u200d\u2060\ufeff]")


class Refused(ValueError):
    """A row that cannot be used. reason: one of the stable words of a report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def plain(cell: str) -> str:
    """Returns a cell without ``="…"`` and characters that nobody sees."""
    text = INVISIBLE.sub("", cell).strip()
    quoted = re.fullmatch(r'="([^"]*)"', text)
    return quoted[1].strip() if quoted else text


def member_number(cell: str, *, pattern: str, pad_to: int | None, id_case: str) -> str:
    """Returns a number as its source writes it. Raises Refused missing_id, damaged_id or bad_id."""
    text = re.sub(r"\.0+$", "", plain(cell))
    if not text:
        raise Refused("missing_id")
    if DAMAGED.fullmatch(text):
        raise Refused("damaged_id")
    if id_case == "upper":
        text = text.upper()
    if pad_to and text.isdigit():
        text = text.zfill(pad_to)
    if len(text) > 40 or not re.fullmatch(pattern, text):
        raise Refused("bad_id")
    return text


def postcode(cell: str, country: str) -> str | None:
    """Returns a postcode's letters and digits; None if blank, overseas or BFPO. Raises Refused bad_postcode."""
    text = normal(plain(cell))
    if not text or text.startswith("BF") or country.strip().upper() not in ("", "GB", "UK", "UNITED KINGDOM"):
        return None
    if not POSTCODE.fullmatch(text):
        raise Refused("bad_postcode")
    return text


def mail(cell: str) -> str | None:
    """Returns a mail address, or None for what is none."""
    text = plain(cell)
    return text.casefold() if len(text) <= 254 and MAIL.fullmatch(text) else None


def district(code: str) -> str:
    """Returns the outward part of a postcode: all but its last three characters."""
    return code[:-3]
