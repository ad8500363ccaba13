"""What the record says of cases. No party, no rule and no word: hashes of what was laid before whom, and when."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, Count, GrantIds, Minute, Sha256, Sha256s, TicketId, Word, Yes


@record("case.filed")
@dataclass(frozen=True)
class CaseFiled:
    """A member complains of another. file: the hash of the complaint with its salt."""

    act: ActId
    file: Sha256


@record("case.screened")
@dataclass(frozen=True)
class CaseScreened:
    """One of the duty panel says whether a complaint becomes a case. reasons: their hash."""

    act: ActId
    admits: Yes
    reasons: Sha256


@record("case.charged")
@dataclass(frozen=True)
class CaseCharged:
    """The charge is served, with every item that is held against somebody. charge, items: hashes, as disclosed."""

    act: ActId
    step: Count
    charge: Sha256
    items: Sha256s


@record("case.prolonged")
@dataclass(frozen=True)
class CaseProlonged:
    """Whoever is accused takes seven days more to answer, once."""

    act: ActId
    step: Count


@record("case.answered")
@dataclass(frozen=True)
class CaseAnswered:
    """Whoever is accused answers. items: what they lay before the panel and the other side."""

    act: ActId
    step: Count
    answer: Sha256
    items: Sha256s


@record("panel.struck")
@dataclass(frozen=True)
class PanelStruck:
    """A side strikes one who was drawn. side: complainant or respondent."""

    act: ActId
    step: Count
    side: Word
    ticket: TicketId


@record("case.decided")
@dataclass(frozen=True)
class CaseDecided:
    """One of the panel signs a decision. decision: its hash; cites: what it rests on, each disclosed before.

    ends: the hash of the offices that it ends, with a salt; None where it ends none. rehears: True where it decides
    nothing yet, and others hear the case again; only in an appeal. A later signature takes the place of the same
    person's earlier one.
    """

    act: ActId
    step: Count
    decision: Sha256
    ends: Sha256 | None
    cites: Sha256s
    rehears: Yes | None = None


@record("case.appealed")
@dataclass(frozen=True)
class CaseAppealed:
    """A side has a decision judged by others. act: of the appeal; file: the hash of its ground and words."""

    act: ActId
    case: ActId
    side: Word
    file: Sha256
    items: Sha256s


@record("case.reviewed")
@dataclass(frozen=True)
class CaseReviewed:
    """An appeal is decided: the decision of its panel is that of the case."""

    act: ActId
    step: Count
    due: Minute
    case: ActId
    decision: Sha256


@record("case.concluded")
@dataclass(frozen=True)
class CaseConcluded:
    """A case is over, and ends these offices. salt: by which anybody sees that they are those that were signed; None
    where it ends none.
    """

    act: ActId
    step: Count
    due: Minute
    grants: GrantIds
    salt: Sha256 | None


@record("delay.asked")
@dataclass(frozen=True)
class DelayAsked:
    """One of a panel of a case asks that the sides read its looks at them later, and signs it.

    order: the hash of its reasons, by which it is called; until: at most 30 days later, for every look under it.
    """

    order: Sha256
    case: ActId
    until: Minute


@record("delay.signed")
@dataclass(frozen=True)
class DelaySigned:
    """Another of the same panel signs it: from now on it holds."""

    order: Sha256


@record("interim.asked")
@dataclass(frozen=True)
class InterimAsked:
    """One of a case's duty panel asks for a measure meanwhile, and signs it. file: the hash of its reasons.

    rests: the hash of the offices that would rest, with a salt; all: whether it takes all of the panel, because an
    election is near; renews: the measure that it renews, once.
    """

    act: ActId
    case: ActId
    file: Sha256
    rests: Sha256 | None
    all: Yes
    renews: ActId | None


@record("interim.signed")
@dataclass(frozen=True)
class InterimSigned:
    """Another of the duty panel signs it."""

    act: ActId
    step: Count


@record("interim.begun")
@dataclass(frozen=True)
class InterimBegun:
    """A measure holds until a moment, whatever happens, and no longer than its case. grants, salt: what rests."""

    act: ActId
    step: Count
    due: Minute
    until: Minute
    grants: GrantIds
    salt: Sha256 | None
