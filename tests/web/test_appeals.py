"""A group that was refused, by pages without script: why, who sends it to a panel, what the panel finds."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.branches import appeals
from hub.draws import actions as draws
from hub.groups import founding, queries
from tests.draws.conftest import KNOWN, Town, make_town
from tests.people_for_tests import again
from tests.web.conftest import House, submit

PLAN = founding.Plan("York Tenants", "Renters of York helping one another.", "branch")
WHY, NOT = "It is about renting, and there is no such group.", "There is such a group already."
GROUP = "/groups/york-tenants"


@pytest.fixture(autouse=True)
def _clock(clock_at) -> None:
    """Before the hub is founded."""
    clock_at("2026-11-21T20:00Z")


@pytest.fixture
def town(bare_house: House, clock_at) -> Town:
    """Two members proposed a group; twelve offer themselves to be drawn."""
    town = make_town(bare_house.db, clock_at, members=12, is_founded=True)
    with bare_house.db.write() as tx:
        group = founding.propose(tx, branch=town.branch, plan=PLAN, shown="Rosa", actor=town.members[1])
        token = founding.invite(tx, group=group, actor=again(tx, town.members[1]))
        founding.cofound(tx, token=token, shown="Sam", actor=town.members[2])
    return town


def test_refused_group_is_sent_to_a_panel_and_begins_by_pages(bare_house: House, town: Town) -> None:
    first, second = (bare_house.signed_in(one) for one in town.founders[:2])
    for officer in (first, second):
        assert submit(officer, GROUP, f"{GROUP}/objection", reason=NOT).status_code == 303
    with bare_house.db.read() as tx:
        found = appeals.of_founding(tx, act_queries.get(tx, queries.by_slug(tx, "york-tenants").act))
    assert found is not None
    page, founder = f"/appeals/{found.id}", bare_house.signed_in(town.members[2])

    seen = bare_house.visitor().get(GROUP).text
    stranger = bare_house.visitor().get(page).text
    without = submit(founder, page, f"{page}/sending", reason=" ")
    forbidden = submit(first, "/me/draws", f"{page}/sending", reason=WHY)
    sent = submit(founder, page, f"{page}/sending", reason=WHY)

    assert ("It was refused." in seen, f'href="{page}"' in seen) == (True, True)
    assert "The group York Tenants was refused" in stranger
    assert (NOT in stranger, "Any one of its founders can send it to a panel" in stranger) == (True, True)
    assert "Why should it begin?" not in stranger
    assert (without.status_code, forbidden.status_code, sent.status_code) == (422, 403, 303)

    panel = seated(town, found.id)
    told = bare_house.visitor().get(page).text
    clients = [bare_house.signed_in(one) for one in panel]
    dismissed = submit(clients[0], page, f"{page}/dismissal", reason=NOT)
    for client in clients[1:]:
        assert submit(client, page, f"{page}/beginning").status_code == 303

    assert WHY in told
    assert "unless 2 of the panel confirm the refusal before" in told
    assert dismissed.status_code == 303
    over = bare_house.visitor().get(page).text
    assert "It began all the same" in over
    assert ("Drawn 0 confirms the refusal:" in over, "Drawn 1 lets it begin." in over) == (True, True)
    assert "Rosa" in bare_house.visitor().get(f"{GROUP}/power").text
    for kind, sentence in (
        ("opened", "“York Tenants” was refused. Its founders can have a panel drawn by lot judge that."),
        ("sent", "Sam sent the refusal of “York Tenants” to a panel, with a reason."),
        ("upheld", "Drawn 2, of the panel, found that “York Tenants” should begin."),
        ("dismissed", "Drawn 0, of the panel, found that “York Tenants” was refused rightly, with a reason."),
    ):
        assert sentence in bare_house.visitor().get(f"/record?kind=appeal.{kind}").text


def seated(town: Town, act: str) -> list:
    """Draws the panel, and lets all three accept, by the verbs: these pages are tested elsewhere."""
    town.turn(**KNOWN)
    town.read_source(act, town.members[5])
    with town.db.write() as tx:
        drawn = [town.actor_of(tx, row.ticket) for row in town.drawn(tx, act)]
        for place, one in enumerate(drawn):
            draws.accept(tx, act=act, shown=f"Drawn {place}", actor=one)
    return drawn
