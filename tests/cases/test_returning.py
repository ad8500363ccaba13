"""Whoever was erased and comes back is kept from the same until the same minute: closing an account ends nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from hub import leaving
from hub.acts import queries as act_queries
from hub.cases import barring, returning
from hub.cases.models import case_marks
from hub.envelope import Proof
from hub.groups import membership
from hub.people import sealed
from hub.people.models import persons
from hub.permits import keeping
from hub.roster.actions import admit
from hub.standing import actions as standing
from tests.cases.conftest import Court, proved
from tests.people_for_tests import again


def closed(court: Court, act: str) -> dt.datetime:
    """When a case became final."""
    with court.db.read() as tx:
        found = act_queries.closed_at(tx, act)
        assert found is not None
        return found


def proof(court: Court) -> Proof:
    """What the matcher says of Ben's row of the list."""
    with court.db.read() as tx:
        shut = tx.scalar(sa.select(persons.c.seed).where(persons.c.id == court.ben.person))
        row, seed = sealed.row_of(tx, court.ben.person or ""), sealed.seed(tx, court.ben.person or "", shut)
    assert row is not None
    assert seed is not None
    return Proof(row, "york", dt.date(2020, 1, 1), seed, "code")


def comes_back(court: Court, told: Proof) -> str:
    """Who somebody is who proves a row now."""
    with court.db.write() as tx:
        return admit(tx, told)


def kept_marks(court: Court) -> int | None:
    with court.db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(case_marks))


def erase(court: Court) -> None:
    """Ben closes his account; what is his is erased on the eighth day."""
    with court.db.write() as tx:
        leaving.ask(tx, actor=again(tx, court.ben))
    court.turn(days=7)
    for _round in range(2):
        leaving.close_due(court.db)
        standing.carry_out(court.db, also_end=membership.end_memberships)
    court.turn(days=1)
    leaving.erase_due(court.db)
    with court.db.read() as tx:
        assert tx.scalar(sa.select(persons.c.id).where(persons.c.id == court.ben.person)) is None


@pytest.mark.parametrize(("outcome", "days"), [("suspension", 60), ("posting_limit", 60), ("barred", 60)])
def test_whoever_was_erased_and_comes_back_is_kept_from_the_same_until_the_same_minute(court: Court, outcome, days):
    told = proof(court)
    act, items = court.to_panel()
    court.decide(act, proved(items, outcome, days=days))
    court.turn(days=14)
    ends = closed(court, act) + dt.timedelta(days=days)
    erase(court)

    anew = comes_back(court, told)

    def kept_from() -> list[bool]:
        with court.db.read() as tx:
            kept = barring.kept_from(tx, anew)
            until = (kept.suspended_until, kept.limited_until, barring.barred_until(tx, anew))
            return [one == ends for one in until if one is not None]

    assert kept_from() == {"suspension": [True, True], "posting_limit": [True], "barred": [True]}[outcome]
    court.town.clock_at.advance(days=days)
    with court.db.write() as tx:
        assert (keeping.of(tx, anew), bool(barring.may_take_office(tx, anew))) == (keeping.Kept(), True)
        assert returning.forget(tx) == 2


def test_of_a_case_that_came_to_nothing_no_mark_is_kept(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=60))
    court.appeal(act, court.ben)
    court.turn(days=5)
    assert court.state(act) == "quashed"

    erase(court)

    assert kept_marks(court) == 0


def test_whoever_was_erased_while_their_case_ran_is_suspended_all_the_same(court: Court):
    told = proof(court)
    act, items = court.to_panel()
    erase(court)
    anew = comes_back(court, told)
    court.decide(act, proved(items, "suspension", days=60))
    court.turn(days=14)

    with court.db.read() as tx:
        assert keeping.of(tx, anew).suspended_until == closed(court, act) + dt.timedelta(days=60)


def test_only_the_same_row_or_number_is_the_same(court: Court):
    told = proof(court)
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=180))
    court.turn(days=14)
    erase(court)
    others = (
        replace(told, entry_ref="ent_stranger", seed=b"stranger".ljust(32)),
        replace(told, entry_ref="ent_of_a_new_number"),
    )

    kept = []
    for one in others:
        who = comes_back(court, one)
        with court.db.read() as tx:
            kept.append(keeping.of(tx, who).suspended_until is not None)

    assert kept == [False, True]


def test_planted_erasing_that_forgets_is_seen(court: Court, monkeypatch):
    told = proof(court)
    act, items = court.to_panel()
    court.decide(act, proved(items, "suspension", days=180))
    court.turn(days=14)
    monkeypatch.setattr(returning, "keep", lambda *_: None)
    erase(court)

    anew = comes_back(court, told)

    with court.db.read() as tx:
        assert keeping.of(tx, anew) == keeping.Kept()
