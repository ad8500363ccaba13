"""A whole draw, and the file in which it is published.

    accepted, reserves, order   lists of tickets, as the walk gave them
    act                         the act that the draw belongs to
    format                      "folkmoot-draw-2"
    frozen                      when the pool's hash, size, quotas and source were published, to the minute, UTC
    odds                        how often each ticket, in the pool's order, was drawn by 1,000 dummy seeds
    pool, pool_hash             the pool file's list of tickets, and its hash
    quotas                      [{"key", "least", "most", "value"}, ...]
    replaced                    [{"out", "passed": [{"reason", "ticket"}, ...], "reason", "successor"}, ...], in order
    round, seed, size           numbers, and the seed in hexadecimal
    said                        what the source said: the round's signature, in hexadecimal digits
    source                      {"chain", "key", "name"}: the chain's hash and public key, and the round's name

Written by RFC 8785; read however it is spaced. Whoever alters the file gains nothing: hub.lot.check computes it again,
and the pool's hash, size, quotas and source stand in the record since before the source was known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.errors import insist
from hub.lot import replacing, rules
from hub.lot.pool import Pool, Ticket, make_pool, pool_hash
from hub.lot.replacing import Replacement, Seats
from hub.lot.seed import make_seed
from hub.lot.sources import Source, check_value
from hub.lot.walk import Quota, draw_panel, odds_of


@dataclass(frozen=True)
class Draw:
    """A published draw. Tickets of order, accepted and reserves are names; the pool holds them with their strata."""

    act: str
    frozen: dt.datetime
    size: int
    quotas: tuple[Quota, ...]
    pool: Pool
    pool_hash: str
    source: Source
    said: str
    seed: str
    round: int
    order: tuple[str, ...]
    accepted: tuple[str, ...]
    reserves: tuple[str, ...]
    odds: tuple[int, ...]
    replaced: tuple[Replacement, ...] = ()


def make_draw(
    act: str,
    frozen: dt.datetime,
    size: int,
    quotas: Iterable[Quota],
    tickets: Iterable[Ticket],
    source: Source,
    said: str,
    odds: tuple[int, ...] | None = None,
) -> Draw:
    """Draws, and returns everything that is published.

    act: its id; frozen: when pool, size, quotas and source were published; said: its signature; odds:
    where odds_of was computed beforehand.
    Raises RuleViolation where rules.fits or rules.source_fits say no, Unreadable for what the source did not sign.
    """
    pool, quotas = make_pool(tickets), tuple(sorted(quotas))
    insist(rules.source_fits(source, frozen))
    insist(rules.fits(pool, size, quotas))
    check_value(source, said)
    frozen_hash = pool_hash(pool)
    seed = make_seed(act, frozen_hash, said)
    panel = draw_panel(pool, size, quotas, seed)
    order, accepted, reserves = (_names(part) for part in (panel.order, panel.accepted, panel.reserves))
    odds = odds_of(pool, size, quotas) if odds is None else odds
    return Draw(
        act, frozen, size, quotas, pool, frozen_hash, source, said,
        seed, panel.round, order, accepted, reserves, odds,
    )  # fmt: skip


def first_seats(draw: Draw) -> Seats:
    """Returns the panel as the draw gave it, before any replacement. A ticket that is not in the pool is left out."""
    named = {ticket.name: ticket for ticket in draw.pool}
    accepted, reserves = (
        tuple(named[name] for name in part if name in named) for part in (draw.accepted, draw.reserves)
    )
    return Seats(accepted, reserves, frozenset(quota.key for quota in draw.quotas))


def seats_of(draw: Draw) -> Seats:
    """Returns the panel as it now is, after the published replacements. Raises RuleViolation for one out of order."""
    seats = first_seats(draw)
    for replacement in draw.replaced:
        seats = replacing.apply(seats, replacement)
    return seats


def with_replacement(draw: Draw, out: str, reason: str, passing: dict[str, str]) -> Draw:
    """Returns the draw with one more ticket replaced; see replacing.replace for what it takes and refuses."""
    return replace(draw, replaced=(*draw.replaced, replacing.replace(seats_of(draw), out, reason, passing)))


def _names(tickets: Iterable[Ticket]) -> tuple[str, ...]:
    return tuple(ticket.name for ticket in tickets)
