"""Steps that the stories of powers share: a town whose people come with and without script, and its clock."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from hub import clock
from hub import settings as house
from hub.cli import stores
from hub.db import Database
from hub.draws import actions as draws
from hub.draws import queries as draw_queries
from hub.people import actions as people_actions
from hub.people import queries as people
from hub.people.models import accounts
from hub.people.queries import Lives
from hub.people.sealed import nickname_of
from hub.permits import Actor
from tests.replaying import assert_replays
from tests.stories.conftest import Person, Served, settle
from tests.stories.test_accessible import is_too_wide, violations
from tests.vaults import nicknames

PHONE = {"viewport": {"width": 390, "height": 900}}


def wait_until(somebody: Person, moment: str) -> None:
    """Moves the demo's clock on to a moment, by its page."""
    somebody.go("/dev/clock")
    now = clock.parse_minute(str(somebody.page.get_attribute("main time", "datetime")))
    minutes = int((clock.parse_minute(moment) - now).total_seconds()) // 60
    move_clock(somebody, minutes + 1)


def move_clock(somebody: Person, minutes: int) -> None:
    """Moves the demo's clock on by minutes, on its open page."""
    somebody.type(minutes=str(minutes))
    with somebody.page.expect_navigation():
        somebody.press("Move the clock")
    said = somebody.page.inner_text("main")
    assert "The clock was moved" in said, said


def come_back(voter: Person) -> None:
    """Signs in again, by the passkey at hand."""
    voter.go("/sign-in")
    voter.page.get_by_role("button", name="Sign in with a passkey").click()
    with voter.page.expect_navigation():
        voter.page.get_by_role("button", name="Use my passkey").click()


def faults(somebody: Person) -> list[str]:
    """What axe finds on the page that is open."""
    return violations(somebody.page) + (["too wide"] if is_too_wide(somebody.page) else [])


@dataclass
class Town:
    """The demo's people in their browsers. stranger: runs no script, and never signs in; found: faults of pages."""

    served: Served
    make: Callable[..., Person]
    another_db: Database
    here: dict[str, Person] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    found: dict[str, list[str]] = field(default_factory=dict)
    moves: int = 0

    def __post_init__(self) -> None:
        self.stranger = self.make(with_script=False, **PHONE)

    @property
    def settings(self) -> house.Settings:
        """How the hub runs."""
        return house.load(self.served.folder)

    def sees(self, path: str) -> str:
        """What a stranger without script reads on a page."""
        self.stranger.go(path)
        return self.stranger.reads()

    def who(self, nickname: str) -> Person:
        """Somebody of the story at their browser, with script and their passkey; signed in since the clock moved."""
        if nickname not in self.here:
            self.here[nickname] = self.make(**PHONE)
            self.here[nickname].sign_in(nickname)
        elif self.came[nickname] != self.moves:
            come_back(self.here[nickname])
        self.came[nickname] = self.moves
        return self.here[nickname]

    def without_script(self, nickname: str) -> Person:
        """The same person in a browser that runs no script, minutes after they used their passkey in another."""
        cookies = self.who(nickname).page.context.cookies()
        plain = self.make(with_script=False, **PHONE)
        plain.page.context.add_cookies(cookies)
        return plain

    def no_passkey(self, nickname: str = "sunny_finch_23") -> Person:
        """Somebody who has no passkey, in a browser that runs no script."""
        plain = self.make(with_script=False, **PHONE)
        plain.prove(self.served.story.known[nickname])
        return plain

    def wait(self, **by: float) -> None:
        """Lets time pass, by the demo's page: what is due is done."""
        self.stranger.go("/dev/clock")
        move_clock(self.stranger, int(dt.timedelta(**by).total_seconds()) // 60)
        self.moves += 1
        settle(self.served.folder)

    def look(self, somebody: Person, name: str) -> None:
        """Notes what axe finds on the page that is open; where no script runs, on the same page where it does."""
        if somebody.at is None:
            glasses = self.make(**PHONE)
            glasses.page.context.add_cookies(somebody.page.context.cookies())
            glasses.go(self.path_of(somebody))
            somebody = glasses
        self.found[name] = faults(somebody)

    def path_of(self, somebody: Person) -> str:
        """The path that a browser stands at."""
        return str(somebody.page.url).removeprefix(self.served.url).partition("#")[0]

    def vote(self, somebody: Person, ballot: str, answer: str) -> None:
        """Answers yes or no, as far as the receipt."""
        somebody.go(f"{ballot}/vote")
        somebody.page.check(f"[name=choice][value={answer}]")
        somebody.type(phrase=f"words of my own: {answer}")
        somebody.press("Check your vote")
        assert "Nothing is sent yet." in somebody.reads()
        somebody.press("Send my vote")
        assert "Your vote is in" in somebody.reads()

    @contextmanager
    def verbs(self) -> Iterator[Connection]:
        """A unit of work in the hub's store: for what dozens do, of whom a browser tries a few."""
        settings = self.settings
        clock.follow(settings.clock)
        db = stores.open_hub(settings)
        try:
            with db.write() as tx:
                yield tx
        finally:
            clock.set_source(None)
            db.close()

    def actors(self, tx: Connection) -> dict[str, Actor]:
        """Everybody who has an account, newly signed in, by nickname."""
        found = {}
        for nickname, person in nicknames(tx).items():
            token = people_actions.start_session(tx, person=person, kind="passkey")
            found[nickname] = people.actor_of(tx, token, Lives())[0]
        return found

    def volunteer(self) -> None:
        """Everybody may be drawn by lot, anywhere."""
        with self.verbs() as tx:
            for actor in self.actors(tx).values():
                draws.wish(tx, at_home=True, volunteers=True, actor=actor)

    def drawn(self, act: str) -> dict[str, int]:
        """Whom an act's draw offers a seat, by nickname, with the ticket's rank: what only the hub knows.

        The worker draws by itself, in its round after the beacon's.
        """
        end = time.monotonic() + 120
        while "Who was drawn" not in self.sees(f"/draws/{act}") and time.monotonic() < end:
            time.sleep(0.2)
        with self.verbs() as tx:
            names = {row.person: nickname_of(tx, row.person) for row in tx.execute(accounts.select())}
            order = draw_queries.order(tx, act, draw_queries.of_act(tx, act)[0].step)
            offered = [row for row in order if row.state == "offered"]
            return {names[draw_queries.person_of(tx, row.ticket)]: row.rank for row in offered}

    def ends_well(self) -> None:
        """No page kept anybody out, and replaying the record gives the same public tables row for row."""
        wrong = {page: wrong for page, wrong in self.found.items() if wrong}
        assert wrong == {}
        # Its worker goes on appending what is due; the record stands still once the hub is stopped.
        self.served.stop()
        db = stores.open_hub(self.settings)
        try:
            assert_replays(db, self.another_db)
        finally:
            db.close()
