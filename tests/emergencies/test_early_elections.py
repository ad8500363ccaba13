"""A measure has organisers elected now: an election like any other, that ends without effect if it is undone."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from hub.acts import fold as acts_fold
from hub.acts import queries as act_queries
from hub.acts.state import ActState
from hub.ballots import casting, elections, owing
from hub.ballots import queries as ballots
from hub.ballots import rules as ballot_rules
from hub.constitution import ceilings
from hub.constitution.model import Step
from hub.count import RON
from hub.draws import conflicts, ticking
from hub.emergencies import actions, fold, queries
from hub.errors import RuleViolation
from hub.groups import queries as groups
from hub.outbox.models import letters
from hub.permits import HUB, Actor
from hub.permits import queries as permits
from tests.draws.conftest import Town
from tests.emergencies.conftest import DAY, confirm, declare
from tests.people_for_tests import again, entry_count
from tests.replaying import assert_replays


def call(york: Town) -> tuple[str, str]:
    """A measure that asks for an election, and the election."""
    act = declare(york, kind="open_election", role=None)
    with york.db.read() as tx:
        return act, queries.find(tx, act).election


def round_of(york: Town) -> None:
    """What the worker's round does for elections, too."""
    with york.db.write() as tx:
        while elections.tick(tx) + ticking.tick(tx):
            pass


def later(york: Town, **by: float) -> None:
    """Time passes, and the clock does what is due."""
    york.clock_at.advance(**by)
    round_of(york)


def stand(york: Town, election: str, *people: Actor) -> list[str]:
    """These people stand; their holders."""
    with york.db.write() as tx:
        return [
            elections.stand(
                tx, act=election, statement="I keep the keys.", interests="", shown=str(one.nickname),
                actor=again(tx, one),
            )
            for one in people
        ]  # fmt: skip


def held(york: Town) -> dict[str, str]:
    """Who organises the branch now, and what their office came from."""
    with york.db.read() as tx:
        return {one.grant.holder: one.grant.source for one in groups.powers(tx, york.branch.scope)}


def outcome(york: Town, act: str) -> str | None:
    """How an act ended."""
    with york.db.read() as tx:
        return act_queries.get(tx, act).outcome


def test_confirmed_election_is_one_like_any_other_and_offices_go_on_until_its_result(york, another_db):
    before = held(york)
    act, election = call(york)
    with york.db.read() as tx:
        found, state = ballots.election(tx, election), act_queries.get(tx, election)
        told = tx.scalar(sa.select(sa.func.count()).where(letters.c.template == "election_opens"))
        on_roll = 5 + sum(one.standing.area == "york" for one in (*york.members, *york.council))
    assert (found.kind, found.seats, found.due) == ("general", 7, york.clock_at.moment)
    assert [(step.do, step.days) for step in state.steps] == [
        ("submit", 7), ("draw", 7), ("ballot", 7), ("decide", 3), ("notice", 4), ("effect", None),
    ]  # fmt: skip
    assert told == on_roll
    confirm(york, act)
    assert outcome(york, act) == "done"
    new = [one for one in york.members if one.standing.area == "york"][:2]
    holders = stand(york, election, *new)

    later(york, days=13)
    with york.db.read() as tx:
        (ballot,) = ballots.of_act(tx, election)
    assert (ballot.opens, ballot.closes) == (found.due + 14 * DAY, found.due + 21 * DAY)
    for one in (*york.founders, *new):
        with york.db.write() as tx:
            casting.cast(
                tx, ballot=ballot.id, choice=[*holders, RON], nonce=casting.new_nonce(), phrase="keys of the hall",
                actor=again(tx, one),
            )  # fmt: skip
    later(york, days=13)
    assert held(york) == before
    later(york, days=2)

    assert held(york) == dict.fromkeys(holders, "election")
    assert outcome(york, election) == "done"
    assert_replays(york.db, another_db)


def test_undone_election_ends_without_effect_and_offices_are_as_they_were(york, another_db):
    before = held(york)
    act, election = call(york)
    stand(york, election, york.members[1])
    later(york, days=2)  # no panel was drawn

    assert (outcome(york, act), outcome(york, election)) == ("undone", "undone")
    with york.db.read() as tx:
        told = tx.scalar(sa.select(sa.func.count()).where(letters.c.template == "election_undone"))
        opened = tx.scalar(sa.select(sa.func.count()).where(letters.c.template == "election_opens"))
        closed = act_queries.closed_at(tx, election)
        written = entry_count(tx)
    assert told == opened > 0
    assert closed == york.clock_at.moment
    with pytest.raises(RuleViolation), york.db.write() as tx:
        elections.stand(
            tx, act=election, statement="Too late.", interests="", shown="Late", actor=again(tx, york.members[2])
        )
    with york.db.read() as tx:
        assert entry_count(tx) == written

    later(york, days=30)
    assert held(york) == before
    with york.db.read() as tx:
        assert ballots.of_act(tx, election) == []
        assert [one.act for one in permits.all_grants(tx, york.branch.scope) if one.act == election] == []
    assert_replays(york.db, another_db)


