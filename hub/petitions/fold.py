"""The only writer of petitions and amendments. Whatever ends or gives a grant is the business of its own entry."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.acts import fold as acts
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts import warrants as act_warrants
from hub.acts.state import ActState
from hub.constitution import queries as constitution
from hub.constitution.entrenched import changed as touches
from hub.constitution.entries import ConstitutionAdopted
from hub.constitution.load import Broken
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, tells
from hub.permits import HUB, P, Scope, warrants
from hub.permits.entries import GrantEnded
from hub.permits.scope import branch_scope, group_scope
from hub.petitions import queries, rules
from hub.petitions.entries import (
    ActReleased,
    AmendmentOvertaken,
    AmendmentProposed,
    BallotDemanded,
    HoldOpened,
    PetitionReached,
    RecallAnswered,
    RecallOpened,
)
from hub.petitions.models import amendments, petitions

tells(
    petitions,
    "reasons",
    "told_entry",
    entry_types=("recall.opened", "hold.opened", "ballot.demanded", "amendment.proposed"),
)
tells(petitions, "reply", "replied_entry", entry_types=("recall.answered",))


def recalled_scope(_tx: Connection, record: RecallOpened) -> Scope | None:
    """The scope of the office: its members sign and vote."""
    if record.scope == "hub":
        return HUB
    if record.branch is None:
        return None
    return branch_scope(record.scope) if record.scope == record.branch else group_scope(record.scope, record.branch)


def target_scope(tx: Connection, record: HoldOpened | BallotDemanded) -> Scope | None:
    """The scope of the change: its members hold it."""
    target = act_queries.find(tx, record.target)
    return None if target is None else target.scope


def whole_hub(_tx: Connection, _record: Any) -> Scope:
    """The rules are everybody's."""
    return HUB


def recall_verdict(tx: Connection, holder: str, role: str, scope: Scope, at: dt.datetime) -> Verdict:
    """Says whether a holder's mandates in one role and scope can be recalled at a moment."""
    earlier = queries.recalls_of(tx, holder, role, scope)
    if any(state.is_open and not queries.collects(state) for state in earlier):
        return no(
            "petitions.recall_runs", "A recall of this holder has its signatures, and members vote on it. Vote there."
        )
    failed = queries.voted_down(tx, earlier)
    numbers = constitution.in_force(tx)[0].numbers
    return rules.may_recall(queries.mandates(tx, holder, role, scope, at), failed, numbers, at)


def may_open_recall(tx: Connection, entry: Entry, record: RecallOpened) -> Verdict:
    """Against a live mandate, at a time when it may be, and not once another recall of it has its signatures.

    Several may look for signatures at once, so that none is in another's way: whichever has them first goes to the
    ballot, and ends the others.
    """
    scope = recalled_scope(tx, record)
    if scope is None:
        return no("petitions.no_scope", "A recall is about an office somewhere.")
    verdict = recall_verdict(tx, record.subject, record.role, scope, entry.at)
    if not verdict:
        return verdict
    return _counted(tx, record, "recall") and act_warrants.opening("recall", recalled_scope)(tx, entry, record)


@applies(RecallOpened, warrant=may_open_recall)
def open_recall(tx: Connection, entry: Entry, record: RecallOpened, said: Said) -> None:
    """Opens the recall; its subject is the holder."""
    scope = recalled_scope(tx, record)
    assert scope is not None
    acts.open_act(tx, entry, act=record.act, procedure="recall", scope=scope, subject=record.subject)
    _add(tx, entry, record, said, "recall", holder=record.subject, role=record.role)


def may_answer(tx: Connection, entry: Entry, record: RecallAnswered) -> Verdict:
    """By the person concerned, from the office that the recall is about, at rest or not, while it is waited for."""
    state, by = act_queries.find(tx, record.act), warrants.standing_grant(tx, entry)
    found = queries.find(tx, record.act)
    if state is None or found is None or by is None or (by.holder, by.role) != (found.holder, found.role):
        return warrants.NO_WARRANT
    return act_rules.may_submit(state, by.holder, entry.at)


@applies(RecallAnswered, warrant=may_answer)
def answer(tx: Connection, entry: Entry, record: RecallAnswered, said: Said) -> None:
    """Keeps the answer for the ballot paper."""
    by = warrants.standing_grant(tx, entry)
    assert by is not None
    acts.submit(tx, entry, act=record.act, holder=by.holder)
    mine = sa.update(petitions).where(petitions.c.act == record.act)
    tx.execute(mine.values(reply=said["reply"], replied_entry=entry.index))


