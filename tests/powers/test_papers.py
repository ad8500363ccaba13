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
from tests.powers.papers import FEW, turned_about

SEED = "every voter's code"
ANSWERS = st.sampled_from(["yes", "no", "abstain"])
# Votes by branch; "" is where branches stand that are too small for a line of their own.
BRANCHES = st.dictionaries(st.sampled_from(["brn_a", "brn_b", "brn_c", ""]), st.lists(ANSWERS, max_size=24), max_size=4)


def by_hand(said: dict[str, list[str]]) -> bool:
    """Whether more than half of the branches said yes, from the words of docs/voting.md."""
    lines = {branch: Counter(votes) for branch, votes in said.items() if votes}
    pool = lines.pop("", Counter())
    for branch in [branch for branch, line in lines.items() if line.total() < FEW]:
        pool += lines.pop(branch)
    for branch in sorted(lines, key=lambda branch: (lines[branch].total(), branch)):
        if 0 < pool.total() < FEW:
            pool += lines.pop(branch)
    counted = [*lines.values(), *([pool] if pool else [])]
    return 2 * sum(line["yes"] > line["no"] for line in counted) > len(counted)


def by_the_house(said: dict[str, list[str]]) -> bool:
    votes = Counter((branch, choice) for branch, votes in said.items() for choice in votes)
    return rules.most_branches(rules.by_branch(votes))


@given(BRANCHES)
def test_branches_are_counted_as_the_page_says(said):
    assert by_the_house(said) == by_hand(said)


def test_planted_half_of_the_branches_is_caught(monkeypatch):
    """The fault: half of the branches is enough."""

    def most_branches(lines):
        voted = [line for line in lines if line.papers]
        return 2 * sum(line.yes > line.no for line in voted) >= len(voted)

    monkeypatch.setattr(rules, "most_branches", most_branches)

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

    def break_tie(purpose, tied, *told):
        return dataclasses.replace(was(purpose, tied, *told), chosen=tied[0])

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
