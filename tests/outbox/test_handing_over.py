"""A letter reaches the matcher once, and once more at most, whatever call of the worker fails or is its last (RE-05).

strace waits beside a process that hands one letter over, as in tests/ledger/test_syscalls.py; the matcher runs here,
with its own store and its two sockets. Then the next round goes on: no letter is lost, none stays in the outbox.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import outbox, settings
from hub.db import Database
from hub.matcher.models import metadata, sendings
from hub.matcher.service import Service
from hub.people import actions as people
from hub.roster.actions import deliver_letters
from hub.roster.line import Line
from tests.dying import Died, DiesAt
from tests.ledger.test_kill import Hub, Prepared
from tests.ledger.test_syscalls import beside, came, counted, injecting
from tests.matchers import enrol, letters_in, make_desk

CALLS = ("socket", "connect", "sendto", "recvfrom", "openat", "pwrite64", "write", "fdatasync", "fsync")
FAULTS = {"signal=KILL": CALLS, "error=EIO": CALLS, "error=ENOSPC": ("pwrite64", "write", "openat")}


class Posting:
    """A hub with one member, and its matcher. letters: how many were put so far."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/hub.db"
        self.folder, self.letters = folder, 0
        self.hub = Hub.found(url, folder)
        store = Database(f"sqlite:///{folder}/matcher.db")
        store.create_all(metadata)
        self.desk = make_desk(folder / "matcher", store, letters_per_day=1_000_000)
        ref = enrol(self.desk, "0012345", "YO711AA", contact="mem@example.org")
        with self.hub.db.write() as tx:
            self.person = people.open_account(tx, entry_ref=ref, seed=b"seed")
        (folder / "keys/matcher.pub").write_text(self.desk.keys.public.hex())
        self.line = Line(settings.build(folder, {}))
        self.service = Service(self.desk)
        self.service.start()

    @cached_property
    def prepared(self) -> Prepared:
        """The process that forks those who are watched."""
        return Prepared(f"sqlite:///{self.folder}/hub.db", self.folder)

    def put(self) -> None:
        """One more letter waits, and says its number."""
        with self.hub.db.write() as tx:
            outbox.put(tx, person=self.person, template="registered", place=f"/groups/{self.letters}")
        self.letters += 1

    def goes_on(self) -> None:
        """The next round of a worker that was started again."""
        deliver_letters(self.hub.db, self.line)
        with self.hub.db.read() as tx:
            assert outbox.unsent(tx) == []

    def taken(self) -> Counter[str]:
        """How often the matcher took each letter."""
        with self.desk.db.read() as tx:
            return Counter(params["place"] for params in tx.scalars(sa.select(sendings.c.params)))

    def all_mailed(self) -> int:
        """Waits until the matcher has mailed all that it took; returns how many mails that were."""
        waiting = sa.select(sa.func.count()).select_from(sendings).where(sendings.c.sent_at.is_(None))
        while True:
            with self.desk.db.read() as tx:
                if not tx.scalar(waiting):
                    return len(letters_in(self.desk))
            time.sleep(0.05)

    def close(self) -> None:
        """Ends both."""
        if "prepared" in vars(self):
            self.prepared.close()
        self.service.stop()
        self.desk.db.close()
        self.hub.db.close()


@pytest.fixture
def posting(tmp_path: Path) -> Iterator[Posting]:
    made = Posting(tmp_path)
    yield made
    made.close()


def sweep(posting: Posting, strace: str) -> list[bool]:
    """Lets each call of a hand-over fail once, a letter each; tells for each whether it came to that call."""
    seen = posting.folder / "strace"
    for _ in range(2):
        posting.put()
        beside(strace, posting.prepared, "hand", seen, "-e", f"trace={','.join(CALLS)}")
        posting.goes_on()
    reached = []
    for call, number in counted(seen.read_text(), CALLS):
        for fault in (fault for fault, fits in FAULTS.items() if call in fits):
            posting.put()
            beside(strace, posting.prepared, "hand", seen, *injecting(call, number, fault))
            reached.append(came(seen.read_text()))
            posting.goes_on()
    return reached


def test_every_system_call_of_a_hand_over_fails_once_and_no_letter_is_lost(posting: Posting, strace: str) -> None:
    reached = sweep(posting, strace)

    taken = posting.taken()
    assert len(reached) > 20
    assert reached.count(True) > len(reached) * 0.9
    assert taken.keys() == {f"/groups/{number}" for number in range(posting.letters)}
    assert set(taken.values()) == {1, 2}  # some were the last call behind the matcher's yes
    assert posting.all_mailed() == taken.total()


def test_letter_is_handed_over_whatever_statement_of_the_worker_is_the_last(posting: Posting) -> None:
    deaths = 0
    while True:
        posting.put()
        try:
            with DiesAt(posting.hub.db.engine, deaths + 1):
                deliver_letters(posting.hub.db, posting.line)
        except Died:
            deaths += 1
            posting.goes_on()
            continue
        break

    assert deaths >= 3
    assert set(posting.taken().values()) == {1, 2}
    assert len(posting.taken()) == posting.letters


def test_letters_wait_while_the_matcher_is_away(posting: Posting) -> None:
    posting.service.stop()
    for _ in range(3):
        posting.put()
    tried = deliver_letters(posting.hub.db, posting.line)
    with posting.hub.db.read() as tx:
        waiting = {str(letter.params["place"]) for letter in outbox.unsent(tx)}
    posting.service = Service(posting.desk)
    posting.service.start()

    posting.goes_on()

    assert (tried, waiting) == (0, {"/groups/0", "/groups/1", "/groups/2"})
    assert posting.taken() == Counter(waiting)


def test_worker_that_marks_a_letter_before_it_hands_it_over_is_seen(
    posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: where it dies in between, nobody ever gets the letter."""

    def marks_first(**_asked: object) -> bool:
        with posting.hub.db.write() as tx:
            outbox.mark_sent(tx, outbox.unsent(tx)[0].id)
        raise Died

    posting.put()
    monkeypatch.setattr(posting.line, "deliver", marks_first)
    with pytest.raises(Died):
        deliver_letters(posting.hub.db, posting.line)
    monkeypatch.undo()

    posting.goes_on()

    assert posting.taken() == Counter()
