"""Bringing a store's tables up to date by the numbered migrations, under a lock, in one unit of work.

A store that is newer than this release is refused, by name: old code must not write into tables it does not know.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from hub.db import Database, will_write
from hub.errors import Unsafe
from hub.places import migrations_folder

# Which database and which DDL it will assume is nothing an operator needs at each start.
logging.getLogger("alembic").setLevel(logging.WARNING)

Store = Literal["hub", "matcher", "vault"]
LOCK = 7402  # of PostgreSQL's advisory locks: one migration at a time


def bring_up(database: Database, store: Store, target: str = "head") -> None:
    """Runs what is missing up to a revision. Raises Unsafe for a store that a newer release has migrated."""
    config = _config(store)
    with changing(database) as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        found = current(tx)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Unsafe(
                f"The {store}'s store is at revision {found}, which this release does not know. Run a newer one."
            )
        is_due = found != _head(config) or target != "head"
        if is_due:
            config.attributes["connection"] = tx
            command.upgrade(config, target)
    if database.is_sqlite and is_due:
        database.scour()  # what a column held that is gone, or sealed now, is not left in the journal


@contextmanager
def changing(database: Database) -> Iterator[Connection]:
    """Opens a unit of work that may change tables. Raises Unsafe where a row would be left that points at none.

    SQLite changes a table by making it anew; what points at it would stand in the way, so that is looked at afterwards.
    """
    with database.engine.connect() as tx:
        before = _point(tx, "OFF") if database.is_sqlite else 0
        try:
            will_write(tx)
            with tx.begin():
                yield tx
                if database.is_sqlite and (astray := _astray(tx, before)):
                    raise Unsafe(f"A row of {astray[0]} would point at no row of {astray[2]}. Nothing was changed.")
        finally:
            if database.is_sqlite:
                _point(tx, "ON")


def _point(tx: Connection, word: str) -> int:
    """Says whether rows must point at rows, outside of any unit of work; returns how many rows were changed so far."""
    raw: Any = tx.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys={word}")
    return int(raw.total_changes)


def _astray(tx: Connection, before: int) -> tuple[Any, ...] | None:
    """Returns a row that points at none, by table, number and table; looks only where rows were changed."""
    raw: Any = tx.connection.driver_connection
    found: tuple[Any, ...] | None = None
    if raw.total_changes != before:
        found = raw.execute("PRAGMA foreign_key_check").fetchone()
    return found


def current(tx: Connection) -> str | None:
    """Returns the revision a store is at, or None for an empty one."""
    return MigrationContext.configure(tx).get_current_revision()


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


def _config(store: Store) -> Config:
    folder = migrations_folder()
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("version_locations", str(folder / store).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
