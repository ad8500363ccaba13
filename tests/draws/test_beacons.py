"""The hub reads the beacon by itself: from relays that nobody trusts, and outside of any unit of work."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from hub.acts import actions as acts
from hub.cli.main import main
from hub.draws import beacons, chain, queries
from hub.errors import NotFound
from hub.fetch import Refused
from hub.lot.chains import QUICKNET, rehearsed
from hub.lot.sources import Source
from tests.draws.conftest import KNOWN, Town
from tests.draws.test_drawing import council, newest, whole_state
from tests.lot.arranged import SAID, SOURCE
from tests.replaying import assert_replays


class Relays:
    """What each relay answers, by its host: bytes, or nothing. asked: which addresses were fetched."""

    def __init__(self, **answers: bytes | None) -> None:
        self.answers, self.asked, self.before = answers, [], lambda: None

    def get(self, url: str, *, most: int) -> SimpleNamespace:
        self.asked.append(url)
        self.before()
        body = self.answers.get(url.split("/")[2].split(".")[0])
        if body is None:
            raise Refused("nobody there")
        if len(body) > most:
            raise Refused("too much")
        return SimpleNamespace(status=404 if body == b"gone" else 200, body=body)


def told(round_: int, signature: str) -> bytes:
    """What a relay answers."""
    return json.dumps({"round": round_, "randomness": "", "signature": signature}).encode()


@pytest.fixture
def waiting(town: Town) -> tuple[Town, str, Source]:
    """A council's draw whose source is known."""
    act = council(town)
    town.turn(**KNOWN)
    with town.db.read() as tx:
        return town, act, queries.find(tx, act, 0).named


def is_made(town: Town, act: str) -> bool:
    with town.db.read() as tx:
        return queries.find(tx, act, 0).is_made


def test_hub_reads_the_round_and_draws_and_nobody_types_anything(waiting, another_db):
    town, act, source = waiting
    relays = Relays(api=told(source.round, rehearsed(source.round)))

    assert beacons.read_due(town.db, relays) == 2  # and who stands by in York

    assert is_made(town, act)
    assert relays.asked[0] == f"https://api.drand.sh/{source.chain.hash}/public/{source.round}"
    with town.db.read() as tx:
        assert newest(tx, "draw.made").by is None
    assert beacons.read_due(town.db, relays) == 0
    assert len(relays.asked) == 2
    assert_replays(town.db, another_db)


LIES = {
    "made up": lambda n: told(n, "ab" * 48),
    "the next round's": lambda n: told(n, rehearsed(n + 1)),
    "another round": lambda n: told(n + 1, rehearsed(n + 1)),
    "not found": lambda n: b"gone",
    "no answer": lambda n: b"<html>",
    "bytes": lambda n: b"\xff\xfe",
    "too much": lambda n: b"{" + b" " * 5_000 + told(n, rehearsed(n))[1:],
    "silent": lambda n: None,
}


@pytest.mark.parametrize("lie", LIES)
def test_relay_that_lies_or_is_silent_changes_nothing_and_the_next_is_asked(waiting, lie):
    town, act, source = waiting
    wrong = LIES[lie](source.round)
    before = whole_state(town.db)

    assert beacons.read_due(town.db, Relays(api=wrong, api2=wrong, api3=wrong, drand=wrong)) == 0
    assert (whole_state(town.db), is_made(town, act)) == (before, False)

    beacons.read_due(
        town.db, Relays(api=wrong, api2=wrong, api3=wrong, drand=told(source.round, rehearsed(source.round)))
    )
    assert is_made(town, act)


def test_nothing_is_fetched_before_the_source_is_known(town):
    council(town)
    town.clock_at.advance(hours=90)
    relays = Relays()

    assert (beacons.read_due(town.db, relays), relays.asked) == (0, [])


def test_fetch_is_outside_of_any_unit_of_work(waiting):
    """Somebody else writes while the relay thinks, and is faster."""
    town, act, source = waiting
    relays = Relays(api=told(source.round, rehearsed(source.round)))

    def faster() -> None:
        relays.before = lambda: None
        town.read_source(act, town.members[0])

    relays.before = faster

    assert beacons.read_due(town.db, relays) == 1  # who stands by in York; the council is drawn
    assert is_made(town, act)


def test_pool_that_lapsed_meanwhile_is_not_drawn_from(waiting):
    town, act, source = waiting
    relays = Relays(api=told(source.round, rehearsed(source.round)))

    def late() -> None:
        relays.before = lambda: None
        town.clock_at.advance(days=20)
        with town.db.write() as tx:
            acts.tick_all(tx)

    relays.before = late
    beacons.read_due(town.db, relays)

    assert not is_made(town, act)


def test_in_a_demo_the_worker_draws_at_once_and_elsewhere_it_makes_up_nothing(waiting, monkeypatch):
    town, act, _source = waiting
    with monkeypatch.context() as patch:
        patch.setattr(chain, "_chosen", QUICKNET)
        assert beacons.rehearse_due(town.db) == 0
    assert not is_made(town, act)

    assert beacons.rehearse_due(town.db) == 2

    assert is_made(town, act)


def test_round_of_quicknet_is_read_as_the_network_published_it():
    relays = Relays(api2=told(1000, SAID))

    assert beacons.ask_relays(SOURCE, relays) == SAID
    assert relays.asked == [
        f"https://{host}.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/1000"
        for host in ("api", "api2")
    ]


def test_hub_in_earnest_shows_and_draws_nothing_that_a_demo_prepared(waiting, monkeypatch):
    town, act, _source = waiting
    monkeypatch.setattr(chain, "_chosen", QUICKNET)
    relays = Relays(api=told(1000, SAID))

    drawn = beacons.read_due(town.db, relays)

    with town.db.read() as tx, pytest.raises(NotFound):
        _ = queries.find(tx, act, 0).named
    assert (drawn, relays.asked, is_made(town, act)) == (0, [], False)


def test_command_takes_a_demos_draws_only_where_it_is_told_to(monkeypatch):
    monkeypatch.setattr(chain, "_chosen", QUICKNET)
    plain = CliRunner().invoke(main, ["lot", "--help"]).exit_code, chain.is_rehearsal()
    told_to = CliRunner().invoke(main, ["--rehearsal", "lot", "--help"]).exit_code, chain.is_rehearsal()

    assert (plain, told_to) == ((0, False), (0, True))
