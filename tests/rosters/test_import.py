"""What an import does to people: who is let in, who stays as they were, who is given time, who is ended."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from hub import clock
from hub.errors import Unsafe
from hub.matcher.compare import lookup
from hub.matcher.housework import end_due, forget_sleeping
from hub.matcher.intake import apply as applying
from hub.matcher.intake.lock import Busy, one_at_a_time
from hub.matcher.intake.reading import Unreadable
from hub.matcher.models import contact_spells, roster_entries
from tests.rosters.lists import HEADER, SETTINGS, everything, row, write_list

DECOYS = range(100, 140)


@pytest.fixture(autouse=True)
def day(clock_at):
    return clock_at("2026-10-01T09:00Z")


@pytest.fixture
def take(office, tmp_path):
    """Imports rows, and forty people whom nothing happens to, as a list; the rest as Office.take has it."""
    names = iter(range(1000))

    def taken(rows, header=HEADER, settings=SETTINGS, **more):
        decoys = [[*row(number), *[""] * (len(header) - len(HEADER))] for number in DECOYS]
        path = write_list(tmp_path / f"list-{next(names)}.csv", [*rows, *decoys], header)
        done = office.take(path, settings=settings, **more)
        assert done.state in ("applied", "examined"), (done.stops, done.further)
        return done

    return taken


@pytest.fixture
def statements(office):
    """What the hub has been told since it was last asked."""

    def told():
        found = []
        for path in sorted(office.desk.settings.statements.glob("*.json")):
            found.append(json.loads(path.read_text()))
            path.unlink()
        return found

    return told


def works(office, number, postcode=None):
    """Whether a handshake with a member's number and postcode finds them."""
    typed = postcode or row(number)[1]
    with office.desk.db.read() as tx:
        return lookup(tx, office.desk.keys, "GB", f"{number:07}", typed) is not None


def let_in(office, number):
    """Marks a member as somebody who has an account; returns the matcher's name for them."""
    digest = office.desk.keys.number_digest("GB", f"{number:07}")
    with office.desk.db.write() as tx:
        theirs = sa.update(roster_entries).where(roster_entries.c.id_digest == digest)
        tx.execute(theirs.values(redeemed_at=clock.now()))
        return tx.scalar(sa.select(roster_entries.c.ref).where(roster_entries.c.id_digest == digest))


def test_dry_run_writes_nothing_and_applying_does(office, take, statements):
    before = everything(office.desk)
    rows = [row(1), row(2)]

    dry = take(rows, is_real=False)
    after, told = everything(office.desk), statements()
    real = take(rows)

    assert (dry.state, dry.difference.counts["new"], after, told) == ("examined", 42, before, [])
    assert real.state == "applied"
    assert [works(office, number) for number in (1, 2, 3)] == [True, True, False]
    assert statements() == [
        {
            "kind": "imported", "batch": real.batch.id, "file": real.batch.sha256, "mode": "full", "approved": 0,
            "current_before": 0, "current_after": 42, "joined": 42, "left": 0, "no_effect": 0,
        }
    ]  # fmt: skip


def test_nothing_is_written_when_applying_fails_at_any_step(office, take, statements, monkeypatch):
    take([row(1), row(2), row(3)])
    statements()
    before = everything(office.desk)
    changed = [row(1, unit="BB"), row(2, status="Resigned"), row(4)]

    for step in (
        "_remember",
        "_feed",
        "_keep_former_pairs",
        "_update",
        "_note_absent",
        "_insert",
        "_write_import",
        "tell",
    ):
        with monkeypatch.context() as fault:
            fault.setattr(applying, step, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                take(changed)
        assert everything(office.desk) == before, step
    assert statements() == []
    assert take(changed).state == "applied"


def test_suspended_person_stays_and_a_suspended_stranger_is_no_member(office, take, statements):
    take([row(1), row(2)])
    statements()

    done = take([row(1, status="Suspended", unit="BB"), row(2), row(3, status="Expelled")])

    assert (done.difference.no_effect, done.difference.removals) == (1, 0)
    assert done.difference.counts["new_not_current"] == 1
    assert [works(office, number) for number in (1, 2, 3)] == [True, True, False]
    assert not works(office, 1, row(1, unit="BB")[1])
    assert [fact["no_effect"] for fact in statements()] == [1]


def test_lapse_counts_at_once_and_takes_effect_after_28_days(office, take, statements, day):
    take([row(1), row(2)])
    ref = let_in(office, 1)
    statements()

    done = take([row(1, status="Expired"), row(2)])
    first = statements()
    day.advance(days=27, hours=23)
    late = (end_due(office.desk.db), works(office, 1))
    day.advance(hours=1)
    end_due(office.desk.db)
    again = take([row(1, status="Expired"), row(2), row(9)])

    assert done.difference.counts["no_longer_current"] == 1
    ending = {"kind": "feed", "lines": [{"change": "ending", "entry_ref": ref, "why": "unpaid"}]}
    assert [first[0]["kind"], *first[1:]] == ["imported", ending]
    assert (late, works(office, 1), works(office, 2)) == ((0, True), False, True)
    assert again.difference.removals == 0
    ended = {"change": "ended", "entry_ref": ref, "why": "unpaid"}
    assert statements()[0] == {"kind": "feed", "lines": [ended]}


def test_lapsed_person_who_is_back_in_time_is_never_ended(office, take, statements, day):
    take([row(1), row(2)])
    ref = let_in(office, 1)
    take([row(1, status="Expired"), row(2)])
    day.advance(days=20)
    statements()

    back = take([row(1), row(2), row(3)])
    day.advance(days=20)

    assert back.difference.counts["now_current"] == 1
    assert statements()[1] == {"kind": "feed", "lines": [{"change": "restored", "entry_ref": ref}]}
    assert (end_due(office.desk.db), works(office, 1)) == (0, True)


def test_death_and_resignation_end_at_once(office, take, statements):
    take([row(1), row(2), row(3)])
    refs = [let_in(office, number) for number in (1, 2)]
    statements()

    take([row(1, status="Deceased"), row(2, status="Resigned"), row(3)])

    assert [works(office, number) for number in (1, 2, 3)] == [False, False, True]
    lines = [{"change": "ended", "entry_ref": ref, "why": "left"} for ref in refs]
    assert sorted(statements()[1]["lines"], key=lambda line: refs.index(line["entry_ref"])) == lines


@pytest.mark.parametrize("ends_by", ["fourteen days", "a second full list"])
def test_absent_person_works_until_the_clock_or_a_second_list_ends_them(office, take, statements, day, ends_by):
    take([row(1), row(2)])
    ref = let_in(office, 1)
    statements()

    once = take([row(2)])
    still = works(office, 1)
    if ends_by == "fourteen days":
        day.advance(days=13, hours=23)
        assert (end_due(office.desk.db), works(office, 1)) == (0, True)
        day.advance(hours=1)
        end_due(office.desk.db)
    else:
        day.advance(days=1)
    take([row(2), row(3)])

    assert (once.difference.counts["not_seen"], still, works(office, 1), works(office, 2)) == (1, True, False, True)
    feeds = [line for fact in statements() if fact["kind"] == "feed" for line in fact["lines"]]
    assert feeds == [{"change": change, "entry_ref": ref, "why": "absent"} for change in ("ending", "ended")]


def test_list_that_says_no_more_than_not_current_gives_no_reason(office, take, statements):
    settings = SETTINGS | {"status": {"current": ["Current"], "not_current": ["Gone"]}}
    take([row(1), row(2)], settings=settings)
    ref = let_in(office, 1)
    statements()

    take([row(1, status="Gone"), row(2)], settings=settings)

    assert [works(office, number) for number in (1, 2)] == [False, True]
    assert statements()[1] == {"kind": "feed", "lines": [{"change": "ended", "entry_ref": ref, "why": "unsaid"}]}


def test_absent_person_who_is_listed_again_stays(office, take, statements, day):
    take([row(1), row(2)])
    ref = let_in(office, 1)
    take([row(2)])
    day.advance(days=10)
    statements()

    take([row(1), row(2), row(3)])
    assert statements()[1] == {"kind": "feed", "lines": [{"change": "restored", "entry_ref": ref}]}
    day.advance(days=10)

    assert (end_due(office.desk.db), works(office, 1)) == (0, True)


def test_full_list_speaks_for_its_own_source_only(office, take):
    take([row(1), row(2)], settings=SETTINGS | {"source": "north"})

    done = take([row(8), row(9)], settings=SETTINGS | {"source": "south"})

    assert (done.difference.removals, done.difference.before, done.difference.own_before) == (0, 42, 0)
    assert [works(office, number) for number in (1, 2, 8, 9)] == [True] * 4


def test_moved_member_is_known_by_both_postcodes_for_180_days(office, take, statements, day):
    take([row(1), row(2)])
    ref = let_in(office, 1)
    statements()

    take([row(1, unit="BB", area="Hull"), row(2)])
    typed = [row(1)[1], row(1, unit="BB")[1]]

    assert [works(office, 1, postcode) for postcode in typed] == [True, True]
    assert statements()[1] == {"kind": "feed", "lines": [{"change": "moved", "area": "hull", "entry_ref": ref}]}
    day.advance(days=180)
    assert [works(office, 1, postcode) for postcode in typed] == [False, True]


def test_former_number_joins_the_person_who_returns(office, take, statements):
    header = (*HEADER, "Former membership number")
    take([[*row(1), ""], [*row(2), ""]], header)
    old = let_in(office, 1)
    statements()

    take([[*row(1, status="Resigned"), ""], [*row(3), "0000001"], [*row(2), "not a number"]], header)

    with office.desk.db.read() as tx:
        digest = office.desk.keys.number_digest("GB", "0000003")
        new = tx.scalar(sa.select(roster_entries.c.ref).where(roster_entries.c.id_digest == digest))
    lines = [line for fact in statements() if fact["kind"] == "feed" for line in fact["lines"]]
    assert lines == [
        {"change": "ended", "entry_ref": old, "why": "left"},
        {"change": "joined", "entry_ref": new, "former": old},
    ]


def test_unknown_branch_leaves_the_area_open_and_invents_none(office, take):
    done = take([row(1, area="Nowhere at all"), row(2)])

    assert done.reading.areas.unknown == {"Nowhere at all": 1}
    with office.desk.db.read() as tx:
        assert set(tx.scalars(sa.select(roster_entries.c.area))) == {None, "york"}


def test_second_import_at_once_is_told_who_is_at_work(office, take):
    before = everything(office.desk)

    with one_at_a_time(office.desk.settings.folder), pytest.raises(Busy, match=r"process \d+, since 2026-10-01T09:00Z"):
        take([row(1)])

    assert everything(office.desk) == before
    assert take([row(1)]).state == "applied"


def test_import_before_any_area_is_refused(office, take):
    office.desk.settings.areas.unlink()

    with pytest.raises(Unsafe, match="hub area import"):
        take([row(1)])


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [({"member_id": "Nummer"}, "does not have"), ({"colour": "Email"}, "may name")],
)
def test_columns_of_the_settings_are_taken_at_their_word(office, take, columns, sentence):
    before, settings = everything(office.desk), SETTINGS | {"columns": columns}

    with pytest.raises(Unreadable, match=sentence):
        take([row(1)], settings=settings)

    assert everything(office.desk) == before


