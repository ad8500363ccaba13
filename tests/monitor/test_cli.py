"""hub monitor at the command line: what it prints, mails and runs, and how it ends."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from hub.cli.monitor import monitor
from hub.ledger import files
from tests.mirror.conftest import town as town


@pytest.fixture
def look(town, tmp_path, monkeypatch, clock_at):
    """Looks once at the town; returns (exit code, output)."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    clock_at("2026-11-21T20:00Z")

    def call(*words):
        done = CliRunner().invoke(monitor, [str(town.folder), "--once", *map(str, words)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return call


def test_news_are_told_once_to_whoever_asks_for_them(town, look, tmp_path):
    told = tmp_path / "told"
    program = f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())"
    run = ["--run", f'{sys.executable} -c "{program}"']
    first = look(*run)
    look("--branch", "north")
    town.name("Ann")
    town.turn()

    second, third, north = look(*run), look(*run), look("--branch", "north", "--json")

    assert (first, third) == ((0, ""), (0, ""))
    [line] = [line.split("  ", 1)[1].strip() for line in second[1].splitlines() if line.startswith("news ")]
    assert (second[0], line[:22], "Ann" in line) == (0, "3  2026-11-21T20:00Z  ", True)
    assert told.read_text() == f"the record of {town.folder}\n\n{line}\n"
    facts = json.loads(north[1])
    assert (north[0], facts["size"], facts["news"], facts["alarms"]) == (0, 4, [], [])


def test_an_alarm_ends_with_three_and_is_mailed_once_a_day(town, look, clock_at):
    folder = town.folder / "matcher"
    folder.mkdir()
    (folder / "matcher.toml").write_text('sender = "hub@town.example"\n')
    mail = ["--mail", "branch@example.org", "--data", town.folder]
    assert look(*mail) == (0, "")
    clock_at("2026-11-22T20:01Z")

    found = [look(*mail), look(*mail)]

    assert [code for code, _ in found] == [3, 3]
    assert "more than 24 hours ago" in found[1][1]
    [letter] = (folder / "outgoing").glob("*.eml")
    text = letter.read_text()
    assert "Subject: ALARM: the record of" in text.replace("\n ", " ")
    assert "To: branch@example.org" in text
    assert "The newest checkpoint of town.example/log" in text


def test_a_checkpoint_that_was_sent_is_compared(town, look, tmp_path):
    look()
    sent = tmp_path / "sent"
    sent.write_bytes((town.folder / "log/checkpoint").read_bytes())
    other = tmp_path / "other"
    other.write_bytes(b"hello\n\n\xe2\x80\x94 a AAAAAAAA\n")

    assert look("--with", sent) == (0, "")
    code, out = look("--with", other)
    assert (code, out.startswith("Error: That is no checkpoint of this log, and proves nothing")) == (1, True)


def test_mail_without_settings_and_a_command_of_nothing_are_wrong_usage(look):
    assert look("--mail", "a@example.org")[0] == 2
    assert look("--run", " ")[0] == 2


def test_what_did_not_go_out_is_told_again(town, look):
    look()
    town.name("Ann")
    town.turn()
    failing = look("--run", f'{sys.executable} -c "raise SystemExit(4)"')

    assert ("ended with 4" in failing[1], "3  2026-11-21" in look()[1], look()) == (True, True, (0, ""))


def test_whoever_follows_waits_while_the_same_is_typed_by_hand(town, look, tmp_path, monkeypatch):
    """docs/drill.md has everybody type it, beside the one that runs: that one must not end with it."""
    assert look() == (0, "")
    [home] = (tmp_path / "state/folkmoot/monitor").iterdir()
    typed, naps = ExitStack(), []
    typed.enter_context(files.lock(home / "lock"))

    def nap(seconds):
        naps.append(seconds)
        typed.close()
        if len(naps) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("hub.cli.monitor.time.sleep", nap)
    done = CliRunner().invoke(monitor, [str(town.folder)])

    assert naps == [300.0, 300.0]
    assert done.output.count("is held by another process. Looking again later.") == 1