def test_who_stands_is_not_drawn_to_decide_on_it_and_does_not_decide(york):
    act, election = call(york)
    (holder,) = stand(york, election, york.members[1])

    with york.db.read() as tx:
        state, now = act_queries.get(tx, act), york.clock_at.moment
        other = permits.all_grants(tx, york.branch.scope)[0]
        mine = dataclasses.replace(other, holder=holder)
        assert holder in conflicts.conflicted(tx, state, "panel", now)
        assert [fold.no_candidate(tx, state, now, one).code for one in (mine, other)] == ["acts.own_case", ""]


def test_calendar_goes_on_after_an_undone_election(york):
    call(york)
    with york.db.read() as tx:
        assert owing.opens_next(tx, york.branch.scope) is None
    later(york, days=2)

    with york.db.read() as tx:
        opens = owing.opens_next(tx, york.branch.scope)
        first = min(one.until for one in permits.all_grants(tx, york.branch.scope))
    assert opens == first - 28 * DAY
    york.clock_at(opens.strftime("%Y-%m-%dT%H:%MZ"))
    round_of(york)
    with york.db.read() as tx:
        assert [one.kind for one in ballots.elections_in(tx, york.branch.scope, "admin")] == ["general"] * 2
        assert len(owing.running_in(tx, york.branch.scope)) == 1


def test_no_election_is_called_where_one_runs(york):
    later(york, days=152 - 91)
    with york.db.read() as tx:
        (running,) = owing.running_in(tx, york.branch.scope)
        before, state = entry_count(tx), act_queries.get(tx, running.act)

    with pytest.raises(RuleViolation) as refused:
        declare(york, kind="open_election", role=None)

    assert refused.value.code == "emergencies.election_runs"
    with york.db.read() as tx:
        assert (entry_count(tx), act_queries.get(tx, running.act)) == (before, state)


def test_election_that_opened_before_the_second_signature_is_left_alone(york, another_db):
    later(york, days=152 - 91, hours=-12)
    act = declare(york, kind="open_election", role=None, signers=1)
    later(york, hours=12)
    with york.db.read() as tx:
        (running,) = owing.running_in(tx, york.branch.scope)
        state = act_queries.get(tx, running.act)

    with york.db.write() as tx:
        actions.confirm(tx, act=act, actor=again(tx, york.council[1]))
    later(york, days=2)

    with york.db.read() as tx:
        found = queries.find(tx, act)
        assert (found.election, found.begun_at is None) == (None, False)
        assert owing.running_in(tx, york.branch.scope) == [running]
        assert act_queries.get(tx, running.act) == state
    assert outcome(york, act) == "undone"
    assert_replays(york.db, another_db)


def test_election_is_not_called_again_soon(york):
    call(york)
    later(york, days=2)
    with york.db.read() as tx:
        before = entry_count(tx)
    york.clock_at.advance(days=20)

    with pytest.raises(RuleViolation) as refused:
        declare(york, kind="open_election", role=None)

    assert refused.value.code == "emergencies.again"
    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_ballot_that_is_open_when_it_is_undone_goes_on_and_changes_no_office(york, another_db):
    """Only where the clock stood still: by the ceilings a panel's days end before any voting begins."""
    before = held(york)
    act, election = call(york)
    (holder,) = stand(york, election, york.members[1])
    york.clock_at.advance(days=15)
    with york.db.write() as tx:
        elections.acts.run(tx, election)
        (ballot,) = ballots.of_act(tx, election)
    for one in york.founders:
        with york.db.write() as tx:
            casting.cast(
                tx, ballot=ballot.id, choice=[holder, RON], nonce=casting.new_nonce(), phrase="keys of the hall",
                actor=again(tx, one),
            )  # fmt: skip
    round_of(york)
    assert (outcome(york, act), outcome(york, election)) == ("undone", None)
    with york.db.read() as tx:
        assert ballots.get(tx, ballot.id).takes_papers(york.clock_at.moment)

    later(york, days=7)

    with york.db.read() as tx:
        counted = ballots.get(tx, ballot.id)
    assert (counted.outcome, outcome(york, election), held(york)) == ("passed", "undone", before)
    assert_replays(york.db, another_db)


@pytest.mark.parametrize(
    ("do", "hours", "is_before"),
    [("submit", 400, True), ("draw", 400, True), ("ballot", 167, True), ("ballot", 168, False), ("decide", 1, False)],
)
def test_what_voting_decided_stands(do, hours, is_before):
    begins = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)
    steps = (Step(do, days=7), Step("effect", what="office.elect"))
    state = ActState("act_1", "elect", HUB, "brn_1", steps, 0, begins)

    assert ballot_rules.is_before_close(state, begins + dt.timedelta(hours=hours)) is is_before


def test_by_the_ceilings_a_panel_decides_before_any_voting():
    panel, elect = (ceilings.PROCEDURES[key].steps for key in ("emergency", "elect"))
    slowest = sum(bound.days.most for bound in panel[2:] if bound.days)
    soonest = sum(bound.days.least for bound in elect[:2] if bound.days)

    assert slowest < soonest


def test_planted_undone_election_that_goes_on_is_found(york, monkeypatch):
    """If an undone measure left its election alone, members would elect by what nobody confirmed."""
    monkeypatch.setattr(acts_fold, "undo", lambda *_args, **_named: None)
    _act, election = call(york)
    later(york, days=2)

    assert outcome(york, election) is None
