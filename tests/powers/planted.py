"""Faults planted in hub code, each a small change that somebody could make. Every one must break an invariant.

found/NAME.json holds the shortest sequence of moves that was found to show it: replayed at each merge, and searched
anew by ``./folkmoot check --long``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from hub import audit, clock, ids, ledger
from hub.acts import actions as act_actions
from hub.acts import fold as acts_fold
from hub.acts import queries as act_queries
from hub.acts import rules
from hub.acts import warrants as act_warrants
from hub.acts.effects import EFFECTS
from hub.acts.state import APPEALS, ActState
from hub.ballots import box, casting, counting, elected, elections, owing, pointless, roll, ties
from hub.ballots import rules as ballot_rules
from hub.ballots.models import ballot_papers, ballot_roll
from hub.branches import actions as branch_actions
from hub.branches import resting as places
from hub.constitution import faults
from hub.constitution import queries as constitution
from hub.constitution.load import _constitution
from hub.draws import actions as draws
from hub.draws import conflicts, pools, seats_fold
from hub.draws import queries as draw_queries
from hub.draws import ticking as draws_ticking
from hub.draws.models import draw_seats
from hub.emergencies import fold as emergency_fold
from hub.emergencies import queries as emergency_queries
from hub.emergencies import rules as emergency_rules
from hub.errors import YES
from hub.freezing import fold as freezing_fold
from hub.groups import electorate, lending_fold, links, links_fold, membership, offers_fold, offices_fold, resting
from hub.groups import fold as groups_fold
from hub.groups import queries as groups_queries
from hub.groups.entries import GroupDormant
from hub.hiding import rules as hiding_rules
from hub.hiding import targets
from hub.ledger import writer
from hub.ledger.entries import TYPES
from hub.lot import draw as lot_draw
from hub.lot import walk
from hub.lot.chains import Chain
from hub.people.models import standings
from hub.permits import actions as permit_actions
from hub.permits import fold as permits_fold
from hub.permits import freezes, live, predicates
from hub.permits import queries as permits
from hub.permits import rules as permit_rules
from hub.permits import warrants as permit_warrants
from hub.permits.entries import GrantMade
from hub.permits.models import grants
from hub.permits.scope import branch_scope
from hub.petitions import actions as petition_actions
from hub.petitions import fold as petition_fold
from hub.petitions import queries as petition_queries
from hub.petitions import rules as petition_rules
from hub.standing import actions as standing
from hub.standing import rules as standing_rules
from hub.statements import actions as statement_actions
from hub.statements.entries import StatementPublished
from tests.powers import world

Patch = pytest.MonkeyPatch
Path = tuple[tuple[str, list[int]], ...]


@dataclasses.dataclass(frozen=True)
class Bug:
    """One fault. sentence: what somebody did wrong; plant: does it; rooms: where to look first, none for anywhere.

    path: how a run begins, by the moves' indices, 0 once they are used up: to where chance alone seldom comes.
    """

    name: str
    sentence: str
    plant: Callable[[Patch], None]
    rooms: tuple[str, ...] = ()
    path: Path = ()


PLANTED: dict[str, Bug] = {}


def bug(sentence: str, *rooms: str, path: Path = ()) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Registers a fault under its function's name."""

    def register(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        PLANTED[plant.__name__] = Bug(plant.__name__, sentence, plant, rooms, path)
        return plant

    return register


def warrant(patch: Patch, name: str, check: Any) -> None:
    """Puts another check in the place of an entry type's own."""
    patch.setitem(TYPES, name, dataclasses.replace(TYPES[name], warrant=check))


def applied(patch: Patch, name: str, apply: Any) -> None:
    """Puts another apply in the place of an entry type's own."""
    patch.setitem(TYPES, name, dataclasses.replace(TYPES[name], apply=apply))


# --- Who decides -------------------------------------------------------------------------------------------------


@bug("The same person may sign twice.")
def same_person_twice(patch: Patch) -> None:
    def may_sign(state: ActState, holder: str, at: dt.datetime, *tied: Any) -> Any:
        others = tuple(hand for hand in state.hands if hand.holder != holder or hand.hand == "submit")
        return _may_sign(state._replace(hands=others), holder, at, *tied)

    _may_sign = rules.may_sign
    patch.setattr(rules, "may_sign", may_sign)


@bug("Two signatures are counted where one person signed: hands are counted, and the opener's twice.")
def opener_counts_twice(patch: Patch) -> None:
    def nth(hands: Any, wanted: int) -> Any:
        return hands[-1].at if hands and len(hands) + 1 >= wanted else None

    patch.setattr(rules, "_nth", nth)


@bug("Whoever the act is about decides in it as well.")
def subject_decides(patch: Patch) -> None:
    patch.setattr(ActState, "parties", property(lambda _state: frozenset()))


@bug("Only the subject is a party; founders confirm what they founded.")
def founders_confirm(patch: Patch) -> None:
    patch.setattr(ActState, "parties", property(lambda state: frozenset({state.subject})))


@bug("Who accepted or opened counts as one who said yes.")
def submitting_is_signing(patch: Patch) -> None:
    def decide(state: ActState, now: dt.datetime) -> Any:
        said = [hand for hand in state.hands if hand.hand in ("submit", "yes")]
        return rules._enough(state, now, rules._nth(said, state.current.persons))

    patch.setitem(rules._WAITS, "decide", decide)


@bug("A no counts for nothing.")
def objections_ignored(patch: Patch) -> None:
    def decide(state: ActState, now: dt.datetime) -> Any:
        return rules._enough(state, now, rules._nth(state.hands_now("yes"), state.current.persons))

    patch.setitem(rules._WAITS, "decide", decide)


@bug("A signature counts after the deadline, where the clock has not run yet.")
def late_signature_counts(patch: Patch) -> None:
    def may_sign(state: ActState, holder: str, at: dt.datetime, *tied: Any) -> Any:
        return _may_sign(state, holder, min(at, state.since), *tied)

    _may_sign = rules.may_sign
    patch.setattr(rules, "may_sign", may_sign)


@bug("Whoever offers an office takes it themselves.", "offices")
def offers_to_oneself(patch: Patch) -> None:
    warrant(patch, "office.accepted", act_warrants.submitting)


# --- Grants ------------------------------------------------------------------------------------------------------


@bug("A grant gives power after its last day.")
def expiry_ignored(patch: Patch) -> None:
    def stands(grant: Any, at: dt.datetime) -> bool:
        return grant.starts <= at and (grant.ended_at is None or at < grant.ended_at)

    patch.setattr(live, "stands", stands)
    at, size = permits._AT, permits._SIZE
    everything = sa.and_(
        grants.c.from_at <= at, sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at), grants.c.entry < size
    )
    _reselect(patch, everything)


