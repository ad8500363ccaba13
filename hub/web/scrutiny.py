"""What a ballot's page shows of its count being judged, and its forms: members object, scrutineers judge, sign, void.

An election's own page leads here.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.acts import queries as acts
from hub.acts.state import ActState
from hub.ballots import elections, objecting, objections_fold, queries
from hub.ballots.objections_fold import Objection
from hub.ballots.queries import Ballot
from hub.permits import P, can
from hub.permits import queries as permits
from hub.web.acts import Hand, Progress, progress
from hub.web.context import Answer, Asked
from hub.web.elections import place_of
from hub.web.forms import Reader
from hub.web.pages import page, see_other
from hub.web.texts import _


@dataclass(frozen=True)
class Raised:
    """An objection as shown. found: what each scrutineer found, by name; may_judge: whether the reader can."""

    objection: Objection
    found: tuple[tuple[str | None, bool], ...]
    may_judge: bool


@dataclass(frozen=True)
class Judging:
    """How far the judging of a ballot's count is. act: None unless it is judged now; hands: who signed, who objected.

    result: what became of the count: None (not judged yet, or by nobody), voided, stands.
    """

    act: Progress | None
    hands: tuple[Hand, ...]
    raised: tuple[Raised, ...]
    drawn: bool
    result: str | None
    may_object: bool
    has_objected: bool
    may_see_roll: bool


def of_ballot(asked: Asked, ballot: Ballot) -> Judging:
    """Returns what a ballot's page shows of it."""
    tx, state = asked.tx, acts.get(asked.tx, ballot.act)
    is_now = state.is_open and state.judged_ballot == ballot.step
    act = progress(tx, ballot.act, asked.actor)
    entries = {row.entry for row in acts.hands(tx, state.id) if row.step == ballot.step + 1}
    may = objecting.may_object(tx, ballot, asked.actor)
    return Judging(
        act=act if is_now else None,
        hands=tuple(hand for hand in act.hands if hand.entry in entries) if ballot.is_counted else (),
        raised=_raised(asked, state, ballot, is_now=is_now),
        drawn=state.steps[ballot.step].by == "scrutineers",
        result=_result(state, ballot),
        may_object=bool(may),
        has_objected=may.code == objecting.OBJECTED_BEFORE.code,
        may_see_roll=_may_see_roll(asked, state, ballot),
    )


def sign(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/confirmation: a scrutineer signs the count."""
    ballot = queries.get(asked.tx, asked.params["ballot"])
    elections.sign(asked.tx, act=ballot.act, actor=asked.actor)
    return see_other(f"/ballots/{ballot.id}", _("You signed. It stands in the public record."))


def void(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/objection: a scrutineer says that the count is void, with a reason."""
    ballot = queries.get(asked.tx, asked.params["ballot"])
    reason = _reason(asked)
    elections.object_to(asked.tx, act=ballot.act, reason=reason, actor=asked.actor)
    return see_other(f"/ballots/{ballot.id}", _("You objected. Your reason stands in the public record."))


def object_to(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/objections: a member on the roll objects."""
    ballot = queries.get(asked.tx, asked.params["ballot"])
    objecting.object_to(asked.tx, ballot=ballot.id, reason=_reason(asked), actor=asked.actor)
    told = _("Your objection stands below, and in the public record, without your name. The scrutineers were told.")
    return see_other(f"/ballots/{ballot.id}", told)


def judge(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/judgements: a scrutineer finds that an objection is right, or not."""
    ballot = queries.get(asked.tx, asked.params["ballot"])
    read = Reader(asked.form)
    entry = read.text("objection", missing=_("Select one option"), most=16)
    found = read.choice("found", ("right", "wrong"), missing=_("Select one option"))
    read.done()
    number = int(entry) if entry.isascii() and entry.isdecimal() else -1
    objecting.judge(asked.tx, act=ballot.act, objection=number, upheld=found == "right", actor=asked.actor)
    return see_other(f"/ballots/{ballot.id}", _("It stands in the public record what you found."))


def look_at_roll(asked: Asked) -> Answer:
    """POST /ballots/{ballot}/voters: shows a scrutineer the roll in clear, and notes it for everybody on it."""
    ballot = queries.get(asked.tx, asked.params["ballot"])
    voters = elections.look_at_roll(asked.tx, act=ballot.act, actor=asked.actor)
    place = place_of(asked, acts.get(asked.tx, ballot.act).scope)
    back = (f"/ballots/{ballot.id}", _("The ballot"))
    return page(asked, "elections/roll.html", back=back, place=place, voters=voters)


def _reason(asked: Asked) -> str:
    read = Reader(asked.form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    return reason


def _result(state: ActState, ballot: Ballot) -> str | None:
    """Returns what became of a count: void by the record, or standing once its days are over."""
    if any(fact.step == ballot.step + 1 and fact.fact == "voided" for fact in state.facts):
        return "voided"
    judged_last = state.step == ballot.step + 1 and not state.is_open
    if judged_last and state.outcome == "refused":
        return "voided"
    judges = ballot.step + 1 < len(state.steps) and state.steps[ballot.step + 1].do == "decide"
    is_over = state.step > ballot.step + 1 or judged_last
    return "stands" if ballot.is_counted and judges and is_over else None


def _raised(asked: Asked, state: ActState, ballot: Ballot, *, is_now: bool) -> tuple[Raised, ...]:
    listed = objections_fold.objections(asked.tx, ballot.id)
    names = permits.shown_names(asked.tx, {holder for one in listed for holder, _upheld in one.judgements})
    judges = objecting.scrutineers(asked.tx, state) if is_now and asked.actor.holder else set()
    raised = []
    for one in listed:
        found = tuple((names.get(holder), upheld) for holder, upheld in one.judgements)
        is_mine = asked.actor.holder in judges and asked.actor.holder not in {holder for holder, _ in one.judgements}
        raised.append(Raised(one, found, is_now and is_mine and one.found is None))
    return tuple(raised)


def _may_see_roll(asked: Asked, state: ActState, ballot: Ballot) -> bool:
    is_newest = queries.of_act(asked.tx, ballot.act)[-1].id == ballot.id
    return is_newest and bool(can(asked.actor, P.BALLOTS_SCRUTINISE, state.scope, act=state.drawn_for))
