"""Casts and changes in any order: the last choice under each receipt counts, and every mark has its one paper."""

from __future__ import annotations

import random
import sqlite3

import pytest
import sqlalchemy as sa

from hub import db as house
from hub.ballots import box, casting, published, queries, sweeping
from hub.ballots.models import ballot_papers, ballot_roll
from hub.count import RON
from hub.errors import RuleViolation
from tests.people_for_tests import again


@pytest.mark.parametrize("seed", range(4))
def test_last_choice_under_each_receipt_counts_whatever_came_between(db, make_town, monkeypatch, seed):
    """Invariants 24, 25, 27 and 28: a pool so small that most papers are put away before they are changed."""
    monkeypatch.setattr(box, "POOL", 2)
    town = make_town(db, voters=14)
    holders = [*town.to_ballot(*town.voters[:3]), RON]
    chance, model = random.Random(seed), {}
    people, voted = list(town.everybody), []
    chance.shuffle(people)
    for person in people[:16]:
        choice = chance.sample(holders, chance.randint(0, 4))
        model[town.cast(person, choice)] = choice
        voted.append(person)
        for _time in range(chance.randint(0, 2)):
            tracker = chance.choice(list(model))
            choice = chance.sample(holders, chance.randint(0, 4))
            nonce, phrase = town.receipts[tracker]
            with db.write() as tx:
                actor = again(tx, chance.choice(voted))
                changed = casting.change(
                    tx, ballot=town.ballot().id, choice=choice, nonce=nonce, phrase=phrase, actor=actor
                )
            assert changed == tracker
            model[tracker] = choice
        with db.read() as tx:
            papers = tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers))
            marks = tx.scalar(sa.select(sa.func.sum(ballot_roll.c.voted)))
        assert papers == marks == len(voted)
    town.clock.advance(days=7)
    town.tick()
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, town.ballot().file))

    assert {paper["tracker"]: paper["choice"] for paper in sheet["papers"]} == model
    for stage in sheet["count"]["stages"]:
        units = [*stage["votes"].values(), stage["non_transferable"], stage["rounding"]]
        assert sum(round(float(unit) * 100_000) for unit in units) == sheet["count"]["valid"] * 100_000


def test_change_needs_both_parts_of_a_receipt_and_a_vote_of_ones_own(db, town):
    holders = town.to_ballot(*town.voters[:2])
    tracker = town.cast(town.voters[3], [holders[0]])
    nonce, phrase = town.receipts[tracker]

    def change(person, nonce, phrase):
        with db.write() as tx:
            actor = again(tx, person)
            casting.change(tx, ballot=town.ballot().id, choice=[RON], nonce=nonce, phrase=phrase, actor=actor)

    for person, first, second in (
        (town.voters[3], nonce, "other words"),
        (town.voters[3], casting.new_nonce(), phrase),
        (town.voters[4], nonce, phrase),
    ):
        with pytest.raises(RuleViolation) as refused:
            change(person, first, second)
        assert refused.value.code == "ballots.no_receipt"
    with db.read() as tx:
        assert tx.scalars(sa.select(ballot_papers.c.choice)).all() == [f'["{holders[0]}"]']


def test_sweep_that_is_kept_from_the_store_is_tried_again(backend, make_town):
    database = backend.fresh(house.metadata)
    if database.is_sqlite:
        sa.event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA busy_timeout=10"))
    town = make_town(database)
    town.to_ballot(*town.voters[:2])
    town.clock.advance(days=7)
    town.tick()
    with database.read() as tx:
        tx.execute(sa.select(ballot_roll)).all()
        if database.is_sqlite:
            with pytest.raises((sweeping.Unswept, sqlite3.OperationalError)):
                sweeping.sweep(database)

    assert sweeping.sweep(database) == 1
    assert sweeping.sweep(database) == 0
    backend.release(database)
