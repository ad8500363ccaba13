"""A copy holds everything of its person and nothing of anybody else; erasing leaves nothing that leads to them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import inventory, sealing
from hub.db import Database, metadata
from hub.inventory import Line
from tests.inventory.rows import make_up, parents_first

LINES = inventory.private("hub")
OWN = [line for line in LINES.values() if line.of is not None]


def fill(tx: Connection, person: str, marker: str) -> dict[str, dict[str, object]]:
    """A row of every table about a person; the rows."""
    rows: dict[str, dict[str, object]] = {}
    for line in parents_first():
        whose: object = person if line.through is None else rows[line.through]["id"]
        rows[line.table] = make_up(tx, line, marker=marker, **{str(line.of): whose})
    return rows


def masked(line: Line) -> set[str]:
    """Columns that name somebody else, or would let a reader in."""
    return {name for name, field in line.fields.items() if field.is_a in ("other", "secret")}


def test_copy_holds_every_column_of_ones_own_and_none_of_others(db: Database) -> None:
    with db.write() as tx:
        mine = fill(tx, "per_mine", "MINE")
        for number in range(50):
            fill(tx, f"per_{number}", f"THEIRS{number}")

    with db.read() as tx:
        copy = inventory.held(tx, metadata, "per_mine", sealing.read_bytes)
        closed = inventory.held(tx, metadata, "per_mine")

    told = json.dumps(copy)
    sealed = {(table, column) for table in mine for column in LINES[table].sealed if column not in masked(LINES[table])}
    read = {(table, column): str(copy[table][0][column]) for table, column in sealed}
    markers = {one: {f"MINE{one[1]}", f"MINE{one[1]}".encode().hex()} for one in sealed}
    assert [one for one, text in read.items() if not any(marker in text for marker in markers[one])] == []
    assert {one: closed[one[0]][0][one[1]] for one in sealed} == dict.fromkeys(sealed)
    assert {table: len(rows) for table, rows in copy.items()} == {line.table: 1 for line in OWN}
    for table, row in mine.items():
        shown = copy[table][0]
        expected = {name: None if name in masked(LINES[table]) else shown[name] for name in row}
        assert shown == expected, table
        words = {name: value for name, value in row.items() if isinstance(value, str)}
        assert {name for name, word in words.items() if word not in told} == masked(LINES[table]) & set(words), table
    assert "THEIRS" not in told
    assert b"THEIRS".hex() not in told


ALSO = [line for line in LINES.values() if line.also is not None]


def test_what_somebody_did_in_others_rows_is_in_their_copy_without_whom_it_is_about(db: Database) -> None:
    with db.write() as tx:
        tx.execute(sa.insert(metadata.tables["holdings"]), {"person": "per_mine", "holder": "hld_mine"})
        for number, (person, holder) in enumerate([("per_mine", "hld_mine"), ("per_other", "hld_other")]):
            for line in ALSO:
                did = holder if line.fields[str(line.also)].is_a == "holder" else person
                about = {line.of: "per_about"} if line.of else {}
                make_up(tx, line, marker=f"WORD{number}", **about, **{str(line.also): did})

    with db.read() as tx:
        done = inventory.done(tx, metadata, "per_mine")
        nothing = inventory.done(tx, metadata, "per_about")

    assert ({table: len(rows) for table, rows in done.items()}, nothing) == ({line.table: 1 for line in ALSO}, {})
    shown = {table: {name for name, value in rows[0].items() if value is not None} for table, rows in done.items()}
    assert shown == {
        "invitations": {"kind", "role", "scope_kind", "scope_id", "branch_id", "act", "by_person"}
        | {"made_at", "until_at", "used_at"},
        "looks": {"id", "at", "told_at", "holder", "role", "purpose", "fields", "scope_kind", "scope_id", "about"}
        | {"delay"},
        "member_links": {"id", "group", "kind", "at", "shown_from", "kept_at", "kept_by"},
    }  # fmt: skip
    assert "per_about" not in json.dumps(done)


def test_every_column_that_names_somebody_else_is_in_that_ones_copy() -> None:
    naming = {
        (line.table, name)
        for line in LINES.values()
        for name, field in line.fields.items()
        if field.is_a in ("other", "holder") and line.table != "holdings"
    }

    assert naming == {(line.table, str(line.also)) for line in ALSO}


def test_erasing_leaves_only_what_the_inventory_says_stays(db: Database) -> None:
    with db.write() as tx:
        fill(tx, "per_mine", "MINE")
        theirs = fill(tx, "per_other", "THEIRS")

    with db.write() as tx:
        gone = inventory.erase(tx, metadata, ["per_mine"])
        left = inventory.held(tx, metadata, "per_mine")
        kept = inventory.held(tx, metadata, "per_other")

    assert gone == {line.table: 1 for line in OWN if not line.stays}
    assert set(left) == {line.table for line in OWN if line.stays}
    assert set(kept) == set(theirs)


def test_nobody_is_found_by_what_stays(db: Database) -> None:
    with db.write() as tx:
        fill(tx, "per_mine", "MINE")
        inventory.erase(tx, metadata, ["per_mine"])
        tables = {line.table: metadata.tables[line.table] for line in OWN if line.stays}
        rows = {name: dict(tx.execute(sa.select(table)).mappings().one()) for name, table in tables.items()}

    # The name that stays is random, and no row that it leads to is left.
    assert {name: row[str(LINES[name].of)] for name, row in rows.items()} == dict.fromkeys(rows, "per_mine")
