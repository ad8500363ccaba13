"""What was said in a case is sealed with the case's key, and gone with it when its days are over."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub import inventory, sealing
from hub.cases import sealed, ticking
from hub.cases.models import case_items, case_papers
from hub.cases.rules import Ruling
from hub.db import metadata
from hub.files.models import files
from tests.cases.conftest import Court

WORDS = ("He threatened me.", "I did not.", "Nobody else heard it.", "leave, or else")


def decided(court: Court) -> str:
    """A case that proved nothing, with papers of everybody in it."""
    act, _items = court.to_panel()
    court.decide(act, Ruling(False, "none", "Nobody else heard it."))
    court.turn(days=14)
    assert court.state(act) == "final"
    return act


def stored(court: Court) -> list[tuple[sa.Table, str, bytes]]:
    """What lies in the database: the table, the case, and what is sealed for it."""
    with court.db.read() as tx:
        return [
            (table, row.act, row.body)
            for table in (case_papers, case_items)
            for row in tx.execute(sa.select(table.c.act, table.c.body).order_by(table.c.id))
        ]


def opened(court: Court, rows: list[tuple[sa.Table, str, bytes]]) -> list[Any]:
    """What the rows, of now or of a copy of before, still say."""
    with court.db.read() as tx:
        return [sealed.opened(tx, act, table, body) for table, act, body in rows]


def test_no_word_of_a_case_lies_in_the_database(court: Court) -> None:
    act = decided(court)
    rows = stored(court)

    assert [word for word in WORDS for _table, _act, body in rows if word.encode() in body] == []
    said = str(opened(court, rows))
    assert [word for word in WORDS if word not in said] == []
    with court.db.read() as tx:
        assert len(sealed.read(tx, act).papers) + len(sealed.read(tx, act).items) == len(rows)


@pytest.mark.parametrize("days", [182, 184])
def test_half_a_year_after_a_case_that_proved_nothing_its_key_goes_with_its_words(court: Court, days: int) -> None:
    act = decided(court)
    copy = stored(court)
    with court.db.write() as tx:
        sent = sealing.seal(tx, "fil_1", "files", b"what was sent")
        row = {"id": "fil_1", "person": court.ada.person, "about": act, "place": 1, "name": sent, "media": "text/plain"}
        tx.execute(sa.insert(files), {**row, "size": 13, "sha256": "0" * 64, "added_at": court.now()})
    court.town.clock_at.advance(days=days)
    ticking.forget(court.db)

    over = days > 183
    assert (stored(court) == [], set(map(type, opened(court, copy)))) == (over, {type(None)} if over else {dict})
    with court.db.read() as tx:
        left = tx.scalars(sa.select(files.c.id)).all()
        assert (left, sealing.read_bytes(tx, "fil_1", "files", sent)) == (
            ([], None) if over else (["fil_1"], b"what was sent")
        )


def test_key_that_outlived_its_case_is_swept(court: Court) -> None:
    decided(court)
    copy = stored(court)
    kept = court.complain(happened_on=court.now().date())
    with court.db.write() as tx:
        for table in (case_papers, case_items):
            tx.execute(sa.delete(table).where(table.c.act != kept))
    court.town.clock_at.advance(days=2)

    swept = sealing.sweep(court.db, "act", ticking.there_among)

    assert (swept, set(opened(court, copy))) == (1, {None})
    assert None not in opened(court, stored(court))


def test_a_side_reads_in_what_is_held_of_them_what_they_said_themselves(court: Court) -> None:
    decided(court)
    with court.db.read() as tx:
        held = inventory.held(tx, metadata, court.ben.person or "", sealing.read_bytes)

    assert "I did not." in str(held["case_papers"])
    assert "He threatened me." not in str(held)
