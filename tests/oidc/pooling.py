"""Sites that lay everything they hold side by side, and try to tell which of their users are one person (T9).

A *held* value is one byte string or number a site was given: in redirects, tokens, answers of endpoints, logout tokens,
and when. A *column* is one kind of it at one site. The *linker* joins any column of one site with any of another's.
"""

from __future__ import annotations

import base64
import datetime as dt
import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from hub import clock
from hub.fetch import Fetched
from hub.groups import membership
from hub.oidc import asking, consenting, ending, endpoints, rules
from hub.oidc.keys import ProviderKeys
from hub.oidc.parties import Asked
from hub.oidc.provider import Provider
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.people.queries import Lives
from tests.oidc.conftest import HUB, Provided, part
from tests.people_for_tests import again, member

HOSTS = ("forum.test", "wiki.test", "chat.test")
EVENING, VISITS = 8 * 3600, 12 * 3600  # seconds in which members prove who they are, and then visit the sites
TOGETHER = 50  # visits in one unit of work

# What may be the same at two sites: it says nothing of who it is. Every other column is the linker's to try.
CONSTANT = frozenset(
    """
    redirect.iss token.token_type token.expires_in token.scope head.alg head.kid head.typ id.iss id.membership
    user.membership seen.active seen.scope seen.iss seen.token_type logout.head.alg logout.head.kid logout.head.typ
    logout.iss logout.events
    """.split()
)
PUBLIC = frozenset("id.groups id.roles id.warrants user.groups user.roles user.warrants".split())
COARSE = frozenset(["id.auth_time"])
CLOSED = CONSTANT | PUBLIC | COARSE
# Moments and places in a line: compared by nearness as well, since two sites need not see the same second.
NEAR = frozenset("arrived order id.iat id.exp seen.iat seen.exp id.auth_time logout.order".split())
MORE = 0.02  # how much better than chance is called a link (T9)


@dataclass
class Shop:
    """One site. held: member number to column to value; the number is the tests', the site never learns it."""

    client: str
    secret: str
    redirect: str
    held: dict[int, dict[str, str]] = field(default_factory=dict)

    @property
    def basic(self) -> str:
        """How it proves itself."""
        return "Basic " + base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()


