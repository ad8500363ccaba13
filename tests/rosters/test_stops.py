"""Stops: their exact limits, what passes each, and that two operators must. Undoing: what was before is again."""

from __future__ import annotations

import json

import pytest

from hub.errors import Conflict, Forbidden, Invalid, NotFound, Unsafe
from hub.matcher.housework import forget_imports
from hub.matcher.intake.difference import Difference
from hub.matcher.intake.operators import check_operator, name_operator, remove_operator
from hub.matcher.intake.second import approve, take_back
from hub.matcher.intake.stops import Allowed, Facts, Window, further_stops, stops
from tests.rosters.lists import HEADER, SETTINGS, everything, row, write_list

# What may differ after an undoing: the note that there was an import.
NOTES = ("imports", "sources")


@pytest.fixture(autouse=True)
def day(clock_at):
    return clock_at("2026-10-01T09:00Z")


def difference(**given: int) -> Difference:
    """A difference in one area, of a roster of 1,000."""
    found = Difference(before=given.pop("before", 1000), own_before=given.pop("own", 1000))
    found.counts.update(given)
    found.ended["york"] = found.removals
    found.joined["york"] = found.joiners
    found.before_by_area["york"] = found.before
    return found


def reasons(found, facts=None, allowed=None):
    facts = facts or Facts(rows=1000, rejected=0, full=True)
    return [stop.reason for stop in stops(found, facts, allowed or Allowed()) if not stop.is_passed]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"not_seen": 50}, []),
        ({"not_seen": 51}, ["too_many_removals"]),
        ({"not_seen": 26, "no_longer_current": 25}, ["too_many_removals"]),
        ({"not_seen": 50, "own": 400, "before": 400}, ["total_shrinks"]),
        ({"not_seen": 100}, ["too_many_removals"]),
        ({"not_seen": 101}, ["too_many_removals", "total_shrinks"]),
        ({"not_seen": 101, "new": 1}, ["too_many_removals"]),
        ({"new": 5000}, []),
    ],
)
def test_removals_stop_strictly_above_their_limits(given, expected):
    assert reasons(difference(**given)) == expected


def test_partial_list_is_never_stopped_for_removals():
    assert reasons(difference(no_longer_current=900), Facts(rows=1000, rejected=0, full=False)) == []


def test_bad_rows_stop_strictly_above_one_per_cent():
    assert reasons(difference(), Facts(rows=1000, rejected=10, full=False)) == []
    assert reasons(difference(), Facts(rows=1000, rejected=11, full=False)) == ["too_many_bad_rows"]
    assert reasons(difference(), Facts(rows=999, rejected=10, full=False)) == ["too_many_bad_rows"]


@pytest.mark.parametrize("number", [None, 105, 107])
def test_only_the_exact_number_passes(number):
    found = difference(not_seen=106)

    assert reasons(found, allowed=Allowed(removals=number)) == ["too_many_removals", "total_shrinks"]
    assert reasons(found, allowed=Allowed(removals=106)) == []


def test_list_that_names_no_members_is_passed_by_nothing():
    facts = Facts(rows=10, rejected=0, full=True, says_who=False)
    everything_said = Allowed(0, 0, 0, 0, headers=True, again=True)

    assert reasons(difference(), facts, everything_said) == ["no_membership_information"]


def further(found, window=None, **allowed):
    facts = Facts(rows=1000, rejected=0, full=True, windows={"york": window} if window else {})
    return [
        (stop.reason, stop.option) for stop in further_stops(found, facts, Allowed(**allowed)) if not stop.is_passed
    ]


def test_area_leavers_add_up_over_thirty_days():
    known = Window(start=1000, left=15, joined=0, is_first=False)

    assert further(difference(not_seen=5), known) == []
    assert further(difference(not_seen=6), known) == [("too_many_leavers_in_area", "--allow-removals 6")]
    assert further(difference(not_seen=6), known, removals=6) == []
    assert further(difference(not_seen=5, before=10, own=10), Window(10, is_first=False)) == []
    assert further(difference(not_seen=6, before=10, own=10), Window(10, is_first=False)) != []


