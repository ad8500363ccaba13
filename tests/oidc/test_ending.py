"""What a member is at the hub, a site follows: endings, logouts, taking back, stopping."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import sqlalchemy as sa

from hub import outbox
from hub.acts import actions as acts
from hub.db import Database
from hub.errors import Forbidden, RuleViolation
from hub.fetch import Fetched, Refused
from hub.groups import lending, membership
from hub.oidc import clients, ending, registering
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import logouts, sign_ins
from hub.people import actions as people
from hub.permits import VISITOR, Actor
from hub.permits.actions import lapse_grants
from tests.dying import Died, DiesAt, dies
from tests.oidc.conftest import HUB, Provided, Site, back, form_of
from tests.people_for_tests import again, entry_count, equip, found_branch, member
from tests.replaying import assert_replays
from tests.web.conftest import submit


class Heard:
    """A site that takes logouts, or does not."""

    def __init__(self, *answers: int | Refused) -> None:
        self.answers, self.heard = list(answers), []

    def __call__(self, url: str, form: bytes) -> Fetched:
        self.heard.append((url, parse_qs(form.decode())["logout_token"][0]))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Refused):
            raise answer
        return Fetched(answer, {}, b"")


@pytest.fixture
def cloud(tool: Any) -> Site:
    """A Nextcloud: it takes back-channel logouts."""
    return tool("nextcloud", scope="openid email profile groups")


def round_of(provided: Provided, site: Heard) -> int:
    """One round of the worker, as far as sites are concerned."""
    with provided.db.write() as tx:
        ending.follow(tx)
    keys = ProviderKeys(provided.house.settings.keys)
    return ending.send_logouts(provided.db, keys, HUB, site)


def test_end_of_membership_stops_tokens_and_tells_the_site(cloud: Site) -> None:
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    token = cloud.login(provided.browser(provided.anna))
    provided.clock.advance(minutes=1)
    assert round_of(provided, heard) == 0

    with provided.db.write() as tx:
        people.end_standing(tx, person=provided.anna.person)
    stopped = cloud.userinfo(token["access_token"]).status_code
    provided.clock.advance(seconds=30)
    told = round_of(provided, heard)

    assert (stopped, told, len(heard.heard)) == (401, 1, 1)
    url, logout = heard.heard[0]
    assert url == "https://forum.test/index.php/apps/user_oidc/backchannel-logout/folkmoot"
    claims, was = cloud.read(logout), cloud.read(token["id_token"])
    assert set(claims) == {"iss", "aud", "iat", "exp", "jti", "sub", "sid", "events"}
    assert (claims["sub"], claims["sid"], claims["aud"]) == (was["sub"], was["sid"], cloud.client)
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert round_of(provided, heard) == 0


def stand_in(provided: Provided) -> None:
    """Anna stands in for Ben."""
    with provided.db.write() as tx:
        equip(tx, provided.anna)
        act, token = lending.offer(tx, group=provided.group, days=9, actor=again(tx, provided.ben))
        lending.accept(tx, token=token, shown="Anna", actor=again(tx, provided.anna))
        provided.clock.advance(days=3)
        acts.run(tx, act)


def signed_out(cloud: Site) -> None:
    """Anna signed in at the site, and every session of hers ended."""
    provided = cloud.provided
    cloud.login(provided.browser(provided.anna))
    provided.clock.advance(minutes=1)
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person or "")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_logout_is_told_once_and_once_more_at_most_wherever_the_worker_dies(cloud: Site, after: bool) -> None:
    """RE-05: a second one says the same of the same sign-in, so a site that took the first has nothing to do."""
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    signed_out(cloud)
    with pytest.raises(Died):
        round_of(provided, dies(heard, after=after))  # type: ignore[arg-type]  # called as a site is

    told = [round_of(provided, heard), round_of(provided, heard)]

    assert (told, len(heard.heard)) == ([1, 0], 2 if after else 1)
    assert len({cloud.read(token)["sid"] for _url, token in heard.heard}) == 1


def test_logout_is_told_whatever_statement_of_the_worker_is_the_last(cloud: Site) -> None:
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    signed_out(cloud)
    deaths, before = 0, []
    while True:
        signed_out(cloud)
        before.append(len(heard.heard))
        try:
            with DiesAt(provided.db.engine, deaths + 1):
                round_of(provided, heard)
        except Died:
            deaths += 1
            round_of(provided, heard)
            continue
        break

    again = [after - was for was, after in pairwise(before)]
    assert deaths > 5
    assert set(again[1:]) <= {1, 2}
    assert 2 in again
    with provided.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).where(logouts.c.done_at.is_(None))) == 0


@pytest.mark.parametrize("what", ["leaving", "sign_out", "office", "term", "lent"])
def test_every_ending_is_followed(cloud: Site, what: str) -> None:
    provided, heard = cloud.provided, Heard()
    who = provided.ben if what in ("office", "term") else provided.anna
    if what == "lent":
        stand_in(provided)
    round_of(provided, heard)
    browser = provided.browser(who)
    cloud.login(browser)
    provided.clock.advance(minutes=1)
    round_of(provided, heard)

    if what == "leaving":
        with provided.db.write() as tx:
            membership.leave(tx, group=provided.group, actor=who)
    elif what == "sign_out":
        submit(browser, "/sign-out", "/sign-out")
    elif what in ("office", "lent"):  # a stand-in's falls with the office that it was lent from
        with provided.db.write() as tx:
            lapse_grants(tx, person=provided.ben.person)
    else:
        provided.clock.advance(days=181)
    provided.clock.advance(seconds=30)

    assert round_of(provided, heard) == 1


def test_gain_signs_nobody_out(cloud: Site) -> None:
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    with provided.db.write() as tx:
        membership.leave(tx, group=provided.group, actor=provided.anna)
    provided.clock.advance(minutes=1)
    round_of(provided, heard)
    cloud.login(provided.browser(provided.anna))
    provided.clock.advance(minutes=1)
    with provided.db.write() as tx:
        membership.join(tx, group=provided.group, actor=again(tx, provided.anna))
    provided.clock.advance(minutes=1)

    assert round_of(provided, heard) == 0


def test_site_that_is_down_is_told_again_and_given_up_after_a_day(cloud: Site) -> None:
    provided = cloud.provided
    heard = Heard(Refused("down"), 503, 200)
    round_of(provided, heard)
    cloud.login(provided.browser(provided.anna))
    provided.clock.advance(minutes=1)
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)

    rounds = []
    for _ in range(5):
        provided.clock.advance(seconds=20)
        rounds.append(round_of(provided, heard))

    assert sum(rounds) == 1
    assert len(heard.heard) == 3
    assert len({token for _url, token in heard.heard}) == 3

    deaf = Heard(*[Refused("down")] * 200)
    cloud.login(provided.browser(provided.anna))
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)
    for _ in range(60):
        provided.clock.advance(minutes=30)
        round_of(provided, deaf)
    assert 20 < len(deaf.heard) < 40


def test_site_that_hangs_costs_one_try_a_round_and_delays_no_other(bare: Provided) -> None:
    slow, healthy = (
        Site(bare, *bare.register("nextcloud", url=url, kind=kind), redirect=f"{url}/apps/user_oidc/code")
        for url, kind in (("https://slow.test", "forum"), ("https://healthy.test", "wiki"))
    )
    round_of(bare, Heard())
    for _ in range(30):
        slow.login(bare.browser(bare.anna))
    healthy.login(bare.browser(bare.anna))
    bare.clock.advance(seconds=1)
    with bare.db.write() as tx:
        people.end_all_sessions(tx, person=bare.anna.person)
    asked: list[str] = []

    def post(url: str, _form: bytes) -> Fetched:
        asked.append(url.split("/")[2])
        if asked[-1] == "slow.test":
            raise Refused("slow.test did not answer: ReadTimeout.")
        return Fetched(200, {}, b"")

    with bare.db.write() as tx:
        ending.follow(tx)
    keys = ProviderKeys(bare.house.settings.keys)
    taken = ending.send_logouts(bare.db, keys, HUB, post)

    assert taken == 1
    assert sorted(asked) == ["healthy.test", "slow.test"]


def leave(provided: Provided, *sites: Site) -> None:
    """Signs anna in at sites and out of every browser: each site is owed a logout."""
    with provided.db.write() as tx:
        ending.follow(tx)
    browser = provided.browser(provided.anna)
    for site in sites:
        site.login(browser)
    provided.clock.advance(seconds=10)
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)
    with provided.db.write() as tx:
        ending.follow(tx)


def clouds(provided: Provided, *hosts: str) -> list[Site]:
    """A Nextcloud at each host."""
    return [
        Site(
            provided,
            *provided.register("nextcloud", url=f"https://{host}"),
            redirect=f"https://{host}/apps/user_oidc/code",
        )
        for host in hosts
    ]


def test_sites_that_hang_keep_no_other_waiting(bare: Provided) -> None:
    hanging = [f"hangs{number}.test" for number in range(9)]
    *hang, healthy = clouds(bare, *hanging, "healthy.test")
    leave(bare, *hang)
    leave(bare, healthy)  # it waits behind all of them
    answers, heard = threading.Event(), threading.Event()

    def post(url: str, _form: bytes) -> Fetched:
        if "healthy.test" in url:
            heard.set()
            return Fetched(200, {}, b"")
        answers.wait(60)
        raise Refused("hangs")

    keys = ProviderKeys(bare.house.settings.keys)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(ending.send_logouts, bare.db, keys, HUB, post)
        was_heard_meanwhile = heard.wait(30)
        still_hang = not told.done()
        answers.set()

        assert (was_heard_meanwhile, still_hang, told.result()) == (True, True, 1)


def test_site_that_was_silent_before_comes_after_those_that_were_not(bare: Provided) -> None:
    silent, other = clouds(bare, "silent.test", "other.test")
    keys, asked = ProviderKeys(bare.house.settings.keys), []
    leave(bare, silent)

    def post(url: str, _form: bytes) -> Fetched:
        asked.append(url.split("/")[2])
        if asked[-1] == "silent.test":
            raise Refused("down")
        return Fetched(200, {}, b"")

    ending.send_logouts(bare.db, keys, HUB, post)
    bare.clock.advance(hours=1)
    leave(bare, other)
    bare.clock.advance(hours=1)
    for _ in range(2):
        ending.send_logouts(bare.db, keys, HUB, post, at_once=1)

    assert asked == ["silent.test", "other.test", "silent.test"]


def test_slow_site_has_its_time_in_a_round_and_the_rest_in_the_next(cloud: Site) -> None:
    provided, passed = cloud.provided, [0.0]
    round_of(provided, Heard())
    for _ in range(3):
        cloud.login(provided.browser(provided.anna))
    provided.clock.advance(seconds=1)
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)
        ending.follow(tx)

    def post(_url: str, _form: bytes) -> Fetched:
        passed[0] += ending.PATIENCE / 2
        return Fetched(200, {}, b"")

    keys = ProviderKeys(provided.house.settings.keys)
    told = [ending.send_logouts(provided.db, keys, HUB, post, seconds=lambda: passed[0]) for _round in range(3)]

    assert told == [2, 1, 0]
    with provided.db.read() as tx:
        assert [row.tries for row in tx.execute(logouts.select())] == [1, 1, 1]


def test_site_that_gave_up_its_back_channel_is_owed_nothing(cloud: Site) -> None:
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    cloud.login(provided.browser(provided.anna))
    provided.clock.advance(seconds=1)
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)
        ending.follow(tx)
        registering.forget_keys(tx, cloud.client)

    told = round_of(provided, heard)

    assert (told, heard.heard) == (0, [])
    with provided.db.read() as tx:
        assert [row.done_at is not None for row in tx.execute(logouts.select())] == [True]


def test_signing_in_again_in_one_browser_signs_out_nowhere(cloud: Site) -> None:
    provided, heard = cloud.provided, Heard()
    round_of(provided, heard)
    browser = provided.browser(provided.anna)
    cloud.login(browser)
    with provided.db.write() as tx:
        actor = again(tx, provided.anna)
        row = tx.execute(sign_ins.select()).first()
        ending.carry_over(tx, person=provided.anna.person, former=row.session, session=actor.session)
        people.end_session(tx, person=provided.anna.person, session=row.session)
    provided.clock.advance(minutes=1)

    assert round_of(provided, heard) == 0


def test_taking_consent_back_ends_tokens_at_once_and_asks_anew(provided: Provided, site: Site) -> None:
    browser = provided.browser(provided.anna)
    token = site.login(browser)["access_token"]
    listed = browser.get("/me/sites").text

    submit(browser, "/me/sites", f"/me/sites/{site.client}/withdrawal")

    assert "forum.test" in listed
    assert "None." in browser.get("/me/sites").text
    assert site.userinfo(token).status_code == 401
    assert site.go(browser).status_code == 200


def test_nobody_takes_back_anothers_consent(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]
    other = provided.browser(provided.ben)
    other_token = site.login(other)["access_token"]

    submit(other, "/me/sites", f"/me/sites/{site.client}/withdrawal")

    assert (site.userinfo(token).status_code, site.userinfo(other_token).status_code) == (200, 401)


def test_one_organiser_stops_a_site_and_one_alone_cannot_start_it_again(provided: Provided, site: Site) -> None:
    token = site.login(provided.browser(provided.anna))["access_token"]

    with provided.db.write() as tx:
        registering.stop(tx, client=site.client, reason="It was taken over.", actor=again(tx, provided.cara))

    assert site.userinfo(token).status_code == 401
    assert site.go(provided.browser(provided.anna)).status_code == 400
    assert site.post("/oidc/token", grant_type="refresh_token", refresh_token="x").status_code == 401
    with provided.db.write() as tx, pytest.raises(Exception, match=r"oidc\.stopped"):
        registering.make_secret(tx, client=site.client, actor=again(tx, provided.ben))


def letters_of(provided: Provided, *actors: Actor) -> list[list[tuple[str, str]]]:
    """What was written to each about sites, newest first."""
    with provided.db.read() as tx:
        found = [outbox.notices(tx, actor.person or "") for actor in actors]
    return [
        [(one.template, one.params["place"]) for one in letters if one.template.endswith("_stopped")]
        for letters in found
    ]


def test_council_stops_any_site_with_a_reason_and_everybody_concerned_is_told(provided: Provided, site: Site) -> None:
    with provided.db.write() as tx:
        dora, decoy = (member(tx, name) for name in ("dora", "decoy"))
        for actor in (dora, decoy):
            membership.join(tx, group=provided.group, actor=actor)
    token = site.login(provided.browser(provided.anna))["access_token"]
    site.login(provided.browser(provided.ben))
    site.login(provided.browser(dora))
    back_taken = provided.browser(dora)
    submit(back_taken, "/me/sites", f"/me/sites/{site.client}/withdrawal")
    una = provided.browser(provided.una)
    page, place = (f"/groups/{provided.group.slug}/sites{end}" for end in (f"/{site.client}/stop", ""))
    listed = una.get(place).text

    silent = submit(una, page, page, reason=" ")
    to_sign = submit(una, page, page, reason="It shows members' addresses.")
    still = site.userinfo(token).status_code
    with provided.db.write() as tx:
        registering.stop(tx, client=site.client, reason="It shows members' addresses.", actor=again(tx, provided.una))

    assert f'href="{page}"' in listed
    assert "/sites/new" not in listed
    assert "As a member of the council you can stop one." in listed
    assert (silent.status_code, still) == (422, 200)
    assert "una stopped a site" in to_sign.text
    assert "It shows members&#39; addresses." in to_sign.text
    assert site.userinfo(token).status_code == 401
    assert site.go(provided.browser(provided.anna)).status_code == 400
    who = (provided.anna, provided.ben, provided.cara, dora, decoy, provided.una)
    assert letters_of(provided, *who) == [
        [("site_stopped", place)], [("client_stopped", place)], [("client_stopped", place)], [], [], [],
    ]  # fmt: skip
    seen = provided.browser(provided.anna)
    assert "A site that you let know that you are a member was stopped." in seen.get("/me/notices").text
    entry = re.search(r'/record/(\d+)">who, and why', seen.get(place).text)
    assert entry is not None
    told = seen.get(f"/record/{entry.group(1)}").text
    assert "It shows members&#39; addresses." in told
    assert "una stopped a site" in told


def test_council_neither_registers_a_site_nor_starts_one_again(
    provided: Provided, site: Site, another_db: Database
) -> None:
    with provided.db.write() as tx:
        una = again(tx, provided.una)
        link = clients.find(tx, site.client).link
        registering.stop(tx, client=site.client, reason="It was taken over.", actor=una)
        before = entry_count(tx)
    with provided.db.write() as tx, pytest.raises(Forbidden):
        registering.propose(tx, group=provided.group, link=link, tool="any", tells="group", actor=una)
    with provided.db.write() as tx:
        made = registering.propose(
            tx, group=provided.group, link=link, tool="any", tells="group", actor=again(tx, provided.ben)
        )
    with provided.db.write() as tx, pytest.raises(Forbidden):
        registering.confirm(tx, act=made.act, actor=again(tx, provided.una))
    with provided.db.write() as tx, pytest.raises(RuleViolation):
        registering.confirm(tx, act=made.act, actor=again(tx, provided.ben))
    provided.clock.advance(days=3, minutes=1)
    with provided.db.write() as tx:
        acts.tick_all(tx)
        alone = clients.find(tx, made.id).is_live
        again_stopped = entry_count(tx) - before
        registering.confirm(tx, act=made.act, actor=again(tx, provided.cara))
    provided.clock.advance(days=3, minutes=1)
    with provided.db.write() as tx:
        acts.tick_all(tx)

        assert (alone, again_stopped) == (False, 1)
        assert clients.find(tx, made.id).is_live
        assert not clients.find(tx, site.client).is_live
    assert_replays(provided.db, another_db)


def test_council_does_not_stop_again_what_two_organisers_started_again(provided: Provided, site: Site) -> None:
    with provided.db.write() as tx:
        link = clients.find(tx, site.client).link
        registering.stop(tx, client=site.client, reason="It was taken over.", actor=again(tx, provided.una))
        made = registering.propose(
            tx, group=provided.group, link=link, tool="any", tells="group", actor=again(tx, provided.ben)
        )
        registering.confirm(tx, act=made.act, actor=again(tx, provided.cara))
    provided.clock.advance(days=80)
    with provided.db.write() as tx:
        acts.tick_all(tx)
        before = entry_count(tx)
    with provided.db.write() as tx, pytest.raises(RuleViolation) as refused:
        registering.stop(tx, client=made.id, reason="Once more.", actor=again(tx, provided.ula))
    with provided.db.read() as tx:
        assert (refused.value.code, entry_count(tx)) == ("oidc.stopped_lately", before)
    provided.clock.advance(days=11)
    with provided.db.write() as tx:
        registering.stop(tx, client=made.id, reason="Once more.", actor=again(tx, provided.ula))


@pytest.mark.parametrize("who", ["anna", "other branch's organiser", "visitor"])
def test_nobody_else_stops_a_site(provided: Provided, site: Site, who: str) -> None:
    with provided.db.write() as tx:
        if who == "anna":
            actor = again(tx, provided.anna)
        elif who == "visitor":
            actor = VISITOR
        else:
            council = [again(tx, provided.una), again(tx, provided.ula)]
            actor = found_branch(tx, council, area="ynys-mon", prefix="mon")[1][0]
        before = entry_count(tx)

    with provided.db.write() as tx, pytest.raises(Forbidden):
        registering.stop(tx, client=site.client, reason="I want to.", actor=actor)

    with provided.db.read() as tx:
        assert (entry_count(tx), clients.find(tx, site.client).is_live) == (before, True)


def test_stopped_site_is_not_stopped_twice(provided: Provided, site: Site) -> None:
    def stop(actor: Actor) -> None:
        with provided.db.write() as tx:
            registering.stop(tx, client=site.client, reason="It was taken over.", actor=again(tx, actor))

    stop(provided.cara)
    with pytest.raises(RuleViolation, match=r"oidc\.stopped"):
        stop(provided.una)

    assert letters_of(provided, provided.cara) == [[("client_stopped", f"/groups/{provided.group.slug}/sites")]]


def test_goodbye_with_the_sites_own_hint_signs_out_at_once(cloud: Site) -> None:
    browser = cloud.provided.browser(cloud.provided.anna)
    hint = cloud.login(browser)["id_token"]
    after = {"id_token_hint": hint, "post_logout_redirect_uri": "https://forum.test/", "state": "bye"}

    answer = browser.get("/oidc/logout", params=after)

    assert back(answer, "https://forum.test/") == {"state": "bye"}
    assert browser.get("/me").status_code == 303


def test_goodbye_without_a_hint_asks_and_never_leads_elsewhere(cloud: Site) -> None:
    browser = cloud.provided.browser(cloud.provided.anna)
    cloud.login(browser)
    elsewhere = {"post_logout_redirect_uri": "https://elsewhere.test/", "client_id": cloud.client}

    page = browser.get("/oidc/logout", params=elsewhere)
    still = browser.get("/me").status_code
    fields = [*form_of(page.text, "/oidc/goodbye")]
    answer = browser.post(
        "/oidc/goodbye", content=urlencode(fields), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert "Sign out of the hub too?" in page.text
    assert still == 200
    assert answer.headers["location"] == "/"


def test_anothers_hint_signs_nobody_out(cloud: Site) -> None:
    hint = cloud.login(cloud.provided.browser(cloud.provided.ben))["id_token"]
    anna = cloud.provided.browser(cloud.provided.anna)

    page = anna.get("/oidc/logout", params={"id_token_hint": hint})

    assert "Sign out of the hub too?" in page.text
    assert anna.get("/me").status_code == 200


def test_logout_rows_do_not_pile_up_for_sites_without_a_back_channel(provided: Provided, site: Site) -> None:
    round_of(provided, Heard())
    site.login(provided.browser(provided.anna))
    with provided.db.write() as tx:
        people.end_all_sessions(tx, person=provided.anna.person)
    provided.clock.advance(minutes=1)

    assert round_of(provided, Heard()) == 0
    assert provided.rows(logouts) == [0]


def test_new_secret_is_told_to_every_other_organiser(provided: Provided, site: Site) -> None:
    with provided.db.write() as tx:
        registering.make_secret(tx, client=site.client, actor=again(tx, provided.ben))

    with provided.db.read() as tx:
        told = [
            [letter.template for letter in outbox.notices(tx, actor.person or "")].count("client_secret")
            for actor in (provided.cara, provided.ben, provided.anna)
        ]
    # The first secret, when the site was set up, was made by the same organiser and told as well.
    assert told == [2, 0, 0]
