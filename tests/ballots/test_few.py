"""Few papers (GO-29), votes changed (GO-25), rolls changed (GO-22): what is published, and what counts."""

from __future__ import annotations

import itertools
import json

import pytest
import sqlalchemy as sa

from hub import clock
from hub import db as house
from hub.acts import actions as acts
from hub.ballots import casting, counting, published, queries, reading, rules, ties
from hub.ballots.models import ballot_roll
from hub.constitution import limits
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.count import RON
from hub.lot.chains import rehearsed
from tests.ballots.test_elections import of_type
from tests.ballots.unbounded import leave_unbounded
from tests.people_for_tests import again

YES_OR_NO = 'kind = "yesno", formula = "yes_floor", days = 7'
DAYS = 7  # of voting


class Undo(Exception):
    """Takes a unit of work back."""


def image(tx):
    """Everything public: each public table and the record itself, row by row."""
    public = [table for table in house.metadata.sorted_tables if table.info["kind"] == "public"]
    tables = {table.name: sorted(map(str, tx.execute(sa.select(table)).all())) for table in public}
    tables["files"] = [str(row) for row in tx.execute(sa.select(house.metadata.tables["ballot_files"]))]
    return json.dumps(tables, sort_keys=True)


def told_of(town, choices):
    """What is published where people chose so: (outcome, winners, whether by lot) and an image before and after a lot.

    Then all of it is taken back.
    """
    opened = clock.now()
    try:
        with town.db.write() as tx:
            for person, choice in zip(town.everybody, choices, strict=False):
                casting.cast(
                    tx, ballot=town.ballot().id, choice=choice, nonce=casting.new_nonce(), phrase="my words",
                    actor=again(tx, person),
                )  # fmt: skip
            town.clock.advance(days=DAYS)
            acts.tick_all(tx)  # the election that may follow has a random name: not opened here
            ballot = queries.newest(tx)[0]
            waited = image(tx)
            if ballot.is_tied:
                town.clock.advance(minutes=ties.AFTER)
                reading.count_by(tx, ballot.id, rehearsed(int(str(ballot.source).rpartition("-")[2])))
            won = queries.winners(tx, ballot.id)
            found = (queries.get(tx, ballot.id).outcome, won, ballot.is_tied), waited + image(tx)
            raise Undo
    except Undo:
        town.clock(clock.format_minute(opened))
        return found


def by_winner(town, distributions):
    """The images of many distributions, by outcome and winners."""
    found = {}
    for choices in distributions:
        key, seen = told_of(town, choices)
        found.setdefault(key, set()).add(seen)
    return found


def ranked(holders):
    """Distributions of 0 to 9 papers: blank ones, one candidate's, another's, both in either order, nobody's."""
    one, other = holders
    kinds = [[], [one], [other], [one, other], [other, one], [RON], [RON, one]]
    few = [list(chosen) for many in (0, 1, 2) for chosen in itertools.combinations_with_replacement(kinds, many)]
    more = [[kind] * many for kind in kinds for many in (3, 9)]
    pairs = list(itertools.permutations(kinds, 2))
    mixed = [[first] * many + [second] * (9 - many) for first, second in pairs for many in (4,)]
    return few + more + mixed


@pytest.fixture
def sqlite_only(db):
    """One store is enough: what is compared is values."""
    if not db.is_sqlite:
        pytest.skip("the same values on either database")


@pytest.mark.usefixtures("sqlite_only")
def test_nought_to_nine_papers_publish_the_same_whatever_they_say_with_the_same_winners(town, monkeypatch):
    """But for whether a lot had to fall (docs/ballots.md), and the hash of a box, in which nonces stand."""
    monkeypatch.setattr(ties, "box_hash", lambda papers: "0" * 64)
    holders = town.to_ballot(*town.voters[:2])

    found = by_winner(town, ranked(holders))

    assert {key[1] for key in found} == {(), *((one,) for one in holders), tuple(sorted(holders))}
    assert [len(images) for images in found.values()] == [1] * len(found)


