"""The verbs at the command line: what they print and how they end."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from hub.cli.fork import fork
from hub.cli.log import log
from hub.cli.mirror import mirror
from hub.tlog.note import Signer, format_vkey
from tests.charter.conftest import chartered as chartered
from tests.charters_for_tests import FIRST, note


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command with this user's pins in a folder of the test; returns (exit code, output)."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(command, *words):
        done = CliRunner().invoke(command, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return call


@pytest.fixture
def copied(town, tmp_path, run):
    """A mirror of the town with an entry that has words."""
    town.name("Ann")
    town.turn()
    assert run(mirror, "pull", town.folder, tmp_path / "mirror", "--key", town.vkey)[0] == 0
    return tmp_path / "mirror"


OTHER = format_vkey(Signer("town.example/log", b"o" * 32).verifier)


def test_verify_prints_size_and_root(town, copied, run):
    code, out = run(log, "verify", copied, "--json")

    told = json.loads(out)
    head = (copied / "log/checkpoint").read_text().split("\n")
    assert (code, told["holds"], told["origin"], told["size"], told["root"]) == (0, True, head[0], 4, head[2])
    assert (told["key"], told["compared_with"], told["problems"]) == (town.vkey, "state.json", [])
    assert run(log, "verify", copied)[1].startswith("holds                        yes\norigin ")


def test_verify_under_another_key_fails(copied, run):
    code, out = run(log, "verify", copied, "--key", OTHER)

    assert (code, "no known key signed" in out) == (1, True)


@pytest.mark.parametrize("words", [["verify", "--key", "nonsense", "."], ["prove"], ["prove", "-1"], ["check"], ["x"]])
def test_wrong_usage_ends_with_two(run, words):
    assert run(log, *words)[0] == 2


def test_verify_of_an_empty_folder_fails(run, tmp_path):
    code, out = run(log, "verify", tmp_path)

    assert (code, out) == (1, f"Error: There is no published log in {tmp_path}.\n")


def test_receipt_is_proved_from_a_mirror_and_checked_without_it(town, copied, run, tmp_path):
    receipt = tmp_path / "3.tlog-proof"
    assert run(log, "prove", 3, "--from", copied, "--out", receipt) == (0, "")
    shutil.rmtree(copied)
    shutil.rmtree(town.folder)

    code, out = run(log, "check", receipt, "--key", town.vkey, "--json")

    told = json.loads(out)
    assert (code, told["index"], told["type"], told["size"]) == (0, 3, "holder.named", 4)


def test_receipt_without_a_known_key_is_wrong_usage(copied, run, tmp_path):
    receipt = tmp_path / "3.tlog-proof"
    run(log, "prove", 3, "--from", copied, "--out", receipt)

    code, out = run(log, "check", receipt)

    assert (code, "No key of town.example/log is known here" in out) == (2, True)


def test_receipt_under_another_key_or_of_another_entry_fails(town, copied, run, tmp_path):
    receipt = tmp_path / "3.tlog-proof"
    run(log, "prove", 3, "--from", copied, "--out", receipt)
    moved = tmp_path / "moved.tlog-proof"
    moved.write_bytes(receipt.read_bytes().replace(b"index 3", b"index 2"))

    assert run(log, "check", receipt, "--key", OTHER)[0] == 1
    assert run(log, "check", moved, "--key", town.vkey)[0] == 1


@pytest.fixture
def sealed(chartered, run, tmp_path):
    """A receipt under a charter whose three witnesses signed; the mirror it is from, and the log's key."""
    chartered.turn()
    mirrored, receipt = tmp_path / "mirrored", tmp_path / "3.tlog-proof"
    assert run(mirror, "pull", chartered.town.folder, mirrored, "--key", chartered.town.vkey)[0] == 0
    assert run(log, "prove", 3, "--from", mirrored, "--out", receipt)[0] == 0
    return receipt, mirrored, chartered.town.vkey


def without_witnesses(receipt, many):
    """The same receipt, as it is without the signatures of so many witnesses."""
    lines = receipt.read_bytes().split(b"\n")
    gone = [line for line in lines if b".example/w " in line][:many]
    assert len(gone) == many
    path = receipt.with_name(f"without-{many}")
    path.write_bytes(b"\n".join(line for line in lines if line not in gone))
    return path


