"""Which column is which: our names for headers that real systems write. ``Contact ID`` is no alias: often a decoy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

ALIASES = {
    "member_id": (
        "member id", "membership number", "membership no", "member no", "mem no", "ref", "external identifier",
        "external id", "card number", "rhif aelodaeth",
    ),
    "postcode": (
        "postcode", "post code", "zip", "zip code", "postal code", "mailing postal code", "cod post", "primary zip",
        "mailing zip postal code",
    ),
    "status": ("status", "membership status", "standing", "statws"),
    "branch": ("branch", "clp", "local party", "region branch", "chapter", "local group", "cangen"),
    "renewal": ("renewal", "expiry", "end date", "membership expires at", "next renewal", "membership end date"),
    "email": ("e mail", "email", "e mail address", "email address", "ebost"),
    "country": ("country", "primary country code", "country code", "mailing country"),
    "updated": ("updated", "modified", "last changed"),
    "former_id": ("former member id", "former membership number", "former number", "previous number"),
}  # fmt: skip
# tags are looked at only where the settings name their column and the tag that makes a member.
NAMES = (*ALIASES, "tags")
_BY_ALIAS = {alias: name for name, aliases in ALIASES.items() for alias in aliases}


def fold_header(header: str) -> str:
    """Returns a header in lower case, accents and punctuation off."""
    plain = unicodedata.normalize("NFKD", header.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(char for char in plain if not unicodedata.combining(char))))


def recognise(header: tuple[str, ...], chosen: Mapping[str, str]) -> dict[str, int]:
    """Returns our name -> position. chosen: what the operator's settings say, before any alias.

    Raises ValueError where the settings name a header that is not there, or something that is no name of ours.
    """
    for name, column in chosen.items():
        if name not in NAMES:
            raise ValueError(f"columns in the settings may name: {', '.join(NAMES)}; not {name}.")
        if column not in header:
            raise ValueError(f"The settings say that {name} is in the column {column}, which the file does not have.")
    found = {name: header.index(column) for name, column in chosen.items()}
    for position, column in enumerate(header):
        name = _BY_ALIAS.get(fold_header(column), "")
        if name and name not in found:
            found[name] = position
    return found
