"""What a token opens: read anew in one look, so whatever ended is over at once, and asking disturbs no writer."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from hub.groups.models import group_links
from hub.oidc import bearers, clients
from hub.oidc.models import client_keys, sign_ins, tokens
from hub.oidc.models import clients as clients_table
from hub.people.models import persons, standings
from tests.oidc.conftest import Provided, Site

ENDED: list[tuple[sa.Table, dict[str, Any]]] = [
    (tokens, {"ended_at": 1}),
    (tokens, {"until_at": 1}),
    (sign_ins, {"ended_at": 1}),
    (clients_table, {"registered_entry": None}),
    (clients_table, {"stopped_entry": 1}),
    (group_links, {"proved_entry": None}),
    (group_links, {"lapsed_entry": 1}),
    (group_links, {"withdrawn_entry": 1}),
    (group_links, {"url": None}),
    (persons, {"seed": None}),
    (standings, {"until_at": 1}),
]


def stored(provided: Provided, table: sa.Table, values: dict[str, Any]) -> None:
    """Writes values into every row of a table, past the types that would make moments of numbers."""
    said = ", ".join(f"{name} = {'NULL' if value is None else value}" for name, value in values.items())
    with provided.db.write() as tx:
        tx.exec_driver_sql(f"UPDATE {table.name} SET {said}")


@pytest.mark.parametrize(("table", "values"), ENDED, ids=lambda part: json.dumps(part) if type(part) is dict else None)
def test_token_stops_with_the_first_thing_that_ends(
    provided: Provided, site: Site, table: sa.Table, values: dict[str, Any]
) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    with provided.db.read() as tx:
        before = bearers.find(tx, token)
    stored(provided, table, values)

    with provided.db.read() as tx:
        after = bearers.find(tx, token)
    answer = site.userinfo(token)

    assert before is not None
    assert (before.person, before.client, before.kind) == (provided.anna.person, site.client, "access")
    assert after is None
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_token"})


@pytest.mark.parametrize(("table", "values"), [pair for pair in ENDED if pair[0] in (clients_table, group_links)])
def test_condition_and_property_agree_whether_a_client_lives(
    provided: Provided, table: sa.Table, values: dict[str, Any]
) -> None:
    joined = clients_table.join(group_links, group_links.c.id == clients_table.c.link)
    wanted = sa.select(clients_table.c.id).select_from(joined).where(clients.LIVE)

    def seen() -> tuple[bool, bool]:
        with provided.db.read() as tx:
            client = clients.find(tx, provided.client)
            assert client is not None
            return client.is_live, tx.scalar(wanted) == provided.client

    before = seen()
    stored(provided, table, values)

    assert (before, seen()) == ((True, True), (False, False))


def test_token_of_a_client_whose_recipe_is_gone_opens_nothing(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    with provided.db.write() as tx:
        tx.execute(sa.delete(client_keys))

    assert site.userinfo(token).status_code == 401


def test_introspection_waits_for_no_writer(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    with provided.db.write() as tx:
        tx.execute(sa.update(sign_ins).values(what="[]"))  # SQLite has one writer; its patience is fifteen seconds
        answer = site.post("/oidc/introspect", token=token)

    assert (answer.status_code, answer.json()["active"]) == (200, True)


def test_cookie_does_not_count_where_programs_ask(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    token = site.login(browser)["access_token"]

    with_token = browser.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    without = browser.get("/oidc/userinfo")

    assert with_token.json() == site.userinfo(token).json()
    assert (without.status_code, without.headers.get("set-cookie")) == (401, None)
