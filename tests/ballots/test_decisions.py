"""Yes or no: floors, ratios and branches, counted by the clock; asked by whatever room registers its question."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub.ballots import published, queries, roll, rules
from hub.ballots.models import ballot_roll
from hub.ballots.rules import SMALL, BranchVotes, by_branch, most_branches
from hub.constitution import limits
from hub.constitution.actions import default_text
from hub.constitution.model import Formula
from tests.replaying import assert_replays

ANSWERS = {"yes": 0, "no": 1, "abstain": 2}


def votes_of(**branches: tuple[int, int, int]) -> Counter[tuple[str, str]]:
    """(yes, no, abstain) of each branch as papers have them."""
    return Counter(
        {(branch, answer): counts[place] for branch, counts in branches.items() for answer, place in ANSWERS.items()}
    )


def test_small_branches_count_together_as_one():
    votes = votes_of(york=(8, 4, 0), hull=(2, 3, 1), leeds=(3, 1, 2))

    assert by_branch(votes) == (BranchVotes(SMALL, 5, 4, 3), BranchVotes("york", 8, 4, 0))


def test_small_branches_still_too_few_are_counted_with_the_smallest_other():
    votes = votes_of(york=(8, 4, 0), hull=(2, 3, 1), leeds=(30, 20, 1))

    assert by_branch(votes) == (BranchVotes(SMALL, 10, 7, 1), BranchVotes("leeds", 30, 20, 1))


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(*[st.integers(0, 12)] * 3), max_size=6))
def test_no_line_by_branch_shows_fewer_than_ten_unless_all_are(branches):
    lines = by_branch(votes_of(**branches))
    total = sum(map(sum, branches.values()))

    assert sum(line.papers for line in lines) == total
    assert all(line.papers >= 10 for line in lines) or len(lines) == 1


def test_majority_of_branches_is_more_than_half_of_those_that_voted():
    def line(name: str, yes: int, against: int) -> BranchVotes:
        return BranchVotes(name, yes, against, 0)

    assert most_branches([line("a", 9, 3), line("b", 7, 5), line("c", 2, 9)])
    assert not most_branches([line("a", 90, 3), line("b", 5, 7)])
    assert most_branches([line("a", 9, 3), line("b", 0, 0)])
    assert not most_branches([])


def test_floor_grows_with_the_roll_as_the_table_says():
    yes_floor = Formula("yes_floor", 10, 3, 3)

    assert [rules.floor_of(yes_floor, n) for n in (3, 6, 12, 100, 1000, 40_000)] == [2, 3, 3, 10, 95, 600]


YES_OR_NO = 'kind = "yesno", formula = "yes_floor", days = 7, ratio = [3, 5], branches = true'


@pytest.fixture(autouse=True)
def _ask_yes_or_no(monkeypatch):
    """Lets rules hold a yes or no where elections rank: the room's own only procedure with a ballot."""
    monkeypatch.delitem(limits.KINDS, "elect")


def put_to_the_vote(make_town, db, answers):
    """A yes or no in a branch: the procedure of an election under rules that ask so. Returns the town, counted."""
    text = default_text().replace('kind = "stv", days = 7', YES_OR_NO)
    town = make_town(db, text=text)
    town.to_ballot(town.voters[0])
    for person, answer in zip(town.everybody, answers, strict=False):
        town.cast(person, answer)
    town.clock.advance(days=7)
    town.tick()
    return town


@pytest.mark.parametrize(
    ("yes", "against", "outcome"),
    [(9, 5, "passed"), (8, 6, "failed"), (7, 7, "failed"), (2, 0, "failed"), (3, 0, "passed"), (3, 2, "passed")],
)
def test_yes_needs_more_than_no_its_ratio_and_its_floor(db, another_db, make_town, yes, against, outcome):
    town = put_to_the_vote(make_town, db, ["yes"] * yes + ["no"] * against)
    ballot = town.ballot()

    assert (ballot.kind, ballot.floor, ballot.outcome) == ("yesno", 3, outcome)
    assert ballot.papers == (yes + against if yes + against >= 10 else None)
    assert ballot.blt is None
    assert_replays(db, another_db)


def test_sheet_of_a_decision_has_its_numbers_and_its_branches(db, make_town):
    town = put_to_the_vote(make_town, db, ["yes"] * 9 + ["no"] * 3 + ["abstain"] * 2)
    with db.read() as tx:
        raw = queries.waiting_file(tx, str(town.ballot().file))
    sheet = published.parse_sheet(raw)

    assert Counter(paper["choice"] for paper in sheet["papers"]) == {"yes": 9, "no": 3, "abstain": 2}
    assert sheet["count"] == {
        "yes": 9, "no": 3, "abstain": 2, "floor": 3, "ratio": [3, 5], "missed": [],
        "sentences": ["9 yes, 3 no, 2 abstained: 14 took part.", "It passed."],
        "branches": [{"branch": town.branch.id, "yes": 9, "no": 3, "abstain": 2}],
    }  # fmt: skip


def test_paper_carries_its_branch_only_where_branches_count_and_are_large(db, town):
    found = [(f"per_{place}", "york") for place in range(12)] + [("per_x", "ynys-mon"), ("per_y", None)]
    with db.write() as tx:
        roll.freeze(tx, "bal_counted", found, by_branch=True)
        roll.freeze(tx, "bal_plain", found, by_branch=False)
        lines = tx.execute(sa.select(ballot_roll)).all()

    assert Counter(line.branch for line in lines if line.ballot == "bal_counted") == {town.branch.id: 12, SMALL: 2}
    assert {line.branch for line in lines if line.ballot == "bal_plain"} == {None}
