"""GO-05 of security-reliability.md: of three to twelve offices that organisers can withdraw, a third in any 14 days.

Each day two organisers begin to withdraw whatever they are let. The limit is from the text, and the counting from the
tables. Organisers themselves are withdrawn by no act of organisers: mandates end as invariants 6 and 7 say.
"""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection

from hub.errors import YES
from hub.groups import offices, offices_fold
from hub.groups import queries as groups
from tests.people_for_tests import ready
from tests.powers.oracle import DAY
from tests.powers.view import Row
from tests.powers.world import World, prepared

ORGANISERS = ("york_a", "york_b")
MANY = range(3, 13)
DAYS, WINDOW = 21, 14  # until those of a second window are gone, too


def crowded(many: int) -> tuple[World, Row]:
    """A world whose tenants have so many moderators, by the verbs."""
    world = World()
    world.resting.add("draws")
    group = world.view.registered[0]
    with world.unit() as tx:
        there = groups.get(tx, group.id)
        for name in [f"moderator_{number}" for number in range(many)]:
            act, token = offices.offer(tx, place=there, actor=world.actor(tx, ORGANISERS[0]))
            offices.accept(tx, token=token, shown=name, actor=ready(tx, name))
            for organiser in ORGANISERS:
                offices.confirm(tx, act=act, actor=world.actor(tx, organiser))
    world.wait(3 * 24)
    assert len(moderators(world, group)) == many
    return world, group


def moderators(world: World, group: Row) -> list[Row]:
    """The live moderators of a group."""
    return [grant for grant in world.view.live if (grant.role, grant.scope_id) == ("moderator", group.id)]


def withdraw_all(world: World, group: Row) -> None:
    """Two organisers withdraw one after another, until they are let no more."""
    running = {act.subject for act in world.view.open_of("withdraw_moderator")}
    for grant in moderators(world, group):
        if grant.holder not in running and not withdraw(world, group, grant):
            assert world.refusal.code == "groups.too_many_withdrawn"
            return


def withdraw(world: World, group: Row, grant: Row) -> bool:
    """One proposes and the other signs; tells whether they were let."""

    def both(tx: Connection) -> bool:
        there = groups.get(tx, group.id)
        act = offices.challenge(tx, place=there, grant=grant.id, actor=world.actor(tx, ORGANISERS[0]))
        offices.confirm(tx, act=act, actor=world.actor(tx, ORGANISERS[1]))
        return True

    return bool(world.attempt(both))


def most_at_once(many: int) -> tuple[int, int]:
    """How many of so many went in the fullest fourteen days, and in all days."""
    world, group = crowded(many)
    for _ in range(DAYS):
        withdraw_all(world, group)
        world.wait(24)
    gone = sorted(grant.ended_at for grant in world.view.grants if grant.ended_why == "withdrawn")
    return max(sum(start <= at < start + WINDOW * DAY for at in gone) for start in gone), len(gone)


@pytest.mark.parametrize("many", MANY)
def test_no_more_than_a_third_goes_in_any_fourteen_days(many):
    at_once, gone = most_at_once(many)

    # As many as may go do go, and later others: a limit that nobody reaches proves nothing.
    assert (at_once, gone > at_once) == (max(1, many // 3), True)


def test_planted_limit_of_a_half_is_found(monkeypatch):
    prepared()  # the hub that all begin with is made without the fault
    monkeypatch.setattr(offices_fold, "most_replaced", lambda of: max(1, of // 2))

    assert most_at_once(4)[0] == 2


def test_planted_limit_that_counts_nothing_is_found(monkeypatch):
    prepared()
    monkeypatch.setattr(offices_fold, "may_replace", lambda *_: YES)

    assert most_at_once(3) == (3, 3)
