"""The sequencer: what it publishes, what it refuses to sign, and what a crash at every single step leaves behind."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.errors import Unsafe
from hub.ledger import append, files, keys, models, withdraw
from hub.ledger import sequencer as sequencers
from hub.ledger.files import Disk
from hub.ledger.openings import parse_file
from hub.ledger.sequencer import Sequencer
from hub.ledger.tombstones import parse_list
from hub.tlog.checkpoint import Checkpoint, open_checkpoint
from hub.tlog.hashes import Tree, leaf_hash
from hub.tlog.tiles import ENTRIES, Tile, format_path, format_tile, new_bundles, new_tiles, parse_bundle

ORIGIN = "hub.example/log"
DAILY = dt.timedelta(hours=24)


@pytest.fixture
def folder(tmp_path):
    """A data folder with a log key."""
    keys.make_keys(tmp_path / "keys", ORIGIN)
    return tmp_path


def build(db, village, count, start=0):
    """Appends gates, every third with words."""
    with db.write() as tx:
        for number in range(start, start + count):
            words = {"name": f"Gate {number}"} if number % 3 == 0 else {}
            append(tx, village.Built(f"gate-{number}"), by=None, words=words)


def leaves(db):
    with db.read() as tx:
        return [leaf_hash(bytes(raw)) for raw in tx.scalars(sa.select(models.entries.c.bytes).order_by("index"))]


def head_of(folder):
    """The published head, opened with the log's key."""
    return open_checkpoint((folder / "log/checkpoint").read_bytes(), [keys.read_verifier(folder / "keys")])


def sequencer(db, folder, disk=files.DISK):
    return Sequencer(db, folder, ORIGIN, DAILY, disk)


def assert_whole(db, folder, old=0):
    """The published log is the database's, tile by tile, bundle by bundle."""
    tree = Tree(leaves(db))
    head = head_of(folder)
    assert head == Checkpoint(ORIGIN, head.size, tree.root(head.size))
    for tile in new_tiles(old, head.size):
        assert (folder / "log" / format_path(tile)).read_bytes() == format_tile(tile, tree.read)
    for tile in new_bundles(old, head.size):
        entries = parse_bundle((folder / "log" / format_path(tile)).read_bytes(), tile.width)
        assert [leaf_hash(entry) for entry in entries] == tree.levels[0][tile.start : tile.start + tile.width]
    return head


@pytest.mark.parametrize("steps", [(1,), (255, 1, 1), (256,), (257,), (300, 250)])
def test_published_log_is_the_databases(village, db, folder, clock_at, steps):
    clock_at("2026-11-21T20:00Z")
    done = 0
    for count in steps:
        build(db, village, count, done)

        head = sequencer(db, folder).run_once().head

        assert assert_whole(db, folder, done) == head
        done += count
    assert head.size == sum(steps)


def test_nothing_is_published_before_the_first_entry(village, db, folder):
    head = sequencer(db, folder).run_once().head

    assert (head.size, (folder / "log").exists()) == (0, False)


def test_openings_are_published_with_their_entry_and_nowhere_else(village, db, folder):
    build(db, village, 5)

    sequencer(db, folder).run_once()

    assert sorted(path.name for path in (folder / "openings").iterdir()) == ["0.json", "3.json"]
    with db.read() as tx:
        kept = tx.scalars(sa.select(models.openings.c.disclosure).where(models.openings.c.index == 3)).all()
    assert parse_file((folder / "openings/3.json").read_bytes(), 3) == kept


