"""What the provider says of itself is true: each thing it advertises is tried."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from hub.oidc import consenting
from hub.oidc.keys import ProviderKeys
from hub.web.levels import LEVELS
from tests.oidc.conftest import HUB, Provided, Site, agree, back


def described(provided: Provided) -> dict[str, Any]:
    """The description, as sites read it."""
    return dict(provided.house.visitor().get("/.well-known/openid-configuration").json())


def test_every_claim_that_is_advertised_is_told_and_no_other(provided: Provided, site: Site) -> None:
    site.scope = "openid profile email groups roles membership"
    person, keys = provided.ben.person or "", ProviderKeys(provided.house.settings.keys)
    with provided.db.write() as tx:
        code = consenting.ask_address(tx, client=site.client, person=person, address="b@example.org", keys=keys)
        consenting.confirm_address(tx, client=site.client, person=person, code=code)
    browser = provided.browser(provided.ben)
    told = back(agree(browser, site.go(browser).text, address_shown="yes"), site.redirect)
    tokens = site.exchange(told["code"]).json()

    signed, asked = site.read(tokens["id_token"]), site.userinfo(tokens["access_token"]).json()

    of_the_token = {"iss", "aud", "azp", "exp", "iat", "auth_time", "nonce", "sid"}
    assert set(described(provided)["claims_supported"]) == set(signed) - {"at_hash"}
    assert set(asked) == set(signed) - {"at_hash"} - of_the_token
    assert {name: signed[name] for name in asked} == asked


def test_every_endpoint_that_is_advertised_is_there(provided: Provided) -> None:
    told = described(provided)

    paths = {urlsplit(where).path for name, where in told.items() if name.endswith(("_endpoint", "jwks_uri"))}

    assert all(where.startswith(f"{HUB}/") for name, where in told.items() if name.endswith("_endpoint"))
    assert len(paths) == 9
    assert paths <= {path for _method, path in LEVELS}


def test_way_to_prove_a_client_comes_with_its_algorithms_at_each_endpoint(provided: Provided) -> None:
    told = described(provided)

    for endpoint in ("token", "introspection", "revocation"):
        assert "private_key_jwt" in told[f"{endpoint}_endpoint_auth_methods_supported"]
        assert told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == ["RS256", "ES256"]


def test_description_is_the_same_under_both_names_and_is_not_sent_twice(provided: Provided) -> None:
    stranger = provided.house.visitor()

    first = stranger.get("/.well-known/openid-configuration")
    other = stranger.get("/.well-known/oauth-authorization-server")
    again = stranger.get("/.well-known/openid-configuration", headers={"If-None-Match": first.headers["etag"]})

    assert first.content == other.content
    assert (again.status_code, again.content) == (304, b"")
    assert (first.headers["cache-control"], first.headers["access-control-allow-origin"]) == (
        "public, max-age=600",
        "*",
    )
