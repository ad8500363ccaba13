"""Keeping, reading and erasing: sealed on the disk, few about one thing, opened by whom its room lets, gone with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub import audit, files, inventory, sealing
from hub.cli import forgetting
from hub.db import Database, metadata
from hub.errors import Conflict, NotFound, RuleViolation
from hub.files import Clean, File, Shelf, reading, rules
from hub.files.cleaning import TEXT
from hub.files.models import files as rows
from hub.ids import new
from hub.ledger.files import Disk
from hub.permits import VISITOR, Actor
from hub.settings import Settings
from tests.conftest import SetClock

CASE, OTHER = "cas_1", "cas_2"
WORDS = b"what was said and when"
ANN, BEN = Actor(person=new("per")), Actor(person=new("per"))


def text(raw: bytes = WORDS) -> Clean:
    return files.clean(raw)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "evidence")


@pytest.fixture
def seen_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Registers who reads files about cases, for one test."""

    def register(*people: Actor) -> None:
        monkeypatch.setattr(reading, "READERS", {"cas": lambda tx, file, actor: "panel" if actor in people else None})

    return register


def keep(db: Database, shelf: Shelf, cleaned: Clean | None = None, about: str = CASE, by: Actor = ANN) -> str:
    with db.write() as tx:
        return files.keep(tx, shelf, cleaned or text(), about=about, name="C:\\my notes.exe", actor=by)


def read(db: Database, shelf: Shelf, name: str, by: Actor) -> Any:
    with db.write() as tx:
        return files.read(tx, shelf, name, actor=by)


def names(shelf: Shelf) -> set[str]:
    return {path.name for path in shelf.folder.iterdir()} if shelf.folder.exists() else set()


def ids(db: Database) -> set[str]:
    with db.read() as tx:
        return set(tx.scalars(sa.select(rows.c.id)))


def test_file_is_kept_sealed_and_opens_for_its_sender(db: Database, shelf: Shelf, clock_at: SetClock) -> None:
    clock_at("2026-11-26T21:00Z")

    name = keep(db, shelf)
    found = read(db, shelf, name, ANN)

    on_disk = (shelf.folder / name).read_bytes()
    assert found == files.Opened(
        File(name, str(ANN.person), CASE, 1, "my notes.txt", TEXT, len(WORDS), text().sha256), WORDS
    )
    assert WORDS not in on_disk
    with db.read() as tx:
        assert b"notes" not in tx.execute(sa.select(rows.c.name)).scalar_one()
        assert files.files_about(tx, CASE) == [found.file]
    assert (shelf.folder.stat().st_mode & 0o007, (shelf.folder / name).stat().st_mode & 0o137) == (0, 0)


def test_nobody_else_learns_of_it(db: Database, shelf: Shelf) -> None:
    name = keep(db, shelf)

    refused = []
    for who, asked in [(BEN, name), (VISITOR, name), (ANN, new("fil")), (ANN, "../hub.toml"), (ANN, "")]:
        with pytest.raises(NotFound) as told:
            read(db, shelf, asked, who)
        refused.append(str(told.value))

    assert len(set(refused)) == 1
    with db.read() as tx:
        assert audit.notes_about(tx, str(ANN.person)) == []


def test_whoever_the_room_lets_in_reads_and_its_sender_is_told(
    db: Database, shelf: Shelf, seen_by: Any, clock_at: SetClock
) -> None:
    at = clock_at("2026-11-26T21:00Z").moment
    name = keep(db, shelf)
    elsewhere = keep(db, shelf, about="drw_1")
    seen_by(BEN)

    found = read(db, shelf, name, BEN)

    assert found.raw == WORDS
    with db.read() as tx:
        notes = audit.notes_about(tx, str(ANN.person))
    assert notes == [audit.Note("files.read", "panel", "my notes.txt", at)]
    with pytest.raises(NotFound):
        read(db, shelf, elsewhere, BEN)


def test_two_rooms_do_not_say_of_the_same_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READERS", {})
    files.readers("cas")(lambda tx, file, actor: None)

    with pytest.raises(RuntimeError, match="cas"):
        files.readers("cas")(lambda tx, file, actor: "anybody")


# Limits


def refused(db: Database, shelf: Shelf, cleaned: Clean) -> str:
    before = names(shelf), ids(db)
    with pytest.raises(RuleViolation) as told:
        keep(db, shelf, cleaned)
    assert (names(shelf), ids(db)) == before
    return told.value.code


def test_no_more_than_twenty_about_one_thing(db: Database, shelf: Shelf) -> None:
    for turn in range(rules.MOST):
        keep(db, shelf, text(b"%d" % turn))

    assert refused(db, shelf, text()) == "files.many"
    assert keep(db, shelf, about=OTHER) in ids(db)


def test_no_more_than_a_hundred_megabytes_about_one_thing(db: Database, shelf: Shelf) -> None:
    keep(db, shelf)
    with db.write() as tx:
        tx.execute(sa.update(rows).values(size=rules.TOGETHER - 5))

    assert refused(db, shelf, text(b"123456")) == "files.full"
    assert keep(db, shelf, text(b"12345")) in ids(db)


@pytest.mark.parametrize(
    ("sizes", "size", "code"),
    [([], rules.TOGETHER, ""), ([], rules.TOGETHER + 1, "files.full"), ([1] * 19, 1, ""), ([1] * 20, 1, "files.many"),
     ([99_000_000], 1_000_000, ""), ([99_000_000], 1_000_001, "files.full")],
)  # fmt: skip
def test_limits_are_what_they_say(sizes: list[int], size: int, code: str) -> None:
    assert rules.may_add(sizes, size).code == code


