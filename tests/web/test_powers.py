"""Pages of powers: how each office was come by, since when, until when, and what is being decided and where."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from hub import clock, ledger
from hub.acts import actions as acts
from hub.groups import founding, offices
from hub.groups import queries as groups
from hub.permits import HUB
from hub.permits import queries as permits
from hub.permits.models import grants, holders
from hub.permits.shown import parse_shown
from hub.petitions import actions as petitions
from hub.petitions import queries as petition_queries
from tests.claims_for_tests import make_key, register_key
from tests.people_for_tests import (
    PLAN,
    again,
    begin_appointments,
    begin_group,
    ready,
)
from tests.web.conftest import House


@pytest.fixture(autouse=True)
def _clock(clock_at: Any) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House) -> Any:
    """A branch of five organisers, two of whom founded a group that the others confirmed."""
    return begin_group(bare_house.db)


def rows(text: str) -> list[list[str]]:
    """The first table's cells, as words."""
    body = text.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in found]


def appoint(house: House, group: Any, organisers: Any, name: str) -> None:
    """Two organisers appoint a moderator."""
    with house.db.write() as tx:
        act, token = offices.offer(tx, place=group, actor=again(tx, organisers[0]))
        offices.accept(tx, token=token, shown=name, actor=ready(tx, name.lower()))
        for organiser in organisers:
            offices.confirm(tx, act=act, actor=again(tx, organiser))


def test_table_says_how_everybody_came_to_their_office(bare_house: House, town: Any, clock_at: Any) -> None:
    _branch, _founders, group, organisers = town
    appoint(bare_house, group, organisers, "Moss")
    clock_at("2026-11-26T20:00Z")
    with bare_house.db.write() as tx:
        acts.tick_all(tx)

    page = bare_house.visitor().get(f"/groups/{group.slug}/power").text

    office, since, how, until, last = zip(*(row[1:] for row in rows(page)), strict=True)
    assert [row[0] for row in rows(page)] == ["A", "F", "Moss"]
    assert office == ("Organiser", "Organiser", "Moderator")
    assert how == ("founded it", "founded it", "appointed by A and F")
    assert since[:2] == ("21 November 2026",) * 2
    assert until[:2] == ("20 May 2027",) * 2
    assert last == ("5 days ago", "5 days ago", "none lately")
    assert "accept members into a group whose organisers accept" in page


def test_page_of_a_place_says_what_can_be_done_there_and_nothing_else(bare_house: House, town: Any) -> None:
    branch, _founders, group, _organisers = town

    pages = [
        bare_house.visitor().get(f"/{at}/power").text for at in (f"branches/{branch.slug}", f"groups/{group.slug}")
    ]

    for words, told in (
        ("confirm or object to the name and boundary of a new group", [True, False]),
        ("agree to another boundary of its area", [True, False]),
        ("accept members into a group whose organisers accept", [False, True]),
        ("ask the members of a group whether it closes", [False, True]),
        ("change what the rules leave to the branch", [True, False]),
        ("change who may join and how many places there are", [False, True]),
        ("alone, freeze a power here for some days", [True, True]),
    ):
        assert [words in page for page in pages] == told


def test_last_act_is_the_newest_entry_under_the_grant(bare_house: House, town: Any) -> None:
    branch, founders, _group, _organisers = town

    page = bare_house.visitor().get(f"/branches/{branch.slug}/power").text

    # Two confirmed the group; founding one is a right of members, and no act of office.
    assert len(rows(page)) == len(founders)
    assert [row[5] for row in rows(page)].count("now") == 2