@bug("A grant that was ended gives power until its last day.")
def ending_ignored(patch: Patch) -> None:
    patch.setattr(live, "stands", lambda grant, at: grant.starts <= at < grant.until)
    at, size = permits._AT, permits._SIZE
    _reselect(patch, sa.and_(grants.c.from_at <= at, grants.c.until_at > at, grants.c.entry < size))


def _reselect(patch: Patch, clause: sa.ColumnElement[bool]) -> None:
    chosen = sa.select(grants).where(clause).order_by(*permits._ORDER)
    patch.setattr(permits, "_LIVE", chosen)
    in_scope = chosen.where(grants.c.scope_kind == sa.bindparam("kind"), grants.c.scope_id == sa.bindparam("scope"))
    patch.setattr(permits, "_LIVE_IN", in_scope)


@bug("A grant at the hub reaches every branch and group.")
def hub_reaches_branches(patch: Patch) -> None:
    _reach(patch, lambda grant, scope: grant.scope.kind == "hub")


@bug("What a branch's organiser may do there, they may do in its groups.")
def power_flows_down(patch: Patch) -> None:
    _reach(patch, lambda grant, scope: grant.scope.kind == "branch" and grant.scope.branch == scope.branch)


def _reach(patch: Patch, also: Callable[[Any, Any], bool]) -> None:
    was = predicates.reaches

    def reaches(grant: Any, scope: Any) -> bool:
        return was(grant, scope) or also(grant, scope)

    for room in (predicates, permit_warrants, act_warrants):
        patch.setattr(room, "reaches", reaches)


@bug("An appointment lasts three times its term.", "offices")
def term_too_long(patch: Patch) -> None:
    was = offices_fold.days_of_appointment
    patch.setattr(offices_fold, "days_of_appointment", lambda tx, state: 3 * was(tx, state))


@bug("What a branch chose while an act ran changes that act.", "settings", "offices")
def choice_of_today(patch: Patch) -> None:
    was = constitution.chosen

    def chosen(tx: Any, text: Any, rule: str, branch: Any, before: Any = None) -> int:
        return was(tx, text, rule, branch)

    patch.setattr(constitution, "chosen", chosen)


@bug("An appointment is made twice.", "offices")
def effect_twice(patch: Patch) -> None:
    done = EFFECTS["office.appoint"]

    def carry_out(tx: Any, state: Any, due: Any) -> None:
        done.carry_out(tx, state, due)
        done.carry_out(tx, state, due)

    patch.setitem(EFFECTS, "office.appoint", dataclasses.replace(done, carry_out=carry_out))
    patch.setattr(offices_fold, "_MADE", sa.select(grants.c.id).where(grants.c.act == sa.bindparam("act"), sa.false()))


@bug("Anybody lays down anybody's office.", "people")
def resigns_for_another(patch: Patch) -> None:
    def resign(tx: Any, *, grant: str, actor: Any) -> None:
        found = permits.grant_by_id(tx, grant)
        assert found is not None
        ledger.append(tx, permits_fold.GrantEnded(found.id, "resigned"), by=found.entry)

    patch.setattr(permit_actions, "resign", resign)


@bug("Two organisers withdraw a mandate as if they had given it.", "offices")
def mandate_is_withdrawn(patch: Patch) -> None:
    everything = ("founding", "election", "lot", "appointment", "delegation", "caretaker")
    patch.setattr(offices_fold, "DERIVED", everything)
    patch.setattr(permits_fold, "DERIVED", everything)


@bug("A moderator signs appointments and withdrawals.", "offices")
def derived_holder_appoints(patch: Patch) -> None:
    was = permits._grants

    def made(tx: Any, rows: Any) -> Any:
        more = frozenset({"appointments.make"})
        return tuple(
            dataclasses.replace(grant, permissions=grant.permissions | more) if grant.role == "moderator" else grant
            for grant in was(tx, rows)
        )

    patch.setattr(permits, "_grants", made)


@bug("Who left the organisation keeps their offices.")
def lapse_forgotten(patch: Patch) -> None:
    patch.setattr(standing, "lapse_grants", lambda tx, *, person, **_: ())


@bug("Whoever the list calls unpaid is out at once.", "people")
def no_days_of_grace(patch: Patch) -> None:
    patch.setattr(standing_rules, "due", lambda why, said, numbers: said)
    warrant(patch, "grant.ended", lambda *_: YES)


@bug("However many the list ends at once, they are out.", "people")
def tripwire_cut(patch: Patch) -> None:
    patch.setattr(standing_rules, "limit", lambda *_, **__: 10_000)
    warrant(patch, "grant.ended", lambda *_: YES)


@bug("Whom the list calls expelled is out, without a case.", "people")
def expelled_at_a_word(patch: Patch) -> None:
    patch.setattr(standing_rules, "UNHEEDED", frozenset())
    patch.setattr(standing_rules, "AT_ONCE", frozenset({"left", "died", "suspended", "expelled"}))


