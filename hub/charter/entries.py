"""What the record says of charters."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import CharterNote, Count


@record("charter.adopted")
@dataclass(frozen=True)
class CharterAdopted:
    """From now on this charter is in force. note: its text with its trustees' signatures, word for word."""

    version: Count
    note: CharterNote
