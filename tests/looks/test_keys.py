"""A key opens one record, to organisers of one branch, for a week, until it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub import looks
from hub.db import Database
from hub.errors import Forbidden, Invalid
from hub.looks.models import look_keys
from hub.permits import Actor
from tests.conftest import SetClock
from tests.people_for_tests import again, found_branch, found_hub, member, seat_council

Town = tuple[Database, SetClock, Any, list[Actor], Actor, list[Actor]]


@pytest.fixture
def town(db: Database, clock_at: SetClock) -> Town:
    moment = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        council = seat_council(tx, "anna", "ben")
        branch, founders = found_branch(tx, council)
        una = member(tx, "una")
    return db, moment, branch, founders, una, council


def give(town: Town) -> str:
    db, _clock, branch, _founders, una, _council = town
    with db.write() as tx:
        return looks.give_key(tx, actor=una, scope=branch.scope)


def opened(town: Town, key: str, who: Actor | None = None) -> dict[str, Any]:
    db, founders = town[0], town[3]
    with db.write() as tx:
        return looks.open_by_key(tx, actor=again(tx, who or founders[0]), key=key)


def looks_at_una(town: Town) -> list[tuple[str, tuple[str, ...]]]:
    with town[0].read() as tx:
        return [(look.purpose, look.fields) for look in looks.looks_at(tx, str(town[4].person))]


def test_an_organiser_sees_three_fields_and_the_member_reads_it(town: Town) -> None:
    key = give(town)

    seen = opened(town, key.upper().replace("-", " "))

    assert {name: str(value) for name, value in seen.items()} == {
        "nickname": "una", "area": "york", "since": "2020-01-01",
    }  # fmt: skip
    assert looks_at_una(town) == [("asked", ("nickname", "area", "since"))]


def test_a_key_is_over_after_a_week(town: Town) -> None:
    key, (_db, moment, *_rest) = give(town), town
    moment.advance(days=7, seconds=-1)
    before = opened(town, key)
    moment.advance(seconds=1)
    with pytest.raises(Invalid) as refusal:
        opened(town, key)

    assert (before["nickname"], list(refusal.value.fields), len(looks_at_una(town))) == ("una", ["key"], 1)


@pytest.mark.parametrize("wrong", ["", "2222-3333-4444-5555"])
def test_a_key_that_nobody_gave_opens_nothing(town: Town, wrong: str) -> None:
    give(town)

    with pytest.raises(Invalid):
        opened(town, wrong)
    assert looks_at_una(town) == []


def test_a_key_taken_back_or_replaced_opens_nothing(town: Town) -> None:
    first, second = give(town), give(town)
    with pytest.raises(Invalid):
        opened(town, first)
    with town[0].write() as tx:
        taken = looks.take_key_back(tx, actor=town[4])
    with pytest.raises(Invalid):
        opened(town, second)

    assert (taken, looks_at_una(town)) == (True, [])


def test_organisers_of_another_branch_and_members_open_nothing(town: Town) -> None:
    key, db = give(town), town[0]
    with db.write() as tx:
        _other, elsewhere = found_branch(tx, [again(tx, one) for one in town[5]], "ynys-mon", "mon")

    with pytest.raises(Invalid):
        opened(town, key, elsewhere[0])
    for stranger in (town[4], town[5][0]):
        with pytest.raises(Forbidden):
            opened(town, key, stranger)
    assert looks_at_una(town) == []


def test_the_store_has_no_key_in_clear(town: Town) -> None:
    key = give(town)

    with town[0].read() as tx:
        row = tx.execute(sa.select(look_keys)).one()
    assert key.replace("-", "") not in str(tuple(row)).replace("-", "")