def test_withdrawn_words_leave_their_file_and_are_listed(village, db, folder, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        append(tx, village.Built("decoy"), by=None, words={"name": "Decoy"})
        both = append(tx, village.Built("both"), by=None, words={"name": "Old gate", "reason": "Because"})
        alone = append(tx, village.Built("alone"), by=None, words={"name": "North gate"})
    sequencer(db, folder).run_once()
    kept = {index: parse_file((folder / f"openings/{index}.json").read_bytes(), index) for index in (0, 1, 2)}

    with db.write() as tx:
        withdraw(tx, both.index, "reason")
        withdraw(tx, alone.index, "name")
    sequencer(db, folder).run_once()

    left = parse_file((folder / "openings/1.json").read_bytes(), 1)
    assert (len(kept[1]), len(left), left[0] in kept[1]) == (2, 1, True)
    assert not (folder / "openings/2.json").exists()
    assert parse_file((folder / "openings/0.json").read_bytes(), 0) == kept[0]
    assert {index for index, _ in parse_list((folder / "openings/withdrawn.json").read_bytes())} == {1, 2}
    with db.read() as tx:
        assert tx.scalars(sa.select(models.withdrawals.c.published_at)).all() == [clock_at.moment] * 2


def test_words_withdrawn_before_the_first_turn_are_never_published(village, db, folder):
    with db.write() as tx:
        entry = append(tx, village.Built("gate"), by=None, words={"name": "Never seen"})
        withdraw(tx, entry.index, "name")

    sequencer(db, folder).run_once()

    assert sorted(path.name for path in (folder / "openings").iterdir()) == ["withdrawn.json"]


def test_head_is_published_again_after_a_day_without_entries(village, db, folder, clock_at):
    clock_at("2026-11-21T20:00Z")
    build(db, village, 3)
    sequencer(db, folder).run_once()
    published = (folder / "log/checkpoint").stat().st_mtime_ns

    clock_at.advance(hours=23)
    sequencer(db, folder).run_once()
    early = (folder / "log/checkpoint").stat().st_mtime_ns
    clock_at.advance(hours=1)
    sequencer(db, folder).run_once()

    late = (folder / "log/checkpoint").stat().st_mtime_ns
    assert (early, (late - published) // 10**9) == (published, 24 * 3600)


def test_old_database_restored_is_refused_and_says_why(village, db, another_db, folder):
    build(db, village, 5)
    sequencer(db, folder).run_once()
    build(another_db, village, 4)
    before = files_below(folder)

    with pytest.raises(Unsafe, match="older database was restored"):
        sequencer(another_db, folder).run_once()

    assert files_below(folder) == before


def test_old_database_that_grew_again_is_refused(village, db, another_db, folder):
    build(db, village, 5)
    sequencer(db, folder).run_once()
    build(another_db, village, 9)
    before = files_below(folder)

    with pytest.raises(Unsafe, match="not those that were signed"):
        sequencer(another_db, folder).run_once()

    assert files_below(folder) == before


def test_forgotten_head_is_refused(village, db, folder):
    build(db, village, 2)
    sequencer(db, folder).run_once()
    (folder / "keys/log.head").unlink()
    build(db, village, 1, 2)

    with pytest.raises(Unsafe, match=r"log\.head is missing"):
        sequencer(db, folder).run_once()

    assert head_of(folder).size == 2


def test_older_head_restored_is_refused(village, db, folder):
    build(db, village, 2)
    sequencer(db, folder).run_once()
    older = (folder / "keys/log.head").read_bytes()
    build(db, village, 2, 2)
    sequencer(db, folder).run_once()
    (folder / "keys/log.head").write_bytes(older)

    with pytest.raises(Unsafe, match="the key remembers 2"):
        sequencer(db, folder).run_once()

    assert head_of(folder).size == 4


def test_second_key_and_another_origin_are_refused(village, db, folder):
    build(db, village, 1)

    with pytest.raises(Unsafe, match="holds a log key already"):
        keys.make_keys(folder / "keys", ORIGIN)
    with pytest.raises(Unsafe, match=r"made for hub\.example/log"):
        Sequencer(db, folder, "other.example/log", DAILY).run_once()

    assert not (folder / "log").exists()


def test_secret_key_is_readable_by_its_owner_alone(folder):
    assert (folder / "keys/log.key").stat().st_mode & 0o777 == 0o400


def test_only_one_sequencer_works_at_a_time(village, db, folder):
    build(db, village, 1)

    with files.lock(folder / "keys/sequencer.lock"), pytest.raises(files.Held):
        sequencer(db, folder).run_once()

    assert not (folder / "log").exists()


def test_only_one_sequencer_works_on_a_postgresql_database(village, db, folder):
    if db.is_sqlite:
        pytest.skip("SQLite has no advisory locks; the file lock stands alone")
    build(db, village, 1)

    with db.read() as other:
        other.exec_driver_sql("SELECT pg_advisory_xact_lock(7403)")
        with pytest.raises(files.Held):
            sequencer(db, folder).run_once()

    assert not (folder / "log").exists()


@pytest.mark.parametrize("lost", ["tile/0/001.p/4", "tile/1/000.p/1", "tile/entries/001.p/4"])
def test_missing_tile_is_never_signed_over(village, db, folder, lost):
    build(db, village, 260)
    sequencer(db, folder).run_once()
    (folder / "log" / lost).unlink()
    build(db, village, 1, 260)

    with pytest.raises(Unsafe, match="is missing"):
        sequencer(db, folder).run_once()

    assert head_of(folder).size == 260


LAST_TWO = [Tile(0, 0), Tile(0, 1, 3), Tile(1, 0, 1), Tile(ENTRIES, 0), Tile(ENTRIES, 1, 3)]
# Of a tree of three levels of tiles, more than 65,536 leaves: the last two of each, and of the entries.
TALL = 65_800
LAST_OF_TALL = [
    Tile(0, 256),
    Tile(0, 257, 7),
    Tile(1, 0),
    Tile(1, 1, 1),
    Tile(2, 0, 1),
    Tile(ENTRIES, 256),
    Tile(ENTRIES, 257, 7),
]


@contextmanager
def flipped(path, bit):
    """One bit of a file is the other, as a disk gives it back, and then again as it was."""
    with path.open("r+b", buffering=0) as file:
        (byte,) = os.pread(file.fileno(), 1, bit // 8)
        os.pwrite(file.fileno(), bytes([byte ^ 1 << bit % 8]), bit // 8)
        yield
        os.pwrite(file.fileno(), bytes([byte]), bit // 8)


def build_tall(db, village, count):
    """Stores copies of one entry: the sequencer asks for bytes alone."""
    build(db, village, 1)
    with db.write() as tx:
        row = dict(tx.execute(sa.select(models.entries)).mappings().one())
        tx.execute(sa.insert(models.entries), [{**row, "index": index} for index in range(1, count)])


def refuse_flips(db, village, folder, tiles, some, size=260):
    """Flips bits of the tiles that the next head rests on, one at a time; none is signed. some: which, of so many."""
    (build if size < TALL else build_tall)(db, village, size - 1)
    sequencer(db, folder).run_once()
    build(db, village, 1, size - 1)
    heads = [folder / "keys/log.head", folder / "log/checkpoint"]
    before = [path.read_bytes() for path in heads]
    for tile in tiles:
        path = folder / "log" / format_path(tile)
        for bit in some(path.stat().st_size * 8):
            with flipped(path, bit), pytest.raises(Unsafe):
                sequencer(db, folder).run_once()
    assert [path.read_bytes() for path in heads] == before
    assert sequencer(db, folder).run_once().head.size == size
    assert_whole(db, folder, size - 1)


def test_flipped_bits_of_the_last_two_tiles_are_never_signed(village, db, folder):
    """Some of each, drawn from a seed; all of them in the next test (LG-07)."""
    draw = random.Random(7)

    refuse_flips(db, village, folder, LAST_TWO, lambda bits: draw.sample(range(bits), 90))


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tile", LAST_TWO, ids=format_path)
def test_every_bit_of_the_last_two_tiles_flipped_is_never_signed(village, db, folder, tile):
    refuse_flips(db, village, folder, [tile], range)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("tile", LAST_OF_TALL, ids=format_path)
def test_flipped_bits_of_a_tree_of_three_levels_are_never_signed(village, db, folder, tile):
    """Every seventh bit: of every byte at least one, of all bits of a byte as many."""
    refuse_flips(db, village, folder, [tile], lambda bits: range(0, bits, 7), TALL)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_some_flipped_bits_of_a_tree_of_three_levels_are_never_signed(village, db, folder):
    refuse_flips(db, village, folder, LAST_OF_TALL, lambda bits: [bits // 3], TALL)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sequencer_that_reads_no_higher_tile_again_is_seen(village, db, folder, monkeypatch):
    """The planted fault: of a tall tree, it holds only the lowest tiles against what is below them."""
    monkeypatch.setattr(sequencers, "HEIGHT", 32)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        refuse_flips(db, village, folder, LAST_OF_TALL, lambda bits: [bits // 3], TALL)


def test_sequencer_that_does_not_look_again_is_seen(village, db, folder, monkeypatch):
    """The planted fault: it believes what lies there, and what it wrote."""
    monkeypatch.setattr(Sequencer, "_look", lambda self, tx, head: tx.execute(sequencers._SIZE).one()[0])
    monkeypatch.setattr(Sequencer, "_reread", lambda self, old, new: None)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        refuse_flips(db, village, folder, [Tile(0, 0)], lambda bits: [99])


class SpoilingDisk(Disk):
    """Keeps one bit of one file otherwise than it was told: the n-th of the log's that is written."""

    def __init__(self, at: int, draw: random.Random) -> None:
        self.at, self.draw, self.done = at, draw, 0

    def write(self, path, raw, mode):
        if "tile" in path.parts:
            self.done += 1
        if self.done == self.at and "tile" in path.parts:
            spoilt = bytearray(raw)
            bit = self.draw.randrange(len(raw) * 8)
            spoilt[bit // 8] ^= 1 << bit % 8
            raw = bytes(spoilt)
        super().write(path, raw, mode)


def test_what_the_disk_kept_otherwise_than_it_was_told_is_never_signed(village, db, folder):
    """Every tile and bundle of a turn in turn: it is read again before the head is signed (LG-07)."""
    build(db, village, 250)
    sequencer(db, folder).run_once()
    build(db, village, 10, 250)
    head, draw = (folder / "keys/log.head").read_bytes(), random.Random(11)
    counting = SpoilingDisk(0, draw)
    aside = folder / "aside"
    shutil.copytree(folder, aside, ignore=shutil.ignore_patterns("aside"))
    sequencer(db, aside, counting).run_once()
    assert counting.done == 5  # of entries and of hashes the full one and the next, and one above

    for number in [1, 2, 3, 4, 5] * 4:
        with pytest.raises(Unsafe):
            sequencer(db, folder, SpoilingDisk(number, draw)).run_once()
        assert (folder / "keys/log.head").read_bytes() == head

    assert sequencer(db, folder).run_once().head.size == 260
    assert_whole(db, folder, 250)


class Crash(Exception):
    """The machine stops."""


class FailingDisk(Disk):
    """Stops at the n-th thing done to the disk, before or after it happened; counts them meanwhile."""

    def __init__(self, at: int = 10**9, after: bool = False) -> None:
        self.at, self.after, self.done = at, after, 0

    def _maybe(self, act, *args):
        self.done += 1
        if self.done == self.at and not self.after:
            raise Crash
        act(*args)
        if self.done == self.at:
            raise Crash

    def write(self, path, raw, mode):
        self._maybe(super().write, path, raw, mode)

    def move(self, source, target):
        self._maybe(super().move, source, target)

    def sync(self, folder):
        self._maybe(super().sync, folder)

    def remove(self, path):
        self._maybe(super().remove, path)


def count_steps(db, folder, aside):
    """How many things one turn does to the disk, tried on a copy of the folder."""
    shutil.copytree(folder, aside)
    disk = FailingDisk()
    sequencer(db, aside, disk).run_once()
    shutil.rmtree(aside)
    return disk.done


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_crash_at_every_step_is_completed_or_discarded(village, db, folder, tmp_path_factory, after):
    build(db, village, 254)
    sequencer(db, folder).run_once()
    build(db, village, 4, 254)
    aside = tmp_path_factory.mktemp("crash")
    truth = Tree(leaves(db))
    steps = count_steps(db, folder, aside / "count")
    assert steps > 20

    for step in range(1, steps + 1):
        crashed = aside / str(step)
        shutil.copytree(folder, crashed)
        with pytest.raises(Crash):
            sequencer(db, crashed, FailingDisk(step, after)).run_once()
        between = head_of(crashed)
        assert between in (
            Checkpoint(ORIGIN, 254, truth.root(254)),
            Checkpoint(ORIGIN, 258, truth.root(258)),
        )
        assert_whole(db, crashed, 254 if between.size == 258 else 0)
        signed = open_checkpoint((crashed / "keys/log.head").read_bytes(), [keys.read_verifier(crashed / "keys")])
        assert signed.size >= between.size

        head = sequencer(db, crashed).run_once().head

        assert head == assert_whole(db, crashed, 254) == Checkpoint(ORIGIN, 258, truth.root(258))
        shutil.rmtree(crashed)


def test_crash_between_signing_and_publishing_is_completed(village, db, folder):
    build(db, village, 2)
    sequencer(db, folder).run_once()
    older = (folder / "log/checkpoint").read_bytes()
    build(db, village, 1, 2)
    sequencer(db, folder).run_once()
    (folder / "log/checkpoint").write_bytes(older)

    sequencer(db, folder).run_once()

    assert head_of(folder).size == 3


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the lock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }
