"""Acts that the clock moves together: the same bytes and rows as one by one, whatever stands between them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import clock, ids
from hub import db as house
from hub.acts import actions as acts
from hub.acts import fold, rounds, rules
from hub.acts import queries as act_queries
from hub.acts.effects import EFFECTS, Effect
from hub.acts.entries import ActAdvanced
from hub.errors import RuleViolation
from hub.groups import founding, offices, settings
from hub.ledger import entries, writer
from tests import copies
from tests.people_for_tests import PLAN, again, entry_count, found_branch, found_group, found_hub, ready, seat_council
from tests.replaying import lines_of, public_tables, rows_of

SEED = bytes(32)
STANDS, ONLY_MOVES = fold._stands, acts._only_moves


class Town:
    """Two groups, and acts of every sort under way: some will only move, some found something or have an effect."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            branch, organisers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            group, founders = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "flo")], organisers)
        self.branch, self.organisers, self.group, self.founders = branch, organisers, group, founders
        for number in range(3):
            self.offer(3 * number)
            self.offer(3 * number + 1, accepted=True)
            self.found(f"Circle {number}")
            clock_at.advance(hours=5)
        self.change()
        self.offer(10, accepted=True)

    def offer(self, number: int, *, accepted: bool = False) -> None:
        """An appointment that waits: for the member, or for its second signature."""
        with self.db.write() as tx:
            # One organiser has three waiting at most: those that nobody accepts are the other's.
            act, token = offices.offer(tx, place=self.group, actor=again(tx, self.founders[0 if accepted else 1]))
            if accepted:
                offices.accept(tx, token=token, shown="M", actor=ready(tx, f"mod_{number}"))
                offices.confirm(tx, act=act, actor=again(tx, self.founders[0]))

    def found(self, name: str) -> None:
        """A founding that waits for its second founder."""
        with self.db.write() as tx:
            plan = founding.Plan(name, PLAN.purpose, "branch")
            founding.propose(tx, branch=self.branch, plan=plan, shown="F", actor=again(tx, self.organisers[0]))

    def change(self) -> None:
        """A change of settings that waits for the end of its notice."""
        with self.db.write() as tx:
            act = settings.propose(
                tx, group=self.group, joining="accept", seats=20, seats_most=5000, actor=again(tx, self.founders[0])
            )
            settings.confirm(tx, act=act, actor=again(tx, self.founders[1]))


@pytest.fixture
def town(db, clock_at) -> Town:
    return copies.of(db, Town, at=clock_at)


def copy(db, other) -> None:
    """Copies every row of one database into another, empty one."""
    with db.read() as tx, other.write() as there:
        for table in house.metadata.sorted_tables:
            if rows := [dict(row) for row in tx.execute(sa.select(table)).mappings()]:
                there.execute(sa.insert(table), rows)


def one_by_one(db) -> int:
    """What the clock does, act after act."""
    with ids.drawn_from(SEED), db.write() as tx:
        return sum(acts.run(tx, act) for act in act_queries.due_by(tx, clock.now()))


def together(db) -> int:
    """The same, as the worker does it."""
    with ids.drawn_from(SEED):
        return rounds.move_due(db, set())


def differences(db, other) -> list[str]:
    """The public tables in which two databases differ; "bytes" where their entries do."""
    found = [] if list(lines_of(db)) == list(lines_of(other)) else ["bytes"]
    return found + [table.name for table in public_tables() if rows_of(db, table) != rows_of(other, table)]


@pytest.mark.parametrize("many", [1, 2, 3, 500])
@pytest.mark.parametrize("days", [3, 14, 15, 29, 99])
def test_acts_moved_together_write_the_same_as_one_by_one(town, another_db, monkeypatch, many, days):
    monkeypatch.setattr(acts, "MANY", many)
    monkeypatch.setattr(rounds, "MANY", many)
    town.clock.advance(days=days)
    copy(town.db, another_db)

    moved = one_by_one(another_db)

    assert together(town.db) == moved > 0
    assert differences(town.db, another_db) == []
    assert together(town.db) == 0


