"""Reads: elections, candidacies, ballots and what was published of them; and a member's own line on a roll."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub.acts import queries as act_queries
from hub.ballots import rules, ties
from hub.ballots.models import ballot_files, ballot_roll, ballot_winners, ballots, candidacies, elections, outages
from hub.ballots.outages import Outage
from hub.constitution import queries as constitution
from hub.errors import NotFound
from hub.hiding.concealed import is_hidden
from hub.permits.scope import Scope, stored_scope

_CANDIDACY = "cdy_"
_BALLOT = sa.select(ballots).where(ballots.c.id == sa.bindparam("ballot"))
_OF_STEP = sa.select(ballots).where(ballots.c.act == sa.bindparam("act"), ballots.c.step == sa.bindparam("step"))
_WINNERS = sa.select(ballot_winners.c.holder).where(ballot_winners.c.ballot == sa.bindparam("ballot"))
_ELECTION = sa.select(elections).where(elections.c.act == sa.bindparam("act"))
_STANDING = (
    sa.select(
        candidacies,
        is_hidden(sa.literal(_CANDIDACY).concat(sa.cast(candidacies.c.told_entry, sa.Text))).label("is_hidden"),
    )
    .where(candidacies.c.act == sa.bindparam("act"), candidacies.c.withdrawn_entry.is_(None))
    .order_by(candidacies.c.holder)
)
_LINE = sa.select(ballot_roll).where(
    ballot_roll.c.ballot == sa.bindparam("ballot"), ballot_roll.c.person == sa.bindparam("person")
)


@dataclass(frozen=True)
class Election:
    """A contest with a timetable: one run of the procedure ``elect``. kind: general or by.

    ended_why: why it ended before its vote, None where it did not.
    """

    act: str
    scope: Scope
    role: str
    kind: str
    seats: int
    due: dt.datetime
    entry: int
    ended_why: str | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody who stands. statement, interests: None where the words were withdrawn, and while they are hidden;
    empty where there never were any.

    id: by which their words are hidden.
    """

    holder: str
    statement: str | None
    interests: str | None
    entry: int

    @property
    def id(self) -> str:
        """The candidacy, as hiding names it."""
        return f"{_CANDIDACY}{self.entry}"


@dataclass(frozen=True)
class Ballot:
    """A ballot. papers, closing_root, file, blt: None before the close, and below ten papers for ever."""

    id: str
    act: str
    step: int
    kind: str
    seats: int
    roll: int
    root: str
    closing_root: str | None
    opens: dt.datetime
    closes: dt.datetime
    floor: int
    seed: str
    called_entry: int
    counted_entry: int | None
    outcome: str | None
    papers: int | None
    file: str | None
    blt: str | None
    moves: int = 0
    moved_entry: int | None = None
    chain: str | None = None
    minutes: int | None = None
    tied_entry: int | None = None
    source: str | None = None
    known: dt.datetime | None = None
    box: str | None = None
    said: str | None = None

    @property
    def is_counted(self) -> bool:
        """Tells whether its result stands in the record."""
        return self.counted_entry is not None

    def takes_papers(self, now: dt.datetime) -> bool:
        """Tells whether voting is open."""
        return not self.is_counted and self.opens <= now < self.closes

    @property
    def is_tied(self) -> bool:
        """Tells whether only a lot could decide, so that its count waits, or waited, for a beacon's round."""
        return self.tied_entry is not None

    @property
    def waits_until(self) -> dt.datetime | None:
        """Until when a count that only a lot can decide waits for its round; None where it does not."""
        return None if self.known is None else ties.waits_until(self.known)

    @property
    def seed_of_lot(self) -> str | None:
        """The seed by which its lots fell; None where none was needed, or none can be."""
        return None if self.said is None else ties.seed_of(self.id, self.said)


def find(tx: Connection, ballot: str) -> Ballot | None:
    """Returns a ballot, or None."""
    row = tx.execute(_BALLOT, {"ballot": ballot}).first()
    return None if row is None else _ballot(row)


def get(tx: Connection, ballot: str) -> Ballot:
    """Returns a ballot. Raises NotFound."""
    found = find(tx, ballot)
    if found is None:
        raise NotFound
    return found


def of_step(tx: Connection, act: str, step: int) -> Ballot | None:
    """Returns the ballot of an act's step, or None before it is called."""
    row = tx.execute(_OF_STEP, {"act": act, "step": step}).first()
    return None if row is None else _ballot(row)


def of_act(tx: Connection, act: str) -> list[Ballot]:
    """Returns the ballots of an act, in the order of its steps."""
    return [_ballot(row) for row in tx.execute(sa.select(ballots).where(ballots.c.act == act).order_by(ballots.c.step))]


def newest(tx: Connection, limit: int = 100) -> list[Ballot]:
    """Returns the ballots called last, the newest first."""
    rows = tx.execute(sa.select(ballots).order_by(ballots.c.called_entry.desc()).limit(limit))
    return [_ballot(row) for row in rows]


def receipts_of(tx: Connection, ballot: Ballot) -> str:
    """Returns what receipts of a ballot lead to, by the rules that its act was opened under."""
    return constitution.of_entry(tx, act_queries.get(tx, ballot.act).constitution).choices["receipts"]


def uncounted(tx: Connection) -> list[Ballot]:
    """Returns the ballots whose box nobody has looked into yet, the first one called first."""
    here = sa.select(ballots).where(ballots.c.counted_entry.is_(None), ballots.c.tied_entry.is_(None))
    here = here.order_by(ballots.c.called_entry)
    return [_ballot(row) for row in tx.execute(here)]


