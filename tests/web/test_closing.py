"""The pages by which somebody closes their account, and keeps it after all."""

from __future__ import annotations

from hub import leaving
from hub.permits import Actor
from tests.authenticator import Authenticator
from tests.conftest import SetClock
from tests.web.conftest import House, submit
from tests.web.test_levels import add_passkey, step_up


def test_member_asks_reads_when_and_keeps_it(house: House, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    una, bob = house.member("una"), house.member("bob")
    mine, other = house.signed_in(una), house.signed_in(bob)

    first = mine.get("/account/closing").text
    asked = submit(mine, "/account/closing", "/account/closing")
    page, me = mine.get("/account/closing").text, mine.get("/me").text
    again = submit(mine, "/account/closing", "/account/closing")

    assert ("Close my account in seven days" in first, asked.status_code, again.status_code) == (True, 303, 409)
    assert ["Your account closes on 28 November 2026 at 20:00 UTC" in text for text in (page, me)] == [True, True]
    assert "Your account closes" not in other.get("/me").text
    assert submit(other, "/account/closing", "/account/closing/withdrawal").status_code == 404
    assert submit(mine, "/account/closing", "/account/closing/withdrawal").status_code == 303
    with house.db.read() as tx:
        assert leaving.closes_at(tx, str(una.person)) is None


def closes(house: House, who: Actor) -> bool:
    """Whether somebody's account is being closed."""
    with house.db.read() as tx:
        return leaving.closes_at(tx, str(who.person)) is not None


def test_whoever_has_a_passkey_closes_by_it_and_keeps_without(house: House, clock_at: SetClock) -> None:
    moment = clock_at("2026-11-21T20:00Z")
    una, device = house.member("una"), Authenticator()
    mine = house.signed_in(una, kind="code")
    add_passkey(mine, device)
    moment.advance(minutes=6)

    asked = submit(mine, "/account/closing", "/account/closing")
    between = closes(house, una)
    lied = step_up(mine, asked, device, spoiled=True)
    after_lie = closes(house, una)
    done = step_up(mine, asked, device)
    after = closes(house, una)
    moment.advance(minutes=6)
    kept = submit(mine, "/account/closing", "/account/closing/withdrawal")

    assert ("Use your passkey" in asked.text, between, lied.status_code, after_lie) == (True, False, 422, False)
    assert (done.status_code, after, kept.status_code, closes(house, una)) == (303, True, 303, False)


def test_whoever_lost_their_passkey_keeps_the_account_by_a_code_and_closes_none(
    house: House, clock_at: SetClock
) -> None:
    clock_at("2026-11-21T20:00Z")
    una = house.member("una")
    add_passkey(house.signed_in(una, kind="code"), Authenticator())
    short = house.signed_in(una, kind="bootstrap")
    before = short.get("/account/closing").text
    refused = submit(short, "/account/recovery", "/account/closing")
    none_yet = closes(house, una)
    with house.db.write() as tx:
        leaving.ask(tx, actor=una)

    shown = short.get("/account/recovery").text
    kept = submit(short, "/account/closing", "/account/closing/withdrawal")

    assert ("Close my account in seven days" in before, refused.status_code, none_yet) == (False, 403, False)
    assert "This account closes on 28 November 2026 at 20:00 UTC" in shown
    assert (kept.status_code, closes(house, una)) == (303, False)
