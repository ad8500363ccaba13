"""Names and addresses of branches and groups. Pure."""

from __future__ import annotations

from hub import ids
from hub.errors import YES, Verdict, no
from hub.search import fold

SHORTEST, LONGEST = 3, 80


def slug_of(name: str) -> str:
    """Returns the part of an address that a name gives: ``Ynys Môn renters`` -> ``ynys-mon-renters``; "" if none."""
    slug = fold(name).encode("ascii", "ignore").decode().replace(" ", "-")[:60].strip("-")
    return slug if ids.is_slug(slug) else ""


def name_ok(name: str) -> Verdict:
    """Says whether a name may be taken: 3 to 80 characters, printable, with letters that make an address."""
    if not SHORTEST <= len(name.strip()) <= LONGEST:
        return no("names.length", f"The name must have between {SHORTEST} and {LONGEST} characters.")
    if not name.isprintable():
        return no("names.characters", "The name holds characters that cannot be shown.")
    if not slug_of(name):
        return no("names.no_address", "The name must begin with a letter, so that it can have an address.")
    return YES
