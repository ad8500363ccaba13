"""Level 1: nothing stored joins voter and choice; not rows, hidden columns, order, time, nor pages after the close."""

from __future__ import annotations

import itertools
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from hub import db as house
from hub.ballots import box, casting, published, rules, sweeping
from hub.ballots.models import ballot_papers, ballot_roll
from tests.ballots.secrecy import follows, joins, raw_bytes, rows_of
from tests.people_for_tests import again

VOTES = 14


def cast_all(town, holders):
    """Everybody votes, in an order that the test alone knows; (person, tracker) in that order."""
    people = town.everybody[:VOTES]
    return [(person.person, town.cast(person, [holders[place % 2]])) for place, person in enumerate(people)]


def test_nothing_stored_joins_voter_and_choice_while_voting_is_open(db, town):
    cast = cast_all(town, town.to_ballot(*town.voters[:2]))
    papers = rows_of(db, ballot_papers)

    assert joins(db, cast) == []
    assert len(papers) == VOTES
    if db.is_sqlite:
        assert "rowid" not in papers[0]
    else:
        assert {row["xmin"] for row in papers} == {papers[0]["xmin"]}
        assert {row["xmax"] for row in papers} == {"0"}


def test_changed_vote_keeps_its_code_and_leaves_no_trace(db, town):
    holders = town.to_ballot(*town.voters[:2])
    cast = cast_all(town, holders)
    nonce, phrase = town.receipts[cast[0][1]]
    with db.write() as tx:
        actor = again(tx, town.everybody[0])
        casting.change(tx, ballot=town.ballot().id, choice=[holders[1]], nonce=nonce, phrase=phrase, actor=actor)

    assert joins(db, cast) == []
    assert sum(row["choice"] == f'["{holders[1]}"]' for row in rows_of(db, ballot_papers)) == VOTES // 2 + 1


def test_after_the_close_nothing_is_left_of_papers_and_of_when_anybody_voted(db, town, tmp_path):
    holders = town.to_ballot(*town.voters[:2])
    cast = cast_all(town, holders)
    open_bytes = raw_bytes(db)
    town.clock.advance(days=7)
    town.tick()
    published.publish(db, tmp_path)
    assert sweeping.sweep(db) == 1
    roll, closed = rows_of(db, ballot_roll), raw_bytes(db)

    assert rows_of(db, ballot_papers) == []
    assert any(tracker.encode() in open_bytes for _person, tracker in cast)
    assert [tracker for _person, tracker in cast if tracker.encode() in closed] == []
    assert [nonce for nonce, _phrase in town.receipts.values() if nonce.encode() in closed] == []
    assert joins(db, cast) == []
    assert sum(row["voted"] for row in roll) == VOTES
    if not db.is_sqlite:
        assert len({row["xmin"] for row in roll}) == 1
        order = {person: place for place, (person, _tracker) in enumerate(cast)}
        voted = sorted((row for row in roll if row["person"] in order), key=lambda row: row["ctid"])
        assert not follows([order[row["person"]] for row in voted])
    with db.read() as tx:
        assert sweeping.sweep(db) == 0
        assert tx.scalar(sa.select(sa.func.count()).select_from(ballot_papers)) == 0


def test_store_is_wiped_only_once_the_papers_it_still_lists_are_published(db, town, tmp_path):
    cast = cast_all(town, town.to_ballot(*town.voters[:2]))
    town.clock.advance(days=7)
    town.tick()

    assert sweeping.sweep(db) == 0  # counted between two jobs of the worker, by a member who brought the round
    published.publish(db, tmp_path)
    assert sweeping.sweep(db) == 1
    assert [tracker for _person, tracker in cast if tracker.encode() in raw_bytes(db)] == []


def test_box_stays_a_pool_and_every_paper_lies_among_many(db, town, monkeypatch):
    monkeypatch.setattr(box, "POOL", 3)
    cast = cast_all(town, town.to_ballot(*town.voters[:2]))
    rows = rows_of(db, ballot_papers)

    assert joins(db, cast) == []
    assert len(rows) == VOTES
    assert 3 <= sum(row["sealed"] == 0 for row in rows) < 6
    if not db.is_sqlite:
        together = [len([row for row in rows if row["xmin"] == xmin]) for xmin in {row["xmin"] for row in rows}]
        assert min(together) >= 3


