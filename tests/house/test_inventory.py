"""The inventory names every column of every table; each line says what deletes it, and nothing notes people."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

import pytest
import sqlalchemy as sa

from hub import db as house
from hub import inventory
from hub.federation import models as _federation  # noqa: F401 – its table is in no fold's room
from hub.inventory import Line
from hub.inventory.lines import _line
from hub.ledger import catalogue
from hub.matcher import models as matcher
from hub.sealing import models as vault

catalogue.load()
EVERY = {
    "hub": ({**inventory.private("hub"), **inventory.public()}, house.metadata),
    "matcher": (inventory.private("matcher"), matcher.metadata),
    "vault": (inventory.private("vault"), vault.metadata),
}
LINES = [line for lines, _metadata in EVERY.values() for line in lines.values()]
# What no table holds of anybody, under any of its usual names (PR-02).
NEVER = (
    "birth postcode street address phone employer twitter facebook instagram mastodon handle_of social donation note"
    " notes remark comment tag tags score rating opinion ip useragent user_agent"
).split()


def strangers(lines: Mapping[str, Line], metadata: sa.MetaData) -> set[str]:
    """Columns without a line, and lines without a column."""
    there = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    said = {f"{line.table}.{name}" for line in lines.values() for name in line.fields}
    return there ^ said


def undeleted(lines: Iterable[Line]) -> list[str]:
    """Lines about a person that nothing ever deletes."""
    return [line.table for line in lines if line.of is not None and not (line.days and line.after) and not line.job]


def missing_jobs(lines: Iterable[Line]) -> list[str]:
    """Lines whose job is no function of ours; whether it runs, tests/inventory finds by its work."""
    return [line.table for line in lines if line.job is not None and not callable(_function(line.job))]


def _function(job: str) -> object:
    module, _colon, name = job.partition(":")
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def typed_about_others(lines: Iterable[Line]) -> list[str]:
    """Words in a row about somebody that they did not choose themselves: a note on a person (PR-02, PR-06)."""
    return [
        f"{line.table}.{field.name}"
        for line in lines
        if line.of is not None
        for field in line.fields.values()
        if field.is_a == "word" and field.source != "you"
    ]


def forbidden(lines: Iterable[Line]) -> list[str]:
    """Columns whose name says that they hold what is never held."""
    return [f"{line.table}.{name}" for line in lines for name in line.fields if name in NEVER]


@pytest.mark.parametrize("store", EVERY)
def test_every_column_has_a_line_and_every_line_a_column(store: str) -> None:
    assert strangers(*EVERY[store]) == set()


@pytest.mark.parametrize("store", EVERY)
def test_public_lines_are_of_public_tables(store: str) -> None:
    lines, metadata = EVERY[store]

    kinds = {name: metadata.tables[name].info["kind"] == "public" for name in lines}

    assert kinds == {name: name in inventory.public() and store == "hub" for name in lines}


def test_every_line_about_a_person_says_what_deletes_it() -> None:
    assert undeleted(LINES) == []


def test_every_job_is_there() -> None:
    assert missing_jobs(LINES) == []


def test_moments_of_terms_are_moments() -> None:
    wrong = [line.table for line in LINES if line.days and line.fields[str(line.after)].is_a != "when"]

    assert wrong == []


def test_no_column_is_a_note_a_tag_or_a_score() -> None:
    assert (typed_about_others(LINES), forbidden(LINES)) == ([], [])


def test_planted_columns_are_caught() -> None:
    metadata = sa.MetaData()
    house.table("dossiers", sa.Column("person", sa.Text), sa.Column("remark", sa.Text), kind="private", of=metadata)
    told = {"what": "x", "of": "person", "why": "account", "kept": "for good", "from": "office", "seen": "nobody"}
    half = _line("dossiers", {**told, "fields": {"link": "person"}})
    whole = _line(
        "dossiers", {**told, "job": "hub.people.actions:nothing", "fields": {"link": "person", "word": "remark"}}
    )

    assert strangers({"dossiers": half}, metadata) == {"dossiers.remark"}
    assert undeleted([half]) == ["dossiers"]
    assert missing_jobs([whole]) == ["dossiers"]
    assert (typed_about_others([whole]), forbidden([whole])) == (["dossiers.remark"], ["dossiers.remark"])


@pytest.mark.parametrize("wrong", [{"why": "marketing"}, {"seen": "staff"}, {"but_seen": {"you": "nickname"}}])
def test_words_of_no_list_are_refused(wrong: dict[str, object]) -> None:
    told = {"what": "x", "of": "person", "why": "account", "kept": "for good", "from": "you", "seen": "nobody"}

    with pytest.raises(ValueError, match="dossiers"):
        _line("dossiers", {**told, "fields": {"link": "person"}, **wrong})
