"""While a case runs the accused does nothing against whoever complained; if that is hidden, against nobody. GO-34."""

from __future__ import annotations

import pytest

from hub.cases.protecting import may_act_against
from hub.errors import Forbidden
from hub.petitions import actions as petitions
from tests.cases.conftest import Court
from tests.people_for_tests import again

WHY = "She organises nothing. Others would, and they are here to be asked, every week of the year."


def recall(court: Court, number: int) -> str:
    """Ben begins the recall of an organiser."""
    with court.db.write() as tx:
        grant = court.offices_of(court.town.founders[number])[0]
        return petitions.open_recall(tx, grant=grant, reasons=WHY, actor=again(tx, court.ben))


def begun(court: Court, *, hides: bool = False, admitted: bool = True) -> str:
    """A case against Ben, of the organiser whom he would recall, once organisers can be recalled."""
    court.turn(days=31)
    court.ada = court.town.founders[0]
    act = court.complain()
    court.seat_drawn(act)
    if admitted:
        court.screen(act, hides=hides)
    return act


def test_accused_recalls_nobody_who_complained_until_the_case_is_over(court: Court):
    act = begun(court)
    said = court.entries()

    with pytest.raises(Forbidden, match="about you runs"):
        recall(court, 0)

    assert court.entries() == said
    recall(court, 1)
    court.turn(days=7)
    assert court.state(act) == "lapsed"
    recall(court, 0)


def test_accused_learns_by_no_refusal_who_complained(court: Court):
    begun(court, hides=True)
    said = court.entries()

    for number in (0, 1):
        with pytest.raises(Forbidden, match="about you runs"):
            recall(court, number)

    assert court.entries() == said


def test_nobody_learns_of_a_complaint_by_being_refused(court: Court):
    begun(court, admitted=False)

    recall(court, 0)


def test_planted_protection_that_is_not_asked_is_found(court: Court, monkeypatch):
    begun(court)
    monkeypatch.setattr("hub.permits.protecting._PROTECTS", [])

    with court.db.read() as tx:
        assert not may_act_against(tx, court.ben.person or "", court.ada.person or "")
    recall(court, 0)
