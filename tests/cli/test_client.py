"""hub client: lists, recipes, the secret by an organiser's token, and what is missing for a sign-in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from hub import settings as house
from hub.cli import stores
from hub.cli.main import main
from hub.oidc import clients, registering
from tests.oidc.conftest import FORUM, HUB, Provided, Site
from tests.oidc.conftest import bare as bare
from tests.people_for_tests import again


@pytest.fixture
def folder(bare: Provided, monkeypatch: pytest.MonkeyPatch) -> Provided:
    """A hub's folder whose store is the test's own."""
    settings = bare.house.settings
    (settings.data / house.FILE).write_text(house.format_toml({"name": settings.name, "url": HUB}))
    monkeypatch.setattr(stores, "open_hub", lambda _settings: bare.db)
    monkeypatch.setattr(bare.db, "close", lambda: None)
    return bare


def run(provided: Provided, *words: str, code: int = 0) -> Any:
    """Runs a verb; its facts."""
    done = CliRunner().invoke(main, ["client", *words, "--json", "--data", str(provided.house.settings.data)])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if done.stdout.startswith("{") else done.output


def test_sites_and_tools_are_listed(folder: Provided) -> None:
    client, _secret = folder.register("discourse")

    told = run(folder, "list")

    assert [(row["client"], row["tool"], row["url"]) for row in told["sites"]] == [(client, "discourse", FORUM)]
    assert {"discourse", "nextcloud", "link", "any"} <= set(told["tools"])


def test_recipe_is_filled_in_but_for_the_secret(folder: Provided) -> None:
    client, secret = folder.register("discourse")

    told = run(folder, "recipe", client)

    assert told["redirect address"] == [f"{FORUM}/auth/oidc/callback"]
    assert f"openid_connect_client_id: {client}" in told["paste this"]
    assert not any("{" in line or secret in line for line in told["paste this"])


def test_token_of_an_organiser_makes_the_secret_once(folder: Provided) -> None:
    client, old = folder.register()
    with folder.db.write() as tx:
        token = registering.make_registration_token(tx, client=client, actor=again(tx, folder.ben))

    made = run(folder, "add", client, "--token", token)
    twice = run(folder, "add", client, "--token", token, code=1)

    assert "used or over" in twice
    site = Site(folder, client, made["secret"])
    assert site.login(folder.browser(folder.anna))["token_type"] == "Bearer"
    assert (
        Site(folder, client, old).post("/oidc/token", grant_type="refresh_token", refresh_token="x").status_code == 401
    )


def test_guessed_token_makes_nothing(folder: Provided) -> None:
    client, secret = folder.register()

    run(folder, "add", client, "--token", "guessed", code=1)

    with folder.db.read() as tx:
        kept = clients.keys_of(tx, client)
    assert kept is not None
    assert Site(folder, client, secret).login(folder.browser(folder.anna))


def test_what_is_missing_is_named(folder: Provided) -> None:
    client, _secret = folder.register()
    with folder.db.write() as tx:
        registering.stop(tx, client=client, reason="It was taken over.", actor=again(tx, folder.ben))

    told = run(folder, "test", client, code=1)

    assert told["nobody stopped it"] == "It was stopped."
    assert told["its address is proved now"] == "Nobody chose how to prove it."
    fine = ("hub has https", "its redirect addresses are its own", "the hub can sign tokens")
    assert {told[name] for name in fine} == {"ok"}
    assert "forum.test" in told["the site answers there"]


def test_unknown_site_is_named_so(folder: Provided) -> None:
    assert "hub client list" in run(folder, "recipe", "cli_none", code=1)
