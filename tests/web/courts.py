"""A case by its pages: a court whose people act by forms alone, and what they type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hub import clock
from tests.cases.conftest import Court
from tests.draws.conftest import make_town
from tests.web.conftest import House, submit

WORDS = "He wrote to me at night: leave, or else."
SAID = "leave the group or I come round"
FACTS = "On 21 November he threatened me in the chat."
REPLY = "I wrote it, and I am sorry."
REASONS = "Both sides agree on the words."
PRIVATE_WORDS = (
    WORDS,
    SAID,
    FACTS,
    REPLY,
    REASONS,
    "the chat of 21 November",
    "Ada herself",
    "copied by hand",
    "Mo, a friend",
)


@dataclass
class Pages:
    """A court whose people act by forms alone."""

    house: House
    court: Court

    @property
    def ada(self) -> Any:
        """The browser of whoever complains."""
        return self.house.signed_in(self.court.ada)

    @property
    def ben(self) -> Any:
        """The browser of the accused."""
        return self.house.signed_in(self.court.ben)

    def complain(self, client: Any = None, **other: str) -> Any:
        """Sends the complaint."""
        return submit(client or self.ada, "/cases/new", "/cases", **{**self.complaint(), **other})

    def complaint(self) -> dict[str, str]:
        """What Ada types."""
        today = clock.today().isoformat()
        return {"respondent": self.name, "rule": "2", "happened_on": today, "learned_on": today, "words": WORDS}

    @property
    def name(self) -> str:
        """What Ben is called."""
        return self.court.ben.nickname or ""

    def sitting(self, act: str) -> list[Any]:
        """Browsers of those who sit."""
        with self.court.db.draft() as tx:
            actors = self.court.sitting(tx, act)
        return [self.house.signed_in(one) for one in actors]

    def filed(self) -> str:
        """A complaint that its duty panel has before it."""
        sent = self.complain()
        assert sent.status_code == 303, re.sub(r"<[^>]+>", " ", sent.text.split("<main")[1])[:900]
        act = str(sent.headers["location"]).removeprefix("/cases/")
        self.court.seat_drawn(act)
        return act

    def admitted(self, **other: str) -> str:
        """One that two of them took up."""
        act = self.filed()
        for client in self.sitting(act)[:2]:
            done = self.screen(client, act, **other)
            assert done.status_code == 303, done.text
        return act

    def screen(self, client: Any, act: str, **other: str) -> Any:
        """One of the duty panel says so."""
        fields = {"result": "admitted", "reasons": "It names a rule.", **other}
        return submit(client, f"/cases/{act}/screening", f"/cases/{act}/screening", **fields)

    def attach(self, client: Any, act: str, **other: str) -> Any:
        """A side attaches an item."""
        fields = {
            "text": SAID, "source": "the chat of 21 November", "collector": "Ada herself", "how": "copied by hand",
            "got_from": "own_message", "consent": "Ada herself",
        }  # fmt: skip
        return submit(client, f"/cases/{act}/items", f"/cases/{act}/items", **{**fields, **other})

    def charged(self, **other: str) -> str:
        """One whose charge is served."""
        act, ada = self.admitted(**other), self.ada
        assert self.attach(ada, act).status_code == 303
        done = submit(ada, f"/cases/{act}/charge", f"/cases/{act}/charge", facts=FACTS)
        assert done.status_code == 303, done.text
        return act

    def deciding(self) -> str:
        """One whose panel sits."""
        act = self.charged()
        fields = {"words": REPLY, "companion": "Mo, a friend"}
        done = submit(self.ben, f"/cases/{act}/answer", f"/cases/{act}/answer", **fields)
        assert done.status_code == 303, done.text
        self.court.seat_drawn(act)
        return act

    def decided(self, **other: Any) -> str:
        """One that its panel decided."""
        act = self.deciding()
        self.court.turn(days=5)
        self.decide(act, act, **other)
        return act

    def decide(self, case: str, act: str, many: int = 2, **other: Any) -> None:
        """So many of a panel sign a decision."""
        first, *_more = panel = self.sitting(act)
        page = f"/cases/{case}/rulings"
        cited = re.findall(r'name="cites" value="([0-9a-f]{64})"', first.get(page).text)
        fields: dict[str, Any] = {"proved": "yes", "outcome": "advice", "reasons": REASONS, "cites": cited, **other}
        assert submit(first, page, page, **fields).headers["location"] == page
        signing = re.findall(r'action="(/cases/\w+/rulings/[0-9a-f]{64}/signature)"', first.get(page).text)
        for client in panel[:many]:
            done = submit(client, page, signing[-1])
            assert done.status_code == 303, done.text

    def state(self, act: str) -> str:
        """In which state a case is."""
        return self.court.state(act)


def open_court(house: House, clock_at: Any) -> Pages:
    """Sixty members of two branches, and Ada, who complains of Ben. The clock was set before the house was founded."""
    town = make_town(house.db, clock_at, members=60, is_founded=True)
    return Pages(house, Court(town, town.members[1], town.founders[2]))


def read(client: Any, path: str) -> str:
    """The words of a page's main part."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"))
    main = answer.text.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
