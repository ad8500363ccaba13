"""Pages of a group that everybody left, and of one that its members close."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.acts import queries as act_queries
from hub.db import Database
from hub.groups import membership, queries, resting
from hub.people.models import standings
from tests import copies
from tests.people_for_tests import again, found_branch, found_group, member, ready, seat_council
from tests.web.conftest import House, submit

GROUP = "/groups/york-tenants"


@pytest.fixture(autouse=True)
def _clock(clock_at) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def tenants(bare_house: House):
    """A group of two organisers, and a member of the branch."""
    return copies.of(bare_house.db, _found_tenants)


def _found_tenants(db: Database):
    with db.write() as tx:
        branch, officers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], officers)
        return group, [again(tx, founder) for founder in founders], member(tx, "eve")


def test_page_of_an_empty_group_says_so_and_whoever_joins_reads_what_follows(bare_house: House, tenants) -> None:
    group, founders, eve = tenants
    with bare_house.db.write() as tx:
        for founder in founders:
            membership.leave(tx, group=group, actor=founder)

    page = bare_house.visitor().get(GROUP).text
    power = bare_house.visitor().get(f"{GROUP}/power").text
    client = bare_house.signed_in(eve)
    asked = client.get(f"{GROUP}/join").text
    joined = submit(client, f"{GROUP}/join", f"{GROUP}/memberships")

    empty = "Nobody belongs to this place now, so nobody has power in it."
    assert (empty in page, empty in power) == (True, True)
    assert "Join this group" in page
    assert "its organisers are elected anew" in asked
    assert joined.status_code == 303
    assert empty not in bare_house.visitor().get(GROUP).text
    assert "Somebody belongs to the group “York Tenants” again" in client.get("/record?kind=group.revived").text
    assert "Nobody belongs to the group “York Tenants” any more" in client.get("/record?kind=group.dormant").text


def test_organisers_ask_by_pages_whether_it_closes_and_everybody_reads_it(bare_house: House, tenants) -> None:
    group, (carl, dora), eve = tenants
    first, second, third = (bare_house.signed_in(one) for one in (carl, dora, eve))
    page = f"{GROUP}/closure"

    without = submit(first, page, page, reason=" ")
    sent = submit(first, page, page, reason="We have done what we met for.")
    with bare_house.db.read() as tx:
        (state,) = act_queries.running(tx, group.scope, "close_group")
    forbidden = submit(third, f"{GROUP}/join", f"/closures/{state.id}/confirmation")
    read = third.get(page).text
    signed = submit(second, page, f"/closures/{state.id}/confirmation")

    assert (without.status_code, sent.status_code, signed.status_code) == (422, 303, 303)
    assert forbidden.status_code == 403
    assert "We have done what we met for." in read
    assert "Propose to close it" not in read
    assert "takes effect after a notice" in third.get(page).text
    assert "if its members vote for it" in third.get(f"{GROUP}/power").text
    with bare_house.db.read() as tx:
        assert act_queries.get(tx, state.id).current.do == "notice"
        assert not queries.get(tx, group.id).is_closed


def test_nobody_but_its_organisers_finds_the_form(bare_house: House, tenants) -> None:
    _group, _founders, eve = tenants

    for client in (bare_house.visitor(), bare_house.signed_in(eve)):
        page = client.get(f"{GROUP}/closure").text
        assert "Nobody outside of the group can close it" in page
        assert "Propose to close it" not in page


def test_page_of_an_empty_branch_says_so_and_how_it_begins_again(bare_house: House, tenants) -> None:
    with bare_house.db.write() as tx:
        tx.execute(sa.update(standings).values(area="ynys-mon"))
        tx.execute(sa.update(standings).values(area_before="york"))
        resting.let_empty_rest(tx)
    visitor = bare_house.visitor()
    empty = "Nobody belongs to this place now, so nobody has power in it."

    page, power = visitor.get("/branches/york-branch").text, visitor.get("/branches/york-branch/power").text
    with bare_house.db.write() as tx:
        member(tx, "fay")
        resting.let_empty_rest(tx)

    for shown in (page, power):
        assert (empty in shown, "wakes it by proving membership here" in shown) == (True, True)
    assert "the clock opens an election at once" not in power
    assert empty not in visitor.get("/branches/york-branch").text
    assert "Somebody belongs to the branch “York branch” again" in visitor.get("/record?kind=branch.revived").text
    assert "Nobody belongs to the branch “York branch” any more" in visitor.get("/record?kind=branch.dormant").text
