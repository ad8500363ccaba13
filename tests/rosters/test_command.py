"""hub roster at a terminal: what it prints, what it exits with, and the two operators."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.main import main
from tests.rosters.conftest import expected_of

RULES = """
id_pattern = "[0-9]{7}"
id_pad_to = 7
one_row_per = "membership"
date_order = "ymd"

[columns]
member_id = "External Identifier"

[status]
current = ["New", "Current", "Grace"]
not_current = ["Expired", "Cancelled", "Pending", "Deceased"]
"""


class Terminal:
    """Types commands in a folder of its own, beside a new hub that knows the areas."""

    def __init__(self, folder: Path, rosters: Path) -> None:
        self.folder, self.rosters, self.hub = folder, rosters, folder / "hub"
        (folder / "source.toml").write_text(RULES)
        assert self.type("init", str(self.hub)).exit_code == 0
        assert self.type("area", "import", str(rosters / "branches.json"), "--data", str(self.hub)).exit_code == 0

    def type(self, *words: str, answers: str = "") -> Result:
        """Runs a command; answers: what is typed at its prompts."""
        return CliRunner().invoke(main, list(words), input=answers)

    def roster(self, verb: str, *words: str, answers: str = "") -> Result:
        """Runs a verb of ``hub roster`` on the hub."""
        return self.type("roster", verb, *words, "--data", str(self.hub), answers=answers)

    def take(self, name: str, *words: str, answers: str = "") -> Result:
        """Imports a file of the generator's folder as the source ``hq``."""
        rules = str(self.folder / "source.toml")
        report = str(self.folder / "report.csv")
        more = ("--source", "hq", "--settings", rules, "--report", report, *words)
        return self.roster("import", str(self.rosters / name), *more, answers=answers)


@pytest.fixture
def terminal(tmp_path, rosters, clock_at, monkeypatch):
    monkeypatch.delenv("FOLKMOOT_OPERATOR_KEY", raising=False)
    clock_at("2026-11-02T09:00Z")
    return Terminal(tmp_path, rosters)


def test_dry_run_says_everything_and_how_to_apply(terminal):
    done = terminal.take("civicrm-2026-10.csv", "--full")

    assert done.exit_code == 0
    output = done.output.replace(str(terminal.folder), "HERE").replace(str(terminal.rosters), "FILES")
    assert output.splitlines() == [
        "Read     433 rows (CSV, utf-8)",
        "Columns  External Identifier → member id · Postal Code → postcode · Membership Status → status"
        " · Branch → branch · End Date → renewal · Email → email · Country → country",
        "Ignored  Contact ID · First Name · Last Name · Membership Type",
        "Fixed    numbers given their zeros back 6 · numbers tidied 13 · postcodes tidied 53",
        "Left out copies 2",
        "Changes  new 353 · new, not current 47",
        "Branch   “Head Office” is no area of this hub (rows used without one: 1).",
        "Branch   “Yrok” is no area of this hub (rows used without one: 1). Did you mean york?",
        "Mail     addresses left out, as they are none: 1",
        "Not used postcode of no known shape 1 · no member number 1 · unknown status 1 → HERE/report.csv",
        "STOP     none. Apply with:  hub roster import FILES/civicrm-2026-10.csv --source hq"
        " --settings HERE/source.toml --full --apply",
    ]


def test_json_has_the_keys_of_an_expected_file(terminal):
    expected = expected_of(terminal.rosters, "civicrm-2026-10.csv")

    done = terminal.take("civicrm-2026-10.csv", "--full", "--json")

    found = json.loads(done.stdout)
    keys = ("file", "bytes", "sha256", "reading", "rows", "fixes", "fixes_detail", "members", "holding")
    assert {key: found[key] for key in keys} == {key: expected[key] for key in keys}
    case = expected["cases"][0]
    keys = ("mode", "counts", "current_before", "current_after", "removals", "branches", "exit_code")
    assert {key: found[key] for key in keys} == {key: case[key] for key in keys}
    assert (found["state"], found["import"], done.exit_code) == ("examined", None, 0)


def test_import_without_a_mode_is_a_usage_error(terminal):
    done = terminal.take("civicrm-partial.csv")

    assert (done.exit_code, "--full or --partial" in done.output) == (2, True)


