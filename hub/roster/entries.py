"""What the record says of the matcher's work: counts, never a person. They rest on the matcher's word alone."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import Count, Day, ImportId, Sha256, Word


@record("matcher.counted")
@dataclass(frozen=True)
class MatcherCounted:
    """How many handshakes were compared on a day, and how many codes were sent, rounded down to ten."""

    day: Day
    evaluations: Count
    sent: Count


@record("roster.imported")
@dataclass(frozen=True)
class RosterImported:
    """A roster file was applied. file: its SHA-256; approved: a second operator passed a stop; counts of rows."""

    batch: ImportId
    file: Sha256
    mode: Word
    approved: Count
    current_before: Count
    current_after: Count
    joined: Count
    left: Count
    no_effect: Count


@record("operators.counted")
@dataclass(frozen=True)
class OperatorsCounted:
    """How many people hold a key to pass a stop of an import, whenever one was named or taken off."""

    day: Day
    count: Count


@record("roster.undone")
@dataclass(frozen=True)
class RosterUndone:
    """An import was taken back."""

    batch: ImportId
    current_after: Count
