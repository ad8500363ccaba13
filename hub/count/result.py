"""What a count found: stages, seats and ties. All amounts in units of 0.00001 of a vote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.count.contest import is_ron
from hub.count.ties import Tie

FIRST = "first"  # the first stage; the others transfer a SURPLUS or carry out an EXCLUSION
QUOTA = "quota"
LAST = "last"  # filled the last seats without a quota, by rule 52


@dataclass(frozen=True)
class Seat:
    """A seat that was filled, or won by re-open nominations. by: QUOTA or LAST."""

    name: str
    stage: int
    by: str


@dataclass(frozen=True)
class Stage:
    """One stage as it ended. Amounts in units.

    action: FIRST, SURPLUS or EXCLUSION, of whom; value: of a paper of full value after a surplus, else UNIT.
    votes: each name to its votes; gained: what each received here. non_transferable and lost (to rounding): so far.
    elected: at its end, most votes first, equals by reference. tie: why it was this candidate's turn.
    """

    number: int
    action: str
    name: str | None
    value: int
    votes: Mapping[str, int]
    gained: Mapping[str, int]
    non_transferable: int
    lost: int
    elected: tuple[str, ...]
    tie: Tie | None


@dataclass(frozen=True)
class Count:
    """A result. total: valid papers; quota: in whole votes; seats: in order of election, RON's own among them."""

    total: int
    quota: int
    stages: tuple[Stage, ...]
    seats: tuple[Seat, ...]
    vacant: int

    @property
    def elected(self) -> tuple[str, ...]:
        """References of the persons elected, in order."""
        return tuple(seat.name for seat in self.seats if not is_ron(seat.name))

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie, in order."""
        return tuple(stage.tie for stage in self.stages if stage.tie)