@bug("Whom members elected and the list ends before the start is given nothing, and nobody says so.", "people")
def left_out_unsaid(patch: Patch) -> None:
    was, found = elections.owing, EFFECTS["office.elect"]

    def mandates(tx: Any, state: ActState) -> Any:
        return [one for one in was.mandates(tx, state) if not branch_actions.has_left(tx, one[0])]

    patch.setattr(elections, "owing", SimpleNamespace(**{**vars(was), "mandates": mandates}))
    patch.setitem(EFFECTS, "office.elect", dataclasses.replace(found, settled=lambda *_: YES))


@bug("Whom members elected and the list ends before the start lapses then, however many they are.", "people")
def leavers_jam_an_election(patch: Patch) -> None:
    def begin(tx: Any, scope: Any, holders: Any, due: Any) -> set[str]:
        gone = {holder for holder in holders if branch_actions.has_left(tx, holder)}
        for holder in sorted(gone):
            permit_actions.lapse_grants(tx, person=permits.person_of_holder(tx, holder), due=due)
        return gone

    patch.setattr(elected, "begin", begin)


@bug("Until an election takes effect, the list ends as many of those elected as it likes.", "people")
def elected_hold_nothing(patch: Patch) -> None:
    patch.setattr(elected, "in_waiting", lambda *_: {})


# --- Acts and their clock ----------------------------------------------------------------------------------------


@bug("An act goes on before its deadline.")
def moves_without_deadline(patch: Patch) -> None:
    patch.setattr(rules, "_missed", lambda state, now: (now, rules.CONSEQUENCE[state.current.short]))


@bug("A step that was missed counts from when the clock ran, not from its deadline.")
def late_clock_counts(patch: Patch) -> None:
    def missed(state: ActState, now: dt.datetime) -> Any:
        return (clock.minute(now), rules.CONSEQUENCE[state.current.short]) if now >= state.due else None

    patch.setattr(rules, "_missed", missed)


@bug("A notice is over at once.", "settings")
def notice_skipped(patch: Patch) -> None:
    patch.setitem(rules._WAITS, "notice", lambda state, now: (state.since, "done"))


@bug("A change goes on though members hold it.", "settings", "petitions")
def hold_forgotten(patch: Patch) -> None:
    patch.setattr(ActState, "is_held", property(lambda _state: False))


@bug("The clock leaves acts about branches alone.")
def clock_forgets_acts(patch: Patch) -> None:
    was = act_queries.due_by

    def due_by(tx: Any, now: dt.datetime) -> tuple[str, ...]:
        return tuple(act for act in was(tx, now) if act_queries.get(tx, act).scope.kind != "group")

    patch.setattr(act_queries, "due_by", due_by)


@bug("A founding that came to nothing, or a hiding, is not undone.", "hiding")
def undo_forgotten(patch: Patch) -> None:
    patch.setitem(EFFECTS, "content.hide", dataclasses.replace(EFFECTS["content.hide"], ended=lambda *_: None))


@bug("Whoever hides something is not noted, and confirms it too.", "hiding")
def hider_confirms(patch: Patch) -> None:
    was = acts_fold.submit

    def submit(tx: Any, entry: Any, *, act: str, holder: str) -> None:
        if act_queries.get(tx, act).procedure != "hide":
            was(tx, entry, act=act, holder=holder)

    patch.setattr(acts_fold, "submit", submit)


APPOINTED: Path = tuple(
    step
    for place in range(3)
    for step in (("offer", []), ("accept", [0, 0, place]), ("confirm_office", []), ("confirm_office", []))
)
MODERATORS: Path = (*APPOINTED, *[("days_pass", [0])] * 5, ("hide", []), ("confirm_hiding", []))


@bug("Moderators keep hidden what one of them hid, and no organiser is asked.", "offices", "hiding", path=MODERATORS)
def no_organiser_is_asked(patch: Patch) -> None:
    warrant(patch, "hiding.confirmed", act_warrants.signing)


@bug("Whoever stands in an election hides what a rival says.", "hiding", "ballots")
def rival_hides(patch: Patch) -> None:
    found = targets.KINDS["candidacy"]

    def find(tx: Any, candidacy: str) -> Any:
        target = found.find(tx, candidacy)
        return target and dataclasses.replace(target, barred=frozenset())

    patch.setitem(targets.KINDS, "candidacy", dataclasses.replace(found, find=find))


@bug("Whoever hid something that came back hides it again at once, alone.", "hiding")
def hides_again_alone(patch: Patch) -> None:
    patch.setattr(hiding_rules, "may_hide_again", lambda *_: YES)


# --- Petitions ---------------------------------------------------------------------------------------------------


@bug("The signature of who left still counts.", "people", "petitions")
def signature_of_who_left(patch: Patch) -> None:
    room = SimpleNamespace(
        persons_in=_everybody_ever, persons_since=lambda scope, _at: _everybody_ever(scope),
        size=electorate.size, belongs=electorate.belongs,
    )  # fmt: skip
    patch.setattr(petition_actions, "electorate", room)


def _everybody_ever(_scope: Any) -> Any:
    return sa.select(standings.c.person).distinct()


@bug("Of a group, everybody of its branch signs and is counted.")
def roll_of_the_branch(patch: Patch) -> None:
    def persons_in(scope: Any) -> Any:
        return was(branch_scope(scope.branch) if scope.kind == "group" else scope)

    was = electorate.persons_in
    patch.setattr(electorate, "persons_in", persons_in)


@bug("A petition takes one signature fewer than its rule says.")
def threshold_off_by_one(patch: Patch) -> None:
    was = petition_rules.signatures_needed
    patch.setattr(petition_rules, "signatures_needed", lambda *args: max(1, was(*args) - 1))


@bug("Whoever comes after a petition began signs it, and is counted.", "people", "petitions")
def newcomers_sign(patch: Patch) -> None:
    patch.setattr(electorate, "persons_since", lambda scope, at: electorate.persons_in(scope))


@bug("Who signed is kept when the petition has what it takes.", "petitions")
def signatures_are_kept(patch: Patch) -> None:
    patch.setattr(petition_actions, "forget_signatures", lambda *_: None)


