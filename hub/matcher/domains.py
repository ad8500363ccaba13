"""What a mail domain's registration says about the contacts there. Pure: facts in, verdict out. Source: AU-08.

Only the registrable name is ever asked about. Which one that is, is known for sure for ``example.org`` and
``example.co.uk``; for others (``mail.example.org``, ``example.asso.fr``) it is a guess, and a guess that no registry
ever knew says nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

WEEK, DAY = dt.timedelta(days=7), dt.timedelta(days=1)
GONE, CHANGED = "gone", "changed"
# Under a country's two letters these words are no name of anybody's: one label more belongs to the name.
SECOND = frozenset("ac co com edu gob gov go gr ltd me mil mod ne net nhs nic nom or org plc police sch".split())


@dataclass(frozen=True)
class Registration:
    """What a registry knows of a domain. since: when its registration began, None where it does not say."""

    is_registered: bool
    since: dt.datetime | None = None

    @property
    def text(self) -> str:
        """The same as one text, to be compared with what was said a week before."""
        if not self.is_registered:
            return GONE
        return self.since.isoformat() if self.since else "registered"


@dataclass(frozen=True)
class Name:
    """A domain to ask about. is_sure: that it is one which somebody can register."""

    text: str
    is_sure: bool

    @property
    def ending(self) -> str:
        """What stands after the last dot: whose registry it is."""
        return self.text.rpartition(".")[2]


@dataclass(frozen=True)
class Look:
    """What is known of a domain. said, said_at: what it is said to be, and since which look; None before the first.

    is_known: whether it was ever seen registered. is_covered: whether the registry knows another name of this ending.
    """

    said: str | None
    said_at: dt.datetime | None
    is_sure: bool
    is_known: bool
    is_covered: bool


def registrable(address: str) -> Name | None:
    """Returns the domain to ask about for a mail address, in its ASCII form, or None for one that has none."""
    try:
        domain = address.rpartition("@")[2].strip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = domain.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdecimal():
        return None
    many = 3 if len(labels[-1]) == 2 and labels[-2] in SECOND else 2
    if len(labels) < many:
        return None
    return Name(".".join(labels[-many:]), len(labels) == many)


def counts(look: Look, found: Registration | None) -> bool:
    """Tells whether an answer says anything: a missing name only where the registry would know it if it were there."""
    if found is None:
        return False
    return found.is_registered or ((look.is_sure or look.is_known) and look.is_covered)


def agrees(look: Look, found: Registration, now: dt.datetime) -> bool:
    """Tells whether two looks at least a week apart say the same, and no look between them another thing."""
    return look.said == found.text and look.said_at is not None and now >= look.said_at + WEEK
