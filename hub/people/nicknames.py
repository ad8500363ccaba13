"""Nicknames: what members see of one another."""

from __future__ import annotations

import re

from hub import chance
from hub.errors import YES, Verdict, no

# What the branch's tools accept as a user name, all of them: letters, digits, underscore, 3 to 20.
SHAPE = re.compile(r"[a-z][a-z0-9_]{2,19}")
FIRST = (
    "amber brave calm clear early gentle hazel kind lively merry mossy quiet river sunny tidal warm wild young".split()
)
SECOND = (
    "alder badger curlew dipper falcon finch hare heron kestrel linnet lynx otter plover robin rowan swift wren".split()
)
RESERVED = frozenset(
    {"admin", "hub", "moderator", "operator", "organiser", "press", "root", "steward", "support", "system"}
)


def tidy(nickname: str) -> str:
    """Returns a typed nickname as it would be kept: lower case, no spaces around it."""
    return nickname.strip().casefold()


def nickname_ok(nickname: str) -> Verdict:
    """Says whether a tidied nickname may be taken; whether it is free, the database says."""
    if not SHAPE.fullmatch(nickname):
        return no("people.nickname_shape", "Use 3 to 20 letters, numbers or underscores, beginning with a letter.")
    if nickname in RESERVED:
        return no("people.nickname_reserved", "This nickname sounds like an office. Choose another.")
    return YES


def suggestion() -> str:
    """Returns a nickname drawn from our own words, such as ``quiet_otter_42``."""
    return f"{chance.one_of(FIRST)}_{chance.one_of(SECOND)}_{chance.below(90) + 10}"