@bug("A recall that has its signatures ends none of the others.", "petitions")
def recalls_side_by_side(patch: Patch) -> None:
    patch.setattr(petition_fold, "other_recalls", lambda tx, found: [])


@bug("Rules beyond the outer limits load, so long as they are TOML.")
def broken_rules_load(patch: Patch) -> None:
    def load(text: str) -> Any:
        return _constitution(faults.Reading(text, tomllib.loads(text)))

    patch.setattr(constitution, "parsed", functools.cache(load))


@bug("A power that one organiser froze is used.", "freezing", "offices", "settings")
def freeze_ignored(patch: Patch) -> None:
    patch.setattr(freezes, "live", lambda *_, **__: [])


@bug("How long one person may freeze a power is counted anew with each month.", "freezing")
def freezes_by_the_month(patch: Patch) -> None:
    def longest(earlier: Any, most: dt.timedelta, window: dt.timedelta, at: dt.datetime) -> dt.timedelta:
        month = [end - start for start, end in earlier if (start.year, start.month) == (at.year, at.month)]
        return max(dt.timedelta(0), most - sum(month, dt.timedelta(0)))

    patch.setattr(freezing_fold, "longest_freeze", longest)


# --- The record --------------------------------------------------------------------------------------------------


@bug("The fold asks the clock instead of the entry.", "hiding")
def fold_asks_the_clock(patch: Patch) -> None:
    def submit(tx: Any, entry: Any, *, act: str, holder: str) -> None:
        was(tx, dataclasses.replace(entry, at=clock.now()), act=act, holder=holder)

    was = acts_fold.submit
    patch.setattr(acts_fold, "submit", submit)


@bug("The fold makes up an id.")
def fold_makes_up_an_id(patch: Patch) -> None:
    def end_grant(tx: Any, entry: Any, record: Any, said: Any) -> None:
        permits_fold.end_grant(tx, entry, record, said)
        tx.execute(sa.update(grants).where(grants.c.id == record.grant).values(ended_why=record.why + ids.new("act")))

    applied(patch, "grant.ended", end_grant)


@bug("The fold reads a private table.")
def fold_reads_private(patch: Patch) -> None:
    def declare(tx: Any, entry: Any, record: Any, said: Any) -> None:
        links_fold.declare_link(tx, entry, record, said)
        members = electorate.size(tx, permits.grant_by_entry(tx, entry.by).scope)
        links_fold._mark(tx, record.link, confirmed_by=members)

    applied(patch, "link.declared", declare)


@bug("A hand's warrant is not checked again where it is folded, nor where it is asked for.")
def anybody_declares_links(patch: Patch) -> None:
    warrant(patch, "link.declared", lambda *_: YES)
    patch.setattr(links, "require", lambda actor, power, scope: actor.grants[0])


@bug("A refusal comes after something was written, and the unit of work was ended first.")
def refusal_comes_late(patch: Patch) -> None:
    was = writer.insist

    def insist(verdict: Any) -> None:
        if not verdict.ok and _writing:
            _writing[-1].connection.driver_connection.execute("COMMIT")
            _writing[-1].connection.driver_connection.execute("BEGIN")
        was(verdict)

    _writing: list[Any] = []
    index = writer._next_index

    def next_index(tx: Any) -> Any:
        _writing[:] = [tx]
        return index(tx)

    patch.setattr(writer, "_next_index", next_index)
    patch.setattr(writer, "insist", insist)


@bug("A member who leaves a group keeps their place in it.")
def place_is_kept(patch: Patch) -> None:
    patch.setattr(membership, "_GIVE_SEAT", sa.text("SELECT :key"))


@bug("The clock leaves a line in the private trail each time it runs, though nothing was due.")
def tick_leaves_a_trace(patch: Patch) -> None:
    def tick(tx: Any) -> int:
        person = tx.scalar(sa.text("SELECT min(id) FROM persons"))
        audit.note(tx, person=person, what="standing.proved", by="self", why="the clock ran")
        return elections.tick(tx)

    patch.setitem(world.CLOCKWORK, "elections", tick)


# --- Elections, ballots, lots, emergencies ---------------------------------------------------------------------------


@bug("Casting a vote marks nobody on the roll.", "ballots")
def vote_marks_nobody(patch: Patch) -> None:
    patch.setattr(roll, "mark", lambda tx, ballot, person: True)


@bug("A yes takes no more than one vote over the no: the floor is forgotten.", "ballots", "petitions")
def floor_forgotten(patch: Patch) -> None:
    patch.setattr(ballot_rules, "floor_of", lambda formula, members: 0)


@bug("Whom earlier organisers appointed, and who took care, stay beside those elected.", "ballots", "offices")
def nobody_is_superseded(patch: Patch) -> None:
    patch.setattr(owing, "endings", lambda tx, state: [])


@bug("The clock opens no election.", "people", "ballots")
def elections_forgotten(patch: Patch) -> None:
    patch.setattr(elections, "open_owed", lambda tx: 0)


@bug("An election in which nobody needs to vote any more goes on.", "people", "ballots")
def elections_never_rest(patch: Patch) -> None:
    patch.setattr(pointless, "candidates", lambda tx: [])


@bug("A recall ends every mandate but the newest.", "ballots", "petitions")
def recall_spares_one(patch: Patch) -> None:
    was = petition_queries.mandates

    def mandates(tx: Any, holder: str, role: str, scope: Any, at: dt.datetime) -> Any:
        found = was(tx, holder, role, scope, at)
        voted = any(act.procedure == "recall" and act.current.do == "effect" for act in _of(tx, scope))
        return found[:-1] if voted else found

    patch.setattr(petition_queries, "mandates", mandates)


def _of(tx: Any, scope: Any) -> Any:
    return act_queries.running(tx, scope, "recall")