def test_parts_with_other_columns_are_no_parts(office, tmp_path):
    one = write_list(tmp_path / "one.csv", [row(1)])
    two = write_list(tmp_path / "two.csv", [row(2)], ("Membership No", "Postcode", "Mail", "Branch", "Status"))

    with pytest.raises(Unreadable, match="different columns"):
        office.take(one, two, settings=SETTINGS)


def test_parts_in_another_order_of_columns_are_read_by_name(office, tmp_path):
    one = write_list(tmp_path / "one.csv", [row(1)])
    two = write_list(tmp_path / "two.csv", [list(reversed(row(2)))], reversed(HEADER))

    done = office.take(one, two, settings=SETTINGS)

    assert (done.difference.counts["new"], works(office, 1), works(office, 2)) == (2, True, True)


def kept(office):
    """How many rows there are, and how many contacts' spells without one."""
    with office.desk.db.read() as tx:
        rows = tx.scalars(sa.select(roster_entries.c.ref)).all()
        return len(rows), len(set(tx.scalars(sa.select(contact_spells.c.ref))) - set(rows))


def test_row_that_no_list_had_for_two_years_goes(office, take, day):
    take([row(1), row(2)])
    day.advance(days=40)
    take([row(1, status="Resigned"), row(2)])
    day.advance(days=730)

    before = forget_sleeping(office.desk.db), kept(office)
    day.advance(seconds=1)
    after = forget_sleeping(office.desk.db), kept(office)

    assert (before, after) == ((0, (42, 0)), (1, (41, 0)))


def test_member_of_today_stays_however_old_their_list_is(office, take, day):
    take([row(1), row(2)])
    day.advance(days=9000)

    assert (forget_sleeping(office.desk.db), kept(office)) == (0, (42, 0))
