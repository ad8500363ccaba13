"""Trust marks and statements, as a stranger checks them (OpenID Federation 1.0)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hub import clock, ledger
from hub.acts import actions as acts
from hub.federation import marks
from hub.fetch import Fetched, Refused
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.entries import LinkLapsed, LinkProved
from hub.oidc import keys
from hub.oidc.keys import ProviderKeys
from tests.oidc.conftest import HUB, Provided, part
from tests.people_for_tests import again

TYPE = f"{HUB}/trust-mark/registered-group/v1"


def read(provided: Provided, token: str) -> dict[str, Any]:
    """Verifies a token with the keys of the hub's entity configuration."""
    configuration = provided.house.visitor().get("/.well-known/openid-federation").text
    found = KeySet.import_key_set(part(configuration, 1)["jwks"])
    return dict(jwt.decode(token, found, ["ES256"]).claims)


def prove(provided: Provided, url: str, method: str = "file") -> str:
    """A public link that was proved."""
    with provided.db.write() as tx:
        ben = again(tx, provided.ben)
        links.add_link(tx, group=provided.group, kind="website", url=url, title="Site", audience="public", actor=ben)
        link = next(one.id for one in groups.links_for(tx, provided.group, viewer=ben) if one.url == url)
        ledger.append(tx, LinkProved(link, method, clock.today().isoformat()), by=None)
        provided.clock.advance(days=3)
        acts.tick_all(tx)
    return link


def test_hub_says_what_it_is(bare: Provided) -> None:
    answer = bare.house.visitor().get("/.well-known/openid-federation")

    told = read(bare, answer.text)
    assert answer.headers["content-type"] == "application/entity-statement+jwt"
    assert part(answer.text, 0)["typ"] == "entity-statement+jwt"
    assert set(told) == {"iss", "sub", "iat", "exp", "jwks", "metadata", "trust_mark_issuers"}
    assert (told["iss"], told["sub"], told["exp"] - told["iat"]) == (HUB, HUB, 86_400)
    assert told["trust_mark_issuers"] == {TYPE: [HUB]}
    assert set(told["metadata"]) == {"federation_entity", "openid_provider"}
    assert not any("d" in key for key in told["jwks"]["keys"])


def test_mark_of_a_proved_site_is_active_until_the_proof_goes(bare: Provided) -> None:
    link = prove(bare, "https://york.test/start")
    stranger = bare.house.visitor()
    where = urlencode({"trust_mark_type": TYPE, "sub": "https://york.test"})

    mark = stranger.get(f"/federation/trust-mark?{where}")
    active = stranger.post("/federation/trust-mark-status", data={"trust_mark": mark.text})
    listed = stranger.get(f"/federation/trust-marked?{urlencode({'trust_mark_type': TYPE})}").json()
    with bare.db.write() as tx:
        ledger.append(tx, LinkLapsed(link, clock.today().isoformat()), by=None)
    gone = stranger.get(f"/federation/trust-mark?{where}")
    revoked = stranger.post("/federation/trust-mark-status", data={"trust_mark": mark.text})
    bare.clock.advance(days=31)
    over = stranger.post("/federation/trust-mark-status", data={"trust_mark": mark.text})

    told = read(bare, mark.text)
    assert mark.headers["content-type"] == "application/trust-mark+jwt"
    assert part(mark.text, 0)["typ"] == "trust-mark+jwt"
    assert (told["iss"], told["sub"], told["trust_mark_type"]) == (HUB, "https://york.test", TYPE)
    assert (told["group"], told["ref"]) == (bare.group.slug, f"{HUB}/channels/{link}")
    assert told["exp"] - told["iat"] == 30 * 86_400
    assert listed == ["https://york.test"]
    assert gone.status_code == 404
    assert [read(bare, answer.text)["status"] for answer in (active, revoked, over)] == ["active", "revoked", "expired"]


