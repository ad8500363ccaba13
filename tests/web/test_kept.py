"""Pages kept ready: never older than the record, never one person's for another."""

from __future__ import annotations

import pytest

from hub import ledger
from hub.groups.founding import Plan
from hub.web import pages
from hub.web.cookies import NOTICE, name_of
from hub.web.kept import LARGEST, Kept
from tests import copies
from tests.people_for_tests import found_branch, found_group, seat_council

TENANTS = Plan("York Tenants", "We help one another with rents and repairs.", "branch")


@pytest.fixture
def branch(house):
    return copies.of(house.db, _found_branch)


def _found_branch(db):
    with db.write() as tx:
        return found_branch(tx, seat_council(tx, "c_one", "c_two"))


def names_on(house, path="/"):
    text = house.visitor().get(path).text
    return [name for name in ("York Tenants", "Night buses") if name in text]


def test_visitor_sees_a_group_with_the_entry_that_registers_it(house, branch):
    before = names_on(house), names_on(house)

    with house.db.write() as tx:
        found_group(
            tx,
            branch[0],
            branch[1][:2],
            branch[1][2:],
            TENANTS,
        )

    assert (before, names_on(house), names_on(house)) == (([], []), ["York Tenants"], ["York Tenants"])


def test_withdrawn_words_are_gone_from_kept_pages_at_once(house, branch):
    with house.db.write() as tx:
        group, _ = found_group(
            tx,
            branch[0],
            branch[1][:2],
            branch[1][2:],
            TENANTS,
        )
    assert names_on(house) == ["York Tenants"]

    with house.db.write() as tx:
        ledger.withdraw(tx, group.proposed_entry, "name")

    assert names_on(house) == []


def test_version_that_stands_still_would_be_noticed(house, branch, monkeypatch):
    monkeypatch.setattr(pages.ledger, "version", lambda tx: (0, 0))
    before = names_on(house)

    with house.db.write() as tx:
        found_group(
            tx,
            branch[0],
            branch[1][:2],
            branch[1][2:],
            TENANTS,
        )

    assert (before, names_on(house)) == ([], [])


def test_signed_in_page_is_neither_kept_nor_given_a_kept_one(house, branch):
    visitor, member = house.visitor(), house.signed_in(branch[1][0])

    first, mine, again = visitor.get("/").text, member.get("/").text, house.visitor().get("/").text

    assert first == again
    assert "/sign-in" in first
    assert "/sign-in" not in mine
    assert branch[1][0].nickname in mine


def test_notice_is_shown_once_and_stays_in_no_page(house, branch):
    browser = house.visitor()
    notice = house.app.routes[0].app.hub.signer.sign("notice", "A notice for one browser.")
    browser.cookies.set(name_of(house.settings, NOTICE), notice)

    told, other = browser.get("/").text, house.visitor().get("/").text

    assert ("A notice for one browser." in told, "A notice for one browser." in other) == (True, False)


def test_questions_are_kept_apart(house, branch):
    with house.db.write() as tx:
        found_group(
            tx,
            branch[0],
            branch[1][:2],
            branch[1][2:],
            TENANTS,
        )

    found = [names_on(house, path) for path in ("/?q=tenants", "/?q=buses", "/?q=tenants", "/?q=buses")]

    assert found == [["York Tenants"], [], ["York Tenants"], []]


def test_pages_are_bounded_in_number_and_size():
    kept = Kept(most=2)
    for where in ("a", "b", "a", "c"):
        if kept.find(where, (1, 0)) is None:
            kept.keep(where, (1, 0), (where.encode(), {}))
    kept.keep("large", (1, 0), (b"x" * (LARGEST + 1), {}))

    assert {where: kept.find(where, (1, 0)) for where in ("a", "b", "c", "large")} == {
        "a": (b"a", {}), "b": None, "c": (b"c", {}), "large": None,
    }  # fmt: skip
    assert kept.find("a", (2, 0)) is None
