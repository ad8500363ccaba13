"""Ranks typed beside names: what is understood, and what is said beside which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.count.ranks import Ranks, paper_of, read_ranks

NO_NUMBER = "Type a whole number such as 1, or leave it empty."
FROM_ONE = "Numbers begin at 1, your first choice."


def twice(rank, many=2):
    words = {2: "two", 3: "three"}
    return f"You gave {words[many]} options the number {rank}. Give each a different number."


def gap(rank, missing):
    return f"There is a {rank} but no {missing}. Number your choices without a gap."


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        (("1", "2", "3"), "abc"),
        (("3", "", "1"), ""),
        (("2", " 1 ", ""), "ba"),
        (("", "1", ""), "b"),
        (("1.", "2nd", "3)"), "abc"),
        (("１", "٢", "३"), "abc"),
        (("01", "3RD", "002"), "acb"),
    ],
)
def test_whole_numbers_are_taken_however_they_are_written(typed, order):
    read = read_ranks(dict(zip("abc", typed, strict=True)))

    assert read.order == tuple(order)
    assert (read.mistakes == {}) == (order != "")


@pytest.mark.parametrize(
    ("typed", "mistakes"),
    [
        (("1", "3", ""), {"b": gap(3, 2)}),
        (("2", "3", ""), {"a": gap(2, 1), "b": gap(3, 1)}),
        (("1", "1", "2"), {"a": twice(1), "b": twice(1)}),
        (("1", "1", "1"), {"a": twice(1, 3), "b": twice(1, 3), "c": twice(1, 3)}),
        (("1", "1", "3"), {"a": twice(1), "b": twice(1), "c": gap(3, 2)}),
        (("x", "1", "2"), {"a": NO_NUMBER}),
        (("0", "1", "2"), {"a": FROM_ONE}),
        (("-1", "1.5", "1e3"), {"a": NO_NUMBER, "b": NO_NUMBER, "c": NO_NUMBER}),
        (("½", "²", "①x"), {"a": NO_NUMBER, "b": gap(2, 1), "c": NO_NUMBER}),
        (("1", "9999999", "2"), {"b": NO_NUMBER}),
        (("1", "999999", "2"), {"b": gap(999999, 3)}),
    ],
)
def test_mistake_is_said_beside_its_own_field_and_nothing_is_taken(typed, mistakes):
    assert read_ranks(dict(zip("abc", typed, strict=True))) == Ranks((), mistakes)


def test_nothing_typed_is_a_blank_paper_and_a_mistake_is_not():
    assert read_ranks({"a": "", "b": "  "}).is_blank
    assert not read_ranks({"a": "", "b": "x"}).is_blank
    assert not read_ranks({"a": "", "b": "1"}).is_blank


@given(st.permutations("abcdef"), st.integers(0, 6))
def test_any_order_typed_as_numbers_reads_back(order, length):
    chosen = order[:length]
    typed = {ref: str(chosen.index(ref) + 1) if ref in chosen else "" for ref in "abcdef"}

    assert read_ranks(typed) == Ranks(tuple(chosen), {})
    assert paper_of(tuple(chosen), tuple("fedcba")) == tuple("fedcba".index(ref) for ref in chosen)


@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=4)))
def test_whatever_is_typed_gives_an_order_or_mistakes_of_its_fields(typed):
    read = read_ranks(typed)

    assert read.mistakes.keys() <= typed.keys()
    assert not (read.order and read.mistakes)
