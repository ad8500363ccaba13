"""A toy room with real entries: gates that are built, named, shut. Its types and tables live only in these tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hub import db as house
from hub.db import Moment
from hub.errors import YES, no
from hub.ledger import applies, entries, record, tells, unwarranted, withdrawals
from hub.ledger.kinds import Count, GrantId, HolderId, Minute, PlaceNames, Slug


@pytest.fixture
def empty() -> Iterator[house.Database]:
    """Where a record is replayed."""
    db = house.Database("sqlite://")
    db.create_all()
    yield db
    db.close()


@pytest.fixture
def village() -> Iterator[SimpleNamespace]:
    """Registers the toy room for one test: .Built .Named .Shut and the tables .gates .seen; ask for it before db."""
    types, tellings, after = dict(entries.TYPES), list(withdrawals.TELLINGS), list(withdrawals._AFTER)
    gates = house.table(
        "test_gates",
        sa.Column("slug", sa.Text, primary_key=True),
        sa.Column("built_at", Moment, nullable=False),
        sa.Column("width", sa.BigInteger),
        sa.Column("name", sa.Text),
        sa.Column("told_entry", sa.BigInteger, nullable=False),
        sa.Column("shut_entry", sa.BigInteger),
        kind="public",
    )

    @record("gate.built", openings=("name", "reason"))
    @dataclass(frozen=True)
    class Built:
        slug: Slug
        width: Count | None = None

    @record("gate.named", openings=("name",))
    @dataclass(frozen=True)
    class Named:
        slug: Slug

    @record("gate.shut")
    @dataclass(frozen=True)
    class Shut:
        slug: Slug
        by_holder: HolderId
        grant: GrantId
        due: Minute

    @record("place.declared")
    @dataclass(frozen=True)
    class Declared:
        names: PlaceNames

    applies(Declared, warrant=unwarranted)(lambda *_: None)

    def exists(tx, entry, gate):
        found = tx.execute(sa.select(gates.c.slug).where(gates.c.slug == gate.slug, gates.c.shut_entry.is_(None)))
        if entry.by != 0:
            return no("gates.warrant", "Only the founding entry opens and shuts gates.")
        return YES if found.first() else no("gates.none", "There is no such gate.")

    @applies(Built, warrant=unwarranted)
    def built(tx, entry, gate, said):
        tx.execute(
            sa.insert(gates),
            {
                "slug": gate.slug,
                "built_at": entry.at,
                "width": gate.width,
                "name": said["name"],
                "told_entry": entry.index,
            },
        )

    @applies(Named, warrant=exists)
    def named(tx, entry, gate, said):
        mine = gates.c.slug == gate.slug
        tx.execute(sa.update(gates).where(mine).values(name=said["name"], told_entry=entry.index))

    @applies(Shut, warrant=exists)
    def shut(tx, entry, gate, said):
        tx.execute(sa.update(gates).where(gates.c.slug == gate.slug).values(shut_entry=entry.index))

    tells(gates, "name", "told_entry", entry_types=("gate.built", "gate.named"))
    yield SimpleNamespace(Built=Built, Named=Named, Shut=Shut, Declared=Declared, gates=gates)

    entries.TYPES.clear()
    entries.TYPES.update(types)
    withdrawals.TELLINGS[:] = tellings
    withdrawals._AFTER[:] = after
    house.metadata.remove(gates)
