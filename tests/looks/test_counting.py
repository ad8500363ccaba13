"""How often offices look is told by the month, in tens, and never below ten."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub import inventory, looks
from hub.db import Database, metadata
from hub.looks.counting import Count
from hub.looks.models import look_counts, look_months
from hub.looks.models import looks as rows
from tests.conftest import SetClock


def look(db: Database, clock: SetClock, times: int, *, role: str = "admin", purpose: str = "request") -> None:
    """So many looks now, each at somebody else."""
    told = {
        "at": clock.moment, "holder": "hld_x", "role": role, "scope_kind": "group", "scope_id": "grp_x",
        "purpose": purpose, "about": "grp_x", "fields": "nickname",
    }  # fmt: skip
    with db.write() as tx:
        tx.execute(sa.insert(rows), [{**told, "person": f"per_{number}"} for number in range(times)])


def count(db: Database) -> tuple[int, list[Count]]:
    """Counts what is owed; how many months that were, and what everybody can read since."""
    with db.write() as tx:
        return looks.count_months(tx), looks.counts(tx)


def of(month: str, many: int, *, role: str = "admin", purpose: str = "request") -> Count:
    return Count(month, role, "group", "grp_x", purpose, many)


def test_a_month_is_told_when_it_is_over_rounded_down_and_not_below_ten(db: Database, clock_at: SetClock) -> None:
    moment = clock_at("2026-11-30T23:59Z")
    look(db, moment, 19)
    look(db, moment, 10, role="moderator")
    look(db, moment, 9, role="helper")
    look(db, moment, 31, purpose="asked")
    early = count(db)
    moment.advance(minutes=1)
    look(db, moment, 50)

    assert early == (0, [])
    november = [of("2026-11", 30, purpose="asked"), of("2026-11", 10), of("2026-11", 10, role="moderator")]
    assert count(db) == (1, november)
    assert count(db) == (0, november)


def test_whoever_is_erased_afterwards_changes_no_number(db: Database, clock_at: SetClock) -> None:
    moment = clock_at("2026-11-30T23:59Z")
    look(db, moment, 12)
    moment.advance(minutes=1)
    before = count(db)
    with db.write() as tx:
        inventory.erase(tx, metadata, [f"per_{number}" for number in range(12)])

    assert (before[1], count(db)) == ([of("2026-11", 10)], (0, [of("2026-11", 10)]))


def test_a_worker_that_stood_still_counts_every_month_once(db: Database, clock_at: SetClock) -> None:
    moment = clock_at("2026-11-15T12:00Z")
    for _month in range(3):
        look(db, moment, 20)
        moment.advance(days=31)

    assert count(db) == (3, [of("2027-01", 20), of("2026-12", 20), of("2026-11", 20)])
    with db.read() as tx:
        assert looks.newest_month(tx) == "2027-01"


def test_no_number_below_ten_however_many_looks(db: Database, clock_at: SetClock) -> None:
    moment, chosen = clock_at("2026-11-01T00:00Z"), random.Random(5)
    real = [chosen.randrange(40) for _month in range(24)]
    for many in real:
        if many:
            look(db, moment, many)
        moment.advance(days=32)
        moment.put(moment.moment.replace(day=1))

    _months, found = count(db)

    assert len(found) > 10
    assert sorted(one.many for one in found) == sorted(many // 10 * 10 for many in real if many >= 10)


def test_the_store_itself_takes_no_number_below_ten(db: Database) -> None:
    with pytest.raises(IntegrityError), db.write() as tx:
        tx.execute(sa.insert(look_counts), {**vars(of("2026-11", 9))})


def test_where_nobody_ever_looked_nothing_is_owed(db: Database, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")

    assert count(db) == (0, [])
    with db.read() as tx:
        assert (looks.are_months_owed(tx), tx.execute(sa.select(look_months)).all()) == (False, [])
