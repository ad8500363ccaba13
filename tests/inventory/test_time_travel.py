"""Twenty-five months in one run: nothing that is held about anybody outlives its term (PR-19).

A town with people in it and, month by month, a row of every kind about a new member. The worker does all of its jobs;
nobody takes its letters, so that mail that is gone keeps nothing back either.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from hub import clock as house_clock
from hub.charter.gathering import Cosigners
from hub.cli.work import Worker
from hub.db import metadata
from hub.fetch import Refused
from hub.oidc.keys import ProviderKeys
from hub.permits.models import grants
from hub.receipts.models import receipt_days
from hub.roster.line import Line
from tests.conftest import SetClock
from tests.inventory.rows import make_up, parents_first
from tests.inventory.terms import AGES, DAY, HOUSE, LINES, outlived, said
from tests.towns import Town, build_town
from tests.web.conftest import House
from tests.web.conftest import early as early
from tests.web.conftest import lone_house as lone_house

MONTHS, MONTH = 25, 30
# No matcher listens, and this folder has no key to sign a log with: neither keeps anything back.
FAIL = {"hand letters to the matcher", "publish the log"}

# What is over only once the worker has ended something: a ballot, an act, a change of the list, a person's membership.
WAITS = {
    "ballot_papers",
    "ballot_roll",
    "count_objectors",
    "draw_files",
    "draw_objectors",
    "draw_tickets",
    "feed_holds",
}
WAITS |= {"files", "case_papers", "case_items", "case_sides", "case_facts", "case_marks"}
WAITS |= {"accounts", "draw_wishes", "holdings", "passkeys", "standings"}


# A complaint that waits, as its row has it: the worker makes a case of it.
COMPLAINT: dict[str, object] = {
    "branch": None, "rule": 1, "version": 1, "happened_on": "2026-11-21", "learned_on": "2026-11-21",
    "words": "He did.", "again": None,
}  # fmt: skip


class NoNetwork:
    """Other people's machines: none answers."""

    second: None = None

    def get(self, _url: str, **_more: Any) -> Any:
        """Refuses."""
        raise Refused("no network")

    post = get


@dataclass
class Journey:
    """A hub whose clock a test moves. met: tables that ever had a row; seeded: months whose rows were made up."""

    house: House
    town: Town
    clock: SetClock
    worker: Worker
    met: set[str] = field(default_factory=set)
    seeded: int = 0

    def seed(self) -> None:
        """A new member with a row of every kind, one who left, and one whose account is over."""
        number, self.seeded = self.seeded, self.seeded + 1
        with self.house.db.write() as tx:
            for who in ("stays", "left", "closed"):
                person, rows = f"per_{who}{number}", dict[str, dict[str, Any]]()
                for line in parents_first():
                    known: dict[str, object] = {
                        str(line.of): person if line.through is None else rows[line.through]["id"]
                    }
                    if line.table == "standings" and who != "left":
                        known |= {"until_at": None, "area": "york"}
                    if line.table == "ballot_roll":
                        known |= {"ballot": self.town.ballot().id}
                    if line.table == "receipts_taken":
                        known |= {"day": house_clock.today().isoformat()}
                    if line.table == "case_queue":
                        known |= {
                            "why": None,
                            "body": COMPLAINT | {"complainant": person, "respondent": f"{person}_other"},
                        }
                    if "act" in line.fields and line.table.startswith("draw"):
                        known |= {"act": self.town.election()}
                    if line.table != "closings" or who == "closed":
                        rows[line.table] = make_up(tx, line, marker=person, **known)
            for line in LINES.values():
                if line.of is None and line.table in AGES:
                    make_up(tx, line, marker=f"house{number}")
            today = house_clock.today().isoformat()
            # Nobody is given a receipt of a day that was counted: the clock went back.
            if (tx.scalar(sa.select(sa.func.max(receipt_days.c.day))) or "") < today:
                make_up(tx, LINES["receipts_issued"], marker=f"house{number}", day=today)
            if number == 0:
                one = tx.scalar(sa.select(grants.c.id).limit(1))
                make_up(tx, LINES["case_facts"], marker="x")
                make_up(tx, LINES["receipt_reminders"], marker="x", grant=one)
                make_up(tx, LINES["draw_files"], marker="x", act=self.town.election(), published=1)
                make_up(tx, LINES["ballot_papers"], marker="x", ballot=self.town.ballot().id)
        self.look()

    def look(self) -> None:
        """Notes which tables have a row."""
        with self.house.db.read() as tx:
            self.met |= {name for name in said() if tx.execute(sa.select(metadata.tables[name]).limit(1)).first()}

    def work(self) -> None:
        """The worker's jobs, twice, as on any day; all are done that can be."""
        for _round in range(2):
            failed = self.worker.run_once()
            assert set(failed) <= FAIL

    def outlived(self) -> dict[str, int]:
        """What is there past its term."""
        with self.house.db.read() as tx:
            return outlived(tx)

    def many(self, table: str) -> int:
        """How many rows a table has."""
        with self.house.db.read() as tx:
            return tx.scalar(sa.select(sa.func.count()).select_from(metadata.tables[table])) or 0


