"""Pulling: what comes, what is refused, and that nothing unproved is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hub import ledger
from hub.errors import Unsafe
from hub.ledger.beginnings import Unverified
from hub.ledger.openings import format_file, parse_file, seal_words
from hub.ledger.published import NONE, UNREADABLE
from hub.ledger.reading import Key, own_key
from hub.ledger.tombstones import parse_list
from hub.ledger.verify import verify
from hub.mirror.pull import pull
from hub.mirror.sources import Folder, Unreachable
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import Signer, parse_vkey
from hub.tlog.tiles import ENTRIES, Tile, format_bundle, format_path, format_tile, new_tiles


class Counting:
    """A source that remembers what was asked of it, and may answer something else."""

    def __init__(self, folder: Path, **instead: bytes | None) -> None:
        self.inner, self.name = Folder(folder), str(folder)
        self.asked: list[str] = []
        self.instead = instead

    def get(self, path, most):
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        return self.inner.get(path, most)

    def close(self):
        self.inner.close()


def given(town):
    return Key(parse_vkey(town.vkey), "given")


def below(folder):
    """Every file of a mirror, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".pull.lock"
    }


def published(folder):
    """What a mirror of this data folder should hold, but for the pinned key."""
    found = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    public = {name.removeprefix("public/"): raw for name, raw in found.items() if name.startswith("public/")}
    return public | {name: raw for name, raw in found.items() if name.split("/")[0] in ("log", "openings", "files")}


def test_first_pull_brings_everything_that_verifies(town, tmp_path):
    mirror = tmp_path / "mirror"
    town.name("Ann", "Decoy")
    town.turn()

    done = pull(Folder(town.folder), mirror, given(town))

    assert (done.head.size, done.old, done.opened, done.missing, done.notes) == (5, 0, 3, 0, [])
    report = verify(mirror, own_key(mirror, None))
    assert (report.head, report.key.source, report.compared, report.problems) == (done.head, "pinned", "state.json", [])
    copied = below(mirror)
    assert copied.pop("log.vkey").decode().strip() == town.vkey
    # The hub keeps partial tiles of every size it signed; a mirror has those of the sizes it pulled.
    assert copied.items() <= published(town.folder).items()
    assert {name for name in copied if not name.startswith("log/tile")} == {
        name for name in published(town.folder) if not name.startswith("log/tile")
    }


def test_second_pull_fetches_only_what_is_new(town, tmp_path):
    mirror = tmp_path / "mirror"
    town.name(*(f"Holder {number}" for number in range(300)))
    town.turn()
    pull(Folder(town.folder), mirror, given(town))
    town.name("Late")
    town.turn()
    source = Counting(town.folder)

    done = pull(source, mirror)

    assert (done.old, done.head.size, done.opened, done.key.source) == (303, 304, 1, "pinned")
    assert sorted(source.asked) == [
        "charter/latest",
        "log/checkpoint",
        "log/tile/0/001.p/48",
        "log/tile/entries/001.p/48",
        "openings/303.json",
        "openings/withdrawn.json",
        "state.json",
    ]
    assert verify(mirror, own_key(mirror, None)).problems == []


def test_pull_of_nothing_new_asks_for_little_and_changes_nothing(town, tmp_path):
    mirror = tmp_path / "mirror"
    pull(Folder(town.folder), mirror, given(town))
    before, source = below(mirror), Counting(town.folder)

    pull(source, mirror)

    assert (sorted(source.asked), below(mirror)) == (
        ["charter/latest", "log/checkpoint", "openings/withdrawn.json", "state.json"],
        before,
    )


def test_withdrawn_words_are_forgotten_by_the_mirror_and_do_not_come_back(town, tmp_path):
    mirror = tmp_path / "mirror"
    town.name("Ann", "Decoy")
    town.turn()
    pull(Folder(town.folder), mirror, given(town))
    kept = (town.folder / "openings/3.json").read_bytes()
    with town.db.write() as tx:
        ledger.withdraw(tx, 3, "shown")
    town.turn()

    done = pull(Folder(town.folder), mirror)
    again = pull(Counting(town.folder, **{"openings/3.json": kept, "openings/withdrawn.json": None}), mirror)

    assert (done.erased, done.missing, again.opened, again.missing) == (1, 0, 0, 0)
    assert not (mirror / "openings/3.json").exists()
    assert {index for index, _ in parse_list((mirror / "openings/withdrawn.json").read_bytes())} == {3}
    assert b"Ann" not in (mirror / "state.json").read_bytes()
    assert b"Decoy" in (mirror / "state.json").read_bytes()
    assert verify(mirror, own_key(mirror, None)).problems == []


