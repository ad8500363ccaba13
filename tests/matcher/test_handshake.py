"""The whole way: sealed, handed over, compared, sent, redeemed. Nothing says whether a pair was on the roster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.envelope import Handshake
from hub.matcher.models import metadata
from hub.matcher.service import Service
from hub.people import queries as people
from hub.roster.actions import admit
from hub.roster.line import Line, nonce_digest
from hub.settings import build
from tests.matchers import code_in, enrol, eventually, letters_in, make_desk

NONCE = "browser-nonce"


@pytest.fixture
def desk(fresh, tmp_path):
    return make_desk(tmp_path / "matcher", fresh(metadata))


@pytest.fixture
def line(desk, tmp_path):
    settings = build(tmp_path, {})
    settings.keys.mkdir()
    (settings.keys / "matcher.pub").write_text(desk.keys.public.hex())
    service = Service(desk)
    service.start()
    yield Line(settings)
    service.stop()


def ask(number="0012345", postcode="YO71 1AA", nonce=NONCE, client="192.0.2.1"):
    return Handshake("GB", number, postcode, nonce_digest(nonce), client)


def test_member_proves_membership_over_the_line(db, desk, line):
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    enrol(desk, "0099999", "YO711AA", contact="decoy@example.org")

    line.hand_over(country="GB", number="0012345", postcode="yo71 1aa", nonce=NONCE, client="192.0.2.1")
    ((to, text),) = eventually(lambda: letters_in(desk))
    elsewhere = line.redeem(nonce="another browser", code=code_in(text))
    proof = line.redeem(nonce=NONCE, code=code_in(text).lower())
    again = line.redeem(nonce=NONCE, code=code_in(text))
    with db.write() as tx:
        person = admit(tx, proof)
        standing = people.standing_of(tx, person)
        same = admit(tx, proof)

    assert (to, elsewhere, again) == ("mem@example.org", None, None)
    assert (proof.entry_ref, proof.area, proof.kind, len(proof.seed)) == ("ent_0012345", "york", "code", 32)
    assert (standing.area, same) == ("york", person)


def test_dead_matcher_refuses_everything_and_raises_nothing(tmp_path):
    settings = build(tmp_path, {})

    line = Line(settings)
    line.hand_over(country="GB", number="1", postcode="2", nonce=NONCE, client="192.0.2.1")

    assert line.redeem(nonce=NONCE, code="ABCD EFGH") is None
    assert line.deliver(entry_ref="ent_1", template="welcome", params={}) is False


@pytest.mark.parametrize(
    ("number", "postcode", "why"),
    [
        ("0012345", "YO71 9ZZ", "this pair is not on the roster, or not of a current member"),
        ("7777777", "YO71 1AA", "this pair is not on the roster, or not of a current member"),
        ("0000002", "YO71 1AA", "this pair is not on the roster, or not of a current member"),
        ("0000003", "YO71 1AA", "the roster holds no contact: the office can post a letter"),
        ("0012345", "YO71 1AA", "sent"),
    ],
)
def test_code_is_made_on_a_hit_only(desk, number, postcode, why):
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    enrol(desk, "0000002", "YO711AA", contact="former@example.org", current=False)
    enrol(desk, "0000003", "YO711AA")

    due = desk.evaluate(ask(number, postcode))

    assert (due.why, due.code is not None) == (why, why == "sent")


def test_sixth_try_fails_even_when_right(desk, clock_at):
    clock_at("2026-11-21T20:00Z")
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    code = desk.evaluate(ask()).code

    tries = [desk.redeem(nonce_digest(NONCE), "AAAA AAAA") for _ in range(5)]
    right = desk.redeem(nonce_digest(NONCE), code)

    assert (tries, right) == ([None] * 5, None)


def test_code_works_fifteen_minutes_and_no_longer(desk, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    early, late = desk.evaluate(ask()).code, desk.evaluate(ask(nonce="other")).code

    clock.advance(minutes=14, seconds=59)
    in_time = desk.redeem(nonce_digest(NONCE), early)
    clock.advance(seconds=1)

    assert in_time is not None
    assert desk.redeem(nonce_digest("other"), late) is None


def test_ten_codes_a_day_and_no_more(desk, clock_at):
    clock = clock_at("2026-11-21T00:00Z")
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")

    today = [desk.evaluate(ask()).why for _ in range(12)]
    clock.advance(days=1)

    assert today == ["sent"] * 10 + ["too many codes to this member"] * 2
    assert desk.evaluate(ask()).why == "sent"


def test_wrong_pairs_with_one_number_are_limited_silently(desk, clock_at):
    clock_at("2026-11-21T00:00Z")
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")

    wrong = [desk.evaluate(ask(postcode=f"YO71 {place}ZZ")).code for place in range(6)]
    right = desk.evaluate(ask())

    assert (wrong, right.code) == ([None] * 6, None)


def test_broken_counters_refuse(desk):
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    with desk.db.write() as tx:
        tx.exec_driver_sql("DROP TABLE counters")

    with pytest.raises(Exception, match="counters"):
        desk.evaluate(ask())

    assert letters_in(desk) == []


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("rounds", [3, pytest.param(500, marks=pytest.mark.long)])
def test_code_is_redeemed_once_by_two_hundred_at_a_time(desk, rounds):
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    for name in ("tries", "codes_per_day", "codes_per_month"):
        object.__setattr__(desk.settings, name, 1_000_000)
    for _ in range(rounds):
        code = desk.evaluate(ask()).code

        with ThreadPoolExecutor(16) as pool:
            proofs = list(pool.map(lambda _, code=code: desk.redeem(nonce_digest(NONCE), code), range(200)))

        assert sum(proof is not None for proof in proofs) == 1


def test_store_holds_nothing_in_clear(desk, tmp_path):
    enrol(desk, "0012345", "YO711AA", contact="marker@example.org")
    desk.evaluate(ask())
    with desk.db.read() as tx:
        stored = [repr(row) for name in metadata.tables for row in tx.exec_driver_sql(f'SELECT * FROM "{name}"')]

    for marker in ("0012345", "YO711AA", "YO71 1AA", "marker@example.org", "192.0.2.1"):
        found = [line for line in stored if marker in line.replace("ent_0012345", "").replace("test", "")]
        assert found == [], marker
