"""A candidate's words are hidden, with a reason and a rule; the candidacy stands, and no rival has a hand in it."""

from __future__ import annotations

import pytest

from hub import clock
from hub.acts import actions as acts
from hub.ballots import casting, elections, queries
from hub.emergencies import actions as emergencies
from hub.errors import Invalid, NotFound, RuleViolation
from hub.hiding import actions, targets
from hub.hiding import queries as hidings
from hub.permits import Actor
from hub.permits import queries as permits
from tests.people_for_tests import again, entry_count
from tests.replaying import assert_replays
from tests.towns import OPENS
from tests.vaults import letters_of

REASON = "It tells where somebody lives."


class Contest:
    """Nominations in a town: two voters and one organiser stand; the other four organisers do not."""

    def __init__(self, db, town) -> None:
        self.db, self.town = db, town
        town.clock.advance(days=OPENS)
        town.tick()
        self.holders = town.stand(town.voters[0], town.voters[1], town.founders[0])
        self.officers, self.rival = town.founders[1:], town.founders[0]

    def candidate(self, place=0):
        """A candidate as pages read them."""
        with self.db.read() as tx:
            found = {one.holder: one for one in queries.candidates(tx, self.town.election())}
        return found[self.holders[place]]

    def hide(self, by, place=0, **changed):
        """Hides what a candidate wrote."""
        asked = {"kind": "candidacy", "target": self.candidate(place).id, "rule": 1, "reason": REASON, **changed}
        with self.db.write() as tx:
            return actions.hide(tx, actor=again(tx, by), **asked)

    def written(self):
        """How many entries there are."""
        with self.db.read() as tx:
            return entry_count(tx)


@pytest.fixture
def contest(db, town):
    return Contest(db, town)


def test_words_are_hidden_at_once_and_shown_again_by_the_clock(db, another_db, contest):
    act = contest.hide(contest.officers[0])
    hidden = contest.candidate()
    with db.read() as tx:
        told = hidings.hidden_among(tx, [hidden.id, contest.candidate(1).id])
        options = sorted(one.holder for one in queries.candidates(tx, contest.town.election()))
        letters = letters_of(tx, "hidden")
    until = clock.now() + 3 * clock.DAY
    contest.town.clock.advance(days=3)
    contest.town.tick()
    back = contest.candidate()

    assert (hidden.statement, hidden.interests) == (None, None)
    assert contest.candidate(1).statement == "I am voter_1."
    assert {key: (one.act, one.until, one.rule) for key, one in told.items()} == {
        hidden.id: (act, clock.minute(until), 1)
    }
    assert told[hidden.id].says.startswith("No private facts")
    assert options == sorted(contest.holders)
    assert [letter.person for letter in letters] == [contest.town.voters[0].person]
    assert (back.statement, back.interests) == ("I am voter_0.", "")
    with db.read() as tx:
        assert hidings.hidden_among(tx, [hidden.id]) == {}
    assert_replays(db, another_db)


def test_two_others_confirm_and_the_candidate_is_elected_all_the_same(db, another_db, contest):
    act = contest.hide(contest.officers[0])
    with db.write() as tx:
        for officer in contest.officers[1:3]:
            actions.confirm(tx, act=act, actor=again(tx, officer))
    with db.read() as tx:
        told = hidings.hidden_among(tx, [contest.candidate().id])
    contest.town.clock.advance(days=14)
    contest.town.tick()
    with db.read() as tx:
        options = casting.options_of(tx, contest.town.ballot())
    for person in contest.town.everybody[:4]:
        contest.town.cast(person, [contest.holders[0]])
    contest.town.clock.advance(days=7)
    contest.town.tick()
    contest.town.read_lot()
    with db.read() as tx:
        won = queries.winners(tx, contest.town.ballot().id)

    assert [one.until for one in told.values()] == [None]
    assert contest.candidate().statement is None
    assert set(contest.holders) < set(options)
    assert won == (contest.holders[0],)
    assert_replays(db, another_db)


