"""Charters in mirrors: copied and checked, never believed; a heir carries them until its trustees sign the next."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from click.testing import CliRunner

from hub import settings
from hub.charter import actions, queries
from hub.charter.changes import fingerprint_of
from hub.charter.checking import check, record_of
from hub.charter.text import format_charter, text_hash
from hub.cli.log import log
from hub.errors import Unsafe
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import own_key, read_log
from hub.mirror import charters_in, publish
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.tlog.note import COSIGNATURE, Signer, format_note, parse_note
from hub.tlog.policy import Log, Witness
from tests import vaults
from tests.charter.conftest import chartered as chartered
from tests.charters_for_tests import LOG, after, keys, note
from tests.mirror.test_pull import Counting, below


@pytest.fixture
def sealed(chartered):
    """A chartered town whose three witnesses signed what it published."""
    chartered.turn()
    return chartered


def second(sealed, **changes):
    return after(sealed.charter, **changes)


def instead(sealed, *notes, **others):
    """The town's folder, serving these charters instead."""
    served = {f"charter/{number}": raw for number, raw in enumerate(notes, 1)}
    return Counting(sealed.town.folder, **{**served, "charter/latest": notes[-1], **others})


def test_pull_copies_charters_and_says_who_witnessed(sealed, tmp_path):
    mirror = tmp_path / "mirror"

    done = pull(Folder(sealed.town.folder), mirror, None, text_hash(format_charter(sealed.charter)))

    assert [signed.charter for signed in done.charters.chain] == [sealed.charter]
    assert (done.charters.witnesses, done.notes, done.problems) == (("w0", "w1", "w2"), [], [])
    assert done.key.source == "charter"
    assert (mirror / "charter/1").read_bytes() == (mirror / "charter/latest").read_bytes()
    assert (mirror / "charter/1").read_bytes() == note(sealed.charter, 0, 1, 2)
    source = Counting(sealed.town.folder)
    pull(source, mirror)
    assert sorted(source.asked) == ["charter/latest", "log/checkpoint", "openings/withdrawn.json", "state.json"]


