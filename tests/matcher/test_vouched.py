"""In person: a row without contact, opened by two organisers' word; and codes to an address that is shared."""

from __future__ import annotations

import sqlalchemy as sa

from hub.matcher.models import contactless
from hub.roster.line import nonce_digest
from tests.matcher.test_handshake import NONCE, ask, desk, line
from tests.matchers import code_in, enrol, eventually, letters_in

__all__ = ["desk", "line"]


def kept(desk):
    with desk.db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(contactless))


def test_right_pair_without_contact_is_opened_once_in_its_browser(desk, line):
    enrol(desk, "0012345", "YO711AA")
    enrol(desk, "0099999", "YO711AB", contact="decoy@example.org")
    desk.evaluate(ask())

    elsewhere = line.redeem_vouched(nonce="another browser")
    proof = line.redeem_vouched(nonce=NONCE)
    again = line.redeem_vouched(nonce=NONCE)

    assert (elsewhere, again) == (None, None)
    assert (proof.entry_ref, proof.kind, len(proof.seed)) == ("ent_0012345", "in_person", 32)
    assert kept(desk) == 0


def test_row_with_a_contact_is_never_opened_so(desk, line):
    enrol(desk, "0012345", "YO711AA", contact="mem@example.org")
    desk.evaluate(ask())

    assert line.redeem_vouched(nonce=NONCE) is None
    assert kept(desk) == 0


def test_wrong_pair_is_never_opened(desk, line):
    enrol(desk, "0012345", "YO711AA")
    desk.evaluate(ask(postcode="YO71 9ZZ"))

    assert line.redeem_vouched(nonce=NONCE) is None


def test_day_after_it_is_over(desk, line, clock_at):
    moment = clock_at("2026-11-21T20:00Z")
    enrol(desk, "0012345", "YO711AA")
    desk.evaluate(ask())
    moment.advance(hours=24)

    assert line.redeem_vouched(nonce=NONCE) is None
    desk.forget()
    assert kept(desk) == 0


def test_contact_that_came_meanwhile_closes_the_way(desk, line):
    ref = enrol(desk, "0012345", "YO711AA")
    desk.evaluate(ask())
    from hub.matcher.models import roster_entries

    with desk.db.write() as tx:
        tx.execute(sa.update(roster_entries).where(roster_entries.c.ref == ref).values(contact=b"sealed"))

    assert line.redeem_vouched(nonce=NONCE) is None


def test_code_to_a_shared_address_says_so(desk, line):
    shared = desk.keys.contact_digest("family@example.org")
    enrol(desk, "0012345", "YO711AA", contact="family@example.org", contact_digest=shared)
    enrol(desk, "0012346", "YO711AA", contact="family@example.org", contact_digest=shared)
    enrol(desk, "0012347", "YO711AA", contact="one@example.org", contact_digest=desk.keys.contact_digest("one@x.org"))

    kinds, met = [], set()
    for number, nonce in (("0012345", "a"), ("0012347", "b")):
        line.hand_over(country="GB", number=number, postcode="yo71 1aa", nonce=nonce, client="192.0.2.1")
        found = eventually(lambda: [letter for letter in letters_in(desk) if code_in(letter[1]) not in met])
        met.add(code_in(found[-1][1]))
        kinds.append(line.redeem(nonce=nonce, code=code_in(found[-1][1])).kind)

    assert kinds == ["shared", "code"]
    assert nonce_digest("a") != nonce_digest("b")
