"""An appeal: by whoever it went against, to others, never worse; and what follows where nobody decides it."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.cases import own, queries
from hub.cases.rules import Ruling
from hub.errors import Forbidden, RuleViolation
from tests.cases.conftest import Court, proved
from tests.replaying import assert_replays

NOT_PROVED = Ruling(False, "none", "Nobody else heard it.")


def appealed(court: Court, first: str = "role_ended") -> tuple[str, str, list[str]]:
    """A case that went against Ben, and his appeal, whose panel may decide."""
    act, items = court.to_panel()
    court.decide(act, proved(items, first, grants=court.offices_of(court.ben) if first == "role_ended" else ()))
    review = court.appeal(act, court.ben)
    return act, review, items


def test_appeal_lowers_a_decision_and_never_makes_it_worse(court: Court, another_db):
    act, review, items = appealed(court)
    assert court.state(act) == "appealed"
    court.seat_drawn(review)
    with court.db.read() as tx:
        assert len(queries.seats(tx, review)) == 5
        before = {row.holder for step in (0, 4) for row in court.order(tx, act, step)} - {None}
        assert not before & {row.holder for row in queries.seats(tx, review)}
    court.turn(days=5)

    said = court.entries()
    for worse in (proved(items, "barred", days=1), proved(items, "barred", days=700)):
        with pytest.raises(RuleViolation, match="worse"):
            court.decide(review, worse)
    assert court.entries() == said
    court.decide(review, proved(items, "advice"), many=2)
    assert court.state(act) == "appealed"
    court.decide(review, proved(items, "advice"), many=3)

    court.turn(days=14)
    assert (court.state(act), court.grants_of(court.ben)) == ("final", [("admin", None)])
    assert_replays(court.db, another_db)


def test_appeal_decided_after_the_last_day_to_appeal_ends_the_case_at_once(court: Court, another_db):
    act, review, items = appealed(court)
    court.seat_drawn(review)
    court.turn(days=15)
    assert court.state(act) == "appealed"

    court.decide(review, proved(items, "advice"), many=3)

    assert (court.state(act), court.grants_of(court.ben)) == ("final", [("admin", None)])
    assert_replays(court.db, another_db)


def test_appeal_of_the_accused_that_nobody_decides_is_as_they_asked(court: Court, another_db):
    act, review, _items = appealed(court)
    with court.db.read() as tx:
        since = act_queries.get(tx, act).since

    court.turn(days=5)

    assert (court.state(act), court.grants_of(court.ben)) == ("quashed", [("admin", None)])
    with court.db.read() as tx:
        ended = act_queries.closed_at(tx, act)
        assert ended is not None
        assert (act_queries.get(tx, review).outcome, (ended - since).days <= 42) == ("lapsed", True)
    assert_replays(court.db, another_db)


def test_appeal_of_the_other_side_that_nobody_decides_leaves_the_decision(court: Court, another_db):
    act, _items = court.to_panel()
    court.decide(act, NOT_PROVED)
    review = court.appeal(act, court.ada)
    court.seat_drawn(review)
    court.turn(days=24)

    assert court.state(act) == "final"
    with court.db.read() as tx:
        assert queries.decided(tx, act) is not None
        found = queries.complaint(tx, act)
    assert found is not None
    assert (found.decision is not None, found.ends) == (True, None)
    assert_replays(court.db, another_db)


def test_only_whom_it_went_against_appeals_and_once(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items))
    said = court.entries()
    with pytest.raises(Forbidden, match="went against"):
        court.appeal(act, court.ada)
    assert court.entries() == said

    court.appeal(act, court.ben)

    said = court.entries()
    with pytest.raises(RuleViolation, match="does not wait"):
        court.appeal(act, court.ben)
    assert court.entries() == said


def test_appeal_that_is_decided_after_the_days_to_appeal_ends_the_case_at_once(court: Court, another_db):
    act, items = court.to_panel()
    court.decide(act, proved(items, "role_ended", grants=court.offices_of(court.ben)))
    court.turn(days=13)
    review = court.appeal(act, court.ben)
    court.seat_drawn(review)
    court.turn(days=5)
    court.decide(review, proved(items), many=3)

    assert (court.state(act), court.grants_of(court.ben)) == ("final", [("admin", None)])
    assert_replays(court.db, another_db)


def test_appeal_after_its_days_is_refused(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items))
    court.town.clock_at.advance(days=14)
    said = court.entries()

    with pytest.raises(RuleViolation, match="does not wait"):
        court.appeal(act, court.ben)

    assert court.entries() == said


REHEAR = Ruling(False, "rehear", "She was not let in to the hearing.")


def in_rehearing(court: Court, first: str = "role_ended") -> tuple[str, str, list[str]]:
    """A case that five sent back, and that five others may decide."""
    act, review, items = appealed(court, first)
    court.seat_drawn(review)
    court.turn(days=5)
    court.decide(review, REHEAR, many=3)
    court.seat_drawn(review)
    court.turn(days=4)
    return act, review, items


def test_five_send_a_case_back_and_five_others_decide_it(court: Court, another_db):
    act, review, items = in_rehearing(court)
    with court.db.read() as tx:
        first, again = ({row.holder for row in court.order(tx, review, step)} - {None} for step in (0, 2))
        before = {row.holder for step in (0, 4) for row in court.order(tx, act, step)} - {None}
        assert (len(first), len(again), first & again, before & again) == (5, 5, set(), set())
    assert (court.state(act), court.offices_of(court.ben) != ()) == ("appealed", True)

    said = court.entries()
    with pytest.raises(RuleViolation, match="worse"):
        court.decide(review, proved(items, "barred", days=1))
    with pytest.raises(RuleViolation, match="once is all"):
        court.decide(review, REHEAR)
    with pytest.raises(RuleViolation, match="in your place"):
        court.decide_by_earlier(review, proved(items), step=0)
    assert court.entries() == said

    court.decide(review, proved(items), many=3)
    court.turn(days=14)

    assert (court.state(act), court.grants_of(court.ben)) == ("final", [("admin", None)])
    assert_replays(court.db, another_db)


def test_both_sides_read_why_it_was_sent_back(court: Court):
    act, review, items = in_rehearing(court)
    court.decide(review, proved(items), many=3)

    with court.db.read() as tx:
        for who in (court.ada, court.ben):
            seen = own.rulings(tx, queries.view(tx, act, who.person))
            told = [(one.body["outcome"], one.body["step"]) for one in seen]
            assert told == [("role_ended", 5), ("rehear", 1), ("advice", 3)]


def test_what_was_sent_back_and_nobody_decides_is_as_the_accused_asked(court: Court, another_db):
    act, review, _items = in_rehearing(court)
    with court.db.read() as tx:
        since = act_queries.get(tx, act).since

    court.turn(days=9)

    with court.db.read() as tx:
        ended = act_queries.closed_at(tx, act)
        assert ended is not None
        assert (act_queries.get(tx, review).outcome, (ended - since).days <= 42) == ("lapsed", True)
    assert (court.state(act), court.grants_of(court.ben)) == ("quashed", [("admin", None)])
    assert_replays(court.db, another_db)


def test_nothing_is_sent_back_so_late_that_it_would_not_be_over_in_time(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items))
    court.turn(days=13)
    review = court.appeal(act, court.ben)
    court.seat_drawn(review)
    court.turn(days=14)

    said = court.entries()
    with pytest.raises(RuleViolation, match="in time"):
        court.decide(review, REHEAR)

    assert court.entries() == said
    court.decide(review, proved(items), many=3)


def test_a_first_panel_sends_nothing_back(court: Court):
    act, items = court.to_panel()

    said = court.entries()
    with pytest.raises(RuleViolation, match="Only an appeal"):
        court.decide(act, REHEAR)
    with pytest.raises(RuleViolation, match="decides nothing"):
        court.decide(act, Ruling(False, "rehear", "Why not.", cites=tuple(items)))

    assert court.entries() == said


def test_of_a_panel_that_was_replaced_nobody_decides(court: Court):
    act, items = court.to_panel()
    court.turn(days=42)
    court.seat_drawn(act)
    court.turn(days=5)

    said = court.entries()
    with pytest.raises(RuleViolation, match="in your place"):
        court.decide_by_earlier(act, proved(items), step=4)

    assert (court.entries(), court.state(act)) == (said, "deciding")
