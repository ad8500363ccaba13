"""Measures while a case runs: by its duty panel alone, for days that end by themselves, renewed once. GO-16; 4.3."""

from __future__ import annotations

from typing import Any

import pytest

from hub.cases import actions, interims, queries
from hub.errors import Forbidden, Invalid, RuleViolation
from hub.permits import queries as permits
from hub.permits.live import is_live
from tests.cases.conftest import Court
from tests.people_for_tests import again
from tests.replaying import assert_replays

WHY = {"risk": "He knows where she lives.", "why_nothing_milder": "He was asked to stay away, and came."}


def ask(court: Court, act: str, *, signers: int = 2, who: Any = None, **other: Any) -> str:
    """One of the duty panel asks for a measure, and others sign it."""
    with court.db.write() as tx:
        panel = court.sitting_at(tx, act, 0)
        told = {"case": act, "measure": "rest_office", "grants": court.offices_of(court.ben), **WHY}
        measure = interims.ask(tx, actor=again(tx, who or panel[0]), **{**told, **other})
        for one in panel[1:signers]:
            interims.sign(tx, act=measure, actor=again(tx, one))
    return measure


def is_live_now(court: Court) -> bool:
    """Whether Ben's office gives power at this moment, by the query and no job."""
    with court.db.read() as tx:
        grant = permits.grant_by_id(tx, court.offices_of(court.ben)[0])
        assert grant is not None
        return is_live(grant, court.now())


def test_measure_ends_by_itself_also_where_no_worker_runs(court: Court, another_db):
    act = court.admitted()
    court.charge(act)

    ask(court, act)

    assert not is_live_now(court)
    court.town.clock_at.advance(days=13, hours=23, minutes=59)
    assert not is_live_now(court)
    court.town.clock_at.advance(minutes=1)
    assert is_live_now(court)
    assert_replays(court.db, another_db)


def test_measure_outlives_no_term_where_the_clock_jumps_ahead_and_back(court: Court) -> None:
    act = court.admitted()
    court.charge(act)
    ask(court, act)

    works = []
    for days in (60, -60, 14, -1):
        court.town.clock_at.advance(days=days)
        works.append(is_live_now(court))

    assert works == [True, False, True, False]


def test_measure_is_renewed_once(court: Court, another_db):
    act = court.admitted()
    court.charge(act)
    first = ask(court, act)
    court.turn(days=13)
    said = court.entries()
    with pytest.raises(RuleViolation, match="one measure"):
        ask(court, act)
    assert court.entries() == said

    second = ask(court, act, renews=first)

    said = court.entries()
    for renews in (first, second):
        with pytest.raises(RuleViolation, match="renewed once"):
            ask(court, act, renews=renews)
    assert court.entries() == said
    court.town.clock_at.advance(days=14)
    assert is_live_now(court)
    assert_replays(court.db, another_db)


def test_measure_ends_with_its_case(court: Court, another_db):
    act = court.admitted()

    ask(court, act)

    with court.db.read() as tx:
        found = queries.interims(tx, act)[0]
    assert (found.until_at - found.begun_at).days == 7  # when the charge must be served, or the case lapses
    court.town.clock_at.advance(days=7)
    assert is_live_now(court)
    court.tick()
    assert court.state(act) == "lapsed"
    assert_replays(court.db, another_db)


def test_measure_rests_nothing_but_offices_of_the_accused(court: Court):
    act = court.admitted()
    said = court.entries()
    others = court.offices_of(court.town.founders[0])
    with pytest.raises(RuleViolation, match="of the accused"):
        ask(court, act, grants=others)
    with pytest.raises(RuleViolation, match="of the accused"):
        ask(court, act, grants=())
    with pytest.raises(Invalid):
        ask(court, act, risk=" ")
    for stranger in (court.ada, court.ben, court.town.council[0], court.town.founders[0]):
        with pytest.raises(Forbidden):
            ask(court, act, who=stranger)
    assert court.entries() == said


def test_one_alone_orders_nothing(court: Court):
    act = court.admitted()
    court.charge(act)

    measure = ask(court, act, signers=1)

    assert is_live_now(court)
    court.turn(days=2)
    with court.db.read() as tx:
        found = queries.interim(tx, measure)
    assert found is not None
    assert found.begun_at is None
    assert is_live_now(court)


def test_near_an_election_all_three_must_agree(court: Court, another_db):
    court.town.clock_at.advance(days=125)  # the founders' mandates end within sixty days
    court.tick()
    act = court.admitted()
    court.charge(act)

    measure = ask(court, act)

    assert is_live_now(court)
    with court.db.write() as tx:
        interims.sign(tx, act=measure, actor=again(tx, court.sitting_at(tx, act, 0)[2]))
    assert not is_live_now(court)
    assert_replays(court.db, another_db)


def test_measure_takes_no_vote_no_candidacy_and_no_way_into_the_case(court: Court):
    act = court.admitted()
    court.charge(act)
    with court.db.read() as tx:
        before = court.kept(tx, court.ben)

    ask(court, act)

    with court.db.read() as tx:
        assert court.kept(tx, court.ben) == before
    with court.db.write() as tx:
        assert queries.view(tx, act, court.ben.person).you == "respondent"
        actions.answer(tx, act=act, words="I did not.", actor=again(tx, court.ben))
    assert court.state(act) == "drawing_panel"