@bug("An act goes on under the rules of today.", "ballots", "petitions", "settings")
def constitution_of_today(patch: Patch) -> None:
    was = act_queries._state

    def state(tx: Any, row: Any) -> Any:
        in_force, entry = constitution.in_force(tx)
        steps = in_force.procedures[row.procedure].steps
        return was(tx, row)._replace(steps=steps, constitution=entry)

    patch.setattr(act_queries, "_state", state)


@bug("New rules come into force with the vote, without the days to object or to leave.", "ballots", "petitions")
def rules_at_once(patch: Patch) -> None:
    def notice(state: ActState, now: dt.datetime) -> Any:
        return (state.since, "done") if state.procedure == "amend" and state.step > 3 else was(state, now)

    was = rules._WAITS["notice"]
    patch.setitem(rules._WAITS, "notice", notice)


@bug("Scrutineers who do nothing put off what members voted for.", "ballots", "petitions")
def silence_puts_off_a_count(patch: Patch) -> None:
    was = rules._judge_count

    def judge(state: ActState, now: dt.datetime, yes: Any, against: Any) -> Any:
        return was(state, now, yes, against) if state.hands_now("yes", "no") else None

    patch.setattr(rules, "_judge_count", judge)


A_COUNT: Path = (
    *(("days_pass", [0]), ("days_pass", [1]), ("time_passes", [0]), ("time_passes", [0]), ("read_beacon", [])),
    *(("all_take_their_seats", []), ("days_pass", [0])),
)
CLOSING: Path = (("propose_closing", []), ("confirm_closing", []), ("days_pass", [3]), *A_COUNT)
VOID: Path = (("scrutinise", [0, 0, 0, 0, 2]), ("scrutinise", [0, 0, 0, 0, 2]))


@bug("A count that two scrutineers void stands.", "closing", "ballots", "draws", path=CLOSING)
def voided_count_stands(patch: Patch) -> None:
    was = rules._judge_count
    patch.setattr(rules, "_judge_count", lambda state, now, yes, against: was(_unheard(state), now, yes, None))


def _unheard(state: ActState) -> ActState:
    return state._replace(facts=tuple(fact for fact in state.facts if fact.fact != "upheld"))


@bug(
    "Whoever judged the count that was voided is drawn again, and judges the next.",
    "closing", "ballots", "draws", path=(*CLOSING, *VOID, *A_COUNT),
)  # fmt: skip
def judges_again(patch: Patch) -> None:
    patch.setattr(ActState, "earlier_judges", property(lambda _state: frozenset()))
    patch.setattr(conflicts, "_parties", lambda tx, state: set(state.parties))
    was = conflicts.conflicted

    def conflicted(tx: Any, state: ActState, by: str, at: dt.datetime) -> Any:
        judged = {hand.holder for hand in state.hands if hand.hand != "submit"}
        return was(tx, state, by, at) - judged

    for room in (conflicts, pools, seats_fold):
        patch.setattr(room, "conflicted", conflicted)


@bug("New rules pass with two thirds of all, whatever most of the branches said.", "ballots", "petitions")
def branches_are_not_asked(patch: Patch) -> None:
    patch.setattr(ballot_rules.ByBranch, "is_most", property(lambda _self: True))


@bug("An election ends as soon as somebody stands, though no other overtook it.", "ballots")
def elections_end_for_nothing(patch: Patch) -> None:
    def since(tx: Any, state: ActState) -> Any:
        waits = state.is_open and state.fact_at("stopped") is None and not pointless.has_come_to_vote(state)
        return (state.since, pointless.OVERTAKEN) if state.hands and waits else None

    patch.setattr(pointless, "candidates", lambda tx: sorted(pointless.waiting(tx)))
    patch.setattr(pointless, "since", since)


def _passes_unread(patch: Patch, *procedures: str) -> None:
    """What members voted on in these acts holds, whatever they said."""
    was = rules._judge_count

    def judge(state: ActState, now: dt.datetime, yes: Any, against: Any) -> Any:
        facts = tuple(fact for fact in state.facts if fact.fact != "failed")
        read = state._replace(facts=facts) if state.procedure in procedures else state
        return was(read, now, yes, against)

    patch.setattr(rules, "_judge_count", judge)


@bug("Whatever was counted holds once nobody has voided it, also where members said no.", "ballots", "petitions")
def no_is_a_yes_unjudged(patch: Patch) -> None:
    _passes_unread(patch, "recall", "amend", "hold")


@bug("A by-election that a late clock opens runs ahead of the election that overtakes it.", "ballots", "petitions")
def opened_late_runs_ahead(patch: Patch) -> None:
    was = elections.open_owed

    def open_owed(tx: Any) -> int:
        opened = was(tx)
        for act in sorted(pointless.waiting(tx)):
            act_actions.run(tx, act)
        return opened

    patch.setattr(elections, "open_owed", open_owed)


@bug("A grant that a measure rests gives power meanwhile.", "emergencies")
def pause_ignored(patch: Patch) -> None:
    was = live.is_live
    for room in [room for name, room in sys.modules.items() if name.startswith("hub.")]:
        if getattr(room, "is_live", None) is was:
            patch.setattr(room, "is_live", lambda grant, at, effective_size=None: live.stands(grant, at))
    at, size = permits._AT, permits._SIZE
    ends = sa.or_(grants.c.ended_at.is_(None), grants.c.ended_at > at)
    _reselect(patch, sa.and_(grants.c.from_at <= at, grants.c.until_at > at, ends, grants.c.entry < size))


@bug("A measure that no panel confirms goes on.", "emergencies")
def measure_without_panel(patch: Patch) -> None:
    begin = EFFECTS["measure.begin"]
    patch.setitem(EFFECTS, "measure.begin", dataclasses.replace(begin, ended=lambda *_: None))


