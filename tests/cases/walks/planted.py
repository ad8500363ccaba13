"""Faults planted in the rules of cases, each a small change that somebody could make. Every one must break a property.

found/NAME.json holds the shortest walk that was found to show it: replayed at each merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hub.cases import drawing, ending_fold, filing, interims, interims_fold, queries, rules, ticking
from hub.constitution import queries as constitution
from hub.draws import fold as draws_fold
from hub.errors import YES
from hub.permits import protecting

FORTNIGHTS = dt.timedelta(days=28)


class Everything(set[str]):
    """A set that has whatever somebody looks for."""

    def __ge__(self, _other: object) -> bool:
        return True


@dataclass(frozen=True)
class Fault:
    """One fault. sentence: what somebody did wrong; plant: does it."""

    sentence: str
    plant: Callable[[pytest.MonkeyPatch], None]


def instead(place: object, name: str, other: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Puts something else in the place of a rule."""
    return lambda patch: patch.setattr(place, name, other)


PLANTED: dict[str, Fault] = {
    "drawn_too_late": Fault(
        "a panel is drawn after its days where no clock ran",
        instead(draws_fold, "_is_too_late", lambda *_: False),
    ),
    "neighbours_sit": Fault(
        "whoever lives in the branch of a side is drawn",
        instead(drawing, "_neighbours", lambda *_: set()),
    ),
    "decided_at_once": Fault(
        "a panel decides while the sides may still strike",
        instead(rules, "SETTLE", dt.timedelta(0)),
    ),
    "cites_anything": Fault(
        "a decision cites what nobody laid before the accused",
        instead(queries, "disclosed", lambda *_: Everything()),
    ),
    "no_provenance": Fault(
        "an item is attached wherever it may come from",
        instead(rules, "may_attach", lambda *_: YES),
    ),
    "worse_on_appeal": Fault("an appeal makes it worse", instead(rules, "is_worse", lambda *_: False)),
    "long_measure": Fault(
        "a measure lasts four weeks",
        instead(interims_fold, "until_of", lambda _tx, state: state.since + FORTNIGHTS),
    ),
    "rests_any_office": Fault(
        "a measure rests offices of anybody",
        instead(interims, "_may_rest", lambda *_: Everything()),
    ),
    "measure_outlives": Fault(
        "a measure goes on when its case is over",
        instead(ending_fold, "end_interims", lambda *_: None),
    ),
    "seen_before_admission": Fault(
        "the accused sees a complaint that may become no case",
        instead(queries, "is_case", lambda *_: True),
    ),
    "drafts_are_seen": Fault(
        "the accused sees what was not laid before them yet",
        instead(queries, "_readable", lambda _tx, file, *_: file),
    ),
    "hidden_is_shown": Fault(
        "the accused sees who complained, though it is hidden",
        instead(queries, "replace", lambda one, **_: one),
    ),
    "judged_twice": Fault(
        "a second case is about what a first was about",
        instead(filing, "insist_on_other_facts", lambda *_: None),
    ),
    "no_peace": Fault(
        "the accused acts against whoever complained",
        instead(protecting, "_PROTECTS", []),
    ),
    "no_queue": Fault(
        "one person has any number of open complaints",
        instead(rules, "waits_in_queue", lambda *_: False),
    ),
    "five_strikes": Fault("each side strikes five", instead(rules, "STRIKES", 5)),
    "lost_by_silence": Fault(
        "an appeal that nobody decides goes against the accused",
        instead(rules, "without_decision", lambda _side: "released"),
    ),
    "rule_of_today": Fault(
        "the rules of today apply to what happened before",
        instead(filing, "version_at", lambda tx, *_: constitution.in_force(tx)[1]),
    ),
    "forgotten_at_once": Fault(
        "what was said is forgotten as soon as a case is over",
        instead(ticking, "NOT_PROVED", dt.timedelta(0)),
    ),
}
