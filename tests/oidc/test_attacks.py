"""Hostile sites, thieves and stray browsers: every attack here must come to nothing (T8, T9, OP-01 to OP-17).

Each is a function that returns what it gained; gaining nothing is the empty list. A planted gain fails the test.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from hub import clock
from hub.branches import queries as branches
from hub.errors import Invalid
from hub.groups import founding
from hub.oidc import consenting as consent
from hub.oidc import registering, rules, store
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import consents, sign_ins, tokens
from hub.people import actions as people
from hub.people.models import sessions
from tests.oidc.conftest import FORM, HUB, Provided, Site, back, form_of, part
from tests.people_for_tests import again, member

Attack = Callable[[Provided, Site], list[Any]]
ATTACKS: dict[str, Attack] = {}
EVIL = "https://evil.test/cb"


def attack(played: Attack) -> Attack:
    """Adds an attack."""
    ATTACKS[played.__name__] = played
    return played


def test_there_are_sixty() -> None:
    assert len(ATTACKS) >= 60


def test_gain_would_be_seen(provided: Provided, site: Site) -> None:
    """The planted fault: an ordinary sign-in, called an attack, gains a code."""
    assert gained(site.go(consenting(provided, site))) != []


def consenting(provided: Provided, site: Site) -> Any:
    """A browser of a member who said yes to the forum."""
    browser = provided.browser(provided.anna)
    site.sign_in(browser)
    return browser


def gained(*answers: Any) -> list[Any]:
    """What answers give away: a code, a token, a session, or a redirect to where it should not lead."""
    found = []
    for answer in answers:
        location = answer.headers.get("location", "")
        if "code=" in location or "evil" in location:
            found.append(location)
        if answer.headers.get("content-type") == "application/json" and "access_token" in answer.text:
            found.append(answer.text)
        if 'content="0;url=' in answer.text and "code=" in answer.text:
            found.append("a page that leads on with a code")
        if answer.status_code >= 500:
            found.append(answer.status_code)
    return found


def asking(name: str, **more: str | None) -> None:
    """An attack that is one request of a consenting member's browser."""

    def played(provided: Provided, site: Site) -> list[Any]:
        return gained(site.go(consenting(provided, site), **more))

    played.__name__ = name
    attack(played)


# Redirects.
for number, uri in enumerate([
    EVIL, "https://forum.test.evil.test/oidc/callback", "https://forum.test@evil.test/oidc/callback",
    "https://forum.test/oidc/callback/../../evil", "https://forum.test/oidc/callback?x=1", "https://forum.test/oidc/callback#",
    "http://forum.test/oidc/callback", "https://FORUM.test/oidc/callback", "https://forum.test:443/oidc/callback",
    "https://forum.test/oidc/callback/", "https://forum.test/oidc//callback", "//evil.test/cb", "javascript:alert(1)",
    "https://forum.test/oidc/callback%0d%0aX: y", "https://forum.test/oidc/callback\n", "", "https://forum.test\\evil",
]):  # fmt: skip
    asking(f"redirect_{number}", redirect_uri=uri)
asking("no_redirect", redirect_uri=None)

# Response types and modes that would put tokens into the browser.
for kind in ("token", "id_token", "id_token token", "code token", "code id_token", "none", "code code"):
    asking(f"type_{kind.replace(' ', '_')}", response_type=kind)
for mode in ("fragment", "form_post", "query.jwt", "web_message"):
    asking(f"mode_{mode}", response_mode=mode)

# PKCE taken away or weakened.
asking("no_pkce", code_challenge=None, code_challenge_method=None)
asking("plain_pkce", code_challenge="x" * 43, code_challenge_method="plain")
asking("pkce_without_method", code_challenge_method=None)
asking("short_challenge", code_challenge="x")
asking("other_client_id", client_id="cli_00000000000000000000000000")
asking("request_object", request="eyJhbGciOiJub25lIn0.e30.")
asking("request_uri_of_its_own", request_uri="https://evil.test/request")
asking("silent_login", prompt="none")
asking("silent_and_login", prompt="none login")
asking("deep_claims", claims="[" * 1500)
asking("no_openid", scope="profile")


