"""What each word of the feed does to standing, mandates and rights, and when; and what it does not do."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from hub import ledger, outbox
from hub.errors import RuleViolation
from hub.ledger.models import entries
from hub.people import queries as people
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.standing import actions as standing
from hub.standing import rules as standing_rules
from hub.standing.entries import StandingUnheeded
from tests.people_for_tests import entry_count, member, types
from tests.replaying import assert_replays


def is_member(hub, who):
    """Tells whether somebody has standing."""
    with hub.db.read() as tx:
        return people.standing_of(tx, who.person) is not None


def letters(hub, who):
    """How many letters of each kind somebody has."""
    with hub.db.read() as tx:
        return Counter(letter.template for letter in outbox.notices(tx, who.person))


@pytest.mark.parametrize("why", ["left", "died"])
def test_who_left_or_died_is_out_at_once(hub, another_db, why):
    carl, dora = hub.founders

    hub.say((carl, "ended", why))

    assert hub.holders(hub.group.scope) == {dora.holder}
    assert (is_member(hub, carl), is_member(hub, dora)) == (False, True)
    assert [letters(hub, who)["membership_ended"] for who in (carl, dora)] == [1, 0]
    assert_replays(hub.db, another_db)


@pytest.mark.parametrize("change", ["ended", "ending"])
@pytest.mark.parametrize("why", ["unpaid", "absent", "undone", "made up yesterday", None])
def test_whatever_else_the_feed_says_takes_its_days(hub, another_db, clock_at, change, why):
    clock = clock_at("2026-11-21T20:00Z")
    carl, dora = hub.founders

    hub.say((carl, change, why))
    clock.advance(days=27, hours=23, minutes=59)
    hub.say((carl, "ended", why))

    assert hub.holders(hub.group.scope) == {carl.holder, dora.holder}
    assert is_member(hub, carl)
    clock.advance(minutes=1)
    hub.carry_out()
    assert hub.holders(hub.group.scope) == {dora.holder}
    assert (is_member(hub, carl), is_member(hub, dora)) == (False, True)
    assert_replays(hub.db, another_db)


def test_member_is_told_when_it_is_said_and_a_week_before(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    carl = hub.founders[0]
    hub.say((carl, "ending", "unpaid"), (carl, "ending", "unpaid"))
    told = [letters(hub, carl)["membership_ending"]]

    for days in (20, 1, 1):
        clock.advance(days=days)
        with hub.db.write() as tx:
            standing.remind(tx)
        told.append(letters(hub, carl)["membership_ending"])

    assert told == [1, 1, 2, 2]


def test_renewal_takes_an_end_back(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    carl, dora = hub.founders
    hub.say((carl, "ending", "unpaid"), (dora, "ending", "unpaid"))
    clock.advance(days=10)
    hub.say((carl, "restored", None))
    clock.advance(days=30)
    hub.carry_out()

    assert (is_member(hub, carl), is_member(hub, dora)) == (True, False)
    assert [letters(hub, who)["membership_goes_on"] for who in (carl, dora)] == [1, 0]


def test_death_while_unpaid_ends_at_once(hub):
    carl = hub.founders[0]
    hub.say((carl, "ending", "unpaid"))

    hub.say((carl, "ended", "died"))

    assert not is_member(hub, carl)


@pytest.mark.parametrize(
    "lines", [("suspended", None), ("expelled", None), ("ended", "expelled"), ("ending", "suspended")]
)
def test_suspension_and_expulsion_without_a_case_do_nothing_but_count(hub, another_db, clock_at, lines):
    clock = clock_at("2026-11-21T20:00Z")
    carl, dora = hub.founders

    hub.say((carl, *lines))
    clock.advance(days=100)
    hub.carry_out()

    assert hub.holders(hub.group.scope) == {carl.holder, dora.holder}
    assert is_member(hub, carl)
    with hub.db.read() as tx:
        last = ledger.get(tx, ledger.size(tx) - 1)
    few = {"suspended": None, "expelled": None}
    assert (last.type, last.data) == ("standing.unheeded", {"day": "2026-11-21", **few})
    assert_replays(hub.db, another_db)


def unheeded(hub) -> list[dict]:
    """What the record says of suspensions and expulsions without a case."""
    with hub.db.read() as tx:
        found = [ledger.get(tx, index) for index in range(ledger.size(tx))]
        return [entry.data for entry in found if entry is not None and entry.type == "standing.unheeded"]


@pytest.mark.parametrize(("many", "said"), [(1, None), (4, None), (5, 5)])
def test_fewer_than_five_are_told_as_no_number_and_once_a_day(hub, another_db, clock_at, many, said):
    clock = clock_at("2026-11-21T20:00Z")
    everybody = [*hub.founders, *hub.organisers]

    hub.say(*((person, "suspended", None) for person in everybody[:many]))
    hub.say((everybody[-1], "expelled", None))
    first = unheeded(hub)
    clock.advance(days=1)
    hub.carry_out()
    hub.carry_out()

    told = {"day": "2026-11-21", "suspended": said, "expelled": None}
    assert first == [told]
    assert unheeded(hub) == [told, {"day": "2026-11-22", "suspended": None, "expelled": None}]
    assert_replays(hub.db, another_db)


def test_entry_that_counts_fewer_than_five_is_refused(hub, clock_at):
    clock_at("2026-11-21T20:00Z")
    with hub.db.read() as tx:
        before = ledger.size(tx)

    for suspended, expelled in ((4, None), (None, 0), (7, 1)):
        with pytest.raises(RuleViolation) as refused, hub.db.write() as tx:
            ledger.append(tx, StandingUnheeded("2026-11-21", suspended, expelled), by=None)
        assert refused.value.code == "standing.too_few"

    with hub.db.read() as tx:
        assert ledger.size(tx) == before


def test_planted_fault_an_exact_number_is_found(hub, another_db, clock_at, monkeypatch):
    monkeypatch.setattr(standing_rules, "published", lambda count: count)

    with pytest.raises(AssertionError):
        test_fewer_than_five_are_told_as_no_number_and_once_a_day(hub, another_db, clock_at, 4, None)


def test_move_takes_the_right_along_and_leaves_the_mandate_its_days(hub, another_db, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    carl, dora = hub.founders

    hub.say((carl, "moved", None), area="ynys-mon")

    with hub.db.read() as tx:
        assert people.area_of(tx, carl.person) == "ynys-mon"
    clock.advance(days=59, hours=23, minutes=59)
    hub.carry_out()
    assert hub.holders(hub.group.scope) == {carl.holder, dora.holder}
    clock.advance(minutes=1)
    hub.carry_out()
    assert hub.holders(hub.group.scope) == {dora.holder}
    assert is_member(hub, carl)
    with hub.db.read() as tx:
        assert [g.ended_why for g in permits.all_grants(tx, hub.group.scope) if g.holder == carl.holder] == ["moved"]
    assert_replays(hub.db, another_db)


def test_who_moves_back_in_time_keeps_the_mandate(hub, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    carl, dora = hub.founders
    hub.say((carl, "moved", None), area="ynys-mon")
    clock.advance(days=30)
    hub.say((carl, "moved", None), area="york")
    clock.advance(days=40)
    hub.carry_out()

    assert hub.holders(hub.group.scope) == {carl.holder, dora.holder}


def test_line_about_somebody_without_standing_changes_nothing(hub):
    with hub.db.write() as tx:
        stranger = member(tx, "stranger")
    hub.say((stranger, "ended", "left"))
    with hub.db.read() as tx:
        before = entry_count(tx)

    hub.say((stranger, "ended", "unpaid"), (stranger, "moved", None), (stranger, "restored", None), area="york")

    with hub.db.read() as tx:
        assert entry_count(tx) == before
    assert not is_member(hub, stranger)


def test_hub_that_ends_mandates_faster_is_found_by_whoever_replays(hub):
    with hub.db.write() as tx:
        live = permits.live_grants(tx, scope=hub.branch.scope)
        for grant in live[:2]:
            ledger.append(tx, GrantEnded(grant.id, "lapsed"), by=None)
        before = types(tx)

    with pytest.raises(RuleViolation) as refused, hub.db.write() as tx:
        ledger.append(tx, GrantEnded(live[2].id, "lapsed"), by=None)

    assert refused.value.code == "standing.too_fast"
    with hub.db.read() as tx:
        assert types(tx) == before
        assert tx.scalar(sa.select(sa.func.max(entries.c.index))) == len(before) - 1
