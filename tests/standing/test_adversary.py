"""A feed that says anything about anybody at any time: no mandate ends sooner than the rules say, nor too many."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import sqlalchemy as sa

from hub import clock
from hub.errors import RuleViolation
from hub.permits import queries as permits
from hub.permits.models import grants as grants_table
from hub.standing import rules, tripwire
from hub.standing.models import standing_holds
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)
WORDS = [
    ("ended", "left"), ("ended", "died"), ("ended", "unpaid"), ("ended", "absent"), ("ended", None),
    ("ending", "unpaid"), ("ending", "left"), ("suspended", None), ("expelled", None), ("ended", "expelled"),
    ("restored", None), ("moved", None),
]  # fmt: skip


class Feed:
    """Says things by chance, and remembers when it first doubted or moved each holder, and who is gone at once."""

    def __init__(self, hub, clock, seed):
        self.hub, self.clock, self.chance = hub, clock, random.Random(seed)
        self.people = [*hub.organisers, *hub.founders]
        self.doubted, self.moved, self.gone, self.seen = {}, {}, set(), set()

    def step(self):
        """Waits a while, then says one to seven things at once."""
        self.clock.advance(days=self.chance.choice([0, 0, 1, 3, 6, 9]), minutes=self.chance.randrange(1440))
        lines = [
            (who, *self.chance.choice(WORDS)) for who in self.chance.sample(self.people, self.chance.randint(1, 7))
        ]
        for who, change, why in lines:
            self.remember(who.holder, change, why)
        self.hub.say(*lines, area=self.chance.choice(["york", "ynys-mon"]))

    def remember(self, holder, change, why):
        """Notes what a line lets happen, and from when on."""
        if change == "restored":
            self.doubted.pop(holder, None)
            self.gone.discard(holder)
        elif change == "moved":
            self.moved.setdefault(holder, self.clock.moment)
        elif change in ("ended", "ending") and why != "expelled":
            self.doubted.setdefault(holder, self.clock.moment)
            self.gone |= {holder} if change == "ended" and why in rules.AT_ONCE else set()

    def check(self):
        """Fails where a mandate ended too soon, or too many in any seven days without having waited."""
        with self.hub.db.read() as tx:
            scopes = (self.hub.branch.scope, self.hub.group.scope)
            ended = [[one for one in permits.all_grants(tx, scope) if one.ended_at] for scope in scopes]
            until = {row.entry: row.until_at for row in tx.execute(standing_holds.select())}
            waited = {row.id: row.held_entry for row in tx.execute(HELD) if row.held_entry is not None}
        for grants in ended:
            for grant in grants:
                self.check_one(grant, until.get(waited.get(grant.id)))
            free = [grant.ended_at for grant in grants if grant.id not in waited]
            assert all(sum(at - 7 * DAY < other <= at for other in free) <= 2 for at in free)

    def check_one(self, grant, hold):
        """Fails where one mandate ended too soon."""
        assert hold is None or grant.ended_at >= hold
        if grant.id in self.seen:
            return
        self.seen.add(grant.id)
        since, days = (self.moved, 60) if grant.ended_why == "moved" else (self.doubted, 28)
        if grant.ended_why == "moved" or grant.holder not in self.gone:
            assert grant.ended_at >= clock.minute(since[grant.holder]) + days * DAY


HELD = sa.select(grants_table.c.id, grants_table.c.held_entry)


def play(feed):
    """Lets a feed speak for some months, and looks after each time."""
    for _ in range(25):
        feed.step()
        feed.check()


@pytest.mark.parametrize("seed", range(5))
def test_feed_of_any_kind_ends_no_mandate_too_soon_nor_too_many(hub, another_db, clock_at, seed):
    feed = Feed(hub, clock_at("2026-11-21T20:00Z"), seed)

    play(feed)

    assert len(feed.seen) > 2
    assert_replays(hub.db, another_db)


def test_planted_feed_without_days_is_caught(hub, clock_at, monkeypatch):
    monkeypatch.setattr(rules, "due", lambda why, said, numbers: None if why in rules.UNHEEDED else said)
    feed = Feed(hub, clock_at("2026-11-21T20:00Z"), 1)

    with pytest.raises(AssertionError):
        play(feed)


def test_planted_hub_without_a_tripwire_is_refused_by_its_own_record(hub, clock_at, monkeypatch):
    monkeypatch.setattr(tripwire, "pull", lambda tx, due, now: due)
    clock_at("2026-11-21T20:00Z")

    with pytest.raises(RuleViolation) as refused:
        hub.say(*((who, "ended", "left") for who in hub.organisers[:3]))

    assert refused.value.code == "standing.too_fast"
    assert len(hub.holders(hub.branch.scope)) == 5
