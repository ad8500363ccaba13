"""A whole draw, and the file in which it is published.

    accepted, reserves, order   lists of tickets, as the walk gave them
    act                         the act that the draw belongs to
    format                      "folkmoot-draw-1"
    frozen                      when the pool's hash, size, quotas and sources were published, to the minute, UTC
    odds                        how often each ticket, in the pool's order, was drawn by 1,000 dummy seeds
    pool, pool_hash             the pool file's list of tickets, and its hash
    quotas                      [{"key", "least", "most", "value"}, ...]
    replaced                    [{"out", "passed": [{"reason", "ticket"}, ...], "reason", "successor"}, ...], in order
    round, seed, size           numbers, and the seed in hexadecimal
    sources                     [{"known", "name"}, ...]; a lottery with "count" and "highest"
    values                      what each source said: hexadecimal digits, or a list of numbers

Written by RFC 8785; read however it is spaced. Whoever alters the file gains nothing: hub.lot.check computes it again,
and the pool's hash, size, quotas and sources stand in the record since before the sources were known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.errors import insist
from hub.lot import replacing, rules
from hub.lot.pool import Pool, Ticket, make_pool, pool_hash
from hub.lot.replacing import Replacement, Seats
from hub.lot.seed import make_seed
from hub.lot.sources import Source, Value, check_value
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
    sources: tuple[Source, ...]
    values: tuple[Value, ...]
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
    sources: Sequence[Source],
    values: Sequence[Value],
) -> Draw:
    """Draws, and returns everything that is published.

    act: its id; frozen: when pool, size, quotas and sources were published; values: in the order of the sources.
    Raises RuleViolation where rules.fits or rules.sources_fit say no, Unreadable for a value no source can say.
    """
    pool, quotas = make_pool(tickets), tuple(sorted(quotas))
    insist(rules.sources_fit(sources, frozen))
    insist(rules.fits(pool, size, quotas))
    said = tuple(check_value(source, value) for source, value in zip(sources, values, strict=True))
    frozen_hash = pool_hash(pool)
    seed = make_seed(act, frozen_hash, said)
    panel = draw_panel(pool, size, quotas, seed)
    order, accepted, reserves = (_names(part) for part in (panel.order, panel.accepted, panel.reserves))
    odds = odds_of(pool, size, quotas)
    return Draw(
        act, frozen, size, quotas, pool, frozen_hash, tuple(sources), said,
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
