"""Draws in pages that need no script: what is drawn, reading the source, one's own ticket and seat, and the record."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from hub import app
from hub.ballots import elections
from hub.draws import chain, files, queries, saying
from hub.draws.models import draws
from hub.ledger.models import entries
from hub.lot.chains import QUICKNET
from hub.permits import HUB
from hub.web.sentences import SENTENCES
from tests.draws.conftest import KNOWN, Town, make_town, said
from tests.draws.test_strata import asking
from tests.people_for_tests import again, found_hub, without_devices
from tests.web.conftest import House, prepare, submit


@pytest.fixture(autouse=True)
def _clock(clock_at) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House, clock_at) -> Town:
    return make_town(bare_house.db, clock_at, is_founded=True)


@pytest.fixture
def act(town: Town) -> str:
    """The act of a council's draw, its source known."""
    town.turn(minutes=1)
    while files.compute_odds(town.db):
        pass
    town.turn(**KNOWN)
    with town.db.read() as tx:
        return town.draw_of(tx, "draw_council")


def drawn(town: Town, act: str) -> list[sa.Row]:
    """The seats, once somebody has read the source."""
    town.read_source(act, town.council[0])
    with town.db.read() as tx:
        return town.drawn(tx, act)


def test_everybody_sees_what_is_drawn_and_from_where_the_chance_comes(bare_house: House, town: Town, act: str) -> None:
    page = bare_house.visitor().get(f"/draws/{act}")

    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
        inside = list(tx.scalars(sa.text("SELECT ticket FROM draw_tickets WHERE act = :a"), {"a": act}))
    assert page.status_code == 200
    for words in ("20 seats, 30 tickets", draw.pool, draw.source, *inside, "13 to 14 seats"):
        assert words in page.text
    assert "Your ticket" not in page.text
    assert "Make the draw" not in page.text
    assert f"/draws/{act}" in bare_house.visitor().get("/power").text


def test_any_member_types_in_what_the_beacon_signed_and_nothing_else(bare_house: House, town: Town, act: str) -> None:
    member, visitor = bare_house.signed_in(town.members[0]), bare_house.visitor()
    place, target = f"/draws/{act}", f"/draws/{act}/readings"
    with town.db.read() as tx:
        true = said(tx, act)
        before = tx.scalar(sa.select(sa.func.count()).select_from(entries))
    assert "Make the draw" in member.get(place).text
    assert "Make the draw" not in visitor.get(place).text
    for text, words in (("12", "96 hexadecimal digits are needed"), ("ab" * 48, "this is not the signature of round")):
        wrong = submit(member, place, target, source=text)
        assert wrong.status_code == 422
        assert words in wrong.text
    empty = submit(member, place, target, source=" ")
    assert (empty.status_code, "Enter what it said" in empty.text) == (422, True)
    with town.db.read() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(entries)) == before

    done = submit(member, place, target, source=true.upper())

    assert done.headers["location"].startswith(place)
    page = visitor.get(place).text
    with town.db.read() as tx:
        draw = queries.find(tx, act, 0)
        assert draw is not None
    assert f"hub lot check {draw.file} --pool-hash {draw.pool} --rehearsal" in page
    assert page.count("asked, has not answered yet") == 20
    assert page.count(">reserve<") == 10
    assert ("Its signature, checked" in page, true in page) == (True, True)
    assert "Make the draw" not in member.get(place).text


def test_demo_says_that_its_draws_are_nobodys_and_a_hub_says_where_to_read(bare_house, town, act, monkeypatch) -> None:
    page = bare_house.visitor().get(f"/draws/{act}").text
    assert ("This is a demo" in page, "api.drand.sh" in page) == (True, False)
    with town.db.write() as tx:
        round_ = queries.of_act(tx, act)[0].named.round
        tx.execute(sa.update(draws).values(source=f"drand-quicknet-{round_}"))
    monkeypatch.setattr(chain, "_chosen", QUICKNET)

    page = bare_house.signed_in(town.members[3]).get(f"/draws/{act}").text

    assert "This is a demo" not in page
    assert f"https://api.drand.sh/{QUICKNET.hash}/public/{round_}" in page


