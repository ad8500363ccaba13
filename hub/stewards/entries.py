"""What the record says of naming a steward and withdrawing one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import ActId, GrantId, HolderId


@record("steward.offered")
@dataclass(frozen=True)
class StewardOffered:
    """A member of the council invites somebody to run the machine; whom, only the one-use link knows."""

    act: ActId


@record("steward.accepted")
@dataclass(frozen=True)
class StewardAccepted:
    """The member who holds the link accepts."""

    act: ActId
    holder: HolderId


@record("steward.challenged")
@dataclass(frozen=True)
class StewardChallenged:
    """A member of the council proposes to withdraw a steward whom the council named, and signs it."""

    act: ActId
    grant: GrantId


@record("steward.confirmed")
@dataclass(frozen=True)
class StewardConfirmed:
    """A member of the council signs that a steward is named, or withdrawn."""

    act: ActId


@record("steward.objected", openings=("reason",))
@dataclass(frozen=True)
class StewardObjected:
    """A member of the council objects to that, with a reason."""

    act: ActId
