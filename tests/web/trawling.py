"""A town with everything open, and every page there is filled from its live state: for whoever opens all of them.

Members' nicknames are markers. Whoever holds an office is shown to everybody by another name, which they chose for it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from hub import clock as house_clock
from hub.constitution import queries as constitution
from hub.groups import membership
from hub.groups import queries as groups
from hub.groups.models import requests as membership_requests
from hub.ledger.models import entries
from hub.looks.models import looks
from hub.permits import HUB, Actor, Scope
from hub.permits.actions import holder_of
from hub.permits.models import grants, holders
from hub.web.routes import ROUTES
from tests.conftest import SetClock
from tests.people_for_tests import PLAN, again, found_group, member
from tests.towns import Town, build_town
from tests.web.conftest import House, submit

ASKED = 34
# Pages that need what no role has at hand: a secret link, a file or a hash; and proofs from a log that this hub lacks.
SECRET = re.compile(r"\{(token|client|passkey|name|file|sha256|tile|rest|link)|\{grant\}/receipt|/proof")


@dataclass
class Trawl:
    """A town with everything open: a group that people asked to join, an election, a ballot with drawn scrutineers.

    saved: whose nicknames stood in anything that a page gives as a file to keep.
    """

    house: House
    town: Town
    group: str
    names: dict[str, str]
    params: dict[str, list[str]]
    saved: set[str] = field(default_factory=set)

    def pages(self) -> list[str]:
        """Every page of the table, filled from live state."""
        found: list[str] = []
        for route in ROUTES:
            if route.method != "GET" or route.is_machine or SECRET.search(route.path):
                continue
            paths = [route.path]
            while any("{" in path for path in paths):
                word = re.search(r"\{(\w+)", next(path for path in paths if "{" in path))
                assert word, route.path
                values = self.params[word[1]]
                paths = [re.sub(r"\{\w+(?::\w+)?\}", value, path, count=1) for path in paths for value in values]
            found += paths
        return found

    def seen(self, who: Actor | None, *pages: str) -> set[str]:
        """Whose nicknames somebody meets on these pages, or on all there are, themselves apart."""
        client = self.house.visitor() if who is None else self.house.signed_in(who)
        met: set[str] = set()
        for page in pages or self.pages():
            answer = client.get(page)
            assert answer.status_code < 500, page
            met |= self._named(answer.text, who)
            if "attachment" in answer.headers.get("content-disposition", ""):
                self.saved |= self._named(answer.text, who)
        return met

    def offices(self) -> dict[tuple[str, str], Actor]:
        """Somebody in each role that the rules in force know, in every kind of place it is held in: (role, place)."""
        with self.house.db.read() as tx:
            rules, _entry = constitution.in_force(tx)
            group = groups.by_slug(tx, self.group)
        places = {"hub": HUB, "branch": self.town.branch.scope, "group": group.scope}
        kinds = [(role.key, kind) for role in rules.roles.values() for kind in role.scopes]
        return {(role, kind): self._give(role, places[kind]) for role, kind in kinds}

    def _give(self, role: str, scope: Scope) -> Actor:
        """A member with a grant of a role, as its own procedure would leave it."""
        name = f"marked{len(self.names):03}x"
        with self.house.db.write() as tx:
            who = member(tx, name)
            holder = holder_of(tx, actor=who, shown=f"Office {len(self.names)}")
            index = tx.scalar(sa.select(holders.c.told_entry).where(holders.c.id == holder))
            now = house_clock.now()
            row = {
                "id": f"grt_{index}", "entry": index, "holder": holder, "role": role, "scope_kind": scope.kind,
                "scope_id": scope.id, "branch_id": scope.branch, "source": "lot", "act": self.town.election(),
                "from_at": now - dt.timedelta(days=30), "until_at": now + dt.timedelta(days=20),
            }  # fmt: skip
            tx.execute(sa.insert(grants), row)
            self.names[str(who.person)] = name
            return again(tx, who)

    def tries(self, who: Actor, key: str) -> set[str]:
        """Whom a script in an office gets at: every page, what it answers to see the next, keys, rolls."""
        client, page, met = self.house.signed_in(who), f"/groups/{self.group}/requests", self.seen(who)
        for _round in range(ASKED):
            text = client.get(page).text
            met |= self._named(text, who)
            request = re.search(rf"/groups/{self.group}/requests/(\w+)/refusal", text)
            if request is None:
                break
            submit(client, page, f"{page}/{request[1]}/refusal")
        for guess in (key, *(f"2345-6789-abcd-ef{place}2" for place in range(2, 9))):
            met |= self._named(submit(client, "/me/looks", "/looks", purpose="asked", key=guess).text, who)
        for ballot in self.params["ballot"]:
            met |= self._named(submit(client, "/me/looks", f"/ballots/{ballot}/voters").text, who)
        with self.house.db.write() as tx:
            tx.execute(sa.update(membership_requests).values(answered_at=None, answer=None))
        return met

    def _named(self, text: str, who: Actor | None) -> set[str]:
        own = who.person if who else None
        return {person for person, name in self.names.items() if person != own and name in text}

    def written(self, who: Actor | None) -> set[str]:
        """Whom the looks of an office-holder are written down for."""
        with self.house.db.read() as tx:
            return set(tx.scalars(sa.select(looks.c.person).where(looks.c.holder == (who.holder if who else ""))))


def build_trawl(house: House, clock: SetClock) -> Trawl:
    """Opens a group that people asked to join and an election, on a hub that is founded at the clock's moment."""
    town = build_town(house.db, clock, voters=12)
    town.to_ballot(*town.voters[:2])
    with house.db.write() as tx:
        plan = replace(PLAN, joining="accept")
        founders = [again(tx, one) for one in town.founders]
        group, _organisers = found_group(tx, town.branch, founders[:2], founders[2:], plan)
        asked = [member(tx, f"asker{number:02}x") for number in range(ASKED)]
        for person in asked:
            membership.join(tx, group=group, actor=person)
        names = {str(one.person): str(one.nickname) for one in (*asked, *town.voters[2:])}
        params = {
            "group": [group.slug],
            "branch": [town.branch.slug],
            "ballot": [town.ballot().id],
            "grant": list(tx.scalars(sa.select(grants.c.id).order_by(grants.c.entry).limit(3))),
            "act": [town.election(), group.act],
            "index": [str(index) for index in tx.scalars(sa.select(entries.c.index).where(entries.c.index % 4 == 0))],
            "kind": ["purpose", "statement"],
            "target": [group.id, "1"],
            "status": ["404"],
            "statement": ["stm_none"],
            "look": ["1", "2"],
        }
        assert groups.open_requests(tx, group.id)
    return Trawl(house, town, group.slug, names, params)
