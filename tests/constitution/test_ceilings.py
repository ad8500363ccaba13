"""Rules that would take from members what is theirs do not load; whatever loads keeps every ceiling."""

from __future__ import annotations

import copy
import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.constitution import ceilings, limits
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.permits.permissions import P
from tests.constitution import bounds
from tests.constitution.hostile import HOSTILE

DEFAULT = tomllib.loads(default_text())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_rules_are_refused_with_line_and_reason(name):
    hostile = HOSTILE[name]
    text = hostile.text()

    with pytest.raises(Broken) as refused:
        load(text)

    lines = [number for number, line in enumerate(text.splitlines(), 1) if hostile.at in line]
    found = [fault for fault in refused.value.faults if hostile.says in fault]
    assert any(fault.startswith(f"Line {line}: ") for fault in found for line in lines), refused.value.faults


def test_every_fault_is_told_at_once():
    text = default_text()
    for name in ("a recall is opened by organisers alone", "one person hides for sixty days", "members have no rights"):
        for old, new in HOSTILE[name].changes:
            text = text.replace(old, new)

    with pytest.raises(Broken) as refused:
        load(text)

    assert len(refused.value.faults) == 3


def test_there_are_as_many_hostile_texts_as_were_found():
    assert len(HOSTILE) == 36


@pytest.mark.parametrize("key", ["rights", *limits.ENTRENCHED])
def test_nothing_entrenched_can_be_left_out(key):
    document = copy.deepcopy(DEFAULT)
    *parts, last = key.split(".")
    table = document
    for part in parts:
        table = table[part]
    del table[last]

    with pytest.raises(Broken, match="is missing"):
        load(written(document))


@pytest.mark.parametrize("number", ["0x" + "F" * 9000, "9" * 5000, "-" + "9" * 30])
@pytest.mark.parametrize("place", ["value = 5", 'answers = "begins"', 'short = "next"', "days = 14", "ratio = [2, 3]"])
def test_numbers_too_large_to_be_shown_are_refused(number, place):
    key = place.partition(" ")[0]

    with pytest.raises(Broken):
        load(default_text().replace(place, f"{key} = {number}", 1))


def test_default_rules_keep_every_ceiling():
    assert bounds.crossed(load(default_text())) == []


# --- Drawn at random --------------------------------------------------------------------------------------------------

WORDS = [
    "member", "clock", "lapse", "fail", "next", "undo", "extend", "deadline", "enough", "yesno", "stv", "petition",
    "yes_floor", "subject", "founders", "candidates", "panel", "council", "scrutineers", "caretakers",
    "branch_founders", "here", "hub", "branch", "group", "branch_and_below", "founding", "election", "appointment",
    "lot", *limits.EFFECTS, *limits.STEPS, *P,
]  # fmt: skip
KEYS = [
    "do", "by", "min", "size", "persons", "days", "short", "waits", "formula", "kind", "ratio", "entrenched",
    "branches", "scrutineers", "what", "lasts", "then", "says", "opens", "steps", "answers", "can", "reach", "seats",
    "scopes",
]  # fmt: skip
values = st.one_of(
    st.integers(-1, 61),
    st.sampled_from([True, False, 10**30, float("nan"), "", "{days}", [], {}, [1, 2], [2, 3], [3, 4], [1, 1], [0, 0]]),
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), max_size=4),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The default rules with one to four changes: of words, numbers, steps, their order, whole procedures."""
    document: dict[str, Any] = copy.deepcopy(DEFAULT)
    for _ in range(draw(st.integers(1, 4))):
        part = document[draw(st.sampled_from(["procedures", "procedures", "procedures", "roles"]))]
        if not part:
            continue
        key = draw(st.sampled_from(sorted(part)))
        found = part[key]
        steps = found.get("steps") if isinstance(found, dict) else None
        how = draw(st.sampled_from(["step", "step", "step", "drop", "twice", "swap", "table", "borrow", "whole"]))
        if how in ("step", "drop", "twice", "swap") and isinstance(steps, list) and steps:
            place = draw(st.integers(0, len(steps) - 1))
            if how == "step" and isinstance(steps[place], dict):
                name = draw(st.sampled_from([*steps[place], *steps[place], *KEYS]))
                steps[place][name] = draw(values)
            elif how == "drop":
                del steps[place]
            elif how == "twice":
                steps.insert(place, copy.deepcopy(steps[place]))
            else:
                steps.append(steps.pop(place))
        elif how == "table" and isinstance(found, dict):
            found[draw(st.sampled_from([*found, *KEYS]))] = draw(values)
        elif how == "borrow":
            part[key] = copy.deepcopy(part[draw(st.sampled_from(sorted(part)))])
        elif how == "whole":
            del part[key]
    return document


@settings(deadline=None)
@given(mutated())
def test_whatever_loads_keeps_every_ceiling(document):
    try:
        found = load(written(document))
    except Broken as refused:
        told = refused.faults
    else:
        told = ["loaded"]
        assert bounds.crossed(found) == []
    assert [fault for fault in told if not fault.strip()] == [] != told


@pytest.mark.parametrize("key", sorted(DEFAULT["procedures"]))
def test_days_load_up_to_their_limits_and_not_beyond(key):
    for place, bound in enumerate(ceilings.PROCEDURES[key].steps):
        if bound.days is None:
            continue
        for days in {bound.days.least - 1, bound.days.least, bound.days.most, bound.days.most + 1}:
            document = copy.deepcopy(DEFAULT)
            document["procedures"][key]["steps"][place]["days"] = days
            if bound.days.least <= days <= bound.days.most:
                assert bounds.crossed(load(written(document))) == []
            else:
                with pytest.raises(Broken, match="days must lie between"):
                    load(written(document))


@pytest.mark.parametrize("key", sorted(DEFAULT["procedures"]))
def test_planted_fault_that_leaves_a_procedure_unbounded_is_caught(key, monkeypatch):
    monkeypatch.setattr(ceilings, "check", lambda reading, found: None)
    document = copy.deepcopy(DEFAULT)
    document["procedures"][key]["opens"] = "hub.operate"

    assert bounds.crossed(load(written(document))) == [f"{key} is opened by hub.operate"]


def written(document: dict[str, Any]) -> str:
    """A document as TOML: top tables with headers, what is in them inline."""
    plain = [f"{key} = {inline(value)}" for key, value in document.items() if not isinstance(value, dict)]
    tables = [
        f"[{key}]\n" + "\n".join(f"{json.dumps(name)} = {inline(inner)}" for name, inner in value.items())
        for key, value in document.items()
        if isinstance(value, dict)
    ]
    return "\n".join([*plain, *tables]) + "\n"


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
