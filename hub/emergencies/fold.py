"""The only writer of measures. What a measure closes, rests or hides is written by the rooms that own it."""

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
from hub.ballots import elections_fold, owing
from hub.ballots import queries as elections
from hub.ballots.calendar import Owed
from hub.branches import queries as branches
from hub.constitution import queries as constitution
from hub.emergencies import queries, rules
from hub.emergencies.entries import (
    ElectionCalled,
    MeasureBegun,
    MeasureConfirmed,
    MeasureDeclared,
    MeasureObjected,
)
from hub.emergencies.models import measures
from hub.errors import YES, Verdict, no
from hub.groups import queries as groups
from hub.hiding import fold as hiding
from hub.hiding import queries as hidings
from hub.hiding import targets
from hub.ledger import Entry, Said, applies, tells
from hub.permits import HUB, Grant, Scope, warrants
from hub.permits import fold as permits_fold
from hub.permits import queries as permits
from hub.permits.entries import GrantPaused
from hub.permits.predicates import DORMANT
from hub.permits.scope import branch_scope, group_scope

tells(measures, "reason", "told_entry", entry_types=("measure.declared",))


def place_of(record: MeasureDeclared) -> Scope:
    """The branch or group where the measure holds."""
    if record.scope == record.branch:
        return branch_scope(record.branch)
    return group_scope(record.scope, record.branch)


def since(tx: Connection, scope: Scope) -> dt.datetime | None:
    """Returns when a branch or group was registered; None where there is none."""
    if scope.kind == "branch":
        branch = branches.find(tx, scope.id)
        return None if branch is None else branch.registered_at
    group = groups.find(tx, scope.id)
    return None if group is None or group.branch != scope.branch else group.registered_at


def decided_at_the_hub(_tx: Connection, _record: Any) -> Scope:
    """Measures are the council's, and the panel's."""
    return HUB


def may_declare(tx: Connection, entry: Entry, record: MeasureDeclared) -> Verdict:
    """A known kind with what it is about, where and when one may be, by a council member."""
    verdict = _is_whole(tx, record, entry.at)
    if not verdict:
        return verdict
    scope = place_of(record)
    if permits.dormant_since(tx, scope.id) is not None:
        return DORMANT
    numbers = constitution.in_force(tx)[0].numbers
    apart, after = numbers["measure_apart_days"], numbers["measure_after_days"]
    earlier = queries.declared_before(tx, scope, entry.at, apart)
    by = warrants.warranting_grant(tx, entry)
    own = queries.declared_by(tx, scope, by.holder if by else "", entry.at, apart)
    verdict = rules.may_declare(scope.kind, since(tx, scope), earlier, own, apart, after, entry.at)
    return act_warrants.opening("emergency", decided_at_the_hub)(tx, entry, record) if verdict else verdict


def _is_whole(tx: Connection, record: MeasureDeclared, at: dt.datetime) -> Verdict:
    about = {
        "pause_role": record.role is not None and record.target is None,
        "freeze_settings": record.role is None and record.target is None,
        "pause_posting": record.role is None and record.target is None,
        "hide_content": record.role is None and record.target is not None,
        rules.ELECTION: record.role is None and record.target is None,
    }
    if not about.get(record.kind, False):
        return no("emergencies.kind", "No measure of this kind can be declared.")
    if record.kind == "pause_role":
        role = constitution.in_force(tx)[0].roles.get(record.role or "")
        if role is None:
            return no("emergencies.no_role", "There is no such office.")
        if not rules.may_rest(role.scopes, role.key, role.by):
            return no(
                "emergencies.not_this_role",
                "No measure rests this office: it holds for one act, for the whole hub, or until others are chosen.",
            )
    if record.kind == "hide_content":
        found = targets.find(tx, record.target_kind or "", record.target or "")
        is_apart = record.target_kind in targets.KINDS and not targets.KINDS[record.target_kind].by_measure
        if is_apart:
            return no("emergencies.no_candidacy", "No measure touches what a candidate says to voters.")
        if found is None or found.scope.id != record.scope or hidings.current(tx, record.target or "") is not None:
            return no("emergencies.no_target", "Nothing of that kind is shown there.")
    if record.kind == rules.ELECTION and owing.asked_in(tx, record.scope, at) is None:
        return no("emergencies.election_runs", "An election runs there already, or is due. It goes on as it is.")
    return YES


@applies(MeasureDeclared, warrant=may_declare)
def declare(tx: Connection, entry: Entry, record: MeasureDeclared, said: Said) -> None:
    """Opens the act, with its opener's signature."""
    acts.open_act(tx, entry, act=record.act, procedure="emergency", scope=HUB, subject=record.scope)
    acts.sign(tx, entry, act=record.act, yes=True)
    scope = place_of(record)
    row: dict[str, Any] = {"act": record.act, "kind": record.kind, "told_entry": entry.index}
    row |= {"scope_kind": scope.kind, "scope_id": scope.id, "reason": said["reason"]}
    row |= {"role": record.role, "target_kind": record.target_kind, "target": record.target}
    tx.execute(sa.insert(measures), {**row, "begun_at": None, "until_at": None, "election": None})