def test_of_two_at_once_the_second_looks_again(fresh: Callable[..., Database], shelf: Shelf) -> None:
    db = fresh()
    for turn in range(rules.MOST - 1):
        keep(db, shelf, text(b"%d" % turn))
    begin = Barrier(4)

    def one(turn: int) -> str:
        begin.wait()
        for _first in range(5):
            try:
                return keep(db, shelf, text(b"late %d" % turn))
            except IntegrityError:
                continue
            except RuleViolation as why:
                return why.code
        return "never"

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(4)))

    assert sorted(code for code in found if code.startswith("files.")) == ["files.many"] * 3
    assert len(ids(db)) == rules.MOST
    assert names(shelf) == ids(db)


# Faults of the disk


class Full(Disk):
    """A disk without room: it fails after half a file."""

    def write(self, path: Path, raw: bytes, mode: int) -> None:
        super().write(path, raw[: len(raw) // 2], mode)
        raise OSError(28, "No space left on device")


def test_full_disk_keeps_nothing(db: Database, shelf: Shelf) -> None:
    with pytest.raises(RuleViolation, match="We cannot keep files at the moment"):
        keep(db, Shelf(shelf.folder, Full()))

    assert (names(shelf), ids(db)) == (set(), set())


@pytest.mark.parametrize("fault", ["gone", "spoiled", "another's", "no key", "another hash"])
def test_file_that_cannot_be_opened_says_so(db: Database, shelf: Shelf, fault: str) -> None:
    name, other = keep(db, shelf), keep(db, shelf)
    path = shelf.folder / name
    if fault == "gone":
        path.unlink()
    elif fault == "no key":
        sealing.destroy(db, [name])
    elif fault == "another hash":
        with db.write() as tx:
            tx.execute(sa.update(rows).values(sha256="0" * 64))
    else:
        path.write_bytes((shelf.folder / other).read_bytes() if fault == "another's" else path.read_bytes()[:-1])

    with pytest.raises(Conflict, match="cannot be opened"):
        read(db, shelf, name, ANN)


# Erasing


def test_files_end_with_what_they_are_about(db: Database, shelf: Shelf) -> None:
    gone, stays = [keep(db, shelf), keep(db, shelf, by=BEN)], keep(db, shelf, about=OTHER)
    kept = {name: (shelf.folder / name).read_bytes() for name in gone}

    with db.write() as tx:
        found = files.erase(tx, CASE)
    files.bury(db, shelf, found)

    assert found == sorted(gone)
    assert (ids(db), names(shelf)) == ({stays}, {stays})
    with db.read() as tx:
        for name, raw in kept.items():
            with pytest.raises(sealing.Unreadable):
                sealing.open_sealed(tx, name, "files", raw)
    assert read(db, shelf, stays, ANN).raw == WORDS


def test_sender_takes_their_own_back_and_nobody_elses(db: Database, shelf: Shelf) -> None:
    name = keep(db, shelf)

    with db.write() as tx:
        found = [files.take_back(tx, name, actor=BEN), files.take_back(tx, name, actor=ANN)]

    assert found == [[], [name]]


def test_whoever_is_erased_takes_the_name_along_and_the_file_stays(db: Database, shelf: Shelf, seen_by: Any) -> None:
    name = keep(db, shelf)
    seen_by(BEN)

    with db.write() as tx:
        inventory.erase(tx, metadata, [str(ANN.person)])
    sealing.destroy(db, [str(ANN.person)])
    found = read(db, shelf, name, BEN)

    assert (found.file.name, found.raw) == ("file.txt", WORDS)


def test_sweep_removes_what_no_row_points_at(db: Database, shelf: Shelf, tmp_path: Path, clock_at: SetClock) -> None:
    clock = clock_at("2026-11-26T21:00Z")
    settings = Settings(tmp_path)
    erased, lost, stays = keep(db, shelf), keep(db, shelf), keep(db, shelf)
    with db.write() as tx:
        tx.execute(sa.delete(rows).where(rows.c.id.in_([erased, lost])))
    (shelf.folder / lost).unlink()
    (shelf.folder / "README").write_text("mine")

    clock.advance(hours=23)
    new_one = new("fil")
    shelf.put(new_one, b"on its way")
    forgetting.sweep_files(db, settings)
    early = names(shelf)
    clock.advance(hours=2)
    forgetting.sweep_files(db, settings)

    assert early == {erased, stays, new_one, "README"}
    assert names(shelf) == {stays, new_one, "README"}
    assert set(sealing.vault_of(db.engine).fetch([erased, lost, stays])) == {stays}
    assert read(db, shelf, stays, ANN).raw == WORDS


def test_wrong_database_costs_no_file(db: Database, another_db: Database, shelf: Shelf, clock_at: SetClock) -> None:
    clock = clock_at("2026-11-26T21:00Z")
    name = keep(db, shelf)
    clock.advance(days=3)

    found = files.sweep(another_db, shelf)

    assert (found, names(shelf)) == (0, {name})


def test_no_name_leads_out_of_the_folder(shelf: Shelf) -> None:
    for name in ("../x", "fil_../x", "/etc/passwd", "", "fil_" + "0" * 25):
        with pytest.raises(ValueError, match="no name of a file"):
            shelf.get(name)


def test_planted_shelf_that_does_not_seal_is_seen(db: Database, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "seal", lambda tx, subject, place, value: value)

    assert WORDS in (shelf.folder / keep(db, shelf)).read_bytes()
