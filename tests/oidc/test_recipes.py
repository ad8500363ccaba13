"""Each recipe against its tool's exact request pattern: what it asks, how it proves itself, where it reads claims."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from hub import app, outbox
from hub.oidc import addresses, clients, consenting, registering, rules
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import address_proofs, consents
from hub.oidc.recipes import FILLED, RECIPES, Recipe
from hub.permits import Actor
from tests.oidc.conftest import FORUM, HUB, Provided, Site, agree, back, part
from tests.people_for_tests import again
from tests.web.conftest import submit, token_on


@dataclass(frozen=True)
class Tool:
    """How a tool asks. reads: where it looks for claims; more: what else stands in its authorization request."""

    redirect: str
    scope: str
    auth: str
    pkce: bool
    reads: str
    nonce: str | None = "a nonce"
    discovers: bool = True
    wants: tuple[str, ...] = ("sub", "preferred_username", "groups")
    more: dict[str, str] = field(default_factory=dict)


CLAIMS = {
    "id_token": {"email": None, "name": None, "groups": {"essential": True}, "preferred_username": None},
    "userinfo": {"email": None, "name": None, "groups": None},
}
TOOLS = {
    "discourse": Tool("/auth/oidc/callback", "openid profile email groups", "basic", True, "both"),
    "mediawiki": Tool("/index.php/Special:PluggableAuthLogin", "openid profile email", "basic", True, "id_token"),
    "nextcloud": Tool(
        "/apps/user_oidc/code", "openid email profile groups", "basic", True, "id_token",
        more={"claims": json.dumps(CLAIMS)}, wants=("sub", "name", "groups", "azp", "sid"),
    ),
    "synapse": Tool(
        "/_synapse/client/oidc/callback", "openid profile", "basic", True, "id_token",
        wants=("sub", "preferred_username", "name", "groups", "sid"),
    ),
    "mas": Tool("/upstream/callback/01HFVBY12TMNTYTBV8W921M5FA", "openid profile", "basic", True, "both"),
    "zulip": Tool("/complete/oidc/", "openid profile email", "basic", False, "both", wants=("sub", "name")),
    "wordpress": Tool(
        "/wp-admin/admin-ajax.php?action=openid-connect-authorize", "openid email profile", "post", True, "both",
        discovers=False, wants=("sub", "preferred_username"),
    ),
    "loomio": Tool(
        "/oauth/authorize", "openid profile email", "post", False, "userinfo", nonce=None, discovers=False,
        wants=("sub", "name"),
    ),
    "mailman": Tool("/accounts/oidc/folkmoot/login/callback/", "openid profile email", "basic", True, "userinfo"),
    "mastodon": Tool("/auth/auth/openid_connect/callback", "openid profile email", "basic", True, "userinfo"),
    "mobilizon": Tool(
        "/auth/keycloak/callback", "openid profile email", "post", False, "userinfo", nonce=None, discovers=False,
        wants=("sub", "name", "preferred_username"),
    ),
    "any": Tool("/oidc/callback", "openid profile groups", "basic", True, "both"),
}  # fmt: skip


def test_every_recipe_has_its_contract_and_every_tool_its_recipe() -> None:
    assert set(TOOLS) == {name for name, recipe in RECIPES.items() if recipe.redirects}
    assert set(RECIPES) - set(TOOLS) == {"link"}


@pytest.mark.parametrize("name", TOOLS)
def test_tool_signs_a_member_in_by_its_own_pattern(bare: Provided, name: str) -> None:
    kind = TOOLS[name]
    bare.client, bare.secret = bare.register(name)
    site = Site(
        bare, bare.client, bare.secret, redirect=FORUM + kind.redirect, scope=kind.scope, auth=kind.auth,
        pkce=kind.pkce, nonce=kind.nonce,
    )  # fmt: skip
    browser = bare.browser(bare.anna)

    answer = site.go(browser, **kind.more)
    told = back(agree(browser, answer.text), site.redirect)
    tokens = site.exchange(told["code"]).json()
    where = {"id_token": site.read(tokens["id_token"]), "userinfo": site.userinfo(tokens["access_token"]).json()}
    read = [found for place, found in where.items() if kind.reads in (place, "both")]

    assert (RECIPES[name].reads, RECIPES[name].scopes) == (kind.reads, kind.scope)
    assert len(read) == (2 if kind.reads == "both" else 1)
    for found in read:
        assert {name for name in kind.wants if name in found} == set(kind.wants)
        assert found.get("groups") == [bare.group.slug]
        assert "email" not in found
    assert part(tokens["id_token"], 0)["alg"] == "RS256"
    assert told["iss"] == HUB
    # A query of the redirect address's own stays as it is.
    assert dict(told).get("action") == ("openid-connect-authorize" if name == "wordpress" else None)


@pytest.mark.parametrize("name", TOOLS)
def test_recipe_page_is_filled_in_with_no_gap_left(bare: Provided, name: str) -> None:
    client, _secret = bare.register(name)
    browser = bare.browser(bare.ben)

    page = browser.get(f"/groups/{bare.group.slug}/sites/{client}").text
    preview = browser.get(f"/groups/{bare.group.slug}/sites/{client}/preview").text

    assert client in page
    assert f"{FORUM}{TOOLS[name].redirect}".replace("&", "&amp;") in page
    assert f"{HUB}/.well-known/openid-configuration" in page
    assert f"hub client test {client}" in page
    recipe = RECIPES[name]
    told = [rules.at(FORUM, path) for path in (*recipe.post_logout, *filter(None, [recipe.backchannel]))]
    assert [uri for uri in told if f">{uri}</code>" not in page] == []
    assert page.count("data-copy=") == len(recipe.redirects) + 3 + len(told)
    for gap in FILLED:
        assert "{" + gap + "}" not in page
    assert f"{bare.group.slug}-admin" in preview
    assert f"It asks for: {', '.join(recipe.scopes.split())}." in preview
    assert ("preferred_username" in preview) == ("profile" in recipe.scopes)


BY_THEMSELVES = {"mailman", "zulip"}  # they ask for these scopes unless told otherwise


@pytest.mark.parametrize("name", sorted(set(TOOLS) - BY_THEMSELVES))
def test_pasted_settings_name_every_scope(name: str) -> None:
    recipe = RECIPES[name]

    assert [scope for scope in recipe.scopes.split() if not re.search(rf"\b{scope}\b", recipe.paste)] == []


@pytest.mark.parametrize("name", RECIPES)
def test_manifest_says_everything(name: str) -> None:
    recipe = RECIPES[name]
    kinds = {"str": str, "bool": bool, "tuple[str, ...]": tuple}

    for one in dataclasses.fields(Recipe):
        assert isinstance(getattr(recipe, one.name), kinds[str(one.type)]), one.name
    assert recipe.auth_method in rules.AUTH_METHODS
    assert recipe.algorithm in rules.ALGORITHMS
    assert recipe.removes in ("back-channel", "connector", "session")
    assert (recipe.removes == "back-channel") == bool(recipe.backchannel)
    assert recipe.pkce or recipe.auth_method != "none"
    for path in (*recipe.redirects, *recipe.post_logout, *filter(None, [recipe.backchannel])):
        assert rules.redirect_ok(rules.at(FORUM, path), FORUM), path
    assert bool(recipe.scopes) == bool(recipe.redirects)
    assert not (recipe.own_backchannel and recipe.backchannel)
    assert all((recipe.title, recipe.about, recipe.tested, recipe.paste, recipe.check, recipe.traps))


def test_tool_of_no_list_is_told_where_its_organiser_typed(bare: Provided) -> None:
    client, _secret = bare.register("any")
    page, target = (f"/groups/{bare.group.slug}/sites/{client}{end}" for end in ("", "/back-channel"))
    ben, anna = bare.browser(bare.ben), bare.browser(bare.anna)

    def kept() -> str | None:
        with bare.db.read() as tx:
            return clients.keys_of(tx, client).backchannel_uri

    elsewhere = ["https://evil.test/x", "http://forum.test/x", "https://forum.test.evil/x", "https://forum.test:444/x"]
    refused = [submit(ben, page, target, backchannel=uri) for uri in elsewhere]
    stranger = anna.post(target, data={"token": token_on(anna, "/account"), "backchannel": f"{FORUM}/out"})
    before = kept()
    taken = submit(ben, page, target, backchannel=f" {FORUM}/out ")
    waits = [kept(), begin(bare, client, hours=71), kept(), begin(bare, client, hours=1), kept()]
    with bare.db.write() as tx:
        registering.make_secret(tx, client=client, actor=again(tx, bare.ben))

    assert [answer.status_code for answer in refused] == [422] * 4
    assert "Enter an address that begins with https://forum.test/" in refused[0].text
    assert (stranger.status_code, before) == (403, None)
    assert (taken.status_code, waits) == (303, [None, False, None, True, f"{FORUM}/out"])
    assert kept() == f"{FORUM}/out"
    ben = bare.browser(again_in(bare, bare.ben))
    assert f">{FORUM}/out</code>" in ben.get(page).text
    assert "signed out there within a minute" in ben.get(page).text
    assert submit(ben, page, target, backchannel="").status_code == 303
    assert (kept(), begin(bare, client, hours=72), kept()) == (f"{FORUM}/out", True, None)


def begin(bare: Provided, client: str, *, hours: int) -> bool:
    """Some hours later, the worker lets begin what has waited long enough."""
    bare.clock.advance(hours=hours)
    with bare.db.write() as tx:
        return addresses.begin(tx, client)


def again_in(bare: Provided, actor: Actor) -> Actor:
    """The same person, signed in anew."""
    with bare.db.write() as tx:
        return again(tx, actor)


def test_back_channel_does_not_begin_where_one_organiser_objects(bare: Provided) -> None:
    client, _secret = bare.register("any")
    with bare.db.write() as tx:
        registering.set_backchannel(tx, client=client, address=f"{FORUM}/out", actor=again(tx, bare.ben))
    with bare.db.read() as tx:
        told = [
            [letter.template for letter in outbox.notices(tx, actor.person or "")].count("client_moves")
            for actor in (bare.ben, bare.cara, bare.anna)
        ]
    with bare.db.write() as tx:
        addresses.object_to(tx, client=client, reason="Nobody asked us.", actor=again(tx, bare.cara))

    assert told == [1, 1, 0]
    assert begin(bare, client, hours=80) is False
    with bare.db.read() as tx:
        assert clients.keys_of(tx, client).backchannel_uri is None


def test_asking_again_begins_the_wait_anew_and_asking_for_what_is_ends_it(bare: Provided) -> None:
    client, _secret = bare.register("any")

    def ask(address: str) -> bool:
        with bare.db.write() as tx:
            begins = registering.set_backchannel(tx, client=client, address=address, actor=again(tx, bare.ben))
        return begins is not None

    asked = [ask(f"{FORUM}/out"), begin(bare, client, hours=48), ask(f"{FORUM}/other"), begin(bare, client, hours=48)]
    ended = [ask(""), begin(bare, client, hours=48)]

    assert (asked, ended) == ([True, False, True, False], [False, False])


def test_tool_with_a_recipe_takes_no_typed_back_channel(bare: Provided) -> None:
    client, _secret = bare.register("nextcloud")
    page = f"/groups/{bare.group.slug}/sites/{client}"
    ben = bare.browser(bare.ben)

    assert submit(ben, page, f"{page}/back-channel", backchannel=f"{FORUM}/out").status_code == 404
    with bare.db.read() as tx:
        assert clients.keys_of(tx, client).backchannel_uri.endswith("/backchannel-logout/folkmoot")


def test_new_page_says_what_each_tool_is_for(bare: Provided) -> None:
    bare.register("zulip")

    page = bare.browser(bare.ben).get(f"/groups/{bare.group.slug}/sites/new").text

    assert [name for name, recipe in RECIPES.items() if recipe.about not in html.unescape(page)] == []
    assert 'value="link"' not in page


def test_exception_to_pkce_is_in_the_record_and_keeps_a_secret(bare: Provided) -> None:
    client, _secret = bare.register("zulip")
    site = Site(bare, client, "", redirect=f"{FORUM}/complete/oidc/", auth="none", pkce=False)

    with bare.db.read() as tx:
        entry = bare.house.visitor().get(f"/record/{registered(tx, client)}").text
    code = site.sign_in(bare.browser(bare.anna))["code"]

    assert "&#34;pkce&#34;: false" in entry or '"pkce": false' in entry
    assert site.exchange(code).status_code == 401


def registered(tx: Any, client: str) -> int:
    """The entry that proposed a client."""
    found = clients.find(tx, client)
    assert found is not None
    return found.proposed_entry


def test_address_is_told_once_confirmed_for_this_site_and_no_other(bare: Provided) -> None:
    first, secret = bare.register("discourse")
    other, other_secret = bare.register("discourse", url="https://other.test", kind="wiki")
    browser = bare.browser(bare.anna)
    redirect = f"{FORUM}/auth/oidc/callback"
    site = Site(bare, first, secret, redirect=redirect, scope="openid email")
    elsewhere = Site(bare, other, other_secret, redirect="https://other.test/auth/oidc/callback", scope="openid email")
    keys = ProviderKeys(bare.house.settings.keys)
    with bare.db.write() as tx:
        person = bare.anna.person or ""
        code = consenting.ask_address(tx, client=first, person=person, address="a@example.org", keys=keys)
        wrong = consenting.confirm_address(tx, client=first, person=person, code="00000000")
        strange = consenting.confirm_address(tx, client=other, person=person, code=code)
        right = consenting.confirm_address(tx, client=first, person=person, code=f"{code[:4]} {code[4:]}")

    page = site.go(browser)
    told = back(agree(browser, page.text, address_shown="yes"), redirect)
    claims = site.read(site.exchange(told["code"]).json()["id_token"])
    theirs = elsewhere.read(elsewhere.login(browser)["id_token"])

    assert (wrong, strange, right) == (False, False, True)
    assert "a@example.org" in page.text
    assert (claims["email"], claims["email_verified"]) == ("a@example.org", True)
    assert "email" not in theirs
    with bare.db.read() as tx:
        assert "a@example.org" not in repr([tx.execute(t.select()).all() for t in (consents, address_proofs)])
    submit(browser, "/me/sites", f"/me/sites/{first}/withdrawal")
    with bare.db.read() as tx:
        assert consenting.kept_address(tx, client=first, person=bare.anna.person or "", keys=keys) == ""


def test_address_that_a_replaced_key_cannot_open_is_asked_for_again(bare: Provided) -> None:
    client, secret = bare.register("discourse")
    site = Site(bare, client, secret, redirect=f"{FORUM}/auth/oidc/callback", scope="openid email")
    folder, person = bare.house.settings.keys, bare.anna.person or ""
    with bare.db.write() as tx:
        code = consenting.ask_address(
            tx, client=client, person=person, address="a@example.org", keys=ProviderKeys(folder)
        )
        assert consenting.confirm_address(tx, client=client, person=person, code=code)
    before = site.go(bare.browser(bare.anna))

    (folder / "pair.key").write_text("ab" * 32 + "\n")
    anew = dataclasses.replace(bare.house, app=app.build(bare.house.settings, bare.db))
    after = site.go(anew.signed_in(bare.anna))

    assert (before.status_code, "a@example.org" in before.text) == (200, True)
    assert (after.status_code, "a@example.org" in after.text) == (200, False)
    assert "no address, unless you choose to confirm one below" in after.text


def test_code_for_an_address_is_tried_five_times_and_lives_a_quarter_of_an_hour(bare: Provided) -> None:
    client, _secret = bare.register("discourse")
    keys, person = ProviderKeys(bare.house.settings.keys), bare.anna.person or ""

    def ask() -> str:
        with bare.db.write() as tx:
            return consenting.ask_address(tx, client=client, person=person, address="a@example.org", keys=keys)

    def tried(code: str) -> bool:
        with bare.db.write() as tx:
            return consenting.confirm_address(tx, client=client, person=person, code=code)

    code = ask()
    assert [tried("99999999") for _ in range(5)] == [False] * 5
    assert tried(code) is False
    code = ask()
    bare.clock.advance(minutes=15)
    assert tried(code) is False


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a@b.", "@b.org", "a b@c.org", "a@b.org\nBcc: x@y.org", "a@b.org,c@d.org", "<a@b.org>"]
)
def test_what_is_no_address_is_not_written_to(address: str) -> None:
    assert not consenting.address_ok(address)


def test_site_without_https_or_with_tricks_is_never_answered() -> None:
    home = "https://forum.test/x"
    wrong = """
        http://forum.test/cb https://forum.test.evil/cb https://evil/https://forum.test/cb https://forum.test@evil/cb
        https://evil@forum.test/cb https://forum.test:8443/cb https://FORUM.test/cb https://forum.test/a/../b
        https://forum.test/%2e%2e/b https://forum.test/a%2f..%2fb https://forum.test/cb#x https://forum.test
        https://forum.test\\@evil/cb //forum.test/cb javascript:x https://forum.test/* https://fоrum.test/cb
        https://forum.test/<script> https://forum.test/" https://[::1]/cb data:text/html,x https:// https:///cb
        forum.test/cb
    """.split()
    wrong += [
        "",
        "https://forum.test/cb ",
        " https://forum.test/cb",
        "https://forum.test/cb\n",
        "https://forum.test/\tcb",
    ]

    assert [uri for uri in wrong if rules.redirect_ok(uri, home)] == []
    assert rules.redirect_ok("https://forum.test/cb?x=1&y=%20", home)
    assert urlsplit(home).netloc == "forum.test"