def test_import_beside_no_hub_is_refused_in_a_sentence(tmp_path, rosters):
    words = ["roster", "import", str(rosters / "duplicates.csv"), "--source", "x", "--full", "--data", str(tmp_path)]

    done = CliRunner().invoke(main, words)

    assert (done.exit_code, "There is no hub in" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour = 1", "Nothing is called colour"),
        ('id_case = "lower"', "id_case is one of: upper, sensitive"),
        ('id_pattern = "["', "no regular expression"),
        ("id_pad_to = 99", "at most 40"),
        ('[status]\nmember = ["x"]', "status has lists of words"),
        ('[status]\ncurrent = ["x"]\nends_now = ["X"]', "in two lists"),
        ("= = =", "is no TOML file"),
        ("columns = 5", "should be a dict"),
    ],
)
def test_settings_that_cannot_be_followed_are_refused(terminal, text, sentence):
    (terminal.folder / "source.toml").write_text(text)

    done = terminal.take("civicrm-2026-10.csv", "--full", "--apply")

    assert (done.exit_code, sentence in done.output) == (1, True), done.output


def test_stop_exits_with_three_and_two_operators_pass_it(terminal):
    keys = {name: terminal.roster("operator", "add", name) for name in ()}
    for name in ("ann", "ben"):
        added = terminal.type("roster", "operator", "add", name, "--data", str(terminal.hub))
        keys[name] = re.search(r"[0-9a-f]{32}", added.output)[0]
    assert terminal.take("civicrm-2026-10.csv", "--full", "--apply").exit_code == 0

    stopped = terminal.take("civicrm-purge.csv", "--full", "--apply")
    other = terminal.take(
        "civicrm-purge.csv", "--full", "--apply", "--allow-removals", "105", "--operator", "ann", answers=keys["ann"]
    )
    liar = terminal.take(
        "civicrm-purge.csv", "--full", "--apply", "--allow-removals", "106", "--operator", "ann", answers=keys["ben"]
    )
    waits = terminal.take(
        "civicrm-purge.csv", "--full", "--apply", "--allow-removals", "106", "--operator", "ann", answers=keys["ann"]
    )
    name = re.search(r"imp_\w+", waits.output)[0]
    alone = terminal.roster("approve", name, answers=f"ann\n{keys['ann']}\n")
    done = terminal.roster("approve", name, "--json", answers=f"ben\n{keys['ben']}\n")

    assert [result.exit_code for result in (stopped, other, liar, waits, alone, done)] == [3, 3, 1, 0, 1, 0]
    assert "--allow-removals 106 --apply --operator NAME" in stopped.output
    assert "Waiting  for a second operator" in waits.output
    assert keys["ann"] not in waits.output
    assert json.loads(done.stdout) == {"import": name, "state": "applied"}
    assert "somebody else has to" in alone.output


def test_undo_takes_back_what_was_applied(terminal):
    terminal.take("civicrm-2026-10.csv", "--full", "--apply")
    applied = terminal.take("civicrm-2026-11.csv", "--full", "--apply")
    name = re.search(r"imp_\w+", applied.output)[0]

    done, again = terminal.roster("undo", name), terminal.roster("undo", name)

    assert (done.exit_code, done.output) == (0, f"{name} is taken back.\n")
    assert (again.exit_code, "was taken back" in again.output) == (1, True)
    assert terminal.take("civicrm-2026-11.csv", "--full").exit_code == 0


def test_first_import_is_not_undone_by_one_person(terminal):
    applied = terminal.take("civicrm-2026-10.csv", "--full", "--apply")
    name = re.search(r"imp_\w+", applied.output)[0]

    done = terminal.roster("undo", name)

    assert (done.exit_code, "--allow-removals 353" in done.output) == (3, True)


def test_operator_names_are_said_to_be_wrong_in_words(terminal):
    done = terminal.type("roster", "operator", "add", "A B", "--data", str(terminal.hub))

    assert (done.exit_code, "2 to 40 small letters" in done.output) == (1, True)


def test_bar_is_drawn_on_a_terminal_and_nowhere_else(terminal, rosters):
    words = ["roster", "import", str(rosters / "duplicates-dated.csv"), "--source", "hq", "--full", "--json"]
    command = [sys.executable, "-m", "hub.cli.main", *words, "--data", str(terminal.hub)]
    ours, theirs = pty.openpty()

    shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True)
    quiet = subprocess.run(command, capture_output=True, check=True)

    os.close(theirs)
    assert "Reading" in os.read(ours, 4096).decode()
    assert (quiet.stderr, json.loads(quiet.stdout)["rows"]) == (b"", json.loads(shown.stdout)["rows"])
