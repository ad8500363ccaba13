"""Yes or no: floors, ratios and branches, counted by the clock; asked by whatever room registers its question."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.ballots import published, queries, roll, rules
from hub.ballots.models import ballot_roll
from hub.ballots.rules import SMALL, BranchVotes, ByBranch, by_branch
from hub.constitution.actions import default_text
from hub.constitution.model import Formula
from hub.count.yesno import BRANCHES_MISSED, decide
from tests.ballots.unbounded import leave_unbounded
from tests.people_for_tests import found_branch
from tests.replaying import assert_replays

ANSWERS = {"yes": 0, "no": 1, "abstain": 2}


def votes_of(**branches: tuple[int, int, int]) -> Counter[tuple[str, str]]:
    """(yes, no, abstain) of each branch as papers have them."""
    return Counter(
        {(branch, answer): counts[place] for branch, counts in branches.items() for answer, place in ANSWERS.items()}
    )


def decided(**branches: tuple[int, int, int]) -> ByBranch:
    """What branches decided, each with members on the roll."""
    return by_branch(votes_of(**branches), branches)


def test_every_branch_decides_by_itself_however_small():
    found = decided(york=(200, 0, 0), hull=(200, 0, 0), **{f"small_{n}": (0, 9, 0) for n in range(7)})

    assert (found.of, found.yes, found.is_most) == (9, 2, False)
    assert decided(york=(0, 200, 0), hull=(2, 1, 0), leeds=(1, 0, 0)).is_most


def test_branch_where_nobody_voted_counts_and_says_no_yes():
    assert not decided(york=(9, 3, 0), hull=(0, 0, 0)).is_most
    assert decided(york=(9, 3, 0), hull=(0, 0, 0), leeds=(1, 0, 4)).is_most
    assert not by_branch(Counter(), []).is_most


@pytest.mark.parametrize(("yes", "against", "abstain"), [(5, 5, 0), (0, 0, 12), (4, 5, 9)])
def test_branch_without_more_yes_than_no_says_no_yes(yes, against, abstain):
    assert decided(york=(yes, against, abstain)).yes == 0


def test_votes_without_a_branch_are_no_branch():
    found = by_branch(votes_of(york=(6, 6, 0)) + votes_of(**{SMALL: (30, 0, 0)}), ["york", SMALL])

    assert (found.of, found.yes) == (1, 0)
    assert found.lines == (BranchVotes("york", 6, 6, 0),)
    assert found.together == BranchVotes(SMALL, 30, 0, 0)


def test_small_branches_are_shown_together():
    found = decided(york=(8, 4, 0), hull=(2, 3, 1), leeds=(3, 1, 2))

    assert (found.lines, found.together) == ((BranchVotes("york", 8, 4, 0),), BranchVotes(SMALL, 5, 4, 3))
    assert (found.of, found.yes) == (3, 2)


@pytest.mark.parametrize("hull", [(2, 3, 1), (0, 0, 0)])
def test_small_branches_still_too_few_are_shown_with_the_smallest_other(hull):
    found = decided(york=(8, 4, 0), hull=hull, leeds=(30, 20, 1))

    together = BranchVotes(SMALL, 8 + hull[0], 4 + hull[1], hull[2])
    assert (found.lines, found.together) == ((BranchVotes("leeds", 30, 20, 1),), together)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", SMALL]), st.tuples(*[st.integers(0, 12)] * 3)))
def test_nothing_shown_is_of_fewer_than_ten_nor_gives_such_a_number_by_subtraction(branches):
    found = decided(**branches)
    total = sum(map(sum, branches.values()))
    papers = {name: sum(votes) for name, votes in branches.items()}
    shown = {line.branch for line in found.lines}
    hidden = papers.keys() - shown

    assert all(line.papers == papers[line.branch] >= 10 for line in found.lines)
    assert (found.together is None) == (not hidden)
    if found.together is not None:
        # What is left when the lines are taken from the whole: never one small branch's own number.
        assert found.together.papers == total - sum(papers[name] for name in shown)
        assert found.together.papers >= 10 or not found.lines
        assert all(papers[name] < found.together.papers or papers[name] >= 10 for name in hidden) or total < 10
    real = [name for name in branches if name != SMALL]
    assert (found.of, found.yes) == (len(real), sum(branches[name][0] > branches[name][1] for name in real))


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", SMALL]), st.tuples(*[st.integers(0, 12)] * 3)),
    st.integers(0, 3),
)
def test_what_is_shown_agrees_with_itself_and_another_outcome_does_not(branches, floor):
    votes, found = votes_of(**branches), decided(**branches)
    said = Counter({answer: sum(many for (_, one), many in votes.items() if one == answer) for answer in ANSWERS})
    decision = decide(said["yes"], said["no"], said["abstain"], floor=floor)
    if not found.is_most:
        decision = replace(decision, missed=(*decision.missed, BRANCHES_MISSED))
    papers = [{"tracker": "", "choice": one} for one, many in said.items() for _ in range(many)]
    sheet = {"floor": floor, "papers": papers, "count": published.decision_sheet(decision, found)}
    assume(not found.together or found.together.papers >= 10)
    outcome, other = ("passed", "failed") if decision.passed else ("failed", "passed")

    assert published.disagreements(sheet, outcome) == []
    assert published.disagreements(sheet, other) == ["The outcome does not follow from the papers."]
    assert "yes_branches" not in sheet["count"]


def test_altered_files_disagree_with_themselves():
    found = decided(york=(8, 4, 0), hull=(30, 2, 0), leeds=(9, 40, 0))
    decision = decide(47, 46, 0)
    papers = [{"tracker": "", "choice": "yes"}] * 47 + [{"tracker": "", "choice": "no"}] * 46
    sheet = {"floor": 0, "papers": papers, "count": published.decision_sheet(decision, found)}
    assert published.disagreements(sheet, "passed") == []

    def altered(**values):
        return published.disagreements({**sheet, "count": {**sheet["count"], **values}}, "passed")

    lines = sheet["count"]["branches"]
    assert altered(yes=48)[0] == "The papers are not those that were counted."
    assert altered(branches=lines[1:]) == [
        "The branches do not add up to the whole.",
        "More than half of the branches, or not: that does not follow from those shown.",
    ]
    assert altered(branch_count=9) == ["More than half of the branches, or not: that does not follow from those shown."]
    split = [{**lines[0], "yes": 5, "no": 1}, {**lines[0], "yes": lines[0]["yes"] - 5, "no": lines[0]["no"] - 1}]
    assert "A branch with fewer than ten votes is shown." in altered(branches=[*split, *lines[1:]])


def test_floor_grows_with_the_roll_as_the_table_says():
    yes_floor = Formula("yes_floor", 10, 3, 3)

    assert [rules.floor_of(yes_floor, n) for n in (3, 6, 12, 100, 1000, 40_000)] == [2, 3, 3, 10, 95, 600]


YES_OR_NO = 'kind = "yesno", formula = "yes_floor", days = 7, ratio = [3, 5], branches = true'


@pytest.fixture(autouse=True)
def _ask_yes_or_no(monkeypatch):
    """Lets rules hold a yes or no where elections rank: the room's own only procedure with a ballot."""
    leave_unbounded(monkeypatch, "elect")


