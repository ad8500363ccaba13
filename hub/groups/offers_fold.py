"""What says of an invitation to an office that is taken back: by whoever sent it, before anybody accepted."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.errors import YES, Verdict, no
from hub.groups import lending_fold, offices_fold
from hub.groups.entries import OfferWithdrawn
from hub.ledger import Entry, Said, applies
from hub.permits import warrants

OFFERED = (*offices_fold.SOURCES, lending_fold.PROCEDURE)


def may_withdraw(tx: Connection, entry: Entry, record: OfferWithdrawn) -> Verdict:
    """By whoever sent the invitation, by a live office of theirs there; while nobody has accepted it."""
    state, by = act_queries.find(tx, record.act), warrants.warranting_grant(tx, entry)
    if state is None:
        return act_warrants.NO_ACT
    if by is None or (by.scope.kind, by.scope.id) != (state.scope.kind, state.scope.id):
        return warrants.NO_WARRANT
    return may_be_withdrawn(tx, state, by.holder)


def may_be_withdrawn(tx: Connection, state: ActState, holder: str) -> Verdict:
    """Says whether a holder may take an invitation back: pages and the fold ask the same."""
    waits = state.is_open and state.current.do == "submit" and not state.hands_now("submit")
    if state.procedure not in OFFERED or not waits:
        return no("groups.offer_over", "This invitation was accepted, or is over. There is nothing to take back.")
    if offices_fold.inviter(tx, state) != holder:
        return no("groups.not_your_offer", "Only whoever sent this invitation takes it back.")
    return YES


@applies(OfferWithdrawn, warrant=may_withdraw)
def withdraw(tx: Connection, entry: Entry, record: OfferWithdrawn, said: Said) -> None:
    """States that nobody needs it any more: the act lapses at once."""
    acts.state_fact(tx, entry, act=record.act, fact="stopped")
