"""Seven kinds of step: what each waits for, what follows a missed deadline, and late as daily, drawn at random."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.acts import rules
from hub.acts.rules import Move, after, may_hold, may_submit, next_move, tick
from hub.acts.state import FACTS, ActState, Fact, Hand
from hub.constitution.model import Step
from hub.permits import HUB

START = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EFFECT = Step("effect", what="office.elect")
BALLOT = Step("ballot", days=7, short="fail", kind="yesno", formula="yes_floor")


def act(*steps: Step, **changes) -> ActState:
    """An act of these steps, at its first, with a decoy of each kind in a later step."""
    decoys = {
        "hands": (Hand(8, "hld_x", "yes", START), Hand(8, "hld_y", "submit", START)),
        "facts": tuple(Fact(8, fact, START) for fact in FACTS),
    }
    return ActState("act_1", "elect", HUB, "hld_s", steps, 0, START, **decoys)._replace(**changes)


def with_fact(state: ActState, fact: str, at: dt.datetime) -> ActState:
    """The state after the record states a fact of the present step."""
    return state._replace(facts=(*state.facts, Fact(state.step, fact, at)))


def with_hands(state: ActState, hand: str, *holders: str, at: dt.datetime = START) -> ActState:
    """The state after these holders' hands."""
    return state._replace(hands=(*state.hands, *(Hand(state.step, holder, hand, at) for holder in holders)))


def test_support_ends_when_its_signatures_are_reached_and_fails_at_its_deadline():
    petition = act(Step("support", days=42, short="fail", formula="petition"), BALLOT, EFFECT)

    assert tick(petition, START + 41 * DAY) == []
    assert tick(with_fact(petition, "reached", START + DAY), START + 2 * DAY) == [
        Move("act_1", 0, START + DAY, "done"),
    ]
    assert tick(petition, START + 99 * DAY) == [Move("act_1", 0, START + 42 * DAY, "failed")]


def test_nominations_stay_open_to_the_end_and_wait_as_long_again_without_a_candidate():
    nominations = act(Step("submit", "candidates", 1, 7, "extend", waits="deadline"), BALLOT, EFFECT)
    stood = with_hands(nominations, "submit", "hld_a")

    assert tick(stood, START + 6 * DAY) == []
    assert tick(stood, START + 7 * DAY) == [Move("act_1", 0, START + 7 * DAY, "done")]
    assert tick(nominations, START + 15 * DAY) == [
        Move("act_1", 0, START + 7 * DAY, "extended"),
        Move("act_1", 0, START + 14 * DAY, "extended"),
    ]
    extended = with_hands(with_fact(nominations, "extended", START + 7 * DAY), "submit", "hld_a", at=START + 9 * DAY)
    assert tick(extended, START + 15 * DAY) == [Move("act_1", 0, START + 14 * DAY, "done")]


def test_reply_is_the_subjects_alone_and_its_absence_stops_nothing():
    reply = act(Step("submit", "subject", 1, 7, "next"), BALLOT, EFFECT)

    assert may_submit(reply, "hld_a", START).code == "acts.not_concerned"
    assert may_submit(reply, "hld_s", START)
    assert tick(reply, START + 7 * DAY) == [Move("act_1", 0, START + 7 * DAY, "silence")]
    assert tick(with_hands(reply, "submit", "hld_s", at=START + DAY), START + 2 * DAY) == [
        Move("act_1", 0, START + DAY, "done")
    ]


def test_ballot_moves_at_its_close_by_its_count_and_never_without_one():
    ballot = act(BALLOT, EFFECT)

    assert tick(ballot, START + 99 * DAY) == []
    assert tick(with_fact(ballot, "passed", START + 7 * DAY), START + 99 * DAY) == [
        Move("act_1", 0, START + 7 * DAY, "done"),
        Move("act_1", 1, START + 7 * DAY, "done"),
    ]
    assert tick(with_fact(ballot, "failed", START + 7 * DAY), START + 99 * DAY) == [
        Move("act_1", 0, START + 7 * DAY, "failed")
    ]
    assert tick(with_fact(ballot, "passed", START), START + 6 * DAY) == []


def test_ballot_that_an_outage_delayed_moves_at_its_later_close_and_never_earlier():
    held = act(Step("ballot", days=7, kind="stv", short="fail"), EFFECT)
    counted = with_fact(with_fact(held, "delayed", START + 8 * DAY), "passed", START + 8 * DAY)
    earlier = with_fact(held, "delayed", START + 3 * DAY)

    assert (held.due, counted.due, earlier.due) == (START + 7 * DAY, START + 8 * DAY, START + 7 * DAY)
    assert tick(counted, START + 8 * DAY - dt.timedelta(minutes=1)) == []
    assert tick(counted, START + 9 * DAY)[0] == Move("act_1", 0, START + 8 * DAY, "done")