def put_to_the_vote(make_town, db, answers):
    """A yes or no in a branch: the procedure of an election under rules that ask so. Returns the town, counted."""
    text = default_text().replace('kind = "stv", days = 7', YES_OR_NO)
    text = text.replace("Everybody on the roll votes", "Everybody on the roll votes, {yes} of {of},")
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
        "branch_count": 1, "most_branches": True,
    }  # fmt: skip
    assert published.disagreements(sheet, str(town.ballot().outcome)) == []


def test_paper_carries_its_branch_where_branches_count_but_not_if_only_one_could_have_written_it(db, town):
    with db.write() as tx:
        away, _ = found_branch(tx, [], "ynys-mon", "mon")
    town.clock.advance(days=14)
    town.tick()
    with db.write() as tx:
        found = [(f"per_{place}", "york") for place in range(12)] + [("per_x", "ynys-mon"), ("per_y", None)]
        pair = [*found, ("per_z", "ynys-mon")]
        for ballot, people, counts in (
            ("bal_counted", found, True),
            ("bal_plain", found, False),
            ("bal_pair", pair, True),
        ):
            roll.freeze(tx, ballot, people, by_branch=counts)
        lines = tx.execute(sa.select(ballot_roll)).all()
        papers = Counter((line.ballot, roll.branch_on_paper(tx, line.ballot, line)) for line in lines)
        places = [roll.places(tx, ballot) for ballot in ("bal_counted", "bal_pair", "bal_plain")]

    assert papers == {
        ("bal_counted", town.branch.id): 12, ("bal_counted", SMALL): 2, ("bal_plain", None): 14,
        ("bal_pair", town.branch.id): 12, ("bal_pair", away.id): 2, ("bal_pair", SMALL): 1,
    }  # fmt: skip
    assert places == [sorted(["", town.branch.id, away.id])] * 2 + [[]]
