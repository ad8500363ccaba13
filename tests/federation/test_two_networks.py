"""Every proof is looked at from two networks (OP-14). The second is a proxy on loopback that can be bent at will."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dns.message
import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey

from hub import app, clock, ledger
from hub.acts import actions as acts
from hub.db import Database
from hub.errors import Forbidden, RuleViolation
from hub.federation import beginning, marks, proofs
from hub.federation.proofs import Eyes, Look
from hub.fetch import Away, Refused, fetcher, open_fetcher, tunnel
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.models import link_proofs
from hub.mirror.config import format_config
from hub.oidc import addresses, clients, registering
from hub.oidc.models import client_keys, redirect_changes, registration_tokens
from hub.outbox.models import letters as outbox
from hub.permits import Actor
from tests.networks import Place, Proxy, Tls, Zone, name_server, proxy, site_of
from tests.oidc.conftest import HUB, Provided, provide
from tests.people_for_tests import again, entry_count, types
from tests.replaying import assert_replays
from tests.web.conftest import House, submit

FILE, NAME = "/.well-known/hub-group.json", "_hub-verify.site.test"
ONE = "Only one of the two networks we look from sees it."
AWAY = "our second network gave no answer"


@dataclass
class Two:
    """A group with a link at site.test. here, there: what the site shows each network; zones: the same of names."""

    provided: Provided
    eyes: Eyes
    proxy: Proxy
    link: str
    here: dict[str, bytes]
    there: dict[str, bytes]
    zone_here: Zone
    zone_there: Zone
    site_there: Place

    def begin(self, method: str) -> proofs.Proof:
        """Chooses how to prove the link."""
        with self.provided.db.write() as tx:
            ben = again(tx, self.provided.ben)
            return proofs.begin(tx, group=self.provided.group, link=self.link, method=method, actor=ben)

    def put(self, method: str, *, here: bool, there: bool) -> proofs.Proof:
        """Shows the proof to each network or not, with a decoy."""
        proof = self.begin(method)
        page = f"{HUB}/groups/{self.provided.group.slug}"
        told = json.dumps({"group": page, "token": proof.token}).encode()
        for seen, files, zone in ((here, self.here, self.zone_here), (there, self.there, self.zone_there)):
            files[FILE] = told if seen else told.replace(b'"token": "', b'"token": "x')
            files["/about"] = f'<a rel="{"me" if seen else "menu"}" href="{page}">us</a>'.encode()
            zone.texts[NAME] = ["v=spf1", proof.record if seen else proof.record + "x"]
        return proof

    def look(self, **other: Any) -> Look:
        """An organiser looks now."""
        self.provided.clock.advance(seconds=11)
        with self.provided.db.write() as tx:
            ben = again(tx, self.provided.ben)
        eyes = replace(self.eyes, **other)
        return proofs.look_now(self.provided.db, eyes, group=self.provided.group, link=self.link, actor=ben)

    def status(self) -> str:
        """How sure the link is."""
        with self.provided.db.read() as tx:
            found = groups.link(tx, self.link)
            assert found is not None
            return found.status

    def kept(self) -> tuple[int, Any]:
        """The record's length, and since when the proof is missing."""
        with self.provided.db.read() as tx:
            missing = sa.select(link_proofs.c.missing_since).where(link_proofs.c.link == self.link)
            return entry_count(tx), tx.scalar(missing)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return Tls(tmp_path_factory.mktemp("tls")).make()


