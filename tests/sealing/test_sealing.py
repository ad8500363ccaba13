"""Sealed for one subject and one place, opened there alone, and by nobody once the key is destroyed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from hub import db as house
from hub import migrate, sealing
from hub.db import Database
from hub.sealing import Memory, Sealed, Unreadable, Vault, models
from hub.sealing.vault import Stored
from tests.conftest import SetClock

PLACE = "letters.params"


@pytest.fixture(params=["memory", "stored"])
def vault(request: pytest.FixtureRequest, fresh: Callable[..., Database]) -> Vault:
    """A vault in memory, and one in a store, of either engine."""
    return Memory() if request.param == "memory" else Stored(fresh(models.metadata))


@pytest.fixture
def db(db: Database, vault: Vault) -> Database:
    sealing.attach(db, vault)
    return db


def sealed_for(db: Database, subject: str, value: bytes = b"words") -> bytes:
    with db.read() as tx:
        return sealing.seal(tx, subject, PLACE, value)


def opened(db: Database, subject: str, sealed: bytes, place: str = PLACE) -> bytes | None:
    with db.read() as tx:
        try:
            return sealing.open_sealed(tx, subject, place, sealed)
        except Unreadable:
            return None


@pytest.mark.parametrize("value", [b"", b"words", bytes(range(256)) * 400])
def test_what_was_sealed_opens_for_its_subject_and_place(db: Database, value: bytes) -> None:
    sealed = sealed_for(db, "per_a", value)

    assert opened(db, "per_a", sealed) == value
    assert not value or value not in sealed


def test_it_opens_for_nobody_else_and_nowhere_else(db: Database) -> None:
    sealed = sealed_for(db, "per_a")
    sealed_for(db, "per_b")
    turned = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]

    assert [opened(db, "per_b", sealed), opened(db, "per_a", sealed, "letters.template")] == [None, None]
    assert [opened(db, "per_a", other) for other in (*turned, sealed[:-1], b"", b"words")] == [None] * (len(turned) + 3)


def test_the_same_words_are_never_sealed_alike(db: Database) -> None:
    assert len({sealed_for(db, "per_a") for _time in range(20)}) == 20


def test_destroyed_keys_open_nothing_and_others_still_do(db: Database) -> None:
    mine, theirs = sealed_for(db, "per_a"), sealed_for(db, "per_b")

    gone = sealing.destroy(db, ["per_a", "per_nobody"])

    assert (gone, opened(db, "per_a", mine), opened(db, "per_b", theirs)) == (1, None, b"words")
    assert sealing.destroy(db, []) == 0


def test_whoever_comes_back_has_another_key(db: Database) -> None:
    before = sealed_for(db, "per_a")
    sealing.destroy(db, ["per_a"])

    after = sealed_for(db, "per_a", b"new")

    assert (opened(db, "per_a", before), opened(db, "per_a", after)) == (None, b"new")


def test_words_that_nobody_can_read_are_none(db: Database) -> None:
    with db.read() as tx:
        sealed = sealing.write(tx, "per_a", PLACE, "wörter")
        said = [sealing.read(tx, "per_a", PLACE, sealed), sealing.read(tx, "per_a", PLACE, None)]
    sealing.destroy(db, ["per_a"])
    with db.read() as tx:
        left = sealing.read(tx, "per_a", PLACE, sealed)

    assert (said, left) == (["wörter", None], None)


def test_one_unit_of_work_asks_once_and_the_next_asks_again(db: Database, vault: Vault, monkeypatch) -> None:
    sealed = [sealed_for(db, "per_a"), sealed_for(db, "per_b")]
    asked: list[list[str]] = []
    fetch = vault.fetch
    monkeypatch.setattr(vault, "fetch", lambda subjects: asked.append(list(subjects)) or fetch(subjects))

    with db.read() as tx:
        sealing.new(tx, ["per_a", "per_b", "per_a"])
        for _time in range(3):
            sealing.open_sealed(tx, "per_a", PLACE, sealed[0])
            sealing.open_sealed(tx, "per_b", PLACE, sealed[1])
    once = list(asked)
    opened(db, "per_a", sealed[0])

    assert (once, asked) == ([["per_a", "per_b"]], [["per_a", "per_b"], ["per_a"]])


def test_many_keys_at_once(db: Database) -> None:
    people = [f"per_{number}" for number in range(1203)]

    with db.read() as tx:
        sealing.new(tx, people)
        sealed = {person: sealing.seal(tx, person, PLACE, person.encode()) for person in people}
    with db.read() as tx:
        read = {person: sealing.read(tx, person, PLACE, sealed[person]) for person in people}

    assert read == {person: person for person in people}
    assert (sealing.destroy(db, people), opened(db, "per_7", sealed["per_7"])) == (1203, None)


def test_a_word_is_one_subjects_until_their_row_says_otherwise(db: Database) -> None:
    rows = {"per_a": "fox"}

    def take(word: str, person: str) -> str:
        with db.write() as tx:
            return sealing.take(tx, "nickname", word, person, lambda other: rows.get(other) == word)

    with db.write() as tx:
        sealing.take(tx, "nickname", "fox", "per_a", lambda _other: False)
    held = [take("fox", "per_b"), take("fox", "per_a"), take("hare", "per_b")]
    rows["per_a"] = "owl"
    freed = take("fox", "per_b")

    assert (held, freed) == (["per_a", "per_a", "per_b"], "per_b")


def test_a_word_is_found_until_its_subject_is_gone_and_no_other_kind_of_it(db: Database) -> None:
    def found(kind: str, *, holds: bool = True) -> str | None:
        with db.read() as tx:
            return sealing.owner(tx, kind, "fox", lambda _person: holds)

    sealed_for(db, "per_a")
    with db.write() as tx:
        sealing.take(tx, "nickname", "fox", "per_a", lambda _person: True)
    there = [found("nickname"), found("nickname", holds=False), found("row")]
    sealing.destroy(db, ["per_a"])

    assert (there, found("nickname")) == (["per_a", None, None], None)


def test_a_key_without_a_row_is_swept_after_a_day_and_no_other(db: Database, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    mine, lost, case = sealed_for(db, "per_a"), sealed_for(db, "per_lost"), sealed_for(db, "cas_a")
    clock_at.advance(hours=23)
    sealed_for(db, "per_new")

    early = sealing.sweep(db, "per", lambda _tx, some: {"per_a"} & set(some))
    clock_at.advance(hours=1, seconds=1)
    empty = sealing.sweep(db, "per", lambda _tx, _some: set())
    swept = sealing.sweep(db, "per", lambda _tx, some: {"per_a"} & set(some))

    assert (early, empty, swept) == (0, 0, 1)
    left = sealing.vault_of(db.engine).fetch(["per_a", "per_lost", "per_new", "cas_a"])
    assert set(left) == {"per_a", "per_new", "cas_a"}
    assert [opened(db, "per_a", mine), opened(db, "per_lost", lost), opened(db, "cas_a", case)] == [
        b"words", None, b"words",
    ]  # fmt: skip


def test_a_store_whose_keys_lie_nowhere_is_refused(fresh: Callable[..., Database]) -> None:
    database = fresh(models.metadata)
    sealing.units._vaults.pop(database.engine, None)

    with database.read() as tx, pytest.raises(RuntimeError, match="attach"):
        sealing.seal(tx, "per_a", PLACE, b"words")


@pytest.mark.parametrize("clear", ["words", b"words", b"\x01words", b"\x02" + bytes(40)])
def test_a_sealed_column_takes_nothing_that_is_clear(db: Database, clear: object) -> None:
    table = sa.Table("boxes", sa.MetaData(), sa.Column("box", Sealed))
    with db.write() as tx:
        table.create(tx)
        try:
            with pytest.raises(sa.exc.StatementError, match="sealed, and nothing else"):
                tx.execute(sa.insert(table), {"box": clear})
            box = sealing.seal(tx, "per_a", PLACE, b"words")
            tx.execute(sa.insert(table), [{"box": box}, {"box": None}])
            assert set(tx.scalars(sa.select(table.c.box))) == {box, None}
        finally:
            table.drop(tx)


def test_whose_key_was_destroyed_is_known_for_three_months(db: Database, vault: Vault, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    sealed_for(db, "per_a")
    sealing.destroy(db, ["per_a"])
    clock_at.advance(days=92)

    early, kept = vault.forget(), vault.erased()
    clock_at.advance(seconds=1)

    assert (early, kept, vault.forget(), vault.erased()) == (0, ["per_a"], 1, [])


def test_destroyed_keys_leave_the_vaults_files(tmp_path) -> None:
    store = Database(f"sqlite:///{tmp_path / 'people.db'}")
    migrate.bring_up(store, "vault")
    vault = Stored(store)
    key = vault.make(["per_a", "per_b"])["per_a"]
    vault.name("nickname", {"fox": "per_a"})

    def bytes_of() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.iterdir())

    before = (key in bytes_of(), b"fox" in bytes_of())
    vault.destroy(["per_a"])

    assert before == (True, False)
    assert (key in bytes_of(), vault.owner("nickname", "fox")) == (False, None)
    store.close()


def test_the_house_knows_no_table_of_the_vault() -> None:
    assert not set(models.metadata.tables) & set(house.metadata.tables)
