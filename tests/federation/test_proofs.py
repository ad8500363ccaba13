"""Proofs of addresses: three ways, what does not count, and how a link lapses. The network is played in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hub.acts import actions as acts
from hub.db import Database
from hub.errors import Forbidden, RuleViolation
from hub.federation import proofs
from hub.federation.proofs import Eyes
from hub.fetch import Fetched, Refused
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.models import link_proofs
from tests.oidc.conftest import HUB, Provided, provide
from tests.people_for_tests import again, entry_count, types
from tests.replaying import assert_replays

BEFORE = ["link.declared"] * 2 + ["link.shown"] * 2


@dataclass
class World:
    """The internet as far as looks go. pages: address to body; texts: name to what each resolver says."""

    pages: dict[str, bytes | int] = field(default_factory=dict)
    texts: dict[str, list[set[str]]] = field(default_factory=dict)

    def get(self, url: str, **_more: Any) -> Fetched:
        found = self.pages.get(url, 404)
        if isinstance(found, int):
            return Fetched(found, {}, b"")
        return Fetched(200, {}, found)

    def eyes(self) -> Eyes:
        return Eyes(HUB, self, lambda name: [frozenset(said) for said in self.texts.get(name, [set(), set()])])


@dataclass
class Linked:
    """A group with one public link."""

    provided: Provided
    world: World
    link: str

    def begin(self, method: str) -> proofs.Proof:
        with self.provided.db.write() as tx:
            ben = again(tx, self.provided.ben)
            return proofs.begin(tx, group=self.provided.group, link=self.link, method=method, actor=ben)

    def look(self) -> proofs.Look:
        self.provided.clock.advance(seconds=11)
        with self.provided.db.read() as tx:
            pass
        with self.provided.db.write() as tx:
            ben = again(tx, self.provided.ben)
        return proofs.look_now(
            self.provided.db, self.world.eyes(), group=self.provided.group, link=self.link, actor=ben
        )

    def status(self) -> str:
        with self.provided.db.read() as tx:
            found = groups.link(tx, self.link)
            assert found is not None
            return found.status

    def entries(self) -> list[str]:
        with self.provided.db.read() as tx:
            return [name for name in types(tx) if name.startswith("link.")]


@pytest.fixture
def linked(tmp_path: Path, db: Database, clock_at: Callable[[str], Any]) -> Linked:
    made = provide(tmp_path, db, clock_at("2026-11-21T20:00Z"))
    with db.write() as tx:
        ben = again(tx, made.ben)
        for title, url in (("Decoy", "https://decoy.test/"), ("Site", "https://site.test/about")):
            links.add_link(tx, group=made.group, kind="website", url=url, title=title, audience="public", actor=ben)
        link = next(one.id for one in groups.links_for(tx, made.group, viewer=ben) if one.title == "Site")
        made.clock.advance(days=3)
        acts.tick_all(tx)
    return Linked(made, World(), link)


def file_of(linked: Linked, proof: proofs.Proof, **lies: str) -> bytes:
    told = {"group": f"{HUB}/groups/{linked.provided.group.slug}", "token": proof.token, **lies}
    return json.dumps(told).encode()


def test_file_on_the_site_proves_it(linked: Linked, another_db: Database) -> None:
    proof = linked.begin("file")
    linked.world.pages["https://site.test/.well-known/hub-group.json"] = file_of(linked, proof)

    found = linked.look()

    assert (found.is_there, linked.status()) == (True, "proved")
    assert linked.entries() == [*BEFORE, "link.proved"]
    assert_replays(linked.provided.db, another_db)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"group":1,"token":2}', 500, 301],
)
def test_other_files_prove_nothing(linked: Linked, body: bytes | int) -> None:
    linked.begin("file")
    linked.world.pages["https://site.test/.well-known/hub-group.json"] = body

    found = linked.look()

    assert (found.is_there, linked.status()) == (False, "said")
    assert found.why
    assert linked.entries() == BEFORE


def test_anothers_token_or_group_proves_nothing(linked: Linked) -> None:
    proof = linked.begin("file")
    where = "https://site.test/.well-known/hub-group.json"

    for lie in ({"token": "guessed"}, {"group": f"{HUB}/groups/decoy"}, {"group": "https://other.test/groups/x"}):
        linked.world.pages[where] = file_of(linked, proof, **lie)
        assert not linked.look().is_there

    assert linked.status() == "said"


def test_domain_record_proves_it_when_two_resolvers_agree(linked: Linked) -> None:
    proof = linked.begin("dns")
    name = "_hub-verify.site.test"
    linked.world.texts[name] = [{proof.record, "v=spf1"}, {"v=spf1"}]
    one = linked.look()
    linked.world.texts[name] = [{proof.record}, {proof.record}]

    both = linked.look()

    assert (one.is_there, both.is_there, linked.status()) == (False, True, "proved")
    assert "two name servers" in one.why


@pytest.mark.parametrize(
    ("page", "is_there"),
    [
        ('<a rel="me" href="{here}">us</a>', True),
        ('<link href="{here}/" rel="nofollow ME">', True),
        ('<a href="{here}">us</a>', False),
        ('<!-- <a rel="me" href="{here}"> -->', False),
        ('<a rel="menu" href="{here}">us</a>', False),
        ('<a rel="me" href="{here}x">us</a>', False),
        ("<script>'<a rel=me href={here}>'</script>", False),
    ],
)
def test_links_both_ways(linked: Linked, page: str, is_there: bool) -> None:
    linked.begin("rel_me")
    here = f"{HUB}/groups/{linked.provided.group.slug}"
    linked.world.pages["https://site.test/about"] = page.replace("{here}", here).encode()

    assert linked.look().is_there is is_there
    assert linked.status() == ("proved" if is_there else "said")


def test_link_lapses_after_two_failed_looks_72_hours_apart(linked: Linked, another_db: Database) -> None:
    proof = linked.begin("file")
    where = "https://site.test/.well-known/hub-group.json"
    linked.world.pages[where] = file_of(linked, proof)
    linked.look()
    del linked.world.pages[where]
    clock, eyes = linked.provided.clock, linked.world.eyes()

    looked, statuses = [], []
    for _day in range(11):
        clock.advance(days=1)
        looked.append(proofs.look_at_due(linked.provided.db, eyes))
        statuses.append(linked.status())

    assert looked == [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0]
    assert statuses == ["proved"] * 9 + ["lapsed"] * 2
    linked.world.pages[where] = file_of(linked, proof)
    linked.look()
    assert linked.status() == "proved"
    assert linked.entries()[len(BEFORE) :] == ["link.proved", "link.lapsed", "link.proved"]
    assert_replays(linked.provided.db, another_db)


def test_choosing_again_gives_no_new_time_to_a_proof_that_is_gone(linked: Linked) -> None:
    proof = linked.begin("file")
    where = "https://site.test/.well-known/hub-group.json"
    linked.world.pages[where] = file_of(linked, proof)
    linked.look()
    del linked.world.pages[where]
    linked.look()

    for method in ("dns", "file"):
        linked.provided.clock.advance(days=1)
        linked.begin(method)
    linked.provided.clock.advance(days=1)
    linked.look()

    assert linked.status() == "lapsed"


def test_one_failed_look_is_forgiven(linked: Linked) -> None:
    proof = linked.begin("file")
    where = "https://site.test/.well-known/hub-group.json"
    linked.world.pages[where] = file_of(linked, proof)
    linked.look()
    linked.world.pages[where] = 503
    linked.look()
    linked.world.pages[where] = file_of(linked, proof)
    linked.provided.clock.advance(days=3, minutes=1)
    proofs.look_at_due(linked.provided.db, linked.world.eyes())
    linked.world.pages[where] = 503
    linked.look()

    assert linked.status() == "proved"


def test_looks_are_not_made_faster_than_every_ten_seconds(linked: Linked) -> None:
    linked.begin("file")
    linked.look()
    with linked.provided.db.write() as tx:
        ben = again(tx, linked.provided.ben)

    with pytest.raises(RuleViolation, match=r"federation\.too_soon"):
        proofs.look_now(
            linked.provided.db, linked.world.eyes(), group=linked.provided.group, link=linked.link, actor=ben
        )


def test_member_without_office_proves_nothing(linked: Linked) -> None:
    with linked.provided.db.write() as tx:
        anna, before = again(tx, linked.provided.anna), entry_count(tx)
        with pytest.raises(Forbidden):
            proofs.begin(tx, group=linked.provided.group, link=linked.link, method="file", actor=anna)

    assert linked.provided.rows(link_proofs) == [0]
    with linked.provided.db.read() as tx:
        assert entry_count(tx) == before


def test_second_organiser_declares_and_nobody_seconds_themselves(linked: Linked, another_db: Database) -> None:
    provided = linked.provided
    with provided.db.write() as tx, pytest.raises(RuleViolation, match=r"groups\.link_own"):
        links.confirm_link(tx, group=provided.group, link=linked.link, actor=again(tx, provided.ben))
    before = linked.status()
    with provided.db.write() as tx:
        links.confirm_link(tx, group=provided.group, link=linked.link, actor=again(tx, provided.cara))

    assert (before, linked.status()) == ("said", "declared")
    with provided.db.write() as tx, pytest.raises(RuleViolation, match=r"groups\.link_confirmed"):
        links.confirm_link(tx, group=provided.group, link=linked.link, actor=again(tx, provided.cara))
    assert_replays(provided.db, another_db)


def test_resolver_that_is_down_proves_and_breaks_nothing(linked: Linked) -> None:
    linked.begin("dns")

    def down(_name: str) -> list[frozenset[str]]:
        raise Refused("A name server did not answer: Timeout.")

    found = proofs.look(linked.begin("dns"), Eyes(HUB, linked.world, down))

    assert found == proofs.Look(False, "A name server did not answer: Timeout.")
