"""Yes or no: invariant 31, the table of thresholds, and whole numbers against fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.count.yesno import (
    FLOOR_MISSED,
    NOT_MORE_YES,
    RATIO_MISSED,
    Decision,
    decide,
    sentences,
    threshold,
)

TENTH = Fraction(1, 10)
votes = st.integers(0, 500)
ratios = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(1)])


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "floor", "ratio", "missed"),
    [
        (3, 2, 0, 0, Fraction(1, 2), ()),
        (2, 2, 9, 0, Fraction(1, 2), (NOT_MORE_YES,)),
        (0, 0, 9, 0, Fraction(1, 2), (NOT_MORE_YES,)),
        (4, 1, 100, 5, Fraction(1, 2), (FLOOR_MISSED,)),
        (5, 1, 0, 5, Fraction(1, 2), ()),
        (4, 2, 0, 4, Fraction(2, 3), ()),
        (399, 201, 0, 0, Fraction(2, 3), (RATIO_MISSED,)),
        (1, 3, 7, 2, Fraction(3, 4), (NOT_MORE_YES, RATIO_MISSED, FLOOR_MISSED)),
    ],
)
def test_question_passes_by_majority_ratio_and_floor(yes, no, abstain, floor, ratio, missed):
    decided = decide(yes, no, abstain, floor=floor, ratio=ratio)

    assert decided == Decision(yes, no, abstain, floor, ratio, missed)
    assert decided.passed == (missed == ())
    assert decided.turnout == yes + no + abstain


@given(votes, votes, votes, votes, ratios, st.integers(0, 50), st.integers(0, 50))
def test_another_no_or_abstention_never_turns_failed_into_passed(yes, no, abstain, floor, ratio, nos, others):
    before = decide(yes, no, abstain, floor=floor, ratio=ratio).passed

    assert before or not decide(yes, no + nos, abstain + others, floor=floor, ratio=ratio).passed


@given(votes, votes, votes, votes, ratios, st.integers(0, 50))
def test_another_yes_never_turns_passed_into_failed(yes, no, abstain, floor, ratio, more):
    after = decide(yes + more, no, abstain, floor=floor, ratio=ratio).passed

    assert after or not decide(yes, no, abstain, floor=floor, ratio=ratio).passed


@pytest.mark.parametrize(
    ("members", "petition"),
    [
        (3, 2),
        (6, 3),
        (12, 5),
        (30, 5),
        (60, 6),
        (100, 10),
        (400, 40),
        (1_000, 95),
        (3_000, 165),
        (10_000, 300),
        (40_000, 600),
    ],
)
def test_petition_needs_what_the_table_says(members, petition):
    """Governance model, section 2.1."""
    assert threshold(members, share=TENTH, root=3, floor=5) == petition


@given(
    st.integers(0, 10**9),
    st.fractions(0, 1, max_denominator=50),
    st.fractions(0, 9, max_denominator=7),
    st.integers(0, 40),
)
def test_threshold_is_the_least_number_that_reaches_the_formula(members, share, root, floor):
    least = threshold(members, share=share, root=root, floor=floor)

    def reaches(number):
        """Whether number >= max(min(floor, n/2), min(share*n, root*sqrt(n))), the root squared away."""
        small = 2 * number >= min(2 * floor, members)
        return small and (number >= share * members or number**2 >= root**2 * members)

    assert reaches(least)
    assert least == 1 or not reaches(least - 1)


@given(st.integers(0, 50_000))
def test_threshold_never_falls_when_members_join(members):
    def needed(many):
        return threshold(many, share=TENTH, root=3, floor=5)

    assert 1 <= needed(members) <= needed(members + 1)


@pytest.mark.parametrize(
    "fields",
    [{"yes": -1}, {"no": -1}, {"abstain": -1}, {"floor": -1}, {"ratio": Fraction(1, 3)}, {"ratio": Fraction(4, 3)}],
)
def test_votes_that_cannot_be_are_refused(fields):
    with pytest.raises(ValueError, match="not negative"):
        decide(**{"yes": 1, "no": 0, **fields})


@pytest.mark.parametrize("fields", [{"members": -1}, {"floor": -1}, {"share": Fraction(2)}, {"root": -1}])
def test_threshold_of_impossible_numbers_is_refused(fields):
    with pytest.raises(ValueError, match="not negative"):
        threshold(**{"members": 9, "share": TENTH, "root": 3, "floor": 5, **fields})


def test_decision_says_why():
    assert sentences(decide(4, 3, 1, floor=5, ratio=Fraction(2, 3))) == [
        "4 yes, 3 no, 1 abstained: 8 took part.",
        "Yes needed 2 of every 3 yes and no.",
        "At least 5 yes were needed.",
        "It did not pass.",
    ]
    assert sentences(decide(2, 3)) == [
        "2 yes, 3 no, 0 abstained: 5 took part.",
        "There were not more yes than no.",
        "Yes needed 1 of every 2 yes and no.",
        "It did not pass.",
    ]
    assert sentences(decide(5, 2, floor=5))[-1] == "It passed."