@applies(MeasureConfirmed, warrant=act_warrants.signing)
def confirm(tx: Connection, entry: Entry, record: MeasureConfirmed, said: Said) -> None:
    """Notes a yes."""
    acts.sign(tx, entry, act=record.act, yes=True)


@applies(MeasureObjected, warrant=act_warrants.objecting)
def object_to(tx: Connection, entry: Entry, record: MeasureObjected, said: Said) -> None:
    """Notes a no."""
    acts.sign(tx, entry, act=record.act, yes=False)


@applies(MeasureBegun, warrant=warrants.due)
def begin(tx: Connection, entry: Entry, record: MeasureBegun, said: Said) -> None:
    """The measure is in force."""
    due, until = clock.parse_minute(record.due), clock.parse_minute(record.until)
    mine = sa.update(measures).where(measures.c.act == record.act)
    tx.execute(mine.values(begun_at=due, until_at=until))
    found = queries.find(tx, record.act)
    assert found is not None
    if found.kind in rules.CLOSES:
        acts.close_procedures(
            tx,
            entry,
            act=record.act,
            scope_id=found.scope_id,
            procedures=rules.CLOSES[found.kind],
            since=due,
            until=until,
        )
    if found.kind == "hide_content":
        kind, target = found.target_kind, found.target
        hiding.conceal(tx, entry, act=record.act, kind=kind, target=target, since=due, until=until)


def undo(tx: Connection, state: ActState, entry: Entry) -> None:
    """Nobody confirmed it, or it was refused: everything is as it was, from the moment that was due."""
    found, at = queries.find(tx, state.id), clock.parse_minute(entry.data["due"])
    if found is None or found.begun_at is None:
        return
    mine = sa.update(measures).where(measures.c.act == state.id, measures.c.until_at > at)
    tx.execute(mine.values(until_at=at))
    permits_fold.end_pauses(tx, state.id, at)
    acts.open_procedures(tx, state.id, at)
    hiding.reveal(tx, state.id, at)
    if found.election is not None:
        elections_fold.undo_election(tx, entry, act=found.election, at=at)


def until_of(tx: Connection, state: ActState) -> dt.datetime:
    """Returns when a measure ends that begins now."""
    most = constitution.of_entry(tx, state.constitution).numbers["measure_most_days"]
    return rules.ends_at(state.since, state.since, state.effect.lasts, most)


def owes_measure(tx: Connection, state: ActState, entry: Entry, record: Any) -> Verdict:
    """A measure owes its beginning, the rest of each live grant of the role it pauses, and the election it asks for."""
    found = queries.find(tx, state.id)
    if found is None:
        return act_warrants.NOT_DUE
    until = clock.format_minute(until_of(tx, state))
    if isinstance(record, ElectionCalled):
        wanted = election_of(tx, state)
        is_new = act_queries.find(tx, record.election) is None
        return YES if wanted is not None and is_new and record.seats == wanted.seats else act_warrants.NOT_DUE
    if isinstance(record, MeasureBegun):
        return YES if found.begun_at is None and record.until == until else act_warrants.NOT_DUE
    if isinstance(record, GrantPaused) and found.kind == "pause_role":
        return YES if record.until == until and record.grant in paused_by(tx, state) else act_warrants.NOT_DUE
    return act_warrants.NOT_DUE


def election_of(tx: Connection, state: ActState) -> Owed | None:
    """Returns the election that a measure asks for as it begins; None where it asks for none, or none may be opened."""
    found = queries.find(tx, state.id)
    if found is None or found.kind != rules.ELECTION or found.election is not None or found.begun_at is not None:
        return None
    return owing.asked_in(tx, found.scope_id, state.since)


@applies(ElectionCalled, warrant=warrants.due)
def call_election(tx: Connection, entry: Entry, record: ElectionCalled, said: Said) -> None:
    """Opens the election, and remembers by which measure."""
    found, due = queries.find(tx, record.act), clock.parse_minute(record.due)
    assert found is not None
    scope = owing.scope_of(tx, found.scope_id)
    assert scope is not None
    elections_fold.begin_election(tx, entry, act=record.election, scope=scope, found=Owed("general", record.seats, due))
    tx.execute(sa.update(measures).where(measures.c.act == record.act).values(election=record.election))


def no_candidate(tx: Connection, state: ActState, _at: dt.datetime, grant: Grant) -> Verdict:
    """Whoever stands in the election that a measure asked for does not decide on the measure."""
    found = queries.find(tx, state.id)
    if found is None or found.election is None:
        return YES
    stand = {one.holder for one in elections.candidates(tx, found.election)}
    return no("acts.own_case", "Nobody decides in what is about themselves.") if grant.holder in stand else YES


def paused_by(tx: Connection, state: ActState) -> tuple[str, ...]:
    """Returns the grants of the role and place that a measure would rest: those that are live."""
    found = queries.find(tx, state.id)
    if found is None or found.kind != "pause_role":
        return ()
    live = permits.recorded_grants(tx, at=state.since)
    return tuple(
        grant.id
        for grant in live
        if (grant.role, grant.scope.kind, grant.scope.id) == (found.role, found.scope_kind, found.scope_id)
    )
