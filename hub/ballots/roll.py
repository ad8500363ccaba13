"""Who may vote: the roll of a ballot, fixed when it opens (GO-22). Private; the record has its size and root.

A roll is whoever was a verified member of the scope at the opening, for as many days as the rules say: of the hub
everybody, of a branch those of its area, of a group those who belong to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock
from hub.acts.models import acts as act_rows
from hub.ballots import queries, rules
from hub.ballots.models import ballot_roll, ballots
from hub.branches.models import branches as branch_rows
from hub.groups import electorate
from hub.people.models import persons, standings
from hub.permits import Scope
from hub.tlog.hashes import format_base64
from hub.tlog.proofs import prove_inclusion

KEPT, AT_ONCE = dt.timedelta(days=365), 5000


def members(tx: Connection, scope: Scope, at: dt.datetime, numbers: Mapping[str, int]) -> list[tuple[str, str | None]]:
    """Returns the persons who may vote in a scope in a ballot that opens at a moment, each with the area they live in.

    numbers: of the rules its act was opened with. The same whenever it is asked: who belonged then, for as many days as
    it takes, without whom a spurt of growth brought in the week before (electorate.roll_in).
    """
    eligible = electorate.roll_in(tx, scope, at, numbers).join(persons, persons.c.id == standings.c.person)
    return sorted({(row.person, row.area) for row in tx.execute(eligible.where(persons.c.made_at <= at))})


def freeze(tx: Connection, ballot: str, found: Sequence[tuple[str, str | None]], *, by_branch: bool) -> str:
    """Writes a ballot's roll; returns its root. by_branch: whether papers are counted by branch, too."""
    places = _branches_of(tx) if by_branch else {}
    rows = [
        {
            "ballot": ballot,
            "person": person,
            "salt": chance.octets(16).hex(),
            "branch": places.get(area, rules.SMALL) if by_branch else None,
            "voted": 0,
        }
        for person, area in found
    ]
    _write(tx, rows)
    return root(tx, ballot, closing=False)


def places(tx: Connection, ballot: str) -> list[str]:
    """Returns every branch with members on a roll, and rules.SMALL where some have none: read by the count alone."""
    here = sa.select(ballot_roll.c.branch).where(ballot_roll.c.ballot == ballot, ballot_roll.c.branch.is_not(None))
    return sorted(tx.scalars(here.distinct()))


def branch_on_paper(tx: Connection, ballot: str, line: sa.Row[Any]) -> str | None:
    """Returns the branch a paper carries: of a member's line, unless they are the only one of it on the roll.

    A paper of the only one would be signed by it. Nor does one carry a branch where branches do not count.
    """
    if not line.branch:
        return None if line.branch is None else rules.SMALL
    others = sa.select(ballot_roll.c.person).where(
        ballot_roll.c.ballot == ballot, ballot_roll.c.branch == line.branch, ballot_roll.c.person != line.person
    )
    return rules.SMALL if tx.scalar(others.limit(1)) is None else str(line.branch)


def root(tx: Connection, ballot: str, *, closing: bool) -> str:
    """Returns the root over a roll. closing: with who voted."""
    return format_base64(rules.tree_of(queries.leaves(tx, ballot, closing=closing)).root())


def prove(tx: Connection, ballot: str, person: str, *, closing: bool) -> tuple[int, list[str]] | None:
    """Returns a member's place in a roll and the path to its root, or None for who is not on it."""
    line = queries.line_of(tx, ballot, person)
    if line is None:
        return None
    leaves = sorted(queries.leaves(tx, ballot, closing=closing))
    place = leaves.index(rules.leaf_of(line.salt, person, closing and bool(line.voted)))
    path = prove_inclusion(place, len(leaves), rules.tree_of(leaves).read)
    return place, [format_base64(step) for step in path]


def mark(tx: Connection, ballot: str, person: str) -> bool:
    """Notes that a member votes; tells whether they had not yet. One conditional change decides a race."""
    unmarked = sa.update(ballot_roll).where(
        ballot_roll.c.ballot == ballot, ballot_roll.c.person == person, ballot_roll.c.voted == 0
    )
    return bool(tx.execute(unmarked.values(voted=1)).rowcount)


def marked(tx: Connection, ballot: str) -> int:
    """Returns how many have voted: read by the count alone."""
    voted = sa.select(sa.func.count()).where(ballot_roll.c.ballot == ballot, ballot_roll.c.voted == 1)
    return tx.scalar(voted) or 0


def unmarked(tx: Connection, ballot: str) -> list[str]:
    """Returns who has not voted yet: read by the clock alone, to remind them."""
    here = sa.select(ballot_roll.c.person).where(ballot_roll.c.ballot == ballot, ballot_roll.c.voted == 0)
    return sorted(tx.scalars(here))


def persons_of(tx: Connection, ballot: str) -> list[str]:
    """Returns who is on a roll: for the clock's letters."""
    return sorted(tx.scalars(sa.select(ballot_roll.c.person).where(ballot_roll.c.ballot == ballot)))


def still_known(tx: Connection, people: Sequence[str]) -> list[str]:
    """Returns who of a roll was not erased since: nobody writes to the others."""
    known = set[str]()
    for place in range(0, len(people), AT_ONCE):
        some = people[place : place + AT_ONCE]
        known |= set(tx.scalars(sa.select(persons.c.id).where(persons.c.id.in_(some))))
    return [person for person in people if person in known]


def marks(tx: Connection, ballot: str) -> dict[str, bool]:
    """Returns a whole roll: person to whether they voted."""
    told = sa.select(ballot_roll.c.person, ballot_roll.c.voted).where(ballot_roll.c.ballot == ballot)
    return {row.person: bool(row.voted) for row in tx.execute(told)}


def forget(tx: Connection) -> int:
    """Deletes the rolls of ballots that closed a year ago and decide nothing any more; returns how many lines."""
    running = sa.select(act_rows.c.id).where(act_rows.c.outcome.is_(None))
    old = sa.select(ballots.c.id).where(ballots.c.closes_at < clock.now() - KEPT, ballots.c.act.not_in(running))
    return tx.execute(sa.delete(ballot_roll).where(ballot_roll.c.ballot.in_(old))).rowcount


def write_anew(tx: Connection, ballot: str) -> None:
    """Writes a closed roll anew in random order, so that nothing is left of when each mark was made."""
    rows: list[dict[str, Any]] = [
        dict(row) for row in tx.execute(sa.select(ballot_roll).where(ballot_roll.c.ballot == ballot)).mappings()
    ]
    tx.execute(sa.delete(ballot_roll).where(ballot_roll.c.ballot == ballot))
    _write(tx, rows)


def _write(tx: Connection, rows: list[dict[str, Any]]) -> None:
    chance.shuffle(rows)
    if rows:
        tx.execute(sa.insert(ballot_roll), rows)


def _branches_of(tx: Connection) -> dict[str | None, str]:
    """Returns the branch of each area that has one: however few its members are, it is a branch."""
    live = sa.select(branch_rows).where(
        branch_rows.c.registered_entry.is_not(None), branch_rows.c.ended_entry.is_(None)
    )
    return {row.area: row.id for row in tx.execute(live)}
