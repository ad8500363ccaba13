"""What came to nothing leaves nothing, rules of tomorrow change nothing, and the story of who was never shown why."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from hub import ledger
from hub.acts import queries as act_queries
from hub.cases import actions
from hub.cases.rules import Item, Ruling
from hub.constitution.actions import default_text
from hub.constitution.entries import ConstitutionAdopted
from hub.errors import YES, RuleViolation
from hub.ledger.entries import TYPES
from hub.people import actions as people
from tests.cases.conftest import Court
from tests.people_for_tests import again
from tests.replaying import assert_replays

NOT_PROVED = Ruling(False, "none", "Nobody else heard it.")


@pytest.mark.parametrize("end", ["lapses", "acquitted"])
def test_case_that_came_to_nothing_leaves_nothing(court: Court, another_db, end):
    with court.db.read() as tx:
        before = [court.kept(tx, one) for one in (court.ada, court.ben)]
    if end == "lapses":
        act = court.admitted()
        court.turn(days=7)
    else:
        act, _items = court.to_panel()
        court.decide(act, NOT_PROVED)
        court.turn(days=14)

    assert court.state(act) == ("lapsed" if end == "lapses" else "final")
    with court.db.read() as tx:
        assert [court.kept(tx, one) for one in (court.ada, court.ben)] == before
    assert_replays(court.db, another_db)


def test_planted_trace_is_found(court: Court):
    with court.db.read() as tx:
        before = court.kept(tx, court.ben)
    act = court.admitted()
    with court.db.write() as tx:
        tx.execute(sa.text("UPDATE standings SET since = '2026-11-22' WHERE person = :p"), {"p": court.ben.person})
    court.turn(days=7)

    assert court.state(act) == "lapsed"
    with court.db.read() as tx:
        assert court.kept(tx, court.ben) != before


def test_rules_of_tomorrow_change_nothing_of_a_case_that_runs(court: Court, monkeypatch):
    act = court.admitted()
    court.charge(act)
    text = default_text().replace('persons = 2, days = 28, short = "renew"', 'persons = 2, days = 14, short = "renew"')
    text = text.replace('by = "jurors", size = 3, days = 5, short', 'by = "jurors", size = 3, days = 4, short')
    text = text.replace("[conduct.2]", "[conduct.12]")
    assert text != default_text()
    with court.db.write() as tx:
        monkeypatch.setattr(TYPES["constitution.adopted"], "warrant", lambda *_: YES)
        ledger.append(tx, ConstitutionAdopted(2, text, hashlib.sha256(text.encode()).hexdigest()), by=None)
    court.answer(act)
    court.seat_drawn(act)

    with court.db.read() as tx:
        state = act_queries.get(tx, act)
    assert (state.current.days, state.steps[4].days) == (28, 5)
    court.turn(days=27)
    court.decide(act, NOT_PROVED)
    assert court.state(act) == "appealable"


def test_member_whom_nobody_showed_anything_stays_who_they_were(court: Court, another_db):
    """Suspended on what nobody showed, resigned, and came back on the old number: nothing of it can be laid.

    The charge rests on a private space of which nobody who took part in it agreed, and on what nobody can say the
    source of. So it is not served, the complaint lapses, and the member is one since the day they always were.
    """
    since = court.member_since(court.ben)
    act = court.admitted()
    unproven = (
        Item("Everybody knows.", "", "the office", "", "witness"),
        Item("A picture of a post.", "a private account", "the office", "by a tool", "own_message"),
        Item("They said it.", "a closed group", "the office", "copied", "participant"),
    )
    said = court.entries()
    with court.db.write() as tx:
        ada = again(tx, court.ada)
        for item in unproven:
            with pytest.raises(RuleViolation):
                actions.attach(tx, act=act, item=item, actor=ada)
        with pytest.raises(RuleViolation, match="at least one item"):
            actions.charge(tx, act=act, facts="They know what they did.", actor=ada)
    assert court.entries() == said

    with court.db.write() as tx:
        people.end_standing(tx, person=court.ben.person or "")
    court.turn(days=2)
    with court.db.write() as tx:
        people.give_standing(tx, person=court.ben.person or "", area="york", since=since, proved_by="code")
    court.turn(days=6)

    assert court.state(act) == "lapsed"
    assert court.member_since(court.ben) == since == dt.date(2020, 1, 1)
    with pytest.raises(RuleViolation, match="new evidence"):
        court.complain(happened_on=dt.date(2026, 11, 21))
    assert_replays(court.db, another_db)