# What careless code would do, and what the look at the store must find of it.
def _in_order(monkeypatch):
    numbers = itertools.count(10_000_000)
    monkeypatch.setattr(box.chance, "shuffle", lambda rows: None)
    mint = box.ids.new
    monkeypatch.setattr(box.ids, "new", lambda kind: f"ppr_{next(numbers)}" if kind == "ppr" else mint(kind))


def _alone(monkeypatch):
    def put(tx, *, ballot, tracker, choice, branch):
        row = {"id": box.ids.new("ppr"), "ballot": ballot, "tracker": tracker, "choice": choice, "branch": branch}
        tx.execute(sa.insert(ballot_papers), {**row, "sealed": 0})

    monkeypatch.setattr(box, "put", put)


@contextmanager
def an_old_reader(db):
    """Somebody still sees the store as it is now: PostgreSQL frees no place meanwhile, which would hide an order."""
    if db.is_sqlite:
        yield
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as tx:
        tx.exec_driver_sql("SELECT count(*) FROM ballot_papers").scalar()
        yield


def test_planted_order_of_the_votes_is_found(db, town, monkeypatch):
    holders = town.to_ballot(*town.voters[:2])
    _in_order(monkeypatch)

    with an_old_reader(db):
        found = joins(db, cast_all(town, holders))

    assert any("order of the votes" in one for one in found)


def test_planted_paper_written_alone_is_found(db, town, monkeypatch):
    holders = town.to_ballot(*town.voters[:2])
    _alone(monkeypatch)
    cast = cast_all(town, holders)

    found = joins(db, cast)

    assert db.is_sqlite or "one mark and one paper were written by one unit of work" in found


def test_planted_time_of_a_vote_is_found(fresh, make_town):
    database = fresh()
    with database.write() as tx:
        tx.exec_driver_sql("ALTER TABLE ballot_papers ADD COLUMN at BIGINT")
    town = make_town(database)
    cast = cast_all(town, town.to_ballot(*town.voters[:2]))
    with database.write() as tx:
        for place, (_person, tracker) in enumerate(cast):
            tx.execute(
                sa.text("UPDATE ballot_papers SET at = :at WHERE tracker = :code"), {"at": place, "code": tracker}
            )

    found = joins(database, cast)
    with database.write() as tx:
        tx.exec_driver_sql("ALTER TABLE ballot_papers DROP COLUMN at")

    assert "papers.at follows the order of the votes" in found
    assert house.metadata.tables["ballot_papers"].c.keys() == ["id", "ballot", "tracker", "choice", "branch", "sealed"]


def test_planted_key_on_both_sides_is_found(db, town):
    cast = cast_all(town, town.to_ballot(*town.voters[:2]))
    person, tracker = cast[3]
    with db.write() as tx:
        salt = tx.scalar(sa.select(ballot_roll.c.salt).where(ballot_roll.c.person == person))
        tx.execute(sa.update(ballot_papers).where(ballot_papers.c.tracker == tracker).values(id=salt))

    assert f"roll and paper share {salt}" in joins(db, cast)


def test_codes_differ_for_equal_phrases_and_equal_votes(town):
    holders = town.to_ballot(*town.voters[:1])
    codes = [town.cast(person, [holders[0]], phrase="the very same") for person in town.everybody[:8]]

    assert len(set(codes)) == 8
    assert codes[0] == rules.tracker_of(town.ballot().id, *town.receipts[codes[0]])


@pytest.mark.parametrize("typed", ["", "abc", "!!!!-!!!!-!!!!-!!!!", "iiii-iiii-iiii-iiii"])
def test_code_of_a_paper_is_read_however_it_is_typed_and_nothing_else(typed):
    assert rules.read_nonce(" 0123 4567-89AB cdef ") == "0123-4567-89ab-cdef"
    assert rules.read_nonce(typed) == ""