@pytest.fixture
def journey(early: SetClock, lone_house: House) -> Iterator[Journey]:
    logging.getLogger("folkmoot").setLevel(logging.CRITICAL)
    town = build_town(lone_house.db, early, voters=12)
    stand = town.to_ballot(*town.voters[:2])
    for voter in town.everybody[:12]:
        town.cast(voter, stand)
    settings = lone_house.settings
    outside: Any = NoNetwork()
    worker = Worker(
        settings, lone_house.db, Line(settings), ProviderKeys(settings.keys), outside, Cosigners(lone_house.db)
    )
    yield Journey(lone_house, town, early, worker)
    logging.getLogger("folkmoot").setLevel(logging.NOTSET)


def test_every_table_with_an_end_has_its_term_here() -> None:
    kept = {line.table for line in LINES.values() if line.kept != HOUSE}

    assert said() == kept


@pytest.mark.timeout(600)
def test_month_by_month_nothing_outlives_its_term(journey: Journey) -> None:
    found = {}

    for month in range(MONTHS):
        journey.seed()
        journey.work()
        found[month] = journey.outlived()
        journey.clock.advance(days=MONTH)
    journey.work()

    assert {month: rows for month, rows in found.items() if rows} == {}
    assert (journey.outlived(), said() - journey.met) == ({}, set())
    # Nothing went before its time either: of what is kept for longer than a month, last month's rows are there. What
    # members say of themselves goes at once where no rule asks for it.
    long = {name for name, ages in AGES.items() if min(ages.values()) > MONTH * DAY}
    assert {name for name in long if not journey.many(name)} == {"draw_said", "case_queue"}
    assert journey.many("ballot_roll") == 0


@pytest.mark.timeout(300)
def test_a_worker_that_stood_still_for_all_of_it_catches_up_in_one_day(journey: Journey) -> None:
    journey.seed()
    journey.clock.advance(days=MONTHS * MONTH)
    before = set(journey.outlived())
    failed = journey.worker.run_once()

    assert (said() - before, set(failed) - FAIL) == (WAITS, set())
    assert journey.outlived() == {}


@pytest.mark.timeout(300)
def test_a_clock_that_jumps_ahead_and_back_leaves_nothing_for_longer(journey: Journey) -> None:
    found = []
    for days in (400, -400, 400, -400, 0):
        journey.seed()
        journey.work()
        journey.clock.advance(days=days)
        journey.work()
        found.append(journey.outlived())
    journey.clock.advance(days=MONTHS * MONTH + 400)
    journey.work()

    assert (found, journey.outlived()) == ([{}] * 5, {})