def test_an_organiser_sees_what_is_being_founded_and_where_to_sign(bare_house: House, town: Any) -> None:
    branch, founders, _group, _organisers = town
    with bare_house.db.write() as tx:
        plan = founding.Plan("York Allotments", PLAN.purpose, PLAN.joining)
        other = founding.propose(tx, branch=branch, plan=plan, shown="-", actor=again(tx, founders[0]))
        token = founding.invite(tx, group=other, actor=again(tx, founders[0]))
        founding.cofound(tx, token=token, shown="-", actor=again(tx, founders[1]))

    page = bare_house.signed_in(founders[4]).get(f"/branches/{branch.slug}/power")

    assert page.status_code == 200
    assert f'<a href="/groups/{other.slug}">Found the group “York Allotments” in York branch</a>' in page.text
    assert "It waits for 2 more signatures." in page.text
    forms = re.findall(r'<form method="post" action="([^"]+)"', page.text.split("<main", 1)[1])
    assert forms == [f"/branches/{branch.slug}/appointments"]


def test_recall_is_said_in_the_rules_own_numbers_and_leads_on(bare_house: House, town: Any, clock_at: Any) -> None:
    branch, founders, _group, _organisers = town
    clock_at("2026-12-27T20:00Z")
    reader = bare_house.signed_in(founders[1])
    with bare_house.db.write() as tx:
        mandate = next(one for one in permits.live_grants(tx, scope=branch.scope) if one.holder == founders[0].holder)
        act = petitions.open_recall(tx, grant=mandate.id, reasons="Away.", actor=again(tx, founders[2]))

    page = reader.get(f"/branches/{branch.slug}/power").text
    again_asked = reader.get(f"/offices/{mandate.id}/recall").text

    assert "A petition takes 10 in a hundred of the members" in page
    assert f'href="/petitions/{act}">Recall A as Organiser of York branch</a>' in page
    assert page.count("Start a recall of") == 4
    assert f'<a href="/petitions/{act}">Read recall 1, and sign it</a>' in again_asked
    assert "whichever has its signatures first goes to the ballot" in again_asked
    assert 'name="reasons"' in again_asked


def test_recall_that_another_overtook_says_so_and_leads_to_the_other(
    bare_house: House, town: Any, clock_at: Any
) -> None:
    branch, founders, _group, organisers = town
    clock_at("2026-12-27T20:00Z")
    with bare_house.db.write() as tx:
        mandate = next(one for one in permits.live_grants(tx, scope=branch.scope) if one.holder == founders[0].holder)
        late, first = (
            petitions.open_recall(tx, grant=mandate.id, reasons="Away.", actor=again(tx, who)) for who in founders[1:3]
        )
        for one in (founders[1], *founders[3:], *organisers)[: petition_queries.get(tx, first).needed - 1]:
            petitions.sign(tx, act=first, actor=again(tx, one))

    visitor, reader = bare_house.visitor(), bare_house.signed_in(founders[1])
    page, other = visitor.get(f"/petitions/{late}").text, reader.get(f"/offices/{mandate.id}/recall").text

    assert f'members vote on that one. <a href="/petitions/{first}">Go to it</a>' in page
    assert "is over: another came first." in visitor.get("/record").text
    assert ("members vote on it" in other, f'<a href="/petitions/{first}">Go to it</a>' in other) == (True, True)


def test_recall_promises_an_election_only_where_there_is_one(bare_house: House, town: Any, clock_at: Any) -> None:
    _branch, founders, _group, _organisers = town
    clock_at("2026-12-27T20:00Z")
    reader = bare_house.signed_in(founders[1])
    with bare_house.db.read() as tx:
        seats = [next(one for one in permits.live_grants(tx) if one.role == role) for role in ("admin", "council")]

    pages = [reader.get(f"/offices/{seat.id}/recall").text for seat in seats]

    assert ["opens an election" in page for page in pages] == [True, False]
    assert ["stays empty until the next draw" in page for page in pages] == [False, True]


def test_hub_says_who_runs_the_machine_and_which_key_signs(bare_house: House, town: Any) -> None:
    page = bare_house.visitor().get("/power").text

    assert "Who runs the machine" in page
    assert "Nobody is named" in page
    assert "localhost:8000/log+89abcdef+" in page or "/log+89abcdef+" in page