FORGERIES = {
    "too few signatures": (lambda c: [note(c, 0, 1)], "charter 1 does not count: 2 of its own trustees"),
    "another text": (
        lambda c: [note(dataclasses.replace(c, issuer="https://evil.example"), 0, 1, 2)],
        "Charter 1 is served otherwise than entry 3 adopts it",
    ),
    "the next one without the old trustees": (
        lambda c: [note(c, 0, 1, 2), note(after(c, trustees=keys(4, 5, 6)), 4, 5, 6)],
        "charter 2 does not count: 1 of the trustees of the charter before it signed",
    ),
    "a number skipped": (
        lambda c: [note(c, 0, 1, 2), note(after(after(c)), 0, 1, 2)],
        "charter 3 and skips charter 3",
    ),
    "no charter": (lambda c: [b"hello\n\n\xe2\x80\x94 a AAAAAAAA\n"], "serves no charter as the latest"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_or_skipped_charter_is_refused_in_words(sealed, tmp_path, name):
    forged, words = FORGERIES[name]

    with pytest.raises(Unverified, match=words):
        pull(instead(sealed, *forged(sealed.charter)), tmp_path / "mirror")

    assert not {name for name in below(tmp_path / "mirror") if name.startswith(("charter", "log"))}


def test_a_number_that_is_not_served_is_named(sealed, tmp_path):
    third = note(after(second(sealed)), 0, 1, 2)
    with pytest.raises(Unverified, match="serves charter 3 and skips charter 2"):
        pull(instead(sealed, note(sealed.charter, 0, 1, 2), **{"charter/latest": third}), tmp_path / "mirror")


def test_charters_withheld_are_missed(sealed, tmp_path):
    source = Counting(sealed.town.folder, **{"charter/latest": None})
    with pytest.raises(Unverified, match="Entry 3 adopts charter 1, which is not served"):
        pull(source, tmp_path / "mirror")


def test_another_fingerprint_is_refused_and_so_is_none(sealed, town, tmp_path):
    with pytest.raises(Unverified, match="another fingerprint than the one you know"):
        pull(Folder(town.folder), tmp_path / "mirror", None, b"f" * 32)
    assert below(tmp_path / "mirror").keys() & {"charter/1", "log/checkpoint"} == set()


def test_a_hub_without_a_charter_has_no_known_fingerprint(town, tmp_path):
    with pytest.raises(Unverified, match="No charter is served"):
        pull(Folder(town.folder), tmp_path / "mirror", None, b"f" * 32)


def test_a_checkpoint_without_the_quorum_is_refused(sealed, tmp_path):
    text, lines = parse_note(sealed.checkpoint())
    alone = format_note(text, [line for line in lines if line.name in ("town.example/log", "x.example/w")])

    with pytest.raises(
        Unverified, match="1 of 3 witnesses signed this checkpoint, which is too few: charter 1 asks for 2"
    ):
        pull(Counting(sealed.town.folder, **{"log/checkpoint": alone}), tmp_path / "mirror")


def test_a_charter_taken_back_or_told_twice_is_unsafe(sealed, tmp_path):
    mirror, first = tmp_path / "mirror", note(sealed.charter, 0, 1, 2)
    pull(instead(sealed, first, note(second(sealed), 0, 1, 2)), mirror)
    before = below(mirror)

    with pytest.raises(Unsafe, match="serves 1 charters where 2 are here"):
        pull(Folder(sealed.town.folder), mirror)
    with pytest.raises(Unsafe, match="another charter 2 than the one here"):
        pull(instead(sealed, first, note(second(sealed, threshold=4), 0, 1, 2, 3)), mirror)

    assert below(mirror) == before


def test_what_trustees_signed_since_is_told(sealed, tmp_path, clock_at):
    first, moved = (
        note(sealed.charter, 0, 1, 2),
        second(
            sealed,
            issuer="https://new.example",
            policy=dataclasses.replace(sealed.charter.policy, logs=(Log(LOG.verifier, "https://new.example/log/"),)),
        ),
    )

    waiting = pull(instead(sealed, first, note(second(sealed), 0, 1, 2)), tmp_path / "waiting")
    gone = pull(instead(sealed, first, note(moved, 0, 1, 2)), tmp_path / "gone")
    clock_at("2029-01-01T00:00Z")
    late = pull(Folder(sealed.town.folder), tmp_path / "late")

    assert (waiting.notes, waiting.problems) == (["Charter 2 is signed, and not yet in the record."], [])
    assert [text.split(":")[0] for text in gone.problems] == [
        "Charter 2, which this record does not hold, names another log"
    ]
    assert late.notes == ["Charter 1 ended on 2028-12-31: its trustees owe the next one."]


def test_witnesses_that_a_charter_replaced_are_asked_no_more(sealed, tmp_path):
    # The hub may ask the new charter's witnesses before the checkpoint covers the entry that adopts it.
    other = Signer("q.example/w", b"q" * 32, COSIGNATURE)
    policy = dataclasses.replace(
        sealed.charter.policy, witnesses=(Witness("q", other.verifier),), groups=(), quorum="q"
    )
    text, lines = parse_note(sealed.checkpoint())
    own = [line for line in lines if line.name == "town.example/log"]

    source = instead(
        sealed,
        note(sealed.charter, 0, 1, 2),
        note(second(sealed, policy=policy), 0, 1, 2),
        **{"log/checkpoint": format_note(text, [*own, other.cosign(text, 1)])},
    )

    assert pull(source, tmp_path / "mirror").charters.witnesses == ("q",)


@pytest.fixture
def verified(tmp_path, monkeypatch):
    """Runs hub log verify; returns exit code and facts or words."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*words):
        done = CliRunner().invoke(log, ["verify", *map(str, words), "--json"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.output) if done.output.startswith("{") else done.output

    return call


def test_verify_checks_the_charters_of_a_folder(sealed, tmp_path, verified):
    mirror = tmp_path / "mirror"
    pull(Folder(sealed.town.folder), mirror)
    fingerprint = fingerprint_of(format_charter(sealed.charter))

    code, told = verified(mirror, "--fingerprint", fingerprint)

    assert (code, told["charter"], told["fingerprint"]) == (0, 1, fingerprint)
    assert (told["witnessed_by"], told["charter_notes"]) == (["w0", "w1", "w2"], [])
    assert verified(mirror, "--fingerprint", "0" * 64)[0] == 1
    assert verified(mirror, "--fingerprint", "nonsense")[0] == 2


def test_verify_finds_a_flipped_byte_anywhere_in_the_charters(sealed, tmp_path, verified):
    mirror = tmp_path / "mirror"
    pull(Folder(sealed.town.folder), mirror)
    read = read_log(mirror, own_key(mirror, None))
    record = record_of(read.entries, (), read.key.verifier)

    def check_all():
        return check(charters_in.fetch(Folder(mirror), []), record, read.note, dt.date(2026, 11, 25))

    assert check_all().witnesses == ("w0", "w1", "w2")
    for name in ("1", "latest"):
        path = mirror / "charter" / name
        raw = path.read_bytes()
        for at in range(0, len(raw), 5):
            path.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
            with pytest.raises(Unverified):
                check_all()
        path.write_bytes(raw)
    (mirror / "charter/latest").unlink()
    assert verified(mirror) == (1, "Error: Entry 3 adopts charter 1, which is not served.\n")


def test_a_fork_carries_the_charters_and_waits_for_its_trustees(sealed, tmp_path, verified):
    mirror, heir = tmp_path / "mirror", tmp_path / "heir"
    pull(Folder(sealed.town.folder), mirror)

    done = fork(Folder(mirror), heir, "https://heir.example")

    # It publishes by its own key alone, though the old charter names witnesses, and its offices have power.
    assert (done.head.size, (heir / "public/charter/1").read_bytes()) == (5, (mirror / "charter/1").read_bytes())
    assert done.notes[-1].startswith("The charters came along, and name the old log")
    code, told = verified(heir)
    assert (code, told["witnessed_by"], len(told["charter_notes"])) == (0, [], 1)
    db = vaults.opened(settings.load(heir, environment={}))
    with db.read() as tx:
        assert (queries.in_force(tx), queries.effective_size(tx)) == (None, 5)
        assert queries.newest(tx).charter == sealed.charter
    blessed = after(
        sealed.charter,
        issuer="https://heir.example",
        policy=dataclasses.replace(
            sealed.charter.policy, logs=(Log(own_key(heir, None).verifier, "https://heir.example/log/"),)
        ),
    )
    with db.write() as tx:
        actions.adopt(tx, note(blessed, 0, 1, 2))
    with db.read() as tx:
        assert (queries.in_force(tx).charter, queries.effective_size(tx)) == (blessed, 5)
    found = settings.load(heir, environment={})
    assert publish.publish(found, db, gather=lambda raw, head, read: None).size == 5
    db.close()
    assert pull(Folder(heir), tmp_path / "second").head.size == 5
