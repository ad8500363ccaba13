"""The only writer of hidings, and of what is hidden from when until when: rooms above conceal by their acts, too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.errors import YES, Verdict, no
from hub.hiding import queries, rules, targets
from hub.hiding.entries import ContentHidden, ContentRestored, HidingConfirmed, HidingContested, HidingOpened
from hub.hiding.models import concealments, hidings
from hub.ledger import Entry, Said, applies, tells
from hub.permits import Grant, P, Scope, warrants
from hub.permits import queries as permits
from hub.permits.actor import FOR_ONE_ACT
from hub.permits.live import stands

OWN_CONTEST = no(
    "hiding.own_contest", "Whoever stands in an election neither hides what a candidate says, nor decides on it."
)

OWN_WORDS = no(
    "hiding.own_words", "You published this, and others found that it broke a rule. Another officer can show it again."
)

BY_MODERATORS = no(
    "hiding.organiser", "A moderator hid this, and moderators alone do not keep it hidden. An organiser has to confirm."
)

tells(hidings, "reason", "told_entry", entry_types=("hiding.opened",))

_ADD = sa.insert(hidings)


def target_scope(tx: Connection, record: HidingOpened) -> Scope | None:
    """The scope whose officers may hide it."""
    found = targets.find(tx, record.kind, record.target)
    return None if found is None else found.scope


def may_open(tx: Connection, entry: Entry, record: HidingOpened) -> Verdict:
    """By an officer there, under a rule of conduct that is in force, and not what is hidden already."""
    text, _ = constitution.in_force(tx)
    if record.rule not in text.conduct:
        return no("hiding.no_rule", "No rule of conduct in force has this number.")
    if queries.current(tx, record.target) is not None:
        return no("hiding.hidden_before", "This is hidden already.")
    by = warrants.warranting_grant(tx, entry)
    lasts = dt.timedelta(days=sum(step.days or 0 for step in text.procedures["hide"].steps))
    verdict = _is_disinterested(tx, record.kind, record.target, by) and rules.may_hide_again(
        by.holder if by else "", queries.unconfirmed(tx, record.target), lasts, entry.at
    )
    return act_warrants.opening("hide", target_scope)(tx, entry, record) if verdict else verdict


def may_decide(tx: Connection, state: ActState, at: dt.datetime, grant: Grant) -> Verdict:
    """Whoever has a stake in what was hidden decides nothing about it: a rival no more than the author.

    Source: reference for governance, 1.3.
    """
    found = queries.find(tx, state.id)
    return YES if found is None else _is_disinterested(tx, found.kind, found.target, grant)


def _is_disinterested(tx: Connection, kind: str, target: str, grant: Grant | None) -> Verdict:
    found = targets.find(tx, kind, target)
    return OWN_CONTEST if found and grant and grant.holder in found.barred else YES


@applies(HidingOpened, warrant=may_open)
def open_hiding(tx: Connection, entry: Entry, record: HidingOpened, said: Said) -> None:
    """Opens the act. Its opener is a party to it, and confirms nothing; its subject is the author."""
    found, by = targets.find(tx, record.kind, record.target), warrants.warranting_grant(tx, entry)
    assert found is not None
    assert by is not None
    subject = found.author or record.target
    acts.open_act(tx, entry, act=record.act, procedure="hide", scope=found.scope, subject=subject)
    acts.submit(tx, entry, act=record.act, holder=by.holder)
    row = {"act": record.act, "kind": record.kind, "target": record.target, "rule": record.rule}
    row |= {"reason": said["reason"], "told_entry": entry.index}
    tx.execute(_ADD, {**row, "hidden_entry": None, "shown_at": None, "shown_entry": None})


@applies(ContentHidden, warrant=warrants.due)
def hide(tx: Connection, entry: Entry, record: ContentHidden, said: Said) -> None:
    """Pages stop showing it."""
    tx.execute(sa.update(hidings).where(hidings.c.act == record.act).values(hidden_entry=entry.index))
    found = queries.find(tx, record.act)
    assert found is not None
    since = clock.parse_minute(record.due)
    conceal(tx, entry, act=record.act, kind=found.kind, target=found.target, since=since, until=None)


def conceal(
    tx: Connection,
    entry: Entry,
    *,
    act: str,
    kind: str,
    target: str,
    since: dt.datetime,
    until: dt.datetime | None,
) -> None:
    """Hides something by an act from a moment on. until: when it comes back by itself; None: when its act says so."""
    row = {"entry": entry.index, "act": act, "kind": kind, "target": target, "from_at": since, "until_at": until}
    tx.execute(sa.insert(concealments), row)
    targets.KINDS[kind].changed(tx, target)


def conceal_longer(tx: Connection, act: str, until: dt.datetime, later: dt.datetime) -> None:
    """Lets what an act hides until a moment be hidden until a later one."""
    mine = sa.update(concealments).where(concealments.c.act == act, concealments.c.until_at == until)
    tx.execute(mine.values(until_at=later))


def reveal(tx: Connection, act: str, at: dt.datetime) -> None:
    """Ends what an act hides, from a moment on; whatever another act hides stays hidden."""
    mine = sa.and_(concealments.c.act == act, sa.or_(concealments.c.until_at.is_(None), concealments.c.until_at > at))
    rows = tx.execute(sa.select(concealments.c.kind, concealments.c.target).where(mine)).all()
    tx.execute(sa.update(concealments).where(mine).values(until_at=at))
    for row in rows:
        targets.KINDS[row.kind].changed(tx, row.target)


def may_confirm(tx: Connection, entry: Entry, record: HidingConfirmed) -> Verdict:
    """As anybody signs; and of those who keep hidden what a moderator hid, one is an organiser.

    Source: reference for governance, 1.4.
    """
    verdict, state = act_warrants.signing(tx, entry, record), act_queries.find(tx, record.act)
    by = warrants.warranting_grant(tx, entry)
    if not verdict or state is None or by is None:
        return verdict
    there = [one for one in permits.all_grants(tx, state.scope) if _is_organisers(one)]
    said = [(hand.holder, hand.at) for hand in state.hands_now("yes")] + [(by.holder, entry.at)]
    opener = [(hand.holder, hand.at) for hand in state.hands if hand.hand == "submit"]
    if len(said) < state.current.persons or any(_organised(there, *one) for one in opener + said):
        return YES
    return BY_MODERATORS


def _is_organisers(grant: Grant) -> bool:
    """Tells whether an office is an organiser's, or lent by one: a mandate, and not by lot for a single act."""
    return grant.stands_for is not None or (grant.is_mandate and grant.role not in FOR_ONE_ACT)


