"""hub trustee, as five trustees use it: keys, a draft, what it changes, signatures, shares."""

import dataclasses
import json

import pytest
from click.testing import CliRunner

from hub.charter import locked
from hub.charter.rules import walk
from hub.charter.text import parse_fingerprint
from hub.cli.trustee import trustee
from hub.tlog.note import COSIGNATURE, Signer, format_vkey
from tests.charters_for_tests import FIRST, note

LOG = Signer("hub.example/log", b"L" * 32)
WITNESS = Signer("north.example/w", b"W" * 32, COSIGNATURE)
WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(locked, "SCRYPT", (1 << 10, 8, 1))


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A machine that was never online, with a passphrase in a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words").write_text(f"{WORDS}\n")
    return tmp_path


def run(*arguments, code=0, **more):
    result = CliRunner().invoke(trustee, arguments, **more)
    assert result.exit_code == code, result.output
    return result.output


def keys(*names):
    made = [json.loads(run("new", name, "--passphrase-file", "words", "--json")) for name in names]
    return [one["key"] for one in made]


def first(*vkeys):
    given = [part for vkey in vkeys for part in ("--trustee", vkey)]
    log = ("--log", format_vkey(LOG.verifier), "https://hub.example/log/")
    witness = ("--witness", "north", format_vkey(WITNESS.verifier), "https://north.example")
    return run(
        "draft", "--hub", "hub.example", "--issuer", "https://hub.example", *log, *witness, *given, "--out", "charter-1"
    )


def sign(file, name, *more, code=0, **run_with):
    return run("sign", file, "--key", f"{name}.trustee", "--passphrase-file", "words", *more, code=code, **run_with)


def shown(file, *more):
    return json.loads(run("show", file, *more, "--json"))


def test_three_trustees_make_a_charter_and_three_of_both_the_next(desk):
    ana, ben, cyd, dee, eve, fay = keys("ana", "ben", "cyd", "dee", "eve", "fay")
    said = first(ana, ben, cyd, dee, eve)
    assert "3 of 5 trustees must sign the next one:" in said

    for name in ("ana", "ben"):
        sign("charter-1", name, "--yes")
    assert (shown("charter-1")["counts"], shown("charter-1")["why_not"]) == (
        False,
        "2 of its own trustees signed; 3 of 5 must.",
    )
    sign("charter-1", "cyd", "--yes")
    assert shown("charter-1")["counts"] is True

    given = [part for vkey in (ben, cyd, dee, eve, fay) for part in ("--trustee", vkey)]
    said = run("draft", "--after", "charter-1", *given, "--out", "charter-2")
    assert f"No longer a trustee: ana ({ana})." in said
    assert f"New trustee: fay ({fay})." in said
    for name in ("ben", "cyd", "dee"):
        sign("charter-2", name, "--before", "charter-1", "--yes")
    assert shown("charter-2", "--before", "charter-1")["counts"] is True

    fingerprint = parse_fingerprint(shown("charter-1")["fingerprint"])
    chain = walk([(desk / name).read_bytes() for name in ("charter-1", "charter-2")], fingerprint)
    assert [one.charter.version for one in chain] == [1, 2]


def test_signing_asks_after_saying_what_it_means(desk):
    first(*keys("ana", "ben", "cyd"))
    before = (desk / "charter-1").read_bytes()

    said = sign("charter-1", "ana", code=1, input="n\n")

    assert f"\nFingerprint  {shown('charter-1')['fingerprint']}\n" in said
    assert "did you compare the fingerprint?" in said
    assert "Is that what you want to sign" in said
    assert (desk / "charter-1").read_bytes() == before
    sign("charter-1", "ana", input="y\n")
    assert (desk / "charter-1").read_bytes().startswith(before)