def known_by(tx: Connection, now: dt.datetime) -> list[Ballot]:
    """Returns the ballots whose count waits for a round that is known by now, the first one called first."""
    waits = sa.and_(ballots.c.counted_entry.is_(None), ballots.c.known_at <= now)
    return [_ballot(row) for row in tx.execute(sa.select(ballots).where(waits).order_by(ballots.c.called_entry))]


def any_names_a_round(tx: Connection) -> bool:
    """Tells whether any ballot was called by today's rule of ties: then none is called by the older one any more."""
    return tx.scalar(sa.select(ballots.c.id).where(ballots.c.seed != ties.TRACKERS).limit(1)) is not None


def outages_since(tx: Connection, entry: int) -> list[Outage]:
    """Returns the outages noted after an entry, the first one first."""
    told = sa.select(outages).where(outages.c.entry > entry).order_by(outages.c.entry)
    return [Outage(row.begins_at, row.ends_at, row.entry) for row in tx.execute(told)]


def outage_of(tx: Connection, ballot: Ballot) -> Outage | None:
    """Returns the outage that moved a ballot last, or None."""
    if ballot.moved_entry is None:
        return None
    row = tx.execute(sa.select(outages).where(outages.c.entry == ballot.moved_entry)).one()
    return Outage(row.begins_at, row.ends_at, row.entry)


def winners(tx: Connection, ballot: str) -> tuple[str, ...]:
    """Returns the holders whom a ballot elected, by name."""
    return tuple(sorted(tx.scalars(_WINNERS, {"ballot": ballot})))


def election(tx: Connection, act: str) -> Election:
    """Returns the election an act is. Raises NotFound."""
    row = tx.execute(_ELECTION, {"act": act}).first()
    if row is None:
        raise NotFound
    return _election(row)


def find_election(tx: Connection, act: str) -> Election | None:
    """Returns the election an act is, or None."""
    row = tx.execute(_ELECTION, {"act": act}).first()
    return None if row is None else _election(row)


def elections_in(tx: Connection, scope: Scope, role: str) -> list[Election]:
    """Returns every election there was of a role in a scope, the first one first."""
    here = sa.select(elections).where(
        elections.c.scope_kind == scope.kind, elections.c.scope_id == scope.id, elections.c.role == role
    )
    return [_election(row) for row in tx.execute(here.order_by(elections.c.entry))]


def running(tx: Connection, scope: Scope, role: str) -> list[Election]:
    """Returns the elections of a role that run in a scope, the first one first."""
    return [one for one in elections_in(tx, scope, role) if act_queries.get(tx, one.act).is_open]


def candidates(tx: Connection, act: str) -> list[Candidate]:
    """Returns who stands in an election, by name."""
    found = []
    for row in tx.execute(_STANDING, {"act": act}):
        statement, interests = (None, None) if row.is_hidden else (row.statement, row.interests)
        found.append(Candidate(row.holder, statement, interests, row.told_entry))
    return found


def entry_of(candidacy: str) -> int:
    """Returns the entry of a candidacy, by its id; -1 for what is none."""
    number = candidacy.removeprefix(_CANDIDACY)
    is_one = candidacy.startswith(_CANDIDACY) and number.isascii() and number.isdecimal() and len(number) < 16
    return int(number) if is_one else -1


def find_candidacy(tx: Connection, candidacy: str) -> tuple[str, str] | None:
    """Returns the election's act and the holder of a candidacy that stands, or None."""
    standing = sa.select(candidacies.c.act, candidacies.c.holder).where(
        candidacies.c.told_entry == entry_of(candidacy), candidacies.c.withdrawn_entry.is_(None)
    )
    row = tx.execute(standing).first()
    return None if row is None else (row.act, row.holder)


def line_of(tx: Connection, ballot: str, person: str | None) -> Row[Any] | None:
    """Returns a member's own line on a roll: salt, branch, voted; None for who is not on it."""
    return tx.execute(_LINE, {"ballot": ballot, "person": person}).first() if person else None


def lines_of(tx: Connection, person: str) -> list[tuple[Ballot, Row[Any]]]:
    """Returns the ballots on whose roll a member is, the newest first, each with their own line."""
    rows = {row.ballot: row for row in tx.execute(sa.select(ballot_roll).where(ballot_roll.c.person == person))}
    found = sa.select(ballots).where(ballots.c.id.in_(list(rows))).order_by(ballots.c.called_entry.desc())
    return [(_ballot(row), rows[row.id]) for row in tx.execute(found)]


def leaves(tx: Connection, ballot: str, *, closing: bool) -> list[bytes]:
    """Returns what stands for each member of a roll. closing: with who voted; else as it was at the opening."""
    rows = tx.execute(sa.select(ballot_roll).where(ballot_roll.c.ballot == ballot))
    return [rules.leaf_of(row.salt, row.person, closing and bool(row.voted)) for row in rows]


def waiting_file(tx: Connection, sha256: str) -> bytes | None:
    """Returns a file that the record names and the worker has not published yet, or None."""
    return tx.scalar(sa.select(ballot_files.c.bytes).where(ballot_files.c.sha256 == sha256))


def _election(row: Row[Any]) -> Election:
    scope = stored_scope(row.scope_kind, row.scope_id, row.branch_id)
    return Election(row.act, scope, row.role, row.kind, row.seats, row.due_at, row.entry, row.ended_why)


def _ballot(row: Row[Any]) -> Ballot:
    return Ballot(
        row.id, row.act, row.step, row.kind, row.seats, row.roll, row.root, row.closing_root, row.opens_at,
        row.closes_at, row.floor, row.seed, row.called_entry, row.counted_entry, row.outcome, row.papers, row.file,
        row.blt, row.moves or 0, row.moved_entry, row.chain, row.minutes, row.tied_entry, row.source, row.known_at,
        row.box, row.said,
    )  # fmt: skip
