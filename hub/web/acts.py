"""How pages tell of an act: what it waits for, until when, and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import queries, rules
from hub.acts.rules import ActState
from hub.groups.queries import Link
from hub.ledger import writer
from hub.permits import Actor
from hub.permits import queries as permits
from hub.petitions.rules import HOLDABLE
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


def progress(tx: Connection, act: str, viewer: Actor) -> Progress:
    """Reads an act for a page. may_sign looks at who the viewer is, not at what office they hold."""
    state = queries.get(tx, act)
    kinds = ("submit",) if state.current.do == "submit" else ("yes",)
    now = state.hands_now(*kinds) if state.is_open else ()
    missing = max(0, state.current.persons - len({hand.holder for hand in now}))
    holder = viewer.holder or ""
    verdict = rules.may_sign(state, holder, clock.now())
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
        may_sign=bool(holder) and bool(verdict),
        signed=verdict.code == "acts.signed_before",
    )


def about(tx: Connection, state: ActState) -> str:
    """Says what a running act is about."""
    titles = {
        "appoint_moderator": _("Appointing a moderator"),
        "withdraw_moderator": _("Withdrawing a moderator"),
        "change_branch_rule": _("Choosing a number for this branch"),
        "change_settings": _("Changing who may join, and how many"),
        "close_group": _("Closing the group"),
        "recall": _("A recall"),
        "elect": _("An election"),
        "emergency": _("An emergency measure"),
        "hide": _("Hiding something that was published"),
        "hold": _("A ballot on a change"),
        "declare_link": _("Saying where the group meets"),
        "freeze": _("Freezing a power"),
        "amend": _("Changing the rules"),
        "register_client": _("Letting a site sign members in"),
        "register_group": _("Founding a group"),
        "found_branch": _("Founding a branch"),
        "draw_council": _("Drawing the council by lot"),
        "draw_caretaker": _("Drawing who stands by to take care"),
    }
    return titles.get(state.procedure, state.procedure)


def waits_for(state: ActState, missing: int) -> str:
    """Says what a running act waits for."""
    if not state.is_open:
        return _("It is over.")
    if state.current.do == "decide":
        return ngettext("It waits for %d more signature.", "It waits for %d more signatures.", missing) % missing
    if state.is_held:
        return _("It waits until members have voted on it.")
    return {
        "support": _("Members sign in secret."),
        "submit": _("It waits for what others have to hand in."),
        "notice": _("It is decided, and takes effect after a notice."),
        "draw": _("A draw by lot is made."),
        "ballot": _("The ballot is open."),
    }.get(state.current.do, "")


def due_of(tx: Connection, links: Iterable[Link]) -> dict[str, dt.datetime]:
    """Returns until when each announced link waits."""
    return {link.id: queries.get(tx, link.act).due for link in links if link.act and not link.is_shown}


def consequence(state: ActState) -> str:
    """Says what follows when the present deadline is missed."""
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