def test_table_costs_the_same_for_one_and_for_three(bare_house: House, town: Any, clock_at: Any) -> None:
    _branch, _founders, group, organisers = town

    def statements() -> int:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            seen.append(statement)

        event.listen(bare_house.db.engine, "before_cursor_execute", note)
        try:
            assert bare_house.visitor().get(f"/groups/{group.slug}/power").status_code == 200
        finally:
            event.remove(bare_house.db.engine, "before_cursor_execute", note)
        return len(seen)

    appoint(bare_house, group, organisers, "Moss")
    with bare_house.db.write() as tx:
        begin_appointments(tx, clock_at("2026-11-22T20:00Z"))
    few = statements()
    for name in ("Nadia", "Owain"):
        appoint(bare_house, group, organisers, name)
    with bare_house.db.write() as tx:
        begin_appointments(tx, clock_at("2026-11-26T20:00Z"))

    assert statements() == few


def test_council_reads_what_waits_for_it_beside_who_sits_there(bare_house: House, town: Any) -> None:
    page = bare_house.visitor().get("/council")

    assert page.status_code == 200
    assert [row[:4] for row in rows(page.text)] == [
        [name, "Council member", "21 November 2026", "named at the founding"] for name in ("c_one", "c_two")
    ]


def test_programs_are_told_the_offices_that_the_pages_show(bare_house: House, town: Any) -> None:
    """Of every place, from the same rows: what a monitor holds against the record."""
    branch, _founders, group, organisers = town
    appoint(bare_house, group, organisers, "Moss")

    def told() -> list[tuple[str, str, str | None, str]]:
        answer = bare_house.visitor().get("/powers.json")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        said = parse_shown(answer.content)
        with bare_house.db.read() as tx:
            assert (said.size, said.at) == (ledger.size(tx), clock.now())
        return sorted((one["grant"], one["role"], one["name"], one["until"][:10]) for one in said.offices)

    def shown() -> list[tuple[str, str, str | None, str]]:
        with bare_house.db.read() as tx:
            held = [power for scope in (HUB, branch.scope, group.scope) for power in groups.powers(tx, scope)]
        return sorted((one.grant.id, one.grant.role, one.shown, f"{one.grant.until:%Y-%m-%d}") for one in held)

    before = told()
    assert before == shown()
    with bare_house.db.write() as tx:
        tx.execute(sa.update(holders).where(holders.c.shown == "Moss").values(shown="Edited"))
        tx.execute(sa.update(grants).values(until_at=clock.parse_minute("2031-01-01T00:00Z")))
    assert told() == shown() != before


def test_telling_programs_takes_as_many_statements_for_many_offices(bare_house: House, town: Any) -> None:
    counts = []

    def count(*_: Any) -> None:
        counts[-1] += 1

    for last in (None, "c_one"):
        if last:
            with bare_house.db.write() as tx:
                tx.execute(sa.delete(grants).where(grants.c.role == "organiser"))
        counts.append(0)
        event.listen(bare_house.db.engine, "before_cursor_execute", count)
        bare_house.visitor().get("/powers.json")
        event.remove(bare_house.db.engine, "before_cursor_execute", count)

    assert counts[0] == counts[1] > 0


def test_office_holder_is_reminded_on_the_groups_page_until_there_is_a_key(bare_house: House, town: Any) -> None:
    _branch, _founders, group, organisers = town
    page, reminder = f"/groups/{group.slug}", "nothing gives you this office back yet"
    with bare_house.db.write() as tx:
        one, two = (again(tx, organiser) for organiser in organisers[:2])
    mine = next(grant.id for grant in one.grants if grant.scope == group.scope)
    clients = [bare_house.signed_in(one), bare_house.signed_in(two), bare_house.visitor()]

    before = [client.get(page).text for client in clients]
    register_key(bare_house.db, one, make_key(mine))
    after = [client.get(page).text for client in clients]

    assert [text.count(reminder) for text in before] == [1, 1, 0]
    assert f'href="/offices/{mine}/receipt"' in before[0]
    assert [text.count(reminder) for text in after] == [0, 1, 0]
