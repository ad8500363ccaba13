"""docs/record.md says of every type of entry what it does while witnesses are missing; the code does so."""

from __future__ import annotations

import inspect
import re
from collections import Counter

from hub.acts.effects import EFFECTS
from hub.constitution.model import REDUCES
from hub.ledger import catalogue
from hub.ledger.entries import TYPES
from tests.house.test_record import NAME, rows

catalogue.load()
GIVES, CARRIES_OUT, TAKES = "gives somebody a power", "carries out what was decided", "takes power away, rests it"
RECORDS = {spec.record.__name__: name for name, spec in TYPES.items()}


def lines() -> dict[str, list[str]]:
    """What entries do to the types that do it."""
    return {line[0]: NAME.findall(line[1]) for line in rows("While witnesses are missing")}


def misplaced(types: set[str]) -> dict[str, int]:
    """Types that do not stand in exactly one line, and names in the table that are no type: how often each stands."""
    found = Counter(name for line in lines().values() for name in line)
    return {name: found[name] for name in types | found.keys() if found[name] != 1 or name not in types}


def owed(effect: str) -> set[str]:
    """The types of entries that an effect owes, by its room's check; a grant has lines of its own."""
    names = re.findall(r"\b[A-Z]\w+\b", inspect.getsource(EFFECTS[effect].owes))
    return {RECORDS[name] for name in names if name in RECORDS and not RECORDS[name].startswith("grant.")}


def of(line: str) -> set[str]:
    """The types of a line, by how it begins."""
    return {name for words, names in lines().items() if words.startswith(line) for name in names}


def test_every_type_stands_in_one_line():
    assert misplaced(set(TYPES)) == {}


def test_planted_type_without_a_line_is_found():
    assert misplaced({*TYPES, "throne.taken"}) == {"throne.taken": 0}


def test_whatever_gives_a_holder_a_grant_gives_nothing_before_the_quorum():
    assert of(GIVES) == {name for name, spec in TYPES.items() if {"grant", "holder"} <= spec.fields.keys()}


def test_effects_wait_or_only_take_away():
    waits = {name for effect in EFFECTS.keys() - REDUCES for name in owed(effect)}
    at_once = {name for effect in REDUCES for name in owed(effect)}

    assert waits == of(CARRIES_OUT)
    assert at_once <= of(TAKES)
    assert EFFECTS.keys() >= REDUCES
