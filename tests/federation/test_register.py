"""The register of official channels as a stranger pages through it, and asks it."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.engine import Connection

from hub.acts import actions as acts
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.rules import MOST_LINKS
from hub.permits import VISITOR, Actor
from hub.permits import queries as permits
from tests.oidc.conftest import Provided
from tests.people_for_tests import PLAN, again, found_branch, found_group

ROW = re.compile(
    r'<a href="/channels/lnk_[^"]+">(https://[^<]+)</a></td><td[^>]*><a href="/groups/([^"]+)">([^<]+)</a>'
)


def declare(provided: Provided, count: int) -> list[tuple[str, str, str]]:
    """Declares so many sites, twelve for a group; returns address, slug and name of each, in the register's order."""
    rows = []
    with provided.db.write() as tx:
        branch, founders = found_branch(
            tx, [again(tx, provided.una), again(tx, provided.ula)], area="ynys-mon", prefix="mon"
        )
        for first in range(0, count, MOST_LINKS):
            plan = replace(PLAN, name=f"Readers {chr(97 + first // MOST_LINKS)}")
            group, (ann, _bea) = found_group(tx, branch, founders[:2], founders[2:4], plan)
            for number in range(first, min(first + MOST_LINKS, count)):
                url = f"https://site{number}.test/"
                links.add_link(tx, group=group, kind="wiki", url=url, title="W", audience="public", actor=ann)
                rows.append((url, group.slug, group.name or ""))
        provided.clock.advance(days=3)
        acts.tick_all(tx)
    return rows


def test_register_names_groups_and_goes_on_page_by_page(bare: Provided) -> None:
    declared = declare(bare, 105)
    stranger, path, pages = bare.house.visitor(), "/channels", []

    while path:
        text = stranger.get(path).text
        pages.append(ROW.findall(text))
        further = re.search(r'href="(/channels\?after=[^"]+)">Next page', text)
        path = further.group(1) if further else ""

    assert [len(page) for page in pages] == [50, 50, 5]
    assert [row for page in pages for row in page] == declared
    assert declared[0][1:] == ("readers-a", "Readers a")
    assert "First page" in text


def test_register_begins_anew_behind_a_link_that_is_none(bare: Provided) -> None:
    declared, stranger = declare(bare, 3), bare.house.visitor()

    for odd in ("", "x", "lnk_none", "%27", "9" * 300):
        assert ROW.findall(stranger.get(f"/channels?after={odd}").text) == declared


def test_register_goes_on_behind_a_link_that_was_taken_down(bare: Provided) -> None:
    declared = declare(bare, 3)
    with bare.db.write() as tx:
        first = groups.channels(tx)[0].link.id
        group = groups.by_slug(tx, declared[0][1])
        ann = next(grant for grant in groups.powers(tx, group.scope)).grant.holder
        links.withdraw_link(tx, group=group, link=first, actor=organiser(tx, ann))

    assert ROW.findall(bare.house.visitor().get(f"/channels?after={first}").text) == declared[1:]


def organiser(tx: Connection, holder: str) -> Actor:
    """The person behind a holder, newly signed in."""
    return again(tx, replace(VISITOR, person=permits.person_of_holder(tx, holder)))


def test_address_is_found_wherever_in_the_register_it_stands(bare: Provided) -> None:
    _url, slug, name = declare(bare, 60)[59]
    stranger = bare.house.visitor()

    text = stranger.get("/channels?address=www.SITE59.test").text
    near = stranger.get("/channels?address=ite59.test").text
    sign = stranger.get("/channels?address=site%25.test").text

    assert f'One organiser of <a href="/groups/{slug}">{name}</a> says so.' in text
    assert "No group here calls ite59.test its own." in near
    assert "No group here calls site%.test its own." in sign
