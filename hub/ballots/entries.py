"""What the record says of elections and ballots. Nobody's vote is ever in it, nor who voted."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import (
    ActId,
    BallotId,
    BranchId,
    Count,
    FileName,
    HolderId,
    HolderIds,
    Minute,
    Root,
    ScopeId,
    Sha256,
    Signature,
    SourceName,
    Word,
    Yes,
)


@record("election.opened")
@dataclass(frozen=True)
class ElectionOpened:
    """The clock opens an election. kind: general (all seats) or by (those that fell vacant); due: since when."""

    act: ActId
    scope: ScopeId
    branch: BranchId | None
    role: Word
    kind: Word
    seats: Count
    due: Minute


@record("election.ended")
@dataclass(frozen=True)
class ElectionEnded:
    """An election ends before its vote, because nobody needs it any more. due: since when; why: for what.

    overtaken: an election of all seats was opened after this by-election; empty: nobody belongs to its group any more.
    """

    act: ActId
    step: Count
    due: Minute
    why: Word


@record("candidacy.declared", openings=("statement", "interests"))
@dataclass(frozen=True)
class CandidacyDeclared:
    """A member stands, with a statement or without, and whatever interests they declare."""

    act: ActId
    holder: HolderId


@record("candidacy.withdrawn")
@dataclass(frozen=True)
class CandidacyWithdrawn:
    """A candidate stands no more: before the roll is fixed.

    stood: the entry by which they stood. Without it two withdrawals in one election would be the same bytes, and the
    same act is signed only once. Older entries name none.
    """

    act: ActId
    holder: HolderId
    stood: Count | None = None


@record("ballot.called")
@dataclass(frozen=True)
class BallotCalled:
    """A ballot opens and its roll is fixed. roll: how many are on it; root: over who they are, unvoted all.

    floor: yes votes needed, 0 where none are; where it elects, papers needed, on an heir whose
    members come back (returning.py); seed: by what ties fall that only a lot can decide: beacon, the first
    round of a chain (its hash) that begins so many minutes after the close; none, where there are no such ties; of
    ballots called before a chain was named: trackers.
    """

    ballot: BallotId
    act: ActId
    step: Count
    kind: Word
    seats: Count
    roll: Count
    root: Root
    opens: Minute
    closes: Minute
    floor: Count
    seed: Word
    chain: Sha256 | None = None
    minutes: Count | None = None


@record("ballot.tied")
@dataclass(frozen=True)
class BallotTied:
    """A ballot closed, and only a lot can decide: its count waits for what the beacon says. due: its close.

    source, known: the round that follows from the close, and when that becomes known; box: hash over every code and its
    paper, so that none changes meanwhile. Who is tied, and at which stage, is not told.
    """

    ballot: BallotId
    act: ActId
    step: Count
    due: Minute
    source: SourceName
    known: Minute
    box: Sha256


@record("ballot.counted")
@dataclass(frozen=True)
class BallotCounted:
    """A ballot was counted at its close. winners: in the order of their names; papers: how many voted.

    Below ten papers only outcome and winners stand here. file: papers and count sheet; blt: the same papers for any
    counting program; root: over the roll with who voted; flaw: why nothing could be counted. said, seed: where only a
    lot could decide, the beacon's signature, which every reader of the record checks, and the lots' seed; due is then
    the moment of the reading, or that until which it was waited for in vain.
    """

    ballot: BallotId
    act: ActId
    step: Count
    due: Minute
    outcome: Word
    winners: HolderIds
    papers: Count | None = None
    root: Root | None = None
    file: FileName | None = None
    blt: FileName | None = None
    flaw: Word | None = None
    said: Signature | None = None
    seed: Sha256 | None = None


@record("outage.noted")
@dataclass(frozen=True)
class OutageNoted:
    """Nobody was seen to reach the ballots' pages for a time. moved: how many ballots close later for it, by rule."""

    begins: Minute
    ends: Minute
    moved: Count


@record("ballot.signed")
@dataclass(frozen=True)
class BallotSigned:
    """A scrutineer finds roll and count in order."""

    act: ActId


@record("ballot.objected", openings=("reason",))
@dataclass(frozen=True)
class BallotObjected:
    """A scrutineer objects to roll or count, with a reason."""

    act: ActId


@record("count.objected", openings=("reason",))
@dataclass(frozen=True)
class CountObjected:
    """A member on the roll objects to a count, with a reason. Who it is does not stand here."""

    act: ActId
    ballot: BallotId


@record("count.judged")
@dataclass(frozen=True)
class CountJudged:
    """A scrutineer finds that a member's objection to a count is right, or that it is not. objection: its entry."""

    act: ActId
    objection: Count
    upheld: Yes
