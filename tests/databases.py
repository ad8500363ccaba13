"""Fresh databases for tests, on SQLite and PostgreSQL, fast: a template is copied, or tables are emptied.

SQLite does not wait for the disk. PostgreSQL is a private cluster of this test process, without fsync, in a temporary
folder, reached by a socket there; or the server named by FOLKMOOT_TEST_POSTGRES (an address whose user may create
databases). ``off`` leaves it out.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.util import LRUCache

from hub import sealing
from hub.db import STATEMENTS, Database

MAINTENANCE = "postgres"
KEPT = 3  # connections from one test to the next; a race makes dozens


def server_folder() -> Path | None:
    """Returns the folder with initdb and postgres, newest first; None where there is none."""
    places = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


def postgres_is_there() -> bool:
    """Tells whether PostgreSQL tests can run."""
    wanted = os.environ.get("FOLKMOOT_TEST_POSTGRES", "")
    if wanted == "off":
        return False
    return bool(wanted.startswith("postgresql")) or (server_folder() is not None and cluster_user() is not None)


class Store(Database):
    """A store that knows whether anything was done to it since its makers left it (tests/copies.py).

    built: what they did to it, one after the other; None for an empty one.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        super().__init__(url, pool_size=pool_size)
        self.built: Hashable = None
        self.is_touched = False

    @contextmanager
    def write(self, pen: object = None) -> Iterator[Connection]:
        """Opens a unit of work, after which the store is no longer as it was left."""
        self.is_touched = True
        with super().write(pen) as tx:
            yield tx

    def is_left(self, built: Hashable) -> None:
        """Notes that whoever made it is done."""
        self.built, self.is_touched = built, False


class Sqlite:
    """A file for each database, copied from an empty template with the tables."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder, self.templates, self.made = folder, {}, 0  # type: tuple[Path, dict[tuple[str, ...], Path], int]
        self.compiled: Any = LRUCache(2 * STATEMENTS)
        self.dialect: sa.Dialect | None = None

    def fresh(self, of: sa.MetaData) -> Store:
        """Returns an empty database with these tables."""
        key = tuple(sorted(of.tables))
        if key not in self.templates:
            self.templates[key] = self.folder / f"template-{len(self.templates)}.db"
            template = Database(f"sqlite:///{self.templates[key]}")
            template.create_all(of)
            template.close()
        self.made += 1
        path = self.folder / f"test-{self.made}.db"
        shutil.copy(self.templates[key], path)
        database = Store(f"sqlite:///{path}")
        sealing.attach(database, sealing.Memory())
        # Nobody takes the machine's power away here: waiting for the disk would be most of a test's time.
        sa.event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
        return self._compiled_together(database)

    def _compiled_together(self, database: Store) -> Store:
        """Lets databases share what was compiled; each new one would compile every statement anew: a third of all."""
        engine = database.engine
        if self.dialect is None:
            with engine.connect():  # it learns the library's version
                self.dialect = engine.dialect
        engine.dialect = self.dialect
        engine.update_execution_options(compiled_cache=self.compiled)
        return database

    def release(self, database: Database) -> None:
        """Closes a database and removes its files."""
        database.close()
        for path in self.folder.glob(f"{Path(str(database.url.database)).name}*"):
            path.unlink()


class Postgres:
    """A few databases of one server, emptied and used again."""

    name = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        self.url, self.made = url, 0
        self.opened: list[Store] = []
        self.free: dict[tuple[str, ...], list[Store]] = {}

    def fresh(self, of: sa.MetaData) -> Store:
        """Returns an empty database with these tables."""
        waiting = self.free.setdefault(tuple(sorted(of.tables)), [])
        if waiting:
            sealing.attach(waiting[-1], sealing.Memory())
            return waiting.pop()
        self.made += 1
        name = f"folkmoot_test_{os.getpid()}_{self.made}"
        server = sa.create_engine(self.url.set(database=MAINTENANCE), isolation_level="AUTOCOMMIT")
        with server.connect() as tx:
            tx.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        server.dispose()
        # hide_password: the address goes through a text once more
        address = self.url.set(database=name).render_as_string(hide_password=False)
        self.opened.append(Store(address, pool_size=20))
        sealing.attach(self.opened[-1], sealing.Memory())
        self.opened[-1].create_all(of)
        return self.opened[-1]

    def release(self, database: Store) -> None:
        """Empties a database for the next test; one whose tables a test changed is left behind."""
        with database.write() as tx:
            names = tuple(sorted(sa.inspect(tx).get_table_names()))
            # As the server's owner: no foreign key stands in the way of emptying, in any order.
            tx.exec_driver_sql("SET LOCAL session_replication_role = replica")
            tx.exec_driver_sql(";".join(f'DELETE FROM "{name}"' for name in names) or "SELECT 1")
        # A connection keeps what the server planned for it: the next test need not wait for that again.
        if database.engine.pool.checkedin() > KEPT:
            database.engine.dispose()
        database.is_left(None)
        self.free.setdefault(names, []).append(database)

    def close(self) -> None:
        """Ends every connection."""
        for database in self.opened:
            database.close()

    def drop(self) -> None:
        """Removes what was made."""
        server = sa.create_engine(self.url.set(database=MAINTENANCE), isolation_level="AUTOCOMMIT")
        with server.connect() as tx:
            for number in range(1, self.made + 1):
                tx.exec_driver_sql(f"DROP DATABASE IF EXISTS folkmoot_test_{os.getpid()}_{number} WITH (FORCE)")
        server.dispose()


def start_postgres() -> Postgres:
    """Starts the private cluster, or names the given server; it is gone when the process ends."""
    given = os.environ.get("FOLKMOOT_TEST_POSTGRES", "")
    if given.startswith("postgresql"):
        postgres = Postgres(sa.make_url(given))
        atexit.register(postgres.drop)
        return postgres
    return Postgres(_start_cluster())


def cluster_user() -> str | None:
    """Whom the cluster runs as: ourselves, or for root (whom PostgreSQL refuses) the distribution's postgres user."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    return next((entry.pw_name for entry in pwd.getpwall() if entry.pw_name == "postgres"), None)


def _start_cluster() -> sa.URL:
    programs, user = server_folder(), cluster_user()
    assert programs is not None
    assert user is not None
    # A short folder name: a socket's path may have some hundred characters only.
    folder = Path(tempfile.mkdtemp(prefix="fm-pg-", dir="/tmp"))
    account = pwd.getpwnam(user)
    os.chown(folder, account.pw_uid, account.pw_gid)
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "cwd": folder}
    make = [programs / "initdb", "-D", data, "-U", "folkmoot", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(make, check=True, **quiet, **as_user)  # type: ignore[call-overload]
    options = f"-c listen_addresses='' -k {folder} -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    options += " -c max_connections=400 -c shared_buffers=32MB"
    start = [programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start"]
    stop = [programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"]

    def gone() -> None:
        subprocess.run(stop, check=False, **quiet, **as_user)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)

    subprocess.run(start, check=True, **quiet, **as_user)  # type: ignore[call-overload]
    atexit.register(gone)
    return sa.URL.create("postgresql+psycopg", username="folkmoot", database="postgres", query={"host": str(folder)})
