"""Pens: what signs the entries that one unit of work appends. The unit carries its pen; nobody else has one.

An act that somebody must sign is made twice. A *draft* is a unit that is rolled back: its pen notes what would have to
be signed. Then the person signs, and the same verb runs again with a *passkey pen*, which puts the assertion on exactly
those acts and refuses any other. Without a pen nothing is signed, and the record refuses what needed it.

Who must sign, and by which keys, the room of grants says (``answer``): this room knows no holder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from hub.errors import RuleViolation, Verdict
from hub.ledger import signed
from hub.ledger.entries import Entry

CODES = ("signing.", "claims.", "ledger.signature_unfit")  # how codes begin of entries not signed as they must be


class Changed(RuleViolation):
    """What would be recorded is not what was signed: something changed meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "ledger.changed",
            "Something changed while you were signing, so what you signed is not what would be recorded. Nothing was "
            "written. Look again, and sign again.",
        )


@dataclass
class DraftPen:
    """Notes what must be signed. passkeys: public keys (COSE) that the person who acts has.

    registered: how many of them were put into the record first.
    """

    passkeys: Sequence[bytes] = ()
    registered: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def digests(self) -> tuple[bytes, ...]:
        """What the challenge is made from."""
        return tuple(signed.digest_of(entry) for entry in self.entries)


@dataclass
class PasskeyPen:
    """Signs the acts that were drafted, in their order. passkey: the public key (COSE) that the assertion is by."""

    passkeys: Sequence[bytes]
    digests: tuple[bytes, ...]
    passkey: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    registered: int = 0
    used: int = 0

    def sig_for(self, entry: Entry, key: str) -> dict[str, Any]:
        """Returns the ``sig`` of the next entry. Raises Changed for any but the one that was drafted."""
        if self.used >= len(self.digests) or signed.digest_of(entry) != self.digests[self.used]:
            raise Changed
        self.used += 1
        acts = self.digests if len(self.digests) > 1 else ()
        return signed.format_sig(
            signed.Sig(key, self.authenticator_data, self.client_data, self.signature, acts),
        )

    def insist_used(self) -> None:
        """Raises Changed unless everything that was signed is recorded in this unit."""
        if self.used != len(self.digests):
            raise Changed


Pen = DraftPen | PasskeyPen


class Rules(Protocol):
    """What the room of grants answers. record: the room's record of the entry."""

    def prepare(self, tx: Connection, by: int | None, record: Any, pen: Pen) -> None:
        """Puts the keys of who is about to sign into the record, where they are not yet."""

    def signer(self, tx: Connection, by: int | None, record: Any) -> str | None:
        """Returns the holder who must sign, or None."""

    def key_for(self, tx: Connection, holder: str, by: int, record: Any, passkey: bytes) -> str:
        """Returns the name of the holder's key that an assertion by a passkey counts for. Raises RuleViolation."""

    def verdict(self, tx: Connection, entry: Entry, record: Any) -> Verdict:
        """Says whether an entry is signed as it must be, from public state alone."""

    def note(self, tx: Connection, entry: Entry) -> None:
        """Writes down that a signed entry was applied."""


_RULES: list[Rules] = []


def answer(rules: Rules) -> None:
    """Lets the room of grants say who must sign: registered once, when it is loaded."""
    _RULES[:] = [rules]


def rules() -> Rules:
    """Returns what that room registered."""
    return _RULES[0]


def pen_of(tx: Connection) -> Pen | None:
    """Returns the pen of a unit of work."""
    found = tx.get_execution_options().get("folkmoot_pen")
    return found if isinstance(found, (DraftPen, PasskeyPen)) else None


def is_draft(tx: Connection) -> bool:
    """Tells whether a unit of work is a draft, which is never kept."""
    return isinstance(pen_of(tx), DraftPen)


def prepare(tx: Connection, by: int | None, record: Any) -> None:
    """Puts missing keys into the record before their holder signs for the first time."""
    pen = pen_of(tx)
    if pen is not None and by is not None:
        rules().prepare(tx, by, record, pen)


def sign(tx: Connection, entry: Entry, record: Any) -> Entry:
    """Returns the entry signed by the unit's pen, where its holder must sign; in a draft, notes it."""
    pen = pen_of(tx)
    holder = rules().signer(tx, entry.by, record) if pen is not None and entry.by is not None else None
    if pen is None or holder is None or entry.by is None:
        return entry
    if isinstance(pen, DraftPen):
        pen.entries.append(entry)
        return entry
    sig: Mapping[str, Any] = pen.sig_for(entry, rules().key_for(tx, holder, entry.by, record, pen.passkey))
    return replace(entry, sig=sig)


def verdict(tx: Connection, entry: Entry, record: Any) -> Verdict:
    """Says whether an entry is signed as it must be. A draft is not signed yet."""
    if is_draft(tx):
        return Verdict(True)
    return rules().verdict(tx, entry, record)


def note(tx: Connection, entry: Entry) -> None:
    """Writes down, live and on replay alike, that a signed entry was applied: an act counts once."""
    if entry.sig is not None:
        rules().note(tx, entry)
