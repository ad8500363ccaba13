"""Who was elected and leaves before the start: held like anybody in office, and no election stands still for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from hub import ledger
from hub.acts.effects import EFFECTS
from hub.ballots import elected
from hub.constitution.actions import default_text
from hub.errors import YES
from hub.groups import membership
from hub.people import actions as people
from hub.permits import queries as permits
from hub.standing import actions as standing
from hub.standing import queries
from hub.web.sentences import tell
from tests import verifier
from tests.ballots.conftest import make_town as make_town
from tests.ballots.conftest import town as town
from tests.replaying import assert_replays, lines_of, passed_over

COUNT, START = 7, 6  # days: from the opening of a ballot to its count; from there until scrutineers are done with it


def carry_out(town):
    """The worker's round: first what the roster said, then the clock."""
    standing.carry_out(town.db, also_end=membership.end_memberships)
    town.tick()


def leave(town, *who):
    """The roster says that some left."""
    with town.db.write() as tx:
        for one in who:
            standing.follow(tx, one.person, {"change": "ended", "why": "left", "area": None})
    carry_out(town)


def elect(town, many, *, left=()):
    """So many voters stand and win; some of them left while members voted. Their holders, at the count."""
    holders = town.to_ballot(*town.voters[:many])
    for person in town.everybody:
        town.cast(person, holders)
    leave(town, *left)
    town.clock.advance(days=COUNT)
    carry_out(town)
    return holders


def told(town, *types):
    """What the record says of such entries, oldest first."""
    with town.db.read() as tx:
        found = [ledger.get(tx, index) for index in range(ledger.size(tx))]
    return [(entry.type, entry.data) for entry in found if entry.type in types]


def holds(town):
    """Each hold of mandates: (changes, within, of)."""
    kept = [data for _type, data in told(town, "standing.held") if data["kind"] == "mandates"]
    return [(data["changes"], data["within"], data["of"]) for data in kept]


def sentences(town):
    """What the record says of each hold, as far as it names numbers."""
    with town.db.read() as tx:
        found = [ledger.get(tx, index) for index in range(ledger.size(tx))]
        return [tell(tx, one).partition(" That is")[0] for one in found if one.type == "standing.held"]


def lapses(town):
    """Each lapse: whether it had waited, and whether it holds from when the mandate began."""
    began = {data["grant"]: data["due"] for _type, data in told(town, "grant.made")}
    ended = [data for _type, data in told(town, "grant.ended") if data["why"] == "lapsed"]
    return [(data["held"] is not None, data["due"] == began[data["grant"]]) for data in ended]


def organisers(town):
    """Who organises the branch now."""
    with town.db.read() as tx:
        return {one.holder for one in permits.live_grants(tx, scope=town.branch.scope) if one.role == "admin"}


def offices(town):
    """How many mandates the newest election gave in the record."""
    return sum(data["source"] == "election" for _type, data in told(town, "grant.made"))


@pytest.mark.parametrize(("gone", "waits"), [(1, False), (2, False), (3, True)])
def test_winners_of_three_leave_before_they_begin(town, another_db, gone, waits):
    holders = elect(town, 3)
    first = town.election()
    leave(town, *town.voters[:gone])
    assert (holds(town), lapses(town)) == ([(3, 3, 3)] if waits else [], [])

    town.clock.advance(days=2 * START)
    carry_out(town)

    assert organisers(town) == set(holders if waits else holders[gone:])
    assert (offices(town), lapses(town)) == (3, [] if waits else [(False, True)] * gone)
    town.clock.advance(days=28)
    carry_out(town)
    assert organisers(town) == (set() if waits else set(holders[gone:]))
    assert (offices(town), lapses(town)) == (3, [(True, False)] * 3 if waits else [(False, True)] * gone)
    assert (town.election() != first) == (gone > 1)
    assert_replays(town.db, another_db)