def test_story_of_a_draw_from_the_wrong_pool_to_the_last_answer(bare_house: House, town: Town) -> None:
    """As a member without script sees it: prepared, objected to, void, prepared again, read, drawn, answered."""
    town.turn(minutes=1)
    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_council")
    place = f"/draws/{act}"
    member, visitor = bare_house.signed_in(town.members[0]), bare_house.visitor()

    # Prepared: everybody sees what comes when; a member can object, a visitor cannot.
    before = visitor.get(place).text
    for words in ("1. Pool frozen", "2. Objections until", "3. Randomness known", "4. Drawn", "5. Answers"):
        assert words in before
    assert ("Objections to the pool: 0" in before, "Object to the pool" in before) == (True, False)
    assert "Object to the pool" in member.get(place).text
    assert "My page" in bare_house.signed_in(town.members[1]).get("/me/draws").text

    # Objected to: a reason is needed; it is shown to all without a name.
    empty = submit(member, place, f"{place}/objections", reason=" ")
    assert (empty.status_code, "Enter what is wrong with the pool" in empty.text) == (422, True)
    done = submit(member, place, f"{place}/objections", reason="Three tickets are mine, and two are missing.")
    assert done.headers["location"].startswith(place)
    page = visitor.get(place).text
    assert ("Objections to the pool: 1" in page, "Three tickets are mine" in page) == (True, True)
    assert ("Object to the pool" in member.get(place).text, "It is right: void" in member.get(place).text) == (
        False, False,
    )  # fmt: skip

    # Judged by two whom it does not concern: the pool is void, and another stands there.
    with town.db.read() as tx:
        index = tx.scalar(sa.text("SELECT max(entry) FROM draw_objections"))
        first = queries.find(tx, act, 0)
    for one, many in zip(town.council, (1, 0), strict=True):
        client = bare_house.signed_in(one)
        assert f"/draws/{act}" in client.get("/me/notices").text
        assert "It is right: void this pool" in client.get(place).text
        wrong = submit(client, place, f"{place}/judgements", objection=str(index), found="maybe")
        assert wrong.status_code == 422
        submit(client, place, f"{place}/judgements", objection=str(index), found="right")
        assert visitor.get(place).text.count("this is right") == many
    page = visitor.get(place).text
    assert ("A pool of 30 tickets that is void" in page, "Objections to the pool: 0" in page) == (True, True)
    assert first is not None
    assert first.pool in page

    # Known, read, drawn; who was drawn answers, and the next in the order follows.
    town.turn(**KNOWN)
    assert "Object to the pool" not in member.get(place).text
    with town.db.read() as tx:
        text = said(tx, act)
    submit(bare_house.signed_in(town.members[0]), place, f"{place}/readings", source=text)
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
        people = {row.rank: queries.person_of(tx, row.ticket) for row in rows[:2]}
    accepts, declines = (
        bare_house.signed_in(next(one for one in town.members if one.person == people[rank])) for rank in (0, 1)
    )
    submit(accepts, f"{place}/seat", f"{place}/acceptance", shown="Lotte Drawn")
    submit(declines, f"{place}/seat", f"{place}/refusal")
    page = visitor.get(place).text
    assert ("accepted: Lotte Drawn" in page, ">declined<" in page) == (True, True)
    assert (page.count("asked, has not answered yet"), page.count(">reserve<")) == (19, 9)

    # And the record has a sentence for each of it.
    with town.db.read() as tx:
        found = dict(tx.execute(sa.select(entries.c.type, sa.func.max(entries.c.index)).group_by(entries.c.type)).all())
    for name, words in {
        "draw.objected": "A member objected, with a reason, to the pool",
        "draw.judged": f"found the objection of entry {index} to the pool for",
        "draw.voided": "nobody is drawn from it, and another follows",
    }.items():
        assert words in visitor.get(f"/record/{found[name]}").text


def test_draw_without_time_for_objections_says_so(bare_house: House, town: Town) -> None:
    town.turn(days=181)
    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
    yorker = next(one for one in town.members if one.standing.area == "york")

    page = bare_house.signed_in(yorker).get(f"/draws/{act}").text

    assert ("There is no time for objections here" in page, "Object to the pool" in page) == (True, False)


