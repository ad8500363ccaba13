"""Whoever's office has no key is told so by one letter, a week after it began, and by no second."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import ledger
from hub.mirror import reminding
from hub.permits.entries import GrantEnded
from hub.permits.models import receipt_reminders
from tests import copies
from tests.ballots.test_races import at_once
from tests.claims_for_tests import make_key, register_key
from tests.people_for_tests import again, found_branch, found_hub, seat_council
from tests.vaults import letters_of


@pytest.fixture
def council(db, clock_at):
    """Two who sit in the council since the founding; the branch's five founders, of whom nobody has a key."""
    return copies.of(db, _found_council, at=clock_at)


def _found_council(db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        seated = seat_council(tx, "anna", "ben")
        found_branch(tx, seated)
        return clock, [again(tx, one) for one in seated]


def remind(db):
    with db.write() as tx:
        return reminding.remind(tx)


def told(db):
    """Where each letter leads, and to whom."""
    with db.read() as tx:
        rows = letters_of(tx, "office_key_missing")
    return sorted((row.person, row.params["place"]) for row in rows)


def place_of(actor, scope="hub"):
    """Where somebody's office keeps its key."""
    grant = next(one for one in actor.grants if one.scope.kind == scope)
    return f"/offices/{grant.id}/receipt"


def test_who_has_no_key_is_told_after_a_week_and_once(db, council):
    clock, (anna, ben) = council
    register_key(db, anna, make_key(anna.grants[0].id))

    clock.advance(days=6, hours=23)
    early = remind(db)
    clock.advance(hours=1)
    first, again_later = remind(db), remind(db)

    assert (early, first, again_later) == (0, 6, 0)
    here = [(person, place) for person, place in told(db) if person in (anna.person, ben.person)]
    assert here == [(ben.person, place_of(ben))]


def test_clocks_that_come_at_once_tell_each_once(db, council):
    clock, _seated = council
    clock.advance(days=7)

    came = at_once([lambda: remind(db)] * 12)

    assert (sorted(came), len(told(db))) == ([0] * 11 + [7], 7)


def test_office_that_is_over_or_ends_soon_is_not_worth_a_letter(db, council):
    clock, (_anna, ben) = council
    with db.write() as tx:
        ledger.append(tx, GrantEnded(ben.grants[0].id, "resigned"), by=ben.grants[0].entry)
    clock.advance(days=166)

    assert (remind(db), told(db)) == (0, [])


def test_that_somebody_was_told_is_forgotten_with_the_office(db, council):
    clock, (_anna, ben) = council
    clock.advance(days=7)
    remind(db)
    with db.write() as tx:
        ledger.append(tx, GrantEnded(ben.grants[0].id, "resigned"), by=ben.grants[0].entry)
        reminding.forget(tx)
        some = tx.scalar(sa.select(sa.func.count()).select_from(receipt_reminders))
    clock.advance(days=180)
    with db.write() as tx:
        reminding.forget(tx)
        none = tx.scalar(sa.select(sa.func.count()).select_from(receipt_reminders))

    assert (some, none, remind(db)) == (6, 0, 0)
