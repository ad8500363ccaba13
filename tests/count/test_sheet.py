"""The count sheet in words, and the remark about who would win alone against each."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import canonical
from hub.count import RON, count
from hub.count.pairs import condorcet_winner
from hub.count.plain import sentences
from hub.count.sheet import draw_up, sheet_bytes
from tests.count.contests import contests, papers_of
from tests.vectors.counts import EXAMPLES, contest


def words(made, seed=None, names=None):
    return sentences(draw_up(made, count(made, seed), seed), names)


def test_two_surpluses_are_told():
    assert words(EXAMPLES["two over the quota at once"].contest, names={"A": "Anna", "B": "Ben"}) == [
        "24 papers, for 3 seats. The quota is 7: 24 divided by 4, cut off, plus one.",
        "Stage 1. First preferences. Now: Anna 11; Ben 8; C 3; D 2.",
        "Anna has the quota and is elected.",
        "Ben has the quota and is elected.",
        "Stage 2. Anna had 11, more than the quota. A first preference goes on worth 0.36363: C +3.27267. "
        "Now: Anna 7; Ben 8; C 6.27267; D 2.",
        "So far 0.72726 had no further preference, 0.00007 was lost to rounding.",
        "Stage 3. Ben had 8, more than the quota. A first preference goes on worth 0.12500: C +0.50000; D +0.50000. "
        "Now: Anna 7; Ben 7; C 6.77267; D 2.50000.",
        "Stage 4. D had fewest, 2.50000, and is excluded. The papers go on at their value: to nobody. "
        "Now: Anna 7; Ben 7; C 6.77267.",
        "So far 3.22726 had no further preference, 0.00007 was lost to rounding.",
        "C is elected without the quota: no more candidates are left than seats.",
        "Elected: Anna, Ben and C.",
    ]


def test_ties_and_lots_are_told():
    example = EXAMPLES["an earlier stage parts some, a lot the rest"]

    told = words(example.contest, example.seed)

    assert told[3:7] == [
        "B, C and D are equal with fewest, and one must be excluded.",
        "At the end of stage 1, B and C had fewest.",
        "No earlier stage parts them, so a lot does, the lowest sha256 of seed and reference: "
        "B eca3dbbd93ca5aa2; C 8f12c0a4a433cbb4.",
        "It is C.",
    ]


def test_nobody_chosen_by_lot_against_nobody_is_told():
    told = words(EXAMPLES["nobody is chosen by lot against nobody"].contest)

    assert told[5:8] == [
        "B and Re-open nominations are equal with fewest, and one must be excluded.",
        "No earlier stage parts them, and no lot is drawn against Re-open nominations: it stays, and nobody wins "
        "by chance.",
        "It is B.",
    ]
    assert told[-2:] == ["Elected: A.", "1 seat stays vacant, and nominations re-open."]


def test_lot_among_persons_beside_re_open_nominations_is_told():
    example = EXAMPLES["a lot among persons leaves re-open nominations out"]

    told = words(example.contest, example.seed)

    assert told[6:9] == [
        "No earlier stage parts them, and no lot is drawn against Re-open nominations: it stays, and nobody wins "
        "by chance.",
        "No earlier stage parts the others, so a lot does, the lowest sha256 of seed and reference: "
        "B eca3dbbd93ca5aa2; C 8f12c0a4a433cbb4.",
        "It is C.",
    ]


def test_equal_surplus_of_re_open_nominations_goes_first_and_is_told():
    told = words(EXAMPLES["the surplus of re-open nominations goes before its equal"].contest)

    assert (
        "No earlier stage parts them, and no lot is drawn against Re-open nominations: its surplus goes first." in told
    )


def test_no_preference_at_all_is_told():
    assert words(EXAMPLES["no preference at all re-opens every seat"].contest)[1] == (
        "No paper ranks anybody, so nobody is elected and nominations re-open for every seat."
    )


def test_sheet_from_before_these_rules_is_told_as_it_was():
    example = EXAMPLES["an earlier stage parts some, a lot the rest"]
    sheet = draw_up(example.contest, count(example.contest, example.seed), example.seed)
    old = json.loads(json.dumps(sheet))
    for stage in old["stages"]:
        if stage["tie"]:
            del stage["tie"]["kept"], stage["tie"]["voteless"]

    assert sentences(old) == sentences(sheet)


def test_surpluses_that_tie_are_told():
    told = words(contest(3, "ABCD", "8xAC 8xBD 3xC 4xD"), "seed")

    assert "A and B are equal with most, and one surplus must go first." in told


def test_seats_that_stay_vacant_are_told():
    told = words(EXAMPLES["nominations re-open for two seats of three"].contest)

    assert told[2] == "Re-open nominations wins a seat, which stays vacant."
    assert told[5] == "Re-open nominations (seat 2) wins a seat, which stays vacant."
    assert told[-2:] == ["Elected: A.", "2 seats stay vacant, and nominations re-open."]


def test_nobody_elected_is_told():
    assert words(contest(1, "AR", "1xA 2xR"))[-2:] == [
        "Nobody is elected.",
        "1 seat stays vacant, and nominations re-open.",
    ]


def test_withdrawn_and_blank_are_told():
    made = EXAMPLES["a candidate has withdrawn"].contest

    assert words(made)[:2] == [
        "9 papers, 2 of them blank, for 1 seat. The quota is 4: 7 divided by 2, cut off, plus one.",
        "C had withdrawn; preferences for them were passed over.",
    ]


# C is preferred to A by 6 of 11 and to B by 7 of 11, but goes out first.
CENTRE = contest(1, "ABC", "5xACB 4xBCA 2xCBA")


def test_other_winner_of_every_pair_is_remarked():
    assert condorcet_winner(CENTRE) == "C"
    assert words(CENTRE)[-2:] == [
        "Elected: B.",
        "A remark: compared with each other candidate alone, C is preferred by more papers every time. The rule elects "
        "by transfers, so the result stands.",
    ]


@pytest.mark.parametrize(
    "made",
    [
        contest(1, "ABC", "6xACB 4xBCA 1xCBA"),
        contest(1, "ABC", "1xABC 1xBCA 1xCAB"),
        contest(2, "ABC", "5xACB 4xBCA 2xCBA"),
        contest(1, "AR", "1xA 2xR"),
    ],
)
def test_nothing_is_remarked_where_the_winner_is_the_same_or_there_is_none(made):
    assert not any("A remark" in sentence for sentence in words(made, "seed"))


@given(contests(seats=st.just(1)))
def test_winner_of_pairs_agrees_with_a_plain_comparison(made):
    papers = papers_of(made)

    def prefers(one, other):
        return sum(one in paper and (other not in paper or paper.index(one) < paper.index(other)) for paper in papers)

    winners = [
        one
        for one in made.standing
        if all(prefers(one, other) > prefers(other, one) for other in made.standing if other != one)
    ]

    assert [condorcet_winner(made)] == (winners or [None])


@given(contests())
def test_any_count_can_be_told_and_kept(made):
    sheet = draw_up(made, count(made, "seed"), "seed")

    assert json.loads(sheet_bytes(sheet)) == sheet
    assert canonical.dumps(sheet) == sheet_bytes(sheet)  # an entry of the record may quote it as it stands
    assert all(sentence.endswith((".", "!")) for sentence in sentences(sheet))
    assert (RON in made.candidates) or not any("Re-open" in sentence for sentence in sentences(sheet))
