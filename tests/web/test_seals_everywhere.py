"""Over the whole table of routes: wherever a page shows an act, it says how far the record has it.

A demo town lives through half a year of acts; at each stage the pages are walked by their own links, by visitors and by
office-holders, and each route is met with whatever act it shows then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hub import app, clock
from hub import settings as house
from hub.cli import stores
from hub.cli.demo import seed_demo
from hub.cli.demo.people import invent
from hub.web import pages
from hub.web.routes import ROUTES
from tests.screens_of_powers import Page, Town
from tests.web.conftest import House
from tests.web.test_seals import ENTRY, SAID

LINK = re.compile(r'href="(/[^"#?]*)"')
PROOF = re.compile(r'href="/record/([0-9]+)/proof"')
SENTENCE = re.compile(r"What this page shows of the record: .*(recorded|sealed|witnessed by [0-9]+).*")
SEALED = re.compile(r"witnessed by|sealed(?! within a minute)")
WALKERS = ("", "york_one", "merry_robin_17")
# Pages that say it of each line themselves, and what is no page of ours.
APART = ("/record", "/dev/", "/static/", "/log/", "/openings/", "/files/", "/charter/", "/git/", "/oidc/", "/me/export")
EACH = 2  # addresses of one route that are looked at, by one walker at one stage


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Town]]:
    """A demo hub within this process, and the town in it."""
    folder = tmp_path_factory.mktemp("demo") / "hub"
    story = seed_demo(folder, port=8000, members=invent(64, 7))
    settings = house.load(folder)
    db = stores.open_hub(settings)
    yield House(settings, db, app.build(settings, db)), Town(settings, story)
    db.close()
    clock.set_source(None)


def shapes() -> dict[str, re.Pattern[str]]:
    """Every page of the table: its address as a route has it, and what fits it; the plain ones first."""
    found = {
        route.path: re.compile(re.sub(r"\\{\w+(:path)?\\}", "[^/]+", re.escape(route.path)))
        for route in ROUTES
        if route.method == "GET" and not route.is_machine and not route.path.startswith(APART)
    }
    return dict(sorted(found.items(), key=lambda one: one[0].count("{")))


SHAPES = shapes()


def route_of(path: str) -> str | None:
    """The route of an address, or None for what is apart."""
    return next((route for route, shape in SHAPES.items() if shape.fullmatch(path)), None)


def walk(client: Any, begin: list[str], told: dict[str, set[str]]) -> None:
    """Follows links from some pages, a few of each route; keeps what each says of the acts that it shows, by route."""
    waiting, met, many = [*begin], set(begin), dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if route is None or (path not in begin and many.get(route, 0) >= EACH):
            continue
        many[route] = many.get(route, 0) + 1
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        shown, said = sorted({int(index) for index in ENTRY.findall(main)}), SAID.findall(main)
        if shown:
            told.setdefault(route, set()).add("said" if len(said) == 1 and SENTENCE.fullmatch(said[0]) else path)
            proofs = set(PROOF.findall(main))
            assert proofs <= set(map(str, shown)), path
            assert bool(proofs) == bool(SEALED.search("".join(said))), path
        else:
            assert said == [], path
        fresh = [link for link in LINK.findall(answer.text) if link not in met]
        met |= set(fresh)
        waiting += fresh


def stages(town: Town) -> Iterator[list[Page]]:
    """A recall and a hiding, an amendment voted, an election held; the draw waits for its sources."""
    town.grow()
    town.wait(days=1)
    yield town.petition_and_hiding()
    yield town.amendment()
    yield from town.election()


# Some that show an act in this half year: so many were met at least, whichever addresses the walk takes.
MET = {
    "/ballots/{ballot}", "/branches/{branch}/power", "/channels", "/council", "/draws/{act}", "/groups/{group}/power",
    "/hidings/{act}", "/petitions/{act}", "/power",
}  # fmt: skip


def test_every_route_that_shows_an_act_says_how_far_the_record_has_it(served: tuple[House, Town]) -> None:
    hub, town = served
    told: dict[str, set[str]] = {}

    for stage in stages(town):
        clock.follow(hub.settings.clock)
        for nickname in WALKERS:
            with hub.db.write() as tx:
                actor = town.actors(tx).get(nickname)
            client = hub.visitor() if actor is None else hub.signed_in(actor)
            walk(client, ["/", "/power", *(path for _, path, who in stage if who in ("", nickname))], told)

    assert {route: said for route, said in told.items() if said != {"said"}} == {}
    assert MET - set(told) == set()
    assert len(told) >= 12, sorted(told)


def test_page_that_forgets_it_is_found(served: tuple[House, Town], monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault."""
    hub, _town = served
    clock.follow(hub.settings.clock)
    monkeypatch.setattr(pages, "_reached", lambda *_: "")
    told: dict[str, set[str]] = {}

    walk(hub.visitor(), ["/power"], told)

    assert told["/power"] == {"/power"}