def test_ballot_that_only_a_lot_decides_moves_when_that_fell_and_not_at_its_close():
    held = act(Step("ballot", days=7, kind="stv", short="fail"), EFFECT)
    tied = with_fact(held, "tied", START + 21 * DAY)
    counted = with_fact(tied, "passed", START + 9 * DAY)

    assert (tied.due, tick(tied, START + 99 * DAY)) == (START + 21 * DAY, [])
    assert tick(counted, START + 9 * DAY - dt.timedelta(minutes=1)) == []
    assert tick(counted, START + 99 * DAY)[0] == Move("act_1", 0, START + 9 * DAY, "done")
    assert tick(with_fact(tied, "failed", START + 21 * DAY), START + 99 * DAY) == [
        Move("act_1", 0, START + 21 * DAY, "failed")
    ]


@pytest.mark.parametrize(
    ("short", "outcome"), [("next", "silence"), ("lapse", "lapsed"), ("undo", "undone"), ("extend", "extended")]
)
def test_draw_that_nobody_makes_has_its_consequence(short, outcome):
    draw = act(Step("draw", "members", 3, 2, short), EFFECT)

    assert next_move(draw, START + 2 * DAY) == Move("act_1", 0, START + 2 * DAY, outcome)
    assert next_move(with_fact(draw, "drawn", START + DAY), START + DAY) == Move("act_1", 0, START + DAY, "done")


def test_effect_in_the_middle_is_undone_by_silence_and_by_a_no():
    steps = (Step("effect", what="measure.begin", lasts=7), Step("decide", "branches.confirm", 2, 3, "undo"))
    silent, confirmed = act(*steps), with_hands(act(*steps, step=1), "yes", "hld_a", "hld_b", at=START + DAY)
    refused = with_hands(act(*steps, step=1), "no", "hld_a", "hld_b", at=START + DAY)

    assert tick(silent, START + 3 * DAY) == [
        Move("act_1", 0, START, "done"),
        Move("act_1", 1, START + 3 * DAY, "undone"),
    ]
    assert tick(confirmed, START + 3 * DAY) == [Move("act_1", 1, START + DAY, "done")]
    assert tick(refused, START + 3 * DAY) == [Move("act_1", 1, START + DAY, "undone")]
    assert after(confirmed, tick(confirmed, START + DAY)[0]).outcome == "done"


def test_held_notice_waits_for_its_ballot():
    notice = act(Step("notice", days=3, short="next"), EFFECT)
    held = with_fact(notice, "held", START + DAY)
    late = START + 9 * DAY

    assert may_hold(notice, START + DAY)
    assert may_hold(held, START + DAY).code == "acts.not_held"
    assert may_hold(notice, START + 3 * DAY).code == "acts.not_held"
    assert tick(held, START + 99 * DAY) == []
    assert tick(with_fact(held, "stopped", late), late) == [Move("act_1", 0, late, "refused")]
    assert tick(with_fact(held, "released", late), late) == [
        Move("act_1", 0, late, "done"),
        Move("act_1", 1, late, "done"),
    ]


def test_signatures_that_wait_for_the_deadline_are_refused_at_once_but_pass_at_the_end():
    signing = act(Step("decide", "branches.confirm", 2, 3, "next", waits="deadline"), EFFECT)

    assert tick(with_hands(signing, "yes", "hld_a", "hld_b"), START + 2 * DAY) == []
    assert next_move(with_hands(signing, "yes", "hld_a", "hld_b"), START + 3 * DAY) == Move(
        "act_1", 0, START + 3 * DAY, "done"
    )
    assert tick(with_hands(signing, "no", "hld_a", "hld_b"), START + DAY) == [Move("act_1", 0, START, "refused")]


DAYS, WAITS = st.integers(1, 40), st.sampled_from(["enough", "deadline"])


def kind_of_step(do: str, least: int, *shorts: str, waits: st.SearchStrategy[str] = WAITS) -> st.SearchStrategy[Step]:
    """Steps of one kind before the effect, with any consequence it may have."""
    return st.builds(Step, st.just(do), st.just("x"), st.integers(least, 3), DAYS, st.sampled_from(shorts), waits=waits)


