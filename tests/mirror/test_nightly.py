"""The hub's daily look at itself: what it publishes, whom it tells, and that nothing it meets runs away with it."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa

from hub import settings as house
from hub.constitution.models import hub_facts
from hub.db import metadata
from hub.ledger.models import entries
from hub.mirror import nightly
from hub.mirror.nightly import Verified
from hub.outbox.models import letters
from hub.people.claiming import hold, open_person
from hub.permits.models import holdings
from tests.mirror.conftest import Town


@pytest.fixture
def db(_sqlite):
    """On SQLite alone: the command opens the store of the folder by itself."""
    made = _sqlite.fresh(metadata)
    yield made
    _sqlite.release(made)


@pytest.fixture
def hub(town: Town):
    """The town with its settings file, so that the command finds its database."""
    values = {"name": "Town hub", "url": "https://town.example", "session_days": 20}
    (town.folder / house.FILE).write_bytes(house.format_toml(values).encode())
    lay(town)
    return town


def lay(town):
    """Puts the store where the folder has it."""
    (town.folder / "hub.db").unlink(missing_ok=True)
    source = town.db.engine.raw_connection()
    with closing(sqlite3.connect(town.folder / "hub.db")) as target:
        source.driver_connection.backup(target)
    source.close()


def said(hub):
    return json.loads((hub.folder / "public/verified.json").read_bytes())


def test_honest_hub_says_that_its_record_holds(hub):
    found = nightly.look(hub.settings, hub.db)

    assert (found.holds, found.size, found.problems) == (True, 3, 0)
    assert {name: said(hub)[name] for name in ("at", "holds", "size", "origin", "problems")} == {
        "at": "2026-11-21T20:00:00Z", "holds": True, "size": 3, "origin": "town.example/log", "problems": 0,
    }  # fmt: skip


@pytest.mark.parametrize("edit", [
    sa.update(hub_facts).values(name="City hub"),
    sa.update(entries).where(entries.c.index == 1).values(by=77),
])  # fmt: skip
def test_edited_rows_are_published_as_problems_and_not_told_row_by_row(hub, edit):
    with hub.db.write() as tx:
        tx.execute(edit)
    lay(hub)

    found = nightly.look(hub.settings, hub.db)

    assert (found.holds, found.problems, said(hub)["holds"], said(hub)["problems"]) == (False, 2, False, 2)
    assert b"City hub" not in (hub.folder / "public/verified.json").read_bytes()


def test_log_that_does_not_hold_is_told(hub):
    bundle = next((hub.folder / "log/tile/entries").rglob("000.p/3"))
    bundle.write_bytes(bundle.read_bytes().replace(b"town.example", b"city.example"))

    assert (nightly.look(hub.settings, hub.db).holds, said(hub)["problems"]) == (False, 1)


@pytest.mark.parametrize("bounds", [{"seconds": 0.05}, {"memory": 50 << 20}])
def test_look_that_does_not_end_in_its_bounds_is_neither_yes_nor_no(hub, bounds):
    found = nightly.in_a_process(hub.folder, **bounds)

    assert (found.holds, found.why[:14]) == (None, "It did not end")


def test_look_is_made_where_a_service_may_not_give_way_to_others(strace):
    """As under the unit of deploy/systemd, whose filter refuses the call."""
    refusing = [strace, "-f", "-qq", "-o", "/dev/null", "-e", "inject=setpriority:error=EPERM"]
    says = "import os; print('looked', os.getpriority(os.PRIO_PROCESS, 0))"
    looking = [sys.executable, "-c", nightly.BOUNDED, str(8 << 30), "-c", says]
    told = subprocess.run([*refusing, *looking], capture_output=True, text=True, timeout=60, check=False)

    assert (told.stdout, told.returncode) == (f"looked {os.getpriority(os.PRIO_PROCESS, 0)}\n", 0)


def test_look_is_due_once_a_day_also_after_a_clock_that_went_back(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    looked = []

    def look():
        nightly.look(hub.settings, hub.db, lambda _data: looked.append(clock.moment) or Verified(True))

    for hours in (0, 1, 22, 2, -60):
        clock.advance(hours=hours)
        look()
    (hub.folder / "public/verified.json").write_text("{}")
    look()

    assert [moment - looked[0] for moment in looked] == [dt.timedelta(hours=h) for h in (0, 25, -35, -35)]


@pytest.mark.parametrize(("holds", "many"), [(True, 0), (None, 0), (False, 1)])
def test_stewards_are_told_where_it_does_not_hold(hub, monkeypatch, holds, many):
    with hub.db.write() as tx:
        person, other = open_person(tx), open_person(tx)
        holder = "hld_" + "0" * 26
        tx.execute(sa.insert(holdings), {"person": other, "holder": "hld_" + "1" * 26})
        hold(tx, person=person, holder=holder)
    grant = type("Grant", (), {"role": "steward", "holder": holder})
    decoy = type("Grant", (), {"role": "council", "holder": "hld_" + "1" * 26})
    monkeypatch.setattr(nightly.queries, "standing_grants", lambda _tx, scope: (grant, decoy))

    nightly.look(hub.settings, hub.db, lambda _data: Verified(holds, problems=1, why="Something."))

    with hub.db.read() as tx:
        told = tx.execute(sa.select(letters.c.person, letters.c.template)).all()
    assert [tuple(row) for row in told] == [(person, "record_differs")] * many
