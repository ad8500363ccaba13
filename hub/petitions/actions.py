"""The verbs: open, sign and take back; answer a recall; and what the clock carries out when a petition succeeds."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.acts.effects import effect, work
from hub.acts.models import acts as act_rows
from hub.acts.state import ActState
from hub.branches import actions as letters
from hub.constitution import entrenched
from hub.constitution import queries as constitution
from hub.constitution.entries import ConstitutionAdopted
from hub.constitution.load import Broken
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation, Verdict, insist, no
from hub.groups import electorate
from hub.permits import HUB, Actor, P, R, Scope, insist_on_words, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.actor import Grant
from hub.permits.entries import GrantEnded
from hub.permits.protecting import insist_on_peace
from hub.petitions import fold, queries, rules
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
from hub.petitions.models import petition_openers, petitions, signatures

CAME_LATER = no("petitions.came_later", "This began before you came. Only who belonged here then can sign it.")
_SIGN = sa.text("INSERT INTO signatures (act, person) VALUES (:key, :who) ON CONFLICT DO NOTHING")


def open_recall(tx: Connection, *, grant: str, reasons: str, actor: Actor) -> str:
    """Starts the recall of a mandate with the actor's signature; returns the act. Nobody is told who began it.

    Raises NotFound, Forbidden for who does not belong to its scope, Invalid for the reasons, RuleViolation petitions.*.
    """
    found = permits.grant_by_id(tx, grant)
    if found is None:
        raise NotFound
    _insist_on_belonging(tx, actor, found.scope)
    if actor.holder == found.holder:
        raise Forbidden(no("petitions.own_recall", "You can resign; nobody recalls themselves."))
    insist_on_peace(tx, actor, holder=found.holder)
    insist_on_words(actor)
    insist_on_reasons(reasons)
    _insist_on_few(tx, actor, "recall", found)
    act, roll = ids.new("act"), electorate.size(tx, found.scope)
    scope, takes = found.scope, needed(tx, "recall", roll)
    record = RecallOpened(act, found.holder, found.role, scope.id, scope.branch, roll, takes)
    ledger.append(tx, record, by=right_of_members(tx), words={"reasons": reasons.strip()})
    letters.tell_holders(tx, [found.holder], "recall_opened", f"/petitions/{act}")
    _begin(tx, act, actor)
    return act


def open_hold(tx: Connection, *, target: str, reasons: str, actor: Actor) -> str:
    """Asks that a decided change be put to a ballot, with the actor's signature; returns the act.

    Raises NotFound, Forbidden, Invalid for the reasons, RuleViolation acts.* and petitions.*.
    """
    state = act_queries.get(tx, target)
    _insist_on_belonging(tx, actor, state.scope)
    insist_on_words(actor)
    insist_on_reasons(reasons)
    act, roll = ids.new("act"), electorate.size(tx, state.scope)
    record = HoldOpened(act, target, roll, needed(tx, "hold", roll))
    ledger.append(tx, record, by=right_of_members(tx), words={"reasons": reasons.strip()})
    sign(tx, act=act, actor=actor)
    return act


def demand_ballot(tx: Connection, *, target: str, reasons: str, actor: Actor) -> str:
    """Puts a change that waits to a ballot of the members, alone, as an organiser of the place; returns the act.

    Raises NotFound, Forbidden, Invalid for the reasons, RuleViolation acts.not_held. Source: GO-10.
    """
    state = act_queries.get(tx, target)
    grant = require(actor, P.CALL_BALLOT, state.scope)
    insist_on_reasons(reasons)
    act, roll = ids.new("act"), electorate.size(tx, state.scope)
    ledger.append(tx, BallotDemanded(act, target, roll), by=grant.entry, words={"reasons": reasons.strip()})
    acts.run(tx, act)
    others = permits.carriers(tx, P.CALL_BALLOT, state.scope, clock.now()) - {grant.holder}
    letters.tell_holders(tx, sorted(others), "ballot_demanded", f"/petitions/{act}")
    return act


def propose_amendment(tx: Connection, *, text: str, reasons: str, actor: Actor) -> str:
    """Proposes other rules in full, with the actor's signature; returns the act.

    Raises Forbidden, Invalid for the reasons and for a text that does not load (each fault with its line),
    RuleViolation petitions.*.
    """
    _insist_on_belonging(tx, actor, HUB)
    insist_on_words(actor)
    insist_on_reasons(reasons)
    text = text.replace("\r\n", "\n")
    try:
        constitution.parsed(text)
    except Broken as problem:
        raise Invalid({"text": "\n".join(problem.faults)}) from problem
    _insist_on_few(tx, actor, "amend")
    act, roll = ids.new("act"), electorate.size(tx, HUB)
    digest = hashlib.sha256(text.encode()).hexdigest()
    newest = constitution.newest(tx)
    touched = list(entrenched.changed(newest.text, text)) or None
    record = AmendmentProposed(act, newest.entry, text, digest, roll, needed(tx, "amend", roll), touched)
    ledger.append(tx, record, by=right_of_members(tx), words={"reasons": reasons.strip()})
    _begin(tx, act, actor)
    return act


def sign(tx: Connection, *, act: str, actor: Actor) -> None:
    """Signs a petition; the same again changes nothing. At the threshold the next step opens by itself.

    Raises NotFound, Forbidden for who does not belong to its scope, came after it began or is the one it is about,
    RuleViolation where it is over.
    """
    # Who signs beside the last signature would be kept although it collects no more: one hand after the other.
    ledger.hold(tx)
    found, state = queries.get(tx, act), act_queries.get(tx, act)
    _insist_on_belonging(tx, actor, state.scope)
    if found.holder is not None and found.holder == actor.holder:
        raise Forbidden(no("acts.own_case", "Nobody signs in what is about themselves."))
    insist_on_peace(tx, actor, holder=found.holder)
    if not _collects(state):
        raise RuleViolation("petitions.over", "This petition does not collect signatures any more.")
    if not electorate.belongs(tx, state.scope, actor.person, state.opened_at):
        raise Forbidden(CAME_LATER)
    tx.execute(_SIGN, {"key": act, "who": actor.person})
    acts.run(tx, act)


def take_back(tx: Connection, *, act: str, actor: Actor) -> None:
    """Takes one's signature back, while the petition collects. Raises NotFound, RuleViolation where it is over."""
    queries.get(tx, act)
    if not _collects(act_queries.get(tx, act)):
        raise RuleViolation("petitions.over", "This petition does not collect signatures any more.")
    mine = sa.delete(signatures).where(signatures.c.act == act, signatures.c.person == actor.person)
    tx.execute(mine)


