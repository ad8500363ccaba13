"""Pages of freezes and of announced links, as a visitor reads them."""

from __future__ import annotations

from hub.freezing import actions
from hub.groups import links
from hub.groups import queries as groups
from hub.permits import P
from tests.oidc.conftest import Provided, bare  # noqa: F401  # a fixture
from tests.people_for_tests import again


def test_power_page_and_freeze_say_what_is_stopped_and_why(bare: Provided) -> None:  # noqa: F811  # the fixture
    with bare.db.write() as tx:
        ben = again(tx, bare.ben)
        act = actions.freeze(
            tx, power=P.APPOINTMENTS_MAKE, scope=bare.group.scope, reason="Too many at once.", actor=ben
        )
        links.add_link(
            tx, group=bare.group, kind="wiki", url="https://wiki.example.org/", title="Our wiki", audience="public",
            actor=ben,
        )  # fmt: skip
        link = next(one for one in groups.links_for(tx, bare.group, viewer=ben) if one.title == "Our wiki")
    visitor = bare.house.visitor()

    power = visitor.get(f"/groups/{bare.group.slug}/power").text
    freeze = visitor.get(f"/freezes/{act}").text
    group = visitor.get(f"/groups/{bare.group.slug}").text
    channel = visitor.get(f"/channels/{link.id}").text

    assert ("What is frozen" in power, f"/freezes/{act}" in power, "Show an address as a place of" in power) == (
        True,
    ) * 3
    assert ("Too many at once." in freeze, "2 other organisers" in freeze, "/end" in freeze) == (True, True, False)
    assert ('href="https://wiki.example.org/"' in group, "announced, shown from" in group) == (False, True)
    assert "unless an organiser or members put it to a ballot" in channel
