"""Codes and tokens: once, in time, bound to who asked; and what comes of trying again (OP-03, OP-10, OP-11)."""

from __future__ import annotations

import threading
from typing import Any

from hub.oidc.models import tokens
from tests.oidc.conftest import HUB, Provided, Site, back


def code_of(site: Site, browser: Any) -> str:
    """A fresh code."""
    return site.sign_in(browser)["code"]


def test_code_works_once_and_the_second_try_ends_what_came_of_it(provided: Provided, site: Site) -> None:
    code = code_of(site, provided.browser(provided.anna))
    first = site.exchange(code).json()

    second = site.exchange(code)

    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert site.userinfo(first["access_token"]).status_code == 401


def test_code_is_over_after_a_minute(provided: Provided, site: Site) -> None:
    code = code_of(site, provided.browser(provided.anna))
    provided.clock.advance(seconds=60)

    answer = site.exchange(code)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert provided.rows(tokens) == [0]


def test_code_needs_its_own_verifier_address_and_client(provided: Provided, site: Site) -> None:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    browser = provided.browser(provided.anna)
    thief = Site(provided, other, secret, redirect=site.redirect, verifier=site.verifier)
    wrong = [
        site.exchange(code_of(site, browser), code_verifier="x" * 43),
        site.exchange(code_of(site, browser), code_verifier=None),
        site.exchange(code_of(site, browser), redirect_uri="https://forum.test/oidc/other"),
        site.exchange(code_of(site, browser), redirect_uri=None),
        thief.exchange(code_of(site, browser)),
    ]

    assert [answer.status_code for answer in wrong] == [400] * 5
    assert {answer.json()["error"] for answer in wrong} == {"invalid_grant", "invalid_request"}
    assert provided.rows(tokens) == [0]