@pytest.fixture
def two(tmp_path: Path, db: Database, clock_at: Callable[[str], Any], tls: Tls) -> Iterator[Two]:
    with ExitStack() as stack:
        here, there, zones = dict[str, bytes](), dict[str, bytes](), (Zone(), Zone())
        home, away = stack.enter_context(site_of(tls, here)), stack.enter_context(site_of(tls, there))
        resolver = stack.enter_context(site_of(tls, zones[1].over_https))
        servers = [stack.enter_context(name_server(zones[0])) for _ in range(2)]
        way = stack.enter_context(proxy())
        # What the hub checked and asks for leads, in the second network, to that network's own view of the site.
        way.places = {address(home): away, address(resolver): resolver}
        chosen = {
            "fetch_also": f"site.test={address(home)}, resolver.test={address(resolver)}, ca={tls.authority}",
            "second_look": way.url, "second_resolver": "https://resolver.test/dns-query",
            "resolvers": ", ".join(servers),
        }  # fmt: skip
        made = provide(tmp_path, db, clock_at("2026-11-21T20:00Z"), **chosen)
        settings = made.house.settings
        fetching = open_fetcher(settings.fetch_also, settings.second_look)
        stack.callback(fetching.close)
        with db.write() as tx:
            ben = again(tx, made.ben)
            for title, url in (("Decoy", "https://decoy.test/"), ("Site", "https://site.test/about")):
                links.add_link(tx, group=made.group, kind="website", url=url, title=title, audience="public", actor=ben)
            link = next(one.id for one in groups.links_for(tx, made.group, viewer=ben) if one.title == "Site")
            made.clock.advance(days=3)
            acts.tick_all(tx)
        yield Two(made, Eyes.of(settings, fetching), way, link, here, there, *zones, away)