KINDS_OF_STEP = st.one_of(
    kind_of_step("submit", 1, "lapse", "fail", "extend"),
    kind_of_step("support", 2, "lapse", "fail", waits=st.just("enough")),
    kind_of_step("decide", 2, "next", "lapse", "fail"),
    kind_of_step("notice", 0, "next", waits=st.just("enough")),
    kind_of_step("draw", 1, "next", "lapse", "extend"),
    kind_of_step("ballot", 0, "fail", waits=st.just("enough")),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[ActState, dt.datetime]:
    """An act with hands and facts that came before some moment, as the record would hold them; and that moment."""
    steps = (*draw(st.lists(KINDS_OF_STEP, min_size=1, max_size=5)), EFFECT)
    end = START + draw(st.integers(0, 150)) * DAY
    state = act(*steps, hands=(), facts=())
    while state.is_open and state.current.do != "effect" and draw(st.booleans()):
        at = state.since + draw(st.integers(0, 45)) * DAY
        if at > min(end, state.due) or not _wants(draw, state, at):
            break
        state = draw(st.sampled_from(_wants(draw, state, at)))
        moves = tick(state, at)
        for move in moves:
            state = after(state, move)
    # Rolled back to its beginning: what is left is what people and the clock wrote, not where it had come.
    return state._replace(step=0, since=START, outcome=None), end


def _wants(draw: st.DrawFn, state: ActState, at: dt.datetime) -> list[ActState]:
    hand = {"submit": ("submit",), "decide": ("yes", "no")}.get(state.current.do, ())
    fact = {"support": ("reached",), "draw": ("drawn",), "ballot": ("passed", "failed")}.get(state.current.do, ())
    fact = tuple(name for name in fact if state.fact_at(*fact) is None)
    # A ballot is counted at its close and not before.
    when = state.due if state.current.do == "ballot" else at
    return [with_hands(state, kind, draw(st.sampled_from(["hld_a", "hld_b", "hld_c"])), at=at) for kind in hand] + [
        with_fact(state, name, when) for name in fact
    ]


def daily(state: ActState, end: dt.datetime) -> list[Move]:
    """What a clock writes that ran on every day."""
    moves, now = [], START
    while now <= end:
        for move in tick(state, now):
            moves.append(move)
            state = after(state, move)
        now += DAY
    return moves


@given(histories())
def test_late_clock_writes_what_a_daily_one_does(drawn):
    state, end = drawn

    assert tick(state, end) == daily(state, end)


@given(histories())
def test_tick_after_tick_gives_nothing(drawn):
    state, end = drawn
    for move in tick(state, end):
        state = after(state, move)

    assert tick(state, end) == []
    waits_for_a_count = state.current.do == "ballot"
    assert not state.is_open or state.due > end or waits_for_a_count


def dated_now(state: ActState, now: dt.datetime) -> rules.Due | None:
    """A move dated by the clock that noted it."""
    return (now, rules.CONSEQUENCE[state.current.short]) if now >= state.due else None


def without_extensions(state: ActState) -> dt.datetime:
    """A deadline that forgets that it was moved on."""
    return state.since + dt.timedelta(days=state.current.days or 0)


def at_once(state: ActState, now: dt.datetime) -> rules.Due | None:
    """A notice that ends when somebody looks."""
    return now, "done"


def extends_once() -> None:
    """Nominations without a candidate for eight days were moved on once."""
    nominations = act(Step("submit", "candidates", 1, 7, "extend"), EFFECT, hands=(), facts=())
    first = next_move(nominations, START + 8 * DAY)
    assert first is not None
    assert next_move(after(nominations, first), START + 8 * DAY) is None


def plant_dated_now(monkeypatch) -> None:
    """Dates a missed deadline by the clock that noted it."""
    monkeypatch.setattr(rules, "_missed", dated_now)


def plant_at_once(monkeypatch) -> None:
    """Ends a notice when somebody looks."""
    monkeypatch.setitem(rules._WAITS, "notice", at_once)


def plant_no_extensions(monkeypatch) -> None:
    """Forgets that a deadline was moved on."""
    monkeypatch.setattr(ActState, "due", property(without_extensions))


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (plant_dated_now, test_late_clock_writes_what_a_daily_one_does),
        (plant_at_once, test_late_clock_writes_what_a_daily_one_does),
        (plant_no_extensions, extends_once),
    ],
)
def test_planted_fault_is_caught(monkeypatch, plant, check):
    plant(monkeypatch)

    with pytest.raises(AssertionError):
        check()
