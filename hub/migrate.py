"""Bringing a store's tables up to date by the numbered migrations, under a lock, in one unit of work.

A store that is newer than this release is refused, by name: old code must not write into tables it does not know.
"""

from __future__ import annotations

import logging
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from hub.db import Database
from hub.errors import Unsafe
from hub.places import migrations_folder

# Which database and which DDL it will assume is nothing an operator needs at each start.
logging.getLogger("alembic").setLevel(logging.WARNING)

Store = Literal["hub", "matcher"]
LOCK = 7402  # of PostgreSQL's advisory locks: one migration at a time


def bring_up(database: Database, store: Store, target: str = "head") -> None:
    """Runs what is missing up to a revision. Raises Unsafe for a store that a newer release has migrated."""
    config = _config(store)
    with database.write() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        found = current(tx)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Unsafe(
                f"The {store}'s store is at revision {found}, which this release does not know. Run a newer one."
            )
        if found != _head(config) or target != "head":
            config.attributes["connection"] = tx
            command.upgrade(config, target)


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
