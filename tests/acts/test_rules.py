"""How an act moves: late or daily, the same moves; and planted faults that these tests must catch."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.acts import rules
from hub.acts.rules import Move, after, may_sign, may_submit, next_move, tick
from hub.acts.state import ActState, Hand
from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.permits import HUB

START = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PROCEDURES = load(default_text()).procedures
HOLDERS = [f"hld_{letter}" for letter in "abcdef"]


def act(procedure: str = "register_group", **changes) -> ActState:
    """A group's founding on its first minute, its first founder in."""
    state = ActState("act_1", procedure, HUB, "grp_1", PROCEDURES[procedure].steps, 0, START)
    return state._replace(hands=(Hand(0, "hld_a", "submit", START),), **changes)


def with_hand(state: ActState, holder: str, hand: str, at: dt.datetime) -> ActState:
    """The state after one more hand."""
    return state._replace(hands=(*state.hands, Hand(state.step, holder, hand, at)))


def test_second_founder_moves_the_act_to_its_decision():
    state = with_hand(act(), "hld_b", "submit", START + DAY)

    assert tick(state, START + DAY) == [Move("act_1", 0, START + DAY, "done")]


def test_same_founder_twice_moves_nothing():
    state = with_hand(act(), "hld_a", "submit", START + DAY)

    assert tick(state, START + DAY) == []
    assert may_submit(act(), "hld_a", START + DAY).code == "acts.joined_before"


@pytest.mark.parametrize(
    ("late", "moves"),
    [
        (dt.timedelta(days=13, hours=23, minutes=59), []),
        (
            dt.timedelta(days=14),
            [Move("act_1", 1, START + 14 * DAY, "silence"), Move("act_1", 2, START + 14 * DAY, "done")],
        ),
        (
            dt.timedelta(days=99),
            [Move("act_1", 1, START + 14 * DAY, "silence"), Move("act_1", 2, START + 14 * DAY, "done")],
        ),
    ],
)
def test_fourteen_days_of_silence_are_a_yes(late, moves):
    waiting = act(step=1)

    assert tick(waiting, START + late) == moves


def test_two_objections_refuse_and_one_does_not():
    once = with_hand(act(step=1), "hld_c", "no", START + DAY)
    twice = with_hand(once, "hld_d", "no", START + 2 * DAY)

    assert tick(once, START + 3 * DAY) == []
    assert tick(twice, START + 3 * DAY) == [Move("act_1", 1, START + 2 * DAY, "refused")]


def test_appointment_lapses_without_a_second_signature():
    state = ActState("act_1", "appoint_moderator", HUB, "grp_1", PROCEDURES["appoint_moderator"].steps, 1, START)
    signed = with_hand(state, "hld_c", "yes", START)

    assert tick(signed, START + 20 * DAY) == [Move("act_1", 1, START + 14 * DAY, "lapsed")]


@pytest.mark.parametrize(
    ("holder", "at", "code"),
    [
        ("hld_a", START, "acts.own_case"),
        ("hld_c", START, "acts.signed_before"),
        ("hld_d", START + 14 * DAY, "acts.not_deciding"),
        ("hld_d", START + 13 * DAY, ""),
    ],
)
def test_nobody_decides_in_the_own_act_twice_or_late(holder, at, code):
    state = with_hand(act(step=1), "hld_c", "yes", START)

    assert may_sign(state, holder, at).code == code


def play(days: list[tuple[int, str, str]], step_days: int) -> set[Move]:
    """Runs hands and the clock over a founding, ticking every step_days; returns all moves."""
    state, moves, now = act(), set(), START
    pending = sorted(days)
    for day in range(120):
        now = START + day * DAY
        for _, holder, hand in [each for each in pending if each[0] == day]:
            # A hand is only taken by an act that the clock has brought up to date: the verbs run it first.
            state, made = advance(state, now)
            moves |= made
            wanted = "submit" if hand == "submit" else hand
            ask = may_submit if hand == "submit" else may_sign
            if ask(state, holder, now):
                state = with_hand(state, holder, wanted, now)
        if day % step_days == 0:
            state, made = advance(state, now)
            moves |= made
    state, made = advance(state, now + 400 * DAY)
    return moves | made


def advance(state: ActState, now: dt.datetime) -> tuple[ActState, set[Move]]:
    """Every move due by now."""
    moves = set()
    while move := next_move(state, now):
        moves.add(move)
        state = after(state, move)
    return state, moves


HANDS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(HOLDERS), st.sampled_from(["submit", "yes", "no"])), max_size=12
)


@settings(max_examples=200, deadline=None)
@given(HANDS)
def test_late_clock_makes_the_moves_of_a_daily_one(hands):
    assert play(hands, 1) == play(hands, 99)


@settings(max_examples=200, deadline=None)
@given(HANDS, st.integers(0, 90))
def test_tick_is_idempotent_and_each_step_happens_once(hands, day):
    state = act()
    for number, holder, hand in sorted(hands):
        if (may_submit if hand == "submit" else may_sign)(state, holder, START + number * DAY):
            state = with_hand(state, holder, hand, START + number * DAY)
    now = START + max([day, *(number for number, _, _ in hands)]) * DAY

    moves = tick(state, now)
    end, _ = advance(state, now)

    assert tick(end, now) == []
    assert len({move.step for move in moves}) == len(moves)
    assert all(move.due <= now for move in moves)


PLANTED = {
    "the same person counts twice": (
        "_nth",
        lambda hands, wanted: hands[wanted - 1].at if len(hands) >= wanted else None,
    ),
    "a missed deadline is taken for silence": (
        "CONSEQUENCE",
        {"next": "silence", "lapse": "silence", "fail": "failed"},
    ),
    "a refusal is taken for a yes": ("ENDINGS", ()),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_is_caught(monkeypatch, fault):
    name, wrong = PLANTED[fault]
    monkeypatch.setattr(rules, name, wrong)
    twice = with_hand(act(), "hld_a", "submit", START + DAY)
    refused = with_hand(with_hand(act(step=1), "hld_c", "no", START), "hld_d", "no", START)
    appointment = ActState("act_1", "appoint_moderator", HUB, "grp_1", PROCEDURES["appoint_moderator"].steps, 1, START)

    right = (
        tick(twice, START + DAY) == []
        and [move.outcome for move in tick(refused, START + DAY)] == ["refused"]
        and [move.outcome for move in tick(appointment, START + 20 * DAY)] == ["lapsed"]
    )

    assert not right
