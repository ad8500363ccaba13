"""Suspended, or limited in what they publish: by a date, and by nothing that has to run; the vote is never touched."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub.cases import barring, rules
from hub.cases.rules import Ruling
from hub.errors import Forbidden
from hub.ledger.models import entries
from hub.people import actions as people
from hub.permits import P, R, area_scope, can, can_right, insist_on_words
from hub.permits import queries as permits
from hub.petitions import actions as petitions
from tests.cases.conftest import Court, proved
from tests.people_for_tests import again
from tests.replaying import assert_replays

TAKEN = {R.STAND, R.FOUND_BRANCH, R.FOUND_GROUP, R.JOIN, R.ACCEPT_OFFICE}
WHY = "She organises nothing. Others would, and they are here to be asked, every week of the year."


def final(court: Court, outcome: str, days: int) -> str:
    """A case against Ben with this outcome, final this minute."""
    act, items = court.to_panel()
    court.decide(act, proved(items, outcome, days=days))
    court.turn(days=14)
    assert court.state(act) == "final"
    return act


def lacks(court: Court) -> set[R]:
    """The rights that Ben, as he signs in now, does not have in York."""
    with court.db.write() as tx:
        ben = again(tx, court.ben)
        assert ben.standing is not None
        return {right for right in R if not can_right(ben, right, area_scope(ben.standing.area or ""))}


def uses_office(court: Court) -> str:
    """What meets Ben as he uses his office: the code of the refusal, or nothing."""
    with court.db.write() as tx:
        ben = again(tx, court.ben)
        return can(ben, P.APPOINTMENTS_MAKE, ben.grants[0].scope).code


def publishes(court: Court) -> bool:
    """Whether Ben publishes words of his own."""
    with court.db.write() as tx:
        try:
            insist_on_words(again(tx, court.ben))
        except Forbidden:
            return False
        return True


def test_suspended_takes_no_part_and_votes(court: Court, another_db):
    since = court.member_since(court.ben)
    assert (lacks(court), uses_office(court), publishes(court)) == (set(), "", True)

    final(court, "suspension", 60)

    assert (lacks(court), uses_office(court), publishes(court)) == (TAKEN, "permits.suspended", False)
    assert (court.member_since(court.ben), court.grants_of(court.ben)) == (since, [("admin", None)])
    assert_replays(court.db, another_db)


def test_suspension_ends_on_its_minute_though_nothing_runs(court: Court):
    final(court, "suspension", 60)

    court.town.clock_at.advance(days=60, minutes=-1)
    assert (lacks(court), uses_office(court), publishes(court)) == (TAKEN, "permits.suspended", False)
    court.town.clock_at.advance(minutes=1)
    assert (lacks(court), uses_office(court), publishes(court)) == (set(), "", True)


def test_suspension_that_begins_late_ends_no_later(court: Court):
    """The worker was down from the decision on, and for ten days longer than the time to appeal."""
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=30))
    court.town.clock_at.advance(days=24)
    assert lacks(court) == set()
    court.tick()

    assert lacks(court) == TAKEN
    court.town.clock_at.advance(days=20)
    assert lacks(court) == set()


def test_whoever_leaves_and_comes_back_is_suspended_until_the_same_day(court: Court):
    since = court.member_since(court.ben)
    final(court, "suspension", 60)
    with court.db.write() as tx:
        people.end_standing(tx, person=court.ben.person or "")
    court.turn(days=2)
    with court.db.write() as tx:
        people.give_standing(tx, person=court.ben.person or "", area="york", since=since, proved_by="code")

    assert (lacks(court), court.member_since(court.ben)) == (TAKEN, since)
    court.town.clock_at.advance(days=58)
    assert lacks(court) == set()


def test_suspension_holds_only_once_it_is_final_and_never_when_quashed(court: Court):
    with court.db.read() as tx:
        before = court.kept(tx, court.ben)
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=180))
    court.appeal(act, court.ben)
    assert lacks(court) == set()

    court.turn(days=5)

    assert (court.state(act), lacks(court), uses_office(court)) == ("quashed", set(), "")
    with court.db.read() as tx:
        assert court.kept(tx, court.ben) == before


def test_five_lower_a_suspension_and_the_lower_one_holds(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=90))
    review = court.appeal(act, court.ben)
    court.seat_drawn(review)
    court.turn(days=5)
    court.decide(review, proved(items, "posting_limit", days=30), many=3)
    court.turn(days=14)

    assert (court.state(act), lacks(court), publishes(court)) == ("final", set(), False)


def test_public_record_says_nothing_of_a_suspension(court: Court):
    said = court.entries()
    final(court, "suspension", 60)

    with court.db.read() as tx:
        rows = tx.scalars(sa.select(entries.c.bytes).where(entries.c.index >= said)).all()
        holder = permits.holder_of_person(tx, court.ben.person or "")
    words = str([bytes(row) for row in rows])
    assert "case.concluded" in words
    assert [word for word in ("suspension", str(holder), str(court.ben.person)) if word in words] == []


def test_limited_publishes_nothing_and_keeps_all_else(court: Court):
    final(court, "posting_limit", 60)
    assert (lacks(court), uses_office(court), publishes(court)) == (set(), "", False)
    said, grant = court.entries(), court.offices_of(court.town.founders[0])[0]

    with court.db.write() as tx, pytest.raises(Forbidden, match="publish nothing"):
        petitions.open_recall(tx, grant=grant, reasons=WHY, actor=again(tx, court.ben))
    assert court.entries() == said

    court.town.clock_at.advance(days=60)
    assert publishes(court)
    with court.db.write() as tx:
        petitions.open_recall(tx, grant=grant, reasons=WHY, actor=again(tx, court.ben))


@pytest.mark.parametrize(("outcome", "most"), [("suspension", 180), ("posting_limit", 90)])
def test_no_panel_orders_it_for_longer(outcome, most):
    def code(days: int) -> str:
        return rules.may_rule(Ruling(True, outcome, "Because.", days, ("a",)), None).code

    assert [code(days) for days in (0, 1, most, most + 1)] == ["cases.other_outcome", "", "", "cases.other_outcome"]


def test_planted_suspension_that_counts_from_today_is_seen(court: Court, monkeypatch):
    final(court, "suspension", 1)
    monkeypatch.setattr(barring, "_until", lambda *_: court.now() + dt.timedelta(days=1))

    court.town.clock_at.advance(days=1)

    assert lacks(court) == TAKEN


def test_planted_suspension_by_what_was_quashed_is_seen(court: Court, monkeypatch):
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=180))
    court.appeal(act, court.ben)
    court.turn(days=5)
    assert (court.state(act), lacks(court)) == ("quashed", set())
    monkeypatch.setattr(barring, "CARRIED_OUT", "refused")

    assert lacks(court) == TAKEN