@bug("Whoever declared a measure organises the place while it lasts.", "emergencies")
def measure_seats_who_declared(patch: Patch) -> None:
    def begin(tx: Any, state: ActState, due: dt.datetime) -> None:
        was.carry_out(tx, state, due)
        place = emergency_queries.find(tx, state.id).scope_id
        branch = place if place.startswith("brn_") else groups_queries.get(tx, place).branch
        moment, until = clock.format_minute(due), clock.format_minute(due + dt.timedelta(days=7))
        who, act = state.hands[0].holder, (state.id, state.step)
        ledger.append(tx, GrantMade(ids.new("grt"), who, "admin", place, branch, "lot", *act, moment, until), by=None)

    def owes(tx: Any, state: ActState, entry: Any, record: Any) -> Any:
        return YES if isinstance(record, GrantMade) else was.owes(tx, state, entry, record)

    was = EFFECTS["measure.begin"]
    patch.setitem(EFFECTS, "measure.begin", dataclasses.replace(was, carry_out=begin, owes=owes))
    patch.setattr(rules, "may_grant_in", lambda *_: True)


@bug("A measure lasts twice its days.", "emergencies")
def measure_lasts_a_fortnight(patch: Patch) -> None:
    was = emergency_fold.until_of
    patch.setattr(emergency_fold, "until_of", lambda tx, state: state.since + 2 * (was(tx, state) - state.since))


@bug("One measure may follow another at once.", "emergencies")
def measures_one_after_another(patch: Patch) -> None:
    patch.setattr(emergency_rules, "may_declare", lambda *_: YES)


@bug(
    "What a measure closes goes on.", "emergencies", "settings",
    path=(("declare", [0, 0, 0, 1]), ("confirm_measure", [])),
)  # fmt: skip
def measure_closes_nothing(patch: Patch) -> None:
    patch.setattr(act_queries, "is_closed", lambda *_: False)


@bug(
    "A measure rests whoever was drawn to take care, or to look at a count.", "closing", "draws", "emergencies",
    path=CLOSING[:-1],
)  # fmt: skip
def measure_rests_who_was_drawn(patch: Patch) -> None:
    patch.setattr(emergency_rules, "may_rest", lambda *_: True)


@bug("A panel extends its measure a second time.", "emergencies", "draws")
def extended_twice(patch: Patch) -> None:
    def may_extend(kind: str, **asked: Any) -> Any:
        return was(kind, **{**asked, "is_asked": False})

    was = emergency_rules.may_extend
    patch.setattr(emergency_rules, "may_extend", may_extend)


@bug("A measure that is extended lasts a fifteenth day.", "emergencies", "draws")
def fifteenth_day(patch: Patch) -> None:
    def ends_at(begun: dt.datetime, until: dt.datetime, more_days: int, most_days: int) -> dt.datetime:
        return was(begun, until, more_days + (until > begun), most_days + 1)

    was = emergency_rules.ends_at
    patch.setattr(emergency_rules, "ends_at", ends_at)


@bug("An election goes on that nobody confirmed, and gives offices.", "emergencies")
def undone_election_goes_on(patch: Patch) -> None:
    patch.setattr(acts_fold, "undo", lambda *_args, **_named: None)


@bug("Whoever comes first takes a seat that another was drawn for.", "draws")
def seat_for_anybody(patch: Patch) -> None:
    def my_seat(tx: Any, act: str, person: str | None) -> Any:
        here = sa.select(draw_seats).where(draw_seats.c.act == act, draw_seats.c.state == "offered")
        return tx.execute(here.order_by(draw_seats.c.rank).limit(1)).first()

    patch.setattr(draws, "my_seat", my_seat)


@bug("Two who can know the randomness still void a pool.", "draws")
def voided_when_known(patch: Patch) -> None:
    late = property(lambda draw: draw.known_at + dt.timedelta(days=400))
    patch.setattr(draw_queries.Draw, "stands_from", late)


@bug("What two people typed alike is taken for what the beacon said.", "draws")
def two_lie_alike(patch: Patch) -> None:
    seen: Counter[tuple[int, str]] = Counter()
    was = Chain.is_signed

    def is_signed(chain: Chain, round_: int, signature: str) -> bool:
        seen[round_, signature] += 1
        return was(chain, round_, signature) or seen[round_, signature] > 1

    patch.setattr(Chain, "is_signed", is_signed)


@bug("A reading is taken whose signature nobody verified.", "draws")
def unverified_reading_is_taken(patch: Patch) -> None:
    patch.setattr(Chain, "is_signed", lambda chain, round_, signature: True)


@bug("Whoever objected to a pool judges it, too.", "draws")
def judges_own_objection(patch: Patch) -> None:
    patch.setattr(draws, "has_part", lambda *_: False)


@bug("The last in the order follows, not the first.", "draws")
def reserves_from_the_end(patch: Patch) -> None:
    was = draw_queries.order

    def order(tx: Any, act: str, step: int) -> Any:
        return was(tx, act, step)[::-1]

    patch.setattr(draw_queries, "order", order)


@bug("Who came first into the pool is drawn first, and nobody compares the order with the seed.", "draws")
def first_come_first_drawn(patch: Patch) -> None:
    make_pool, pool_hash = lot_draw.make_pool, lot_draw.pool_hash
    patch.setattr(lot_draw, "make_pool", tuple)
    patch.setattr(lot_draw, "pool_hash", lambda pool: pool_hash(make_pool(pool)))
    patch.setattr(walk, "order_of", lambda pool, seed, round_: tuple(pool))
    warrant(patch, "draw.made", lambda *_: YES)


@bug("Nobody takes care when the last organiser is gone, though some were drawn for it.", "draws", "people")
def nobody_takes_care(patch: Patch) -> None:
    patch.setattr(draws_ticking, "begin_owed", lambda tx: 0)


# --- What ballots keep to themselves, and what they publish ----------------------------------------------------------


