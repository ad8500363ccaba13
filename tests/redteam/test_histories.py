"""The red team rewrites history: edits, drops, swaps, invents, backdates and rolls back, and signs it all again (T6).

A mirror that followed refuses every one. So does the stand-alone program from what is served alone, because the quorum
of witnesses never signed it; but for a record that is old and whole, which only who saw more can tell.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.charter import actions as charters
from hub.db import Database, metadata
from hub.errors import Unsafe
from hub.ledger import keys, state
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import Key, read_entries
from hub.mirror import publish
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.tlog.checkpoint import Checkpoint, add_cosignatures, sign_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.note import parse_note, parse_vkey
from hub.tlog.tiles import FULL, format_bundle, format_path, format_tile, new_bundles, new_tiles
from tests.charter.conftest import of_town
from tests.charters_for_tests import FIRST, POLICY, WITNESSES, note
from tests.databases import Sqlite
from tests.mirror.conftest import town as town
from tests.verifier import verifier

Raws = list[bytes]
TIME = 1_795_291_200  # of cosignatures, which nobody asks here


class Overlaid(Folder):
    """A hub's folder as a rogue serves it. log: what stands below log/ instead; nothing else does."""

    def __init__(self, folder: Path, log: dict[str, bytes]) -> None:
        super().__init__(folder)
        self.log = log

    def get(self, path: str, most: int) -> bytes | None:
        """For a pull."""
        return self.log.get(path) if path.startswith("log/") else super().get(path, most)


class OverlaidToo(verifier.Folder):  # type: ignore[misc, name-defined]  # loaded from a path, so mypy knows no class
    """The same for the program that shares no code."""

    def __init__(self, folder: Path, log: dict[str, bytes]) -> None:
        super().__init__(folder)
        self.log = log

    def read(self, path: str) -> bytes | None:
        """A file."""
        return self.log.get(path) if path.startswith("log/") else super().read(path)

    def listed(self, under: str) -> list[str]:
        """The files below a folder."""
        return (
            [path for path in sorted(self.log) if path.startswith(under)] if under == "log" else super().listed(under)
        )


class Followed:
    """A town under a charter, a mirror that followed it, and its operator, who has the log's key."""

    def __init__(self, town: Any, tmp_path: Path) -> None:
        self.town, self.mirror, self.key = town, tmp_path / "mirror", Key(parse_vkey(town.vkey), "given")
        self.signer = keys.read_signer(town.settings.keys, town.settings.log_origin)
        with town.db.write() as tx:
            charters.adopt(tx, note(dataclasses.replace(FIRST, policy=of_town(POLICY, town.vkey)), 0, 1, 2))
        self.notes = []
        for number in range(4):
            town.name(*(f"Holder {number} {one}" for one in range(6)))
            publish.publish(town.settings, town.db, gather=lambda raw, _head, _read: witnessed(raw))
            self.notes.append((town.settings.log / "checkpoint").read_bytes())
        pull(Folder(town.folder), self.mirror, self.key)
        self.raws = read_entries(town.folder, self.size(self.notes[-1]))

    @staticmethod
    def size(raw: bytes) -> int:
        return int(raw.split(b"\n")[1])

    def served(self, raws: Raws, raw: bytes | None = None) -> dict[str, bytes]:
        """A log of these entries: under the log's key alone, or under a note that was published once."""
        tree = Tree(map(leaf_hash, raws))
        files = {f"log/{format_path(tile)}": format_tile(tile, tree.read) for tile in new_tiles(0, tree.size)}
        for tile in new_bundles(0, tree.size):
            files[f"log/{format_path(tile)}"] = format_bundle(raws[tile.n * FULL : tile.n * FULL + tile.width])
        head = Checkpoint(self.signer.verifier.name, tree.size, tree.root())
        return {**files, "log/checkpoint": raw or sign_checkpoint(head, self.signer)}

    def follower_says(self, log: dict[str, bytes]) -> str:
        """What the mirror that followed says; empty where it goes along."""
        try:
            return " ".join(pull(Overlaid(self.town.folder, log), self.mirror, self.key).problems)
        except (Unsafe, Unverified) as problem:
            return str(problem)

    def newcomer_says(self, log: dict[str, bytes]) -> str:
        """What the stand-alone program says of it, without having seen anything before."""
        try:
            place = OverlaidToo(self.town.folder, log)
            return " ".join(verifier.Reader(place).judge(verifier.key_of(self.town.vkey), None).problems)
        except (verifier.Wrong, verifier.Unjudged) as problem:
            return str(problem)


def witnessed(raw: bytes) -> bytes:
    """A note with the signatures of two witnesses of three."""
    text = parse_note(raw)[0]
    return add_cosignatures(raw, [one.cosign(text, TIME) for one in WITNESSES[:2]])


def edited(raws: Raws, chance: random.Random) -> Raws:
    at = chance.randrange(2, len(raws))
    entry = json.loads(raws[at])
    name = chance.choice(sorted(entry["data"]))
    value = entry["data"][name]
    entry["data"][name] = f"{value[:-1]}{'0' if value[-1] != '0' else '1'}" if isinstance(value, str) else 7
    return [*raws[:at], dumped(entry), *raws[at + 1 :]]


