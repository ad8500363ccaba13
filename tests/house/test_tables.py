"""Every table says whether it is public, private or derived; no public row points at a private one; schema = model."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import db as house
from hub import migrate
from hub.ledger import catalogue
from hub.matcher import models as matcher
from hub.sealing import models as vault

catalogue.load()
STORES = {"hub": house.metadata, "matcher": matcher.metadata, "vault": vault.metadata}
# Fields that no table may have: the list of what is never stored about a person.
FORBIDDEN = {
    "address",
    "birth",
    "employer",
    "facebook",
    "handle_of",
    "note",
    "notes",
    "phone",
    "score",
    "tag",
    "tags",
    "twitter",
}


def wrong_kinds(metadata: sa.MetaData) -> list[str]:
    """Tables that do not say what kind they are."""
    return [t.name for t in metadata.tables.values() if t.info.get("kind") not in ("public", "private", "derived")]


def crossings(metadata: sa.MetaData) -> list[str]:
    """Foreign keys from a public table to one that is not."""
    return [
        f"{t.name}.{key.parent.name}"
        for t in metadata.tables.values()
        for key in t.foreign_keys
        if t.info.get("kind") == "public" and key.column.table.info.get("kind") != "public"
    ]


def test_every_table_says_its_kind():
    assert {name: wrong_kinds(metadata) for name, metadata in STORES.items()} == {store: [] for store in STORES}


def test_no_public_row_points_at_a_private_one():
    assert crossings(house.metadata) == []


def test_planted_tables_are_caught():
    metadata = sa.MetaData()
    house.table("secret", sa.Column("id", sa.Text, primary_key=True), kind="private", of=metadata)
    house.table("shown", sa.Column("id", sa.Text, sa.ForeignKey("secret.id")), kind="public", of=metadata)
    sa.Table("unsaid", metadata, sa.Column("id", sa.Text, primary_key=True))

    assert wrong_kinds(metadata) == ["unsaid"]
    assert crossings(metadata) == ["shown.id"]


def test_no_public_table_counts_by_itself_or_asks_the_time():
    found = [
        f"{t.name}.{column.name}"
        for t in house.metadata.tables.values()
        if t.info["kind"] == "public"
        for column in t.columns
        if column.autoincrement is True or column.server_default is not None or column.default is not None
    ]

    assert found == []


def test_no_table_has_a_field_that_is_never_stored():
    found = [
        f"{t.name}.{c.name}"
        for m in STORES.values()
        for t in m.tables.values()
        for c in t.columns
        if c.name in FORBIDDEN
    ]

    assert found == []


@pytest.mark.parametrize("store", STORES)
def test_migrations_make_what_the_rooms_declare(backend, store):
    declared = STORES[store]
    database = backend.fresh(sa.MetaData())

    migrate.bring_up(database, store)
    with database.read() as tx:
        inspected = sa.inspect(tx)
        made = {
            name: sorted((c["name"], c["nullable"]) for c in inspected.get_columns(name) if not c.get("computed"))
            for name in inspected.get_table_names()
            if name in declared.tables
        }
        indexes = {
            name: sorted(str(i["name"]) for i in inspected.get_indexes(name) if not i.get("duplicates_constraint"))
            for name in made
        }
    wanted = {t.name: sorted((c.name, bool(c.nullable)) for c in t.columns) for t in declared.tables.values()}
    backend_free(database, backend)

    assert made == wanted
    for t in declared.tables.values():
        named = {str(i.name) for i in t.indexes}
        assert named <= set(indexes[t.name]), t.name


def backend_free(database, backend):
    """Takes away what the migrations made, so that the next test finds an empty database."""
    with database.write() as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")
    backend.release(database)
