"""What may follow from a case, drawn at random: nothing that is allowed on appeal is worse."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cases import rules
from hub.cases.rules import Ruling, is_worse, may_appeal, may_complain, may_rule

GRANTS = st.sets(st.sampled_from(("grt_a", "grt_b"))).map(lambda found: tuple(sorted(found)))
RULINGS = st.builds(
    Ruling, st.booleans(), st.sampled_from(list(rules.OUTCOMES)), st.just("Because."), st.integers(0, 800),
    st.sampled_from(((), ("0" * 64,))), GRANTS,
)  # fmt: skip


def weight(ruling: Ruling) -> tuple[int, int, int, bool]:
    """What a decision takes from somebody, part by part."""
    return list(rules.OUTCOMES).index(ruling.outcome), ruling.days, len(ruling.grants), ruling.proved


def never_worse(ruling: Ruling, first: Ruling) -> bool:
    """Whether what is allowed on appeal of the accused is in no part more than the first decision."""
    if not may_rule(ruling, first):
        return True
    return all(new <= old for new, old in zip(weight(ruling), weight(first), strict=True))


@given(RULINGS, RULINGS)
def test_nothing_that_is_allowed_on_appeal_is_worse(ruling, first):
    assert never_worse(ruling, first)


@pytest.mark.parametrize("part", ["outcome", "days", "grants"])
def test_planted_worse_decision_is_found(monkeypatch, part):
    first = Ruling(True, "role_ended", "Because.", 0, ("0" * 64,), ("grt_a",))
    worse = {
        "outcome": Ruling(True, "barred", "Because.", 1, ("0" * 64,)),
        "days": Ruling(True, "barred", "Because.", 40, ("0" * 64,)),
        "grants": Ruling(True, "role_ended", "Because.", 0, ("0" * 64,), ("grt_a", "grt_b")),
    }[part]
    assert not may_rule(worse, first)
    monkeypatch.setattr(rules, "is_worse", lambda *_: False)

    assert not never_worse(worse, first)


@given(RULINGS)
def test_a_decision_is_not_worse_than_itself(ruling):
    assert not is_worse(ruling, ruling)


@pytest.mark.parametrize(
    ("ruling", "code"),
    [
        (Ruling(True, "advice", " ", cites=("a",)), "cases.no_reasons"),
        (Ruling(True, "advice", "Because."), "cases.nothing_cited"),
        (Ruling(True, "barred", "Because.", 731, ("a",)), "cases.other_outcome"),
        (Ruling(True, "barred", "Because.", 0, ("a",)), "cases.other_outcome"),
        (Ruling(True, "advice", "Because.", 3, ("a",)), "cases.other_outcome"),
        (Ruling(False, "advice", "Because."), "cases.not_proved"),
        (Ruling(True, "role_ended", "Because.", 0, ("a",)), "cases.other_offices"),
        (Ruling(True, "advice", "Because.", 0, ("a",), ("grt_a",)), "cases.other_offices"),
        (Ruling(True, "expulsion", "Because.", 0, ("a",)), "cases.not_here"),
        (Ruling(True, "posting_limit", "Because.", 3, ("a",), ("grt_a",)), "cases.other_offices"),
        (Ruling(True, "suspension", "Because.", 3, ("a",), ("grt_a",)), ""),
        (Ruling(True, "barred", "Because.", 730, ("a",)), ""),
        (Ruling(False, "none", "Because."), ""),
    ],
)
def test_panel_decides_what_has_reasons_and_an_end(ruling, code):
    assert may_rule(ruling, None).code == code


@pytest.mark.parametrize(
    ("happened", "learned", "code"),
    [
        (0, 0, ""),
        (61, 60, ""),
        (300, 60, ""),
        (61, 61, "cases.too_late"),
        (0, 1, "cases.other_days"),
        (0, -1, "cases.other_days"),
    ],
)
def test_complaint_comes_within_sixty_days_of_learning(happened, learned, code):
    today = dt.date(2026, 11, 21)

    assert may_complain(today - dt.timedelta(happened), today - dt.timedelta(learned), today).code == code


def test_whom_it_went_against_appeals():
    allowed = [(side, proved) for side in rules.SIDES for proved in (True, False) if may_appeal(side, proved=proved)]

    assert allowed == [("complainant", False), ("respondent", True)]
