"""A case and its appeal as steps alone, drawn from where they stand: none sits, none skips a step, late is as daily.

The machine gives hands and facts as the folds do, by the same pure rules; what the folds ask of them, test_flow asks.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hub.acts import rules as acts
from hub.acts.rules import Move
from hub.acts.state import ActState, Fact, Hand
from hub.cases import rules
from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.errors import YES
from hub.permits import HUB

START = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RULES = load(default_text())
PICK = st.integers(0, 1)
FIRST, REPLACED, APPEAL = 90 * DAY, 123 * DAY, 42 * DAY


def begun(procedure: str, name: str, subject: str, at: dt.datetime) -> ActState:
    """An act of a procedure, at its beginning."""
    return ActState(name, procedure, HUB, subject, RULES.procedures[procedure].steps, 0, at, opened_at=at)


class Cases(RuleBasedStateMachine):
    """One case. moves: what the clock made of it, by act; said: hands and facts in their order, to be read at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.acts = {"case": begun("case", "act_1", "act_1", START)}
        self.moves: dict[str, list[Move]] = {"case": [], "appeal": []}
        self.side = ""
        self.appealed_at = START
        self.decided_at: dt.datetime | None = None

    def state(self, what: str = "case") -> ActState:
        return self.acts[what]

    def running(self) -> list[str]:
        return [what for what, state in self.acts.items() if state.is_open]

    def at(self, do: str, by: str) -> list[str]:
        """Which of the acts wait for something now."""
        return [
            what for what in self.running() if (self.state(what).current.do, self.state(what).current.by) == (do, by)
        ]

    def fact(self, what: str, name: str, at: dt.datetime | None = None) -> None:
        state = self.state(what)
        self.acts[what] = state._replace(facts=(*state.facts, Fact(state.step, name, at or self.now)))
        self.tick()

    def tick(self) -> None:
        """What the clock does of both, and what the end of an appeal does to the case."""
        for what in ("appeal", "case"):
            if what not in self.acts:
                continue
            before = self.state(what)
            found = acts.tick(before, self.now)
            for move in found:
                self.acts[what] = acts.after(self.acts[what], move)
            self.moves[what] += found
            if what == "appeal" and before.is_open and not self.state(what).is_open:
                ended = self.state(what).outcome
                fact = "released" if ended == "done" else rules.without_decision(self.side)
                case, due = self.state(), found[-1].due
                self.acts["case"] = case._replace(facts=(*case.facts, Fact(case.step, fact, due)))

    @rule(hours=st.sampled_from((1, 20, 24, 71, 24 * 5, 24 * 13, 24 * 99)))
    def wait(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)
        self.tick()

    @precondition(lambda self: self.running())
    @rule(pick=PICK)
    def wait_until_almost(self, pick: int = 0) -> None:
        """To the last minute of a deadline: where whoever plays for time goes."""
        what = self.running()[pick % len(self.running())]
        self.now = max(self.now, self.state(what).due - dt.timedelta(minutes=1))
        self.tick()

    @precondition(lambda self: self.at("draw", "duty") + self.at("draw", "jurors"))
    @rule(pick=PICK)
    def draw(self, pick: int = 0) -> None:
        able = self.at("draw", "duty") + self.at("draw", "jurors")
        self.fact(able[pick % len(able)], "drawn")

    @precondition(lambda self: self.at("decide", "cases.screen"))
    @rule(admits=st.sampled_from((True, True, True, False)))
    def screen(self, admits: bool = True) -> None:
        state, hand = self.state(), "yes" if admits else "no"
        hands = tuple(Hand(state.step, holder, hand, self.now) for holder in ("hld_1", "hld_2"))
        self.acts["case"] = state._replace(hands=(*state.hands, *hands))
        self.tick()

    @precondition(lambda self: self.at("submit", "complainant") + self.at("submit", "respondent"))
    @rule()
    def say(self) -> None:
        self.fact("case", "reached")

    @precondition(lambda self: self.at("submit", "respondent") and not self.state().fact_at("delayed"))
    @rule()
    def prolong(self) -> None:
        self.fact("case", "delayed", self.state().due + rules.MORE)

    @precondition(lambda self: any(self.may_decide(what) for what in self.at("decide", "cases.decide")))
    @rule(pick=PICK)
    def decide(self, pick: int = 0) -> None:
        able = [what for what in self.at("decide", "cases.decide") if self.may_decide(what)]
        what = able[pick % len(able)]
        if what == "case":
            self.decided_at = self.now
        self.fact(what, "passed")

    @precondition(lambda self: self.may_send_back())
    @rule()
    def send_back(self) -> None:
        self.fact("appeal", "sent_back")

    def may_send_back(self) -> bool:
        if "appeal" not in self.at("decide", "cases.decide") or not self.may_decide("appeal"):
            return False
        is_again = self.state("appeal").was_sent_back
        return bool(rules.may_send_back(self.state().since, self.now, is_again=is_again))

    def may_decide(self, what: str) -> bool:
        return self.now >= self.state(what).since + rules.SETTLE

    @precondition(lambda self: self.at("notice", "") and "appeal" not in self.acts)
    @rule(side=st.sampled_from(rules.SIDES))
    def appeal(self, side: str) -> None:
        self.side, self.appealed_at = side, self.now
        self.acts["appeal"] = begun("appeal_case", "act_2", "act_1", self.now)
        self.fact("case", "held")

    @invariant()
    def none_sits(self) -> None:
        """Within the summed maximum it is over; until a decision within 90 days, or 123 with another panel."""
        case = self.state()
        replaced = any(f.fact == "redrawn" and case.steps[f.step].do == "decide" for f in case.facts)
        limit = REPLACED if replaced else FIRST
        ends = self.moves["case"][-1].due if not case.is_open else self.now
        if self.decided_at is None:
            assert ends <= START + limit
        else:
            assert self.decided_at <= START + limit
            assert ends <= self.decided_at + APPEAL

    @invariant()
    def nothing_is_final_that_was_not_heard(self) -> None:
        """In this order: admitted, charged, answered or a fortnight, a panel, its decision, an appeal or none."""
        case = self.state()
        if case.outcome != "done":
            return
        kinds = [(case.steps[move.step].do, case.steps[move.step].by, move.outcome) for move in self.moves["case"]]
        heard = [kind[:2] for kind in kinds if kind[2] in ("done", "silence")]
        assert heard == [
            ("draw", "duty"), ("decide", "cases.screen"), ("submit", "complainant"), ("submit", "respondent"),
            *([("draw", "jurors")] * sum(kind[:2] == ("draw", "jurors") and kind[2] == "done" for kind in kinds)),
            ("decide", "cases.decide"), ("notice", ""), ("effect", ""),
        ]  # fmt: skip
        charged, answered = (move.due for move in self.moves["case"] if case.steps[move.step].do == "submit")
        assert any(f.fact == "reached" and case.steps[f.step].by == "complainant" for f in case.facts)
        spoke = any(f.fact == "reached" and case.steps[f.step].by == "respondent" for f in case.facts)
        assert spoke or answered >= charged + 14 * DAY

    @invariant()
    def appeals_end_for_the_accused(self) -> None:
        """Nobody decided in time: it is as the accused asked, where they did, and stands where the other side did."""
        review, case = self.acts.get("appeal"), self.state()
        if review is None or review.is_open or case.is_open or review.outcome == "done":
            return
        assert case.outcome == ("refused" if self.side == "respondent" else "done")

    @invariant()
    def late_is_as_daily(self) -> None:
        """Whoever reads all that was said at once comes to the same acts, steps, dues and outcomes."""
        for what, state in self.acts.items():
            first = begun(state.procedure, state.id, state.subject, START if what == "case" else self.appealed_at)
            said = tuple(fact for fact in state.facts if fact.fact not in ("extended", "redrawn", "reheard"))
            assert acts.tick(first._replace(facts=said, hands=state.hands), self.now) == self.moves[what]