@pytest.mark.parametrize("index", ["", "x", "-1", "٣", "999999", "9" * 40])
def test_objection_that_is_not_there_is_judged_by_nobody(bare_house: House, town: Town, index: str) -> None:
    town.turn(minutes=1)
    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_council")
    client = bare_house.signed_in(town.council[0])

    done = submit(client, f"/draws/{act}", f"/draws/{act}/judgements", objection=index, found="right")

    assert done.status_code in (404, 422)


def test_own_ticket_and_chance_are_shown_to_its_owner_alone(bare_house: House, town: Town, act: str) -> None:
    with town.db.read() as tx:
        mine, other = (queries.my_tickets(tx, one.person)[0].ticket for one in town.members[:2])
    page = bare_house.signed_in(town.members[0]).get(f"/draws/{act}").text

    assert re.search(rf"Your ticket:</strong> <code>{mine}</code> · drawn in [0-9]+ of 1,000 trial draws", page)
    assert mine in bare_house.signed_in(town.members[0]).get("/me/draws").text
    assert mine not in bare_house.signed_in(town.members[1]).get("/me/draws").text
    assert f"Your ticket:</strong> <code>{other}" not in page


def test_who_is_drawn_sees_it_first_and_accepts(bare_house: House, town: Town, act: str) -> None:
    row = drawn(town, act)[0]
    with town.db.read() as tx:
        person = queries.person_of(tx, row.ticket)
        seated = {queries.person_of(tx, one.ticket) for one in town.drawn(tx, act)}
    client = bare_house.signed_in(next(one for one in town.members if one.person == person))
    other = bare_house.signed_in(next(one for one in town.members if one.person not in seated))

    assert f"/draws/{act}/seat" in client.get("/me/notices").text
    assert other.get(f"/draws/{act}/seat").status_code == 404
    assert "Nobody else knows yet" in client.get(f"/draws/{act}/seat").text
    missing = submit(client, f"/draws/{act}/seat", f"/draws/{act}/acceptance", shown="")
    assert missing.status_code == 422
    done = submit(client, f"/draws/{act}/seat", f"/draws/{act}/acceptance", shown="Lotte Drawn")

    where = done.headers["location"].split("?")[0]
    assert (done.status_code, re.sub(r"grt_\w+", "GRANT", where)) == (303, "/offices/GRANT/receipt")
    assert "Keep your office safe" in client.get(where).text
    assert "accepted: Lotte Drawn" in bare_house.visitor().get(f"/draws/{act}").text
    assert "Lotte Drawn" in bare_house.visitor().get("/power").text
    assert "You accepted" in client.get(f"/draws/{act}/seat").text


def test_who_declines_is_not_named(bare_house: House, town: Town, act: str) -> None:
    row = drawn(town, act)[0]
    with town.db.read() as tx:
        person = queries.person_of(tx, row.ticket)
    client = bare_house.signed_in(next(one for one in town.members if one.person == person))

    done = submit(client, f"/draws/{act}/seat", f"/draws/{act}/refusal")

    assert done.headers["location"].startswith("/me")
    assert ">declined<" in bare_house.visitor().get(f"/draws/{act}").text
    assert client.get(f"/draws/{act}/seat").status_code == 404


def test_late_answer_is_told_in_words(bare_house: House, town: Town, act: str) -> None:
    row = drawn(town, act)[0]
    with town.db.read() as tx:
        person = queries.person_of(tx, row.ticket)
    client = bare_house.signed_in(next(one for one in town.members if one.person == person))
    token_page = client.get(f"/draws/{act}/seat").text
    found = re.search(r'name="token" value="([^"]+)"', token_page)
    assert found is not None
    town.clock_at.advance(hours=48)
    client = bare_house.signed_in(next(one for one in town.members if one.person == person))

    assert "The 48 hours are over" in client.get(f"/draws/{act}/seat").text


def test_wishes_are_kept(bare_house: House, town: Town) -> None:
    client = bare_house.signed_in(town.members[0])
    assert client.get("/me/draws").text.count(" checked") == 2

    assert submit(client, "/me/draws", "/me/draws", at_home="yes").status_code == 303

    with town.db.read() as tx:
        assert queries.wishes(tx, str(town.members[0].person)) == (True, False)
    assert client.get("/me/draws").text.count(" checked") == 1