@bug("Who votes takes the place of another on the roll, so that it stays as long.", "ballots", "petitions")
def roll_changes_hands(patch: Patch) -> None:
    def mark(tx: Any, ballot: str, person: str) -> bool:
        here = sa.select(ballot_roll.c.person).where(ballot_roll.c.ballot == ballot)
        others = sa.select(standings.c.person).where(standings.c.person.not_in(here)).order_by(standings.c.person)
        other, waits = tx.scalar(others.limit(1)), here.where(ballot_roll.c.voted == 0, ballot_roll.c.person != person)
        gone = tx.scalar(waits.order_by(ballot_roll.c.person).limit(1))
        if other and gone:
            line = sa.and_(ballot_roll.c.ballot == ballot, ballot_roll.c.person == gone)
            tx.execute(sa.update(ballot_roll).where(line).values(person=other))
        return was(tx, ballot, person)

    was = roll.mark
    patch.setattr(roll, "mark", mark)


@bug("The private trail says under which code somebody voted.", "ballots", "petitions")
def trail_names_the_paper(patch: Patch) -> None:
    def cast(tx: Any, **asked: Any) -> str:
        tracker = was(tx, **asked)
        audit.note(tx, person=asked["actor"].person, what="standing.proved", by="self", why=tracker)
        return tracker

    was = casting.cast
    patch.setattr(casting, "cast", cast)


@bug("Papers that say yes are put away first.", "ballots", "petitions")
def yes_is_put_away(patch: Patch) -> None:
    def shuffle(tx: Any, ballot: str, tracker: str, pool: Any) -> None:
        was(tx, ballot, tracker, pool)
        tx.execute(sa.update(ballot_papers).where(ballot_papers.c.choice == '"yes"').values(sealed=1))

    was = box._shuffle
    patch.setattr(box, "_shuffle", shuffle)


@bug("A receipt's code is the same in every ballot.", "ballots", "petitions")
def code_of_no_ballot(patch: Patch) -> None:
    was = ballot_rules.tracker_of
    patch.setattr(ballot_rules, "tracker_of", lambda ballot, nonce, phrase: was("", nonce, phrase))


@bug("Whoever stands takes a seat that is free, though most would rather have nominations again.", "ballots")
def seats_are_filled(patch: Patch) -> None:
    def winners_of(contest: Any, seed: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in contest.standing if name != "ron")[: contest.seats])

    patch.setattr(ballot_rules, "winners_of", winners_of)


# --- Second persons, tenure, replacement (GO-03 to GO-05) ------------------------------------------------------------


@bug("Whom somebody appointed signs beside them on the 27th day.", "offices", "hiding")
def appointee_on_day_27(patch: Patch) -> None:
    was = act_queries.tied_to
    patch.setattr(act_queries, "tied_to", lambda tx, holder, since: was(tx, holder, since + dt.timedelta(days=1)))


@bug("Thirteen days in office are enough.", "ballots", "hiding")
def thirteen_days(patch: Patch) -> None:
    def has_tenure(grant: Any, since: Any, at: Any) -> Any:
        return was(dataclasses.replace(grant, tenure_days=max(0, grant.tenure_days - 1)), since, at)

    was = permit_rules.has_tenure
    for room in (predicates, permit_warrants):
        patch.setattr(room, "has_tenure", has_tenure)


@bug("Thirteen days in office are enough to end an older one.", "ballots", "offices")
def thirteen_days_to_withdraw(patch: Patch) -> None:
    was = offices_fold.may_end_held
    patch.setattr(offices_fold, "may_end_held", lambda mine, theirs, days, at: was(mine, theirs, days - 1, at))


@bug("The one organiser who is left goes on with what takes two.", "people", "settings")
def one_left_goes_on(patch: Patch) -> None:
    patch.setattr(permit_warrants, "IN_COMPANY", frozenset())