def answer(tx: Connection, *, act: str, reply: str, actor: Actor) -> None:
    """Answers a recall, for the ballot paper. Raises NotFound, Invalid, Forbidden for anybody else, RuleViolation."""
    found = queries.get(tx, act)
    if found.kind != "recall":
        raise NotFound
    verdict = rules.reasons_ok(reply)
    if not verdict:
        raise Invalid({"reply": verdict.sentence})
    state = act_queries.get(tx, act)
    mine = queries.mandates(tx, actor.holder or "", found.role or "", state.scope, clock.now())
    if actor.holder != found.holder or not mine:
        raise Forbidden(no("acts.not_concerned", "Only the person concerned answers here."))
    ledger.append(tx, RecallAnswered(act), by=mine[-1].entry, words={"reply": reply.strip()})
    acts.run(tx, act)


@work("support")
def count_signatures(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """States that a petition has its signatures, of people who belonged when it began and still do.

    None can be added meanwhile. Source: GO-28, the threshold and those who meet it are of one moment.
    """
    if state.opened_at is None or not _collects(state, now):
        return False
    if queries.overtaken_at(tx, state) is not None:
        return end_overtaken(tx, state, now)
    here = sa.select(signatures.c.person).where(signatures.c.act == state.id)
    members = electorate.persons_since(state.scope, state.opened_at).where(sa.column("person").in_(here))
    signed = tx.scalar(sa.select(sa.func.count()).select_from(members.subquery())) or 0
    found = queries.get(tx, state.id)
    if signed < found.needed or not _can_be_held(tx, found.target, now):
        return False
    others = fold.other_recalls(tx, found)
    ledger.append(tx, PetitionReached(state.id, state.step, found.needed), by=None)
    forget_signatures(tx, state)
    for other in others:
        acts.run(tx, other.id)
    return True


@work("notice")
def end_overtaken(tx: Connection, state: ActState, now: dt.datetime) -> bool:
    """Ends an amendment of rules that are no longer in force: nobody is asked to vote on what cannot follow."""
    at = queries.overtaken_at(tx, state)
    if at is None or at > now:
        return False
    ledger.append(tx, AmendmentOvertaken(state.id, state.step, clock.format_minute(at)), by=None)
    return True


def forget_signatures(tx: Connection, state: ActState) -> None:
    """Forgets who signed a petition that collects no more: that there were enough stands in the record."""
    tx.execute(sa.delete(signatures).where(signatures.c.act == state.id))


def forget(tx: Connection) -> int:
    """Forgets who signed petitions that collect no more, and who began one once that counts no more; returns how many.

    Signatures go in the unit of work in which a petition stops to collect; this finds what an older release left.
    """
    collecting = sa.select(act_rows.c.id).where(act_rows.c.outcome.is_(None), act_rows.c.step == 0)
    gone = tx.execute(sa.delete(signatures).where(signatures.c.act.not_in(collecting))).rowcount
    again = constitution.in_force(tx)[0].numbers["recall_again_days"]
    lately = sa.and_(petitions.c.kind == "recall", act_rows.c.opened_at > clock.now() - dt.timedelta(days=again))
    counts = sa.select(act_rows.c.id).join_from(act_rows, petitions, petitions.c.act == act_rows.c.id)
    counts = counts.where(sa.or_(act_rows.c.outcome.is_(None), lately))
    return gone + tx.execute(sa.delete(petition_openers).where(petition_openers.c.act.not_in(counts))).rowcount


@effect("office.recall", owes=fold.owes_recall, tell=forget_signatures, ends="recalled")
def recall(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Ends every mandate of the person in the role and scope, and tells them."""
    for grant in queries.mandates_lost(tx, state, clock.now()):
        ended = GrantEnded(grant.id, "recalled", state.id, state.step, clock.format_minute(due))
        ledger.append(tx, ended, by=None)
    letters.tell_holders(tx, [state.subject], "recalled", f"/petitions/{state.id}")


def tell_of_stop(tx: Connection, state: ActState) -> None:
    """Lets the held act see that it was stopped."""
    forget_signatures(tx, state)
    acts.run(tx, state.subject)


@effect("act.release", owes=fold.owes_release, ended=fold.stop, tell=tell_of_stop)
def release(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Lets the held act go on."""
    ledger.append(tx, ActReleased(state.id, state.step, clock.format_minute(due), state.subject), by=None)
    acts.run(tx, state.subject)


@effect("constitution.amend", owes=fold.owes_amendment, tell=forget_signatures)
def amend(tx: Connection, state: ActState, due: dt.datetime) -> None:
    """Puts the new rules in force, unless others came into force meanwhile: then nothing follows."""
    voted, newest = queries.amendment(tx, state.id), constitution.newest(tx)
    if voted.changes != newest.entry:
        return
    moment = clock.format_minute(due)
    record = ConstitutionAdopted(newest.version + 1, voted.text, voted.sha256, state.id, state.step, moment)
    ledger.append(tx, record, by=None)
    for other in act_queries.running(tx, HUB, "amend"):
        if other.id != state.id:
            acts.run(tx, other.id)


def needed(tx: Connection, procedure: str, roll: int) -> int:
    """Returns how many signatures a petition opened now would take, in a scope of so many members."""
    in_force, _ = constitution.in_force(tx)
    return rules.signatures_needed(in_force.procedures[procedure].steps[0], in_force.formulas, roll)


def may_recall(tx: Connection, grant: Grant) -> Verdict:
    """Says whether the mandates of a grant's holder, in its role and scope, can be recalled now."""
    return fold.recall_verdict(tx, grant.holder, grant.role, grant.scope, clock.now())


def signed_roughly(tx: Connection, act: str) -> int:
    """Returns how many have signed, rounded down to ten: no smaller number is ever shown."""
    signed = sa.select(sa.func.count()).select_from(signatures).where(signatures.c.act == act)
    return (tx.scalar(signed) or 0) // 10 * 10


def _collects(state: ActState, now: dt.datetime | None = None) -> bool:
    return queries.collects(state) and (now or clock.now()) < state.due


def _can_be_held(tx: Connection, target: str | None, now: dt.datetime) -> bool:
    return target is None or bool(act_rules.may_hold(act_queries.get(tx, target), now))


def _begin(tx: Connection, act: str, actor: Actor) -> None:
    """Notes who began a petition, for as long as that counts, and lets them sign first."""
    tx.execute(sa.insert(petition_openers), {"act": act, "person": actor.person})
    sign(tx, act=act, actor=actor)


def _insist_on_few(tx: Connection, actor: Actor, kind: str, grant: Grant | None = None) -> None:
    """Raises RuleViolation where the actor began enough of a kind, or a recall from this grant's office lately."""
    ledger.hold(tx)
    numbers = constitution.in_force(tx)[0].numbers
    mine, days = queries.begun_by(tx, actor.person, kind), numbers["recall_again_days"]
    since = clock.now() - dt.timedelta(days=days)
    about = {found.id for found in queries.recalls_of(tx, grant.holder, grant.role, grant.scope)} if grant else set()
    if any(state.id in about and (state.opened_at or since) > since for state in mine):
        raise RuleViolation(
            "petitions.began_lately",
            f"You began a recall of this holder within the last {days} days. Another member can begin one now.",
        )
    insist(rules.may_begin(sum(_collects(state) for state in mine), numbers))


def _insist_on_belonging(tx: Connection, actor: Actor, scope: Scope) -> None:
    require_right(actor, R.SIGN, queries.in_full(tx, scope))
    if not electorate.belongs(tx, scope, actor.person):
        raise Forbidden(no("petitions.not_here", "This is for members of this group."))


def insist_on_reasons(reasons: str) -> None:
    """Raises Invalid for reasons that nobody can begin with: asked by the page that shows them once more, too."""
    verdict = rules.reasons_ok(reasons)
    if not verdict:
        raise Invalid({"reasons": verdict.sentence})