def test_openings_withheld_once_are_taken_up_later(town, tmp_path):
    mirror = tmp_path / "mirror"
    town.name("Ann")
    town.turn()

    first = pull(Counting(town.folder, **{"openings/3.json": None}), mirror, given(town))
    second = pull(Folder(town.folder), mirror)

    assert (first.missing, second.missing, second.opened) == (1, 0, 1)
    assert (first.notes, second.notes) == (["1 openings are neither served nor listed as withdrawn."], [])
    assert verify(mirror, own_key(mirror, None)).problems == []


def test_false_openings_are_not_written(town, tmp_path):
    mirror = tmp_path / "mirror"
    town.name("Ann")
    town.turn()
    true = parse_file((town.folder / "openings/3.json").read_bytes(), 3)
    false = [opening.disclosure for opening in seal_words({"shown": "Somebody else"})]

    pull(Counting(town.folder, **{"openings/3.json": format_file(3, true + false)}), mirror, given(town))

    assert parse_file((mirror / "openings/3.json").read_bytes(), 3) == true


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"[" * 100_000, b'{"index":3,"openings":[1]}', b"\xff", b'{"index":4,"openings":["x"]}']
)
def test_broken_openings_are_as_good_as_none(town, tmp_path, raw):
    town.name("Ann")
    town.turn()

    done = pull(Counting(town.folder, **{"openings/3.json": raw}), tmp_path / "mirror", given(town))

    assert (done.missing, (tmp_path / "mirror/openings/3.json").exists()) == (1, False)


def test_source_or_settings_that_the_record_does_not_name_are_not_written(town, tmp_path):
    false = {"source.tar.gz": b"other code", "config.json": b"{}"}

    done = pull(Counting(town.folder, **false), tmp_path / "mirror", given(town))

    assert [note.split(" served")[0] for note in done.problems] == ["The source.tar.gz", "The config.json"]
    assert not any((tmp_path / "mirror" / name).exists() for name in false)


def test_another_key_is_refused_and_nothing_is_written(town, tmp_path):
    other = Signer(town.settings.log_origin, b"x" * 32).verifier

    with pytest.raises(Unverified):
        pull(Folder(town.folder), tmp_path / "mirror", Key(other, "given"))

    assert below(tmp_path / "mirror") == {}


def test_key_that_changed_since_the_first_pull_is_refused(town, tmp_path):
    mirror = tmp_path / "mirror"
    pull(Folder(town.folder), mirror, given(town))
    before = below(mirror)
    rogue = resign(town, Signer(town.settings.log_origin, b"r" * 32))

    with pytest.raises(Unverified):
        pull(rogue, mirror)

    assert below(mirror) == before


def resign(town, signer, change=lambda entries: entries):
    """A source with changed entries, signed anew: what a rogue operator could serve."""
    size = open_checkpoint((town.folder / "log/checkpoint").read_bytes(), [parse_vkey(town.vkey)]).size
    raw = (town.folder / "log" / format_path(Tile(ENTRIES, 0, size))).read_bytes()
    entries, at = [], 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        entries.append(raw[at + 2 : at + 2 + length])
        at += 2 + length
    entries = change(entries)
    tree = Tree(map(leaf_hash, entries))
    files = {f"log/{format_path(tile)}": format_tile(tile, tree.read) for tile in new_tiles(0, tree.size)}
    files[f"log/{format_path(Tile(ENTRIES, 0, tree.size))}"] = format_bundle(entries)
    files["log/checkpoint"] = sign_checkpoint(Checkpoint(town.settings.log_origin, tree.size, tree.root()), signer)
    return Counting(town.folder, **files)


def own_signer(town):
    from hub.ledger.keys import read_signer

    return read_signer(town.settings.keys, town.settings.log_origin)


REWRITES = {
    "rolled back": (lambda entries: entries[:-1], "went back"),
    "changed at the same size": (
        lambda entries: [*entries[:-1], entries[-1].replace(b"hld_", b"hld_0")[:-1] + b"}"],
        "another history of the same",
    ),
    "changed and grown": (
        lambda entries: [*entries[:-1], entries[-1].replace(b'"hld_', b'"hld_0'), entries[-1]],
        "does not continue the 5 entries here",
    ),
    "an early entry changed, and grown": (
        lambda entries: [entries[0], entries[1].replace(b'"v":1', b'"v":2'), *entries[2:], entries[-1]],
        "does not continue the 5 entries here",
    ),
}


