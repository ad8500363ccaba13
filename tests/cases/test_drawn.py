"""Who is drawn for a case, over 10,000 draws each: nobody in conflict, and everybody else alike often (GO-12).

The pools are those that the hub froze for a complaint; whom they leave out is counted from the town, not from them.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from hub.cases import barring, drawing
from hub.lot import walk
from hub.lot.pool import make_pool, make_ticket
from hub.people.models import standings
from tests.cases.conftest import Court
from tests.cases.test_suspension import final
from tests.lot.arranged import name_of
from tests.lot.test_walk import LIKELY, chance_of, unevenness

DRAWS, SEATS = 10_000, 3
STEPS = {"duty": 0, "jurors": 4}


def pools_and_wanted(court: Court) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Who has a ticket in the draws of a complaint of Ada, and who ought to have: of the other branch, and of those
    none who screened it where it is decided.
    """
    act = court.admitted()
    court.charge(act)
    court.answer(act)
    court.turn(days=1)
    with court.db.write() as tx:
        there = set(tx.scalars(sa.select(standings.c.person).where(standings.c.area != "york")))
        screened = {one.person for one in court.sitting_at(tx, act, 0)}
        found = {by: court.pool(tx, act, step) for by, step in STEPS.items()}
    return found, {"duty": there, "jurors": there - screened}


def chance(pool: set[str]) -> float:
    """The chance of drawing members of a pool as unevenly as 10,000 seeds did. Of an even number, one is set apart."""
    tickets = {make_ticket(name_of(number), {}): person for number, person in enumerate(sorted(pool))}
    frozen, times = make_pool(tickets), Counter(dict.fromkeys(pool, 0))
    for number in range(DRAWS):
        times.update(tickets[one] for one in walk.draw_panel(frozen, SEATS, [], f"{number:064x}").accepted)
    assert set(times) == pool
    return chance_of(unevenness(list(times.values()), SEATS), len(pool) - 1)


def odd(pool: set[str]) -> set[str]:
    """A pool of an odd number, for which the chance is a sum: without its last."""
    return set(sorted(pool)[: len(pool) - (len(pool) + 1) % 2])


def test_those_drawn_for_a_case_are_all_but_whoever_is_in_conflict_and_alike_often(court: Court):
    pools, wanted = pools_and_wanted(court)

    assert pools == wanted
    assert {by: chance(odd(pool)) > LIKELY for by, pool in pools.items()} == {"duty": True, "jurors": True}


def test_planted_pool_with_the_branches_of_the_sides_is_seen(court: Court, monkeypatch):
    monkeypatch.setattr(drawing, "_neighbours", lambda *_: set())
    pools, wanted = pools_and_wanted(court)

    assert all(pools[by] - wanted[by] for by in STEPS)


def test_planted_order_that_favours_somebody_is_seen(court: Court, monkeypatch):
    pools, _wanted = pools_and_wanted(court)
    fair = walk.order_of

    def favours(pool, seed, round_):
        first, second, *others = fair(pool, seed, round_)
        return (first, second, *sorted(others[:2], key=lambda one: one.name), *others[2:])

    monkeypatch.setattr(walk, "order_of", favours)

    assert {by: chance(odd(pool)) < LIKELY for by, pool in pools.items()} == {"duty": True, "jurors": True}


def drawn_for(court: Court) -> set[str]:
    """Who has a ticket for the duty panel of another complaint of Ada."""
    act = court.complain()
    court.tick()
    with court.db.read() as tx:
        return court.pool(tx, act, STEPS["duty"])


def suspend(court: Court, days: int) -> str:
    """Somebody of the other branch is suspended; returns who."""
    with court.db.read() as tx:
        there = [one for one in court.town.members if court.lives_in(tx, one) != "york"]
    final(Court(court.town, there[0], there[1]), "suspension", days)
    return there[1].person or ""


def test_nobody_suspended_has_a_ticket_for_a_case_until_the_days_are_over(court: Court):
    whose = suspend(court, 60)
    with court.db.read() as tx:
        there = set(tx.scalars(sa.select(standings.c.person).where(standings.c.area != "york")))

    assert drawn_for(court) == there - {whose}
    court.turn(days=60)
    assert drawn_for(court) == there


def test_planted_pool_with_the_suspended_is_seen(court: Court, monkeypatch):
    monkeypatch.setattr(barring, "suspended", lambda _tx: set())
    whose = suspend(court, 60)

    assert whose in drawn_for(court)