def test_no_case_sits_however_it_goes():
    found = settings(
        max_examples=40, stateful_step_count=30, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Cases, settings=found)


# Ways that a case can go, each step by its name: what a planted fault has to break at least one of.
HEARD = ("draw", "screen", "say", "say", "draw")
LAST = ("wait_until_almost", "draw", "wait_until_almost", "screen", "wait_until_almost", "say", "prolong")
LATE_APPEAL = (*HEARD, "wait", "decide", "wait_until_almost", "appeal respondent", "almost", "draw")
WALKS = (
    (*HEARD, *["wait"] * 40),
    (*HEARD[:4], *["wait"] * 15),
    (*HEARD[:2], *["wait"] * 15),
    (*HEARD, "wait", "decide", *["wait"] * 6),
    (*HEARD, "wait", "decide", "appeal respondent", *["wait"] * 20),
    (*HEARD, "wait", "decide", "appeal complainant", "draw", *["wait"] * 20),
    (*HEARD, "wait", "decide", "appeal respondent", "draw", "wait", "decide", *["wait"] * 5),
    (*HEARD[:2], *["wait"] * 5, "draw", "wait", "decide", *["wait"] * 6),
    (*LATE_APPEAL, "wait", "send_back", "almost", "draw", "almost", "decide", "wait"),
    (*LATE_APPEAL, "wait", "send_back", "draw", "wait", "send_back", "almost", "draw", "almost", "decide", "wait"),
    (*LATE_APPEAL, *["wait"] * 3, "send_back", "almost", "draw", "almost", *["wait"] * 2),
    (*LATE_APPEAL, "wait", "send_back", "draw", *["wait"] * 3),
    (*HEARD, "wait_until_almost", "wait", "decide", *["wait"] * 4),
    (*LAST, "wait_until_almost", "wait", *["draw", "wait_until_almost", "wait"] * 4),
)


