"""What the record says of petitions. Nothing here says who opened or signed one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, BranchId, Count, HolderId, Minute, RuleText, ScopeId, Sha256, Word, Words


@record("recall.opened", openings=("reasons",))
@dataclass(frozen=True)
class RecallOpened:
    """A member starts the recall of somebody's mandates in one role and scope. roll: members of the scope that day.

    subject: whom it is about; a ``holder`` in an entry is always whose act it is.
    """

    act: ActId
    subject: HolderId
    role: Word
    scope: ScopeId
    branch: BranchId | None
    roll: Count
    needed: Count


@record("recall.answered", openings=("reply",))
@dataclass(frozen=True)
class RecallAnswered:
    """The person concerned answers; the answer stands on the ballot paper."""

    act: ActId


@record("hold.opened", openings=("reasons",))
@dataclass(frozen=True)
class HoldOpened:
    """A member asks that a decided change be put to a ballot while its notice runs."""

    act: ActId
    target: ActId
    roll: Count
    needed: Count


@record("ballot.demanded", openings=("reasons",))
@dataclass(frozen=True)
class BallotDemanded:
    """An organiser alone puts a change that waits to a ballot of the members. act: the hold that this opens."""

    act: ActId
    target: ActId
    roll: Count


@record("act.released")
@dataclass(frozen=True)
class ActReleased:
    """The ballot on a held act said that it goes on."""

    act: ActId
    step: Count
    due: Minute
    target: ActId


@record("amendment.proposed", openings=("reasons",))
@dataclass(frozen=True)
class AmendmentProposed:
    """A member proposes other rules, in full. changes: the entry of the rules that it would change.

    entrenched: which entrenched keys of these it touches, by name; None where none. So its ballot takes more, whatever
    a later release entrenches.
    """

    act: ActId
    changes: Count
    text: RuleText
    sha256: Sha256
    roll: Count
    needed: Count
    entrenched: Words | None = None


@record("amendment.overtaken")
@dataclass(frozen=True)
class AmendmentOvertaken:
    """Other rules have come into force than those that an amendment would change: it ends. due: since when it must."""

    act: ActId
    step: Count
    due: Minute


@record("petition.reached")
@dataclass(frozen=True)
class PetitionReached:
    """A petition has the signatures it takes."""

    act: ActId
    step: Count
    needed: Count
