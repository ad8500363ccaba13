"""The 38 modules of the OpenID Foundation's basic provider plan, each as a test of our own, by the module's name.

What a module asks stands in its name and in the specification it checks; where the contract here differs, it says so:
PKCE is demanded (each module sends it), prompt=none is refused until a member allows a site to ask in silence, and
claims stand in the ID token as well as in userinfo.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from hub.oidc import registering
from tests.oidc.conftest import HUB, Provided, Site, agree, back, part
from tests.people_for_tests import again

PLAN = (
    "server", "response-type-missing", "idtoken-signature", "idtoken-unsigned", "userinfo-get", "userinfo-post-header",
    "userinfo-post-body", "ensure-request-without-nonce-succeeds-for-code-flow", "scope-profile", "scope-email",
    "scope-address", "scope-phone", "scope-all", "alternate-happy-flow", "display-page", "display-popup",
    "prompt-login", "prompt-none-not-logged-in", "prompt-none-logged-in", "max-age-1", "max-age-10000",
    "ensure-request-with-unknown-parameter-succeeds", "id-token-hint", "login-hint", "ui-locales", "claims-locales",
    "ensure-request-with-acr-values-succeeds", "codereuse", "codereuse-30seconds", "ensure-registered-redirect-uri",
    "ensure-post-request-succeeds", "server-client-secret-post",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", "claims-essential",
    "ensure-request-object-with-redirect-uri", "refresh-token", "ensure-request-with-valid-pkce-succeeds",
)  # fmt: skip
MODULES: dict[str, Callable[[Provided, Site], None]] = {}


def module(name: str) -> Callable[[Callable[[Provided, Site], None]], Callable[[Provided, Site], None]]:
    """Names a module."""

    def keep(played: Callable[[Provided, Site], None]) -> Callable[[Provided, Site], None]:
        assert name not in MODULES
        MODULES[name] = played
        return played

    return keep


def test_plan_is_whole() -> None:
    assert len(PLAN) == 38
    assert set(MODULES) == set(PLAN)


@pytest.mark.parametrize("name", PLAN)
def test_module(provided: Provided, site: Site, name: str) -> None:
    MODULES[name](provided, site)


def whole(provided: Provided, site: Site, **more: Any) -> dict[str, Any]:
    """A login with more in its request; the claims of its ID token, checked as every module checks them."""
    browser = provided.browser(provided.anna)
    tokens = site.login(browser, **more)
    claims = site.read(tokens["id_token"])
    assert (claims["iss"], claims["aud"]) == (HUB, site.client)
    assert claims.get("nonce") == (site.nonce if more.get("nonce", "") is not None else None)
    assert 0 < claims["exp"] - claims["iat"] <= 600
    assert site.userinfo(tokens["access_token"]).json()["sub"] == claims["sub"]
    return claims


def where_next(answer: Any) -> str:
    """Where the sign-in page leads on to."""
    assert answer.headers["location"].startswith("/sign-in?"), answer.headers
    return parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]


@module("server")
def server(provided: Provided, site: Site) -> None:
    whole(provided, site)


@module("alternate-happy-flow")
def alternate(provided: Provided, site: Site) -> None:
    whole(provided, site, state=None)


@module("response-type-missing")
def no_type(provided: Provided, site: Site) -> None:
    answer = site.go(provided.browser(provided.anna), response_type=None)
    assert back(answer, site.redirect) == {"error": "invalid_request", "state": "a state", "iss": HUB}


@module("idtoken-signature")
def signature(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["id_token"]
    published = provided.house.visitor().get("/oidc/jwks.json").json()["keys"]
    assert part(token, 0)["kid"] in [key["kid"] for key in published]
    head, body, signed = token.split(".")
    with pytest.raises(Exception, match="signature"):
        site.read(f"{head}.{body}.{signed[:-8]}AAAAAAAA")


@module("idtoken-unsigned")
def unsigned(provided: Provided, site: Site) -> None:
    """Nobody registers for tokens without a signature."""
    described = provided.house.visitor().get("/.well-known/openid-configuration").json()
    assert described["id_token_signing_alg_values_supported"] == ["RS256", "ES256"]
    told = register(provided, {"id_token_signed_response_alg": "none"})
    assert (told.status_code, told.json()["error"]) == (400, "invalid_client_metadata")


def register(provided: Provided, more: dict[str, Any]) -> Any:
    """Registers the forum anew with metadata of its own."""
    with provided.db.write() as tx:
        token = registering.make_registration_token(tx, client=provided.client, actor=again(tx, provided.ben))
    told = {"redirect_uris": ["https://forum.test/oidc/callback"], **more}
    return provided.house.visitor().post("/oidc/register", json=told, headers={"Authorization": f"Bearer {token}"})


@module("userinfo-get")
def userinfo_get(provided: Provided, site: Site) -> None:
    answer = site.userinfo(site.login(provided.browser(provided.anna))["access_token"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@module("userinfo-post-header")
def userinfo_post(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    answer = provided.house.visitor().post("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == site.userinfo(token).json()


@module("userinfo-post-body")
def userinfo_body(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    answer = provided.house.visitor().post("/oidc/userinfo", data={"access_token": token})
    assert answer.json() == site.userinfo(token).json()


@module("ensure-request-without-nonce-succeeds-for-code-flow")
def no_nonce(provided: Provided, site: Site) -> None:
    assert "nonce" not in whole(provided, site, nonce=None)


def scope(name: str, asked: str, there: set[str]) -> None:
    """A module about a scope: what of its claims there is here."""

    @module(name)
    def played(provided: Provided, site: Site) -> None:
        claims = whole(provided, site, scope=asked)
        known = {"name", "preferred_username", "email", "address", "phone_number", "birthdate", "given_name"}
        assert claims.keys() & known == there


scope("scope-profile", "openid profile", {"name", "preferred_username"})
scope("scope-email", "openid email", set())
scope("scope-address", "openid address", set())
scope("scope-phone", "openid phone", set())
scope("scope-all", "openid profile email address phone", {"name", "preferred_username"})


def accepted(name: str, **more: str) -> None:
    """A module about a parameter that is taken, and changes nothing."""

    @module(name)
    def played(provided: Provided, site: Site) -> None:
        whole(provided, site, **more)


accepted("display-page", display="page")
accepted("display-popup", display="popup")
accepted("login-hint", login_hint="somebody@example.org")
accepted("ui-locales", ui_locales="cy en")
accepted("claims-locales", claims_locales="cy")
accepted("ensure-request-with-acr-values-succeeds", acr_values="1 2")
accepted("ensure-request-with-unknown-parameter-succeeds", extra="foobar")
accepted("ensure-request-with-valid-pkce-succeeds")


@module("prompt-login")
def prompt_login(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    first = site.read(site.login(browser, max_age="10000")["id_token"])
    provided.clock.advance(minutes=2)
    where = where_next(site.go(browser, prompt="login", max_age="10000"))
    assert browser.get(where).status_code == 303
    later = provided.browser(provided.anna)
    code = parse_qs(urlsplit(going_on(later.get(where).text)).query)["code"][0]
    second = site.read(site.exchange(code).json()["id_token"])
    assert second["auth_time"] > first["auth_time"]
    assert second["sub"] == first["sub"]


def going_on(text: str) -> str:
    """Where the page after our own form leads."""
    found = re.search(r'content="0;url=([^"]+)"', text)
    assert found is not None, text
    return html.unescape(found.group(1))


@module("prompt-none-not-logged-in")
def silent_stranger(provided: Provided, site: Site) -> None:
    """The suite wants an error that says the member must act; ours is the same whoever is there (OP-08)."""
    answer = site.go(provided.house.visitor(), prompt="none")
    assert back(answer, site.redirect)["error"] == "interaction_required"


@module("prompt-none-logged-in")
def silent_member(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    agree(browser, site.go(browser).text, silent="yes")
    first = site.read(site.login(browser)["id_token"])
    code = back(site.go(browser, prompt="none"), site.redirect)["code"]
    second = site.read(site.exchange(code).json()["id_token"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


@module("max-age-1")
def short_age(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.login(browser)
    provided.clock.advance(seconds=2)
    where = where_next(site.go(browser, max_age="1"))
    later = provided.browser(provided.anna)
    code = parse_qs(urlsplit(going_on(later.get(where).text)).query)["code"][0]
    assert "auth_time" in site.read(site.exchange(code).json()["id_token"])


@module("max-age-10000")
def long_age(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    first = site.read(site.login(browser, max_age="10000")["id_token"])
    provided.clock.advance(seconds=2)
    second = site.read(site.login(browser, max_age="10000")["id_token"])
    assert first["auth_time"] == second["auth_time"]


@module("id-token-hint")
def hint(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    agree(browser, site.go(browser).text, silent="yes")
    mine = site.login(browser)["id_token"]
    other = site.login(provided.browser(provided.ben))["id_token"]
    ours = back(site.go(browser, prompt="none", id_token_hint=mine), site.redirect)
    theirs = back(site.go(browser, prompt="none", id_token_hint=other), site.redirect)
    assert ("code" in ours, theirs["error"]) == (True, "interaction_required")


@module("codereuse")
def reuse(provided: Provided, site: Site) -> None:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    assert [site.exchange(code).status_code for _ in range(2)] == [200, 400]


@module("codereuse-30seconds")
def reuse_later(provided: Provided, site: Site) -> None:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    token = site.exchange(code).json()["access_token"]
    provided.clock.advance(seconds=30)
    assert site.exchange(code).json()["error"] == "invalid_grant"
    assert site.userinfo(token).status_code == 401


@module("ensure-registered-redirect-uri")
def registered(provided: Provided, site: Site) -> None:
    answer = site.go(provided.browser(provided.anna), redirect_uri="https://forum.test/oidc/callback/other")
    assert answer.status_code == 400
    assert "location" not in answer.headers


@module("ensure-post-request-succeeds")
def by_post(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.sign_in(browser)
    answer = browser.post(
        "/oidc/authorize",
        content=urlencode(site.query()),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert "code" in back(browser.get(answer.headers["location"]), site.redirect)


@module("server-client-secret-post")
def secret_post(provided: Provided, site: Site) -> None:
    site.auth = "post"
    whole(provided, site)


@module("unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
def request_object(provided: Provided, site: Site) -> None:
    made = "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6ImEifQ."
    answer = site.go(provided.browser(provided.anna), request=made)
    assert back(answer, site.redirect)["error"] == "request_not_supported"


@module("request-uri-unsigned-supported-correctly-or-rejected-as-unsupported")
def request_uri(provided: Provided, site: Site) -> None:
    """An address is never fetched: only what was pushed here is known. Nothing of the request is believed."""
    answer = site.go(provided.browser(provided.anna), request_uri="https://forum.test/request.jwt")
    assert answer.status_code == 400
    assert "location" not in answer.headers


@module("ensure-request-object-with-redirect-uri")
def object_redirect(provided: Provided, site: Site) -> None:
    made = jwt.encode({"alg": "HS256"}, {"redirect_uri": "https://elsewhere.test/"}, OctKey.import_key("x" * 32))
    answer = site.go(provided.browser(provided.anna), request=made)
    assert answer.headers["location"].startswith(f"{site.redirect}?error=request_not_supported")


@module("claims-essential")
def essential(provided: Provided, site: Site) -> None:
    claims = whole(provided, site, scope="openid", claims='{"userinfo":{"name":{"essential":true}}}')
    assert claims["name"] == "anna"


@module("refresh-token")
def refresh(provided: Provided, site: Site) -> None:
    first = site.login(provided.browser(provided.anna), scope="openid offline_access")
    second = site.post("/oidc/token", grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    was, now = site.read(first["id_token"]), site.read(second["id_token"])
    assert {name: was[name] for name in ("iss", "sub", "aud", "auth_time", "azp")} == {
        name: now[name] for name in ("iss", "sub", "aud", "auth_time", "azp")
    }
    other = Site(provided, site.client, "wrong")
    stolen = other.post("/oidc/token", grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert stolen.status_code == 401
