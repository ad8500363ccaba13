"""What the record says of official statements. Titles, texts and reasons are openings."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, Count, GroupId, Minute, StatementId, Word


@record("statement.drafted", openings=("title", "text"))
@dataclass(frozen=True)
class StatementDrafted:
    """One of the press drafts a statement, and signs it. kind: statement or reminder; group: of a reminder, or None."""

    act: ActId
    statement: StatementId
    kind: Word
    group: GroupId | None


@record("correction.proposed", openings=("title", "text", "reason"))
@dataclass(frozen=True)
class CorrectionProposed:
    """One of the press proposes other words for a published statement, with a reason, and signs it."""

    act: ActId
    statement: StatementId


@record("retraction.proposed", openings=("reason",))
@dataclass(frozen=True)
class RetractionProposed:
    """One of the press proposes to take a published statement back, with a reason, and signs it."""

    act: ActId
    statement: StatementId


@record("statement.confirmed")
@dataclass(frozen=True)
class StatementConfirmed:
    """A second of the press signs: it is said, said otherwise, or taken back."""

    act: ActId


@record("statement.objected", openings=("reason",))
@dataclass(frozen=True)
class StatementObjected:
    """One of the press objects to that, with a reason."""

    act: ActId


@record("statement.published")
@dataclass(frozen=True)
class StatementPublished:
    """What two of the press signed takes effect: the act says whether it is said, said otherwise or taken back."""

    act: ActId
    step: Count
    due: Minute