def test_area_joiners_stop_except_in_its_first_list():
    known = Window(start=100, left=0, joined=4, is_first=False)

    assert further(difference(new=6, before=100), known) == []
    assert further(difference(new=7, before=100), known) == [("too_many_joiners_in_area", "--allow-joiners 7")]
    assert further(difference(new=5, now_current=2, before=100), known, joiners=7) == []
    assert further(difference(new=500, before=0, own=0)) == []


def test_changed_contacts_stop_strictly_above_their_limit():
    assert further(difference(changed_contact=50)) == []
    assert further(difference(changed_contact=51)) == [("too_many_changed_contacts", "--allow-contacts 51")]
    assert further(difference(changed_contact=51), contacts=51) == []


@pytest.fixture
def asked(office):
    """A purge that an operator has asked for by its exact number; told() says what the hub has heard."""
    assert office.take("civicrm-2026-10.csv").state == "applied"
    return office.take("civicrm-purge.csv", allowed=Allowed(removals=106), operator="ann")


def told(office):
    return [json.loads(path.read_text())["kind"] for path in sorted(office.desk.settings.statements.glob("*.json"))]


def test_passed_stop_waits_and_changes_nobody(office):
    office.take("civicrm-2026-10.csv")
    before = everything(office.desk, "waiting", "waiting_rows")

    done = office.take("civicrm-purge.csv", allowed=Allowed(removals=106), operator="ann")

    assert (done.state, done.must_stop) == ("waiting", False)
    assert everything(office.desk, "waiting", "waiting_rows") == before
    assert told(office) == ["imported"]


def test_second_operator_carries_it_out(office, asked):
    assert approve(office.desk, asked.batch.id, operator="ben") == "import"

    after = office.facts("civicrm-purge.csv", is_real=False)
    kept = everything(office.desk)
    facts = [json.loads(path.read_text()) for path in sorted(office.desk.settings.statements.glob("*.json"))]
    assert (kept["waiting"], kept["waiting_rows"], len(kept["priors"])) == ([], [], 106)
    assert (after["stop"]["reasons"][0], facts[-1]["approved"], facts[-1]["left"]) == ("already_applied", 1, 106)


@pytest.mark.parametrize("who", ["ann", "ben"])
def test_approval_is_refused_to_the_asker_and_for_nothing(office, asked, who):
    before = everything(office.desk)

    with pytest.raises((Forbidden, NotFound)):
        approve(office.desk, asked.batch.id if who == "ann" else "imp_none", operator=who)

    assert everything(office.desk) == before


def test_approval_is_refused_when_the_roster_has_changed(office, asked):
    office.take("civicrm-2026-11.csv")
    before = everything(office.desk)

    with pytest.raises(Unsafe, match="--allow-removals"):
        approve(office.desk, asked.batch.id, operator="ben")

    assert everything(office.desk) == before


def test_approval_is_too_late_after_seven_days(office, asked, day):
    day.advance(days=7, minutes=1)

    with pytest.raises(NotFound):
        approve(office.desk, asked.batch.id, operator="ben")
    forget_imports(office.desk.db)

    assert (everything(office.desk)["waiting"], everything(office.desk)["waiting_rows"]) == ([], [])


def test_stop_is_not_passed_by_nobody(office):
    office.take("civicrm-2026-10.csv")
    before = everything(office.desk)

    with pytest.raises(Unsafe, match="--operator"):
        office.take("civicrm-purge.csv", allowed=Allowed(removals=106), operator="")

    assert everything(office.desk) == before


def test_operator_is_known_by_their_key_alone(office):
    with office.desk.db.write() as tx:
        ann, ben = name_operator(tx, "ann"), name_operator(tx, "ben")
        check_operator(tx, "ann", f" {ann}\n")
        for name, key in (("ann", ben), ("ann", ""), ("nobody", ann), ("ben", "\ud800")):
            with pytest.raises(Forbidden):
                check_operator(tx, name, key)
        for name in ("ann", "A", "x" * 41, "a b", ""):
            with pytest.raises(Invalid):
                name_operator(tx, name)
        remove_operator(tx, "ben")
        with pytest.raises(Forbidden):
            check_operator(tx, "ben", ben)
        with pytest.raises(Invalid):
            remove_operator(tx, "ben")

    kept = everything(office.desk)
    assert [row[0] for row in kept["operators"]] == ["ann"]
    assert [json.loads(json.dumps(fact))["count"] for _, fact in sorted(kept["tellings"])] == [1, 2, 1]
    assert ann not in repr(kept)


