"""Pages, as forms alone: take an invitation back, another name, two groups that merge, a steward of the council's."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from hub.acts import actions as acts
from hub.ballots import elections
from hub.db import Database
from hub.groups import queries
from hub.groups.founding import Plan
from tests import copies
from tests.people_for_tests import found_branch, found_group, ready, seat_council
from tests.web.conftest import House, submit
from tests.web.test_proposals import words

TENANTS, LODGERS = "/groups/york-tenants", "/groups/york-lodgers"


@pytest.fixture(autouse=True)
def _clock(clock_at: Any) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


def town(house: House) -> dict[str, Any]:
    """A council of two, and two groups of York."""
    return copies.of(house.db, _found_town)


def _found_town(db: Database) -> dict[str, Any]:
    with db.write() as tx:
        council = seat_council(tx, "c_one", "c_two")
        branch, founders = found_branch(tx, council)
        plan = Plan("York Lodgers", "Lodgers of York helping one another.", "branch")
        _group, first = found_group(tx, branch, founders[:2], founders[2:])
        _other, second = found_group(tx, branch, [ready(tx, "kay"), ready(tx, "kim")], founders[2:], plan)
        una = ready(tx, "una")
    return {"council": council, "first": first, "second": second, "una": una}


def test_organiser_takes_an_invitation_back(bare_house: House) -> None:
    people = town(bare_house)
    ben, other, una = (bare_house.signed_in(one) for one in (*people["first"], people["una"]))
    made = submit(ben, f"{TENANTS}/power", f"{TENANTS}/appointments")
    link = re.search(r"/invitations/[\w-]+", made.text)
    assert link is not None
    target = re.search(r"/acts/[\w]+/withdrawal", ben.get(f"{TENANTS}/power").text)
    assert target is not None
    hidden = target[0] in other.get(f"{TENANTS}/power").text
    refused = submit(other, f"{TENANTS}/power", target[0])
    taken = submit(ben, f"{TENANTS}/power", target[0])

    assert (hidden, refused.status_code, taken.status_code) == (False, 422, 303)
    assert una.get(link[0]).status_code == 404
    assert "took back an invitation that nobody had accepted" in html.unescape(ben.get("/record").text)


def test_two_organisers_change_their_groups_name(bare_house: House, clock_at: Any) -> None:
    people = town(bare_house)
    ben, other = (bare_house.signed_in(one) for one in people["first"])
    page, new = f"{TENANTS}/name", {"name": "York Renters", "purpose": "Everybody in York who rents a home."}
    asked = words(ben.get(page).text)
    wrong = submit(ben, page, page, **{**new, "name": "York Lodgers"})
    proposed = submit(ben, page, page, **new)
    waiting = words(other.get(f"{TENANTS}/power").text)
    target = re.search(r"/settings/[\w]+/confirmation", other.get(f"{TENANTS}/power").text)
    assert target is not None
    signed = submit(other, f"{TENANTS}/power", target[0])
    clock_at.advance(days=3)
    with bare_house.db.write() as tx:
        acts.tick_all(tx)

    assert (wrong.status_code, proposed.status_code, signed.status_code) == (409, 303, 303)
    assert "The group’s address stays as it is" in asked
    assert "now York Tenants, then York Renters" in waiting or "York Renters" in waiting
    assert "York Renters" in bare_house.visitor().get(TENANTS).text


def test_page_says_why_a_groups_name_is_hidden(bare_house: House) -> None:
    people = town(bare_house)
    ben, reads = bare_house.signed_in(people["first"][0]), bare_house.visitor()
    target = re.search(r"/hide/group_name/name_grp_\w+", ben.get(TENANTS).text)
    assert target is not None
    before = words(reads.get(TENANTS).text)
    hidden = submit(ben, target[0], target[0], rule="1", reason="It insults.")
    after = words(reads.get(TENANTS).text)
    elsewhere = bare_house.visitor().get("/branches/york").text

    assert hidden.status_code == 303
    assert ("York Tenants" in before, "York Tenants" in after, "York Tenants" in elsewhere) == (True, False, False)
    assert "york-tenants The group’s name:" in after


def test_two_groups_merge_by_pages(bare_house: House, clock_at: Any) -> None:
    people = town(bare_house)
    ben, ann, kay, kim = (bare_house.signed_in(one) for one in (*people["first"], *people["second"]))
    page, there = f"{TENANTS}/merger", f"{LODGERS}/merger"
    nowhere = submit(ben, page, page, into="/groups/nobody-here", reason="We meet in one room.")
    asked = submit(ben, page, page, into="/groups/york-lodgers", reason="We meet in one room.")
    target = re.search(r"/mergers/[\w]+/confirmation", ann.get(page).text)
    assert target is not None
    signed = submit(ann, page, target[0])
    reads = words(kay.get(there).text)
    form = re.search(rf"{there}/act_[\w]+", kay.get(there).text)
    assert form is not None
    answered = submit(kay, there, form[0], reason="They are welcome.")
    target = re.search(r"/mergers/[\w]+/confirmation", kim.get(there).text)
    assert target is not None
    taken = submit(kim, there, target[0])
    clock_at.advance(days=14)
    with bare_house.db.write() as tx:
        elections.tick(tx)
    ballot = re.search(r"/ballots/bal_\w+", bare_house.signed_in(people["first"][0]).get("/ballots").text)
    assert ballot is not None
    paper = words(bare_house.signed_in(people["first"][0]).get(ballot[0]).text)

    assert (nowhere.status_code, [one.status_code for one in (asked, signed, answered, taken)]) == (422, [303] * 4)
    assert "York Tenants asks to merge into this group We meet in one room." in reads
    assert "merge into York Lodgers, and end?" in paper
    with bare_house.db.read() as tx:
        assert [queries.by_slug(tx, slug).is_closed for slug in ("york-tenants", "york-lodgers")] == [False, False]


def test_council_names_a_steward_by_pages_and_withdraws_them(bare_house: House, clock_at: Any) -> None:
    people = town(bare_house)
    one, two, una = (bare_house.signed_in(who) for who in (*people["council"], people["una"]))
    refused = submit(una, "/account/name", "/stewards")
    made = submit(one, "/power", "/stewards")
    link = re.search(r"/invitations/[\w-]+", made.text)
    assert link is not None
    offered = words(una.get(link[0]).text)
    accepted = submit(una, link[0], link[0], shown="Una Reed")
    target = re.search(r"/stewards/act_\w+/confirmation", two.get("/power").text)
    assert target is not None
    signed = [submit(client, "/power", target[0]).status_code for client in (one, two)]
    clock_at.advance(days=7)
    with bare_house.db.write() as tx:
        acts.tick_all(tx)
    one = bare_house.signed_in(people["council"][0])
    shown = words(bare_house.visitor().get("/power").text)
    page = re.search(r"/stewards/grt_\w+/withdrawal", one.get("/power").text)
    assert page is not None
    asks = words(one.get(page[0]).text)
    opened = submit(one, page[0], page[0])

    assert (refused.status_code, made.status_code, accepted.status_code, signed) == (403, 200, 303, [303, 303])
    assert "Two members of the council sign after you" in offered
    assert "Steward of the server Una Reed" in shown
    assert ("Withdraw Una Reed as steward?" in asks, opened.status_code) == (True, 303)
    record = html.unescape(one.get("/record").text)
    assert "accepted to run the hub’s machine; two of the council sign next." in record