def test_what_members_say_is_their_own_and_counted_in_tens(tmp_path, db, clock_at) -> None:
    settings = prepare(tmp_path / "data")
    with db.write() as tx:
        found_hub(tx, asking(without_devices()), origin=settings.log_origin)
    house = House(settings, db, app.build(settings, db))
    town = make_town(db, clock_at, is_founded=True)
    mine, other = (house.signed_in(town.members[place]) for place in (0, 20))
    assert mine.get("/me/draws").text.count("I do not say") == 3  # for age, for gender, and in the words above
    assert submit(mine, "/me/draws", "/me/draws/said", gender="tall", age="not-said").status_code == 422

    assert submit(mine, "/me/draws", "/me/draws/said", gender="woman", age="not-said").status_code == 303
    with db.write() as tx:
        for one in town.members[1:12]:
            saying.say(tx, said={"gender": "woman"}, actor=again(tx, one))
    town.turn(minutes=1)

    chosen = 'id="gender-woman" name="gender" value="woman" checked'
    assert [chosen in one.get("/me/draws").text for one in (mine, other)] == [True, False]
    assert [said_in_copy(one) for one in (mine, other)] == [{"gender": "woman"}, {}]
    with db.read() as tx:
        act = town.draw_of(tx, "draw_council")
        prepared = queries.of_act(tx, act)[0].prepared_entry
    assert "Gender: not said 10 or more, woman 10 or more" in house.visitor().get(f"/draws/{act}").text
    assert "Age:" not in house.visitor().get(f"/draws/{act}").text
    assert house.visitor().get(f"/record/{prepared}").status_code == 200
    submit(mine, "/me/draws", "/me/draws/said", gender="not-said", age="not-said")
    assert said_in_copy(mine) == {}


def said_in_copy(client: Any) -> dict[str, str]:
    """What somebody's own copy has of what they say of themselves."""
    held = json.loads(client.get("/me/export").content)["held"]
    return {row["word"]: row["answer"] for row in held.get("draw_said", [])}


def test_default_rules_ask_nothing_of_anybody(bare_house: House, town: Town) -> None:
    assert "What you say of yourself" not in bare_house.signed_in(town.members[0]).get("/me/draws").text


def test_every_entry_of_a_draw_has_its_sentence(bare_house: House, town: Town, act: str) -> None:
    rows = drawn(town, act)
    town.accept(act, rows[0])
    with town.db.read() as tx:
        mine = town.draw_of(tx, "draw_caretaker", town.branch.scope)
    town.read_source(mine, town.founders[0])
    with town.db.read() as tx:
        standing = town.drawn(tx, mine)
    for row in standing:
        town.accept(mine, row)
    town.turn(hours=49)
    town.turn(days=200)
    client = bare_house.visitor()

    with town.db.read() as tx:
        found = dict(tx.execute(sa.select(entries.c.type, sa.func.max(entries.c.index)).group_by(entries.c.type)).all())
    wanted = {name for name in SENTENCES if name.startswith(("draw.", "caretaker."))}
    wanted -= {"draw.objected", "draw.judged", "draw.voided"}  # in the story above
    assert wanted <= found.keys()
    for name in wanted:
        page = client.get(f"/record/{found[name]}")
        assert page.status_code == 200
        assert "(name withdrawn)" not in page.text
    power = client.get(f"/branches/{town.branch.slug}/power").text
    assert "the first of these takes care until somebody is elected" in power
    assert "takes care of York branch" in client.get(f"/record/{found['caretaker.begun']}").text


def test_election_leads_to_the_draw_of_its_scrutineers(bare_house: House, town: Town) -> None:
    town.turn(days=160)
    with town.db.write() as tx:
        elections.tick(tx)
        act = queries.acts_in(tx, "elect", town.branch.scope)[0].id
    client = bare_house.visitor()

    assert f"/draws/{act}" in client.get(f"/elections/{act}").text
    page = client.get(f"/draws/{act}")
    assert page.status_code == 200
    assert "<h1>Elect by ballot in York branch</h1>" in page.text


def test_acts_without_a_draw_have_no_draw_page(bare_house: House, town: Town) -> None:
    with town.db.read() as tx:
        founding = town.branch.act
        assert queries.acts_in(tx, "draw_council", HUB) == []
    client = bare_house.visitor()

    assert [client.get(f"/draws/{name}").status_code for name in (founding, "act_nothing")] == [404, 404]
