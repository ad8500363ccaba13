"""A clock that runs late: what the roster ends holds from when it was due, and the record says the same of it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from hub import clock, ledger
from hub.errors import RuleViolation
from hub.ledger.models import entries
from hub.people.models import standings
from hub.permits import queries as permits
from hub.permits.entries import GrantEnded
from hub.permits.models import grants
from hub.standing import fold
from tests.people_for_tests import entry_count
from tests.replaying import assert_replays


def ended(db):
    """What the record says ended, and since when: (grant, why, due); and the rows of it."""
    with db.read() as tx:
        raws = tx.scalars(sa.select(entries.c.bytes).where(entries.c.type == "grant.ended").order_by(entries.c.index))
        told = [json.loads(bytes(raw))["data"] for raw in raws]
        rows = {row.id: row.ended_at for row in tx.execute(sa.select(grants).where(grants.c.ended_at.is_not(None)))}
    return [(data["grant"], data["why"], data["due"]) for data in told], rows


def until(db, who):
    with db.read() as tx:
        return tx.scalar(sa.select(standings.c.until_at).where(standings.c.person == who.person))


@pytest.mark.parametrize("late", [0, 1, 99])
def test_office_lapses_from_when_it_was_due_however_late_the_clock(hub, another_db, clock_at, late):
    with hub.db.read() as tx:
        (mine,) = permits.grants_of(tx, permits.holder_of_person(tx, hub.founders[0].person))
    hub.say((hub.founders[0], "ended", "unpaid"))
    due = clock_at.advance(days=28)
    clock_at.advance(days=late)
    hub.carry_out()

    assert ended(hub.db) == ([(mine.id, "lapsed", clock.format_minute(due))], {mine.id: due})
    assert until(hub.db, hub.founders[0]) == due
    assert_replays(hub.db, another_db)


@pytest.mark.parametrize("late", [0, 99])
def test_mandate_of_who_moved_ends_from_when_it_was_due(hub, clock_at, late):
    hub.say((hub.organisers[0], "moved", "moved"), area="leeds")
    due = clock_at.advance(days=60)
    clock_at.advance(days=late)
    hub.carry_out()

    assert [(why, since) for _grant, why, since in ended(hub.db)[0]] == [("moved", clock.format_minute(due))]


def test_what_waits_under_a_hold_ends_from_its_end(hub, another_db, clock_at):
    hub.say(*[(who, "ended", "unpaid") for who in hub.organisers])
    clock_at.advance(days=28)
    hub.carry_out()
    over = clock_at.advance(days=28)
    clock_at.advance(days=30)
    hub.carry_out()

    told, rows = ended(hub.db)
    assert {since for _grant, _why, since in told} == {clock.format_minute(over)}
    assert set(rows.values()) == {over}
    assert len(told) == len(hub.organisers)
    assert_replays(hub.db, another_db)


def test_lapse_ahead_of_its_due_is_refused(hub, clock_at):
    with hub.db.read() as tx:
        grant, before = permits.live_grants(tx, scope=hub.group.scope)[0], entry_count(tx)
    ahead = clock.format_minute(clock_at.moment + clock.DAY)

    with pytest.raises(RuleViolation) as refused, hub.db.write() as tx:
        ledger.append(tx, GrantEnded(grant.id, "lapsed", due=ahead), by=None)

    assert refused.value.code == "permits.not_yet"
    with hub.db.read() as tx:
        assert entry_count(tx) == before


def back_dated(hub, clock_at, days):
    """How many mandates of the branch a hub may end at once when it dates each some days back."""
    clock_at.advance(days=40)
    since, done = clock.format_minute(clock_at.moment - days * clock.DAY), 0
    with hub.db.read() as tx:
        held = permits.live_grants(tx, scope=hub.branch.scope)
    for grant in held:
        try:
            with hub.db.write() as tx:
                ledger.append(tx, GrantEnded(grant.id, "lapsed", due=since), by=None)
        except RuleViolation:
            continue
        done += 1
    return done


@pytest.mark.parametrize("days", [0, 20])
def test_dating_back_takes_nothing_out_of_the_days_that_count(hub, clock_at, days):
    assert back_dated(hub, clock_at, days) == 2


def test_planted_window_of_when_ends_hold_is_found(hub, clock_at, monkeypatch):
    def by_end(tx, scope, at):
        since = at - 7 * clock.DAY
        held = sa.select(grants.c.holder).where(grants.c.scope_id == scope, grants.c.ended_at > since)
        return held.where(grants.c.ended_why.in_(("lapsed", "moved")))

    monkeypatch.setattr(fold, "_ended_by_feed", by_end)

    assert back_dated(hub, clock_at, 20) > 2
