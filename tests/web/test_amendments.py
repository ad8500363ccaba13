"""An amendment's pages: what is entrenched is marked; proposal, paper and count say what a yes takes."""

from __future__ import annotations

import re

import pytest

from hub.acts import queries as act_queries
from hub.ballots import casting
from hub.ballots import queries as ballots
from hub.constitution import queries as constitution
from hub.petitions import actions
from tests.conftest import SetClock
from tests.people_for_tests import again, entry_count
from tests.towns import Town, build_town
from tests.web.conftest import House, submit

TAKES = (
    "so it takes 3 of 4 of the yes and no, the votes that a yes takes, and more yes than no in more than half of the "
    "branches with members on the roll."
)


@pytest.fixture
def house(bare_house: House) -> House:
    return bare_house


@pytest.fixture
def town(house: House, clock_at: SetClock) -> Town:
    town = build_town(house.db, clock_at("2027-01-10T20:00Z"))
    town.clock.advance(days=40)
    return town


def propose(house: House, town: Town, old: str, new: str) -> str:
    """A member proposes other rules on the page; the path of the proposal."""
    with house.db.read() as tx:
        text = constitution.newest(tx).text
    assert old in text
    client = house.signed_in(town.voters[0])
    changed = text.replace(old, new)
    sent = submit(client, "/rules/amendments/new", "/rules/amendments", text=changed, reasons="Better so.")
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def test_rules_mark_what_is_entrenched(house: House, town: Town) -> None:
    page = house.visitor().get("/rules").text

    marked = re.findall(r'\(entrenched\)</span>(?: <span class="index soft">([a-z_.0-9]+))?', page)
    assert {"formulas.petition", "formulas.yes_floor", "procedures.amend.steps.2"} <= set(marked)
    assert page.count("(entrenched)") == 14
    assert "An amendment that touches one of these takes more yes than another." in page


def test_form_says_what_it_takes(house: House, town: Town) -> None:
    page = house.signed_in(town.voters[0]).get("/rules/amendments/new").text

    assert "It takes 2 of 3 of the yes and no; 3 of 4 where you change something entrenched:" in page
    assert "<code>procedures.amend</code>" in page


def test_proposal_paper_and_count_say_what_a_yes_takes(house: House, town: Town) -> None:
    where = propose(house, town, "share_percent = 10\nroot = 3\nfloor = 5", "share_percent = 10\nroot = 3\nfloor = 6")
    act = where.rpartition("/")[2]
    with house.db.write() as tx:
        for person in town.voters[1:5]:
            actions.sign(tx, act=act, actor=again(tx, person))
    proposal = house.visitor().get(where).text
    town.clock.advance(days=14)
    town.tick()
    with house.db.read() as tx:
        ballot = ballots.of_act(tx, act)[0].id
    paper = house.signed_in(town.voters[0]).get(f"/ballots/{ballot}/vote").text
    with house.db.write() as tx:
        for place, person in enumerate(town.everybody):
            nonce = casting.new_nonce()
            choice = "no" if place > 10 else "yes"
            casting.cast(tx, ballot=ballot, choice=choice, nonce=nonce, phrase="mine", actor=again(tx, person))
    town.clock.advance(days=14)
    town.tick()
    count = house.visitor().get(f"/ballots/{ballot}/count").text

    assert TAKES in proposal
    assert "<code>formulas.petition</code>" in proposal
    assert TAKES in paper
    assert "In this ballot branches count." in paper
    assert "Branches with members on the roll: 1. More than half of them said yes" in count
    assert "11 yes, 3 no" in count
    assert "Branches not shown, together" in count
    with house.db.read() as tx:
        assert act_queries.get(tx, act).current.do == "decide"


def test_ordinary_proposal_takes_two_thirds(house: House, town: Town) -> None:
    where = propose(house, town, "[terms.founding]\ndays = 180", "[terms.founding]\ndays = 90")

    page = house.visitor().get(where).text
    assert "It takes 2 of 3 of the yes and no" in page
    assert "Entrenched, and changed by this" not in page


def test_refused_text_is_told_with_every_line_and_writes_nothing(house: House, town: Town) -> None:
    with house.db.read() as tx:
        text, before = constitution.newest(tx).text, entry_count(tx)
    hostile = text.replace('kind = "stv", days = 7', 'kind = "stv", days = 3').replace(
        "ratio = [2, 3]", "ratio = [1, 2]"
    )
    client = house.signed_in(town.voters[0])

    sent = submit(client, "/rules/amendments/new", "/rules/amendments", text=hostile, reasons="Better so.")

    assert sent.status_code == 422
    for fault in (
        "procedures.elect, step 3 (ballot): days must lie",
        "procedures.amend, step 3 (ballot): ratio must lie",
    ):
        assert fault in sent.text
    with house.db.read() as tx:
        assert entry_count(tx) == before