@attack
def parameter_pollution(provided: Provided, site: Site) -> list[Any]:
    query = urlencode([*site.query().items(), ("redirect_uri", EVIL), ("client_id", site.client)])
    first = consenting(provided, site).get(f"/oidc/authorize?redirect_uri={EVIL}&{urlencode(site.query())}")
    return gained(first, consenting(provided, site).get(f"/oidc/authorize?{query}"))


@attack
def more_than_was_agreed(provided: Provided, site: Site) -> list[Any]:
    """A site that was told the nickname asks for the address: it is asked about, not given."""
    browser = provided.browser(provided.anna)
    site.sign_in(browser, scope="openid")
    return gained(site.go(browser, scope="openid profile email offline_access"))


@attack
def consent_by_a_foreign_form(provided: Provided, site: Site) -> list[Any]:
    browser = provided.browser(provided.anna)
    fields = [(name, value) for name, value in form_of(site.go(browser).text, "/oidc/consent") if name != "token"]
    plain = browser.post("/oidc/consent", content=urlencode(fields), headers=FORM)
    cross = browser.post(
        "/oidc/consent", content=urlencode(form_of(site.go(browser).text, "/oidc/consent")),
        headers={**FORM, "Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    return gained(plain, cross) + [row for row in provided.rows(consents, sign_ins) if row]


@attack
def consent_for_another_request(provided: Provided, site: Site) -> list[Any]:
    """The hidden fields of one question with the client of another."""
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    browser = provided.browser(provided.anna)
    fields = form_of(site.go(browser).text, "/oidc/consent")
    theirs = dict(form_of(wiki.go(browser).text, "/oidc/consent"))
    mixed = urlencode([(name, theirs["client"] if name == "client" else value) for name, value in fields])
    return gained(browser.post("/oidc/consent", content=mixed, headers=FORM))


@attack
def consent_in_a_strangers_browser(provided: Provided, site: Site) -> list[Any]:
    """The attacker sends the victim their own question: the code belongs to who answers, and to its own request."""
    mallory = provided.browser(member_of(provided, "mallory"))
    fields = form_of(site.go(mallory).text, "/oidc/consent")
    victim = provided.browser(provided.anna)
    return gained(victim.post("/oidc/consent", content=urlencode(fields), headers=FORM))


def member_of(provided: Provided, name: str) -> Any:
    """Another member."""
    with provided.db.write() as tx:
        return member(tx, name)


@attack
def consent_without_the_sign_in_that_was_asked_for(provided: Provided, site: Site) -> list[Any]:
    """A site wants a new sign-in; its question is answered straight away, in the old session."""
    browser = provided.browser(provided.anna)
    fields = form_of(site.go(browser).text, "/oidc/consent")
    where = parse_qs(urlsplit(site.go(browser, prompt="login").headers["location"]).query)["next"][0]
    ask = parse_qs(urlsplit(where).query)["request_uri"][0]
    forged = urlencode([(name, ask if name == "ask" else value) for name, value in fields])
    return gained(browser.post("/oidc/consent", content=forged, headers=FORM))


@attack
def answering_twice(provided: Provided, site: Site) -> list[Any]:
    browser = provided.browser(provided.anna)
    fields = urlencode(form_of(site.go(browser).text, "/oidc/consent"))
    browser.post("/oidc/consent", content=fields, headers=FORM)
    return gained(browser.post("/oidc/consent", content=fields, headers=FORM))


@attack
def framed_question(provided: Provided, site: Site) -> list[Any]:
    browser = consenting(provided, site)
    where = f"/oidc/authorize?{urlencode(site.query())}"
    found = []
    for dest in ("iframe", "image", "script", "empty", "object", "embed"):
        found += gained(browser.get(where, headers={"Sec-Fetch-Dest": dest}))
    page = site.go(provided.browser(provided.ben))
    if "frame-ancestors 'none'" not in page.headers["content-security-policy"]:
        found.append("can be framed")
    return found


@attack
def is_somebody_signed_in(provided: Provided, site: Site) -> list[Any]:
    """Embedded loads say the same of a member and of a stranger."""
    where = f"/oidc/authorize?{urlencode(site.query(prompt='none'))}"
    heads = {"Sec-Fetch-Dest": "iframe"}
    seen = {
        (answer.status_code, answer.headers.get("location"))
        for answer in (
            consenting(provided, site).get(where, headers=heads),
            provided.house.visitor().get(where, headers=heads),
            consenting(provided, site).get(where),
            provided.house.visitor().get(where),
        )
    }
    return [] if len(seen) <= 2 else [seen]


@attack
def no_cross_origin_reading(provided: Provided, site: Site) -> list[Any]:
    answer = consenting(provided, site).get(
        f"/oidc/authorize?{urlencode(site.query())}", headers={"Origin": "https://evil.test"}
    )
    return [name for name in answer.headers if name.startswith("access-control")]


# Codes.
@attack
def stolen_code_without_the_verifier(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    return gained(site.exchange(code, code_verifier=None), site.exchange(code))


@attack
def stolen_code_at_another_client(provided: Provided, site: Site) -> list[Any]:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    code = site.sign_in(provided.browser(provided.anna))["code"]
    thief = Site(provided, other, secret, redirect=site.redirect, verifier=site.verifier)
    return gained(thief.exchange(code))


@attack
def code_injected_into_anothers_session(provided: Provided, site: Site) -> list[Any]:
    """The victim's code is put into the attacker's own exchange: the verifier is another."""
    victim = site.sign_in(provided.browser(provided.anna))["code"]
    mallory = Site(provided, site.client, site.secret)
    mallory.sign_in(provided.browser(provided.ben))
    return gained(mallory.exchange(victim))


@attack
def guessed_codes(provided: Provided, site: Site) -> list[Any]:
    return gained(*[site.exchange(code) for code in ("", "x", "0" * 43, "%00", "é" * 40, "a" * 5000)])


@attack
def code_as_access_token(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    return [] if site.userinfo(code).status_code == 401 else ["claims"]


@attack
def expired_code(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    provided.clock.advance(seconds=61)
    return gained(site.exchange(code))


@attack
def code_of_a_member_who_left_meanwhile(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    with provided.db.write() as tx:
        people.end_standing(tx, person=provided.anna.person or "")
    return gained(site.exchange(code))


# Clients that lie about who they are.
@attack
def no_secret(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    site.auth = "none"
    return gained(site.exchange(code))


@attack
def wrong_secrets(provided: Provided, site: Site) -> list[Any]:
    code, real = site.sign_in(provided.browser(provided.anna))["code"], site.secret
    found = []
    for secret in ("", "x", real[:-1], real + "x", real.swapcase(), hashlib.sha256(real.encode()).hexdigest()):
        site.secret = secret
        found += gained(site.exchange(code))
    return found


@attack
def two_ways_at_once(provided: Provided, site: Site) -> list[Any]:
    code = site.sign_in(provided.browser(provided.anna))["code"]
    return gained(site.exchange(code, client_secret=site.secret, client_id=site.client))


def assertion(site: Site, key: Any, algorithm: str = "ES256", **lies: Any) -> dict[str, str]:
    """A signed assertion of a client, with lies."""
    now = int(clock.now().timestamp())
    told = {
        "iss": site.client, "sub": site.client, "aud": f"{HUB}/oidc/token", "iat": now, "exp": now + 60,
        "jti": "an assertion", **lies,
    }  # fmt: skip
    registry = [algorithm]
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode({"alg": algorithm}, told, key, registry),
    }


def with_key(provided: Provided, site: Site) -> ECKey:
    """Lets the forum prove itself by a key instead of a secret."""
    key = ECKey.generate_key("P-256")
    with provided.db.write() as tx:
        token = registering.make_registration_token(tx, client=site.client, actor=again(tx, provided.ben))
    told = {
        "redirect_uris": [site.redirect], "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.as_dict(private=False)]},
    }  # fmt: skip
    made = provided.house.visitor().post("/oidc/register", json=told, headers={"Authorization": f"Bearer {token}"})
    assert made.status_code == 201, made.text
    return key


def by_assertion(site: Site, code: str, proof: dict[str, str]) -> Any:
    """Brings a code with an assertion."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": site.redirect, "code_verifier": site.verifier,
    }  # fmt: skip
    return site.provided.house.visitor().post("/oidc/token", data={**form, **proof})


def test_true_assertion_is_taken(provided: Provided, site: Site) -> None:
    key = with_key(provided, site)
    code = site.sign_in(provided.browser(provided.anna))["code"]

    answer = by_assertion(site, code, assertion(site, key))

    assert answer.status_code == 200, answer.text


@attack
def false_assertions(provided: Provided, site: Site) -> list[Any]:
    key, other = with_key(provided, site), ECKey.generate_key("P-256")
    past = int(clock.now().timestamp()) - 1
    far = int((clock.now() + dt.timedelta(days=2)).timestamp())
    public = json.dumps(key.as_dict(private=False)).encode()
    lies = [
        assertion(site, other), assertion(site, key, aud="https://other.test"), assertion(site, key, exp=past),
        assertion(site, key, exp=far), assertion(site, key, iss="somebody"), assertion(site, key, jti="x"),
        assertion(site, key, jti=7), assertion(site, key, sub="cli_none"),
        assertion(site, OctKey.import_key(public), "HS256"),
        {"client_assertion_type": assertion(site, key)["client_assertion_type"], "client_assertion": "a.b.c"},
        {"client_assertion_type": assertion(site, key)["client_assertion_type"], "client_assertion": unsigned(site)},
    ]  # fmt: skip
    code = site.sign_in(provided.browser(provided.anna))["code"]
    return gained(*[by_assertion(site, code, lie) for lie in lies])


def unsigned(site: Site) -> str:
    """An assertion without a signature."""
    now = int(clock.now().timestamp())
    told = {"iss": site.client, "sub": site.client, "aud": HUB, "exp": now + 60, "jti": "an assertion"}
    text = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()  # noqa: E731
    return f"{text({'alg': 'none'})}.{text(told)}."


@attack
def assertion_used_twice(provided: Provided, site: Site) -> list[Any]:
    key, browser = with_key(provided, site), provided.browser(provided.anna)
    proof = assertion(site, key)
    by_assertion(site, site.sign_in(browser)["code"], proof)
    return gained(by_assertion(site, site.sign_in(browser)["code"], proof))


# Tokens.
@attack
def token_of_one_site_at_another(provided: Provided, site: Site) -> list[Any]:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    token = site.login(provided.browser(provided.anna))["access_token"]
    known = wiki.post("/oidc/introspect", token=token).json()
    return [known] if known != {"active": False} else []


@attack
def refresh_token_of_one_site_at_another(provided: Provided, site: Site) -> list[Any]:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    token = site.login(provided.browser(provided.anna), scope="openid offline_access")["refresh_token"]
    return gained(wiki.post("/oidc/token", grant_type="refresh_token", refresh_token=token))


@attack
def refresh_as_access_and_back(provided: Provided, site: Site) -> list[Any]:
    both = site.login(provided.browser(provided.anna), scope="openid offline_access")
    as_access = site.userinfo(both["refresh_token"])
    as_refresh = site.post("/oidc/token", grant_type="refresh_token", refresh_token=both["access_token"])
    return gained(as_refresh) + ([] if as_access.status_code == 401 else ["claims"])


@attack
def refresh_for_more_scope(provided: Provided, site: Site) -> list[Any]:
    token = site.login(provided.browser(provided.anna), scope="openid offline_access")["refresh_token"]
    return gained(
        site.post("/oidc/token", grant_type="refresh_token", refresh_token=token, scope="openid profile email")
    )


@attack
def id_token_as_access_token(provided: Provided, site: Site) -> list[Any]:
    token = site.login(provided.browser(provided.anna))["id_token"]
    return [] if site.userinfo(token).status_code == 401 else ["claims"]


@attack
def forged_id_tokens(provided: Provided, site: Site) -> list[Any]:
    """Keys in the header, the public key as a secret, no signature: none is read as a hint of ours."""
    real = site.login(provided.browser(provided.anna))["id_token"]
    keys = ProviderKeys(provided.house.settings.keys)
    told, mine = part(real, 1), RSAKey.generate_key(2048)
    public = json.dumps(part(real, 1)).encode()
    head = {"alg": "RS256", "jwk": mine.as_dict(private=False), "kid": part(real, 0)["kid"]}
    forged = [
        jwt.encode(head, told, mine), jwt.encode({"alg": "RS256", "jku": EVIL}, told, mine),
        jwt.encode({"alg": "HS256"}, told, OctKey.import_key(public)), ".".join([*real.split(".")[:2], ""]),
        unsigned(site), real + "x", real[:-6], "", "a.b.c", "é.é.é", "." * 5000,
    ]  # fmt: skip
    return [token for token in forged if keys.read(token) is not None]


@attack
def password_and_client_credentials(provided: Provided, site: Site) -> list[Any]:
    kinds = ("password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "", "é")
    return gained(*[site.post("/oidc/token", grant_type=kind, username="anna", password="x") for kind in kinds])


@attack
def tokens_in_the_address(provided: Provided, site: Site) -> list[Any]:
    token = site.login(provided.browser(provided.anna))["access_token"]
    answer = provided.house.visitor().get(f"/oidc/userinfo?access_token={token}")
    return [] if answer.status_code == 401 else ["claims by a token in an address"]


@attack
def token_after_consent_was_taken_back(provided: Provided, site: Site) -> list[Any]:
    token = site.login(provided.browser(provided.anna), scope="openid offline_access")
    with provided.db.write() as tx:
        consent.withdraw(tx, client=site.client, person=provided.anna.person or "")
    again_asked = site.post("/oidc/token", grant_type="refresh_token", refresh_token=token["refresh_token"])
    return gained(again_asked) + ([] if site.userinfo(token["access_token"]).status_code == 401 else ["claims"])


# Pushed requests and registration.
@attack
def anothers_pushed_request(provided: Provided, site: Site) -> list[Any]:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    uri = wiki.post("/oidc/par", **wiki.query()).json()["request_uri"]
    browser = consenting(provided, site)
    return gained(browser.get("/oidc/authorize", params={"client_id": site.client, "request_uri": uri}))


@attack
def pushed_request_with_other_parameters_beside(provided: Provided, site: Site) -> list[Any]:
    uri = site.post("/oidc/par", **site.query()).json()["request_uri"]
    more = {"client_id": site.client, "request_uri": uri, "redirect_uri": EVIL, "scope": "openid email"}
    answer = consenting(provided, site).get("/oidc/authorize", params=more)
    return ["leads elsewhere"] if "evil" in answer.text or "evil" in answer.headers.get("location", "") else []


@attack
def pushing_without_proof(provided: Provided, site: Site) -> list[Any]:
    site.secret = "guessed"
    answer = site.post("/oidc/par", **site.query())
    return [answer.text] if "request_uri" in answer.text else []


def registration(provided: Provided, site: Site, **told: Any) -> Any:
    """Registers the forum anew with metadata of the attacker's choice."""
    with provided.db.write() as tx:
        token = registering.make_registration_token(tx, client=site.client, actor=again(tx, provided.ben))
    return provided.house.visitor().post("/oidc/register", json=told, headers={"Authorization": f"Bearer {token}"})


@attack
def registering_elsewhere(provided: Provided, site: Site) -> list[Any]:
    wrong = [
        {"redirect_uris": [EVIL]}, {"redirect_uris": [site.redirect, EVIL]}, {"redirect_uris": []}, {},
        {"redirect_uris": site.redirect}, {"redirect_uris": [site.redirect] * 6}, {"redirect_uris": [7]},
        {"redirect_uris": [site.redirect], "backchannel_logout_uri": "https://169.254.169.254/"},
        {"redirect_uris": [site.redirect], "post_logout_redirect_uris": [EVIL]},
        {"redirect_uris": [site.redirect], "token_endpoint_auth_method": "client_secret_jwt"},
        {"redirect_uris": [site.redirect], "token_endpoint_auth_method": "private_key_jwt"},
        {"redirect_uris": [site.redirect], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [
            OctKey.import_key("x" * 32).as_dict()]}},
        {"redirect_uris": [site.redirect], "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": EVIL},
        {"redirect_uris": [site.redirect], "id_token_signed_response_alg": "HS256"},
    ]  # fmt: skip
    return [told for told in wrong if registration(provided, site, **told).status_code != 400]


@attack
def registering_without_a_token(provided: Provided, site: Site) -> list[Any]:
    told, visitor = {"redirect_uris": [site.redirect]}, provided.house.visitor()
    heads: list[dict[str, str]] = [{}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {site.secret}"}]
    odd = [b"", b"{", b"[]", b"null", b"\xff", b"[" * 50_000, b'{"redirect_uris":' * 1000]
    found = [head for head in heads if visitor.post("/oidc/register", json=told, headers=head).status_code != 401]
    json_type = {"Content-Type": "application/json"}
    return found + [
        raw for raw in odd if visitor.post("/oidc/register", content=raw, headers=json_type).status_code != 401
    ]


@attack
def managing_anothers_client(provided: Provided, site: Site) -> list[Any]:
    made = registration(provided, site, redirect_uris=[site.redirect]).json()
    other, _secret = provided.register(url="https://wiki.test", kind="wiki")
    head = {"Authorization": f"Bearer {made['registration_access_token']}"}
    visitor = provided.house.visitor()
    answers = [
        visitor.get(f"/oidc/register/{other}", headers=head), visitor.delete(f"/oidc/register/{other}", headers=head),
        visitor.get(f"/oidc/register/{site.client}"), visitor.delete(f"/oidc/register/{site.client}"),
        visitor.get(f"/oidc/register/{site.client}", headers={"Authorization": "Bearer x"}),
    ]  # fmt: skip
    return [answer.status_code for answer in answers if answer.status_code != 401]


# Signing out, and names.
@attack
def forged_logout(provided: Provided, site: Site) -> list[Any]:
    browser = consenting(provided, site)
    for how in ({}, {"id_token_hint": "x.y.z"}, {"client_id": site.client, "post_logout_redirect_uri": EVIL}):
        browser.get("/oidc/logout", params=how)
        browser.post("/oidc/logout", data=how)
        browser.post("/oidc/goodbye", data=how)
    return [] if browser.get("/me").status_code == 200 else ["signed out by another site"]


@attack
def open_redirect_after_goodbye(provided: Provided, site: Site) -> list[Any]:
    hint = site.login(provided.browser(provided.anna))["id_token"]
    answers = [
        provided.house.visitor().get("/oidc/logout", params={"id_token_hint": hint, "post_logout_redirect_uri": uri})
        for uri in (EVIL, "https://forum.test.evil.test/", "//evil.test", "javascript:x")
    ]
    return gained(*answers)


@attack
def mixed_up_issuers(provided: Provided, site: Site) -> list[Any]:
    """Every answer, an error too, names who gave it: a client that compares cannot be mixed up (RFC 9207)."""
    browser = consenting(provided, site)
    answers = [site.go(browser), site.go(browser, prompt="none"), site.go(browser, response_type="token")]
    return [a.headers["location"] for a in answers if back(a, site.redirect).get("iss") != HUB]


@attack
def group_that_passes_for_an_office(provided: Provided, _site: Site) -> list[Any]:
    """A group called like another group's office would be told as that office."""
    with provided.db.write() as tx:
        branch = branches.get(tx, provided.group.branch)
        plan = founding.Plan(f"{provided.group.name} Admin", "We would like to be somebody else.", "branch")
        try:
            made = founding.propose(tx, branch=branch, plan=plan, shown="M", actor=again(tx, provided.anna))
        except Invalid:
            return []
    return [made.slug]


@attack
def pooled_logs(provided: Provided, site: Site) -> list[Any]:
    """Two sites lay everything they hold side by side: no value of one member is the same at both (T9)."""
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback", scope="openid")
    site.scope = "openid"
    members = [member_of(provided, f"somebody_{number}") for number in range(6)]
    held = []
    for one in (site, wiki):
        values = []
        for person in members:
            tokens_of = one.login(provided.browser(person), nonce=None)
            claims = one.read(tokens_of["id_token"])
            same = {"iss", "aud", "azp", "iat", "exp", "auth_time", "groups", "roles", "warrants", "membership"}
            values += [repr(value) for name, value in claims.items() if name not in same]
            values += [tokens_of["access_token"], tokens_of["id_token"]]
        held.append(set(values))
    return sorted(held[0] & held[1])


@attack
def unpublished_keys(provided: Provided, site: Site) -> list[Any]:
    published = provided.house.visitor().get("/oidc/jwks.json").json()["keys"]
    private = {"d", "p", "q", "dp", "dq", "qi", "k"}
    return [key for key in published if key.keys() & private]


@attack
def markers_in_any_token(provided: Provided, site: Site) -> list[Any]:
    """No number, postcode, person, holder or session of the hub stands in what a site gets."""
    answer = site.login(provided.browser(provided.ben), scope="openid profile email groups roles membership")
    told = json.dumps([part(answer["id_token"], 1), site.userinfo(answer["access_token"]).json()])
    with provided.db.read() as tx:
        row = tx.execute(sessions.select().where(sessions.c.person == provided.ben.person)).first()
    assert row is not None
    private = [provided.ben.person, provided.ben.holder, row.id, row.token_hash, "ent_", "YO7", "grt_", "act_"]
    return [marker for marker in private if marker and marker in told]


@attack
def stores_that_say_everything(provided: Provided, site: Site) -> list[Any]:
    """Whoever reads the tables finds nothing that works."""
    answer = site.login(provided.browser(provided.anna), scope="openid offline_access")
    with provided.db.read() as tx:
        kept = [row.hash for row in tx.execute(tokens.select())]
    tried = [site.userinfo(value).status_code for value in kept]
    return [status for status in tried if status != 401] + [key for key in (answer["access_token"],) if key in kept]


@attack
def asks_of_another_browser(provided: Provided, site: Site) -> list[Any]:
    """A question kept for one browser, opened in another: its member is asked themselves."""
    where = parse_qs(urlsplit(site.go(provided.house.visitor()).headers["location"]).query)["next"][0]
    return gained(provided.browser(provided.anna).get(where))


@attack
def guessed_asks(provided: Provided, site: Site) -> list[Any]:
    browser = consenting(provided, site)
    uris = [store.PREFIX, store.PREFIX + "x", "urn:x", "x" * 200]
    return gained(*[
        browser.get("/oidc/authorize", params={"client_id": site.client, "request_uri": uri}) for uri in uris
    ])  # fmt: skip


@attack
def key_set_of_a_fork_of_words(_provided: Provided, _site: Site) -> list[Any]:
    """Sectors are whole hosts: no two spell one subject (the zero byte between sector and seed)."""
    key, seed = b"k" * 32, b"s" * 32
    return [1] if rules.pairwise(key, "a", b"b" + seed) == rules.pairwise(key, "ab", seed) else []


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_comes_to_nothing(provided: Provided, site: Site, name: str) -> None:
    assert ATTACKS[name](provided, site) == []