def address(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


METHODS = ["dns", "file", "rel_me"]


@pytest.mark.parametrize("method", METHODS)
def test_proof_that_both_networks_see_proves(two: Two, method: str, another_db: Database) -> None:
    two.put(method, here=True, there=True)

    found = two.look()

    assert (found, two.status()) == (Look(True), "proved")
    # The proxy was told an address, never a name, and nothing but CONNECT.
    assert [asked.startswith("CONNECT 127.0.0.1:") for asked in two.proxy.asked] == [True]
    assert_replays(two.provided.db, another_db)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("side", ["here", "there"])
def test_proof_that_one_network_sees_is_refused(two: Two, method: str, side: str) -> None:
    two.put(method, here=side == "here", there=side == "there")
    before = two.kept()[0]

    found = two.look()

    assert (found.is_there, found.is_away, two.status()) == (False, False, "said")
    assert found.why.startswith(ONE)
    assert two.kept() == (before, clock.now())


@pytest.mark.parametrize("method", METHODS)
def test_second_look_left_out_would_be_seen(two: Two, method: str) -> None:
    """The planted fault: a hub that looks once takes what one network alone is shown."""
    two.put(method, here=True, there=False)

    once = proofs.look(two.begin(method), replace(two.eyes, second=None))
    twice = proofs.look(two.begin(method), two.eyes)

    assert (once.is_there, twice.is_there) == (True, False)


@pytest.mark.parametrize("how", ["refuse", "off", "junk", "eager", "silent", "dumb"])
@pytest.mark.parametrize("method", ["dns", "file"])
def test_second_network_that_is_out_proves_nothing_and_ends_nothing(
    two: Two, how: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "PATIENCE", 0.3)
    monkeypatch.setattr(fetcher, "PATIENCE", 0.3)
    two.put(method, here=True, there=True)
    two.proxy.how = how
    before = two.kept()[0]
    new = two.look()
    assert (new.is_there, new.is_away, two.status(), two.kept()) == (False, True, "said", (before, None))
    assert AWAY in new.why
    two.proxy.how = "open"
    two.look()
    two.proxy.how, before = how, two.kept()[0]

    looked = []
    for _week in range(3):
        two.provided.clock.advance(days=8)
        looked.append(proofs.look_at_due(two.provided.db, two.eyes))

    assert looked == [1, 1, 1]
    assert (two.status(), two.kept()) == ("proved", (before, None))


def test_proof_that_is_gone_lapses_though_the_second_network_is_out(two: Two) -> None:
    """An outage keeps alive what the first network sees, and nothing else."""
    two.put("file", here=True, there=True)
    two.look()
    two.proxy.how = "refuse"
    del two.here[FILE]

    statuses = []
    for _day in range(11):
        two.provided.clock.advance(days=1)
        proofs.look_at_due(two.provided.db, two.eyes)
        statuses.append(two.status())

    assert statuses == ["proved"] * 9 + ["lapsed"] * 2


def test_proof_that_the_second_network_does_not_see_any_more_lapses(two: Two) -> None:
    two.put("file", here=True, there=True)
    two.look()
    two.there[FILE] = b"{}"

    for _day in range(11):
        two.provided.clock.advance(days=1)
        proofs.look_at_due(two.provided.db, two.eyes)

    assert two.status() == "lapsed"


def test_outage_between_two_misses_neither_clears_nor_counts(two: Two) -> None:
    two.put("file", here=True, there=True)
    two.look()
    two.put("file", here=True, there=False)
    two.look()
    since = two.kept()[1]
    two.proxy.how = "refuse"
    two.provided.clock.advance(days=4)
    proofs.look_at_due(two.provided.db, two.eyes)
    between = (two.status(), two.kept()[1])
    two.proxy.how = "open"
    two.provided.clock.advance(days=4)
    proofs.look_at_due(two.provided.db, two.eyes)

    assert since is not None
    assert between == ("proved", since)
    assert two.status() == "lapsed"


def test_proxy_that_leads_elsewhere_meets_another_certificate(two: Two, tmp_path: Path) -> None:
    two.put("file", here=True, there=True)
    (tmp_path / "strange").mkdir()
    stranger = Tls(tmp_path / "strange").make()
    with site_of(stranger, two.here) as place:
        two.proxy.elsewhere = place
        found = two.look()

    # Somebody else answered: that is an answer, and counts.
    assert (found.is_there, found.is_away, two.status()) == (False, False, "said")
    assert found.why == f"{ONE} From the other: site.test shows a certificate that is not its own."


def test_proxy_is_asked_for_the_checked_address_alone(two: Two) -> None:
    """What the proxy would make of the name is never asked; an address that is not public never reaches it."""
    assert two.eyes.second is not None
    there = two.eyes.second.fetcher

    for url in ("https://localhost.localdomain/", "https://metadata.test/", "https://127.0.0.1/", "http://site.test/"):
        with pytest.raises(Refused):
            there.get(url)

    assert two.proxy.asked == []


@pytest.mark.parametrize("fault", ["broken", "another", "junk", "missing"])
def test_name_server_of_the_second_network_that_says_nothing_counts_for_nothing(two: Two, fault: str, tls: Tls) -> None:
    two.put("dns", here=True, there=True)
    lost = Zone()
    answers: dict[str, Callable[[str], bytes | None]] = {
        "another": lambda _path: lost.answer(question("other.test")),
        "junk": lambda _path: b"<html>",
        "missing": lambda _path: None,
    }
    two.zone_there.broken = fault == "broken"
    with site_of(tls, answers.get(fault, two.zone_there.over_https)) as place:
        two.proxy.elsewhere = place
        found = two.look()

    assert (found.is_there, found.is_away, two.status()) == (False, True, "said")


def question(name: str) -> bytes:
    """A question of its own."""
    return dns.message.make_query(name, "TXT", id=0).to_wire()


def test_record_behind_an_alias_is_seen_from_both(two: Two) -> None:
    proof = two.put("dns", here=False, there=False)
    for zone in (two.zone_here, two.zone_there):
        zone.aliases[NAME] = "proofs.elsewhere.test"
        zone.texts["proofs.elsewhere.test"] = [proof.record]

    assert two.look() == Look(True)


def test_keys_of_an_entity_must_be_the_same_from_both(two: Two) -> None:
    assert two.eyes.second is not None
    near, far = two.eyes.fetcher, two.eyes.second.fetcher
    two.here[marks.PATH] = two.there[marks.PATH] = statement()

    both = marks.read_entity(near, "https://site.test", second=far)
    two.there[marks.PATH] = statement()

    with pytest.raises(Refused, match="different keys"):
        marks.read_entity(near, "https://site.test", second=far)
    two.proxy.how = "refuse"
    with pytest.raises(Away):
        marks.read_entity(near, "https://site.test", second=far)
    assert both == marks.read_entity(near, "https://site.test")


def statement() -> bytes:
    """A site's own statement, with a key of its own."""
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    jwks = {"keys": [key.as_dict(private=False)]}
    who = "https://site.test"
    claims = {"iss": who, "sub": who, "exp": int(clock.now().timestamp()) + 60, "jwks": jwks}
    return jwt.encode({"alg": "ES256", "typ": "entity-statement+jwt"}, claims, key).encode()


def propose(two: Two) -> clients.Client:
    """Two organisers register the proved site; its notice begins."""
    two.put("file", here=True, there=True)
    assert two.look().is_there
    with two.provided.db.write() as tx:
        ben, cara = again(tx, two.provided.ben), again(tx, two.provided.cara)
        made = registering.propose(tx, group=two.provided.group, link=two.link, tool="any", tells="group", actor=ben)
        registering.confirm(tx, act=made.act, actor=cara)
        return clients.find(tx, made.id) or made


def wait(two: Two) -> None:
    """Three days of notice pass."""
    two.provided.clock.advance(days=3, minutes=1)
    with two.provided.db.write() as tx:
        acts.tick_all(tx)


def press(two: Two, client: str, what: str, actor: Actor) -> Any:
    """Makes a site's secret, or its one-use token, by the recipe's page."""
    where = f"/groups/{two.provided.group.slug}/sites/{client}"
    return submit(two.provided.browser(actor), where, f"{where}/{what}")


@pytest.mark.parametrize("what", ["secret", "registration"])
@pytest.mark.parametrize("gone", ["both", "there", "away"])
def test_proof_that_went_during_the_wait_gives_the_site_nothing(two: Two, what: str, gone: str) -> None:
    made = propose(two)
    wait(two)
    shown = dict(two.here)
    if gone == "both":
        two.here.clear()
    if gone == "away":
        two.proxy.how = "refuse"
    else:
        two.there.clear()

    refused = press(two, made.id, what, two.provided.ben)
    nothing = two.provided.rows(client_keys, registration_tokens)
    two.here.update(shown)
    two.there.update(shown)
    two.proxy.how = "open"
    given = press(two, made.id, what, two.provided.ben)

    assert (refused.status_code, nothing) == (422, [0, 0])
    assert {"both": "not there now", "there": ONE, "away": AWAY}[gone] in refused.text
    assert (given.status_code, sum(two.provided.rows(client_keys, registration_tokens))) == (200, 1)


def test_site_is_inactive_during_the_notice_and_any_organiser_stops_it(two: Two) -> None:
    made = propose(two)
    two.provided.clock.advance(days=2, hours=23)
    early = press_without_page(two, made.id)
    with two.provided.db.write() as tx:
        # Not the one who signed first: any one is enough.
        registering.stop(tx, client=made.id, reason="It was taken over.", actor=again(tx, two.provided.cara))
    wait(two)

    late = press_without_page(two, made.id)

    assert (early, late, two.provided.rows(client_keys)) == (422, 422, [0])
    with two.provided.db.read() as tx:
        assert "client.registered" not in types(tx)


def press_without_page(two: Two, client: str) -> int:
    """Asks for the secret as somebody would who kept the form of another site's page."""
    group = f"/groups/{two.provided.group.slug}/sites"
    answer = submit(two.provided.browser(two.provided.ben), f"{group}/new", f"{group}/{client}/secret")
    return int(answer.status_code)


@pytest.mark.parametrize("count", [1, 2])
def test_hub_says_openly_from_how_many_networks_it_looks(two: Two, count: int) -> None:
    provided = two.provided
    settings = provided.house.settings if count == 2 else replace(provided.house.settings, second_look="")
    provided.house = House(settings, provided.db, app.build(settings, provided.db))
    words = {1: "from one network only", 2: "looked at from two networks"}
    group = f"/groups/{provided.group.slug}"
    pages = [provided.browser(provided.ben).get(path).text for path in (f"{group}/sites", f"{group}/channels")]
    pages.append(provided.house.visitor().get("/channels").text)

    told = json.loads(format_config(settings))

    assert [(words[count] in text, words[3 - count] in text) for text in pages] == [(True, False)] * 3
    assert told["networks"] == count
    assert not any("127.0.0.1" in str(value) for value in told.values())


MOVED = ["https://site.test/about/oidc/callback", "https://site.test/about/somewhere/else"]


def move(two: Two) -> tuple[str, dict[str, Any]]:
    """A live site names another address for itself, with one organiser's token; its answer."""
    made = propose(two)
    wait(two)
    with two.provided.db.write() as tx:
        registering.make_secret(tx, client=made.id, actor=again(tx, two.provided.ben))
        token = registering.make_registration_token(tx, client=made.id, actor=again(tx, two.provided.ben))
    told = {"redirect_uris": MOVED, "backchannel_logout_uri": "https://site.test/about/out"}
    head = {"Authorization": f"Bearer {token}"}
    answer = two.provided.house.visitor().post("/oidc/register", json=told, headers=head)
    assert answer.status_code == 201, answer.text
    return made.id, answer.json()


def answered_at(two: Two, client: str) -> list[str]:
    """To which of its addresses the hub would send a member."""
    visitor, query = two.provided.house.visitor(), {"client_id": client, "response_type": "code", "scope": "openid"}
    return [
        uri for uri in MOVED if visitor.get("/oidc/authorize", params={**query, "redirect_uri": uri}).status_code == 303
    ]


def round_of(two: Two) -> int:
    """One round of the worker, as far as named addresses go."""
    return beginning.begin_due(two.provided.db, two.eyes)


def letters(two: Two) -> list[str]:
    """What organisers were told of."""
    with two.provided.db.read() as tx:
        names = tx.scalars(sa.select(outbox.c.template).where(outbox.c.template.like("client_%"))).all()
    return sorted(name for name in names if name in ("client_moves", "client_stays"))


def test_named_address_is_inactive_for_the_notice_and_every_organiser_is_told(two: Two) -> None:
    client, told = move(two)
    at_first = answered_at(two, client)
    group = f"/groups/{two.provided.group.slug}/sites"
    page = two.provided.browser(two.provided.cara).get(group).text
    two.provided.clock.advance(days=2, hours=23)
    early = (round_of(two), answered_at(two, client))
    two.provided.clock.advance(hours=2)

    late = (round_of(two), answered_at(two, client))

    assert (at_first, early, late) == (MOVED[:1], (0, MOVED[:1]), (1, MOVED))
    assert told["addresses_begin_at"] == "2026-11-30T20:01Z"
    assert MOVED[1] in page
    assert letters(two) == ["client_moves"] * 2
    assert (round_of(two), two.provided.rows(redirect_changes)) == (0, [0])


def test_named_address_of_a_stopped_site_never_begins(two: Two) -> None:
    client, _told = move(two)
    with two.provided.db.write() as tx:
        registering.stop(tx, client=client, reason="It was taken over.", actor=again(tx, two.provided.cara))
    waits = two.provided.rows(redirect_changes)
    two.provided.clock.advance(days=3, minutes=1)

    begun = round_of(two)

    assert (waits, begun, answered_at(two, client)) == ([0], 0, [])
    assert letters(two) == ["client_moves"] * 2


def object_to(two: Two, client: str, actor: Actor) -> None:
    """Somebody objects to addresses that wait."""
    with two.provided.db.write() as tx:
        addresses.object_to(tx, client=client, reason="Nobody here asked for it.", actor=again(tx, actor))


def test_named_address_never_begins_where_one_organiser_objects(two: Two, another_db: Any) -> None:
    client, _told = move(two)
    path = f"/groups/{two.provided.group.slug}/sites/{client}/addresses"
    browser = two.provided.browser(two.provided.cara)
    listed, asked = browser.get(path.rpartition(f"/{client}")[0]).text, browser.get(path).text
    object_to(two, client, two.provided.cara)
    waits, after = two.provided.rows(redirect_changes), browser.get(path).text
    two.provided.clock.advance(days=3, minutes=1)

    assert (path in listed, MOVED[1] in asked, "wait any more" in after) == (True, True, True)
    assert (waits, round_of(two), answered_at(two, client)) == ([0], 0, MOVED[:1])
    with two.provided.db.read() as tx:
        said = ledger.get(tx, types(tx).index("addresses.refused"))
        assert said is not None
        assert (said.data, len(said.sd), said.by is None) == ({"client": client}, 1, False)
        assert tx.scalars(sa.select(outbox.c.person).where(outbox.c.template == "addresses_refused")).all() == [
            two.provided.ben.person
        ]
    assert_replays(two.provided.db, another_db)


def test_nobody_else_objects_nor_to_what_does_not_wait(two: Two) -> None:
    client, _told = move(two)
    with two.provided.db.read() as tx:
        before = len(types(tx))

    with pytest.raises(Forbidden):
        object_to(two, client, two.provided.anna)
    with pytest.raises(Forbidden):
        object_to(two, client, two.provided.una)
    waits = two.provided.rows(redirect_changes)
    with two.provided.db.read() as tx:
        assert (waits, len(types(tx))) == ([1], before)
    object_to(two, client, two.provided.ben)
    with pytest.raises(RuleViolation) as refused:
        object_to(two, client, two.provided.ben)

    assert refused.value.code == "oidc.none_wait"
    with two.provided.db.read() as tx:
        assert len(types(tx)) == before + 1


def test_planted_fault_an_objection_that_holds_nothing_is_found(
    two: Two, another_db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses.registering, "forget_change", lambda tx, client: None)

    with pytest.raises(AssertionError):
        test_named_address_never_begins_where_one_organiser_objects(two, another_db)


@pytest.mark.parametrize("gone", ["both", "there", "away"])
def test_named_address_does_not_begin_where_the_proof_went_during_the_wait(two: Two, gone: str) -> None:
    client, _told = move(two)
    two.provided.clock.advance(days=3, minutes=1)
    shown = dict(two.there)
    if gone == "away":
        two.proxy.how = "refuse"
    else:
        two.there.clear()
    if gone == "both":
        two.here.clear()
    begun = round_of(two)
    left = two.provided.rows(redirect_changes)
    two.there.update(shown)
    two.proxy.how = "open"
    two.provided.clock.advance(hours=1)

    again_later = round_of(two)

    # An outage of our own puts it off; a proof that is gone ends it.
    assert (begun, left, again_later) == ((0, [1], 1) if gone == "away" else (0, [0], 0))
    assert answered_at(two, client) == (MOVED if gone == "away" else MOVED[:1])
    assert letters(two).count("client_stays") == (0 if gone == "away" else 2)


def test_new_secret_from_the_recipe_takes_the_place_of_what_waits(two: Two) -> None:
    client, _told = move(two)
    with two.provided.db.write() as tx:
        registering.make_secret(tx, client=client, actor=again(tx, two.provided.cara))
    two.provided.clock.advance(days=3, minutes=1)

    assert (round_of(two), answered_at(two, client)) == (1, MOVED[:1])


def test_new_secret_moves_no_address_and_the_recipes_wait(two: Two) -> None:
    client, _told = move(two)
    two.provided.clock.advance(days=3, minutes=1)
    moved = (round_of(two), answered_at(two, client))
    with two.provided.db.write() as tx:
        kept = clients.keys_of(tx, client)
        registering.make_secret(tx, client=client, actor=again(tx, two.provided.cara))
        now = clients.keys_of(tx, client)
    stays = (kept.secret_hash != now.secret_hash, now.backchannel_uri == kept.backchannel_uri)
    at_first = answered_at(two, client)
    two.provided.clock.advance(days=2, hours=23)
    early = (round_of(two), answered_at(two, client))
    two.provided.clock.advance(hours=2)

    assert moved == (1, MOVED)
    assert (stays, at_first, early) == ((True, True), MOVED, (0, MOVED))
    assert (round_of(two), answered_at(two, client)) == (1, MOVED[:1])
    assert letters(two) == ["client_moves"] * 4


def test_planted_fault_a_secret_that_moves_addresses_at_once_is_found(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(tx: Any, client: Any, wanted: Any) -> None:
        kept = sa.update(client_keys).where(client_keys.c.client == client.id)
        tx.execute(kept.values(wanted._asdict()))

    monkeypatch.setattr(registering, "let_wait", at_once)

    with pytest.raises(AssertionError):
        test_new_secret_moves_no_address_and_the_recipes_wait(two)
