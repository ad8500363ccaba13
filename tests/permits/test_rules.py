"""Tenure, gaps, offices that do not go together, how many are a third; and the faults these tests must catch."""

from __future__ import annotations

import datetime as dt

import pytest

from hub.permits import branch_scope, rules
from hub.permits.actor import Grant

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def grant(starts: int, until: int, source: str = "election", ended: int | None = None) -> Grant:
    """An organiser's grant, by days before (negative) or after now; of 14 days' tenure."""
    return Grant(
        f"grt_{starts}", 7, "hld_1", "admin", branch_scope("brn_1"), source, None, NOW + starts * DAY,
        NOW + until * DAY, frozenset(), ended_at=None if ended is None else NOW + ended * DAY, tenure_days=14,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "since"),
    [
        ([], -5),
        ([grant(-30, -5)], -30),
        ([grant(-60, -30), grant(-30, -4)], -60),
        ([grant(-30, -6)], -5),
        ([grant(-30, 100, ended=-6)], -5),
        ([grant(-30, 100, ended=-5)], -30),
        ([grant(-60, -31), grant(-30, -5)], -30),
    ],
)
def test_tenure_runs_on_without_a_gap_and_restarts_after_one(earlier, since):
    for order in (earlier, earlier[::-1]):
        assert rules.held_since(grant(-5, 100), order) == NOW + since * DAY


@pytest.mark.parametrize(("source", "held", "ok"), [
    ("election", 14 * DAY, True), ("election", 14 * DAY - MINUTE, False), ("election", 13 * DAY, False),
    ("founding", MINUTE, True), ("caretaker", 13 * DAY, False),
])  # fmt: skip
def test_office_counts_after_fourteen_days_and_a_founders_at_once(source, held, ok):
    assert bool(rules.has_tenure(grant(-20, 100, source), NOW - held, NOW)) == ok


@pytest.mark.parametrize(("mine", "theirs", "ok"), [
    (13, 20, False), (13, 12, True), (13, 13, True), (14, 20, True), (0, 1, False),
])  # fmt: skip
def test_newcomer_ends_no_office_held_for_longer(mine, theirs, ok):
    assert bool(rules.may_end_held(NOW - mine * DAY, NOW - theirs * DAY, 14, NOW)) == ok


@pytest.mark.parametrize(("held", "role", "ok"), [
    ([], "steward", True), (["steward"], "steward", True), (["admin"], "steward", False), (["steward"], "admin", False),
    (["steward"], "council", False), (["council"], "admin", True), (["moderator", "admin"], "council", True),
])  # fmt: skip
def test_steward_holds_no_other_office(held, role, ok):
    assert bool(rules.compatible(held, role)) == ok


@pytest.mark.parametrize(("of", "most"), [(1, 1), (2, 1), (3, 1), (5, 1), (6, 2), (8, 2), (9, 3), (12, 4)])
def test_third_of_the_offices_and_at_least_one(of, most):
    assert rules.most_replaced(of) == most