def test_forged_marks_are_invalid_and_foreign_ones_unknown(bare: Provided) -> None:
    prove(bare, "https://york.test/")
    stranger = bare.house.visitor()
    mark = stranger.get(
        f"/federation/trust-mark?{urlencode({'trust_mark_type': TYPE, 'sub': 'https://york.test'})}"
    ).text
    head, body, signature = mark.split(".")
    forged = jwt.encode({"alg": "ES256"}, part(mark, 1), ECKey.generate_key("P-256"))

    for text in (forged, f"{head}.{body}.{signature[:-4]}AAAA"):
        answer = stranger.post("/federation/trust-mark-status", data={"trust_mark": text})
        assert (answer.status_code, read(bare, answer.text)["status"]) == (200, "invalid")

    foreign = jwt.encode({"alg": "ES256"}, {**part(mark, 1), "iss": "https://y0rk.test"}, ECKey.generate_key("P-256"))
    for text in (foreign, f"{head}.W10.{signature}", "", "x.y.z", "é" * 100, "a." * 5000, "a." + "[" * 9000 + ".b"):
        answer = stranger.post("/federation/trust-mark-status", data={"trust_mark": text})
        assert answer.status_code == 404, text[:40]


def test_profile_on_a_shared_host_never_gives_that_host_a_mark(bare: Provided) -> None:
    prove(bare, "https://social.test/@york", "rel_me")

    answer = bare.house.visitor().get(f"/federation/trust-marked?{urlencode({'trust_mark_type': TYPE})}")

    assert answer.json() == []


def test_entity_of_its_own_gets_a_statement_after_its_keys_were_read(bare: Provided) -> None:
    link = prove(bare, "https://york.test/")
    stranger = bare.house.visitor()
    before = stranger.get("/federation/fetch?sub=https://york.test")
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    now = int(clock.now().timestamp())
    jwks = {"keys": [key.as_dict(private=False)]}
    claims = {"iss": "https://york.test", "sub": "https://york.test", "iat": now, "exp": now + 60, "jwks": jwks}
    own = jwt.encode({"alg": "ES256", "typ": "entity-statement+jwt", "kid": key.kid}, claims, key)

    class Site:
        def get(self, url: str, **_more: Any) -> Fetched:
            assert url == "https://york.test/.well-known/openid-federation"
            return Fetched(200, {}, own.encode())

    found = marks.read_entity(Site(), "https://york.test")
    with bare.db.write() as tx:
        marks.keep_entity(tx, link, found)
    after = stranger.get("/federation/fetch?sub=https://york.test")

    assert before.status_code == 404
    told = read(bare, after.text)
    assert (told["iss"], told["sub"], told["jwks"]) == (HUB, "https://york.test", jwks)
    assert told["metadata_policy"] == {"openid_relying_party": {"subject_type": {"value": "pairwise"}}}
    assert stranger.get("/federation/list").json() == ["https://york.test"]


@pytest.mark.parametrize("fault", ["another", "expired", "spoilt", "private", "no type", "junk"])
def test_statements_that_are_not_the_sites_own_are_refused(fault: str, clock_at: Any) -> None:
    clock_at("2026-11-21T20:00Z")
    key = ECKey.generate_key("P-256")
    now = int(clock.now().timestamp())
    who = "https://other.test" if fault == "another" else "https://york.test"
    jwks = {"keys": [key.as_dict(private=fault == "private")]}
    claims = {"iss": who, "sub": who, "exp": now - 1 if fault == "expired" else now + 60, "jwks": jwks}
    header = {"alg": "ES256", **({} if fault == "no type" else {"typ": "entity-statement+jwt"})}
    signer = ECKey.generate_key("P-256") if fault == "spoilt" else key
    own = "[" * 50_000 if fault == "junk" else jwt.encode(header, claims, signer)

    class Site:
        def get(self, _url: str, **_more: Any) -> Fetched:
            return Fetched(200, {}, own.encode())

    with pytest.raises(Refused):
        marks.read_entity(Site(), "https://york.test")


