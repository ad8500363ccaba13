"""Commands at a terminal: what they print, what they refuse, and with which exit code."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from hub.cli.main import COMMANDS, main
from hub.db import Database
from hub.ledger.models import entries

AREA = {"slug": "york", "name": "York", "aliases": ["Efrog"], "districts": ["YO1"]}


def run(*words, answers=""):
    """Runs a command."""
    return CliRunner().invoke(main, [str(word) for word in words], input=answers)


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "hub"
    assert run("init", folder).exit_code == 0
    return folder


def entries_of(folder):
    db = Database(f"sqlite:///{folder / 'hub.db'}")
    with db.read() as tx:
        found = list(tx.scalars(sa.select(entries.c.type).order_by(entries.c.index)))
    db.close()
    return found


def test_every_command_is_listed_and_helps_itself():
    assert [name for name in COMMANDS if name not in run("--help").output] == []
    assert {name: run(name, "--help").exit_code for name in COMMANDS} == dict.fromkeys(COMMANDS, 0)


def test_init_makes_a_hub_and_prints_four_links(tmp_path):
    done = run("init", tmp_path / "new", "--name", "Example Union", "--url", "https://hub.example.org", "--json")

    facts = json.loads(done.output)
    links = [*facts["operator link"], *facts["founder links"]]
    assert done.exit_code == 0
    assert [len(facts["operator link"]), len(facts["founder links"]), len(set(links))] == [1, 3, 4]
    assert all(re.fullmatch(r"https://hub\.example\.org/invitations/[\w-]{22,}", link) for link in links)
    assert entries_of(tmp_path / "new")[:2] == ["hub.founded", "constitution.adopted"]
    modes = {name: (tmp_path / "new" / name).stat().st_mode & 0o777 for name in ("keys", "matcher", "outgoing")}
    assert set(modes.values()) == {0o700}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--url", "ftp://hub.example.org"], "url"),
        (["--url", "https://hub.example.org/path"], "url"),
        (["--database", "nonsense"], "database must be like"),
        (["--database", "postgresql+psycopg://nobody@127.0.0.1:1/none"], "The database does not answer"),
    ],
)
def test_init_refuses_settings_that_cannot_be(tmp_path, words, sentence):
    done = run("init", tmp_path / "new", *words)

    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit), done.exception
    assert sentence in done.output
    assert not (tmp_path / "new" / "hub.toml").exists()


def test_init_refuses_a_folder_that_is_a_hub(hub):
    before = {path: path.read_bytes() for path in hub.rglob("*") if path.is_file() and path.suffix != ".db-shm"}

    done = run("init", hub)

    assert (done.exit_code, "There is a hub in" in done.output) == (1, True)
    assert {path: path.read_bytes() for path in before} == before


def test_areas_are_imported_once_and_told_to_the_matcher(hub, tmp_path):
    file = tmp_path / "areas.json"
    file.write_text(json.dumps([AREA]))

    first, again = run("area", "import", file, "--data", hub), run("area", "import", file, "--data", hub)

    assert (first.exit_code, first.output, again.exit_code) == (0, "1 areas declared.\n", 0)
    assert entries_of(hub).count("area.declared") == 1
    known = json.loads((hub / "matcher/areas/areas.json").read_text())
    assert known == [{"slug": "york", "names": ["York", "Efrog"], "districts": ["YO1"]}]


def test_areas_tell_their_facts_as_json(hub, tmp_path):
    file = tmp_path / "areas.json"
    file.write_text(json.dumps([AREA]))

    done = run("area", "import", file, "--data", hub, "--json")

    assert (done.exit_code, json.loads(done.output)) == (0, {"areas": 1, "state": "declared"})


def test_operator_and_letters_tell_their_facts_as_json(hub, tmp_path):
    named = json.loads(run("roster", "operator", "add", "ann", "--data", hub, "--json").output)
    file = tmp_path / "office.csv"
    file.write_text("Membership Number,Name\n0000001,Ann\n")

    printed = run("roster", "letters", file, "--out", tmp_path / "letters.html", "--data", hub, "--json")

    assert (named["operator"], len(named["key"])) == ("ann", 32)
    assert json.loads(printed.output) == {"letters": 0, "file": str(tmp_path / "letters.html")}


BAD = {
    "not JSON": b"{",
    "no list": b"5",
    "a list of numbers": b"[1, 2]",
    "no districts": b'[{"slug": "york", "name": "York"}]',
    "a slug that is none": json.dumps([{**AREA, "slug": "York!"}]).encode(),
    "a district that is none": json.dumps([{**AREA, "districts": ["../.."]}]).encode(),
    "one district of two": json.dumps([AREA, {**AREA, "slug": "hull"}]).encode(),
    "deep": b"[" * 100_000,
    "NUL": b"\x00" * 10,
    "another encoding": '[{"slug": "m\u00f4n"}]'.encode("latin-1"),
    "a lone surrogate": b'[{"slug": "york", "name": "\\ud800", "districts": ["YO1"]}]',
    "a huge number": b'[{"slug": ' + b"9" * 5000 + b', "name": "x", "districts": []}]',
    "a name without end": json.dumps([{**AREA, "name": "x" * 70_000}]).encode(),
}


@pytest.mark.parametrize("name", BAD)
def test_areas_that_cannot_be_are_refused_in_words_and_nothing_is_written(hub, tmp_path, name):
    file, before = tmp_path / "areas.json", entries_of(hub)
    file.write_bytes(BAD[name])

    done = run("area", "import", file, "--data", hub)

    assert done.exit_code in (1, 2, 3), done.output
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert len(done.output) > 20
    assert entries_of(hub) == before


@pytest.mark.parametrize(
    "words",
    [
        ["serve"], ["work", "--once"], ["matcher", "serve"], ["area", "import", "FILE"], ["web"],
        ["roster", "undo", "imp_x"], ["roster", "approve", "imp_x", "--operator", "a", "--key", "b"],
        ["log", "prove", "0"],
    ],
)  # fmt: skip
def test_commands_refuse_a_folder_that_is_no_hub(tmp_path, words):
    file = tmp_path / "areas.json"
    file.write_text("[]")
    empty = tmp_path / "empty"
    empty.mkdir()

    done = run(*[file if word == "FILE" else word for word in words], "--data", empty)

    assert done.exit_code in (1, 2), done.output
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert list(empty.iterdir()) == []


def test_unknown_words_are_usage_errors(hub):
    words = (["nonsense"], ["init"], ["area", "export"], ["roster", "import"])

    assert [run(*some).exit_code for some in words] == [2] * 4
