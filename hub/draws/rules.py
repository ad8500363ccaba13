"""Draws decided from values: who may be drawn for what, quotas, when an objection counts, how long seats last. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.lot.pool import Ticket, make_ticket
from hub.lot.walk import Quota
from hub.permits.permissions import P

ANSWER = dt.timedelta(hours=48)  # to accept or decline. Source: reference for governance, 3.2
AHEAD = dt.timedelta(hours=25)  # from the freeze to the source: 24 at least (GO-20), and whatever rounding takes
TO_READ = dt.timedelta(hours=48)  # left before the deadline once the source is known, for who has to type it
TWO = 2  # people agree that a pool is wrong
FEW = 5  # a branch with fewer tickets is not named in a pool
RESERVES = 300  # as many as fit into an entry
ALONE = "none-or-small"


@dataclass(frozen=True)
class Office:
    """What a draw's word stands for. volunteers: only who offered themselves; else all but who wishes not to be drawn.

    everywhere: from the whole hub, each branch by its share of the pool; else from the members of the act's scope.
    """

    role: str
    term: str
    power: P
    volunteers: bool
    everywhere: bool


OFFICES = {
    "scrutineers": Office("scrutineer", "panel", P.BALLOTS_SCRUTINISE, volunteers=False, everywhere=False),
    "panel": Office("panellist", "panel", P.EMERGENCIES_CONFIRM, volunteers=True, everywhere=True),
    "council": Office("council", "drawn_council", P.BRANCHES_CONFIRM, volunteers=True, everywhere=True),
    "duty": Office("duty", "panel", P.SCREEN_CASES, volunteers=True, everywhere=False),
    "jurors": Office("juror", "panel", P.DECIDE_CASES, volunteers=True, everywhere=False),
    "caretakers": Office("caretaker", "caretaker", P.MEMBERSHIPS_ACCEPT, volunteers=False, everywhere=False),
}
# Drawn from the whole hub without strata: which branch is missing from a pool would say where a case is from. And never
# fewer than there are seats.
CASES = ("duty", "jurors")
PROCEDURES = {"draw_council": "council", "draw_caretaker": "caretakers"}


def objecting(days: int, left: dt.timedelta | None) -> dt.timedelta:
    """Returns how long a pool is open to objections: so many days, or less where the draw would come too late.

    days: of the rules; left: from the freeze to the deadline, or None where the deadline is moved on. Behind the
    objections come a day to judge them in, which is AHEAD, and the days in which the source is read.
    """
    whole = dt.timedelta(days=days)
    return whole if left is None else max(dt.timedelta(0), min(whole, left - AHEAD - TO_READ))


def settled(judgements: Iterable[bool]) -> bool | None:
    """Returns what two people found of an objection, as soon as more found it than the contrary; None while they wait.

    judgements: in the order of the record, True for whoever upholds it.
    """
    seen: Counter[bool] = Counter()
    for upheld in judgements:
        seen[upheld] += 1
        if seen[upheld] >= TWO and seen[upheld] > seen[not upheld]:
            return upheld
    return None


def strata_of(branches: Iterable[str | None]) -> list[str]:
    """Returns the stratum of each ticket, from the branches of their persons; small branches are not told apart."""
    listed = list(branches)
    many = Counter(listed)
    return [f"branch={slug if slug is not None and many[slug] >= FEW else ALONE}" for slug in listed]


def quotas_of(strata: Iterable[str], size: int) -> list[str]:
    """Returns the quotas of a pool, as the record has them: each stratum's share of the seats, rounded down and up."""
    many = Counter(stratum for stratum in strata if stratum)
    whole = sum(many.values())
    shares = [(name, count, divmod(size * count, whole)) for name, count in sorted(many.items())]
    return [f"{name} {count} {least} {least + bool(rest)}" for name, count, (least, rest) in shares]


def parse_quotas(lines: Iterable[str]) -> tuple[Quota, ...]:
    """Reads quotas from the record."""
    found = []
    for line in lines:
        stratum, _count, least, most = line.split(" ")
        key, _is, value = stratum.partition("=")
        found.append(Quota(key, value, int(least), int(most)))
    return tuple(found)


def counts_in(lines: Iterable[str]) -> dict[str, int]:
    """Reads from quotas how many tickets each stratum has."""
    return {line.split(" ")[0]: int(line.split(" ")[1]) for line in lines}


def ticket_of(name: str, stratum: str) -> Ticket:
    """Returns a ticket as hub.lot has it. stratum: "key=value", or nothing."""
    key, _is, value = stratum.partition("=")
    return make_ticket(name, {key: value} if stratum else {})


def days_of(by: str, seat: int, size: int, full: int, terms: Mapping[str, int]) -> int:
    """Returns for how many days a seat is held. seat: from 0; full: seats of the whole body.

    Where more than half of a council is drawn at once, what is beyond half serves half as long: so that half of it is
    drawn anew each time. Source: reference for governance, 1.4.
    """
    days = terms[OFFICES[by].term]
    half = full // 2
    return days // 2 if by == "council" and size > half and seat >= half else days


def vacant_since(ends: Iterable[tuple[dt.datetime, dt.datetime]], now: dt.datetime) -> dt.datetime | None:
    """Returns since when nobody holds any of the grants that keep a scope cared for, or None while somebody does.

    ends: from and to of each mandate of an organiser and each caretaker there was.
    """
    known = [(start, end) for start, end in ends if start <= now]
    if not known or any(end > now for _start, end in known):
        return None
    return max(end for _start, end in known)