def test_of_many_hands_with_one_code_one_gets_tokens(provided: Provided, site: Site) -> None:
    code = code_of(site, provided.browser(provided.anna))
    answers: list[int] = []

    def bring() -> None:
        answers.append(site.exchange(code).status_code)

    hands = [threading.Thread(target=bring) for _ in range(12)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sorted(answers) == [200, *[400] * 11]


def test_secret_is_asked_for_and_the_method_it_registered(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.secret = "guessed"
    basic = site.exchange(code_of(site, browser))
    site.auth = "none"
    none = site.exchange(code_of(site, browser))

    assert (basic.status_code, basic.json()["error"]) == (401, "invalid_client")
    assert basic.headers["www-authenticate"].startswith("Basic")
    assert (none.status_code, none.json()["error"]) == (401, "invalid_client")


def test_secret_may_come_in_the_form_instead_but_not_twice(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.auth = "post"
    post = site.exchange(code_of(site, browser))
    site.auth = "basic"
    both = site.exchange(code_of(site, browser), client_secret=site.secret, client_id=site.client)

    assert post.status_code == 200
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


def test_refresh_rotates_keeps_the_time_of_proof_and_dies_in_a_day(provided: Provided, site: Site) -> None:
    first = site.login(provided.browser(provided.anna), scope="openid offline_access", max_age="86400")
    began = site.read(first["id_token"])["auth_time"]
    provided.clock.advance(hours=5)

    second = site.post("/oidc/token", grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    provided.clock.advance(hours=18, minutes=59)
    third = site.post("/oidc/token", grant_type="refresh_token", refresh_token=second["refresh_token"]).json()
    provided.clock.advance(minutes=2)
    over = site.post("/oidc/token", grant_type="refresh_token", refresh_token=third["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert site.read(second["id_token"])["auth_time"] == began
    assert "nonce" not in site.read(second["id_token"])
    assert (over.status_code, over.json()["error"]) == (400, "invalid_grant")


def test_refresh_token_used_twice_ends_its_whole_family(provided: Provided, site: Site) -> None:
    first = site.login(provided.browser(provided.anna), scope="openid offline_access")
    second = site.post("/oidc/token", grant_type="refresh_token", refresh_token=first["refresh_token"]).json()

    again = site.post("/oidc/token", grant_type="refresh_token", refresh_token=first["refresh_token"])
    heir = site.post("/oidc/token", grant_type="refresh_token", refresh_token=second["refresh_token"])

    assert [again.json()["error"], heir.json()["error"]] == ["invalid_grant", "invalid_grant"]
    assert site.userinfo(second["access_token"]).status_code == 401


def test_no_refresh_token_unless_asked_for(provided: Provided, site: Site) -> None:
    assert "refresh_token" not in site.login(provided.browser(provided.anna))


def test_access_token_ends_after_ten_minutes_or_by_its_client(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    old, ended = site.login(browser)["access_token"], site.login(browser)["access_token"]
    before = site.userinfo(ended).status_code
    revoked = site.post("/oidc/revoke", token=ended)
    after, other = site.userinfo(ended).status_code, site.userinfo(old).status_code
    provided.clock.advance(minutes=10)

    assert (before, revoked.status_code, after, other) == (200, 200, 401, 200)
    assert site.userinfo(old).status_code == 401


def test_client_is_told_of_its_own_tokens_and_of_no_other(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    provided.clock.advance(days=-3, minutes=-1)

    own = site.post("/oidc/introspect", token=token).json()
    theirs = wiki.post("/oidc/introspect", token=token).json()
    wiki.post("/oidc/revoke", token=token)

    assert (own["active"], own["client_id"], own["token_type"]) == (True, site.client, "Bearer")
    assert theirs == {"active": False}
    assert site.userinfo(token).status_code == 200


def test_token_in_a_form_serves_as_well_as_in_the_header(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]

    answer = provided.house.visitor().post("/oidc/userinfo", data={"access_token": token})

    assert answer.json() == site.userinfo(token).json()


def test_userinfo_says_what_is_missing(provided: Provided) -> None:
    visitor = provided.house.visitor()

    none, wrong = visitor.get("/oidc/userinfo"), visitor.get("/oidc/userinfo", headers={"Authorization": "Bearer x"})

    assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="hub"')
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, 'Bearer realm="hub", error="invalid_token"')


def test_subjects_of_two_sites_have_nothing_in_common(provided: Provided, site: Site) -> None:
    other, secret = provided.register(url="https://wiki.test", kind="wiki")
    wiki = Site(provided, other, secret, redirect="https://wiki.test/oidc/callback")
    browser = provided.browser(provided.anna)

    here, there = site.read(site.login(browser)["id_token"]), wiki.read(wiki.login(browser)["id_token"])

    assert here["sub"] != there["sub"]
    assert here["sid"] != there["sid"]
    assert site.read(site.login(browser)["id_token"])["sub"] == here["sub"]


def test_pushed_request_serves_once_and_for_its_client(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.sign_in(browser)
    pushed = site.post("/oidc/par", **site.query())
    where = {"client_id": site.client, "request_uri": pushed.json()["request_uri"]}

    first = browser.get("/oidc/authorize", params=where)
    second = browser.get("/oidc/authorize", params=where)

    assert (pushed.status_code, pushed.json()["expires_in"]) == (201, 60)
    assert f"{site.redirect}?code=" in first.text
    assert second.status_code == 400


def test_pushed_request_is_over_after_a_minute(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    uri = site.post("/oidc/par", **site.query()).json()["request_uri"]
    provided.clock.advance(seconds=61)

    assert browser.get("/oidc/authorize", params={"client_id": site.client, "request_uri": uri}).status_code == 400


def test_pushed_request_with_a_foreign_address_is_refused_at_once(provided: Provided, site: Site) -> None:
    answer = site.post("/oidc/par", **site.query(redirect_uri="https://elsewhere.test/oidc/callback"))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_es256_where_the_tool_registered_it(provided: Provided) -> None:
    token = provided.browser(provided.ben)
    from hub.oidc import registering
    from tests.people_for_tests import again

    with provided.db.write() as tx:
        one_use = registering.make_registration_token(tx, client=provided.client, actor=again(tx, provided.ben))
    told = {
        "redirect_uris": ["https://forum.test/oidc/callback"], "id_token_signed_response_alg": "ES256",
        "token_endpoint_auth_method": "client_secret_post",
    }  # fmt: skip
    made = provided.house.visitor().post("/oidc/register", json=told, headers={"Authorization": f"Bearer {one_use}"})
    twice = provided.house.visitor().post("/oidc/register", json=told, headers={"Authorization": f"Bearer {one_use}"})

    assert (made.status_code, twice.status_code) == (201, 401)
    body = made.json()
    site = Site(
        provided, body["client_id"], body["client_secret"], redirect="https://forum.test/oidc/callback", auth="post"
    )
    from tests.oidc.conftest import part

    answer = site.login(token)
    assert part(answer["id_token"], 0)["alg"] == "ES256"
    assert site.read(answer["id_token"])["iss"] == HUB
    kept = provided.house.visitor().get(
        f"/oidc/register/{body['client_id']}", headers={"Authorization": f"Bearer {body['registration_access_token']}"}
    )
    assert (kept.status_code, kept.json()["redirect_uris"]) == (200, ["https://forum.test/oidc/callback"])
    assert "client_secret" not in kept.json()


def test_silent_question_is_answered_alike_until_the_member_allows_it(provided: Provided, site: Site) -> None:
    member, visitor = provided.browser(provided.anna), provided.house.visitor()
    site.sign_in(member)
    without = [back(site.go(browser, prompt="none"), site.redirect) for browser in (member, visitor)]
    page = site.go(member, prompt="consent")
    from tests.oidc.conftest import agree

    agree(member, page.text, silent="yes")

    assert without[0] == without[1] == {"error": "interaction_required", "state": "a state", "iss": HUB}
    assert "code" in back(site.go(member, prompt="none"), site.redirect)
    assert back(site.go(visitor, prompt="none"), site.redirect) == without[1]


def test_old_proof_is_renewed_where_the_site_asks(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    site.sign_in(browser)
    provided.clock.advance(minutes=10)

    enough, old = site.go(browser, max_age="3600"), site.go(browser, max_age="60")
    anew = site.go(browser, prompt="login")

    assert "code" in back(enough, site.redirect)
    assert [answer.headers["location"].split("?")[0] for answer in (old, anew)] == ["/sign-in", "/sign-in"]
    from urllib.parse import parse_qs, urlsplit

    later = provided.browser(provided.anna)
    where = parse_qs(urlsplit(anew.headers["location"]).query)["next"][0]
    assert f"{site.redirect}?code=" in later.get(where).text
