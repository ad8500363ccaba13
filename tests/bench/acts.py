"""What acts cost: python -m tests.bench.acts [ACTS] [sqlite|postgresql]. Prints figures; asserts nothing.

tick               the clock looks over so many open acts, of which none, one in ten or all are due (aim: under 1 s);
                   all of them in units of some hundred, as the worker does; the median of five, and what it was before
                   one by one: each act read, moved and written by itself. CPU is this process's: PostgreSQL's own is
                   in the time by the clock, and its cluster, the tests' own, waits for no disk
permission check   of an actor that is loaded: no statement is executed (tests/permits/test_no_query.py)
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa

from hub import clock, ids
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts import rounds
from hub.acts.models import act_hands
from hub.acts.models import acts as act_rows
from hub.cli.work import keep_what_is_loaded
from hub.db import Database, metadata
from hub.ledger import catalogue
from hub.permits import HUB, Actor, P, Scope, can
from hub.permits.models import holders
from tests import databases, vaults
from tests.people_for_tests import again, found_branch, found_hub, seat_council, without_devices

BEGINS = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
CHECKS, TIMES = 20_000, 5
DAY = 24 * 60  # minutes
Stores = Callable[[], AbstractContextManager[Database]]


def main(count: int, engine: str) -> None:
    """Measures; the hub is built anew for each time that all are due."""
    catalogue.load()
    keep_what_is_loaded()
    stores = on_sqlite if engine == "sqlite" else on_postgres(databases.start_postgres())
    with hub_with(count, stores) as (db, actor, scope):
        told("tick, nothing due", count, lambda: tick(db, 0))
        told("tick, one in ten due", count // 10, lambda: tick(db, 5))
        told("permission check, actor loaded", CHECKS, lambda: check(actor, scope))
    told_often("tick, all due at once", count, stores, tick)
    told_often("the same, one by one", count, stores, one_by_one)


def told_often(what: str, count: int, stores: Stores, act: Callable[[Database, int], None]) -> None:
    """Runs something five times, each on a hub of its own, and prints the medians."""
    used, took = [], []
    for _ in range(TIMES):
        with hub_with(count, stores) as (db, _actor, _scope):
            begun, cpu = time.perf_counter(), time.process_time()
            act(db, 15)
            took.append(time.perf_counter() - begun)
            used.append(time.process_time() - cpu)
    least, median, most = min(used), statistics.median(used), max(used)
    print(
        f"{what:<34} {statistics.median(took):7.3f} s, {median:7.3f} s of CPU ({least:.3f} to {most:.3f}),"
        f" {median / count * 1e6:8.1f} us each of {count}"
    )


@contextmanager
def on_sqlite() -> Iterator[Database]:
    """A file of its own, as a town's hub has it."""
    with tempfile.TemporaryDirectory() as name:
        db = Database(f"sqlite:///{Path(name)}/hub.db")
        vaults.beside(db, Path(name))
        db.create_all()
        yield db
        db.close()


def on_postgres(cluster: databases.Postgres) -> Stores:
    """A database of its own in a cluster."""

    @contextmanager
    def store() -> Iterator[Database]:
        db = cluster.fresh(metadata)
        yield db
        cluster.release(db)

    return store


@contextmanager
def hub_with(count: int, stores: Stores) -> Iterator[tuple[Database, Actor, Scope]]:
    """A hub with ``count`` withdrawals that wait for their second signature, an organiser of it, and their branch."""
    clock.set_source(lambda: BEGINS)
    with stores() as db:
        with db.write() as tx:
            found_hub(tx, without_devices())
            council = seat_council(tx, "cleo", "cyra")
            branch, founders = found_branch(tx, council)
            actor = again(tx, founders[0])
        open_acts(db, count, branch.id)
        yield db, actor, branch.scope


def open_acts(db: Database, count: int, branch: str) -> None:
    """Writes open withdrawals with one signature, as the fold leaves them, opened all through a day: the tenth sooner
    than the rest.
    """
    from hub.constitution import queries as constitution  # after the catalogue

    with db.write() as tx:
        _rules, version = constitution.in_force(tx)
        holder = tx.scalar(sa.select(holders.c.id).limit(1))
        rows, hands = [], []
        for place in range(count):
            began = BEGINS - dt.timedelta(days=10 if place % 10 == 0 else 1, minutes=place % DAY)
            act = ids.new("act")
            rows.append(
                {
                    "id": act, "procedure": "withdraw_moderator", "constitution": version, "scope_kind": "group",
                    "scope_id": f"grp_{place:026d}", "branch_id": branch, "subject": f"hld_{place:026d}",
                    "opened_entry": 1_000_000 + place, "opened_at": began, "step": 0, "since_at": began,
                    "due_at": began + dt.timedelta(days=14), "outcome": None, "closed_at": None, "closed_entry": None,
                }
            )  # fmt: skip
            hands.append(
                {"entry": 1_000_000 + place, "act": act, "step": 0, "holder": holder, "hand": "yes", "at": began}
            )
        tx.execute(sa.insert(act_rows), rows)
        tx.execute(sa.insert(act_hands), hands)


def tick(db: Database, days: int) -> None:
    """Lets the clock run so many days later."""
    clock.set_source(lambda: BEGINS + dt.timedelta(days=days))
    rounds.move_due(db, set())


def one_by_one(db: Database, days: int) -> None:
    """The same, act by act, in one unit."""
    clock.set_source(lambda: BEGINS + dt.timedelta(days=days))
    with db.write() as tx:
        for act in act_queries.due_by(tx, clock.now()):
            acts.run(tx, act)


def check(actor: object, scope: object) -> None:
    """Asks for two powers, one there and one not, half as often each."""
    for _ in range(CHECKS // 2):
        can(actor, P.GROUPS_CONFIRM, scope)
        can(actor, P.OPERATE, HUB)


def told(what: str, count: int, act: Callable[[], None]) -> None:
    """Runs something once and prints how long it took."""
    begun, cpu = time.perf_counter(), time.process_time()
    act()
    seconds, used = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{what:<34} {seconds:7.3f} s, {used:7.3f} s of CPU, {used / max(1, count) * 1e6:8.1f} us each of {count}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, sys.argv[2] if len(sys.argv) > 2 else "sqlite")
