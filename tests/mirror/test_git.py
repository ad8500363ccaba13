"""The git view: the same commits from any replay, that git itself clones over plain HTTP and finds whole."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub import ledger
from hub.cli.mirror import mirror as mirror_command
from hub.constitution.actions import default_text
from hub.ledger.entries import Entry, format_entry
from hub.ledger.reading import lines_of, read_entries
from hub.ledger.verify import fold
from hub.mirror.git import export as exporting
from hub.mirror.git import packs
from hub.mirror.git.export import export
from hub.mirror.git.objects import Base, delta, make
from hub.mirror.git.records import Stored
from hub.mirror.git.view import View, grow
from hub.mirror.publish import write_git
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from tests.charter.conftest import chartered as chartered
from tests.charters_for_tests import note
from tests.mirror.conftest import town as town
from tests.people_for_tests import found_branch, found_hub, seat_council
from tests.web.server import serving

PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "PATH": os.environ["PATH"]}


@pytest.fixture(scope="session")
def git():
    """Runs git in a folder, by no settings of this machine; returns what it printed."""
    if shutil.which("git") is None:
        if os.environ.get("FOLKMOOT_REQUIRE_CLIENTS") == "1":
            pytest.fail("git is required here and not installed")
        pytest.skip("git is not installed")

    def run(folder, *words):
        done = subprocess.run(["git", "-C", folder, *words], env=PLAIN, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


def written(record, folder, size):
    """Exports in as many turns as it takes; returns the commit."""
    while (view := export(folder, record, size)).size < size:
        pass
    return view.commit.hex()


class Listed:
    """A record in memory: entries and changes of a fixed history."""

    def __init__(self, many, changes=None):
        at = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
        holder = "hld_" + "0" * 26
        beginning = Entry("hub.founded", at, None, {"origin": "town.example/log", "release": "0.1.0"}, (), 1)
        grant = Entry("grant.made", at, None, {"holder": holder, "role": "organiser", "scope": "hub"}, (), 1)
        acts = [
            Entry("group.confirmed", at + dt.timedelta(minutes=n), 1, {"act": f"act_{n:026}", "long": "x" * 300}, (), 1)
            for n in range(many - 2)
        ]
        self.raw = [format_entry(entry) for entry in (beginning, grant, *acts)]
        self.changed = {0: ("constitution.toml", b"version = 1\n"), **(changes or {})}

    def entries(self, start, end):
        return self.raw[start:end]

    def changes(self, start, end):
        return {index: change for index, change in self.changed.items() if start <= index < end}


def test_ids_never_change(tmp_path):
    """Whoever cloned before would have to begin anew: see hub/mirror/git for the layout that these ids fix."""
    record = Listed(
        250, {120: ("charter/1", b"one\n"), 130: ("charter/10", b"ten\n"), 140: ("constitution.toml", b"2\n")}
    )

    found = {size: written(record, tmp_path / str(size), size) for size in (1, 2, 101, 250)}

    assert found == {
        1: "4d3c4bb7d5ae7296cb627fde4bc2bef8a8ebf576",
        2: "bccd8ce099c6bc952e1dc7cca3fb6553468cb03b",
        101: "f83ad933bd1c80e2a6e460e9ec8dffc4e30aa70d",
        250: "4c489d689c872777abb7ff02083a8b604124a70e",
    }


def test_the_same_record_gives_the_same_ids_in_whatever_turns(tmp_path, git, monkeypatch):
    record, chance = Listed(330, {40: ("charter/1", b"one\n")}), random.Random(4)
    whole = written(record, tmp_path / "whole", 330)
    monkeypatch.setattr(exporting, "SMALL", 8)
    monkeypatch.setattr(exporting, "PATIENCE", 3)
    size, folder = 0, tmp_path / "turns"
    while size < 330:
        size = min(330, size + chance.choice([1, 1, 2, 5, 30]))
        commit = written(record, folder, size)

    assert commit == whole
    listed = (folder / "objects/info/packs").read_text().split()[1::2]
    here = sorted(path.name for path in (folder / "objects/pack").glob("*.pack"))
    assert (len(listed) <= 8, set(listed) <= set(here), len(here) <= len(listed) + 8) == (True, True, True)
    git(folder, "fsck", "--strict", "--full")
    assert git(folder, "rev-list", "--count", "main").strip() == "330"


def test_a_clone_over_plain_http_is_whole(db, tmp_path, git):
    with db.write() as tx:
        found_hub(tx)
        found_branch(tx, seat_council(tx, "c_one", "c_two"))
        size = ledger.size(tx)
        raw = Stored(tx).entries(0, size)
    with serving(tmp_path / "data", db) as house:
        with db.read() as tx:
            commit = written(Stored(tx), house.settings.data / "public/git/hub.git", size)
        git(tmp_path, "clone", "-q", f"{house.settings.url}/git/hub.git", "copy")
    copy = tmp_path / "copy"

    assert git(copy, "fsck", "--strict", "--full") == ""
    assert git(copy, "rev-parse", "HEAD").strip() == commit
    assert [path.read_bytes() for path in sorted(copy.glob("entries/*/*/*.json"))] == raw
    assert (copy / "constitution.toml").read_text() == default_text()
    # Whose act it is, by the warrant's grant; the hub's own acts by its log's name; all at the record's minutes.
    authors = git(copy, "log", "--reverse", "--format=%an|%cn|%at").splitlines()
    for line, entry in zip(authors, (ledger.entries.parse_entry(one, n) for n, one in enumerate(raw)), strict=True):
        author, hub, at = line.split("|")
        assert int(at) == entry.at.timestamp()
        assert author == hub if entry.by is None else author == hub or author.startswith("hld_")
    assert {line.split("|")[0][:4] for line in authors} > {"hld_"}
    assert git(copy, "log", "-1", "--format=%(trailers:key=Log-Index,valueonly)").strip() == str(size - 1)


def test_two_replays_give_one_history_and_charters_stand_in_it(chartered, another_db, tmp_path, git):
    chartered.turn()
    town, mirror = chartered.town, tmp_path / "mirror"
    town.name("Ann")
    with town.db.write() as tx:
        ledger.withdraw(tx, 4, "shown")
    chartered.turn()
    write_git(town.settings, town.db)
    folder = town.folder / "public/git/hub.git"

    size = pull(Folder(town.folder), mirror).head.size
    with another_db.write() as tx:
        fold(tx, lines_of(mirror, read_entries(mirror, size)))
        replayed = written(Stored(tx), tmp_path / "replayed", size)
    done = CliRunner().invoke(mirror_command, ["git", str(mirror), "--json"])

    assert json.loads(done.output) == {"commit": replayed, "size": size, "next": f"git clone {mirror}/git/hub.git"}
    assert replayed == git(folder, "rev-parse", "main").strip() == (folder / "refs/heads/main").read_text().strip()
    assert git(folder, "show", "main:charter/1").encode() == note(chartered.charter, 0, 1, 2)
    assert git(folder, "grep", "-c", "", "main", "--", "entries").count("\n") == size
    # Words can be withdrawn and no clone can be made to forget: none ever stands in it.
    assert subprocess.run(["git", "-C", folder, "grep", "-q", "Ann", "main"], env=PLAIN, check=False).returncode == 1


def test_what_is_torn_or_of_another_record_is_made_anew(tmp_path, git):
    record, folder = Listed(30), tmp_path / "view"
    written(record, folder, 20)
    commit = written(record, tmp_path / "other", 30)
    [pack] = (folder / "objects/pack").glob("*.pack")
    raw = pack.read_bytes()
    faults = {
        "a torn pack": lambda: pack.write_bytes(raw[:-30]),
        "a lost pack": lambda: pack.unlink(),
        "a lost state": lambda: (folder / "view.json").unlink(),
        "another name": lambda: (folder / "info/refs").write_text(""),
        "a torn state": lambda: (folder / "view.json").write_text("{"),
    }
    for name, spoil in faults.items():
        trial = tmp_path / "trial"
        shutil.copytree(folder, trial)
        spoil()
        assert (written(record, folder, 30), name) == (commit, name)
        git(folder, "fsck", "--strict", "--full")
        shutil.rmtree(folder)
        trial.rename(folder)
    # Nothing is new, and what nobody waited for was torn all the same.
    [pack] = (folder / f"objects/pack/{(folder / 'objects/info/packs').read_text().split()[1]}",)
    pack.write_bytes(pack.read_bytes()[:-30])
    assert written(record, folder, 30) == commit
    git(folder, "fsck", "--strict", "--full")
    rewritten = Listed(30)
    rewritten.raw[19] = rewritten.raw[18]
    assert written(rewritten, folder, 20) == written(rewritten, tmp_path / "again", 20) != commit
    assert export(folder, rewritten, 10).size == 10


@pytest.mark.parametrize("at", range(0, 3000, 331))
def test_a_flipped_byte_in_a_pack_or_its_index_is_found(at):
    objects, view = [], View()
    record = Listed(8)
    for raw in record.raw:
        view, fresh = grow(view, raw, None, lambda index: record.raw[index])
        objects += fresh
    _, pack, index = packs.format_pack(packs.grow(packs.Pack(), objects))
    assert packs.format_pack(packs.parse_pack(pack, index))[1:] == (pack, index)

    for first, second in ((flipped(pack, at), index), (pack, flipped(index, at))):
        with pytest.raises(ValueError, match="a torn pack"):
            packs.parse_pack(first, second)


def flipped(raw, at):
    at %= len(raw)
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def test_packs_with_an_object_in_common_hold_it_once_when_they_are_joined():
    one, two, three = (make("blob", text) for text in (b"1", b"2", b"3"))
    first, second = packs.grow(packs.Pack(), [one, two, two]), packs.grow(packs.Pack(), [two, three])

    assert packs.join(first, second) == packs.grow(packs.Pack(), [one, two, three])


def test_a_delta_gives_the_body_back():
    base = make("tree", bytes(70_000))
    for shared in (0, 1, 127, 255, 256, 65_535, 65_536, 65_537, 70_000):
        for added in (0, 1, 127, 128, 300):
            body = base.body[:shared] + b"x" * added
            assert applied(delta(Base(base.id, len(base.body), shared), body), base.body) == body


def applied(raw, base):
    """What a reader of git's documentation makes of a delta."""
    at = 0

    def number():
        nonlocal at
        value = place = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 0x7F) << place
            place += 7
            if not byte & 0x80:
                return value

    assert number() == len(base)
    wanted, out = number(), b""
    while at < len(raw):
        code = raw[at]
        at += 1
        if code & 0x80:
            spots = []
            for bit in range(7):
                spots.append(raw[at] if code >> bit & 1 else 0)
                at += code >> bit & 1
            offset, size = int.from_bytes(bytes(spots[:4]), "little"), int.from_bytes(bytes(spots[4:]), "little")
            out += base[offset : offset + (size or 0x10000)]
        else:
            out += raw[at : at + code]
            at += code
    assert len(out) == wanted
    return out


def test_a_worker_writes_it_after_the_log(town, tmp_path):
    folder = town.folder / "public/git/hub.git"
    town.name("Ann")
    write_git(town.settings, town.db)
    before = (folder / "refs/heads/main").read_text()
    town.turn()
    write_git(town.settings, town.db)

    with town.db.read() as tx:
        wanted = [written(Stored(tx), tmp_path / str(size), size) for size in (3, 4)]
    assert [before.strip(), Path(folder / "refs/heads/main").read_text().strip()] == wanted
