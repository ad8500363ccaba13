"""Replacement: the next reserve of the same stratum in the published order, and nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hub.errors import RuleViolation
from hub.lot.pool import Ticket

# Why a ticket leaves its seat, or a reserve is passed over; published with the ticket.
REASONS = {
    "declined": "declined",
    "silent": "did not answer in time",
    "conflict": "is a party, was appointed by one or serves with one",
    "struck": "was struck by a side",
    "left": "may no longer sit",
}
_SOURCE = "security reference GO-21"


@dataclass(frozen=True)
class Replacement:
    """One seat that changed hands. passed: (ticket, reason) of each reserve before the successor, in the order;
    successor: None where no reserve of the stratum is left, and the seat stays empty.
    """

    out: str
    reason: str
    passed: tuple[tuple[str, str], ...]
    successor: str | None


@dataclass(frozen=True)
class Seats:
    """A panel as it now is. seats: in the order drawn, successors in their places; reserves: those not yet asked;
    keys: the strata keys that have quotas.
    """

    seats: tuple[Ticket, ...]
    reserves: tuple[Ticket, ...]
    keys: frozenset[str]


def replace(seats: Seats, out: str, reason: str, passing: Mapping[str, str]) -> Replacement:
    """Returns who follows a ticket that leaves its seat. Changes nothing; ``apply`` does.

    passing: reserves that cannot sit, with the published reason for each; those behind the successor are not touched.
    The same stratum: the same value for every key that has a quota, so that a replacement breaks none.
    Raises RuleViolation for a ticket without a seat or an unknown reason.
    """
    leaving = next((ticket for ticket in seats.seats if ticket.name == out), None)
    if leaving is None:
        raise RuleViolation("lot.no_seat", f"{out} has no seat on this panel.", _SOURCE)
    unknown = {reason, *passing.values()} - set(REASONS)
    if unknown:
        raise RuleViolation("lot.no_reason", f"The reason is one of: {', '.join(REASONS)}.", _SOURCE)
    passed: list[tuple[str, str]] = []
    for ticket in seats.reserves:
        if stratum_of(ticket, seats.keys) != stratum_of(leaving, seats.keys):
            continue
        if ticket.name not in passing:
            return Replacement(out, reason, tuple(passed), ticket.name)
        passed.append((ticket.name, passing[ticket.name]))
    return Replacement(out, reason, tuple(passed), None)


def apply(seats: Seats, replacement: Replacement) -> Seats:
    """Carries a replacement out. Raises RuleViolation unless it is the one that the order gives."""
    found = replace(seats, replacement.out, replacement.reason, dict(replacement.passed))
    if found != replacement:
        raise RuleViolation(
            "lot.out_of_order",
            f"{replacement.out} is followed by {found.successor or 'nobody'}, and not by "
            f"{replacement.successor or 'nobody'}: the next reserve of the same stratum in the order against whom "
            "no reason is published.",
            _SOURCE,
        )
    gone = {replacement.successor, *(name for name, _ in replacement.passed)}
    heir = tuple(ticket for ticket in seats.reserves if ticket.name == replacement.successor)
    place = [ticket.name for ticket in seats.seats].index(replacement.out)
    return Seats(
        seats.seats[:place] + heir + seats.seats[place + 1 :],
        tuple(ticket for ticket in seats.reserves if ticket.name not in gone),
        seats.keys,
    )


def stratum_of(ticket: Ticket, keys: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Returns a ticket's values for the keys that have quotas."""
    return tuple(stratum for stratum in ticket.strata if stratum[0] in keys)
