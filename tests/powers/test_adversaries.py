"""Whoever means ill, with everything their office can do, at any time, for fifty steps, among people who do nothing.

Headquarters (its council, the steward who runs the machine, the roster's feed), a third of a group's or branch's
organisers with friends among the members, and a feed alone: none of them is ever given anything in an existing branch
or group, and none ends another's mandate. Sources: governance.md 9.1 number 13; security-reliability.md T4, T5, GO-07.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.constitution import actions as constitution
from tests.longer import TIMES
from tests.people_for_tests import ready
from tests.powers.planted import PLANTED
from tests.powers.search import run
from tests.powers.view import Row
from tests.powers.world import World

BY_WORD = ("lapsed", "moved", "emptied", "recalled")  # of the roster, or of the members
PLAIN = frozenset(f"member_{number}" for number in range(7))
HEADQUARTERS = frozenset({"cleo", "cyra", "stella"})


@dataclass(frozen=True)
class Adversary:
    """Who acts. feed: whether the roster's feed is theirs."""

    only: frozenset[str]
    feed: bool


ADVERSARIES = {
    "headquarters": Adversary(HEADQUARTERS, feed=True),
    "headquarters with helpers sent in": Adversary(HEADQUARTERS | PLAIN | {"mon_a"}, feed=False),
    "a third of a group's organisers": Adversary(frozenset({"york_a"}) | PLAIN, feed=False),
    "fewer than a third of a branch's organisers": Adversary(frozenset({"york_d"}) | PLAIN, feed=False),
    "the feed alone": Adversary(frozenset(), feed=True),
}


class Hostile(World):
    """A world in which only an adversary does anything. Stella is its steward, and runs the machine."""

    def __init__(self, adversary: Adversary) -> None:
        super().__init__(adversary.only)
        self.adversary = adversary
        with self.unit() as tx:
            stella = ready(tx, "stella")
            constitution.take_seat(tx, role="steward", shown="Stella", actor=stella)
        assert stella.person is not None
        self.people["stella"] = stella.person
        self.look()
        self.before = {grant.id: grant for grant in self.view.grants}
        self.places = {group.id for group in self.view.registered} | {branch.id for branch in self.view.branches}
        self.settings = {group.id: (group.joining, group.seats) for group in self.view.registered}


def gained(world: Hostile) -> list[Row]:
    """Grants that appeared in places which were there before, by anything but a ballot of theirs.

    An organiser lends out their own office, which ends with it: by that the adversary has no more than before.
    """
    made = [grant for grant in world.view.grants if grant.id not in world.before and grant.scope_id in world.places]
    theirs = {grant.id for grant in world.view.grants if grant.holder in ours(world)}
    lent = {grant.id for grant in made if grant.source == "delegation" and grant.lender in theirs}
    return [grant for grant in made if grant.source not in ("election", "caretaker") and grant.id not in lent]


def ours(world: Hostile) -> set[str | None]:
    """The adversary's names in the record, of those who have one."""
    return {world.view.holder_of.get(world.people[name]) for name in world.adversary.only} - {None}


def ended(world: Hostile) -> list[str]:
    """Why mandates of others in those places ended before their term, but for the roster's word."""
    view = world.view
    others = [grant for grant in view.grants if grant.id in world.before and grant.holder not in ours(world)]
    return [grant.ended_why for grant in others if grant.ended_why not in (None, *BY_WORD)]


@pytest.mark.parametrize("name", ADVERSARIES)
def test_adversary_gains_nothing_and_ends_nobody(name):
    for seed in range(12):
        assert_harmless(ADVERSARIES[name], seed)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ADVERSARIES)
def test_adversary_gains_nothing_in_many_searches(name):
    for seed in range(1000, 1000 + 60 * TIMES):
        assert_harmless(ADVERSARIES[name], seed)


def assert_harmless(adversary: Adversary, seed: int) -> None:
    """Searches fifty of the adversary's moves by a seed, and looks at what came of them."""
    world = Hostile(adversary)

    script, broken = run(seed, world, feed=adversary.feed)

    assert broken is None, script
    assert gained(world) == [], script
    assert ended(world) == [], script
    here = {group.id: (group.joining, group.seats) for group in world.view.registered if group.id in world.settings}
    assert here == world.settings, script
    for hiding in world.view.hidings:  # one hides for three days; to keep it hidden takes others
        act = next(act for act in world.view.acts if act.id == hiding.act)
        assert act.outcome in (None, "undone"), script
    assert len(script) > 10


@pytest.mark.parametrize(
    ("fault", "name", "room", "harm"),
    [
        ("measure_seats_who_declared", "headquarters", "emergencies", gained),
        ("resigns_for_another", "headquarters with helpers sent in", "people", ended),
    ],
)
def test_planted_fault_does_an_adversary_good(monkeypatch, fault, name, room, harm):
    Hostile(ADVERSARIES[name])  # the hub that all begin with is made without the fault
    PLANTED[fault].plant(monkeypatch)

    assert any(harm(searched(ADVERSARIES[name], seed, room)) for seed in range(12))


def searched(adversary: Adversary, seed: int, room: str) -> Hostile:
    """A world as far as an adversary got in it by moves of one room, until an invariant broke."""
    world = Hostile(adversary)
    run(seed, world, feed=adversary.feed, rooms=[room])
    return world


def test_steward_is_there_and_has_no_power_but_to_run_the_machine():
    view = Hostile(ADVERSARIES["headquarters"]).view

    (mine,) = [grant for grant in view.live if view.name_of[grant.holder] == "stella"]

    assert (mine.role, mine.scope_kind, view.powers["steward"]) == ("steward", "hub", {"hub.operate": "here"})
