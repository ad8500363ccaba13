"""What the record says of draws. Tickets and offices, never who is in a pool."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.ledger import record
from hub.ledger.kinds import (
    ActId,
    BranchId,
    Count,
    FileName,
    GrantId,
    HolderId,
    Minute,
    Quotas,
    ScopeId,
    Sha256,
    Signature,
    SourceName,
    Strata,
    Tallies,
    TicketId,
    TicketIds,
    Word,
    Words,
    Yes,
)


@record("draw.opened")
@dataclass(frozen=True)
class DrawOpened:
    """The clock opens the draw of a council, or of who stands by to take care of a branch or group."""

    act: ActId
    procedure: Word
    scope: ScopeId
    branch: BranchId | None


@record("draw.prepared")
@dataclass(frozen=True)
class DrawPrepared:
    """A pool is frozen. pool: its file, whose name is the pool's hash; chain, source: a chain's hash, and its round;
    known: when that becomes known.
    """

    act: ActId
    step: Count
    tickets: Count
    size: Count
    pool: FileName
    quotas: Quotas
    chain: Sha256
    source: SourceName
    known: Minute
    # Until when members may object to the pool; none where the draw has no time for it.
    objections: Minute | None = None
    # How many in the pool said what of themselves, in tens: of what the rules ask for in this draw, and never of whom.
    said: Tallies = field(default_factory=list)


@record("draw.objected", openings=("reason",))
@dataclass(frozen=True)
class DrawObjected:
    """A member says that a pool is wrong. pool: the entry that prepared it."""

    act: ActId
    step: Count
    pool: Count


@record("draw.judged")
@dataclass(frozen=True)
class DrawJudged:
    """Somebody whom it does not concern finds that an objection is right, or not. holder: none where a member did."""

    act: ActId
    step: Count
    objection: Count
    holder: HolderId | None
    upheld: Yes


@record("draw.voided")
@dataclass(frozen=True)
class DrawVoided:
    """Two found that an objection is right, before its source was known: another pool is prepared. due: since when."""

    act: ActId
    step: Count
    objection: Count
    due: Minute


@record("draw.made")
@dataclass(frozen=True)
class DrawMade:
    """The chain signed its round: so many seats, and reserves in order. strata: of the seats, then of the reserves.

    said: the signature, which every reader of the record checks; file: the whole draw, as hub lot check reads it.
    """

    act: ActId
    step: Count
    said: Signature
    seed: Sha256
    round: Count
    file: FileName
    seats: TicketIds
    reserves: TicketIds
    strata: Strata


@record("draw.accepted")
@dataclass(frozen=True)
class DrawAccepted:
    """Who was drawn accepts. grant, until: of the office; none where they stand by to take care."""

    act: ActId
    step: Count
    ticket: TicketId
    holder: HolderId
    grant: GrantId | None
    until: Minute | None


@record("draw.replaced")
@dataclass(frozen=True)
class DrawReplaced:
    """A ticket leaves its seat, and the next of its stratum follows. passed, reasons: reserves that cannot sit."""

    act: ActId
    step: Count
    out: TicketId
    reason: Word
    passed: TicketIds
    reasons: Words
    successor: TicketId | None
    file: FileName


@record("caretaker.begun")
@dataclass(frozen=True)
class CaretakerBegun:
    """The first who stands by takes care, from the moment on in which nobody held a mandate any more."""

    act: ActId
    step: Count
    ticket: TicketId
    holder: HolderId
    grant: GrantId
    scope: ScopeId
    branch: BranchId | None
    due: Minute
    until: Minute
