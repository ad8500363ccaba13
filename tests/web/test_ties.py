"""The page of a count that waits for a lot: what it tells, and bringing what the beacon said, without script."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.ballots import ties
from hub.ledger.models import entries
from hub.lot.chains import rehearsed
from tests.conftest import SetClock
from tests.people_for_tests import member
from tests.towns import Town, build_town
from tests.web.conftest import House, submit


@pytest.fixture
def town(bare_house: House, clock_at: SetClock) -> Town:
    """A town whose election closed, and only a lot can decide it."""
    town = build_town(bare_house.db, clock_at("2027-01-10T20:00Z"))
    holders = town.to_ballot(*town.voters[:3])
    for place, person in enumerate(town.everybody[:14]):
        town.cast(person, [holders[place % 2]])
    town.clock.advance(days=7)
    town.tick()
    return town


def signed(town: Town) -> str:
    """What the round of the newest ballot says."""
    return rehearsed(int(str(town.ballot().source).rpartition("-")[2]))


def how_many(house: House) -> int:
    with house.db.read() as tx:
        return int(tx.scalar(sa.select(sa.func.count()).select_from(entries)) or 0)


def test_page_says_that_a_lot_decides_and_nothing_of_the_result(bare_house: House, town: Town) -> None:
    ballot = town.ballot()
    place = f"/ballots/{ballot.id}"
    page = bare_house.visitor().get(place)
    listing, record = bare_house.visitor().get("/ballots").text, bare_house.visitor().get("/record").text

    assert page.status_code == 200
    for words in ("A lot decides", str(ballot.source), "nobody could know it while votes were taken"):
        assert words in page.text
    assert "It becomes known" in page.text
    assert "If nobody brings it until" in page.text
    assert "The clock counts within a few minutes" not in page.text
    assert "first round of drand that begins 60 minutes after the close" in page.text
    for told in ("Elected:", "voted. That is", "First preferences", "Finish the count"):
        assert told not in page.text
    assert "elected" not in listing
    assert "closed; a lot decides" in listing
    assert "only a lot can decide, and the count waits" in bare_house.visitor().get(f"/elections/{ballot.act}").text
    assert "only a lot can decide it" in record
    for hidden in ("count", "tracker?code=AAAAAAAAAAAAAAAAAAAAAAAAAA"):
        answer = bare_house.visitor().get(f"{place}/{hidden}")
        assert answer.status_code == 404 or "This paper was counted" not in answer.text


def test_any_member_brings_what_the_beacon_signed_and_nothing_else(bare_house: House, town: Town) -> None:
    town.clock.advance(minutes=ties.AFTER)
    ballot = town.ballot().id
    client, visitor = bare_house.signed_in(town.voters[6]), bare_house.visitor()
    place, target = f"/ballots/{ballot}", f"/ballots/{ballot}/readings"
    before = how_many(bare_house)

    assert "Finish the count" in client.get(place).text
    assert "Finish the count" not in visitor.get(place).text
    for text, words in (
        ("", "Enter what it said"),
        ("12", "96 hexadecimal digits are needed"),
        ("ab" * 48, "this is not the signature of round"),
    ):
        wrong = submit(client, place, target, source=text)
        assert wrong.status_code == 422
        assert words in wrong.text
    assert how_many(bare_house) == before
    done = submit(client, place, target, source=signed(town))
    page = visitor.get(place).text

    assert done.status_code == 303
    assert town.ballot().said == signed(town)
    assert "Elected:" in page
    assert "Its signature, checked:" in page
    assert str(town.ballot().seed_of_lot) in page
    assert "signature of drand-" in visitor.get(f"{place}/count").text
    assert submit(client, place, target, source=signed(town)).status_code == 404


def test_member_of_elsewhere_may_bring_it_once_it_is_known(bare_house: House, town: Town) -> None:
    ballot = town.ballot().id
    place, target = f"/ballots/{ballot}", f"/ballots/{ballot}/readings"
    with bare_house.db.write() as tx:
        stranger = member(tx, "elsewhere", "ynys-mon")
    early = bare_house.signed_in(stranger).get(place).text
    town.clock.advance(minutes=ties.AFTER)
    done = submit(bare_house.signed_in(stranger), place, target, source=signed(town))

    assert "Finish the count" not in early
    assert done.status_code == 303


def test_page_says_that_nobody_brought_it_and_that_the_election_opens_again(bare_house: House, town: Town) -> None:
    ballot = town.ballot().id
    town.clock.advance(days=15)
    town.tick()
    page, record = (bare_house.visitor().get(path).text for path in (f"/ballots/{ballot}", "/record"))

    assert "Nobody was elected. The election is opened again." in page
    assert "nobody brought what the beacon said in all the days there were for it" in page
    assert "nobody brought what the beacon said: it fails" in record


def test_count_without_a_lot_says_so(bare_house: House, clock_at: SetClock) -> None:
    town = build_town(bare_house.db, clock_at("2027-01-10T20:00Z"))
    holders = town.to_ballot(*town.voters[:2])
    for place, person in enumerate(town.everybody):
        town.cast(person, [holders[place > 8]])
    town.clock.advance(days=7)
    town.tick()
    page = bare_house.visitor().get(f"/ballots/{town.ballot().id}/count").text

    assert "No lot was needed." in page
    assert "--seed" not in page