@bug("Withdrawals are counted anew in each fortnight of the calendar.", "offices")
def calendar_fortnight(patch: Patch) -> None:
    def may_replace(tx: Any, scope: Any, numbers: Any, at: dt.datetime) -> Any:
        days = numbers["replace_days"]
        return was(tx, scope, {**numbers, "replace_days": int(at.timestamp()) // 86400 % days}, at)

    was = offices_fold.may_replace
    patch.setattr(offices_fold, "may_replace", may_replace)


# --- Foundings that were refused -------------------------------------------------------------------------------------


@bug("A panel that says nothing has confirmed the refusal.", "founding")
def silence_refuses(patch: Patch) -> None:
    def decide(state: ActState, now: dt.datetime) -> Any:
        found = was(state, now)
        is_silent = state.procedure in APPEALS.values() and found is not None and found[1] == "silence"
        return (found[0], "lapsed") if is_silent and found is not None else found

    was = rules._WAITS["decide"]
    patch.setitem(rules._WAITS, "decide", decide)


@bug("The name of what was refused is free before its founders could appeal.", "founding")
def refused_and_gone(patch: Patch) -> None:
    found = EFFECTS["group.register"]

    def ended(tx: Any, state: ActState, entry: Any) -> None:
        tx.execute(groups_fold._END, {"key": state.subject, "index": entry.index})

    patch.setitem(EFFECTS, "group.register", dataclasses.replace(found, ended=ended))


# --- Standing in -------------------------------------------------------------------------------------------------


@bug("A stand-in goes on when the office that it was lent from has ended.", "lending", "people")
def loan_outlives_the_office(patch: Patch) -> None:
    was = live.lent

    def lent(grant: Any, lender: Any) -> Any:
        ends = {"until": grant.until, "ended_at": grant.ended_at, "ended_why": grant.ended_why}
        return dataclasses.replace(was(grant, lender), **ends)

    patch.setattr(live, "lent", lent)
    _reselect(patch, live._of_its_own(grants, permits._AT, permits._SIZE))


@bug("A stand-in signs beside whom they stand for.", "lending", "settings", "hiding")
def stand_in_is_a_second(patch: Patch) -> None:
    patch.setattr(act_queries, "one_with", lambda tx, holder, since: frozenset())


@bug("Who lent an office takes it back, and another signs in their place a second time.", "lending", "settings")
def stand_ins_are_two(patch: Patch) -> None:
    was = act_queries.one_with

    def one_with(tx: Any, holder: str, since: dt.datetime) -> frozenset[str]:
        return was(tx, holder, clock.now() + dt.timedelta(minutes=1))

    patch.setattr(act_queries, "one_with", one_with)


@bug("An office is lent for as long as was asked, whenever it ends itself.", "lending")
def loan_has_its_own_days(patch: Patch) -> None:
    def until_of(tx: Any, state: Any, lender: Any) -> dt.datetime:
        return state.since + dt.timedelta(days=groups_queries.office_act(tx, state.id).days)

    patch.setattr(lending_fold, "until_of", until_of)


@bug("Two organisers let a helper in, whatever members vote.", "offices", "ballots")
def helper_without_a_vote(patch: Patch) -> None:
    _passes_unread(patch, "admit_helper")


# --- Places that everybody left --------------------------------------------------------------------------------------


@bug("Nobody notices that the last member has left.", "people")
def last_one_unnoticed(patch: Patch) -> None:
    patch.setattr(resting, "let_empty_rest", lambda _tx: 0)
    patch.setitem(world.CLOCKWORK, "empty", lambda _tx: 0)


@bug("A group to which somebody came back is still called empty.", "people")
def nobody_wakes(patch: Patch) -> None:
    def count_in(tx: Any, group: Any, **asked: Any) -> None:
        was(tx, group, **asked)
        again = groups_queries.get(tx, group.id)
        if again.revived_at is not None and not again.is_dormant:
            ledger.append(tx, GroupDormant(group.id), by=None)

    was = membership.count_in
    patch.setattr(membership, "count_in", count_in)


@bug("Nobody notices that the last member of a branch has gone.", "people")
def branch_unnoticed(patch: Patch) -> None:
    patch.setattr(resting, "_EMPTY_BRANCHES", resting._EMPTY_BRANCHES.where(sa.false()))


@bug("A branch in which somebody is verified again is still called empty.", "people")
def branch_sleeps_on(patch: Patch) -> None:
    patch.setattr(resting, "_RETURNED_TO", resting._RETURNED_TO.where(sa.false()))


@bug("Who was offered an office accepts it in a group that is empty.", "offices", "people")
def accepts_in_the_empty(patch: Patch) -> None:
    def submitting(*asked: Any) -> Any:
        with pytest.MonkeyPatch.context() as meanwhile:
            meanwhile.setattr(permits, "dormant_since", lambda *_: None)
            return was(*asked)

    was = act_warrants.submitting
    patch.setattr(act_warrants, "submitting", submitting)


@bug("That a group is said to be empty ends the mandates in it at once.", "people")
def empty_at_a_word(patch: Patch) -> None:
    patch.setattr(places, "emptied_at", lambda tx, grant: permits.dormant_since(tx, grant.scope.id))


@bug("Two organisers close their group, whatever its members vote.", "closing", "ballots")
def closed_without_a_vote(patch: Patch) -> None:
    _passes_unread(patch, "close_group")


@bug("A request outlives its asker: leaving the organisation, or its area, closes none.", "people")
def request_outlives_its_asker(patch: Patch) -> None:
    def close(tx: Any, *which: Any, person: str, answer: str, at: Any = None) -> None:
        if answer not in ("ended", "moved"):
            was(tx, *which, person=person, answer=answer, at=at)

    was = membership._close
    patch.setattr(membership, "_close", close)


@bug("Joining by oneself leaves the request open that one had made.", "people", "settings")
def request_outlives_its_answer(patch: Patch) -> None:
    def close(tx: Any, *which: Any, person: str, answer: str, at: Any = None) -> None:
        if answer != "joined":
            was(tx, *which, person=person, answer=answer, at=at)

    was = membership._close
    patch.setattr(membership, "_close", close)


@bug("One organiser has as many invitations waiting as there are places.", "offices")
def invitations_without_end(patch: Patch) -> None:
    patch.setattr(offices_fold, "unanswered", lambda tx, scope: [])


@bug("Any organiser takes any invitation back, accepted or not.", "offices")
def anybody_takes_invitations_back(patch: Patch) -> None:
    patch.setattr(offers_fold, "may_be_withdrawn", lambda tx, state, holder: YES)


@bug("Lots fall by the codes of all papers again, which whoever votes last can choose.", "ballots")
def seed_from_trackers(patch: Patch) -> None:
    def seed(ballot: Any, papers: Any, said: str | None) -> str:
        return ballot_rules.seed_of(ballot.id, [paper.tracker for paper in papers])

    patch.setattr(counting, "_seed", seed)


@bug("A lot falls by a round that everybody knew while votes were taken.", "ballots")
def round_before_the_close(patch: Patch) -> None:
    was = ties.source_of
    patch.setattr(ties, "source_of", lambda chain, closes, minutes: was(chain, closes, -minutes))


NAMED: Path = (("offer_press", []), ("accept_press", []), ("confirm_press", []), ("confirm_press", []))
PRESS: Path = (*NAMED, ("offer_press", []), ("accept_press", [0, 0, 1]), *NAMED[2:], ("days_pass", [0]))


@bug("What one of the press drafts is said at once, and nobody signs it besides.", "press", path=PRESS)
def one_speaks_for_all(patch: Patch) -> None:
    def begin(tx: Any, record: Any, *rest: Any) -> str:
        act = was(tx, record, *rest)
        ledger.append(tx, StatementPublished(act, 1, clock.format_minute(clock.now())), by=None)
        return act

    was = statement_actions._begin
    warrant(patch, "statement.published", lambda *_: YES)
    patch.setattr(statement_actions, "_begin", begin)


@bug("The press names others of the press.", "press", path=PRESS)
def press_names_the_press(patch: Patch) -> None:
    was = permits._grants

    def made(tx: Any, rows: Any) -> Any:
        more = frozenset({"press.name"})
        return tuple(
            dataclasses.replace(grant, permissions=grant.permissions | more) if grant.role == "press" else grant
            for grant in was(tx, rows)
        )

    patch.setattr(permits, "_grants", made)
