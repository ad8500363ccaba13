"""What an office takes, on the pages: said before, refused in words, and a passkey that an office needs stays."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.db import Database
from hub.groups import offices
from hub.people import passkeys
from hub.permits import Actor
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import entry_count, equip, found_branch, found_group, member, ready, seat_council
from tests.web.conftest import House, submit, token_on
from tests.web.test_signatures import sign


@pytest.fixture
def town(house: House, clock_at: SetClock) -> tuple[House, Any, Any, str]:
    """A house with a group, one of its organisers, a member without passkeys, and the link that makes her moderator."""
    clock_at("2027-01-10T20:00Z")
    organiser, eve, token = copies.of(house.db, _invited)
    return house, organiser, eve, f"/invitations/{token}"


def _invited(db: Database) -> tuple[Actor, Actor, str]:
    with db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, organisers = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], founders)
        _act, token = offices.offer(tx, place=group, actor=organisers[0])
        eve = member(tx, "eve")
    return organisers[0], eve, token


def written(house: House) -> int:
    """How long the record is."""
    with house.db.read() as tx:
        return entry_count(tx)


def test_invitation_says_what_is_missing_and_accepts_when_nothing_is(town: Any) -> None:
    house, _carl, eve, link = town
    client, before = house.signed_in(eve), written(house)

    none = client.get(link).text
    refused = submit(client, link, link, shown="Eve")
    with house.db.write() as tx:
        equip(tx, eve, many=1)
    one, between = client.get(link).text, written(house)
    with house.db.write() as tx:
        (device,) = equip(tx, eve, many=1)
    both = client.get(link).text
    accepted = sign(client, submit(client, link, link, shown="Eve"), device)

    assert "This office takes 2 passkeys; you have none. Add 2 more first." in none
    assert f'href="/account/passkeys?next={link}"' in none
    assert refused.status_code == 422
    assert "This office takes 2 passkeys; you have none." in refused.text
    assert "This office takes 2 passkeys; you have 1. Add one more first." in one
    assert between == before
    assert "you have" not in both
    assert "Whoever takes an office has 2 passkeys" in both
    # Her name in the record, both her keys, her acceptance, and the step it completes.
    assert (accepted.status_code, written(house)) == (303, before + 5)


@pytest.mark.parametrize("page", ["/branches/new", "/branches/york-branch/groups/new"])
def test_founding_says_what_is_missing(town: Any, page: str) -> None:
    house, _carl, eve, _link = town
    who = house.member("gwen", "ynys-mon") if page == "/branches/new" else eve

    shown = house.signed_in(who).get(page).text

    assert "This office takes 2 passkeys; you have none. Add 2 more first." in shown


def test_refused_founder_keeps_what_was_typed(town: Any) -> None:
    house, _carl, _eve, _link = town
    client, before = house.signed_in(house.member("gwen", "ynys-mon")), written(house)

    refused = submit(client, "/branches/new", "/branches", area="ynys-mon", name="Bangor Branch", shown="Gwen")

    assert refused.status_code == 422
    assert "This office takes 2 passkeys; you have none." in refused.text
    assert 'value="Bangor Branch"' in refused.text
    assert written(house) == before


def test_passkey_that_an_office_needs_stays(town: Any) -> None:
    house, carl, eve, _link = town
    with house.db.write() as tx:
        equip(tx, eve)
    answers, left = {}, {}
    for who in (carl, eve):
        client = house.signed_in(who)
        page = client.get("/account/passkeys").text
        mine = re.findall(r'action="(/account/passkeys/[^"]+/remove)"', page)
        answers[who.nickname] = client.post(mine[0], data={"token": token_on(client, "/account/passkeys")}).status_code
        with house.db.read() as tx:
            left[who.nickname] = len(passkeys.passkeys_of(tx, str(who.person)))

    assert answers == {"carl": 422, "eve": 303}
    assert left == {"carl": 2, "eve": 1}
    assert "Your office takes 2 passkeys" in house.signed_in(carl).get("/account/passkeys").text
    assert "Your office takes" not in house.signed_in(eve).get("/account/passkeys").text


def test_rules_page_says_how_many(town: Any) -> None:
    house = town[0]

    assert "Whoever takes an office has 2 passkeys" in house.visitor().get("/rules").text