def test_a_later_charter_is_signed_only_beside_the_one_before(desk):
    first(*keys("ana", "ben", "cyd"))
    run("draft", "--after", "charter-1", "--issuer", "https://thief.example", "--out", "charter-2")

    assert "--before" in sign("charter-2", "ana", "--yes", code=2)
    said = sign("charter-2", "ana", "--before", "charter-1", "--yes")
    assert "THE HUB MOVES from https://hub.example to https://thief.example." in said


def test_only_the_first_charter_shows_digits_that_are_called_the_fingerprint(desk):
    first(*keys("ana", "ben", "cyd"))
    run("draft", "--after", "charter-1", "--out", "charter-2")
    before = (desk / "charter-2").read_bytes()

    said = sign("charter-2", "ana", "--before", "charter-1", code=1, input="n\n")
    one, two = shown("charter-1"), shown("charter-2", "--before", "charter-1")

    assert "\nFingerprint  " not in said
    assert f"\nHash  {two['hash']}\n" in said
    assert "does every other trustee read the same hash" in said
    assert (desk / "charter-2").read_bytes() == before
    assert ({"fingerprint", "hash"} & set(one), {"fingerprint", "hash"} & set(two)) == ({"fingerprint"}, {"hash"})
    assert two["hash"] != one["fingerprint"]


def test_a_charter_that_does_not_follow_is_not_signed(desk):
    vkeys = keys("ana", "ben", "cyd")
    first(*vkeys)
    run("draft", "--after", "charter-1", "--out", "charter-2")
    (desk / "charter-1").rename(desk / "aside")
    first(*vkeys[:2], vkeys[2])
    run("draft", "--after", "charter-1", "--threshold", "3", "--out", "other")
    before = (desk / "charter-2").read_bytes()
    said = sign("charter-2", "ana", "--before", "other", "--yes", code=1)
    assert "does not follow" in said
    assert (desk / "charter-2").read_bytes() == before


def test_a_stranger_and_a_wrong_passphrase_sign_nothing(desk):
    first(*keys("ana", "ben", "cyd"))
    keys("zoe")
    (desk / "other").write_text("another passphrase\n")
    before = (desk / "charter-1").read_bytes()

    assert "trustee of neither charter" in sign("charter-1", "zoe", "--yes", code=1)
    wrong = ("sign", "charter-1", "--key", "ana.trustee", "--passphrase-file", "other", "--yes")
    assert "does not open the key" in run(*wrong, code=1)
    assert (desk / "charter-1").read_bytes() == before


def test_nothing_is_written_over(desk):
    keys("ana")
    key = (desk / "ana.trustee").read_bytes()
    assert "written over" in run("new", "ana", "--passphrase-file", "words", code=1)
    assert (desk / "ana.trustee").read_bytes() == key
    assert (desk / "ana.trustee").stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"version 1\n", b"a\n\nb\n"])
def test_other_files_are_no_charters(desk, raw):
    (desk / "file").write_bytes(raw)
    said = run("show", "file", code=1)
    assert said.startswith("Error: ")
    assert "Traceback" not in said


def test_a_key_is_split_among_five_and_put_together_by_three(desk):
    (desk / "subject.key").write_bytes(bytes(range(32)))
    run("split", "subject.key", "--name", "subject.key", "--out", "shares")
    named = sorted(path.name for path in (desk / "shares").iterdir())
    assert named == [f"subject.key.share-{x}" for x in range(1, 6)]

    run("join", *(f"shares/subject.key.share-{x}" for x in (5, 2, 4)), "--out", "again.key")

    assert (desk / "again.key").read_bytes() == bytes(range(32))
    too_few = run("join", *(f"shares/subject.key.share-{x}" for x in (1, 2)), "--out", "less.key", code=1)
    assert "3 different shares are needed" in too_few
    assert not (desk / "less.key").exists()


@pytest.fixture
def shared(desk):
    """A key that was split among five, and the places of its shares."""
    (desk / "subject.key").write_bytes(bytes(range(32)))
    run("split", "subject.key", "--name", "subject.key", "--out", "shares")
    return [desk / f"shares/subject.key.share-{x}" for x in range(1, 6)]