def test_undoing_puts_everything_back(office, day):
    office.take("civicrm-2026-10.csv")
    before = everything(office.desk, *NOTES)
    day.advance(days=10)
    done = office.take("civicrm-2026-11.csv")
    assert everything(office.desk, *NOTES) != before

    assert take_back(office.desk, done.batch.id, removals=None, operator="") == "undone"

    assert everything(office.desk, *NOTES) == before
    assert told(office) == ["imported", "imported", "undone"]
    assert office.take("civicrm-2026-11.csv").state == "applied"


def test_undoing_tells_the_hub_whom_it_concerns(office, tmp_path):
    people = [row(number) for number in range(100, 140)]
    office.take(write_list(tmp_path / "a.csv", [row(1), *people]), settings=SETTINGS)
    done = office.take(write_list(tmp_path / "b.csv", [row(1, area="Hull"), row(2), *people]), settings=SETTINGS)
    import sqlalchemy as sa

    from hub import clock
    from hub.matcher.models import roster_entries

    with office.desk.db.write() as tx:
        tx.execute(sa.update(roster_entries).values(redeemed_at=clock.now()))
        digests = [office.desk.keys.number_digest("GB", f"{n:07}") for n in (1, 2)]
        one, two = (
            tx.scalar(sa.select(roster_entries.c.ref).where(roster_entries.c.id_digest == digest)) for digest in digests
        )

    take_back(office.desk, done.batch.id, removals=None, operator="")

    last = [json.loads(path.read_text()) for path in sorted(office.desk.settings.statements.glob("*.json"))][-1]
    assert last == {
        "kind": "feed",
        "lines": [
            {"change": "moved", "area": "york", "entry_ref": one},
            {"change": "ended", "entry_ref": two, "why": "undone"},
        ],
    }


@pytest.mark.parametrize("case", ["unknown", "twice", "not the newest", "too old"])
def test_undoing_is_refused_with_its_reason(office, day, case):
    first = office.take("civicrm-2026-10.csv")
    second = office.take("civicrm-2026-11.csv")
    name = {"unknown": "imp_none", "not the newest": first.batch.id}.get(case, second.batch.id)
    if case == "twice":
        take_back(office.desk, name, removals=None, operator="")
    if case == "too old":
        day.advance(days=31)
    before = everything(office.desk)

    with pytest.raises((Conflict, NotFound)):
        take_back(office.desk, name, removals=None, operator="")

    assert everything(office.desk) == before


def test_undoing_that_ends_many_needs_the_number_and_a_second_operator(office):
    done = office.take("civicrm-2026-10.csv")
    before = everything(office.desk)

    for number, operator in ((None, "ann"), (352, "ann"), (353, "")):
        with pytest.raises(Unsafe):
            take_back(office.desk, done.batch.id, removals=number, operator=operator)
    assert everything(office.desk) == before
    assert take_back(office.desk, done.batch.id, removals=353, operator="ann") == "waiting"
    assert everything(office.desk, "waiting") == {name: rows for name, rows in before.items() if name != "waiting"}
    assert approve(office.desk, done.batch.id, operator="ben") == "undoing"
    assert everything(office.desk)["roster_entries"] == []


def test_imports_cannot_be_taken_back_after_thirty_days_and_are_forgotten(office, day):
    office.take("civicrm-2026-10.csv")
    office.take("civicrm-2026-11.csv")
    assert everything(office.desk)["priors"]
    day.advance(days=31)

    forget_imports(office.desk.db)

    assert everything(office.desk)["priors"] == []


def test_changed_columns_are_accepted_by_two(office):
    office.take("civicrm-2026-10.csv")

    done = office.take("changed-headers.csv", allowed=Allowed(headers=True), operator="ann")
    approve(office.desk, done.batch.id, operator="ben")

    assert office.take("changed-headers.csv", is_real=False).stops[0].reason == "already_applied"


def test_headers_in_another_order_are_the_same(office, tmp_path):
    office.take(write_list(tmp_path / "a.csv", [row(1)]), settings=SETTINGS)
    other = write_list(tmp_path / "b.csv", [list(reversed(row(1)))], reversed(HEADER))

    assert office.take(other, settings=SETTINGS).state == "applied"
