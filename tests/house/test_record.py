"""docs/record.md says of every type of entry what class it is and which words lie beside it; none says a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from hub.ledger import catalogue
from hub.ledger.entries import TYPES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "record.md"
NAME = re.compile(r"`([a-z_]+\.[a-z_]+)`")
CLASS = re.compile(r"[PCN]\b")
catalogue.load()


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    text = PAGE.read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines[1:]]


def classes() -> dict[str, str]:
    """Entry type to its class."""
    return {name: line[2] for line in rows("By the vocabulary") for name in NAME.findall(line[1])}


def secrets() -> set[str]:
    """The names that no type, field or opening bears."""
    text = PAGE.read_text(encoding="utf-8").split("## Never in the record\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z]+)`", text))


def says_a_secret(name: str, fields: Iterable[str], openings: Iterable[str]) -> bool:
    """Tells whether a type names what is never in the record."""
    said = {*re.split(r"[._]", name), *(part for field in (*fields, *openings) for part in field.split("_"))}
    return bool(said & secrets())


def test_every_type_of_entry_stands_in_the_table_with_its_class():
    assert classes().keys() == TYPES.keys()
    assert [line for line in rows("By the vocabulary") if len(line) != 4 or not CLASS.match(line[2])] == []


def test_what_is_never_told_has_no_entry():
    assert {name for name, told in classes().items() if told.startswith("N") and "P" not in told} == set()
    assert {line[1] for line in rows("By the vocabulary") if line[0] == "(vote cast)"} == {"none"}
    assert [name for name, spec in TYPES.items() if says_a_secret(name, spec.fields, spec.openings)] == []


@pytest.mark.parametrize(
    ("name", "fields", "openings"),
    [
        ("vote.cast", [], []),
        ("ballot.cast", ["voter_person"], []),
        ("case.opened", [], ["evidence"]),
        ("roll.told", ["postcode"], []),
    ],
)
def test_planted_secret_is_found(name, fields, openings):
    assert says_a_secret(name, fields, openings)


def test_words_beside_the_record_are_those_of_the_page():
    told = {
        NAME.findall(line[0])[0]: tuple(re.findall(r"`([a-z_]+)`", line[1]))
        for line in rows("Words that lie beside the record")
    }

    assert told == {name: spec.openings for name, spec in TYPES.items() if spec.openings}