@dataclass
class Town:
    """Members with one session each at the hub, and three sites they visit at moments of their own."""

    provided: Provided
    keys: ProviderKeys
    shops: list[Shop]
    draw: random.Random
    sessions: dict[int, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    asks: dict[str, str] = field(default_factory=dict)
    scope: str = "openid groups roles"

    def play(self) -> None:
        """Everybody proves who they are in an evening, visits each site once, and some sign out again."""
        began = clock.now()
        moments = [(self.draw.randrange(EVENING), 0, number, None) for number in range(len(self.people))]
        visits = [
            (at + 1 + self.draw.randrange(VISITS), 1, number, shop)
            for at, _kind, number, _none in moments
            for shop in range(len(self.shops))
        ]
        waiting = sorted([*moments, *visits], key=lambda one: one[:3])
        for first in range(0, len(waiting), TOGETHER):
            with self.provided.db.write() as tx:
                for at, _kind, number, shop in waiting[first : first + TOGETHER]:
                    self.move(began + dt.timedelta(seconds=at))
                    if shop is None:
                        self.sessions[number] = people.start_session(tx, person=self.people[number])
                    else:
                        self.visit(tx, number, self.shops[shop])
        self.leave(range(0, len(self.people), 2))

    def move(self, moment: dt.datetime) -> None:
        """Puts the clock to a moment."""
        self.provided.clock.moment = moment
        clock.set_source(lambda: moment)

    def visit(self, tx: Any, number: int, shop: Shop) -> None:
        """One whole sign-in by the provider's own endpoints; the site keeps all it is given."""
        provider = Provider(tx, self.keys, HUB)
        actor = people_queries.actor_of(tx, self.sessions[number], Lives())[0]
        verifier = "v" * 43
        query = {
            "response_type": "code", "client_id": shop.client, "redirect_uri": shop.redirect, "state": "s",
            "scope": self.scope, "code_challenge": rules.challenge_of(verifier),
            "code_challenge_method": "S256", **self.asks,
        }  # fmt: skip
        asked = Asked("GET", f"{HUB}/oidc/authorize", {}, list(query.items()), [])
        answer: Any = asking.authorize(provider, asked, actor)
        shares = consenting.shares(answer.party, self.scope)
        consenting.give(tx, party=answer.party, actor=actor, scope_shares=shares, silent=False, keeps_address=False)
        answer = asking.grant(provider, answer.ask, shop.client, actor)
        back = dict(parse_qsl(urlsplit(answer.uri).query))
        form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": shop.redirect}
        token = self.call(provider, shop, endpoints.token, {**form, "code_verifier": verifier})
        told = endpoints.userinfo(tx, self.keys, token["access_token"]).body
        seen = self.call(provider, shop, endpoints.introspect, {"token": token["access_token"]})
        raw = token["id_token"]
        parts = dict(zip(("raw.head", "raw.claims", "raw.signature"), raw.split("."), strict=True))
        when = {"arrived": int(clock.now().timestamp()), "order": len(shop.held)}
        shop.held[number] = flat(
            redirect={name: value for name, value in back.items() if name != "state"}, token=token, head=part(raw, 0),
            id=part(raw, 1), user=told, seen=seen, **{"": {**parts, **when}},
        )  # fmt: skip

    def call(self, provider: Provider, shop: Shop, endpoint: Callable[..., Any], form: dict[str, str]) -> Any:
        """The site calls an endpoint and proves itself."""
        head = {"Authorization": shop.basic, "authorization": shop.basic}
        reply = endpoint(provider, Asked("POST", f"{HUB}/oidc/x", head, [], list(form.items())))
        assert reply.status == 200, reply
        return reply.body

    def leave(self, numbers: range) -> None:
        """Some sign out at the hub within one minute; every site is told by the back channel."""
        db, told = self.provided.db, list[tuple[str, str]]()
        with db.write() as tx:
            ending.follow(tx)
        self.move(clock.now() + dt.timedelta(hours=1))
        with db.write() as tx:
            for number in numbers:
                people.end_all_sessions(tx, person=self.people[number])
        with db.write() as tx:
            ending.follow(tx)

        def post(url: str, form: bytes) -> Fetched:
            told.append((url, parse_qs(form.decode())["logout_token"][0]))
            return Fetched(200, {}, b"")

        while ending.send_logouts(db, self.keys, HUB, post):
            pass
        assert len(told) == len(numbers) * len(self.shops)
        for shop in self.shops:
            whose = {held["id.sid"]: held for held in shop.held.values()}
            mine = [raw for _url, raw in told if part(raw, 1)["aud"] == shop.client]
            for place, raw in enumerate(mine):
                held = whose[str(part(raw, 1)["sid"])]
                held |= flat(logout=part(raw, 1), **{"logout.head": part(raw, 0)})
                held["logout.order"], held["logout.raw"] = str(place), raw


def flat(**groups: dict[str, Any]) -> dict[str, str]:
    """Columns of everything: group and name to the value as text."""
    found = {}
    for group, values in groups.items():
        for name, value in values.items():
            found[f"{group}.{name}" if group else name] = str(value)
    return found


def settle(provided: Provided, count: int, seed: int) -> Town:
    """A town of members without office, a third of them in the group, and three sites with a back channel."""
    shops = []
    for host in HOSTS:
        client, secret = provided.register("nextcloud", url=f"https://{host}", kind="website")
        shops.append(Shop(client, secret, f"https://{host}/apps/user_oidc/code"))
    keys = ProviderKeys(provided.house.settings.keys)
    with provided.db.write() as tx:
        members = [member(tx, f"m_{number}") for number in range(count)]
        for actor in members[::3]:
            membership.join(tx, group=provided.group, actor=again(tx, actor))
    return Town(provided, keys, shops, random.Random(seed), people=[str(actor.person) for actor in members])


Held = dict[int, dict[str, str]]


def linked_by_value(one: Held, other: Held, column: str, another: str) -> float:
    """How sure a linker is that joins two columns on equal values: the share of members it finds again by a draw."""
    where = defaultdict(set)
    for number, held in other.items():
        if another in held:
            where[held[another]].add(number)
    mine = [(number, held[column]) for number, held in one.items() if column in held]
    return sum(1 / len(where[value]) for number, value in mine if number in where.get(value, ())) / max(1, len(mine))


def linked_by_nearness(one: Held, other: Held, column: str) -> float:
    """The same for one that takes whoever is nearest in a column of moments or places; of several, any."""
    where = defaultdict(set)
    for number, held in other.items():
        if column in held:
            where[float(held[column])].add(number)
    line, right = sorted(where), 0.0
    mine = [(number, float(held[column])) for number, held in one.items() if column in held]
    for number, value in mine:
        place = bisect(line, value)
        around = line[max(0, place - 1) : place + 1]
        best = min(abs(near - value) for near in around)
        nearest = set().union(*(where[near] for near in around if abs(near - value) == best))
        right += (number in nearest) / len(nearest)
    return right / max(1, len(mine))


def links(shops: list[Shop]) -> dict[str, float]:
    """Every join of two sites that finds members again better than by chance: columns to how sure it is.

    What is the same for everybody, public or coarse is joined as one column, all of it together.
    """
    found = {}
    for one, other in combinations([together(shop.held) for shop in shops], 2):
        for column, another in pairs(one, other):
            among = sum(another in held for held in other.values())
            sure = linked_by_value(one, other, column, another)
            if sure > 1 / among + MORE:
                found[f"{column} = {another}"] = sure
        for column in NEAR:
            among = sum(column in held for held in other.values())
            sure = linked_by_nearness(one, other, column)
            if sure > 1 / among + MORE:
                found[f"{column} ~ {column}"] = sure
    return found


def shared(shops: list[Shop]) -> dict[str, float]:
    """Columns, but the closed ones, that are equal for one member at two sites more often than for two members."""
    found = {}
    for one, other in combinations([shop.held for shop in shops], 2):
        for column, another in pairs(one, other):
            if {column, another} <= CLOSED:
                continue
            mine = [number for number, held in one.items() if column in held and another in other[number]]
            own, *strangers = [
                sum(one[a][column] == other[b][another] for a, b in zip(mine, turned(mine, step), strict=True))
                for step in (0, 1, len(mine) // 3, len(mine) // 2)
            ]
            if own / len(mine) > max(strangers) / len(mine) + MORE:
                found[f"{column} = {another}"] = own / len(mine)
    return found


def turned(numbers: list[int], step: int) -> list[int]:
    """A list begun further on: everybody beside somebody else."""
    return numbers[step:] + numbers[:step]


def together(held: Held) -> Held:
    """The closed columns as one more column, but for those of logouts: whoever leaves, leaves everywhere at once."""
    names = sorted(name for name in CLOSED if not name.startswith("logout."))
    return {number: {**values, "closed": repr([values[name] for name in names])} for number, values in held.items()}


def pairs(one: Held, other: Held) -> list[tuple[str, str]]:
    """Pairs of columns with a value in common for one member at least: all others join nothing."""
    found = set()
    for number, held in one.items():
        back = defaultdict(list)
        for name, value in other[number].items():
            back[value].append(name)
        found |= {(name, another) for name, value in held.items() for another in back.get(value, ())}
    return sorted(found)
