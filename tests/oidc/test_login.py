"""A whole login, as a member and a site see it; and what the site learns."""

from __future__ import annotations

from typing import Any

import pytest

from hub import ledger
from hub.acts import actions as acts
from hub.db import Database
from hub.errors import Refusal
from hub.groups import links, membership, offices
from hub.groups import queries as groups
from hub.groups.entries import LinkLapsed, LinkProved
from hub.oidc import clients, registering
from hub.oidc.models import codes, consents, sign_ins, tokens
from tests.oidc.conftest import FORUM, HUB, Provided, Site, agree, back, part
from tests.people_for_tests import again, begin_appointments, entry_count, equip, member
from tests.replaying import assert_replays


def test_member_signs_in_and_the_site_learns_what_the_page_said(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)

    page = site.go(browser)
    told = back(agree(browser, page.text), site.redirect)
    answer = site.exchange(told["code"])

    assert "Let forum.test know that you are a member?" in page.text
    assert set(told) == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == ("a state", HUB)
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "openid profile groups")
    claims, shown = site.read(body["id_token"]), site.userinfo(body["access_token"]).json()
    assert shown == {
        "sub": claims["sub"],
        "groups": [provided.group.slug],
        "roles": [],
        "warrants": {provided.group.slug: provided.group.registered_entry},
        "membership": True,
        "name": "anna",
        "preferred_username": "anna",
    }
    assert shown == {name: claims[name] for name in shown}
    assert set(claims) - set(shown) == {"iss", "aud", "azp", "iat", "exp", "auth_time", "sid", "nonce", "at_hash"}
    assert (claims["iss"], claims["aud"], claims["azp"], claims["nonce"]) == (HUB, site.client, site.client, "a nonce")
    assert part(body["id_token"], 0)["alg"] == "RS256"


