"""What every test may use: a fresh database on both engines, a clock, a browser; and what the run says in the end."""

from __future__ import annotations

import datetime as dt
import gc
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as properties

from hub import clock
from hub import db as house
from hub.db import Database
from tests import databases, templates

if importlib.util.find_spec("hub.ledger.catalogue"):
    from hub.ledger import catalogue

    catalogue.load()

if importlib.util.find_spec("hub.draws.chain"):
    from hub.draws import chain

    # Who tests says at any moment what a beacon signs: by a chain whose secret everybody knows.
    chain.rehearse()

templates.compile_once()

# How long an example takes depends on what else the machine does: speed belongs in tests/bench, never in a test.
properties.register_profile("folkmoot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("folkmoot")

ENGINES = ["sqlite", "postgresql"]
Backend = databases.Sqlite | databases.Postgres


def pytest_collection_finish() -> None:
    """Takes what was loaded out of the collector's rounds: all of it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class SetClock:
    """The house's clock, standing still where a test put it."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)

    def __call__(self, moment: str) -> SetClock:
        """Puts the clock to ``2026-11-21T20:00Z``."""
        return self.put(clock.parse_minute(moment))

    def put(self, moment: dt.datetime) -> SetClock:
        """Puts the clock to a moment."""
        self.moment = moment
        clock.set_source(lambda: self.moment)
        return self

    def advance(self, **by: float) -> dt.datetime:
        """Moves the clock on (days=, hours=, minutes=, seconds=); returns the new moment."""
        self.moment += dt.timedelta(**by)
        clock.set_source(lambda: self.moment)
        return self.moment

    def hurry(self) -> None:
        """Lets a minute pass at every look at the clock: whatever a verb looks at twice has changed in between."""
        clock.set_source(self._look)

    def _look(self) -> dt.datetime:
        self.moment += dt.timedelta(minutes=1)
        return self.moment


@pytest.fixture
def clock_at() -> Iterator[SetClock]:
    """A clock that stands still: clock_at("2026-11-21T20:00Z"), then .advance(days=1)."""
    yield SetClock()
    clock.set_source(None)


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> databases.Sqlite:
    return databases.Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def _postgres() -> Iterator[databases.Postgres]:
    if databases.postgres_is_there():
        postgres = databases.start_postgres()
        yield postgres
        postgres.close()
        return
    if os.environ.get("FOLKMOOT_REQUIRE_POSTGRES") == "1":
        pytest.fail("PostgreSQL is required here and none can be started")
    pytest.skip("PostgreSQL is not installed")


@pytest.fixture(params=ENGINES)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Where databases come from, SQLite and PostgreSQL in turn: backend.fresh(metadata)."""
    found: Backend = request.getfixturevalue("_sqlite" if request.param == "sqlite" else "_postgres")
    return found


@pytest.fixture
def fresh(backend: Backend) -> Iterator[Callable[..., Database]]:
    """Makes empty databases on one engine: fresh() for the hub's tables, fresh(metadata) for others."""
    given: list[databases.Store] = []

    def make(of: Any = house.metadata) -> databases.Store:
        given.append(backend.fresh(of))
        return given[-1]

    yield make
    for database in given:
        backend.release(database)


@pytest.fixture
def db(fresh: Callable[..., Database]) -> Database:
    """An empty hub database."""
    return fresh()


@pytest.fixture
def another_db(fresh: Callable[..., Database]) -> Database:
    """A second empty hub database on the same engine: for replays, mirrors and forks."""
    return fresh()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The distribution's Chromium, as people have it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    if os.environ.get("FOLKMOOT_REQUIRE_BROWSER") == "1":
        pytest.fail("Chromium is required here and not installed")
    pytest.skip("Chromium is not installed")


@pytest.fixture(scope="session")
def launch(chromium: Path) -> Iterator[Callable[[str | Path], Any]]:
    """Starts browsers (playwright's Browser) by their program, and ends them with the session."""
    from playwright.sync_api import sync_playwright  # slow to import, and for few tests

    with sync_playwright() as playwright:
        running = []

        def start(program: str | Path) -> Any:
            flags = ["--no-sandbox", "--disable-dev-shm-usage"]
            running.append(playwright.chromium.launch(executable_path=program, args=flags))
            return running[-1]

        yield start
        for browser in running:
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[[str | Path], Any], chromium: Path) -> Any:
    """A running Chromium, one for the session; each test opens its own context.

    Where the one without windows is there it is that one, which takes half of the processor.
    """
    return launch(shutil.which("chromium-headless-shell") or chromium)


@pytest.fixture
def whole_browser(launch: Callable[[str | Path], Any], chromium: Path) -> Any:
    """The Chromium with windows, for what the other does otherwise: it follows no redirect to where a test answers."""
    return launch(chromium)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints how long each step of the drill took, wherever it ran (tests/drill)."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    steps = [said for report in reports for name, said in report.user_properties if name == "drill"]
    if steps:
        terminalreporter.section("the drill: seconds for each step")
    for scene in dict.fromkeys(scene for scene, _step, _took in steps):
        mine = [(step, took) for one, step, took in steps if one == scene]
        day = sum(took for step, took in mine if not step.startswith("before"))
        terminalreporter.write_line(f"{scene:<66}{day:>6.1f} without what came before")
        for step, took in mine:
            terminalreporter.write_line(f"  {step:<64}{took:>6.1f}")


@pytest.fixture
def strace() -> str:
    """The program that refuses or ends system calls; a test that needs it is skipped where it is not installed."""
    found = shutil.which("strace")
    if found is None and os.environ.get("FOLKMOOT_REQUIRE_STRACE") == "1":
        pytest.fail("strace is required here and not installed")
    if found is None:
        pytest.skip("strace is not installed")
    return found