def test_two_objections_bring_the_words_back_at_once(db, contest):
    act = contest.hide(contest.officers[0])
    with db.write() as tx:
        for officer in contest.officers[1:3]:
            actions.contest(tx, act=act, reason="It is a public address.", actor=again(tx, officer))

    assert contest.candidate().statement == "I am voter_0."


@pytest.mark.parametrize("place", [0, 2])
def test_whoever_stands_hides_nothing_of_a_rival_nor_of_their_own(contest, place):
    before = contest.written()

    with pytest.raises(RuleViolation) as refused:
        contest.hide(contest.rival, place)

    assert refused.value.code == "hiding.own_contest"
    assert contest.written() == before
    assert contest.candidate().statement == "I am voter_0."


def test_whoever_stands_neither_confirms_contests_nor_restores(db, contest):
    act = contest.hide(contest.officers[0])
    before, refused = contest.written(), []
    for verb, more in ((actions.confirm, {}), (actions.contest, {"reason": "It is true."})):
        with pytest.raises(RuleViolation) as failed, db.write() as tx:
            verb(tx, act=act, actor=again(tx, contest.rival), **more)
        refused.append(failed.value.code)
    assert contest.written() == before
    with db.write() as tx:
        for officer in contest.officers[1:3]:
            actions.confirm(tx, act=act, actor=again(tx, officer))
    before = contest.written()
    with pytest.raises(RuleViolation) as failed, db.write() as tx:
        actions.restore(tx, act=act, actor=again(tx, contest.rival))
    refused.append(failed.value.code)

    assert refused == ["hiding.own_contest"] * 3
    assert contest.written() == before
    with db.write() as tx:
        actions.restore(tx, act=act, actor=again(tx, contest.officers[3]))
    assert contest.candidate().statement == "I am voter_0."


@pytest.mark.parametrize("target", ["cdy_", "cdy_0", "cdy_x", "cdy_99999999999999999999", "12", "cdy_-1"])
def test_nothing_but_a_candidacy_that_stands_is_hidden(contest, target):
    before = contest.written()

    with pytest.raises((NotFound, Invalid)):
        contest.hide(contest.officers[0], target=target)

    assert contest.written() == before


def test_candidacy_that_was_withdrawn_has_nothing_to_hide(db, contest):
    gone = contest.candidate(1).id
    with db.write() as tx:
        elections.withdraw(tx, act=contest.town.election(), actor=again(tx, contest.town.voters[1]))

    with pytest.raises(NotFound):
        contest.hide(contest.officers[0], 0, target=gone)


def test_hidden_words_of_who_withdraws_come_back_without_a_fault(db, another_db, contest):
    contest.hide(contest.officers[0], 1)
    with db.write() as tx:
        elections.withdraw(tx, act=contest.town.election(), actor=again(tx, contest.town.voters[1]))
    contest.town.clock.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)

    assert_replays(db, another_db)


def test_emergency_measure_hides_nothing_that_a_candidate_says(db, contest):
    with db.draft() as tx:
        seats = [grant for grant in permits.live_grants(tx) if grant.role == "council"]
        council = again(tx, Actor(person=permits.person_of_holder(tx, seats[0].holder)))
    before = contest.written()

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        emergencies.declare(
            tx, kind="hide_content", scope=contest.town.branch.scope, reason=REASON, actor=council,
            target=("candidacy", contest.candidate().id),
        )  # fmt: skip

    assert refused.value.code == "emergencies.no_candidacy"
    assert contest.written() == before


def test_planted_rival_with_a_hand_in_it_is_found(contest, monkeypatch):
    """Without the bar on rivals a candidate hides another's words: the tests above would see it."""
    found = targets.KINDS["candidacy"].find

    def unbarred(tx, candidacy):
        target = found(tx, candidacy)
        return target and targets.Target(target.scope, target.author, target.place)

    monkeypatch.setitem(targets.KINDS, "candidacy", targets.Kind(unbarred, by_measure=False))

    contest.hide(contest.rival)

    assert contest.candidate().statement is None