def test_member_is_asked_once_and_again_only_for_more(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.sign_in(browser)

    second = site.go(browser)
    more = site.go(browser, scope="openid profile groups email")
    asked_for = site.go(browser, prompt="consent")

    assert (second.status_code, more.status_code, asked_for.status_code) == (303, 200, 200)


def test_organiser_is_told_by_role_with_the_entry_it_rests_on(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.ben)

    claims = site.read(site.login(browser)["id_token"])

    slug = provided.group.slug
    grant = next(grant for grant in provided.ben.grants if grant.scope.id == provided.group.id)
    assert claims["groups"] == [slug, f"{slug}-admin"]
    assert claims["roles"] == [f"{slug}-admin"]
    assert claims["warrants"] == {slug: provided.group.registered_entry, f"{slug}-admin": grant.entry}


def test_member_of_no_group_has_empty_groups_never_missing_ones(provided: Provided, site: Site) -> None:
    with provided.db.write() as tx:
        dora = member(tx, "dora")

    claims = site.read(site.login(provided.browser(dora))["id_token"])

    assert (claims["groups"], claims["roles"], claims["warrants"]) == ([], [], {})


def test_refusing_tells_the_site_nothing_but_no(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    page = site.go(browser)

    from tests.oidc.conftest import FORM, form_of, urlencode

    answer = browser.post("/oidc/refusal", content=urlencode(form_of(page.text, "/oidc/refusal")), headers=FORM)

    assert back(answer, site.redirect) == {"error": "access_denied", "state": "a state", "iss": HUB}
    assert provided.rows(consents, sign_ins, codes, tokens) == [0, 0, 0, 0]


def test_visitor_signs_in_first_and_comes_back_to_the_question(provided: Provided, site: Site) -> None:
    visitor = provided.house.visitor()

    answer = site.go(visitor)
    where = answer.headers["location"]

    assert where.startswith("/sign-in?next=/oidc/authorize%3Fclient_id%3D")
    from urllib.parse import parse_qs, urlsplit

    next_page = parse_qs(urlsplit(where).query)["next"][0]
    browser = provided.browser(provided.anna)
    page = browser.get(next_page)
    assert "Let forum.test know" in page.text
    told = back(agree(browser, page.text), site.redirect)
    assert site.exchange(told["code"]).status_code == 200


def test_whoever_comes_from_our_own_form_goes_on_by_a_page(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.sign_in(browser)
    from urllib.parse import parse_qs, urlsplit

    where = site.go(provided.house.visitor()).headers["location"]

    page = browser.get(parse_qs(urlsplit(where).query)["next"][0])

    assert page.status_code == 200
    assert f'content="0;url={FORUM}/oidc/callback?code=' in page.text


def test_consent_page_lets_its_form_lead_to_the_site_alone(provided: Provided, site: Site) -> None:
    page = site.go(provided.browser(provided.anna))

    assert f"form-action 'self' {FORUM};" in page.headers["content-security-policy"]


def test_leaving_the_group_shows_at_the_next_question(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]

    with provided.db.write() as tx:
        membership.leave(tx, group=provided.group, actor=provided.anna)

    assert site.userinfo(token).json()["groups"] == []


def test_branch_wide_site_learns_the_branch_and_no_other(
    bare: Provided,
) -> None:
    client, secret = bare.register(tells="branch")
    site = Site(bare, client, secret)

    claims = site.read(site.login(bare.browser(bare.ben))["id_token"])

    assert claims["groups"] == [bare.group.slug, f"{bare.group.slug}-admin"]


def test_moderator_is_told_until_withdrawn(provided: Provided, site: Site) -> None:
    with provided.db.write() as tx:
        equip(tx, provided.anna)
        act, token = offices.offer(tx, place=provided.group, actor=again(tx, provided.ben))
        offices.accept(tx, token=token, shown="Anna", actor=again(tx, provided.anna))
        for organiser in (provided.ben, provided.cara):
            offices.confirm(tx, act=act, actor=again(tx, organiser))
        begin_appointments(tx, provided.clock)

    claims = site.read(site.login(provided.browser(provided.anna))["id_token"])

    assert claims["roles"] == [f"{provided.group.slug}-moderator"]


def test_signing_in_writes_nothing_into_the_record(provided: Provided, site: Site) -> None:
    with provided.db.read() as tx:
        before = entry_count(tx)

    site.login(provided.browser(provided.anna))

    with provided.db.read() as tx:
        assert entry_count(tx) == before


def test_nothing_that_works_is_stored_in_clear(provided: Provided, site: Site) -> None:
    body: dict[str, Any] = site.login(provided.browser(provided.anna), scope="openid offline_access")

    with provided.db.read() as tx:
        stored = repr([tx.execute(table.select()).all() for table in (codes, tokens, sign_ins, consents)])
    assert body["access_token"] not in stored
    assert body["refresh_token"] not in stored
    assert site.secret not in stored


def test_acts_move_by_the_clock_alone(provided: Provided) -> None:
    with provided.db.write() as tx:
        assert acts.tick_all(tx) == 0


def test_profile_on_a_shared_host_signs_nobody_in(bare: Provided, another_db: Database) -> None:
    with bare.db.write() as tx:
        ben = again(tx, bare.ben)
        for kind, url in (("website", "https://social.test/@york"), ("wiki", "https://wiki.test/")):
            links.add_link(tx, group=bare.group, kind=kind, url=url, title=kind, audience="public", actor=ben)
        here = {link.kind: link.id for link in groups.links_for(tx, bare.group, viewer=ben)}
        ledger.append(tx, LinkProved(here["website"], "rel_me", "2026-11-21"), by=None)
        ledger.append(tx, LinkProved(here["wiki"], "dns", "2026-11-21"), by=None)
        before = entry_count(tx)
    form = bare.browser(bare.ben).get(f"/groups/{bare.group.slug}/sites/new").text

    with bare.db.write() as tx, pytest.raises(Refusal, match=r"oidc\.not_proved"):
        registering.propose(tx, group=bare.group, link=here["website"], tool="any", tells="group", actor=ben)
    with bare.db.read() as tx:
        after = entry_count(tx)
    with bare.db.write() as tx:
        made = registering.propose(tx, group=bare.group, link=here["wiki"], tool="any", tells="group", actor=ben)
        before_switch = made.is_proved
        ledger.append(tx, LinkLapsed(here["wiki"], "2026-11-21"), by=None)
        ledger.append(tx, LinkProved(here["wiki"], "rel_me", "2026-11-21"), by=None)
        switched = clients.find(tx, made.id)

    assert (here["website"] in form, here["wiki"] in form) == (False, True)
    assert after == before
    assert switched is not None
    assert (before_switch, switched.is_proved) == (True, False)
    assert_replays(bare.db, another_db)
