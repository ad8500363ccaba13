"""Words of before are sealed when a hub comes up to date, nobody loses one, and a step back opens them all again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from hub import migrate, outbox, sealing
from hub.audit import notes_about
from hub.db import Database
from hub.errors import Unsafe
from hub.groups import queries as groups
from hub.oidc.models import consents
from hub.people import passkeys
from hub.people import queries as people
from hub.people.sealed import nickname_of, person_of_row
from tests.conftest import Backend

AT = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
BEFORE, AFTER = "0059", "0057"
MANY = 1203  # more than two rounds of a batch
CLEAR = {
    "persons": ("id", "entry_ref", "seed"), "accounts": ("person", "nickname"), "letters": ("id", "person", "params"),
    "audit_notes": ("person", "why"), "passkeys": ("id", "name"), "group_drafts": ("person", "branch", "fields"),
    "consents": ("person", "client", "address_sealed"), "address_proofs": ("person", "sealed"),
}  # fmt: skip


@pytest.fixture
def store(backend: Backend) -> Iterator[Database]:
    """A store of before, with people in it; given back as it came."""
    database = backend.fresh(sa.MetaData())
    migrate.bring_up(database, "hub", BEFORE)
    with database.write() as tx:
        fill(tx)
    yield database
    with database.write() as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")
    backend.release(database)


def fill(tx: sa.Connection) -> None:
    """Many people with a letter each, and one of them with a row of everything."""
    at = int(AT.timestamp())
    names = [f"per_{number:04}" for number in range(MANY)]

    def put(table: str, rows: list[dict[str, object]]) -> None:
        columns = [sa.column(name) for name in rows[0]]
        tx.execute(sa.insert(sa.table(table, *columns)), rows)

    put("persons", [{"id": p, "entry_ref": f"ent_{p}", "seed": p.encode(), "made_at": at} for p in names])
    put("persons", [{"id": "per_claims", "entry_ref": None, "seed": None, "made_at": at}])
    put("accounts", [{"person": p, "nickname": f"fox_{p}", "shown": "nickname", "made_at": at} for p in names])
    put("letters", [
        {"id": f"ltr_{p}", "person": p, "template": "registered", "params": json.dumps({"place": f"/{p}"}), "at": at}
        for p in names
    ])  # fmt: skip
    put("audit_notes", [{"person": "per_0007", "what": "x", "by": "self", "why": "spoken word", "at": at}])
    consent = {"told": "{}", "silent": False, "given_at": at, "address_confirmed": True}
    put("consents", [{"person": p, "client": "cli_a", "address_sealed": f"to {p}".encode(), **consent} for p in names])
    put("consents", [{"person": "per_0007", "client": "cli_b", "address_sealed": None, **consent}])
    put("address_proofs", [
        {"person": "per_0007", "client": "cli_a", "code_hash": "h", "sealed": b"to_prove", "asked_at": at, "tries": 0}
    ])  # fmt: skip
    put("passkeys", [
        {"id": "key", "person": "per_0007", "public_key": b"k", "sign_count": 0, "name": "blue phone", "made_at": at}
    ])  # fmt: skip
    put("group_drafts", [
        {"person": "per_0007", "branch": "brn_a", "fields": json.dumps({"name": "Choir"}), "at": at}
    ])  # fmt: skip


def clear(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every value of the columns, as a store of before has them."""
    with database.read() as tx:
        found = {}
        for table, columns in CLEAR.items():
            rows = sa.table(table, *(sa.column(name) for name in columns))
            # In an order that no store's own says anything of.
            found[table] = sorted((tuple(map(_plain, row)) for row in tx.execute(sa.select(rows))), key=repr)
        return found


def _plain(value: object) -> object:
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return value
    try:
        return json.loads(value) if isinstance(value, str) and value.startswith("{") else value
    except ValueError:
        return value


def step(database: Database, target: str) -> None:
    """Goes back to a revision."""
    config = migrate._config("hub")
    with migrate.changing(database) as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, target)


def test_everything_is_sealed_and_read_as_before(store: Database) -> None:
    migrate.bring_up(store, "hub", AFTER)

    raw = json.dumps(clear(store), default=repr)
    if store.is_sqlite:
        path = Path(str(store.url.database))
        raw += "".join(found.read_bytes().decode("latin-1") for found in path.parent.glob(f"{path.name}*"))
    assert [
        word
        for word in ("fox_", "ent_per", "registered/", "spoken", "blue", "Choir", '"place"', "to_prove", "to per")
        if word in raw
    ] == []
    with store.read() as tx:
        me = "per_0007"
        asked = sa.select(consents.c.address_sealed).where(consents.c.person == me, consents.c.client == "cli_a")
        address = sealing.read_bytes(tx, me, "consents.address_sealed", tx.scalar(asked))
        found = [nickname_of(tx, me), people.entry_of_person(tx, me), people.seed_of(tx, me)]
        words = [notes_about(tx, me)[0].why, passkeys.passkeys_of(tx, me)[0].name]
        draft = groups.draft(tx, person=me, branch="brn_a")
        letters = [dict(letter.params) for letter in outbox.notices(tx, "per_1202")]
        rows = [person_of_row(tx, f"ent_{person}") for person in ("per_0000", "per_1202", "per_nobody")]
        taken = sealing.owner(tx, "nickname", "fox_per_0600", lambda _person: True)
        claims = people.entry_of_person(tx, "per_claims")
    assert found == ["fox_per_0007", "ent_per_0007", b"per_0007"]
    assert (words, draft) == (["spoken word", "blue phone"], {"name": "Choir"})
    assert (letters, rows) == ([{"place": "/per_1202"}], ["per_0000", "per_1202", None])
    assert address == b"to per_0007"
    assert (taken, claims) == ("per_0600", None)


def test_a_step_back_and_up_again_loses_nothing(store: Database) -> None:
    before = clear(store)

    migrate.bring_up(store, "hub", AFTER)
    step(store, BEFORE)
    back = clear(store)
    migrate.bring_up(store, "hub", AFTER)
    with store.read() as tx:
        again = nickname_of(tx, "per_0007"), person_of_row(tx, "ent_per_0007")

    assert back == before
    assert again == ("fox_per_0007", "per_0007")


def test_what_nobody_can_open_goes_back_empty(store: Database) -> None:
    migrate.bring_up(store, "hub", AFTER)
    sealing.destroy(store, ["per_0007"])

    step(store, BEFORE)

    left = clear(store)
    assert ("per_0007", "per_0007") in left["accounts"]
    assert ("per_0007", None, None) in left["persons"]
    assert (left["audit_notes"], left["passkeys"]) == ([("per_0007", "")], [("key", "")])
    assert (left["address_proofs"], ("per_0007", "cli_a", None) in left["consents"]) == ([], True)
    assert ("ltr_per_0007", "per_0007", {}) in left["letters"]


def test_a_migration_that_leaves_a_row_astray_changes_nothing(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL looks at each row by itself")

    row = {"person": "per_x", "nickname": "x", "shown": "nickname", "made_at": 1}
    planted = sa.insert(sa.table("accounts", *map(sa.column, row)))

    with pytest.raises(Unsafe, match="accounts would point at no row of persons"), migrate.changing(db) as tx:
        tx.execute(planted, row)

    with db.read() as tx:
        assert tx.scalar(sa.text("SELECT count(*) FROM accounts")) == 0
        assert tx.scalar(sa.text("PRAGMA foreign_keys")) == 1