def _organised(there: list[Grant], holder: str, at: dt.datetime) -> bool:
    """Tells whether somebody was an organiser, or stood in for one, at a moment."""
    return any(one.holder == holder and stands(one, at) for one in there)


@applies(HidingConfirmed, warrant=may_confirm)
def confirm(tx: Connection, entry: Entry, record: HidingConfirmed, said: Said) -> None:
    """Notes another officer's yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(HidingContested, warrant=act_warrants.objecting)
def contest(tx: Connection, entry: Entry, record: HidingContested, said: Said) -> None:
    """Notes another officer's no."""
    acts.sign(tx, entry, act=record.act, yes=False)


def hiding_scope(tx: Connection, record: ContentRestored) -> Scope | None:
    """The scope of the act that hid it."""
    state = act_queries.find(tx, record.act)
    return None if state is None else state.scope


def may_restore(tx: Connection, entry: Entry, record: ContentRestored) -> Verdict:
    """By one officer there who did not publish it, of what is hidden and decided: until then, they sign.

    Nobody undoes alone what two others decided about their own words. Source: invariant 9.
    """
    found, state = queries.find(tx, record.act), act_queries.find(tx, record.act)
    if found is None or state is None or state.is_open or found.hidden_entry is None or found.shown_entry is not None:
        return no("hiding.not_hidden", "This is not hidden, or is still being decided.")
    by = warrants.warranting_grant(tx, entry)
    if by is not None and state.subject in (by.holder, by.counts_as):
        return OWN_WORDS
    verdict = _is_disinterested(tx, found.kind, found.target, by)
    return warrants.office(P.HIDE_CONTENT, hiding_scope, ends=True)(tx, entry, record) if verdict else verdict


@applies(ContentRestored, warrant=may_restore)
def restore(tx: Connection, entry: Entry, record: ContentRestored, said: Said) -> None:
    """Pages show it again."""
    _show(tx, record.act, entry)


def undo(tx: Connection, state: ActState, entry: Entry) -> None:
    """Nobody confirmed, or two said no: it comes back from the moment that was due."""
    _show(tx, state.id, entry)


def owes_hiding(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A hiding owes that it is hidden, once."""
    found = queries.find(tx, state.id)
    is_owed = isinstance(record, ContentHidden) and found is not None and found.hidden_entry is None
    return YES if is_owed else act_warrants.NOT_DUE


def _show(tx: Connection, act: str, entry: Entry) -> None:
    at = clock.parse_minute(entry.data["due"]) if "due" in entry.data else entry.at
    tx.execute(sa.update(hidings).where(hidings.c.act == act).values(shown_at=at, shown_entry=entry.index))
    reveal(tx, act, at)
