"""The walk: tickets in an order that only the seed decides, taken one by one while the quotas allow.

    place of a ticket    SHA-256( SEED "|" ROUND "|" TICKET ), ASCII; the smallest first

A ticket is taken unless a maximum would be broken or the minima still owed would no longer fit into the seats left. If
the seats are not all filled in the end, the next round begins with an order of its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.errors import RuleViolation
from hub.lot.pool import Pool, Ticket, pool_hash
from hub.lot.seed import dummy_seed

ROUNDS = 1_000
DUMMIES = 1_000


@dataclass(frozen=True, order=True)
class Quota:
    """How many seats a stratum gets. least, most: seats, 0 <= least <= most."""

    key: str
    value: str
    least: int
    most: int


@dataclass(frozen=True)
class Panel:
    """Who was drawn. round: from 0; order: every ticket; accepted and reserves: its two parts, each in that order."""

    round: int
    order: tuple[Ticket, ...]
    accepted: tuple[Ticket, ...]
    reserves: tuple[Ticket, ...]


def order_of(pool: Pool, seed: str, round_: int) -> tuple[Ticket, ...]:
    """Returns the pool in the order of one round. Equal hashes, should they ever be, stand as in the pool: by name."""
    start = hashlib.sha256(f"{seed}|{round_}|".encode("ascii"))

    def place(ticket: Ticket) -> bytes:
        found = start.copy()
        found.update(ticket.name.encode("ascii"))
        return found.digest()

    return tuple(sorted(pool, key=place))


def walk(order: Iterable[Ticket], size: int, quotas: Sequence[Quota]) -> tuple[Ticket, ...] | None:
    """Walks along an order once. Result: so many tickets as there are seats, or None if they cannot all be filled."""
    room = {(quota.key, quota.value): quota.most for quota in quotas}
    owed = {(quota.key, quota.value): quota.least for quota in quotas if quota.least}
    short = Counter({key: 0 for key, _ in room})
    for (key, _), least in owed.items():
        short[key] += least
    taken: list[Ticket] = []
    for ticket in order:
        left = size - len(taken) - 1
        if left < 0:
            break
        strata = [stratum for stratum in ticket.strata if stratum[0] in short]
        if any(room.get(stratum, 1) < 1 for stratum in strata):
            continue
        if any(short[stratum[0]] - (owed.get(stratum, 0) > 0) > left for stratum in strata):
            continue
        taken.append(ticket)
        for stratum in strata:
            if stratum in room:
                room[stratum] -= 1
            if owed.get(stratum, 0) > 0:
                owed[stratum] -= 1
                short[stratum[0]] -= 1
    return tuple(taken) if len(taken) == size and not any(short.values()) else None


def draw_panel(pool: Pool, size: int, quotas: Sequence[Quota], seed: str) -> Panel:
    """Draws. size: seats.

    Raises RuleViolation lot.rounds_used_up where no round fills them; rules.fits says so beforehand.
    """
    for round_ in range(ROUNDS):
        order = order_of(pool, seed, round_)
        accepted = walk(order, size, quotas)
        if accepted is not None:
            seated = {ticket.name for ticket in accepted}
            return Panel(round_, order, accepted, tuple(ticket for ticket in order if ticket.name not in seated))
    raise RuleViolation(
        "lot.rounds_used_up",
        f"No panel within the quotas was found in {ROUNDS} rounds. Nobody is drawn; ask for wider quotas.",
        "governance reference 3.2",
    )


def odds_of(pool: Pool, size: int, quotas: Sequence[Quota]) -> tuple[int, ...]:
    """Returns how often each ticket, in the pool's order, is drawn by 1,000 dummy seeds."""
    frozen = pool_hash(pool)
    times: Counter[str] = Counter()
    for number in range(DUMMIES):
        accepted = draw_panel(pool, size, quotas, dummy_seed(frozen, number)).accepted
        times.update(ticket.name for ticket in accepted)
    return tuple(times[ticket.name] for ticket in pool)
