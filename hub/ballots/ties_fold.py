"""The only writer of ties that a lot decides, and what says when such a count counts. Checks from public tables alone.

What no outsider can recompute before the papers are published rests on the hub's word: that only a lot can decide.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import warrants as act_warrants
from hub.ballots import queries, ties
from hub.ballots.entries import BallotCalled, BallotCounted, BallotTied
from hub.ballots.models import ballots
from hub.ballots.queries import Ballot
from hub.draws import chain
from hub.draws.queries import source_of
from hub.errors import YES, NotFound, Verdict, no
from hub.ledger import Entry, Said, applies
from hub.lot.pool import Unreadable
from hub.lot.sources import check_value

OTHER_CHANCE = no("ballots.other_chance", "The rules name another source of chance for ties of such a ballot.")
OTHER_SEED = no("ballots.other_seed", "The ballot and what was read give another seed.")


def names_chance(tx: Connection, record: BallotCalled) -> Verdict:
    """Says whether a ballot names what decides its ties. The older way is none any more after the first that does."""
    told = (record.seed, record.chain, record.minutes)
    if told == (ties.TRACKERS, None, None):
        return OTHER_CHANCE if queries.any_names_a_round(tx) else YES
    return YES if told == ties.named(record.kind, chain.in_force()) else OTHER_CHANCE


def may_tie(tx: Connection, entry: Entry, record: BallotTied) -> Verdict:
    """By the clock, once, of a ballot that has closed, with the round that follows from its close and no other."""
    verdict = act_warrants.working("ballot")(tx, entry, record)
    found = queries.of_step(tx, record.act, record.step)
    if not verdict or found is None or found.id != record.ballot or found.is_counted or found.is_tied:
        return act_warrants.NOT_DUE
    if found.minutes is None or entry.at < found.closes or record.due != clock.format_minute(found.closes):
        return act_warrants.NOT_DUE
    source = ties.source_of(chain.in_force(), found.closes, found.minutes)
    owed = (source.name, clock.format_minute(source.known))
    return YES if (record.source, record.known) == owed else OTHER_CHANCE


@applies(BallotTied, warrant=may_tie)
def tie(tx: Connection, entry: Entry, record: BallotTied, said: Said) -> None:
    """Notes the round; the act waits for what it says."""
    known = clock.parse_minute(record.known)
    values = {"tied_entry": entry.index, "source": record.source, "known_at": known, "box": record.box}
    tx.execute(sa.update(ballots).where(ballots.c.id == record.ballot).values(values))
    acts.delay(tx, entry, act=record.act, until=ties.waits_until(known), fact="tied")


def may_count(found: Ballot, entry: Entry, record: BallotCounted) -> Verdict:
    """Says whether a count comes at its time, with the chance that its ballot named, or with none where none is needed.

    Nobody's word counts for what the chain said: its signature stands in the entry, and is checked here.
    """
    due = clock.parse_minute(record.due)
    if found.known is None or found.waits_until is None:
        plain = (record.said, record.seed) == (None, None) and record.flaw != ties.UNREAD
        return YES if plain and entry.at >= found.closes == due else act_warrants.NOT_DUE
    if record.said is None:
        in_vain = record.flaw == ties.UNREAD and record.seed is None
        return YES if in_vain and entry.at >= found.waits_until == due else act_warrants.NOT_DUE
    if entry.at < found.known:
        return no("ballots.not_known", f"The round becomes known {clock.format_minute(found.known)}, not before.")
    if record.flaw == ties.UNREAD or not entry.at == due < found.waits_until:
        return act_warrants.NOT_DUE
    try:
        check_value(source_of(found.source or ""), record.said)
    except (Unreadable, NotFound) as problem:
        return no("ballots.not_signed", str(problem))
    return YES if record.seed == ties.seed_of(found.id, record.said) else OTHER_SEED
