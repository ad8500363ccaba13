"""Rows of a hub edited behind its record, and the hub started on them: public verifiers name every kind of row.

The operator has the database, and needs no key for it. Nothing of it stands in an entry, so witnesses sign on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from hub import settings as house
from hub.cli import stores
from hub.db import Database
from hub.ledger.models import entries
from hub.ledger.reading import own_key
from hub.ledger.state import INPUTS, public_tables, rows_of
from hub.ledger.verify import verify as log_verify
from tests.drill.conftest import before as before
from tests.drill.conftest import started as started
from tests.drill.conftest import town as town
from tests.drill.town import Town
from tests.machines import Machine, Started, asked, eventually, program, saying
from tests.replaying import lines_of
from tests.verifier import fold, verifier

pytestmark = [pytest.mark.xdist_group("drill"), pytest.mark.timeout(240)]


# What an operator would like to edit, in words, each in one statement.
WISHES = {
    "grants": "UPDATE grants SET until_at = until_at + 155520000 WHERE ended_at IS NULL",
    "holders": "UPDATE holders SET shown = 'Somebody Else' WHERE shown IS NOT NULL",
    "constitutions": "UPDATE constitutions SET text = replace(text, 'days = 14', 'days = 15'), version = version + 7",
    "role_powers": "UPDATE role_powers SET tenure_days = tenure_days + 1",
    "groups": "UPDATE groups SET name = name || ' (official)', seats = seats + 5",
    "branches": "UPDATE branches SET name = name || ' (official)'",
    "group_links": "UPDATE group_links SET url = 'https://elsewhere.example'",
    "areas": "UPDATE areas SET names = '[\"Elsewhere\"]'",
    "signing_keys": "UPDATE signing_keys SET withdrawn_entry = 1",
    "role_keys": "UPDATE role_keys SET public_key = replace(public_key, 'A', 'B')",
    "acts": "UPDATE acts SET outcome = 'refused' WHERE outcome IS NOT NULL",
    "clients": "UPDATE clients SET tells = 'name'",
}


INVENTED = """INSERT INTO grants
    SELECT 'grt_00000000000000000000000000', 999999, holder, 'council', scope_kind, scope_id, branch_id, 'election',
    NULL, from_at, until_at, NULL, NULL, NULL, NULL, NULL FROM grants
    WHERE role = 'council' AND ended_at IS NULL LIMIT 1"""

INVENTED_SHOWN = "powers.json shows an office that the record does not give"
DIFFERS = "What the hub shows differs from what its record gives"


def test_hub_that_is_started_on_edited_rows_is_found_out_at_its_own_address(town: Town, started: list[Started]) -> None:
    machine = Machine(town.hub, town.url)
    started.append(machine.hub)
    size = eventually(machine.size)
    honest, quiet = program(town.url), asked("monitor", town.url, "--once")
    machine.hub.kill()
    state = (town.hub / "public/state.json").read_bytes()
    with sqlite3.connect(town.hub / "hub.db") as rows:
        edited = {name for name, wish in WISHES.items() if rows.execute(wish).rowcount}
        rows.execute(INVENTED)
    rows.close()

    again = Machine(town.hub, town.url)
    started.append(again.hub)
    eventually(lambda: (town.hub / "public/state.json").read_bytes() != state and again.size())
    # What a hub shows is compared with a record of the same size: it goes on writing while it is looked at.
    found = eventually(lambda: saying(program(town.url), "problems", INVENTED_SHOWN))
    alarm = eventually(lambda: saying(asked("monitor", town.url, "--once", code=3), "alarms", DIFFERS))

    assert size > 100
    assert (honest["problems"], quiet["alarms"]) == ([], [])
    assert edited == set(WISHES)
    named = {problem.partition(":")[0] for problem in found["problems"]}
    assert named >= edited
    assert alarm["size"] >= size


# -- every table, every column -----------------------------------------------------------------------------------------


@pytest.fixture
def rows(town: Town) -> Iterator[Database]:
    """The hub's store."""
    db = stores.open_hub(house.load(town.hub))
    yield db
    db.close()


def other(column: sa.Column[Any], value: Any) -> Any:
    """Another value for a cell, as the store keeps it."""
    if isinstance(column.type, sa.JSON):
        return '["edited"]'
    if isinstance(column.type, sa.LargeBinary):
        return b"x" + bytes(value or b"")[1:]
    if isinstance(column.type, sa.Boolean):
        return 0 if value else 1
    if isinstance(value, int) or not isinstance(column.type, sa.Text):
        return (value or 0) + 7
    return f"{value or ''}0"


def edits(tx: Connection, table: sa.Table) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Yields (what, statement, values): each column of a row edited, the row taken away, and one invented."""
    first = tx.exec_driver_sql(f'SELECT rowid, * FROM "{table.name}" LIMIT 1').first()
    for at, column in enumerate(table.columns, 1):
        if first is not None:
            edit = f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE rowid = ?'
            yield column.name, edit, (other(column, first[at]), first[0])
    if first is not None:
        yield "(taken away)", f'DELETE FROM "{table.name}" WHERE rowid = ?', (first[0],)
    invented = tuple(other(column, first[at] if first else None) for at, column in enumerate(table.columns, 1))
    yield "(invented)", f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(invented))})', invented


def test_every_edit_of_every_public_row_is_told_by_both_programs(rows: Database) -> None:
    """What a restarted worker publishes of its rows, cell by cell, against what the entries give."""
    mine = verifier.tables(fold(lines_of(rows)))
    silent, refused, tried = [], [], 0
    for table in public_tables():
        if table.name in INPUTS:
            continue
        columns = [column.name for column in table.columns]
        with rows.engine.connect() as tx:
            tx.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            true = rows_of(tx, table)
            for what, statement, values in list(edits(tx, table)):
                tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                try:
                    tx.exec_driver_sql(statement, values)
                    said = rows_of(tx, table)
                except IntegrityError:
                    refused.append((table.name, what))  # by the store itself
                    continue
                finally:
                    tx.rollback()
                told = {table.name: {"columns": columns, "rows": [json.loads(row) for row in said]}}
                theirs = verifier.compare(told, {table.name: mine[table.name]})
                tried += 1
                silent += [] if said != true and theirs else [(table.name, what)]

    assert silent == []
    assert (tried > 150, len(refused) < tried // 10) == (True, True), (tried, refused)


def test_edited_entry_and_words_are_told_by_whoever_has_the_database(rows: Database, town: Town) -> None:
    """The record's own rows are in no state.json: the log has them. Who sees both is the hub's nightly look."""
    with rows.write() as tx:
        tx.execute(sa.update(entries).where(entries.c.index == 3).values(by=77))
        tx.exec_driver_sql("""UPDATE openings SET name = 'other' WHERE "index" = 0""")

    report = log_verify(town.hub, own_key(town.hub, None), rows)

    assert {problem.partition(":")[0] for problem in report.problems} == {"entries", "openings"}
