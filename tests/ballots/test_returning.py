"""On an heir whose members come back, those who are there first decide nothing for all who have not come yet."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hub import ledger
from hub.acts import queries as acts
from hub.ballots import owing, returning
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.constitution.entries import HubForked
from hub.tlog.hashes import EMPTY, format_base64
from hub.tlog.note import Signer, format_vkey
from tests.ballots.test_elections import of_type
from tests.replaying import assert_replays, lines_of, passed_over

SIGNER = Signer("heir.example/log", b"H" * 32)


def forked(town):
    """The hub that an election was held at before is carried on elsewhere, the day before its next one."""
    holders = town.to_ballot(*town.voters[:3])
    for person in town.everybody[:10]:
        town.cast(person, holders)
    for _ in range(2):
        town.clock.advance(days=7)
        town.tick()
    assert [one["roll"] for one in of_type(town.db, "ballot.called")] == [16]
    town.clock("2028-04-20T20:00Z")
    with town.db.write() as tx:
        before, size = constitution.hub(tx), ledger.size(tx)
        key = format_vkey(SIGNER.verifier)
        record = HubForked("heir.example/log", key, "0.1.0", before.origin, size, format_base64(EMPTY))
        ledger.append(tx, record, by=None, words={"name": "Heir"})


def elect(town, voters, days=1):
    """An election in which so many vote; what was called, counted and opened since."""
    town.clock.advance(days=days)
    town.tick()
    (holder,) = town.stand(town.voters[5])
    town.clock.advance(days=14)
    town.tick()
    for person in town.everybody[:voters]:
        town.cast(person, [holder])
    town.clock.advance(days=7)
    town.tick()
    called, counted = of_type(town.db, "ballot.called")[-1], of_type(town.db, "ballot.counted")[-1]
    return called["floor"], (counted["outcome"], counted["winners"] == [holder], counted["flaw"], counted["papers"])


@pytest.fixture
def heir(town):
    """A town a day after the fork, whose last roll before it was of sixteen."""
    forked(town)
    return town


def test_three_who_come_back_first_elect_nobody_and_the_election_is_opened_again(heir, another_db):
    assert elect(heir, 3) == (4, ("failed", False, "too_few", None))

    with heir.db.read() as tx:
        assert acts.get(tx, heir.election()).outcome is None
    assert len(of_type(heir.db, "election.opened")) == 3
    assert_replays(heir.db, another_db)


def test_a_fifth_of_the_last_roll_elects(heir, another_db):
    assert elect(heir, 4) == (4, ("passed", True, None, None))

    assert_replays(heir.db, another_db)


def test_after_four_weeks_the_roll_is_what_counts(heir):
    heir.clock.advance(days=14)

    assert elect(heir, 1) == (0, ("passed", True, None, None))


def test_a_yes_is_reckoned_from_the_roll_before(heir):
    heir.clock.advance(days=1)
    heir.tick()
    with heir.db.read() as tx:
        state = acts.get(tx, heir.election())
        recall = constitution.of_entry(tx, state.constitution).procedures["recall"].steps
        asked = state._replace(steps=recall, step=2)
        later = asked._replace(since=state.since + returning.FIRST)

        assert [owing.floor_of(tx, one, 3) for one in (asked, later)] == [3, 2]
        assert owing.floor_of(tx, asked, 400) == owing.floor_of(tx, later, 400)


def test_where_no_ballot_was_held_before_nothing_is_added(heir):
    heir.clock.advance(days=1)
    heir.tick()
    with heir.db.read() as tx:
        state = acts.get(tx, heir.election())
        elsewhere = state._replace(scope=replace(state.scope, id="brn_" + "0" * 26))

        assert (returning.last_roll(tx, state), returning.last_roll(tx, elsewhere)) == (16, 0)


def test_rules_of_before_have_nothing_of_it(db, another_db, make_town):
    text = re.sub(r"\[numbers\.returned_percent\]\n(.+\n)+\n", "", default_text())
    town = make_town(db, text=text)
    forked(town)

    assert elect(town, 3) == (0, ("passed", True, None, None))
    assert_replays(db, another_db)


def test_planted_clock_that_asks_for_nothing_is_passed_over_by_both(heir, another_db, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(returning, "papers_needed", lambda _tx, _state: 0)
        assert elect(heir, 3)[1][:2] == ("passed", True)

    ours, theirs = passed_over(lines_of(heir.db), another_db)

    assert ours == theirs
    assert ours != []
