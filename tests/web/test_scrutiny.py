"""The count of a recall judged by pages without script: who objects is not named, and only scrutineers sign or void."""

from __future__ import annotations

import pytest

from hub.db import Database
from tests import copies
from tests.ballots.test_scrutiny import Recall, begin, judging
from tests.conftest import SetClock
from tests.people_for_tests import entry_count
from tests.towns import build_town
from tests.web.conftest import House, submit, token_on

WHY = "I found no vote under my code."


@pytest.fixture
def house(bare_house: House) -> House:
    """A hub whose officers have no passkey: forms are tried here, signatures in tests/web/test_signatures.py."""
    return bare_house


@pytest.fixture
def recall(house: House, clock_at: SetClock) -> Recall:
    """A recall whose ballot is open."""
    return copies.of(house.db, _begun, at=clock_at("2027-01-10T20:00Z"))


def _begun(db: Database, clock_at: SetClock) -> Recall:
    return begin(build_town(db, clock_at))


def outsider(recall: Recall, drawn: list, place: int = 0):
    """Somebody on the roll who is no scrutineer."""
    persons = {one.person for one in drawn}
    return [one for one in recall.town.voters if one.person not in persons][place]


def test_open_ballot_says_that_scrutineers_are_drawn(house: House, recall: Recall) -> None:
    page = house.visitor().get(f"/ballots/{recall.town.ballot().id}").text

    assert "Scrutineers are drawn by lot while the ballot is open." in page
    assert house.visitor().get(f"/draws/{recall.act}").status_code == 200
    assert "Object to the count" not in page


def test_member_objects_and_scrutineers_judge_it(house: House, recall: Recall) -> None:
    drawn = judging(recall)
    ballot, who = recall.town.ballot().id, outsider(recall, drawn)
    client, first, second = (house.signed_in(one) for one in (who, *drawn[:2]))
    place = f"/ballots/{ballot}"

    empty = submit(client, place, f"{place}/objections", reason="")
    done = submit(client, place, f"{place}/objections", reason=WHY)
    told, mine = house.visitor().get(place).text, client.get(place).text
    entry = told.split(WHY)[1].split("/record/")[1].split('"')[0]
    found = [submit(one, place, f"{place}/judgements", objection=entry, found="right") for one in (first, second)]

    assert (empty.status_code, "Enter your reason" in empty.text) == (422, True)
    assert (done.status_code, done.headers["location"]) == (303, place)
    assert str(who.nickname) not in told
    assert "You have objected. Nobody sees that it was you." in mine
    assert [answer.status_code for answer in found] == [303, 303]
    after = house.visitor().get(place).text
    assert "Scrutineers voided this count. It decides nothing." in after
    assert (recall.state().step, recall.state().current.do) == (4, "ballot")
    assert "found a member’s objection to the count" in house.visitor().get("/record?kind=count.judged").text


def test_scrutineers_see_the_roll_sign_and_void_with_a_reason(house: House, recall: Recall) -> None:
    drawn = judging(recall)
    ballot = recall.town.ballot().id
    place, (one, two, three) = f"/ballots/{ballot}", map(house.signed_in, drawn)

    seen = submit(one, place, f"{place}/voters")
    signed = submit(one, place, f"{place}/confirmation")
    bare = submit(two, place, f"{place}/objection", reason="")
    voided = [submit(each, place, f"{place}/objection", reason="Two names stood twice.") for each in (two, three)]

    assert "16 members of" in seen.text
    assert (signed.status_code, bare.status_code, [each.status_code for each in voided]) == (303, 422, [303, 303])
    told = house.visitor().get(place).text
    assert "Two names stood twice." in told
    assert "scrutineer, signed the count." in told
    assert (recall.state().step, recall.state().current.do) == (4, "ballot")


def test_nobody_else_signs_judges_voids_or_sees_the_roll(house: House, recall: Recall) -> None:
    drawn = judging(recall)
    place, stranger = f"/ballots/{recall.town.ballot().id}", house.signed_in(outsider(recall, drawn))
    page = stranger.get(place).text
    with house.db.read() as tx:
        before = entry_count(tx)
    token = token_on(stranger, "/account")
    sent = {"token": token, "reason": WHY, "objection": "1", "found": "right"}

    answers = [
        stranger.post(f"{place}/{what}", data=sent).status_code for what in ("confirmation", "objection", "voters")
    ]

    assert answers == [403, 403, 403]
    with house.db.read() as tx:
        assert entry_count(tx) == before
    assert "For scrutineers" not in page


def test_objection_in_vain_stands_beside_the_result(house: House, recall: Recall) -> None:
    drawn = judging(recall)
    place, client = f"/ballots/{recall.town.ballot().id}", house.signed_in(outsider(recall, drawn))
    submit(client, place, f"{place}/objections", reason=WHY)
    recall.later(days=3)

    told = house.visitor().get(place).text
    assert WHY in told
    assert "Two scrutineers did not judge it in time: the count stands, and this stands beside it." in told
    assert "The days to object to it are over: the count stands." in told
    assert recall.ended() == "recalled"