def test_old_keys_stand_in_the_history_and_are_published_as_long_as_their_marks_run(
    bare: Provided, tmp_path: Path
) -> None:
    folder = bare.house.settings.keys
    first = ProviderKeys(folder, "federation.json").signing("ES256").id
    keys.rotate(folder, "federation.json")
    soon = [key.id for key in ProviderKeys(folder, "federation.json").ready().keys]
    bare.clock.advance(days=2)
    stranger = bare.house.visitor()

    history = read(bare, stranger.get("/federation/historical-keys").text)
    still = part(stranger.get("/.well-known/openid-federation").text, 1)["jwks"]["keys"]
    bare.clock.advance(days=29, hours=1)
    after = part(stranger.get("/.well-known/openid-federation").text, 1)["jwks"]["keys"]

    assert first in soon
    assert len(soon) == 2
    assert [row["kid"] for row in history["keys"]] == [first]
    assert [row["kid"] for row in still] == soon
    assert [row["kid"] for row in after] == [key for key in soon if key != first]


def test_signing_keys_are_published_a_day_before_they_sign(bare: Provided) -> None:
    folder = bare.house.settings.keys
    before = ProviderKeys(folder).signing("RS256").id
    keys.rotate(folder)
    published = [key["kid"] for key in bare.house.visitor().get("/oidc/jwks.json").json()["keys"]]
    still = ProviderKeys(folder).signing("RS256").id
    bare.clock.advance(hours=24, minutes=1)

    assert still == before
    assert len(published) == 4
    after = ProviderKeys(folder).signing("RS256").id
    assert after != before
    assert after in published


def test_hub_without_https_says_so(house: Any) -> None:
    answer = house.visitor().get("/.well-known/openid-federation")

    assert (answer.status_code, answer.json()["code"]) == (404, "federation.https")


def test_stranger_asks_whether_an_address_is_theirs(bare: Provided) -> None:
    prove(bare, "https://york.test/start")
    stranger = bare.house.visitor()

    yes = stranger.get("/channels?address=york.test/start/page").text
    no = stranger.get("/channels?address=https://y0rk.test/").text
    odd = [stranger.get(f"/channels?address={text}").status_code for text in ("http://[", "//", "a:b:c", "%00")]

    odd_ways = [
        stranger.get(f"/channels?{urlencode({'address': address})}").text
        for address in (
            "https://evil.test\\@york.test/start", "https://york.test@evil.test/start", "https://york.test/start/../evil",
            "https://york.test/start/%2E%2e/evil", "https://york.test/start/..%2fevil", "https://york.test/start\\..\\evil",
            "https://york.test/started",
        )
    ]  # fmt: skip

    assert ["Yes: this belongs" in text for text in odd_ways] == [False] * 7
    assert "Yes: this belongs to the group" in yes
    assert "No group here calls y0rk.test its own" in no
    assert odd == [200, 200, 200, 400]


def test_answer_to_a_stranger_looks_as_sure_as_it_is(bare: Provided) -> None:
    link = prove(bare, "https://york.test/start")
    with bare.db.write() as tx:
        ben = again(tx, bare.ben)
        for name in ("said", "declared"):
            links.add_link(
                tx, group=bare.group, kind="wiki", url=f"https://{name}.test/", title=name, audience="public", actor=ben
            )
        there = {one.title: one.id for one in groups.links_for(tx, bare.group, viewer=ben)}
        links.confirm_link(tx, group=bare.group, link=there["declared"], actor=again(tx, bare.cara))
        bare.clock.advance(days=3)
        acts.tick_all(tx)

    def looks(host: str) -> list[str]:
        text = bare.house.visitor().get(f"/channels?address={host}").text
        return re.findall(r'<div class="notice (\w*)"', text)

    proved = looks("york.test/start")
    with bare.db.write() as tx:
        ledger.append(tx, LinkLapsed(link, clock.today().isoformat()), by=None)

    assert proved == ["good"]
    assert [looks(host) for host in ("said.test", "declared.test", "york.test/start", "y0rk.test")] == [
        ["warn"], [""], ["warn"], ["warn"],
    ]  # fmt: skip