def test_all_seven_elected_leave_in_one_statement_and_nobody_is_out(town, another_db):
    holders = elect(town, 7)

    leave(town, *town.voters[:7])

    assert holds(town) == [(7, 7, 7)]
    assert sentences(town)[-1] == (
        "The list would end the mandates of 7 of the 7 people who are elected in York branch and not in office yet, "
        "within days."
    )
    town.clock.advance(days=2 * START)
    carry_out(town)
    assert (organisers(town), holds(town)) == (set(holders), [(7, 7, 7)])
    assert_replays(town.db, another_db)


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_winners_left_while_members_voted(town, another_db, gone):
    """Nobody knew then that they would be elected: what is too much at once is held as their mandates begin."""
    holders = elect(town, 3, left=town.voters[:gone])
    assert holds(town) == []

    town.clock.advance(days=2 * START)
    carry_out(town)

    is_much = gone > 2
    assert holds(town) == ([(3, 3, 3)] if is_much else [])
    said = ["The list would end the mandates of 3 of the 3 people in office in York branch within days."]
    assert [one for one in sentences(town) if "mandates" in one] == (said if is_much else [])
    assert organisers(town) == set(holders if is_much else holders[gone:])
    assert lapses(town) == ([] if is_much else [(False, True)] * gone)
    town.clock.advance(days=28)
    carry_out(town)
    assert organisers(town) == (set() if is_much else set(holders[gone:]))
    assert lapses(town) == ([(True, False)] * 3 if is_much else [(False, True)] * gone)
    assert_replays(town.db, another_db)


def test_two_a_week_are_within_the_limit_each_and_together_wait(town, another_db):
    """Whoever the roster ends before the start is counted there, all of them, whenever that was."""
    elect(town, 7, left=town.voters[:2])
    leave(town, *town.voters[2:4])
    assert holds(town) == []

    town.clock.advance(days=2 * START)
    carry_out(town)

    assert (holds(town), offices(town), lapses(town)) == ([(4, 4, 7)], 7, [])
    town.clock.advance(days=28)
    carry_out(town)
    assert lapses(town) == [(True, False)] * 4
    assert_replays(town.db, another_db)


def test_third_of_seven_within_a_week_waits_though_the_record_tells_of_no_other(town):
    elect(town, 7)
    leave(town, *town.voters[:2])
    town.clock.advance(days=3)

    leave(town, town.voters[2])

    assert holds(town) == [(1, 3, 7)]


def test_whoever_has_waited_as_elected_waits_no_second_time(town, another_db):
    holders = elect(town, 3)
    leave(town, *town.voters[:3])
    town.clock.advance(days=28)
    standing.carry_out(town.db, also_end=membership.end_memberships)  # the roster's word, and the clock only afterwards
    assert lapses(town) == []

    town.tick()

    assert (organisers(town) & set(holders), holds(town)) == (set(), [(3, 3, 3)])
    assert lapses(town) == [(True, False)] * 3
    assert_replays(town.db, another_db)


def test_whoever_is_a_member_again_keeps_what_waits(town, another_db):
    holders = elect(town, 3, left=town.voters[:3])
    town.clock.advance(days=2 * START)
    carry_out(town)
    with town.db.write() as tx:
        since = dt.date(2020, 1, 1)
        people.give_standing(tx, person=str(town.voters[0].person), area="york", since=since, proved_by="code")

    town.clock.advance(days=28)
    carry_out(town)

    assert organisers(town) == {holders[0]}
    assert_replays(town.db, another_db)


def test_organisers_and_those_elected_after_them_raise_no_limit_for_one_another(make_town, db):
    """Two in office and two elected: one of each can leave in a week, and no second."""
    town = make_town(db)
    elect(town, 2)
    with db.read() as tx:
        office = len(permits.live_grants(tx, scope=town.branch.scope))

    leave(town, *town.voters[:2], *town.founders[:2])

    assert (office, holds(town)) == (5, [(2, 2, 2)])
    assert len(organisers(town)) == 3


