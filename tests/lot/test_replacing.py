"""Replacements: the next reserve of the same stratum, in the order, and nobody else (invariant 33, GO-21)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import RuleViolation
from hub.lot.pool import make_ticket
from hub.lot.replacing import REASONS, Replacement, Seats, apply, replace, stratum_of
from tests.lot.arranged import name_of

A, B = {"branch": "hull", "age": "x"}, {"branch": "york", "age": "x"}
SITTING = (make_ticket(name_of(1), A), make_ticket(name_of(2), B))
WAITING = tuple(
    make_ticket(name_of(n), strata) for n, strata in [(3, B), (4, {**A, "age": "y"}), (5, B), (6, A), (7, A)]
)
SEATS = Seats(SITTING, WAITING, frozenset({"branch"}))


def test_next_of_the_same_stratum_follows():
    found = replace(SEATS, name_of(1), "declined", {})

    assert found == Replacement(name_of(1), "declined", (), name_of(4))
    assert apply(SEATS, found) == Seats((WAITING[1], SITTING[1]), (WAITING[0], *WAITING[2:]), SEATS.keys)


def test_stratum_is_every_key_that_has_a_quota():
    both = dataclasses.replace(SEATS, keys=frozenset({"branch", "age"}))
    neither = dataclasses.replace(SEATS, keys=frozenset())

    assert replace(both, name_of(1), "declined", {}).successor == name_of(6)
    assert replace(neither, name_of(1), "declined", {}).successor == name_of(3)


def test_conflicted_reserve_is_passed_over_with_its_reason_for_good():
    passing = {name_of(4): "conflict", name_of(7): "left", name_of(3): "conflict"}

    found = replace(SEATS, name_of(1), "silent", passing)
    after = apply(SEATS, found)

    assert found == Replacement(name_of(1), "silent", ((name_of(4), "conflict"),), name_of(6))
    assert after.reserves == (WAITING[0], WAITING[2], WAITING[4])
    assert replace(after, name_of(6), "left", {}).successor == name_of(7)


def test_seat_stays_empty_when_no_reserve_of_the_stratum_is_left():
    passing = {name_of(3): "declined", name_of(5): "silent"}

    found = replace(SEATS, name_of(2), "struck", passing)

    assert found == Replacement(name_of(2), "struck", tuple(passing.items()), None)
    assert apply(SEATS, found) == Seats(SITTING[:1], (WAITING[1], *WAITING[3:]), SEATS.keys)


@pytest.mark.parametrize(
    ("out", "reason", "passing", "code"),
    [
        (3, "declined", {}, "lot.no_seat"),
        (99, "declined", {}, "lot.no_seat"),
        (1, "because", {}, "lot.no_reason"),
        (1, "", {}, "lot.no_reason"),
        (1, "declined", {name_of(4): "disliked"}, "lot.no_reason"),
    ],
)
def test_replacement_without_a_seat_or_a_reason_is_refused(out, reason, passing, code):
    with pytest.raises(RuleViolation) as caught:
        replace(SEATS, name_of(out), reason, passing)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "replacement",
    [
        Replacement(name_of(1), "declined", (), name_of(6)),
        Replacement(name_of(1), "declined", (), name_of(3)),
        Replacement(name_of(1), "declined", (), name_of(99)),
        Replacement(name_of(1), "declined", (), name_of(2)),
        Replacement(name_of(1), "declined", (), None),
        Replacement(name_of(1), "declined", ((name_of(6), "conflict"),), name_of(4)),
        Replacement(name_of(1), "declined", ((name_of(6), "conflict"), (name_of(4), "conflict")), name_of(7)),
        Replacement(name_of(1), "declined", ((name_of(4), "conflict"), (name_of(4), "conflict")), name_of(6)),
        Replacement(name_of(1), "declined", ((name_of(3), "conflict"),), name_of(4)),
        Replacement(name_of(1), "declined", ((name_of(4), "disliked"),), name_of(6)),
        Replacement(name_of(5), "declined", (), name_of(3)),
    ],
)
def test_any_other_replacement_is_refused(replacement):
    with pytest.raises(RuleViolation):
        apply(SEATS, replacement)


@given(st.data())
def test_nobody_sits_twice_and_quotas_hold_through_any_replacements(data):
    branches = data.draw(st.lists(st.sampled_from(["hull", "york"]), min_size=3, max_size=14))
    people = tuple(make_ticket(name_of(n), {"branch": branch}) for n, branch in enumerate(branches))
    seats = Seats(people[:3], people[3:], frozenset({"branch"}))
    before, gone = [stratum_of(seat, seats.keys) for seat in seats.seats], set()
    for _ in range(data.draw(st.integers(0, 6))):
        if not seats.seats:
            break
        out = data.draw(st.sampled_from(seats.seats))
        conflicted = data.draw(st.sets(st.sampled_from(people)))
        found = replace(seats, out.name, "left", {ticket.name: "conflict" for ticket in conflicted})
        place = seats.seats.index(out)
        seats = apply(seats, found)
        gone |= {out.name, *(name for name, _ in found.passed)}
        if found.successor is None:
            del before[place]
        else:
            assert found.successor not in {ticket.name for ticket in conflicted}

        names = [ticket.name for ticket in seats.seats + seats.reserves]
        assert len(set(names)) == len(names)
        assert not gone & set(names)
        assert [stratum_of(seat, seats.keys) for seat in seats.seats] == before


def test_every_reason_has_its_words():
    assert [code for code, words in REASONS.items() if not words or not code.isalpha()] == []