def dropped(raws: Raws, chance: random.Random) -> Raws:
    at = chance.randrange(2, len(raws) - 1)
    return [*raws[:at], *raws[at + 1 :]]


def swapped(raws: Raws, chance: random.Random) -> Raws:
    at = chance.randrange(3, len(raws) - 1)
    return [*raws[:at], raws[at + 1], raws[at], *raws[at + 2 :]]


def invented(raws: Raws, chance: random.Random) -> Raws:
    at = chance.randrange(3, len(raws))
    entry = json.loads(raws[-1])
    entry["data"]["holder"] = "hld_" + "0" * 25 + chance.choice("0123456789abcdef")
    return [*raws[:at], dumped(entry), *raws[at:]]


def backdated(raws: Raws, chance: random.Random) -> Raws:
    at = chance.randrange(2, len(raws))
    entry = json.loads(raws[at])
    entry["at"] = f"2026-11-{chance.randrange(10, 21)}T{chance.randrange(10, 20)}:00Z"
    return [*raws[:at], dumped(entry), *raws[at + 1 :]]


def cut_back(raws: Raws, chance: random.Random) -> Raws:
    return raws[: chance.randrange(4, len(raws))]


def dumped(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


WAYS: list[Callable[[Raws, random.Random], Raws]] = [edited, dropped, swapped, invented, backdated, cut_back]


def below(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("lock"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture
def db(_sqlite: Sqlite) -> Iterator[Database]:
    """On SQLite alone: what is published is a matter of files."""
    made = _sqlite.fresh(metadata)
    yield made
    _sqlite.release(made)


@pytest.fixture
def followed(town: Any, tmp_path: Path) -> Followed:
    """The town before its operator begins to lie: nobody says anything."""
    made = Followed(town, tmp_path)
    honest = made.served(made.raws, made.notes[-1])
    assert (made.follower_says(honest), made.newcomer_says(honest)) == ("", "")
    return made


def rewrite(followed: Followed, seed: int, many: int) -> Counter[str]:
    """Serves so many false histories; returns how often each way was tried. Both refuse all, and nothing changes."""
    chance, tried, before = random.Random(seed), Counter[str](), below(followed.mirror)
    passed = []
    for number in range(many):
        way = WAYS[number % len(WAYS)]
        log = followed.served(way(followed.raws, chance))
        tried[way.__name__] += 1
        said = followed.follower_says(log), followed.newcomer_says(log)
        passed += [] if all(said) else [(way.__name__, said)]
    assert passed == []
    assert below(followed.mirror) == before
    return tried


def test_rewritten_histories_are_refused_by_whoever_followed_and_by_newcomers(followed: Followed) -> None:
    assert set(rewrite(followed, 6, 60)) == {way.__name__ for way in WAYS}


@pytest.mark.long
def test_a_thousand_rewritten_histories_are_refused(followed: Followed) -> None:
    assert sum(rewrite(followed, 60, 1000).values()) == 1000


def test_a_history_that_goes_on_from_a_lie_is_refused_too(followed: Followed) -> None:
    """It is longer than what the mirror holds, and differs before its end."""
    entry = json.loads(followed.raws[-1])
    longer = dropped(followed.raws, random.Random(3))
    for number in range(5):
        entry["data"]["holder"] = "hld_" + "0" * 25 + str(number)
        longer.append(dumped(entry))

    log = followed.served(longer)

    assert "does not continue the 28 entries here" in followed.follower_says(log)
    assert "witness" in followed.newcomer_says(log)


def test_an_old_record_that_is_whole_is_known_to_whoever_followed_and_to_nobody_else(followed: Followed) -> None:
    """As docs/record.md says: once published and witnessed, it is true of its day."""
    old = followed.notes[1]
    log = followed.served(followed.raws[: followed.size(old)], old)

    assert "its history went back" in followed.follower_says(log)
    assert followed.newcomer_says(log) == ""


def test_edited_rows_are_told_by_both(followed: Followed) -> None:
    """Rows of the hub's own tables, as its state.json gives them: changed, dropped, doubled, invented."""
    chance = random.Random(8)
    true = (followed.town.settings.data / "public/state.json").read_bytes()
    head, rows = state.parse_state(true)
    folded = verifier.Reader(verifier.Folder(followed.town.folder)).judge(None, None).fold
    silent = []

    for _trial in range(60):
        said = json.loads(true)
        name = chance.choice([name for name, table in said["tables"].items() if table["rows"]])
        table = said["tables"][name]
        at = chance.randrange(len(table["rows"]))
        row = table["rows"][at]
        if chance.random() < 0.3:
            del table["rows"][at]
        else:
            place = chance.choice([place for place, value in enumerate(row) if value is not None])
            row[place] = f"{row[place]}0" if isinstance(row[place], str) else 77
        ours = state.differences(state.parse_state(json.dumps(said).encode())[1], rows)
        theirs = verifier.compare(said["tables"], verifier.tables(folded))
        silent += [] if ours and theirs else [(name, bool(ours), bool(theirs))]

    assert silent == []
    assert head.size == len(followed.raws)
