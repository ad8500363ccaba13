"""A branch's boundary: moved by nobody at the hub alone, and declared as the branch agreed, two weeks later."""

from __future__ import annotations

import pytest

from hub import ledger
from hub.branches import actions as branches
from hub.branches import boundaries, queries
from hub.branches import entries as records
from hub.errors import Forbidden, NotFound, RuleViolation
from tests import copies
from tests.people_for_tests import again, entry_count, found_branch, found_hub, member, seat_council
from tests.replaying import assert_replays

SMALLER = [{"slug": "york", "names": ["York", "Efrog"], "districts": ["YO1"]}]
BEFORE, AFTER = ("YO1", "YO71"), ("YO1",)


class York:
    """A branch, and the operator's proposal to take a district from it."""

    def __init__(self, db, clock_at):
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra")
            self.branch, self.organisers = found_branch(tx, self.council)
            self.elsewhere = member(tx, "decoy", "ynys-mon")
            branches.declare_at_founding(tx, SMALLER, operator="op")
            (proposal,) = queries.proposals_of_areas(tx)
        self.proposal = proposal.id

    def agree(self, who, area="york"):
        with self.db.write() as tx:
            boundaries.agree(tx, proposal=self.proposal, area=area, actor=again(tx, who))

    def declare(self):
        with self.db.write() as tx:
            branches.confirm_areas(tx, proposal=self.proposal, actor=again(tx, self.council[0]))

    def refused(self, do, kind=RuleViolation):
        """The code of the refusal; nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(kind) as refused:
            do()
        with self.db.read() as tx:
            assert entry_count(tx) == before
        return refused.value.code

    @property
    def districts(self):
        with self.db.read() as tx:
            return tuple(queries.area(tx, "york").districts)


@pytest.fixture
def york(db, clock_at):
    return copies.of(db, York, at=clock_at)


def test_two_organisers_agree_and_two_weeks_later_the_council_declares(york, another_db):
    york.agree(york.organisers[0])
    york.agree(york.organisers[1])
    york.clock.advance(days=14)

    york.declare()

    assert york.districts == AFTER
    with york.db.read() as tx:
        assert boundaries.waiting(tx) == []
    assert_replays(york.db, another_db)


def test_the_hub_alone_moves_no_boundary(york):
    york.clock.advance(days=60)
    assert york.refused(york.declare) == "areas.not_agreed"
    york.agree(york.organisers[0])
    york.clock.advance(days=60)
    assert york.refused(york.declare) == "areas.not_agreed"
    assert york.districts == BEFORE


def test_a_day_too_early_is_too_early(york):
    york.agree(york.organisers[0])
    york.clock.advance(days=10)
    york.agree(york.organisers[1])
    york.clock.advance(days=13, hours=23)
    assert york.refused(york.declare) == "areas.not_agreed"
    york.clock.advance(hours=1)
    york.declare()
    assert york.districts == AFTER


def test_nobody_agrees_twice_or_for_another_branch(york):
    york.agree(york.organisers[0])
    assert york.refused(lambda: york.agree(york.organisers[0])) == "areas.agreed_before"
    assert york.refused(lambda: york.agree(york.council[0]), Forbidden)
    assert york.refused(lambda: york.agree(york.elsewhere), Forbidden)
    assert york.refused(lambda: york.agree(york.organisers[1], "ynys-mon"), NotFound)


def test_what_was_agreed_is_declared_and_nothing_else(york):
    """The operator swaps the districts after the branch agreed: the entry carries what was agreed to."""
    for one in york.organisers[:2]:
        york.agree(one)
    york.clock.advance(days=14)

    def swapped():
        with york.db.write() as tx:
            grant = again(tx, york.council[0]).grants[0]
            record = records.AreaDeclared("york", ["York"], ["YO71"], york.proposal)
            ledger.append(tx, record, by=grant.entry)

    assert york.refused(swapped) == "areas.not_agreed"


def test_other_names_and_areas_without_a_branch_take_the_council_alone(york):
    with york.db.write() as tx:
        for row in queries.proposals_of_areas(tx):
            tx.exec_driver_sql("DELETE FROM area_proposals")
            assert row.id == york.proposal
        free = [
            {"slug": "york", "names": ["York", "Jórvík"], "districts": list(BEFORE)},
            {"slug": "ynys-mon", "names": ["Ynys Môn"], "districts": ["LL81", "LL82"]},
        ]
        branches.declare_at_founding(tx, free, operator="op")
        (proposal,) = queries.proposals_of_areas(tx)
        branches.confirm_areas(tx, proposal=proposal.id, actor=again(tx, york.council[0]))
        assert queries.area(tx, "ynys-mon").districts == ("LL81", "LL82")
