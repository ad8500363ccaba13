"""What tests begin with is copied: each copy is like the first, and none is touched by what is done to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from hub import clock
from hub import db as house
from hub.db import Database
from hub.people.models import standings
from tests import copies, images
from tests.conftest import SetClock
from tests.databases import Store
from tests.people_for_tests import begin_hub, entry_count, member
from tests.towns import Town, build_town


def begin(db: Database, clock_at: SetClock) -> Town:
    """A town; half a day passes."""
    clock_at("2026-11-21T20:00Z")
    begin_hub(db)
    town = build_town(db, clock_at, voters=2)
    clock_at.advance(hours=12)
    return town


def everything(db: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    tables = house.metadata.sorted_tables
    with db.read() as tx:
        return {one.name: sorted((tuple(row) for row in tx.execute(sa.select(one))), key=repr) for one in tables}


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the first of two is built, and the second is its copy."""
    monkeypatch.setattr(copies, "KEPT", {})


def assert_apart(db: Store, another_db: Store, clock_at: SetClock) -> None:
    """Fails unless two that ask for the same begin with the same, and have nothing of each other's afterwards."""
    first = copies.of(db, begin, at=clock_at)
    at_first, moment, names = everything(db), clock.now(), [voter.nickname for voter in first.voters]
    first.voters.clear()
    with db.write() as tx:
        member(tx, "late_comer")
    touched = everything(db)
    clock.set_source(None)

    second = copies.of(another_db, begin, at=clock_at)

    assert (second.db, second.clock, clock.now()) == (another_db, clock_at, moment)
    assert [voter.nickname for voter in second.voters] == names == ["voter_0", "voter_1"]
    assert everything(another_db) == at_first
    with another_db.write() as tx:
        member(tx, "other_comer")
        assert len(tx.execute(sa.select(standings)).all()) == len(at_first["standings"]) + 1
    assert everything(db) == touched != at_first


def test_copy_is_like_the_first_and_apart_from_it(db: Store, another_db: Store, clock_at: SetClock) -> None:
    assert_apart(db, another_db, clock_at)


def share_the_value(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copies, "_apart", lambda value, instead: value)


def share_the_store(patch: pytest.MonkeyPatch) -> None:
    """What is copied is what the first test made of its store since."""
    patch.setattr(copies, "take", lambda db: db)
    patch.setattr(copies, "put", lambda db, image, is_empty: images.put(db, images.take(image), is_empty=is_empty))


def forget_the_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copies, "_standing", lambda: None)


def forget_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(copies, "put", lambda *_, **__: None)


@pytest.mark.parametrize("plant", [share_the_value, share_the_store, forget_the_clock, forget_rows])
def test_planted_fault_is_seen(
    db: Store, another_db: Store, clock_at: SetClock, monkeypatch: pytest.MonkeyPatch, plant: Callable[..., None]
) -> None:
    plant(monkeypatch)

    with pytest.raises(AssertionError):
        assert_apart(db, another_db, clock_at)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_planted_sequence_that_begins_anew_is_seen(
    db: Store, another_db: Store, clock_at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for store in (db, another_db):  # whoever had them before had them count far
        with store.engine.begin() as tx:
            tx.exec_driver_sql("ALTER SEQUENCE standings_id_seq RESTART")
    monkeypatch.setattr(copies, "take", lambda db: replace(images.take(db), counted={}))

    with pytest.raises(sqlalchemy.exc.IntegrityError):
        assert_apart(db, another_db, clock_at)


def test_builders_follow_one_another(db: Store, another_db: Store, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    for store in (db, another_db):
        begin_hub(store)
        build_town(store, clock_at, voters=2)

    assert everything(db) == everything(another_db)
    assert len(copies.KEPT) == 2


def test_store_to_which_something_was_done_is_built_on(db: Store, another_db: Store, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    begin_hub(db)
    begin_hub(another_db)
    with another_db.write() as tx:
        member(tx, "early_comer")
    for store in (db, another_db):
        build_town(store, clock_at, voters=2)

    with db.read() as one, another_db.read() as other:
        assert entry_count(one) == entry_count(other)
    assert len(everything(another_db)["persons"]) == len(everything(db)["persons"]) + 1


def test_other_hour_or_choice_is_another_beginning(db: Store, another_db: Store, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    begin_hub(db)
    clock_at("2026-11-22T20:00Z")
    begin_hub(another_db)

    assert everything(db)["entries"] != everything(another_db)["entries"]


def test_function_of_one_test_is_refused(db: Store) -> None:
    with pytest.raises(TypeError, match="another function in each test"):
        copies.of(db, lambda db: None)

    assert everything(db)["entries"] == []
