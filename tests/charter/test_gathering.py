"""Witnesses up, down, slow to catch up, hostile: what is published, and what gives power meanwhile (LG-04)."""

import datetime as dt
import socket
import threading
import time
from contextlib import suppress

import httpx2
import pytest
import sqlalchemy as sa

from hub import clock, ledger
from hub.charter import gathering, queries
from hub.errors import Forbidden, Unsafe
from hub.ledger import models
from hub.mirror import publish
from hub.permits import HUB, P, require
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.tlog.checkpoint import open_checkpoint
from hub.tlog.note import COSIGNATURE, Signer, format_line, parse_note, parse_vkey
from tests.charters_for_tests import WITNESSES
from tests.dying import Died, dies
from tests.matchers import eventually
from tests.people_for_tests import again, seat_council
from tests.replaying import assert_replays


def signed_by(chartered):
    text, lines = parse_note(chartered.checkpoint())
    return [one.name for one, _ in chartered.charter.policy.held_by(text, lines)]


def effective(chartered):
    with chartered.db.read() as tx:
        return queries.effective_size(tx), ledger.size(tx)


def test_before_a_charter_everything_recorded_counts(town):
    town.name("Ana")
    with town.db.read() as tx:
        assert queries.effective_size(tx) == ledger.size(tx)


def test_a_checkpoint_is_published_with_its_witnesses(chartered):
    turn = chartered.turn()

    assert signed_by(chartered) == ["w0", "w1", "w2"]
    assert effective(chartered) == (turn.size, turn.size)
    with chartered.db.read() as tx:
        seal = queries.seal_of(tx)
    assert (seal.size, seal.witnesses) == (turn.size, ("w0", "w1", "w2"))
    assert (chartered.town.settings.data / "public/charter/1").read_bytes() == (
        chartered.town.settings.data / "public/charter/latest"
    ).read_bytes()


def test_two_of_three_are_enough(chartered):
    chartered.branches.down = {"w1"}
    chartered.turn()
    assert signed_by(chartered) == ["w0", "w2"]


