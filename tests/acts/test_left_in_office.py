"""Nobody stays in an office that members, or those who may, took from them: both programs ask for the end itself.

A lying hub says that a recall, an election or a withdrawal is over, and leaves the end of the office out.
"""

from __future__ import annotations

import dataclasses
import json

import pytest

from hub.acts import actions as acts
from hub.acts import effects
from hub.groups import offices
from tests import copies, verifier
from tests.ballots.conftest import make_town as make_town
from tests.ballots.test_by_elections import resign_now
from tests.ballots.test_elections import elect_beside_an_appointed_one
from tests.people_for_tests import again, begin_appointments, found_branch, found_group, found_hub, ready, seat_council
from tests.petitions.test_decided import York
from tests.replaying import lines_of, passed_over


def election(db, clock_at, make_town):
    """The last founder is elected: the founder's own mandate ends as the new one begins."""
    town = make_town(db)
    with db.write() as tx:
        for founder in town.founders[1:]:
            resign_now(tx, founder)
    town.tick()
    holders = town.stand(town.founders[0], town.voters[0])
    town.clock.advance(days=14)
    town.tick()
    for person in town.everybody:
        town.cast(person, holders)
    for days in (7, 7):
        town.clock.advance(days=days)
        town.tick()
    return {"why": "superseded", "ends": None}


def handing_over(db, clock_at, make_town):
    """A group elects anew: whom earlier organisers appointed has fourteen days more."""
    elect_beside_an_appointed_one(db, make_town(db))
    return {"why": "superseded", "ends": "2027-06-03T20:00Z"}


def recall(db, clock_at, make_town):
    """Members vote an organiser out."""
    york = copies.of(db, York, at=clock_at)
    york.vote(york.recall(), yes=6, no=2)
    york.later(days=10)
    return {"why": "recalled"}


def withdrawal(db, clock_at, make_town):
    """Two organisers withdraw a moderator."""
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, (carl, dora) = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], founders)
        act, token = offices.offer(tx, place=group, actor=carl)
        offices.accept(tx, token=token, shown="Eve", actor=ready(tx, "eve"))
        for organiser in (carl, dora):
            offices.confirm(tx, act=act, actor=again(tx, organiser))
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        begin_appointments(tx, clock)
        grant = next(one for one in offices.permits.standing_grants(tx, scope=group.scope) if one.role == "moderator")
        challenge = offices.challenge(tx, place=group, grant=grant.id, actor=again(tx, carl))
        offices.confirm(tx, act=challenge, actor=again(tx, dora))
        clock.advance(days=3)
        acts.tick_all(tx)
    return {"why": "withdrawn"}


FLOWS = (election, handing_over, recall, withdrawal)


def without_the_end(db, told):
    """The record without one end of such an office, cut behind the entry that the act is over."""
    lines = list(lines_of(db))
    entries = [json.loads(raw) for raw, _said in lines]
    ended = max(place for place, one in enumerate(entries) if told.items() <= one["data"].items())
    act = entries[ended]["data"]["act"]
    over = next(
        place for place, one in enumerate(entries)
        if place > ended and one["type"] == "act.advanced" and one["data"]["act"] == act
    )  # fmt: skip
    return [*lines[:ended], *lines[ended + 1 : over + 1]]


@pytest.mark.parametrize("flow", FLOWS)
def test_act_is_not_over_while_somebody_is_left_in_an_office_that_it_ends(db, another_db, clock_at, make_town, flow):
    lines = without_the_end(db, flow(db, clock_at, make_town))

    last = len(lines) - 1
    assert passed_over(lines, another_db) == ([last], [last])


@pytest.mark.parametrize("flow", FLOWS)
def test_planted_folds_that_let_somebody_stay_are_found(db, another_db, clock_at, make_town, monkeypatch, flow):
    lines = without_the_end(db, flow(db, clock_at, make_town))
    for name, effect in effects.EFFECTS.items():
        monkeypatch.setitem(effects.EFFECTS, name, dataclasses.replace(effect, ends=""))
    monkeypatch.setattr(verifier.verifier, "left_in_office", lambda *_: False)

    assert passed_over(lines, another_db) == ([], [])


def test_planted_folds_that_forget_ends_of_a_later_day_are_found(db, another_db, clock_at, make_town, monkeypatch):
    lines = without_the_end(db, handing_over(db, clock_at, make_town))
    elects, owes_end = effects.EFFECTS["office.elect"], verifier.verifier.owes_end
    monkeypatch.setitem(effects.EFFECTS, "office.elect", dataclasses.replace(elects, later=None))
    monkeypatch.setattr(verifier.verifier, "owes_end", lambda *of: of[-1] is None and owes_end(*of))

    assert passed_over(lines, another_db) == ([], [])


def test_both_programs_know_the_same_effects_to_end_offices():
    assert {name: effect.ends for name, effect in effects.EFFECTS.items() if effect.ends} == verifier.verifier.ENDS
