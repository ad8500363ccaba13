"""Scottish STV: invariants 28 to 30 of the governance model, and a second opinion at every stage."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.count import RON, UNIT, Contest, Uncountable, count
from hub.count.blt import format_blt, parse_blt
from hub.count.contest import MOST_PAPERS, in_votes, is_ron
from hub.count.result import QUOTA
from hub.count.sheet import draw_up, sheet_bytes
from hub.count.stv import quota_of
from hub.count.ties import SURPLUS
from tests.count.contests import contests, papers_of
from tests.count.oracle import Oracle

SEED = "beacon round 4711"


def sheet(contest, seed=SEED):
    return sheet_bytes(draw_up(contest, count(contest, seed), seed))


@given(contests())
def test_every_stage_agrees_with_the_oracle(contest):
    oracle = Oracle(contest.seats, contest.standing, papers_of(contest), SEED)

    counted = count(contest, SEED)

    ours = [{name: units for name, units in stage.votes.items() if units} for stage in counted.stages]
    theirs = [{name: votes * UNIT for name, votes in stage.items() if votes} for stage in oracle.history]
    assert ours == theirs
    assert [(seat.name, seat.stage) for seat in counted.seats] == oracle.winners
    assert counted.quota == oracle.quota
    spent = sum(paper["value"] for paper in oracle.papers if paper["at"] is None)
    assert counted.stages[-1].non_transferable == spent * UNIT


@given(contests())
def test_votes_spent_and_lost_make_the_total_at_every_stage(contest):
    counted = count(contest, SEED)

    sums = {sum(stage.votes.values()) + stage.non_transferable + stage.lost for stage in counted.stages}
    assert sums == {counted.total * UNIT}
    assert all(stage.lost >= 0 for stage in counted.stages)


@given(contests())
def test_no_seat_is_given_twice_and_every_seat_is_accounted_for(contest):
    counted = count(contest, SEED)

    assert len(counted.elected) + counted.vacant == contest.seats
    assert len(set(counted.elected)) == len(counted.elected)
    assert set(counted.elected) <= set(contest.standing) - {RON}


@given(contests(), st.randoms(use_true_random=False))
def test_order_of_papers_and_candidates_changes_nothing(contest, draw):
    places = list(range(len(contest.candidates)))
    draw.shuffle(places)
    moved = {old: new for new, old in enumerate(places)}
    kinds = [(tuple(moved[place] for place in paper), many) for paper, many in contest.votes.items()]
    draw.shuffle(kinds)
    other = Contest(
        contest.seats,
        tuple(contest.candidates[place] for place in places),
        dict(kinds),
        frozenset(moved[place] for place in contest.withdrawn),
    )

    assert sheet(other) == sheet(contest)


@pytest.mark.parametrize("hash_seed", ["1", "2", "3"])
def test_order_of_hashing_changes_nothing(hash_seed, tmp_path):
    file = tmp_path / "ballots.blt"
    names = "".join(f'"candidate {number}"\n' for number in range(6))
    file.write_text(f"6 3\n9 1 2 0\n9 2 3 1 0\n4 3 0\n4 4 5 0\n4 5 6 4 0\n4 6 0\n0\n{names}")
    command = [sys.executable, "-m", "hub.cli.main", "count", str(file), "--seed", SEED, "--json"]

    done = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})

    assert done.stdout.rstrip(b"\n") == sheet(parse_blt(file.read_bytes()))


@given(contests())
def test_recount_from_the_file_gives_the_same_sheet(contest):
    assert sheet(parse_blt(format_blt(contest))) == sheet(contest)


@given(contests(seats=st.just(1)), st.integers(0, 6), st.integers(0, 9))
def test_majority_of_first_preferences_wins_one_seat_and_further_papers_keep_it(contest, place, more):
    favourite = place % len(contest.candidates)
    assume(favourite not in contest.withdrawn)
    ahead = sum(many for paper, many in contest.valid.items() if paper[0] != favourite) + 1
    papers = dict(contest.votes)
    papers[(favourite,)] = papers.get((favourite,), 0) + ahead
    ref = contest.candidates[favourite]
    expected = ((), 1) if ref == RON else ((ref,), 0)

    for extra in (0, more):
        papers[(favourite,)] += extra
        counted = count(Contest(1, contest.candidates, papers, contest.withdrawn), SEED)

        assert (counted.elected, counted.vacant) == expected


@given(contests(), st.sets(st.text("stuvwxyz", min_size=1, max_size=5), min_size=6, max_size=6))
def test_relabelling_candidates_relabels_the_result(contest, fresh):
    def by_lot(refs):
        return sorted(refs, key=lambda ref: hashlib.sha256(f"{SEED}|{ref}".encode()).digest())

    people = [ref for ref in contest.candidates if ref != RON]
    new = dict(zip(by_lot(people), by_lot(sorted(fresh)[: len(people)]), strict=True))
    other = Contest(
        contest.seats, tuple(new.get(ref, ref) for ref in contest.candidates), contest.votes, contest.withdrawn
    )

    before, after = count(contest, SEED), count(other, SEED)

    assert [{new.get(name, name): units for name, units in stage.votes.items()} for stage in before.stages] == [
        dict(stage.votes) for stage in after.stages
    ]
    assert {(new.get(seat.name, seat.name), seat.stage) for seat in before.seats} == {
        (seat.name, seat.stage) for seat in after.seats
    }


@given(contests(withdrawing=False))
def test_re_open_nominations_empties_no_more_seats_than_it_has_quotas(contest):
    counted = count(contest, SEED)

    emptied = [seat for seat in counted.seats if is_ron(seat.name) and seat.by == QUOTA]
    for_ron = sum(many for paper, many in contest.votes.items() if RON in [contest.candidates[at] for at in paper])
    assert len(emptied) * counted.quota <= for_ron


@given(contests())
def test_no_lot_decides_for_a_person_against_re_open_nominations(contest):
    counted = count(contest, SEED)

    for tie in counted.ties:
        assert {is_ron(name) for name in tie.lots} != {True, False}
        assert (tie.kept == ()) or (is_ron(tie.chosen) == (tie.purpose == SURPLUS))


@given(contests())
def test_nobody_whom_no_paper_reached_is_elected_while_re_open_nominations_stands(contest):
    assume(RON in contest.standing)
    counted = count(contest, SEED)

    had = {seat.name: counted.stages[seat.stage - 1].votes.get(seat.name, 0) for seat in counted.seats}
    assert [name for name, units in had.items() if not units and not is_ron(name)] == []


@given(st.integers(1, 4), st.integers(0, 5), st.integers(0, 9))
def test_no_preference_at_all_re_opens_every_seat_and_needs_no_lot(seats, people, blank):
    refs = (*(f"hld_{place}" for place in range(people)), RON)

    counted = count(Contest(seats, refs, {(): blank} if blank else {}))

    assert (counted.elected, counted.vacant, counted.ties) == ((), seats, ())


def test_tie_without_a_seed_is_refused_and_needs_none_where_no_lot_decides():
    tied = Contest(1, ("a", "b"), {(0,): 2, (1,): 2})
    decided = Contest(1, ("a", "b"), {(0,): 3, (1,): 2})

    with pytest.raises(Uncountable, match="a and b were equal at every stage"):
        count(tied)

    assert count(decided).elected == ("a",)
    assert count(tied, "").elected == count(tied, "").elected


def test_no_paper_at_all_is_counted_by_the_same_rules():
    counted = count(Contest(1, ("a", "b"), {(): 3}), SEED)

    assert (counted.total, counted.quota, len(counted.elected)) == (0, 1, 1)
    assert [tie.tied for tie in counted.ties] == [("a", "b")]


def test_fewer_candidates_than_seats_leave_seats_vacant():
    counted = count(Contest(3, ("a", "b"), {(0,): 1}), SEED)

    assert (counted.elected, counted.vacant) == (("a", "b"), 1)


@pytest.mark.parametrize(
    ("valid", "seats", "quota"), [(0, 1, 1), (100, 1, 51), (101, 1, 51), (5613, 3, 1404), (99, 4, 20)]
)
def test_quota_is_the_least_number_that_one_more_than_the_seats_cannot_all_have(valid, seats, quota):
    assert quota_of(valid, seats) == quota
    assert quota * (seats + 1) > valid >= (quota - 1) * (seats + 1)


@pytest.mark.parametrize(
    "fields",
    [
        (0, ("a",), {}),
        (1, (), {}),
        (1, ("a",), {}, frozenset({0})),
        (1, ("a",), {}, frozenset({1})),
        (1, ("a", "a"), {}),
        (1, ("a", ""), {}),
        (1, ("a", "ron 2"), {}),
        (1, ("a", "b"), {(0, 0): 1}),
        (1, ("a", "b"), {(2,): 1}),
        (1, ("a", "b"), {(0,): 0}),
        (1, ("a", "b"), {(0,): MOST_PAPERS, (1,): 1}),
    ],
)
def test_contest_that_no_paper_can_mean_is_refused(fields):
    with pytest.raises(Uncountable):
        Contest(*fields)


@pytest.mark.parametrize(("units", "text"), [(0, "0.00000"), (140734264, "1407.34264"), (-5, "-0.00005")])
def test_units_are_written_as_votes(units, text):
    assert in_votes(units) == text


def test_sheet_is_plain_values():
    written = sheet(Contest(1, ("b", "a"), {(0, 1): 3, (1,): 1, (): 1}))

    assert json.loads(written) == {
        "format": "folkmoot.count/1",
        "rule": "Scottish STV: SSI 2007/42, schedule 1, rules 45 to 52",
        "title": "",
        "seats": 1,
        "seed": SEED,
        "candidates": ["a", "b"],
        "withdrawn": [],
        "papers": 5,
        "blank": 1,
        "valid": 4,
        "quota": 3,
        "stages": [
            {
                "number": 1,
                "action": "first",
                "candidate": None,
                "value": "1.00000",
                "votes": {"a": "1.00000", "b": "3.00000"},
                "gained": {"a": "1.00000", "b": "3.00000"},
                "non_transferable": "0.00000",
                "rounding": "0.00000",
                "elected": ["b"],
                "tie": None,
            }
        ],
        "elected": [{"candidate": "b", "stage": 1, "by": "quota"}],
        "vacant": 0,
        "condorcet": "b",
    }
