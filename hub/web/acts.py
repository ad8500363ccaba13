"""How pages tell of an act: what it waits for, until when, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries, rules, warrants
from hub.acts.proposals import Change, proposed
from hub.acts.state import ActState
from hub.errors import Verdict
from hub.groups.queries import Link
from hub.ledger import Entry, writer
from hub.permits import Actor, P, can, require
from hub.permits import queries as permits
from hub.permits.predicates import reaches
from hub.petitions.rules import HOLDABLE
from hub.web import particulars
from hub.web.texts import _, ngettext


@dataclass(frozen=True)
class Hand:
    """One hand, as shown: who, when, yes or no, the reason where there is one, and the entry."""

    shown: str | None
    hand: str
    at: dt.datetime
    reason: str | None
    entry: int


@dataclass(frozen=True)
class Progress:
    """Where an act stands. do, now: what it waits for, the second in words; missing: how many more hands; then: what a
    missed deadline brings.

    may_sign: the viewer may decide in it now; why_not: why they may not, where they hold the office for it and have
    not signed; asks, changes: what it would do; is_judging: scrutineers judge the count of its ballot, on that page.
    """

    id: str
    is_open: bool
    outcome: str | None
    do: str
    due: dt.datetime
    wanted: int
    missing: int
    now: str
    then: str
    hands: tuple[Hand, ...]
    is_party: bool
    is_held: bool
    may_hold: bool
    may_sign: bool
    signed: bool
    why_not: str
    asks: str
    changes: tuple[Change, ...]
    is_judging: bool


def progress(tx: Connection, act: str, viewer: Actor) -> Progress:
    """Reads an act for a page. may_sign asks what the verb asks: the office, and whatever else stands in the way."""
    state = queries.get(tx, act)
    kinds = ("submit",) if state.current.do == "submit" else ("yes",)
    now = state.hands_now(*kinds) if state.is_open else ()
    missing = max(0, state.current.persons - len({hand.holder for hand in now}))
    holder = viewer.holder or ""
    verdict = _may_sign(tx, state, viewer)
    signed = holder in {hand.holder for hand in state.hands_now("yes", "no")}
    proposal = proposed(tx, state)
    return Progress(
        id=act,
        is_open=state.is_open,
        outcome=state.outcome,
        do=state.current.do,
        due=state.due,
        wanted=state.current.persons,
        missing=missing,
        now=waits_for(state, missing),
        then=consequence(state),
        hands=_hands(tx, state),
        is_party=holder in state.parties,
        is_held=state.is_open and state.is_held,
        may_hold=state.procedure in HOLDABLE and bool(rules.may_hold(state, clock.now())),
        may_sign=bool(verdict),
        signed=signed,
        why_not="" if verdict is None or verdict or signed else verdict.sentence,
        asks=proposal.asks,
        changes=proposal.changes,
        is_judging=state.is_open and state.judged_ballot is not None,
    )


def _may_sign(tx: Connection, state: ActState, viewer: Actor) -> Verdict | None:
    """Says whether the viewer may decide in an act now; None for whoever has no office that decides in it."""
    if not state.is_open or state.current.do != "decide" or not holds_office(state, viewer):
        return None
    power = P(state.current.by)
    verdict = can(viewer, power, state.scope, act=state.drawn_for)
    if not verdict:
        return verdict
    return warrants.may_sign(tx, state, require(viewer, power, state.scope, act=state.drawn_for), clock.now())


def holds_office(state: ActState, viewer: Actor) -> bool:
    """Tells whether the viewer holds an office that decides in an act at its present step, resting or not."""
    mine = (grant for grant in viewer.grants if grant.holds_in(state.drawn_for))
    return any(state.current.by in grant.permissions and reaches(grant, state.scope) for grant in mine)


HANDS = {
    "yes": _("You sign: %s."),
    "no": _("You object to this: %s."),
    "submit": _("You take part in this: %s."),
}
# Scrutineers sign or void a count; what was voted on is not theirs to want.
COUNTED = {
    "yes": _("You sign the count of the vote on this: %s."),
    "no": _("You find the count void of the vote on this: %s."),
}


def about(tx: Connection, state: ActState) -> str:
    """Says what an act is about, as a card calls it."""
    return proposed(tx, state).title


def signed_as(tx: Connection, entry: Entry) -> tuple[str, tuple[Change, ...]]:
    """Says what whoever signs an entry does by it: which hand in which act, with the act's particulars.

    Of an entry that is no hand in an act: nothing but the particulars that its type has (particulars.py).
    """
    act = entry.data.get("act")
    state = queries.find(tx, str(act)) if act else None
    mine = next((one for one in queries.hands(tx, state.id) if one.entry == entry.index), None) if state else None
    if state is None or mine is None:
        return "", particulars.of(tx, entry)
    proposal, said = proposed(tx, state), COUNTED if state.judges_count(mine.step) else HANDS
    return said[mine.hand] % proposal.asks, proposal.changes


def waits_for(state: ActState, missing: int) -> str:
    """Says what a running act waits for."""
    if not state.is_open:
        return _("It is over.")
    if state.judged_ballot is not None:
        return _("The votes were counted. Scrutineers sign the count, or void it.")
    if state.current.do == "decide":
        return ngettext("It waits for %d more signature.", "It waits for %d more signatures.", missing) % missing
    if state.is_held:
        return _("It waits until members have voted on it.")
    if state.fact_at("tied"):
        return _("Voting is closed, and only a lot can decide: it waits for what a public beacon says.")
    return {
        "support": _("Members sign in secret."),
        "submit": _("It waits for what others have to hand in."),
        "notice": _("It is decided, and takes effect after a notice."),
        "draw": _("A draw by lot is made."),
        "ballot": _("The ballot is open."),
        "effect": _("It is decided, and takes effect as soon as the witnesses have signed that."),
    }.get(state.current.do, "")


def due_of(tx: Connection, links: Iterable[Link]) -> dict[str, dt.datetime]:
    """Returns until when each announced link waits."""
    return {link.id: queries.get(tx, link.act).due for link in links if link.act and not link.is_shown}


def consequence(state: ActState) -> str:
    """Says what follows when the present deadline is missed; nothing of a step that only takes its time."""
    if state.is_open and state.fact_at("tied"):
        return _("Without it by then, it fails.")
    if state.current.do not in ("submit", "support", "decide", "draw"):
        return ""
    return {
        "next": _("Silence until then counts as a yes."),
        "lapse": _("Without it by then, it lapses."),
        "fail": _("Without it by then, it fails."),
        "undo": _("Without it by then, what was done is undone."),
        "extend": _("Without it by then, it waits as long again."),
    }.get(state.current.short, "")


def _hands(tx: Connection, state: ActState) -> tuple[Hand, ...]:
    rows = queries.hands(tx, state.id)
    names = permits.shown_names(tx, {row.holder for row in rows})
    return tuple(
        Hand(names.get(row.holder), row.hand, row.at, _reason(tx, row.entry) if row.hand == "no" else None, row.entry)
        for row in rows
    )


def _reason(tx: Connection, index: int) -> str | None:
    entry = writer.get(tx, index)
    return None if entry is None else writer.words_of(tx, entry).get("reason")