def test_receipt_is_held_to_the_quorum_of_its_charter(sealed, run):
    receipt, mirrored, vkey = sealed

    asked = [
        run(log, "check", receipt, "--charter", where, *more, "--json")
        for where, more in ((mirrored, ()), (mirrored / "charter/latest", ()), (mirrored, ("--key", vkey)))
    ]
    plain = run(log, "check", receipt, "--key", vkey, "--json")

    told = [json.loads(out) for code, out in asked if code == 0]
    assert [(one["charter"], one["witnessed_by"]) for one in told] == [(1, ["w0", "w1", "w2"])] * 3
    assert told[0]["checked_with"] == "the key that the charter names, whose fingerprint is known"
    assert json.loads(plain[1])["witnesses"].startswith("not asked")


def test_receipt_that_too_few_witnesses_signed_is_refused_with_a_charter_alone(sealed, run, tmp_path):
    """The planted fault is the command without --charter: it takes what the log's key alone has signed."""
    receipt, mirrored, vkey = sealed
    fewer = without_witnesses(receipt, 2)

    enough = run(log, "check", without_witnesses(receipt, 1), "--charter", mirrored)
    refused = run(log, "check", fewer, "--charter", mirrored)

    assert (enough[0], run(log, "check", fewer, "--key", vkey)[0]) == (0, 0)
    assert refused == (
        1,
        "Error: 1 of 3 witnesses signed this checkpoint, which is too few: charter 1 asks for 2 or more.\n",
    )


def test_receipt_is_held_to_no_other_charter(sealed, run, tmp_path, chartered):
    receipt, _mirrored, vkey = sealed
    unsigned, other, nothing = tmp_path / "unsigned", tmp_path / "other", tmp_path / "nothing"
    unsigned.write_bytes(note(chartered.charter, 0))
    other.write_bytes(note(FIRST, 0, 1, 2))
    nothing.mkdir()

    said = [run(log, "check", receipt, "--charter", path, "--key", vkey) for path in (unsigned, other, nothing)]

    assert [code for code, _ in said] == [1, 1, 1]
    assert "is not signed by 3 of its own trustees" in said[0][1]
    assert "speaks of another log" in said[1][1]
    assert "There is no charter in" in said[2][1]


def test_entry_beyond_the_log_cannot_be_proved(copied, run):
    code, out = run(log, "prove", 4, "--from", copied)

    assert (code, out) == (1, "Error: Entry 4 cannot be proved: the index is not in the tree.\n")


def test_pull_that_contradicts_the_mirror_stops_for_safety(town, copied, run, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(copied, older)
    town.name("Bob")
    town.turn()
    assert run(mirror, "pull", town.folder, copied)[0] == 0

    code, out = run(mirror, "pull", older, copied)

    assert (code, "its history went back" in out) == (3, True)


def test_fork_prints_what_it_made_and_what_is_missing(copied, run, tmp_path):
    code, out = run(fork, copied, tmp_path / "heir", "--url", "https://heir.example", "--json")

    told = json.loads(out)
    assert (code, told["origin"], told["size"], told["continues"]["size"]) == (0, "heir.example/log", 5, 4)
    assert told["checked_with"] == "the key kept from the first look"
    assert (len(told["operator_link"]), len(told["founder_links"])) == (1, 3)
    assert told["notes"][-1].startswith("Not copied, because it was never public: the roster")
    assert run(log, "verify", tmp_path / "heir")[0] == 0
    # A roster can be imported at once, before anything of the heir runs.
    assert json.loads((tmp_path / "heir" / "matcher/areas/areas.json").read_text()) == []


def test_fork_into_a_full_folder_stops_for_safety(copied, run, tmp_path):
    assert run(fork, copied, tmp_path, "--url", "https://heir.example")[0] == 3


def test_fork_needs_an_address(copied, run, tmp_path):
    assert run(fork, copied, tmp_path / "heir")[0] == 2
    assert run(fork, copied, tmp_path / "heir", "--url", "nowhere")[0] == 1
