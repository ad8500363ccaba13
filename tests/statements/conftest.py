"""A hub whose council named a press of three, a branch with a group, and somebody who holds no office."""

from __future__ import annotations

import pytest

from hub.acts import actions as acts
from hub.groups import offices
from hub.permits import HUB
from hub.permits import queries as permits
from hub.statements import actions, queries
from tests import copies
from tests.people_for_tests import again, entry_count, equip, found_branch, found_group, found_hub, member, seat_council

TITLE, TEXT = "On the rent freeze", "We ask the city to freeze rents for two years.\n\nWe say why at every meeting."


class Hub:
    """What tests of the press begin with. press: who was named, in their order; none before name is called."""

    def __init__(self, db, clock_at, rules: str | None = None) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, *(() if rules is None else (rules,)))
            self.council = seat_council(tx, "cleo", "cyra", "cato")
            branch, self.officers = found_branch(tx, self.council)
            self.people = [member(tx, name) for name in ("ada", "bea", "cem", "dan")]
            self.decoy = member(tx, "decoy")
            founders = [member(tx, "fay"), member(tx, "flo")]
            for one in (*self.people, *founders):
                equip(tx, one)
            self.group, self.founders = found_group(tx, branch, founders, self.officers)
        self.press: list = []

    def offer(self, place: int = 0, role: str = "press") -> tuple[str, str]:
        with self.db.write() as tx:
            return offices.offer(tx, place=None, role=role, actor=again(tx, self.council[place]))

    def accept(self, token: str, who) -> None:
        with self.db.write() as tx:
            offices.accept(tx, token=token, shown="-", actor=again(tx, who))

    def sign(self, act: str, *places: int) -> None:
        """The council signs that somebody is named, or withdrawn."""
        for place in places:
            with self.db.write() as tx:
                offices.confirm(tx, act=act, actor=again(tx, self.council[place]))

    def later(self, **by: int) -> None:
        self.clock.advance(**by)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def name(self, many: int = 3) -> None:
        """So many are named, and four weeks pass, after which they no longer count as somebody's appointees."""
        for place, who in enumerate(self.people[:many]):
            act, token = self.offer(place)
            self.accept(token, who)
            self.sign(act, 1, 2)
        self.later(days=28)
        self.press = self.people[:many]

    def held(self, role: str = "press") -> list:
        with self.db.read() as tx:
            return [one for one in permits.standing_grants(tx, scope=HUB) if one.role == role]

    def withdraw(self, grant: str, place: int = 0) -> str:
        with self.db.write() as tx:
            return offices.challenge(tx, place=None, grant=grant, actor=again(tx, self.council[place]))

    def draft(self, who=None, **changed) -> str:
        asked = {"kind": "statement", "title": TITLE, "text": TEXT, **changed}
        with self.db.write() as tx:
            return actions.draft(tx, actor=again(tx, who or self.press[0]), **asked)

    def confirm(self, act: str, who=None) -> None:
        with self.db.write() as tx:
            actions.confirm(tx, act=act, actor=again(tx, who or self.press[1]))

    def publish(self, **changed) -> str:
        """Two of the press say something; returns the statement."""
        act = self.draft(**changed)
        self.confirm(act)
        with self.db.read() as tx:
            return queries.of_act(tx, act)[0].id

    def statement(self, key: str):
        with self.db.read() as tx:
            return queries.get(tx, key)

    def published(self) -> list[str]:
        with self.db.read() as tx:
            return [one.id for one in queries.published(tx)]

    def refuses(self, kind: type[Exception], code: str, work) -> None:
        """Something is refused, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(kind) as refused:
            work()
        with self.db.read() as tx:
            assert (getattr(refused.value, "code", ""), entry_count(tx)) == (code, before)


@pytest.fixture
def hub(db, clock_at) -> Hub:
    return copies.of(db, Hub, at=clock_at)


@pytest.fixture
def spoken(db, clock_at) -> Hub:
    """The same, with a press of three."""
    return copies.of(db, _spoken, at=clock_at)


def _spoken(db, clock_at) -> Hub:
    hub = Hub(db, clock_at)
    hub.name()
    return hub