def without_a_mandate(town):
    """The record of an election of three, one of whom a lying hub leaves out: cut behind the entry that it is over."""
    elect(town, 3)
    town.clock.advance(days=2 * START)
    carry_out(town)
    lines = list(lines_of(town.db))
    kinds = [json.loads(raw)["type"] for raw, _said in lines]
    made = max(place for place, kind in enumerate(kinds) if kind == "grant.made")
    over = kinds.index("act.advanced", made)
    return [*lines[:made], *lines[made + 1 : over + 1]]


def test_hub_leaves_out_nobody_who_was_elected(town, another_db):
    lines = without_a_mandate(town)

    last = len(lines) - 1
    assert passed_over(lines, another_db) == ([last], [last])


def test_planted_folds_that_let_somebody_be_left_out_are_found(town, another_db, monkeypatch):
    lines, effect = without_a_mandate(town), EFFECTS["office.elect"]
    monkeypatch.setitem(EFFECTS, "office.elect", dataclasses.replace(effect, settled=lambda *_: YES))
    monkeypatch.setattr(verifier.verifier, "owed_mandates", lambda *_: set())

    assert passed_over(lines, another_db) == ([], [])


@pytest.mark.parametrize("plant", ["those elected hold nothing", "leavers before the start are forgotten"])
def test_planted_fault_is_found(town, another_db, monkeypatch, plant):
    if plant == "those elected hold nothing":
        monkeypatch.setattr(elected, "in_waiting", lambda *_: {})
        with pytest.raises(AssertionError):
            test_all_seven_elected_leave_in_one_statement_and_nobody_is_out(town, another_db)
    else:
        monkeypatch.setattr(queries, "left_before", lambda *_: {})
        with pytest.raises(AssertionError):
            test_third_of_seven_within_a_week_waits_though_the_record_tells_of_no_other(town)


def in_fourteen_days(make_town, db):
    """A town in which mandates of a former area end after fourteen days."""
    before = "[numbers.moved_days]\nvalue = 60"
    assert default_text().count(before) == 1
    return make_town(db, text=default_text().replace(before, before.replace("60", "14")))


def test_whoever_moved_away_before_organises_nothing_once_their_days_are_over(make_town, db, another_db):
    town = in_fourteen_days(make_town, db)
    holders = town.to_ballot(*town.voters[:2])
    with db.write() as tx:
        standing.follow(tx, str(town.voters[0].person), {"change": "moved", "area": "ynys-mon"})
    carry_out(town)
    for person in (*town.founders, *town.voters[1:]):
        town.cast(person, holders)

    for _ in range(COUNT + 2 * START):
        town.clock.advance(days=1)
        carry_out(town)

    assert organisers(town) == {holders[1]}
    assert [data["why"] for _type, data in told(town, "grant.ended") if data["why"] != "superseded"] == ["moved"]
    assert_replays(db, another_db)


def test_whoever_moved_away_keeps_a_mandate_for_their_days(make_town, db):
    town = make_town(db)
    holders = elect(town, 2)
    with db.write() as tx:
        standing.follow(tx, str(town.voters[0].person), {"change": "moved", "area": "ynys-mon"})
    carry_out(town)

    town.clock.advance(days=2 * START)
    carry_out(town)

    assert organisers(town) == set(holders)


def test_whoever_is_in_office_and_elected_again_waits_once(town, another_db):
    holders = town.to_ballot(*town.founders[:3])
    for person in town.everybody:
        town.cast(person, holders)
    town.clock.advance(days=COUNT)
    carry_out(town)

    leave(town, *town.founders[:3])

    assert holds(town) == [(3, 3, 5)]
    town.clock.advance(days=2 * START)
    carry_out(town)
    assert (organisers(town), lapses(town)) == (set(holders), [])
    town.clock.advance(days=28)
    carry_out(town)
    assert (organisers(town), holds(town), lapses(town)) == (set(), [(3, 3, 5)], [(True, False)] * 3)
    assert_replays(town.db, another_db)