def may_open_hold(tx: Connection, entry: Entry, record: HoldOpened) -> Verdict:
    """On a change whose notice runs, and that no other hold was opened on."""
    target = act_queries.find(tx, record.target)
    if target is None or target.procedure not in rules.HOLDABLE:
        return no("petitions.not_held", "This is nothing that members can put to a ballot in this way.")
    verdict = act_rules.may_hold(target, entry.at)
    if not verdict:
        return verdict
    if queries.holds_on(tx, record.target):
        return no("petitions.hold_runs", "Members are collecting signatures on this already. Sign there.")
    return _counted(tx, record, "hold") and act_warrants.opening("hold", target_scope)(tx, entry, record)


@applies(HoldOpened, warrant=may_open_hold)
def open_hold(tx: Connection, entry: Entry, record: HoldOpened, said: Said) -> None:
    """Opens the hold; its subject is the act that it is about."""
    scope = target_scope(tx, record)
    assert scope is not None
    acts.open_act(tx, entry, act=record.act, procedure="hold", scope=scope, subject=record.target)
    _add(tx, entry, record, said, "hold", target=record.target)


def may_demand(tx: Connection, entry: Entry, record: BallotDemanded) -> Verdict:
    """By any one organiser of the place, on a change whose notice runs, whoever collects signatures on it meanwhile.

    Source: GO-10.
    """
    target = act_queries.find(tx, record.target)
    if target is None or target.procedure not in rules.HOLDABLE:
        return no("petitions.not_held", "This is nothing that can be put to a ballot in this way.")
    if act_queries.find(tx, record.act) is not None:
        return no("acts.opened_before", "This act was opened already.")
    return act_rules.may_hold(target, entry.at) and warrants.office(P.CALL_BALLOT, target_scope)(tx, entry, record)


@applies(BallotDemanded, warrant=may_demand)
def demand(tx: Connection, entry: Entry, record: BallotDemanded, said: Said) -> None:
    """Opens the hold with all that it takes: the change waits from now on."""
    scope = target_scope(tx, record)
    assert scope is not None
    acts.open_act(tx, entry, act=record.act, procedure="hold", scope=scope, subject=record.target)
    _add(tx, entry, record, said, "hold", target=record.target, needed=1, reached_at=entry.at)
    acts.state_fact(tx, entry, act=record.act, fact="reached")
    acts.state_fact(tx, entry, act=record.target, fact="held")


def may_propose(tx: Connection, entry: Entry, record: AmendmentProposed) -> Verdict:
    """The text loads, differs, carries its own hash, and changes the rules in force.

    Several may run at once, so that none is in another's way: each is pinned to the rules that it changes, and
    whichever comes into force first ends the others.
    """
    newest = constitution.newest(tx)
    if hashlib.sha256(record.text.encode()).hexdigest() != record.sha256:
        return no("constitution.other_hash", "The text does not have the hash given beside it.")
    if record.changes != newest.entry or record.sha256 == newest.sha256:
        return no("petitions.no_change", "This would not change the rules that are in force.")
    try:
        constitution.parsed(record.text)
    except Broken as problem:
        return no("constitution.broken", str(problem))
    if (record.entrenched or []) != list(touches(newest.text, record.text)) or record.entrenched == []:
        return no("petitions.other_entrenched", "It does not say rightly what that is entrenched it would change.")
    return _counted(tx, record, "amend") and act_warrants.opening("amend", whole_hub)(tx, entry, record)


def is_overtaken(tx: Connection, entry: Entry, record: AmendmentOvertaken) -> Verdict:
    """By the hub alone, about an amendment of rules that are no longer in force."""
    state = act_queries.find(tx, record.act)
    if state is None or entry.by is not None or record.step != state.step:
        return act_warrants.NOT_DUE
    at = queries.overtaken_at(tx, state)
    return YES if at is not None and clock.format_minute(at) == record.due else act_warrants.NOT_DUE


@applies(AmendmentOvertaken, warrant=is_overtaken)
def overtake(tx: Connection, entry: Entry, record: AmendmentOvertaken, said: Said) -> None:
    """The amendment has nothing to change any more."""
    acts.state_fact(tx, entry, act=record.act, fact="stopped", at=clock.parse_minute(record.due))


@applies(AmendmentProposed, warrant=may_propose)
def propose(tx: Connection, entry: Entry, record: AmendmentProposed, said: Said) -> None:
    """Opens the amendment, with the proposed rules in full."""
    acts.open_act(tx, entry, act=record.act, procedure="amend", scope=HUB, subject=record.act)
    _add(tx, entry, record, said, "amend")
    row = {"act": record.act, "changes": record.changes, "text": record.text, "sha256": record.sha256}
    row["entrenched"] = " ".join(record.entrenched) if record.entrenched else None
    tx.execute(sa.insert(amendments), row)


