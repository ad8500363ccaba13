"""Bringing what a beacon said to a count that waits for a lot: any member, or the worker where there is a network.

Nobody has to believe whoever brings it: what the chain did not sign is refused, and nothing is written. The outcome was
settled at the close, though nobody knew it: whoever reads, or waits, chooses nothing.
"""

from __future__ import annotations

import logging

from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.ballots import counting, queries
from hub.ballots.queries import Ballot
from hub.db import Database
from hub.draws import beacons, chain
from hub.draws.beacons import Ask
from hub.draws.queries import source_of
from hub.errors import Invalid, NotFound, Refusal, RuleViolation
from hub.fetch import Fetcher
from hub.lot.chains import rehearsed
from hub.lot.pool import Unreadable
from hub.lot.sources import Source, parse_value
from hub.permits import HUB, Actor, R, require_right

log = logging.getLogger("folkmoot.worker")


def bring(tx: Connection, *, ballot: str, text: str, actor: Actor) -> None:
    """Types in what the round said: the count is finished in that minute. By any member, on the roll or not.

    Raises NotFound where no count waits, Forbidden for who is no member, Invalid with a sentence, RuleViolation
    ballots.*.
    """
    ledger.hold(tx)
    found, source = _waiting(tx, ballot)
    require_right(actor, R.SIGN, HUB)
    if found.known is not None and clock.now() < found.known:
        raise RuleViolation("ballots.not_known", f"The round becomes known {clock.format_minute(found.known)}.")
    try:
        said = parse_value(source, text)
    except Unreadable as problem:
        raise Invalid({"source": str(problem)}) from problem
    count_by(tx, ballot, said)


def count_by(tx: Connection, ballot: str, said: str) -> None:
    """Finishes a count that waits, by the signature of its round, and moves its act on.

    Raises NotFound where none waits any more, RuleViolation ballots.* where it is too early or no signature.
    """
    ledger.hold(tx)
    found, _source = _waiting(tx, ballot)
    counting.count(tx, act_queries.get(tx, found.act), found, said)
    acts.run(tx, found.act)


def is_waiting(tx: Connection, ballot: Ballot) -> bool:
    """Tells whether a ballot's count waits for what its round says."""
    state = act_queries.get(tx, ballot.act)
    here = state.is_open and state.step == ballot.step and ballot.is_tied and not ballot.is_counted
    return here and ballot.waits_until is not None and clock.now() < ballot.waits_until


def read_due(db: Database, fetcher: Fetcher) -> int:
    """Finishes every count whose round is known by now; returns how many. Without an answer it is tried again."""
    return _read_all(db, lambda source: beacons.ask_relays(source, fetcher))


def rehearse_due(db: Database) -> int:
    """The same in a demo, whose chain says at any moment what it will say at another."""
    return _read_all(db, lambda source: rehearsed(source.round)) if chain.is_rehearsal() else 0


def _waiting(tx: Connection, ballot: str) -> tuple[Ballot, Source]:
    found = queries.get(tx, ballot)
    if found.source is None or not is_waiting(tx, found):
        raise NotFound
    return found, source_of(found.source)


def _read_all(db: Database, ask: Ask) -> int:
    with db.read() as tx:
        waiting = [one for one in queries.known_by(tx, clock.now()) if is_waiting(tx, one)]
    return sum(_read(db, one, ask) for one in waiting)


def _read(db: Database, ballot: Ballot, ask: Ask) -> bool:
    """Finishes one count; tells whether it did. Where somebody was faster, there is nothing left to do."""
    try:
        said = ask(source_of(ballot.source or ""))
        if said is None:
            return False
        with db.write() as tx:
            count_by(tx, ballot.id, said)
    except Refusal:
        log.debug("the count of %s does not wait any more", ballot.id)
        return False
    return True
