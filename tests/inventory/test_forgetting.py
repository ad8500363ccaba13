"""What has had its days is deleted, and nothing before."""

from __future__ import annotations

import datetime as dt
import importlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import audit, clock, inventory
from hub.cli import forgetting
from hub.db import Database, metadata
from hub.settings import build
from tests.conftest import SetClock
from tests.inventory.rows import make_up

TERMS = {line.table: line for line in inventory.private("hub").values() if line.days is not None}
SECOND = dt.timedelta(seconds=1)


def test_rows_go_a_second_after_their_days_and_not_before(db: Database, clock_at: SetClock) -> None:
    clock_at("2028-11-26T20:00Z")
    with db.write() as tx:
        make_up(tx, inventory.private("hub")["persons"], marker="x", id="per_a")
        for line in TERMS.values():
            person = {str(line.of): "per_a"} if line.of else {}
            edge = clock.now() - dt.timedelta(days=int(line.days or 0))
            make_up(tx, line, marker="due", at=edge - SECOND, **person)
            make_up(tx, line, marker="not yet", at=edge, **person)

    forgetting.forget_by_terms(db)

    with db.read() as tx:
        left = {name: tx.execute(sa.select(metadata.tables[name])).mappings().all() for name in TERMS}
    assert {name: [row[str(TERMS[name].after)] for row in rows] for name, rows in left.items()} == {
        name: [clock.now() - dt.timedelta(days=int(line.days or 0))] for name, line in TERMS.items()
    }


def test_what_is_not_over_has_no_end(db: Database, clock_at: SetClock) -> None:
    moment = clock_at("2028-11-26T20:00Z")
    open_ones = [line for line in TERMS.values() if metadata.tables[line.table].c[str(line.after)].nullable]
    with db.write() as tx:
        for name in {str(line.of) for line in open_ones if line.of}:
            make_up(tx, inventory.private("hub")["persons"], marker=name, id=f"open{name}")
            make_up(tx, inventory.private("hub")["standings"], marker=name, person=f"open{name}", until_at=None)
        for line in open_ones:
            make_up(tx, line, marker="open", **{str(line.after): None})
    moment.advance(days=9000)

    forgetting.forget_by_terms(db)

    with db.read() as tx:
        tables = [metadata.tables[line.table] for line in open_ones]
        left = {table.name: tx.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables}
    assert (left, bool(left)) == (dict.fromkeys(left, 1), True)


# Run elsewhere: when a ballot is counted, a day of receipts is, what a file is about ends, or somebody is erased.
BY_OTHERS = {
    "hub.ballots.box:empty", "hub.receipts.actions:count", "hub.files.storing:erase", "hub.inventory.own:erase",
}  # fmt: skip


def test_every_job_of_the_inventory_is_done_by_the_worker(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {str(line.job) for line in inventory.private("hub").values() if line.job} - BY_OTHERS
    done: list[str] = []
    for job in jobs:
        module, _colon, name = job.partition(":")
        monkeypatch.setattr(importlib.import_module(module), name, lambda *_, job=job, **__: done.append(job) or 0)
        if job == "hub.audit.trail:forget_old":
            monkeypatch.setattr(audit, name, lambda *_, job=job, **__: done.append(job) or 0)

    forgetting.forget(db, build(Path(), {"name": "x", "url": "https://hub.example.org"}))
    forgetting.forget_by_terms(db)

    assert (sorted(done), len(jobs) > 10) == (sorted(jobs), True)


def test_rows_that_come_after_an_erasing_are_swept(db: Database) -> None:
    with db.write() as tx:
        make_up(tx, inventory.private("hub")["persons"], marker="x", id="per_a")
        for person in ("per_a", "per_gone"):
            make_up(tx, inventory.private("hub")["letters"], marker=person, person=person)
            make_up(tx, inventory.private("hub")["ballot_roll"], marker=person, person=person)

    with db.write() as tx:
        swept = inventory.sweep(tx, metadata)
        left = {who: set(inventory.held(tx, metadata, who)) for who in ("per_a", "per_gone")}

    assert swept == {"letters": 1}
    assert left == {"per_a": {"persons", "letters", "ballot_roll"}, "per_gone": {"ballot_roll"}}
