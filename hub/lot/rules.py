"""What must hold before anybody is drawn: quotas that can be met, a source that nobody can know yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hub.errors import YES, Verdict, no
from hub.lot.pool import Pool, counts, pool_hash
from hub.lot.seed import dummy_seed
from hub.lot.sources import Source
from hub.lot.walk import Quota, order_of, walk

AHEAD = dt.timedelta(hours=24)
TRIALS, ENOUGH = 100, 5
_DRAW, _SOURCES = "governance reference 3.2", "security reference GO-20"


def fits(pool: Pool, size: int, quotas: Sequence[Quota]) -> Verdict:
    """Tells, before any source is known, whether a panel within the quotas can be drawn from the pool.

    First what arithmetic says of each key by itself. Quotas on several keys can still exclude each other, so 100 dummy
    seeds walk one round each, and five of them have to succeed: then all 1,000 rounds of the draw fail less often than
    once in 10**20 draws.
    """
    return next((verdict for verdict in _obstacles(pool, size, quotas) if not verdict), YES)


def source_fits(source: Source, frozen: dt.datetime) -> Verdict:
    """Tells whether a source may decide a draw whose pool is frozen then: nobody knows it for a day."""
    if source.begins - frozen < AHEAD:
        return no(
            "lot.source_too_soon", f"{source.name} becomes known less than 24 hours after the pool is frozen.", _SOURCES
        )
    return YES


def _obstacles(pool: Pool, size: int, quotas: Sequence[Quota]) -> Iterator[Verdict]:
    """Yields every reason against the quotas, the plain ones first; the trial comes only if there was none."""
    there = counts(pool)
    if not 1 <= size <= len(pool):
        yield _not("lot.size", f"There are {len(pool)} tickets, so 1 to {len(pool)} seats can be filled, not {size}.")
    names = [(quota.key, quota.value) for quota in quotas]
    if len(set(names)) < len(names):
        yield _not("lot.quota_twice", "A stratum has two quotas.")
    for quota in quotas:
        yield _quota_fits(quota, there.get((quota.key, quota.value), 0))
    for key, group in groupby(sorted(quotas), key=lambda quota: quota.key):
        yield from _key_fits(key, list(group), there, size)
    yield _trial(pool, size, quotas)


def _quota_fits(quota: Quota, there: int) -> Verdict:
    stratum = f"{quota.key} {quota.value}"
    if not 0 <= quota.least <= quota.most:
        return _not("lot.quota", f"{stratum}: the least, {quota.least}, must be from 0 to the most, {quota.most}.")
    if not there:
        return _not("lot.no_such_stratum", f"{stratum}: no ticket in the pool has this stratum.")
    if there < quota.least:
        return _not("lot.stratum_too_small", f"{stratum}: {quota.least} are wanted, {there} are in the pool.")
    return YES


def _key_fits(key: str, quotas: list[Quota], there: dict[tuple[str, str], int], size: int) -> Iterable[Verdict]:
    most = {(quota.key, quota.value): quota.most for quota in quotas}
    least = sum(quota.least for quota in quotas)
    room = sum(min(count, most.get(stratum, count)) for stratum, count in there.items() if stratum[0] == key)
    if least > size:
        yield _not("lot.minima_too_many", f"{key}: the minima come to {least}, and there are {size} seats.")
    if room < size:
        yield _not("lot.maxima_too_few", f"{key}: the maxima and the pool fill {room} of {size} seats.")


def _trial(pool: Pool, size: int, quotas: Sequence[Quota]) -> Verdict:
    frozen = pool_hash(pool)
    filled = 0
    for number in range(TRIALS):
        filled += walk(order_of(pool, dummy_seed(frozen, number), 0), size, quotas) is not None
        if filled == ENOUGH:
            return YES
    return _not(
        "lot.quotas_exclude_each_other",
        f"The quotas together leave too few panels: of {TRIALS} trial draws {filled} filled the seats, and {ENOUGH} "
        "have to. Widen a quota, or quota fewer keys.",
    )


def _not(code: str, sentence: str) -> Verdict:
    return no(code, sentence, _DRAW)