@pytest.mark.usefixtures("sqlite_only")
def test_nought_to_nine_answers_publish_the_same_whatever_they_say_with_the_same_outcome(db, make_town, monkeypatch):
    leave_unbounded(monkeypatch, "elect")
    town = make_town(db, text=default_text().replace('kind = "stv", days = 7', YES_OR_NO))
    town.to_ballot(town.voters[0])
    every = itertools.product(range(10), repeat=3)
    distributions = [["yes"] * y + ["no"] * n + ["abstain"] * a for y, n, a in every if y + n + a in (0, 1, 9)]

    found = by_winner(town, distributions)

    assert sorted(key[0] for key in found) == ["failed", "passed"]
    assert [len(images) for images in found.values()] == [1, 1]


@pytest.mark.usefixtures("sqlite_only")
def test_planted_number_of_few_papers_is_found(town, monkeypatch):
    holders = town.to_ballot(*town.voters[:2])
    monkeypatch.setattr(rules, "FEW", 5)

    found = by_winner(town, [[[holders[0]]] * 9, [[holders[0]]] * 8])

    assert max(len(images) for images in found.values()) == 2


def test_last_vote_under_a_receipt_counts_and_no_other(db, town):
    holders = town.to_ballot(*town.voters[:2])
    codes = [town.cast(person, [holders[0]]) for person in town.everybody[:11]]
    for choice in ([holders[1]], [], [holders[1], holders[0]]):
        nonce, phrase = town.receipts[codes[0]]
        with db.write() as tx:
            casting.change(
                tx, ballot=town.ballot().id, choice=choice, nonce=nonce, phrase=phrase,
                actor=again(tx, town.everybody[0]),
            )  # fmt: skip
    town.clock.advance(days=7)
    town.tick()
    with db.read() as tx:
        sheet = published.parse_sheet(queries.waiting_file(tx, str(town.ballot().file)))

    assert {paper["tracker"]: paper["choice"] for paper in sheet["papers"]} == {
        **{code: [holders[0]] for code in codes}, codes[0]: [holders[1], holders[0]],
    }  # fmt: skip
    assert town.ballot().papers == 11


@pytest.mark.parametrize("changed", ["added", "removed", "exchanged"])
def test_roll_that_was_changed_in_silence_fails_its_ballot_and_says_so(db, town, changed):
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:12]:
        town.cast(person, holders)
    with db.write() as tx:
        mine = ballot_roll.c.person == town.everybody[13].person
        if changed == "added":
            row = {"ballot": town.ballot().id, "person": "per_made_up", "salt": "0" * 32, "branch": None, "voted": 0}
            tx.execute(sa.insert(ballot_roll), row)
        elif changed == "removed":
            tx.execute(sa.delete(ballot_roll).where(mine))
        else:
            tx.execute(sa.update(ballot_roll).where(mine).values(person="per_made_up"))
    town.clock.advance(days=7)
    town.tick()

    told = of_type(db, "ballot.counted")[0]
    assert (told["outcome"], told["winners"], told["flaw"], told["file"]) == ("failed", [], "roll_changed", None)


def test_planted_count_that_trusts_any_roll_is_found(db, town, monkeypatch):
    monkeypatch.setattr(counting, "_flaw", lambda *_: None)
    holders = town.to_ballot(*town.voters[:2])
    for person in town.everybody[:12]:
        town.cast(person, holders)
    with db.write() as tx:
        tx.execute(sa.delete(ballot_roll).where(ballot_roll.c.person == town.everybody[13].person))
    town.clock.advance(days=7)
    town.tick()

    assert of_type(db, "ballot.counted")[0]["flaw"] is None


@pytest.mark.parametrize("kind", limits.STATUTORY)
def test_ballot_that_the_law_gives_to_an_independent_scrutineer_does_not_load(kind):
    with pytest.raises(Broken) as broken:
        load(default_text().replace('kind = "stv", days = 7', f'kind = "{kind}", days = 7'))

    assert any(
        f"kind is {kind}: the law gives such a ballot to an independent scrutineer" in fault
        for fault in broken.value.faults
    )
    assert "Ballots that the law gives to an independent scrutineer are not held here." in {
        answer.sentence for answer in load(default_text()).answers
    }
