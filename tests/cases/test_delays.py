"""Looks that a panel delays: by two of it, in the record, 30 days at most; over by dates, whatever runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger, looks
from hub.cases import delaying, delays, looking, queries
from hub.cases.entries import DelayAsked, DelaySigned
from hub.db import metadata
from hub.errors import YES, Forbidden, Invalid, RuleViolation
from hub.inventory import own
from hub.ledger.entries import TYPES, type_of
from hub.looks.models import looks as rows
from hub.permits import queries as permits
from tests.cases.conftest import Court
from tests.people_for_tests import again
from tests.replaying import assert_replays, lines_of, passed_over

HEX, OTHER = "0" * 64, "1" * 64
WHY = "They would warn a witness."


def order(court: Court, act: str, *, days: int = 30, signers: int = 2, panel: list[Any] | None = None) -> str:
    """One of a panel asks that its looks are read later, and others sign it."""
    with court.db.write() as tx:
        drawn = panel or court.sitting_at(tx, act, 0)
        case = queries.view(tx, act, drawn[0].person)
        found = delays.ask(tx, case=case, days=days, reasons=WHY, actor=again(tx, drawn[0]))
        for one in drawn[1:signers]:
            delays.sign(tx, case=case, order=found, actor=again(tx, one))
    return found


def look(court: Court, act: str, who: int = 0) -> tuple[int, int]:
    """One of the duty panel opens the sides; how many looks Ada reads within the same unit of work, and after it."""
    with court.db.write() as tx:
        one = again(tx, court.sitting_at(tx, act, 0)[who])
        looking.open_sides(tx, case=queries.view(tx, act, one.person), actor=one)
        inside = len(looks.looks_at(tx, str(court.ada.person)))
    return inside, len(read(court))


def read(court: Court) -> list[dt.datetime | None]:
    """What Ada reads of looks: of each until when it was delayed. Each place where she reads says the same."""
    person = str(court.ada.person)
    with court.db.read() as tx:
        told = looks.looks_at(tx, person)
        held = own.held(tx, metadata, person).get("looks", [])
        every = tx.scalars(sa.select(rows.c.id).where(rows.c.person == person)).all()
        found = [number for number in every if looks.look_at(tx, person, number) is not None]
    assert sorted(row["id"] for row in held) == sorted(found) == sorted(one.number for one in told)
    return [one.delayed_until for one in told]


def reasons(court: Court, act: str, who: Any) -> list[str]:
    """The reasons of orders that somebody reads."""
    with court.db.read() as tx:
        return [one.body["reasons"] for one in queries.view(tx, act, who.person).file.of_kind("delay")]


def test_look_shows_at_once_unless_two_ordered_and_then_at_the_end_with_its_true_time(court: Court, another_db):
    act = court.admitted()
    court.charge(act)
    assert look(court, act) == (1, 1)
    order(court, act, days=10, signers=1)
    assert look(court, act, 1) == (2, 2)

    found = order(court, act, days=10)
    looked = court.now()

    assert look(court, act, 2) == (2, 2)
    with court.db.read() as tx:
        until = queries.delay(tx, found).until_at
        assert delaying.counts(tx) == (1, 1)
    court.town.clock_at.advance(days=9, hours=23, minutes=59)
    assert read(court) == [None, None]
    assert reasons(court, act, court.ben) == []
    court.town.clock_at.advance(minutes=1)
    assert read(court) == [until, None, None]
    with court.db.read() as tx:
        assert looks.looks_at(tx, str(court.ada.person))[0].at == looked
        assert delaying.counts(tx) == (1, 0)
    assert WHY in reasons(court, act, court.ben)
    assert_replays(court.db, another_db)


def test_letter_of_the_day_says_nothing_of_a_delayed_look_before_its_end(court: Court):
    act = court.admitted()
    court.charge(act)
    order(court, act, days=5)
    look(court, act)
    court.turn(days=2)

    told = [looks.tell(court.db)]
    court.turn(days=4)
    told.append(looks.tell(court.db))

    assert told[0] == 0
    assert told[1] > 0


def test_order_ends_with_its_case_also_where_no_worker_runs(court: Court, another_db):
    act = court.admitted()
    order(court, act)
    look(court, act)
    assert read(court) == []
    court.town.clock_at.advance(days=7)  # when the charge must be served, or the case lapses

    assert len(read(court)) == 1

    court.tick()
    assert court.state(act) == "lapsed"
    assert len(read(court)) == 1
    assert_replays(court.db, another_db)


@pytest.mark.parametrize("jumps", [(31,), (400,), (-400,), (400, -400, 31), (-400, 431), (-10, 41)])
def test_no_look_is_hidden_beyond_its_days_where_no_worker_runs_and_the_clock_jumps(court: Court, jumps):
    act = court.admitted()
    court.charge(act)
    order(court, act)
    look(court, act)
    assert read(court) == []

    for days in jumps:
        court.town.clock_at.advance(days=days)

    assert len(read(court)) == 1


def test_nobody_but_a_panel_of_the_case_delays_and_a_panel_once(court: Court):
    act = court.admitted()
    court.charge(act)
    said = court.entries()
    with pytest.raises(Forbidden):
        order(court, act, panel=[court.ada])
    for days in (0, 31):
        with pytest.raises(Invalid):
            order(court, act, days=days)
    with court.db.draft() as tx:
        first = court.sitting_at(tx, act, 0)[0]
    with pytest.raises(RuleViolation, match="signed this already"):
        order(court, act, panel=[first, first])
    assert court.entries() == said
    order(court, act)
    said = court.entries()
    with pytest.raises(RuleViolation, match="once"):
        order(court, act)
    assert court.entries() == said


def test_only_looks_for_a_case_are_delayed(court: Court):
    act = court.admitted()
    with court.db.draft() as tx:
        one = court.sitting_at(tx, act, 0)[0]
        grant = permits.standing_grants(tx, holder=one.holder)[0]
        for purpose in ("request", "roll", "count", "asked"):
            told = {"actor": one, "grant": grant, "purpose": purpose, "about": act, "people": [court.ada.person]}
            with pytest.raises(ValueError, match="nobody delays"):
                looks.open_fields(tx, **told, delay=HEX)
        assert tx.scalar(sa.select(sa.func.count()).select_from(rows)) == 0


def test_delay_that_stands_under_no_order_hides_nothing(court: Court):
    act = court.admitted()
    look(court, act)
    with court.db.write() as tx:
        tx.execute(sa.update(rows).values(delay=HEX))

    assert read(court) == [None]


def until(days: int, minutes: int = 0) -> str:
    """A moment of the record, so far ahead."""
    return clock.format_minute(clock.minute(clock.now()) + dt.timedelta(days=days, minutes=minutes))


def by(tx: Connection, court: Court, act: str, step: int, place: int = 0) -> int:
    """The warrant of one who was drawn."""
    one = court.sitting_at(tx, act, step)[place]
    return next(grant.entry for grant in permits.standing_grants(tx, holder=one.holder) if grant.act == act)


Forge = Callable[[Connection, Court, str], tuple[Any, int]]
FORGED: dict[str, Forge] = {
    "too long": lambda tx, court, act: (DelayAsked(OTHER, act, until(30, 1)), by(tx, court, act, 0)),
    "past": lambda tx, court, act: (DelayAsked(OTHER, act, until(0)), by(tx, court, act, 0)),
    "the same again": lambda tx, court, act: (DelayAsked(HEX, act, until(3)), by(tx, court, act, 0)),
    "no such case": lambda tx, court, act: (
        DelayAsked(OTHER, "act_" + "0" * 26, until(3)), by(tx, court, act, 0),
    ),
    "alone": lambda tx, court, act: (DelaySigned(HEX), by(tx, court, act, 0)),
    "by another panel": lambda tx, court, act: (DelaySigned(HEX), by(tx, court, act, 4)),
    "of no order": lambda tx, court, act: (DelaySigned(OTHER), by(tx, court, act, 0, 1)),
    "by a founder": lambda tx, court, act: (
        DelayAsked(OTHER, act, until(3)), permits.grant_by_id(tx, court.offices_of(court.ben)[0]).entry,
    ),
}  # fmt: skip


def forge(court: Court, monkeypatch: pytest.MonkeyPatch, made: Forge, act: str) -> int:
    """Writes an entry that no check of ours lets through."""
    with court.db.write() as tx:
        record, warrant = made(tx, court, act)
        monkeypatch.setattr(TYPES[type_of(type(record)).name], "warrant", lambda *_: YES)
        monkeypatch.setattr(TYPES[type_of(type(record)).name], "apply", lambda *_: None)
        index = ledger.append(tx, record, by=warrant).index
    monkeypatch.undo()
    return index


def asked(court: Court, act: str) -> None:
    """An order that one of the duty panel asked for, for a day."""
    with court.db.write() as tx:
        ledger.append(tx, DelayAsked(HEX, act, until(1)), by=by(tx, court, act, 0))


@pytest.mark.parametrize("forged", FORGED)
def test_forged_order_is_passed_over_by_both_programs(court: Court, another_db, monkeypatch, forged):
    act, _items = court.to_panel()
    asked(court, act)

    index = forge(court, monkeypatch, FORGED[forged], act)

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])


def test_order_signed_late_is_passed_over_by_both_programs(court: Court, another_db, monkeypatch):
    act, _items = court.to_panel()
    asked(court, act)
    court.turn(days=1)

    index = forge(court, monkeypatch, lambda tx, court, act: (DelaySigned(HEX), by(tx, court, act, 0, 1)), act)

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])


def test_order_after_the_end_of_its_case_is_passed_over_by_both_programs(court: Court, another_db, monkeypatch):
    act = court.admitted()
    with court.db.draft() as tx:
        warrant = by(tx, court, act, 0)
    court.turn(days=8)
    assert court.state(act) == "lapsed"

    index = forge(court, monkeypatch, lambda *_: (DelayAsked(HEX, act, until(3)), warrant), act)

    assert passed_over(lines_of(court.db), another_db) == ([index], [index])