@pytest.mark.parametrize("name", REWRITES)
def test_rewritten_history_is_unsafe_and_the_mirror_keeps_its_own(town, tmp_path, name):
    change, message = REWRITES[name]
    mirror = tmp_path / "mirror"
    town.name("Ann", "Decoy")
    town.turn()
    pull(Folder(town.folder), mirror, given(town))
    before = below(mirror)

    with pytest.raises(Unsafe, match=message):
        pull(resign(town, own_signer(town), change), mirror)

    assert below(mirror) == before


def test_every_spoilt_file_is_refused(town, tmp_path):
    town.name("Ann")
    town.turn()
    asked = Counting(town.folder)
    pull(asked, tmp_path / "count", given(town))
    for path in [path for path in asked.asked if path.startswith("log/")]:
        raw = Folder(town.folder).get(path, 1 << 20)
        for at in range(0, len(raw), 11):
            spoilt = raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :]
            with pytest.raises(Unverified):
                pull(Counting(town.folder, **{path: spoilt}), tmp_path / "mirror", given(town))
            assert "log/checkpoint" not in below(tmp_path / "mirror")


@pytest.mark.parametrize("path", ["log/checkpoint", "log/tile/0/000.p/3", "log/tile/entries/000.p/3"])
def test_missing_file_is_unreachable(town, tmp_path, path):
    with pytest.raises(Unreachable):
        pull(Counting(town.folder, **{path: None}), tmp_path / "mirror", given(town))

    assert "log/checkpoint" not in below(tmp_path / "mirror")


def test_pull_broken_off_is_taken_up_again(town, tmp_path):
    mirror = tmp_path / "mirror"
    pull(Folder(town.folder), mirror, given(town))
    town.name("Ann", "Decoy")
    town.turn()

    class Breaking(Counting):
        def get(self, path, most):
            if len(self.asked) == stop:
                raise Unreachable("gone")
            return super().get(path, most)

    for stop in range(9):
        trial = tmp_path / f"trial-{stop}"
        shutil.copytree(mirror, trial)
        try:
            pull(Breaking(town.folder), trial)
        except Unreachable:
            assert verify(trial, own_key(trial, None)).head.size == 3
        done = pull(Folder(town.folder), trial)
        assert (done.head.size, verify(trial, own_key(trial, None)).problems) == (5, [])


def test_state_that_the_record_does_not_give_is_noted_and_not_written(town, tmp_path):
    false = (town.folder / "public/state.json").read_bytes().replace(b"Town hub", b"City hub")

    done = pull(Counting(town.folder, **{"state.json": false}), tmp_path / "mirror", given(town))

    assert [note.split(",")[0] for note in done.problems] == [
        "The state.json served differs from what the record gives"
    ]
    assert (tmp_path / "mirror/state.json").read_bytes() == (town.folder / "public/state.json").read_bytes()


@pytest.mark.parametrize("served", [None, b"{}", b"[" * 100_000])
def test_state_that_is_not_there_or_cannot_be_read_is_told(town, tmp_path, served):
    done = pull(Counting(town.folder, **{"state.json": served}), tmp_path / "mirror", given(town))

    why = NONE if served is None else UNREADABLE
    assert done.problems == [f"{why} The record's own result was written instead."]
    assert (tmp_path / "mirror/state.json").read_bytes() == (town.folder / "public/state.json").read_bytes()


def test_state_of_before_is_held_against_the_record_of_then(town, tmp_path):
    earlier = (town.folder / "public/state.json").read_bytes()
    town.name("Ann")
    town.turn()
    false = earlier.replace(b"Town hub", b"City hub")

    found = [
        pull(Counting(town.folder, **{"state.json": raw}), tmp_path / name, given(town))
        for name, raw in (("one", earlier), ("other", false))
    ]

    assert [[note.split(",")[0] for note in done.problems] for done in found] == [
        [],
        ["The state.json served differs from what the record gives"],
    ]


def test_state_of_later_is_noted_and_not_compared(town, tmp_path):
    later = (town.folder / "public/state.json").read_bytes().replace(b'"size":3', b'"size":4')

    done = pull(Counting(town.folder, **{"state.json": later}), tmp_path / "mirror", given(town))

    assert (done.problems, done.notes) == ([], ["The state.json served is of 4 entries, and was not compared."])
