"""One letter a day to whoever was looked at, that says how often and no more."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
import sqlalchemy as sa

from hub import looks, outbox
from hub.db import Database
from hub.looks import digest
from hub.looks.models import looks as rows
from hub.outbox.models import letters
from hub.people import actions as people
from hub.roster.actions import deliver_letters
from tests.conftest import SetClock

EVENING = "2026-11-21T23:59Z"


def look_at(db: Database, clock: SetClock, person: str, times: int = 1) -> None:
    """Looks at somebody now, as the reading service writes them."""
    look = {
        "person": person, "at": clock.moment, "holder": "hld_x", "role": "admin", "scope_kind": "group",
        "scope_id": "grp_x", "purpose": "request", "about": "grp_x", "fields": "nickname shown",
    }  # fmt: skip
    with db.write() as tx:
        tx.execute(sa.insert(rows), [look] * times)


def told(db: Database, person: str) -> list[str]:
    """How often, by each letter to somebody, the oldest first."""
    with db.read() as tx:
        return [letter.params["many"] for letter in outbox.notices(tx, person)][::-1]


def test_a_day_that_is_over_is_one_letter_with_its_number(db: Database, clock_at: SetClock) -> None:
    moment = clock_at(EVENING)
    look_at(db, moment, "per_una", 3)
    look_at(db, moment, "per_bob")
    early = looks.tell(db)
    moment.advance(minutes=1)

    first, second = looks.tell(db), looks.tell(db)

    assert (early, first, second) == (0, 2, 0)
    assert (told(db, "per_una"), told(db, "per_bob"), told(db, "per_eve")) == (["3"], ["1"], [])
    with db.read() as tx:
        assert set(tx.execute(sa.select(letters.c.template, letters.c.sent_at))) == {("looked_at", None)}


def test_nobody_gets_two_in_a_day(db: Database, clock_at: SetClock) -> None:
    moment = clock_at(EVENING)
    look_at(db, moment, "per_una")
    moment.advance(minutes=1)
    looks.tell(db)

    look_at(db, moment, "per_una", 2)
    moment.advance(hours=23, minutes=59)
    same_day = looks.tell(db)
    moment.advance(minutes=1)
    looks.tell(db)

    assert (same_day, told(db, "per_una")) == (0, ["1", "2"])


def test_what_a_stopped_worker_left_untold_is_one_letter(db: Database, clock_at: SetClock) -> None:
    moment = clock_at(EVENING)
    for _day in range(5):
        look_at(db, moment, "per_una", 2)
        moment.advance(days=1)

    looks.tell(db)

    assert told(db, "per_una") == ["10"]


@pytest.mark.parametrize("days", [400, -400])
def test_a_clock_that_jumps_and_comes_back_loses_no_look(db: Database, clock_at: SetClock, days: int) -> None:
    moment = clock_at(EVENING)
    look_at(db, moment, "per_una")
    moment.advance(days=days)
    looks.tell(db)
    look_at(db, moment, "per_una")
    moment.advance(days=1 - days)
    looks.tell(db)
    moment.advance(days=401)
    looks.tell(db)

    assert sum(map(int, told(db, "per_una"))) == 2


def test_two_workers_at_once_write_one_letter(db: Database, clock_at: SetClock) -> None:
    moment = clock_at(EVENING)
    for number in range(20):
        look_at(db, moment, f"per_{number}", 2)
    moment.advance(minutes=1)

    with ThreadPoolExecutor(4) as hands:
        many = sum(hands.map(lambda _worker: looks.tell(db), range(4)))

    with db.read() as tx:
        found = Counter(tx.scalars(sa.select(letters.c.person)))
    assert (many, found) == (20, Counter(f"per_{number}" for number in range(20)))


def test_more_than_one_unit_of_work_holds(db: Database, clock_at: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "TOGETHER", 3)
    moment = clock_at(EVENING)
    for number in range(7):
        look_at(db, moment, f"per_{number}")
    moment.advance(minutes=1)

    assert (looks.tell(db), looks.tell(db)) == (7, 0)


class MailServer:
    """The way to the matcher. is_there: whether anybody takes what is handed over."""

    def __init__(self) -> None:
        self.is_there, self.taken = False, list[tuple[str, object]]()

    def deliver(self, *, entry_ref: str, template: str, params: object) -> bool:
        """Takes a letter, or does not."""
        assert entry_ref == "ent_una"
        if self.is_there:
            self.taken.append((template, params))
        return self.is_there


def test_letter_waits_while_there_is_no_mail_and_goes_out_once(db: Database, clock_at: SetClock) -> None:
    moment, server = clock_at(EVENING), MailServer()
    with db.write() as tx:
        una = people.open_account(tx, entry_ref="ent_una", seed=b"una")
    look_at(db, moment, una, 2)
    moment.advance(minutes=1)
    looks.tell(db)

    gone = deliver_letters(db, cast(Any, server))
    moment.advance(days=1)
    looks.tell(db)
    server.is_there = True
    back = [deliver_letters(db, cast(Any, server)) for _round in range(2)]

    assert (gone, back, server.taken) == (0, [1, 0], [("looked_at", {"many": "2"})])
