"""Rows with one number: copies collapse, a newer row wins, contradictions are refused. Pure: rows in, one row out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.matcher.intake.rows import HELD, Staged

# In a list of memberships the strongest word about a person counts (D7); a death or a resignation before a lapse.
STRENGTH = {"current": 0, "ends_now": 1, "not_current": 2, "no_effect": 3, "ends_in_28_days": 4}


@dataclass(frozen=True)
class Settled:
    """What becomes of rows with one number. kept: the row that speaks; every row stands in exactly one list.

    used: rows that count as used, kept among them, unless it is a held one.
    """

    kept: Staged
    used: tuple[Staged, ...] = ()
    collapsed: tuple[Staged, ...] = ()
    superseded: tuple[Staged, ...] = ()
    refused: tuple[Staged, ...] = ()


def settle(rows: Sequence[Staged], *, of_memberships: bool) -> Settled:
    """Settles two or more rows with one number, in the order of the file.

    of_memberships: whether a person may have several rows. Rows contradict one another by postcode, branch, mail and,
    where a person has one row, status; other columns do not matter (D8).
    """
    said = [row for row in rows if row.effect != HELD]
    if not said:
        return Settled(rows[0])
    superseded: list[Staged] = []
    if len({_who(row, of_memberships) for row in said}) > 1:
        newest = max(row.updated for row in said)
        winners = [row for row in said if row.updated == newest]
        is_dated = all(row.updated for row in said)
        if not is_dated or len({_who(row, of_memberships) for row in winners}) > 1:
            return Settled(said[0]._replace(effect=HELD), refused=tuple(said))
        superseded = [row for row in said if row.updated != newest]
        said = winners
    used, collapsed, met = list[Staged](), list[Staged](), set[tuple[object, ...]]()
    for row in said:
        (collapsed if _copy(row, of_memberships) in met else used).append(row)
        met.add(_copy(row, of_memberships))
    strongest = min((row.effect for row in said), key=STRENGTH.__getitem__)
    kept = used[0]._replace(
        effect=strongest, renewal=max(row.renewal for row in said), updated=max(row.updated for row in said)
    )
    return Settled(kept, tuple(used), tuple(collapsed), tuple(superseded))


def _who(row: Staged, of_memberships: bool) -> tuple[object, ...]:
    status = () if of_memberships else (row.effect,)
    return (row.pair_digest, row.contact_digest, row.area, *status)


def _copy(row: Staged, of_memberships: bool) -> tuple[object, ...]:
    one_of_several = (row.effect, row.renewal) if of_memberships else ()
    return (*_who(row, of_memberships), *one_of_several)
