"""Pages of standing in (lend an office, accept, see whose it is, take it back), and of asking a helper in."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from hub import outbox
from hub.acts import actions as acts
from hub.permits import queries as permits
from tests.people_for_tests import found_branch, found_group, ready, seat_council, types
from tests.web.conftest import House, submit
from tests.web.test_proposals import words

POWER = "/groups/york-tenants/power"


@pytest.fixture(autouse=True)
def _clock(clock_at: Any) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


def test_organiser_lends_an_office_by_pages_and_takes_it_back(bare_house: House, clock_at: Any) -> None:
    with bare_house.db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        group, (first, second) = found_group(tx, branch, founders[:2], founders[2:])
        ann = ready(tx, "ann")
    lender, other, stands_in = (bare_house.signed_in(one) for one in (first, second, ann))
    submit(stands_in, "/groups/york-tenants/join", "/groups/york-tenants/memberships")

    wrong = submit(lender, POWER, "/groups/york-tenants/stand-ins", days="31")
    made = submit(lender, POWER, "/groups/york-tenants/stand-ins", days="10")
    link = re.search(r"/invitations/[\w-]+", made.text)
    assert link is not None
    offered = words(stands_in.get(link[0]).text)
    accepted = submit(stands_in, link[0], link[0], shown="Ann Lee")
    waiting = words(other.get(POWER).text)
    clock_at.advance(days=3)
    with bare_house.db.write() as tx:
        acts.tick_all(tx)
        (grant,) = [one for one in permits.live_grants(tx, scope=group.scope) if one.lender]
        told = [letter.template for letter in outbox.notices(tx, str(second.person))]
    lender, other, stands_in = (bare_house.signed_in(one) for one in (first, second, ann))
    begun = words(bare_house.visitor().get(POWER).text)
    back = f"/groups/york-tenants/stand-ins/{grant.id}/return"
    hidden = [client.get(back).status_code for client in (other, stands_in)]
    asked = words(lender.get(back).text)
    taken = submit(lender, back, back)

    assert (wrong.status_code, made.status_code, accepted.status_code, taken.status_code) == (422, 200, 303, 303)
    assert "Enter a number of days from 1 to 30" in html.unescape(wrong.text)
    assert "Become Stand-in of York Tenants?" in offered
    assert "You count as one person with them wherever it takes two" in offered
    assert "Let Ann Lee stand in for A in York Tenants" in waiting
    assert "For 10 days, until 20 May 2027 at the latest" in waiting
    assert "Put it to a ballot instead" in waiting
    assert told.count("standin_begins") == 1
    assert "Ann Lee Stand-in 24 November 2026 stands in for A 4 December 2026" in begun
    assert hidden == [404, 404]
    assert "Take your office back from Ann Lee?" in asked
    after = words(lender.get(POWER).text)
    assert "Let somebody stand in for you" in after
    assert "Ann Lee: standin" in after
    record = stands_in.get("/record").text
    for said in (
        "A asked somebody to stand in for them in York Tenants, for 10 days.",
        "Ann Lee accepted. What is decided: let Ann Lee stand in for A in York Tenants.",
        "Ann Lee stands in for A as Stand-in of York Tenants, until 4 December 2026.",
        "Ann Lee stands in as Stand-in of York Tenants no more: whoever had lent the office took it back.",
    ):
        assert said in html.unescape(record)
    with bare_house.db.read() as tx:
        assert types(tx)[-1] == "grant.ended"
        letters = [letter.template for letter in outbox.notices(tx, str(ann.person))]
        assert letters.count("standin_ended") == 1


def test_helper_reads_who_decides_and_members_read_who_it_is(bare_house: House) -> None:
    with bare_house.db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        found_group(tx, branch, founders[:2], founders[2:])
        helper = ready(tx, "hal", "ynys-mon")
    organiser, hal = bare_house.signed_in(founders[0]), bare_house.signed_in(helper)

    refused = submit(hal, "/account/name", "/groups/york-tenants/helpers")
    made = submit(organiser, POWER, "/groups/york-tenants/helpers")
    link = re.search(r"/invitations/[\w-]+", made.text)
    assert link is not None
    offered = words(hal.get(link[0]).text)
    accepted = submit(hal, link[0], link[0], shown="Hal Owen")

    assert (refused.status_code, made.status_code, accepted.status_code) == (403, 200, 303)
    assert "Become Helper of York Tenants?" in offered
    assert (
        "Two organisers sign after you, and then the members of the group vote. You need not belong to it." in offered
    )
    page = words(organiser.get(POWER).text)
    assert "Appoint Hal Owen as Helper of York Tenants, if its members vote for it For 90 days" in page
