"""What whoever has the log's key could write about a case: both programs pass it over, and nothing of it counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.cases import queries
from hub.cases.entries import (
    CaseAppealed,
    CaseCharged,
    CaseConcluded,
    CaseDecided,
    CaseProlonged,
    CaseScreened,
    InterimAsked,
    PanelStruck,
)
from hub.cases.rules import Ruling
from hub.errors import YES, RuleViolation
from hub.ledger.entries import TYPES, type_of
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.entries import GrantEnded
from tests.cases.conftest import Court, proved
from tests.replaying import assert_replays, lines_of, passed_over

HEX = "0" * 64
OTHER = "act_" + "0" * 26
Forge = Callable[[Connection, Court, str], tuple[Any, int | None]]


def by(tx: Connection, act: str, role: str) -> int:
    """The warrant of one of those drawn for a case."""
    holder = next(row.holder for row in queries.seats(tx, act))
    if role == "duty":
        holder = next(one.holder for one in permits.standing_everywhere(tx, clock.now()) if one.role == "duty")
    return next(one.entry for one in permits.standing_grants(tx, holder=holder) if one.role == role)


def decided(tx: Connection, court: Court, act: str, **other: Any) -> CaseDecided:
    """A signature under a decision."""
    told = {"act": act, "step": act_queries.get(tx, act).step, "decision": HEX, "ends": None, "cites": []}
    return CaseDecided(**{**told, **other})


def ends_office(tx: Connection, court: Court, act: str) -> tuple[Any, int | None]:
    """The office of the accused, before anything is decided."""
    grant = court.offices_of(court.ben)[0]
    state = act_queries.get(tx, act)
    return GrantEnded(grant, "decided", act, state.step, clock.format_minute(state.since)), None


FORGED: dict[str, Forge] = {
    "cites what nobody showed": lambda tx, court, act: (decided(tx, court, act, cites=[HEX]), by(tx, act, "juror")),
    "cites the same twice": lambda tx, court, act: (
        decided(tx, court, act, cites=sorted(queries.disclosed(tx, act)) * 2), by(tx, act, "juror"),
    ),
    "has it heard again, and it is no appeal": lambda tx, court, act: (
        decided(tx, court, act, rehears=True), by(tx, act, "juror"),
    ),
    "decides by the duty panel": lambda tx, court, act: (decided(tx, court, act), by(tx, act, "duty")),
    "decides by a right": lambda tx, court, act: (decided(tx, court, act), right_of_members(tx)),
    "decides at another step": lambda tx, court, act: (decided(tx, court, act, step=1), by(tx, act, "juror")),
    "screens once more": lambda tx, court, act: (CaseScreened(act, True, HEX), by(tx, act, "duty")),
    "charges with more": lambda tx, court, act: (CaseCharged(act, 5, HEX, [HEX]), right_of_members(tx)),
    "prolongs what is answered": lambda tx, court, act: (CaseProlonged(act, 5), right_of_members(tx)),
    "strikes for nobody's side": lambda tx, court, act: (
        PanelStruck(act, 5, "clerk", queries.seats(tx, act)[0].ticket), right_of_members(tx),
    ),
    "strikes whom nobody drew": lambda tx, court, act: (
        PanelStruck(act, 5, "respondent", "tkt_" + "0" * 26), right_of_members(tx),
    ),
    "appeals what is not decided": lambda tx, court, act: (
        CaseAppealed(OTHER, act, "respondent", HEX, []), right_of_members(tx),
    ),
    "concludes what is not decided": lambda tx, court, act: (
        CaseConcluded(act, 5, clock.format_minute(clock.now()), [], None), None,
    ),
    "ends an office by no decision": ends_office,
    "asks for a measure by who decides": lambda tx, court, act: (
        InterimAsked(OTHER, act, HEX, None, False, None), by(tx, act, "juror"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_forged_entry_is_passed_over_by_both_programs(court: Court, another_db, monkeypatch, forged):
    act, _items = court.to_panel()
    with court.db.write() as tx:
        record, warrant = FORGED[forged](tx, court, act)
        monkeypatch.setattr(TYPES[type_of(type(record)).name], "warrant", lambda *_: YES)
        monkeypatch.setattr(TYPES[type_of(type(record)).name], "apply", lambda *_: None)
        index = ledger.append(tx, record, by=warrant).index
    monkeypatch.undo()

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])


def test_honest_entries_are_passed_over_by_none(court: Court, another_db):
    act, items = court.to_panel()
    court.decide(act, proved(items, "role_ended", grants=court.offices_of(court.ben)))
    court.turn(days=14)

    assert_replays(court.db, another_db)


def read_too_late(court: Court) -> str:
    """A complaint whose days to draw a duty panel went by while no clock ran; its source is known by now."""
    act = court.complain()
    court.turn(hours=26)
    court.town.clock_at.advance(days=40)
    return act


def test_panel_that_is_drawn_after_its_days_is_refused(court: Court, another_db):
    act = read_too_late(court)
    said = court.entries()

    with pytest.raises(RuleViolation, match="Its days are over"):
        court.town.read_source(act, court.town.members[0])

    assert court.entries() == said
    court.tick()
    assert court.state(act) == "lapsed"
    assert_replays(court.db, another_db)


def test_panel_that_somebody_drew_too_late_all_the_same_is_passed_over_by_both_programs(
    court: Court, another_db, monkeypatch
):
    act = read_too_late(court)
    said = court.entries()
    monkeypatch.setattr("hub.draws.fold._is_too_late", lambda *_: False)
    court.town.read_source(act, court.town.members[0])
    monkeypatch.undo()

    ours, theirs = passed_over(lines_of(court.db), another_db)

    assert (ours, theirs) == ([said, said + 1], [said, said + 1])


def test_other_offices_than_were_signed_for_end_by_nothing(court: Court, another_db, monkeypatch):
    act, items = court.to_panel()
    court.decide(act, proved(items, "role_ended", grants=court.offices_of(court.ben)))
    others = list(court.offices_of(court.town.founders[0]))
    court.town.clock_at.advance(days=14)
    with court.db.write() as tx:
        acts.move_until(tx, act, clock.now())
        state = act_queries.get(tx, act)
        due = clock.format_minute(state.since)
        monkeypatch.setattr(TYPES["case.concluded"], "warrant", lambda *_: YES)
        monkeypatch.setattr(TYPES["case.concluded"], "apply", lambda *_: None)
        index = ledger.append(tx, CaseConcluded(act, state.step, due, others, HEX), by=None).index
    monkeypatch.undo()

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])


@pytest.mark.parametrize("late", [False, True], ids=["once more", "too late"])
def test_case_is_sent_back_twice_or_late_by_neither_program(court: Court, another_db, monkeypatch, late: bool):
    act, items = court.to_panel()
    court.decide(act, proved(items))
    court.turn(days=13 if late else 0)
    review = court.appeal(act, court.ben)
    court.seat_drawn(review)
    court.turn(days=14 if late else 5)
    if not late:
        court.decide(review, Ruling(False, "rehear", "He was not let in."), many=3)
        court.seat_drawn(review)
        court.turn(days=4)
    with court.db.write() as tx:
        monkeypatch.setattr(TYPES["case.decided"], "warrant", lambda *_: YES)
        monkeypatch.setattr(TYPES["case.decided"], "apply", lambda *_: None)
        record = decided(tx, court, review, rehears=True)
        index = ledger.append(tx, record, by=by(tx, review, "juror")).index
    monkeypatch.undo()

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])
