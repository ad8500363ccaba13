"""Vouched for in person, by the pages: the number on the screen, two organisers, and in (HS-22)."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from hub.matcher.models import contactless, metadata
from hub.people import queries
from tests.matchers import enrol, eventually
from tests.people_for_tests import found_branch, found_group, seat_council
from tests.web.conftest import House, submit, token_on
from tests.web.matchers import running


def test_two_organisers_vouch_and_the_member_comes_in(house: House, fresh: Any) -> None:
    with house.db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        _group, organisers = found_group(tx, branch, founders[:2], founders[2:])
    with running(house, fresh(metadata)) as desk:
        enrol(desk, "0012345", "YO711AA")
        member = house.visitor()
        submit(member, "/join", "/join", country="GB", number="0012345", postcode="YO71 1AA")
        shown = re.search(r'<code class="long">([0-9A-Z]{4} [0-9A-Z]{4})</code>', member.get("/join/code").text)
        assert shown is not None
        waiting = wait_for_row(desk)
        early = member.post("/join/vouched", data={"token": token_on(member, "/join/code")})
        clients = [house.signed_in(organiser) for organiser in organisers]
        one = submit(clients[0], "/vouch", "/vouch", number=shown.group(1))
        still = member.post("/join/vouched", data={"token": token_on(member, "/join/code")})
        submit(clients[1], "/vouch", "/vouch", number=shown.group(1))
        done = member.post("/join/vouched", data={"token": token_on(member, "/join/code")})

    assert waiting
    assert (early.status_code, one.status_code, still.status_code) == (422, 303, 422)
    assert (done.status_code, done.headers["location"]) == (303, "/join/name")
    with house.db.read() as tx:
        person = queries.person_of_entry(tx, "ent_0012345")
        assert person is not None
        spell = queries.spell_of(tx, person)
        assert spell is not None
        assert spell.proved_by == "in_person"


def wait_for_row(desk: Any) -> bool:
    """Waits until the matcher has compared the pair."""

    def kept() -> bool:
        with desk.db.read() as tx:
            return bool(tx.scalar(sa.select(sa.func.count()).select_from(contactless)))

    return bool(eventually(kept))


def test_number_is_shown_to_whoever_asked_and_says_nothing(house: House) -> None:
    client = house.visitor()
    before = client.get("/join/code").text

    submit(client, "/join", "/join", country="GB", number="9999999", postcode="ZZ9 9ZZ")

    assert "Both have vouched" not in before
    assert "Both have vouched" in client.get("/join/code").text