def test_one_of_three_is_not_and_nothing_is_lost(chartered):
    chartered.turn()
    before, reached = chartered.checkpoint(), effective(chartered)
    chartered.branches.down = {"w1", "w2"}
    chartered.town.name("Ana", "Ben")

    assert chartered.turn().size == reached[0]

    assert chartered.checkpoint() == before
    assert effective(chartered) == (reached[0], reached[1] + 2)
    chartered.branches.down = set()
    chartered.turn()
    assert effective(chartered) == (reached[1] + 2, reached[1] + 2)
    assert signed_by(chartered) == ["w0", "w1", "w2"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_that_dies_around_its_witnesses_asks_again_and_publishes_one_history(chartered, after):
    """RE-05: witnesses who cosigned for nobody cosign the same again."""
    chartered.turn()
    first = chartered.checkpoint()
    chartered.town.name("Ann")
    with pytest.raises(Died):
        publish.publish(chartered.town.settings, chartered.db, gather=dies(chartered.cosigners, after=after))
    between = chartered.checkpoint()

    chartered.turn()

    head = open_checkpoint(chartered.checkpoint(), [parse_vkey(chartered.town.vkey)])
    assert (between, head.size, effective(chartered)) == (first, 5, (5, 5))
    seen = [store.latest(head.origin) for store in chartered.branches.stores.values()]
    assert [open_checkpoint(raw, [parse_vkey(chartered.town.vkey)]) for raw in seen] == [head] * 3


def test_a_witness_that_was_away_catches_up(chartered):
    chartered.branches.down = {"w1"}
    for name in ("Ana", "Ben", "Cyd"):
        chartered.town.name(name)
        chartered.turn()
    chartered.branches.down = set()
    chartered.town.name("Dee")

    chartered.turn()

    assert signed_by(chartered) == ["w0", "w1", "w2"]


def test_a_charter_whose_witnesses_never_answered_takes_nobodys_office(chartered):
    chartered.branches.down = {"w0", "w1", "w2"}
    chartered.turn()
    with chartered.db.read() as tx:
        adopted = tx.execute(queries._FIRST_QUORUM).scalar_one()
    assert effective(chartered) == (adopted, adopted + 1)


def liar(name, seed):
    """A witness that answers with another key under a witness's name."""
    other = Signer(name, seed, COSIGNATURE)
    return lambda body: (200, format_line(other.cosign(parse_note(body.partition(b"\n\n")[2])[0], 5)).encode())


def replaying(old):
    """A witness that answers with what it signed before."""
    return lambda body: (200, old)


@pytest.mark.parametrize(
    "answer",
    [
        liar("x.example/w", b"?" * 32),
        replaying(b""),
        replaying(b"\xff\xfe"),
        replaying("— x.example/w AAAA\n".encode()),
        lambda body: (409, b"99999999999999999999\n"),
        lambda body: (409, b"999999\n"),
        lambda body: (409, b""),
        lambda body: (500, b"<html>"),
        lambda body: (302, b""),
    ],
)
def test_a_hostile_witness_counts_for_nothing(chartered, answer):
    chartered.branches.instead["w0"] = answer
    chartered.branches.down = {"w1"}
    before = chartered.checkpoint()

    chartered.turn()
    assert chartered.checkpoint() == before
    chartered.branches.down = set()
    chartered.turn()
    assert signed_by(chartered) == ["w1", "w2"]


@pytest.mark.parametrize("time", [4_102_444_800, 2**62, 0])
def test_one_witness_that_lies_about_the_time_moves_no_day(chartered, clock_at, time):
    """It says 2100, no year at all, or 1970: no office ends by that, and no wait."""
    chartered.turn()
    clock_at.advance(hours=30)
    own = WITNESSES[0]
    chartered.branches.instead["w0"] = lambda body: (
        200, format_line(own.cosign(parse_note(body.partition(b"\n\n")[2])[0], time)).encode(),
    )  # fmt: skip
    chartered.branches.down = {"w1"}

    chartered.turn()
    assert signed_by(chartered) == ["w0", "w2"]
    with chartered.db.read() as tx:
        assert queries.seal_of(tx).at <= clock_at.moment
        assert queries.effective(tx).at == clock_at.moment
    chartered.branches.down = set()
    clock_at.advance(hours=30)
    chartered.turn()
    with chartered.db.read() as tx:
        assert queries.seal_of(tx).at == clock_at.moment


def test_an_old_cosignature_does_not_sign_a_new_checkpoint(chartered):
    chartered.turn()
    _text, lines = parse_note(chartered.checkpoint())
    old = next(line for line in lines if line.name == WITNESSES[0].verifier.name)
    chartered.branches.instead["w0"] = replaying(format_line(old).encode())
    chartered.branches.down = {"w1"}
    chartered.town.name("Ana")
    before = chartered.checkpoint()

    chartered.turn()

    assert chartered.checkpoint() == before


def test_a_second_history_gets_no_quorum(chartered):
    """The operator re-signs the log with other entries: the witnesses keep to the first."""
    chartered.town.name("Ana")
    chartered.turn()
    honest = chartered.checkpoint()
    with chartered.db.write() as tx:
        last = ledger.size(tx) - 1
        for table in (models.openings, models.entries):
            tx.execute(sa.delete(table).where(table.c.index == last))
    chartered.town.name("Mallory")

    with pytest.raises(Unsafe):
        chartered.turn()
    assert chartered.checkpoint() == honest


def test_an_office_gives_power_once_it_is_witnessed_and_ends_at_once(chartered, another_db):
    """Nothing is lost where the quorum is missing: what gives power waits, what only takes it holds (LG-04)."""
    chartered.turn()
    chartered.branches.down = {"w1", "w2"}
    with chartered.db.write() as tx:
        (ana,) = seat_council(tx, "ana")
    chartered.turn()

    with chartered.db.write() as tx:
        assert queries.effective_size(tx) < ledger.size(tx)
        assert permits.live_grants(tx, holder=ana.holder) == ()
        (waiting,) = permits.recorded_grants(tx, at=clock.now())
        with pytest.raises(Forbidden):
            require(again(tx, ana), P.AREAS_DECLARE, HUB)

    chartered.branches.down = set()
    chartered.turn()
    with chartered.db.write() as tx:
        assert [grant.id for grant in permits.live_grants(tx, holder=ana.holder)] == [waiting.id]
        require(again(tx, ana), P.AREAS_DECLARE, HUB)

    chartered.branches.down = {"w1", "w2"}
    with chartered.db.write() as tx:
        resign(tx, grant=waiting.id, actor=again(tx, ana))
    chartered.turn()
    with chartered.db.read() as tx:
        assert queries.effective_size(tx) < ledger.size(tx)
        assert permits.live_grants(tx, holder=ana.holder) == permits.recorded_grants(tx, at=clock.now()) == ()
    assert_replays(chartered.db, another_db)


def test_waits_end_by_what_witnesses_have_seen(chartered, clock_at):
    """The clock is put ten days on, and said to be right: no witness has seen these days (GO-17)."""
    chartered.turn()
    seen = clock_at.moment
    with chartered.db.read() as tx:
        assert queries.waits_by(tx, seen + dt.timedelta(hours=23)) == seen + dt.timedelta(hours=23)
        assert queries.waits_by(tx, seen + dt.timedelta(days=10)) == seen + dt.timedelta(days=1)

    clock_at.advance(days=10)
    chartered.turn()

    with chartered.db.read() as tx:
        assert queries.waits_by(tx, clock_at.moment) == clock_at.moment


def test_an_old_checkpoint_is_witnessed_again_every_day(chartered, clock_at):
    chartered.turn()
    first = parse_note(chartered.checkpoint())[1]
    clock_at.advance(hours=24)

    chartered.turn()

    again = parse_note(chartered.checkpoint())[1]
    assert [line.name for line in again] == [line.name for line in first]
    assert [line.time for line in again[1:]] != [line.time for line in first[1:]]
    with chartered.db.read() as tx:
        assert queries.seal_of(tx).at == clock_at.moment


def test_who_signed_is_read_again_from_the_checkpoint_when_it_was_forgotten(chartered):
    chartered.turn()
    reached = effective(chartered)
    with chartered.db.write() as tx:
        tx.exec_driver_sql("DELETE FROM seals")

    chartered.turn()

    assert effective(chartered) == reached


def test_a_checkpoint_of_the_log_stands_whoever_else_signed(chartered):
    head = chartered.turn()
    opened = open_checkpoint(chartered.checkpoint(), chartered.charter.policy.verifiers)
    assert opened == head


@pytest.fixture
def stuck(chartered):
    """A witness that takes the question and does not answer. Result: what lets it."""
    over = threading.Event()

    def silent(body):
        over.wait(30)
        raise OSError("gone")

    chartered.branches.instead["w0"] = silent
    yield over
    over.set()


def test_a_witness_that_does_not_answer_delays_nothing_once_the_others_are_enough(chartered, stuck, monkeypatch):
    monkeypatch.setattr(gathering, "GRACE", 0.05)

    chartered.turn()

    assert (signed_by(chartered), stuck.is_set()) == (["w1", "w2"], False)
    assert chartered.cosigners.asked == {"w0"}


def test_silence_of_too_many_ends_the_round_and_loses_nothing(chartered, stuck, monkeypatch):
    monkeypatch.setattr(gathering, "ROUND", 0.3)
    chartered.branches.down = {"w1"}
    before = chartered.checkpoint()

    chartered.turn()

    assert (chartered.checkpoint(), stuck.is_set()) == (before, False)


def test_a_witness_is_not_asked_again_while_its_answer_is_out(chartered, stuck, monkeypatch):
    monkeypatch.setattr(gathering, "GRACE", 0.05)
    chartered.turn()
    chartered.town.name("Ana")

    chartered.turn()

    assert [name for name in chartered.branches.asked if name == "w0"] == ["w0"]
    stuck.set()
    chartered.branches.instead = {}
    eventually(lambda: not chartered.cosigners.asked)
    chartered.town.name("Ben")
    monkeypatch.setattr(gathering, "GRACE", 5.0)
    chartered.turn()
    assert signed_by(chartered) == ["w0", "w1", "w2"]


def test_an_answer_by_the_byte_is_given_up(monkeypatch):
    """A witness that sends a byte before each patience ends would hold the asker for ever."""
    monkeypatch.setattr(gathering, "PATIENCE", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_drip, args=(server,), daemon=True)
        thread.start()
        with pytest.raises((OSError, httpx2.HTTPError)):
            gathering.post(f"http://127.0.0.1:{server.getsockname()[1]}", b"old 0\n\n")
        thread.join(timeout=30)


def _drip(server):
    line, _ = server.accept()
    with line, suppress(OSError):
        line.recv(65_536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        for _ in range(2000):
            line.sendall(b"x")
            time.sleep(0.05)
