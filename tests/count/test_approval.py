"""Approval: most ticks first, equals by a lot that anybody can draw again."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.count.approval import Tally, tally
from hub.count.contest import Uncountable

PAPERS = [frozenset("ab"), frozenset("b"), frozenset("c"), frozenset("cb"), frozenset()]


def test_most_ticks_come_first_and_a_lot_parts_equals():
    digests = {name: hashlib.sha256(f"seed|{name}".encode()).hexdigest() for name in "ad"}

    counted = tally("abcd", [*PAPERS, frozenset("d")], "seed")

    parted = tuple(sorted("ad", key=digests.__getitem__))
    assert counted == Tally(6, {"a": 1, "b": 3, "c": 2, "d": 1}, ("b", "c", *parted), digests)


def test_without_a_seed_equals_stand_by_name():
    assert tally("dcba", [frozenset("d"), frozenset("a")]) == Tally(
        2, {"a": 1, "b": 0, "c": 0, "d": 1}, tuple("adbc"), {}
    )


def test_tick_for_what_is_no_option_is_refused():
    with pytest.raises(Uncountable, match="e is not among the options"):
        tally("abcd", [*PAPERS, frozenset("e")])


@given(st.permutations("abcd"), st.permutations(PAPERS))
def test_order_of_options_and_papers_changes_nothing(options, papers):
    assert tally(options, papers, "seed") == tally("abcd", PAPERS, "seed")
