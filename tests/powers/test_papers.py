"""What a machine's hub is too small for: branches of ten voters, and counts that somebody made depend on order."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ballots import rules
from hub.count import stv
from tests.powers.laziness import Broken
from tests.powers.papers import turned_about

SEED = "every voter's code"
ANSWERS = st.sampled_from(["yes", "no", "abstain"])
# Votes by branch; "" is where branches stand that are too small for a line of their own.
BRANCHES = st.dictionaries(st.sampled_from(["brn_a", "brn_b", "brn_c", ""]), st.lists(ANSWERS, max_size=24), max_size=4)


def by_hand(said: dict[str, list[str]], on_roll: set[str]) -> bool:
    """Whether more than half of the branches said yes, from the words of docs/voting.md.

    Each with members on the roll counts, however few voted there.
    """
    lines = {branch: Counter(said.get(branch, [])) for branch in on_roll | set(said) if branch}
    return 2 * sum(line["yes"] > line["no"] for line in lines.values()) > len(lines)


def by_the_house(said: dict[str, list[str]], on_roll: set[str]) -> bool:
    votes = Counter((branch, choice) for branch, votes in said.items() for choice in votes)
    return rules.by_branch(votes, [*on_roll, *said]).is_most


@given(BRANCHES, st.sets(st.sampled_from(["brn_a", "brn_b", "brn_c", ""])))
def test_branches_are_counted_as_the_page_says(said, on_roll):
    assert by_the_house(said, on_roll) == by_hand(said, on_roll)


def test_planted_half_of_the_branches_is_caught(monkeypatch):
    """The fault: half of the branches is enough."""
    monkeypatch.setattr(rules.ByBranch, "is_most", property(lambda self: 2 * self.yes >= self.of))

    with pytest.raises(AssertionError):
        test_branches_are_counted_as_the_page_says()


ALIKE = [("hld_a",), ("hld_b",)]
MOST = [("hld_a", "hld_b"), ("hld_a",), ("hld_b",)]


def test_count_depends_on_no_order():
    turned_about(1, ["hld_a", "hld_b"], ALIKE, SEED)
    turned_about(1, ["hld_a", "hld_b"], MOST, SEED)


def test_planted_first_on_the_paper_is_caught(monkeypatch):
    """The fault: of equals the one goes who stands first on the paper."""
    was = stv.break_tie

    def break_tie(purpose, tied, *told, **asked):
        return dataclasses.replace(was(purpose, tied, *told, **asked), chosen=tied[0])

    monkeypatch.setattr(stv, "break_tie", break_tie)

    with pytest.raises(Broken) as broken:
        turned_about(1, ["hld_a", "hld_b"], ALIKE, SEED)
    assert broken.value.number == 29


def test_planted_exclusion_of_the_strongest_is_caught(monkeypatch):
    """The fault: a quota that one seat's majority does not reach, and whoever has most goes first."""
    monkeypatch.setattr(stv, "quota_of", lambda valid, seats: valid + 1)
    monkeypatch.setattr(stv, "min", max, raising=False)

    with pytest.raises(Broken) as broken:
        turned_about(1, ["hld_a", "hld_b"], MOST, SEED)
    assert broken.value.number == 30