def has_reached(tx: Connection, entry: Entry, record: PetitionReached) -> Verdict:
    """The hub's word, about a petition that still collects; a hold only while there is something to hold."""
    found = queries.find(tx, record.act)
    if found is None or record.needed != found.needed:
        return act_warrants.NOT_DUE
    state = act_queries.get(tx, record.act)
    is_over = entry.at >= state.due or state.fact_at("stopped") is not None
    if is_over or queries.overtaken_at(tx, state) is not None:
        return act_warrants.NOT_DUE
    if found.target is not None and not act_rules.may_hold(act_queries.get(tx, found.target), entry.at):
        return act_warrants.NOT_DUE
    return act_warrants.working("support")(tx, entry, record)


@applies(PetitionReached, warrant=has_reached)
def reach(tx: Connection, entry: Entry, record: PetitionReached, said: Said) -> None:
    """The next step may open; a held act waits from now on, and other recalls of the same mandate end."""
    acts.state_fact(tx, entry, act=record.act, fact="reached")
    tx.execute(sa.update(petitions).where(petitions.c.act == record.act).values(reached_at=entry.at))
    found = queries.get(tx, record.act)
    if found.target is not None:
        acts.state_fact(tx, entry, act=found.target, fact="held")
    for other in other_recalls(tx, found):
        if entry.at < other.due:
            acts.state_fact(tx, entry, act=other.id, fact="stopped")


def other_recalls(tx: Connection, found: queries.Petition) -> list[ActState]:
    """Returns the other recalls of the same mandates that look for signatures; none of what is no recall."""
    if found.holder is None or found.role is None:
        return []
    scope = act_queries.get(tx, found.act).scope
    same = queries.recalls_of(tx, found.holder, found.role, scope)
    return [state for state in same if state.id != found.act and queries.collects(state)]


@applies(ActReleased, warrant=warrants.due)
def release(tx: Connection, entry: Entry, record: ActReleased, said: Said) -> None:
    """The held act goes on."""
    acts.state_fact(tx, entry, act=record.target, fact="released", at=clock.parse_minute(record.due))


def stop(tx: Connection, state: ActState, entry: Entry) -> None:
    """A ballot that did not say yes stops the act that it held; a hold that found too few signatures stops nothing."""
    held = act_queries.get(tx, state.subject)
    if held.is_held and queries.get(tx, state.id).reached_at is not None:
        acts.state_fact(tx, entry, act=held.id, fact="stopped", at=state.due)


def owes_release(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A hold whose ballot said yes owes the release of the act it held."""
    is_owed = isinstance(record, ActReleased) and record.target == state.subject
    return YES if is_owed and act_queries.get(tx, state.subject).is_held else act_warrants.NOT_DUE


def owes_recall(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A recall owes the end of each live mandate of its subject in its role and scope."""
    live = {grant.id for grant in queries.mandates_lost(tx, state, entry.at)}
    is_owed = isinstance(record, GrantEnded) and record.why == "recalled" and record.grant in live
    return YES if is_owed else act_warrants.NOT_DUE


def owes_amendment(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """An amendment owes the rules that were voted on, as the next version."""
    voted, newest = queries.amendment(tx, state.id), constitution.newest(tx)
    is_owed = (
        isinstance(record, ConstitutionAdopted)
        and (record.text, record.sha256) == (voted.text, voted.sha256)
        and (voted.changes, record.version) == (newest.entry, newest.version + 1)
    )
    return YES if is_owed else act_warrants.NOT_DUE


def _counted(tx: Connection, record: Any, procedure: str) -> Verdict:
    """Says whether the number of signatures is the one that the rules give for the number of members."""
    in_force, _ = constitution.in_force(tx)
    first = in_force.procedures[procedure].steps[0]
    wanted = rules.signatures_needed(first, in_force.formulas, record.roll)
    return YES if record.needed == wanted else no("petitions.other_threshold", f"It takes {wanted} signatures here.")


def _add(tx: Connection, entry: Entry, record: Any, said: Said, kind: str, **about: Any) -> None:
    row: dict[str, Any] = dict.fromkeys(("reached_at", "holder", "role", "reply", "replied_entry", "target"))
    row |= {"act": record.act, "kind": kind, "roll": record.roll, "needed": getattr(record, "needed", None)}
    row |= {"reasons": said["reasons"], "told_entry": entry.index}
    tx.execute(sa.insert(petitions), {**row, **about})
