"""Builds the Starlette application of one hub from its settings; wiring only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route as PathRoute
from starlette.types import Receive, Scope, Send

from hub import clock, sealing
from hub import settings as house
from hub.db import Database
from hub.draws import chain
from hub.edge import Door
from hub.fetch import open_fetcher
from hub.ledger import catalogue
from hub.oidc.keys import ProviderKeys
from hub.people.sealed import insist_on_keys
from hub.roster.line import Line
from hub.settings import Settings
from hub.web import pages, signing
from hub.web.assets import Assets
from hub.web.context import Hub
from hub.web.handling import Route
from hub.web.routes import ROUTES, nothing_here


def served() -> Starlette:
    """Builds the application of the data folder named by FOLKMOOT_DATA; what ``hub web`` runs."""
    settings = house.load(Path(os.environ["FOLKMOOT_DATA"]))
    if settings.demo:
        clock.follow(settings.clock)
        chain.rehearse()
    database = Database(settings.database_url)
    sealing.attach(database, sealing.open_vault(settings))
    insist_on_keys(database)
    return build(settings, database)


def build(settings: Settings, db: Database) -> Starlette:
    """Builds the application of a hub whose store is open."""
    catalogue.load()
    assets = Assets()
    signer = signing.load(settings.keys / "web.key")
    fetcher = open_fetcher(settings.fetch_also, settings.second_look)
    oidc, federation = ProviderKeys(settings.keys), ProviderKeys(settings.keys, "federation.json")
    hub = Hub(settings, db, Line(settings), signer, assets, pages.renderer(assets), oidc, federation, fetcher)
    doors = {path: Door(hub, routes) for path, routes in by_path(ROUTES).items()}
    plain = {path: door for path, door in doors.items() if "{" not in path}
    built = Front(plain, routes=[PathRoute(path, door) for path, door in doors.items()])
    # Whatever else is asked for: our page, with our headers, rather than the framework's.
    built.router.default = Door(hub, {"GET": nothing_here, "POST": nothing_here})
    built.router.redirect_slashes = False
    return built


class Front(Starlette):
    """The application; an address without gaps is looked up instead of tried against every pattern before it."""

    def __init__(self, doors: Mapping[str, Door], **more: Any) -> None:
        super().__init__(**more)
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        door = self.doors.get(scope["path"]) if scope["type"] == "http" else None
        await (super().__call__(scope, receive, send) if door is None else door(scope, receive, send))


def by_path(routes: tuple[Route, ...]) -> dict[str, dict[str, Route]]:
    """Returns the routes by path and method. Raises ValueError where one stands twice."""
    found: dict[str, dict[str, Route]] = {}
    for route in routes:
        methods = found.setdefault(route.path, {})
        if route.method in methods:
            raise ValueError(f"two routes are {route.method} {route.path}")
        methods[route.method] = route
    return found