def closing_the_wrong_entry(entry, later, move):
    """A fault of the many: an act's end is noted at the entry before."""
    return {**STANDS(entry, later, move), "closing": entry.index - 1}


def not_waiting(state, now):
    """Another: acts with an effect, or whose end frees a name, are thought to only move."""
    return [move for move in rules.tick(state, now) if move.outcome in rules.ENDINGS] or ONLY_MOVES(state, now)


def test_planted_fault_of_the_many_is_found(town, another_db, monkeypatch):
    town.clock.advance(days=15)
    copy(town.db, another_db)
    one_by_one(another_db)

    monkeypatch.setattr(fold, "_stands", closing_the_wrong_entry)
    together(town.db)

    assert differences(town.db, another_db) == ["acts"]


def test_end_that_frees_a_name_is_never_applied_with_the_many(town, monkeypatch):
    town.clock.advance(days=29)
    with town.db.read() as tx:
        before = entry_count(tx)
        due = list(act_queries.due_by(tx, clock.now()))

    monkeypatch.setattr(acts, "_only_moves", not_waiting)

    with pytest.raises(RuntimeError, match="ends one by one"), town.db.write() as tx:
        acts.run_all(tx, due)
    with town.db.read() as tx:
        assert entry_count(tx) == before


def test_many_moves_of_which_one_is_not_owed_are_refused_whole(town):
    town.clock.advance(days=15)
    with town.db.read() as tx:
        states = act_queries.some(tx, [state.id for state in act_queries.all_running(tx)])
        before = entry_count(tx)
    owed = [state for state in states.values() if acts._only_moves(state, clock.now())]
    records = [acts._advanced(move) for state in owed for move in rules.tick(state, clock.now())]
    foul = ActAdvanced(owed[0].id, 0, clock.format_minute(clock.now()), "done")

    with pytest.raises(RuleViolation) as refused, town.db.write() as tx:
        writer.append_all(tx, [*records[1:], foul], states)

    assert refused.value.code == "acts.not_due"
    with town.db.read() as tx:
        assert entry_count(tx) == before


def test_only_the_clocks_moves_are_appended_together():
    assert {name for name, spec in entries.TYPES.items() if spec.apply_all} == {"act.advanced"}


def test_crash_between_units_loses_nothing(town, another_db, monkeypatch):
    monkeypatch.setattr(acts, "MANY", 2)
    monkeypatch.setattr(rounds, "MANY", 2)
    town.clock.advance(days=15)
    copy(town.db, another_db)
    one_by_one(another_db)
    done, true = [], rounds.run_all

    def crashing(tx, some):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(some)
        return true(tx, some)

    monkeypatch.setattr(rounds, "run_all", crashing)
    with pytest.raises(KeyboardInterrupt):
        together(town.db)
    with town.db.read() as tx, another_db.read() as whole:
        part = 0 < entry_count(tx) < entry_count(whole)
    monkeypatch.setattr(rounds, "run_all", true)
    together(town.db)

    assert part
    assert differences(town.db, another_db) == []


def test_act_that_fails_stops_no_other(town, monkeypatch, caplog):
    town.clock.advance(days=15)
    broken: set[str] = set()
    true = EFFECTS["group.change"]

    def fail(tx, state, due):
        raise ZeroDivisionError

    monkeypatch.setitem(EFFECTS, "group.change", Effect(fail, true.owes, true.ended, true.tell, true.signs))
    rounds.move_due(town.db, broken)

    with town.db.read() as tx:
        late = {state.id for state in act_queries.all_running(tx) if state.due <= clock.now()}
        changing = {state.id for state in act_queries.all_running(tx) if state.procedure == "change_settings"}
    assert late == broken == changing
