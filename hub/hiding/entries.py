"""What the record says of hiding. The reason is an opening; what was hidden is not repeated."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, Count, Minute, Word


@record("hiding.opened", openings=("reason",))
@dataclass(frozen=True)
class HidingOpened:
    """An officer hides something, with a reason and the number of a rule. kind: group, link and so on."""

    act: ActId
    kind: Word
    target: Word
    rule: Count


@record("content.hidden")
@dataclass(frozen=True)
class ContentHidden:
    """Pages stop showing it; it comes back unless two others confirm."""

    act: ActId
    step: Count
    due: Minute


@record("hiding.confirmed")
@dataclass(frozen=True)
class HidingConfirmed:
    """Another officer finds that the rule was broken."""

    act: ActId


@record("hiding.contested", openings=("reason",))
@dataclass(frozen=True)
class HidingContested:
    """Another officer finds that it was not."""

    act: ActId


@record("content.restored")
@dataclass(frozen=True)
class ContentRestored:
    """An officer shows it again: whoever may hide may always undo it."""

    act: ActId