def walk(steps: tuple[str, ...]) -> Cases:
    """Goes one way, and asks of each step what the machine asks."""
    machine = Cases()
    for step in steps:
        name, _space, side = step.partition(" ")
        if name == "draw" and not machine.at("draw", "duty") + machine.at("draw", "jurors"):
            continue
        if name == "send_back" and not machine.may_send_back():
            continue
        if name == "decide" and not any(map(machine.may_decide, machine.at("decide", "cases.decide"))):
            continue
        arguments = {"hours": 5 * 24 + 1} if name == "wait" else {"side": side} if side else {}
        if name == "almost":  # of the appeal's deadline
            name, arguments = "wait_until_almost", {"pick": 1}
        if name != "wait_until_almost" or machine.running():
            getattr(machine, name)(**arguments)
        machine.none_sits()
        machine.nothing_is_final_that_was_not_heard()
        machine.appeals_end_for_the_accused()
        machine.late_is_as_daily()
    return machine


ENDS = (
    "lapsed", "lapsed", "lapsed", "done", "refused", "done", "done", "lapsed", "done",
    "done", "refused", "refused", "done", "lapsed",
)  # fmt: skip


@pytest.mark.parametrize(("steps", "outcome"), list(zip(WALKS, ENDS, strict=True)))
def test_each_way_ends_as_it_should(steps, outcome):
    assert walk(steps).state().outcome == outcome


def never_lapses(state: ActState) -> str:
    """A panel that may always have half as long again."""
    return "extended" if state.current.short == "renew" else _CONSEQUENCE(state)


def redraws_for_ever(state: ActState) -> str:
    """A draw that is made again and again."""
    return "redrawn" if state.current.short == "redraw" else _CONSEQUENCE(state)


def charges_by_silence(state: ActState) -> str:
    """A charge that nobody served goes on all the same."""
    return "silence" if state.current.by == "complainant" else _CONSEQUENCE(state)


def as_long_again(self: ActState) -> dt.datetime:
    """An extension as long as the first days."""
    times = 1 + sum(fact.fact == "extended" for fact in self.facts_now())
    due = self.since + times * DAY * (self.current.days or 0)
    return max([due, *(fact.at for fact in self.facts_now() if fact.fact == "delayed")])


def dated_now(state: ActState, now: dt.datetime) -> acts.Due | None:
    """A deadline that was missed when somebody looked."""
    return (now, acts._consequence(state)) if now >= state.due else None


_CONSEQUENCE = acts._consequence
FAULTS: dict[str, tuple[Any, str, Any]] = {
    "never lapses": (acts, "_consequence", never_lapses),
    "redraws for ever": (acts, "_consequence", redraws_for_ever),
    "charges by silence": (acts, "_consequence", charges_by_silence),
    "an extension as long again": (ActState, "due", property(as_long_again)),
    "dated by the clock": (acts, "_missed", dated_now),
    "an appeal that nobody decides goes against the accused": (rules, "without_decision", lambda side: "released"),
    "sent back when it is too late": (rules, "SEND_BACK", 36 * DAY),
    "heard again for as long": (acts, "HEARD_AGAIN", 23),
    "heard again for ever": (rules, "may_send_back", lambda *at, is_again: YES),
    "half a year more": (rules, "MORE", 180 * DAY),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_caught(monkeypatch, fault):
    monkeypatch.setattr(*FAULTS[fault])
    broken = 0
    for steps in WALKS:
        try:
            walk(steps)
        except AssertionError:
            broken += 1

    assert broken > 0
