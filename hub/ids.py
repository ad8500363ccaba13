"""Public identifiers: a kind, an underscore, 128 random bits in lower-case Crockford base32.

The prefix says what a thing is wherever it turns up; nothing about it can be guessed from its neighbours.
"""

from __future__ import annotations

import re
import secrets

KINDS = {
    "per": "person (private, for life)",
    "hld": "holder: a person's only name in the record",
    "grt": "grant",
    "act": "act",
    "brn": "branch",
    "grp": "group",
    "bal": "ballot",
    "ppr": "paper in a ballot's box (private; made anew whenever the box is shuffled)",
    "lnk": "link to where a group meets",
    "cli": "relying party: a site of a group that signs members in",
    "sgn": "a member's sign-in at a relying party (private; the sid of its tokens)",
    "ask": "a sign-in that a relying party asked for (private)",
    "inv": "invitation (private)",
    "ses": "session (private)",
    "rec": "recovery of an account (private)",
    "ltr": "letter in the outbox (private)",
    "imp": "roster import",
    "ent": "entry ref: the matcher's opaque name for a roster row",
}

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def new(kind: str) -> str:
    """Mints an identifier of a known kind. Raises KeyError for a kind not in KINDS."""
    KINDS[kind]
    number = secrets.randbits(128)
    return f"{kind}_" + "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(_LENGTH)))


def is_id(text: str, kind: str) -> bool:
    """Tells whether a text has the shape of an identifier of this kind."""
    return re.fullmatch(rf"{kind}_[{ALPHABET}]{{{_LENGTH}}}", text) is not None


def is_slug(text: str) -> bool:
    """Tells whether a text can stand in an address: 2 to 60 of a-z, 0-9 and single hyphens, a letter first."""
    return len(text) <= 60 and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) is not None and len(text) >= 2
