"""Reads what a chain signed, by itself, for the draws that wait for it: so that normally nobody has to.

The fetch is the worker's, beside everything else and outside of any unit of work. Whoever answers need not be trusted:
what the chain did not sign is nothing. A hub without network waits for a member who reads and types it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import sqlalchemy as sa

from hub import clock
from hub.acts import queries as act_queries
from hub.acts.models import acts as act_rows
from hub.db import Database
from hub.draws import chain, drawing, queries
from hub.draws.models import draws
from hub.errors import Refusal
from hub.fetch import Fetcher, Refused
from hub.lot.chains import rehearsed
from hub.lot.pool import Unreadable
from hub.lot.sources import LARGEST, Source, parse_value

log = logging.getLogger("folkmoot.worker")
# Of several organisations; the next is asked where one is silent, or answers what nobody signed.
RELAYS = ("https://api.drand.sh", "https://api2.drand.sh", "https://api3.drand.sh", "https://drand.cloudflare.com")
OK = 200
Ask = Callable[[Source], str | None]


def read_due(db: Database, fetcher: Fetcher) -> int:
    """Draws from every pool whose source is known by now; returns how many. Without an answer it is tried again."""
    return _draw_all(db, lambda source: ask_relays(source, fetcher))


def rehearse_due(db: Database) -> int:
    """The same in a demo, whose clock leaps: its chain says at any moment what it will say at another."""
    return _draw_all(db, lambda source: rehearsed(source.round)) if chain.is_rehearsal() else 0


def ask_relays(source: Source, fetcher: Fetcher) -> str | None:
    """Returns the signature of a round, from the first relay that has it; None where none does."""
    for relay in RELAYS:
        try:
            answer = fetcher.get(address_of(source, relay), most=LARGEST)
            if answer.status == OK:
                return parse_value(source, answer.body.decode("ascii"))
        except (Refused, Unreadable, UnicodeDecodeError) as problem:
            log.debug("%s did not say %s: %s", relay, source.name, problem)
    return None


def address_of(source: Source, relay: str = RELAYS[0]) -> str:
    """Returns where a round stands, at a relay."""
    return f"{relay}/{source.chain.hash}/public/{source.round}"


def _draw_all(db: Database, ask: Ask) -> int:
    with db.read() as tx:
        here = sa.select(draws.c.act, draws.c.step, draws.c.source).join(act_rows, act_rows.c.id == draws.c.act)
        waiting = here.where(draws.c.made_entry.is_(None), draws.c.known_at <= clock.now())
        rows = list(tx.execute(waiting.where(act_rows.c.outcome.is_(None), act_rows.c.step == draws.c.step)))
    return sum(_draw(db, row.act, row.source, ask) for row in rows)


def _draw(db: Database, act: str, name: str, ask: Ask) -> bool:
    """Draws from one pool; tells whether it was drawn. Where somebody was faster, there is nothing left to do."""
    try:
        said = ask(queries.source_of(name))
        if said is None:
            return False
        with db.write() as tx:
            found = queries.find(tx, act, act_queries.get(tx, act).step)
            return found is not None and found.source == name and drawing.draw_from(tx, act, said)
    except Refusal:
        log.debug("the draw of %s does not wait any more", act)
        return False
