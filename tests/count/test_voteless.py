"""Whoever had no vote at any stage: the order in which they are excluded elects nobody while nominations may re-open.

So no lot is drawn among them. All orders are tried on random contests, and the lots of earlier releases.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.count import RON, Contest, OnlyLot, ties
from hub.count.plain import sentences
from hub.count.sheet import draw_up
from hub.count.stv import count
from tests.count.contests import contests

SEEDS = st.text("0123456789abcdef", min_size=1, max_size=8)


def without_votes(contest):
    """Whom no first preference names: among them are all who go without a vote."""
    had = {contest.candidates[paper[0]] for paper in contest.valid}
    return [ref for ref in contest.standing if ref != RON and ref not in had]


def told(counted):
    """All that a count says, but for who went when without a vote: seats, votes of each stage, what was lost."""
    stages = [
        (one.action, one.votes, one.gained, one.non_transferable, one.lost, one.elected) for one in counted.stages
    ]
    who = [one.name for one in counted.stages if any(stage.votes.get(one.name) for stage in counted.stages)]
    return counted.seats, counted.vacant, stages, who, [tie for tie in counted.ties if tie.lots or tie.narrowed]


def in_order(order):
    return lambda left: min(left, key=order.index)


def results(contest, seed):
    """The count in every order in which those without a vote can go."""
    for order in itertools.permutations(without_votes(contest)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ties, "first_to_go", in_order(order))
            yield count(contest, seed)


@settings(max_examples=200, deadline=None)
@given(contests(), SEEDS)
def test_every_order_of_those_without_a_vote_gives_the_same_count(contest, seed):
    usual, *others = [told(counted) for counted in results(contest, seed)]

    assert [one for one in others if one != usual] == []


@settings(max_examples=150, deadline=None)
@given(contests(), SEEDS, SEEDS)
def test_lots_among_those_without_a_vote_elected_nobody_else(contest, seed, other):
    new, old = count(contest, seed), count(contest, seed, draws_all=True)

    assert (new.seats, new.vacant, new.total, new.quota) == (old.seats, old.vacant, old.total, old.quota)
    assert [one.votes for one in new.stages] == [one.votes for one in old.stages]
    assert all(tie.lots == {} for tie in new.ties if tie.voteless)
    if not any(tie.lots for tie in new.ties):
        assert count(contest, other) == count(contest) == new


def test_those_who_are_equal_with_votes_still_wait_for_a_lot():
    with pytest.raises(OnlyLot, match="b and c were equal at every stage"):
        count(Contest(1, ("a", "b", "c", RON), {(0,): 2, (1,): 1, (2,): 1}))


def test_those_without_a_vote_wait_for_no_lot_and_the_sheet_says_why():
    contest = Contest(2, ("a", "b", "c", RON), {(0,): 2, (3,): 1})
    counted = count(contest)

    assert (counted.elected, counted.vacant) == (("a",), 1)
    assert [(tie.tied, tie.voteless, tie.chosen) for tie in counted.ties] == [(("b", "c"), ("b", "c"), "b")]
    assert sentences(draw_up(contest, counted))[3:7] == [
        "b and c are equal with fewest, and one must be excluded.",
        "Neither of b and c had a vote at any stage. Nobody is elected here without one, so the order in which they go "
        "changes nothing: no lot is drawn, and the first by reference goes.",
        "It is b.",
        "Stage 2. b had fewest, 0, and is excluded. The papers go on at their value: to nobody. "
        "Now: a 2; c 0; Re-open nominations 1.",
    ]


def test_where_rivals_may_run_out_the_order_decides_so_a_lot_does():
    """The counter-example: without re-open nominations whoever stays to the end has the last seat, vote or none."""
    contest = Contest(2, ("a", "b", "c"), {(0,): 4})
    with pytest.raises(OnlyLot, match="b and c were equal at every stage"):
        count(contest)

    by_lot = {count(contest, str(seed)).elected for seed in range(20)}

    assert by_lot == {("a", "b"), ("a", "c")}


def test_planted_rule_that_spares_lots_where_rivals_may_run_out_is_found(monkeypatch):
    break_tie = ties.break_tie
    monkeypatch.setattr("hub.count.stv.break_tie", lambda *told, reopens: break_tie(*told, reopens=True))
    contest = Contest(2, ("a", "b", "c"), {(0,): 4})

    assert len({counted.elected for counted in results(contest, "seed")}) == 2
