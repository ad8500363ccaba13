"""Limits that hold across workers and restarts, letters that name nobody, and counts that are true."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub import clock
from hub.envelope import ALPHABET, Handshake
from hub.letters import LETTERS
from hub.matcher import limiter
from hub.matcher.desk import new_code
from hub.matcher.models import counters, metadata
from hub.matcher.post import Post
from hub.matcher.tellings import publish
from hub.roster.line import nonce_digest
from tests.matchers import enrol, make_desk

NAMES = ("counters", "counter_keys", "nonces")
LONG = dt.timedelta(days=20)  # only what is counted by the month is kept longer


@pytest.fixture
def desk(fresh, tmp_path):
    return make_desk(tmp_path / "matcher", fresh(metadata))


def ask(number="0012345", postcode="YO71 1AA", client="192.0.2.1", nonce="n"):
    return Handshake("GB", number, postcode, nonce_digest(nonce), client)


def test_limit_holds_over_four_workers_and_ten_restarts(desk, clock_at):
    clock_at("2026-11-21T20:00Z")

    def try_once(_) -> bool:
        with desk.db.write() as tx:
            return limiter.take(tx, desk.keys, [limiter.day("thing", "one", 5)])

    passed = 0
    for _restart in range(10):
        desk.db.engine.dispose()
        with ThreadPoolExecutor(4) as workers:
            passed += sum(workers.map(try_once, range(20)))

    assert passed == 5


def test_month_limit_holds_across_midnight_and_the_days_key(desk, clock_at):
    clock = clock_at("2026-11-21T23:50Z")
    for _ in range(20):
        desk.evaluate(ask("7777777"))
        clock.advance(hours=23)

    with desk.db.read() as tx:
        held = tx.scalar(sa.select(sa.func.sum(counters.c.count)).where(counters.c.until_at > clock.moment + LONG))
        month = limiter.month("wrong pairs with a number", "7777777", 15)
        assert not limiter.has_room(tx, desk.keys, [month])
    assert held == 15


def test_counters_and_their_keys_vanish(desk, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    desk.evaluate(ask())
    clock.advance(days=90)
    desk.forget()

    with desk.db.read() as tx:
        rows = {name: sa.select(sa.func.count()).select_from(metadata.tables[name]) for name in NAMES}
        left = {name: tx.scalar(count) for name, count in rows.items()}

    assert left == dict.fromkeys(NAMES, 0)


def test_address_is_limited_silently(desk, clock_at):
    clock_at("2026-11-21T20:00Z")
    object.__setattr__(desk.settings, "client_per_hour", 10)
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")

    same = [desk.evaluate(ask(str(place).zfill(7))).code for place in range(10)]
    blocked = desk.evaluate(ask())
    elsewhere = desk.evaluate(ask(client="192.0.2.2"))

    assert (set(same), blocked.code, elsewhere.code is not None) == ({None}, None, True)


def test_member_with_an_exhausted_number_still_gets_in_by_letter(desk, clock_at):
    clock_at("2026-11-21T20:00Z")
    ref = enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    for place in range(1000):
        desk.evaluate(ask(postcode=f"YO71 {place % 10}ZZ", client=f"198.51.100.{place % 250}"))
    from hub.matcher.models import codes

    letter = {
        "hash": desk.keys.code_hash("ABCDE12345"), "ref": ref, "kind": "letter", "made_at": clock.now(),
        "until_at": clock.now() + clock.DAY * 21, "tries": 0,
    }  # fmt: skip
    with desk.db.write() as tx:
        tx.execute(sa.insert(codes), letter)

    assert desk.evaluate(ask()).code is None
    assert desk.redeem_letter(ask(client="203.0.113.9"), "abcde-12345").entry_ref == ref


def test_letter_code_needs_the_same_pair_and_five_tries(desk, clock_at):
    clock_at("2026-11-21T20:00Z")
    from hub.matcher.models import codes

    ref = enrol(desk, "0012345", "YO711AA")
    enrol(desk, "0099999", "YO711AB")
    letter = {
        "hash": desk.keys.code_hash("ABCDE12345"), "ref": ref, "kind": "letter", "made_at": clock.now(),
        "until_at": clock.now() + clock.DAY * 21, "tries": 0,
    }  # fmt: skip
    with desk.db.write() as tx:
        tx.execute(sa.insert(codes), letter)

    other = desk.redeem_letter(ask("0099999", "YO71 1AB"), "ABCDE12345")
    wrong = [desk.redeem_letter(ask(), "WRONGWRONG") for _ in range(5)]
    sixth = desk.redeem_letter(ask(), "ABCDE12345")

    assert (other, wrong, sixth) == (None, [None] * 5, None)


def test_codes_are_forty_random_bits():
    codes = [new_code(8) for _ in range(20_000)]

    letters = Counter("".join(codes))

    assert set(letters) == set(ALPHABET)
    assert len(set(codes)) == len(codes)
    expected = 8 * 20_000 / 32
    assert all(abs(count - expected) < 6 * expected**0.5 for count in letters.values())


def test_published_counts_equal_what_was_compared(desk, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    for place in range(23):
        number = str(place).zfill(7)
        enrol(desk, number, "YO711AA", contact=f"m{place}@example.org")
        desk.evaluate(ask(number))
    for _ in range(4):
        desk.evaluate(ask("9999999"))
    clock.advance(days=1)

    told, again = desk.publish_days(), desk.publish_days()
    publish(desk.db, desk.settings)

    (path,) = desk.settings.statements.glob("*.json")
    assert (told, again) == (1, 0)
    assert json.loads(path.read_text()) == {"kind": "counted", "day": "2026-11-21", "evaluations": 27, "sent": 20}


def test_letters_name_neither_organisation_nor_membership(desk):
    post = Post(desk.settings)
    banned = re.compile(r"union|party|member(ship)?s?\b|branch|group|tenant|campaign|folkmoot", re.I)

    for template, params in {**LETTERS, "code": ("code", "minutes")}.items():
        mail = post.render(template, "x@example.org", {name: f"/marker-{name}" for name in params})
        headers = "\n".join(str(mail[name]) for name in ("From", "Subject"))
        first = mail.get_content().strip().splitlines()[0]
        assert not banned.search(headers + first), (template, headers, first)
        assert sorted(re.findall(r"marker-\w+", mail.get_content())) == sorted(f"marker-{name}" for name in params)
    assert banned.search("Example Union")