def altered(path, *parts):
    """Alters some parts of a share's line, by their number."""
    words = path.read_text().split(" ")
    for part in parts:
        words[part] = ("B" if words[part][0] == "A" else "A") + words[part][1:]
    path.chmod(0o600)
    path.write_text(" ".join(words))


@pytest.mark.parametrize("spoil", [lambda path: altered(path, 4), lambda path: altered(path, 5), "not a share"])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_wrong_share_among_more_than_are_needed_is_named_and_left_out(desk, shared, spoil, at):
    if callable(spoil):
        spoil(shared[at])
    else:
        shared[at].chmod(0o600)
        shared[at].write_text(spoil)

    said = run("join", *map(str, shared[:4]), "--out", "again.key")

    assert (desk / "again.key").read_bytes() == bytes(range(32))
    assert [line.partition(" is wrong")[0] for line in said.splitlines()[1:]] == [str(shared[at])]


def test_two_wrong_shares_of_five_are_both_named_and_of_four_nothing_is_made(desk, shared):
    altered(shared[0], 4)
    altered(shared[3], 4)

    said = run("join", *map(str, shared), "--out", "again.key")
    refused = run("join", *map(str, shared[:4]), "--out", "less.key", code=1)

    assert (desk / "again.key").read_bytes() == bytes(range(32))
    named = [line.partition(" is wrong")[0] for line in said.splitlines()[1:]]
    assert named == [str(shared[0]), str(shared[3])]
    assert "one of them is wrong" in refused
    assert not (desk / "less.key").exists()


def test_a_key_is_split_as_the_charter_says(desk):
    (desk / "subject.key").write_bytes(bytes(range(32)))
    (desk / "charter").write_bytes(note(dataclasses.replace(FIRST, threshold=4), 0, 1, 2, 3))
    how = ("split", "subject.key", "--name", "subject.key", "--charter", "charter")

    run(*how, "--out", "shares", "--needed", "4")
    said = [run(*how, "--out", "other", *words, code=2) for words in (("--needed", "3"), ("--shares", "6"))]

    lines = [path.read_text() for path in sorted((desk / "shares").iterdir())]
    assert [line.split(" ")[2] for line in lines] == ["4"] * 5
    assert ["charter 1 says 4, and not 3" in said[0], "charter 1 says 5, and not 6" in said[1]] == [True, True]
    assert not (desk / "other").exists()


def test_an_heirs_trustees_read_whose_trustees_it_leaves_and_sign(desk):
    ana, bo = keys("ana.example", "bo.example")
    root = "A" * 43 + "="
    log = ("--log", format_vkey(LOG.verifier), "https://heir.example/log/")
    given = ("--hub", "heir.example", "--issuer", "https://heir.example", *log, "--trustee", ana, "--trustee", bo)

    said = run("draft", *given, "--continues", "old.example/log", "57", root, "--out", "charter-1")

    assert [line for line in said.splitlines() if "TRUSTEES" in line] == [
        "It carries on from old.example/log at entry 57, WITHOUT old.example/log's TRUSTEES. Up to there its record is "
        f"theirs, with the root {root}."
    ]
    assert "WITHOUT old.example/log's TRUSTEES" in sign("charter-1", "ana.example", input="y\n")
    sign("charter-1", "bo.example", "--yes")
    told = shown("charter-1")
    assert (told["counts"], told["signed_by"]) == (True, sorted([ana, bo]))
    refused = run("draft", "--after", "charter-1", "--continues", "x", "1", root, "--out", "charter-2", code=2)
    assert "Give one of them" in refused
    assert run("draft", *given, "--continues", "x", "many", root, "--out", "charter-3", code=1)
    assert not (desk / "charter-2").exists()
    assert not (desk / "charter-3").exists()
