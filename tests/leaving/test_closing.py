"""Closing an account: seven days to keep it, then all of it is over, and a day later nothing of the person is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from hub import inventory, leaving, outbox
from hub.ballots import elections
from hub.ballots import letters as ballot_letters
from hub.ballots.models import candidacies
from hub.db import Database, metadata
from hub.errors import Conflict, NotFound
from hub.groups import membership
from hub.leaving import words
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.permits import Actor
from hub.permits import queries as permits
from hub.permits.models import holders
from hub.standing import actions as standing
from tests.ballots.conftest import make_town  # noqa: F401 – a fixture
from tests.ballots.test_elections import give_lot
from tests.people_for_tests import again, member
from tests.replaying import assert_replays
from tests.towns import Town


@pytest.fixture
def town(db: Database, make_town: Callable[..., Town]) -> Town:  # noqa: F811 – a fixture
    return make_town(db)


def round_of_the_clock(town: Town) -> None:
    """What the worker does in two rounds, as far as accounts are concerned: the second sees what the first ended."""
    for _round in range(2):
        leaving.close_due(town.db)
        standing.carry_out(town.db, also_end=membership.end_memberships)
        leaving.erase_due(town.db)


def ask(town: Town, who: Actor) -> None:
    with town.db.write() as tx:
        leaving.ask(tx, actor=again(tx, who))


def held(town: Town, who: Actor) -> set[str]:
    """Tables with a row about somebody."""
    with town.db.read() as tx:
        return set(inventory.held(tx, metadata, str(who.person)))


def letters(town: Town, who: Actor) -> list[str]:
    with town.db.read() as tx:
        return [letter.template for letter in outbox.notices(tx, str(who.person))]


def test_member_is_erased_a_day_after_the_seven_days_and_nobody_else(town: Town) -> None:
    una, other = town.voters[:2]
    before = held(town, other)

    ask(town, una)
    town.clock.advance(days=7, seconds=-1)
    round_of_the_clock(town)
    still = {"standings", "accounts", "closings"} <= held(town, una)
    town.clock.advance(seconds=1)
    round_of_the_clock(town)
    with town.db.read() as tx:
        runs = people_queries.standing_of(tx, str(una.person))
    told = letters(town, una)
    town.clock.advance(days=1)
    round_of_the_clock(town)

    assert (still, runs, told[:2]) == (True, None, ["account_closed", "account_closing"])
    assert (held(town, una), held(town, other)) == (set(), before)


def test_kept_in_the_last_second_nothing_has_ended(town: Town) -> None:
    una = town.voters[0]
    before = held(town, una)
    ask(town, una)
    town.clock.advance(days=7, seconds=-1)

    with town.db.write() as tx:
        leaving.keep(tx, actor=again(tx, una))
    town.clock.advance(days=30)
    round_of_the_clock(town)

    assert held(town, una) == before | {"letters", "audit_notes", "sessions"}
    with town.db.read() as tx:
        assert people_queries.standing_of(tx, str(una.person)) is not None


def test_asking_twice_or_keeping_what_is_not_closed_is_refused(town: Town) -> None:
    una, other = town.voters[:2]
    ask(town, una)

    with pytest.raises(Conflict):
        ask(town, una)
    with pytest.raises(NotFound), town.db.write() as tx:
        leaving.keep(tx, actor=again(tx, other))
    town.clock.advance(days=7)
    for _round in range(2):
        round_of_the_clock(town)
    with pytest.raises(NotFound), town.db.write() as tx:
        leaving.keep(tx, actor=una)


def test_offices_end_words_go_and_the_record_still_replays(town: Town, another_db: Database) -> None:
    una, organiser = town.voters[0], town.founders[0]
    stood = town.to_ballot(*town.voters[:2])[0]
    with town.db.read() as tx:
        office = str(permits.holder_of_person(tx, str(organiser.person)))
    ask(town, una)
    ask(town, organiser)
    town.clock.advance(days=7)
    round_of_the_clock(town)
    with town.db.read() as tx:
        live = [grant for grant in permits.grants_of(tx, office) if grant.ended_at is None]
    for days in (1, 30, 30):
        town.clock.advance(days=days)
        town.tick()
        round_of_the_clock(town)

    with town.db.read() as tx:
        shown = [tx.scalar(sa.select(holders.c.shown).where(holders.c.id == one)) for one in (stood, office)]
        statements = list(tx.scalars(sa.select(candidacies.c.statement).order_by(candidacies.c.told_entry)))
    assert (live, shown, statements) == ([], [None, None], [None, "I am voter_1."])
    # On the frozen roll stays a name that leads to nobody.
    assert (held(town, una), held(town, organiser)) == ({"ballot_roll"}, {"ballot_roll"})
    assert_replays(town.db, another_db)


def test_words_are_found_by_their_person_in_one_statement_however_long_the_record(town: Town) -> None:
    stood = town.to_ballot(*town.voters[:3])
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    with town.db.write() as tx:
        sa.event.listen(tx, "before_cursor_execute", note)
        many = words.withdraw_of(tx, [*stood[:2], "hld_nobody"])
        again_many = words.withdraw_of(tx, stood[:2])
    with town.db.read() as tx:
        shown = [tx.scalar(sa.select(holders.c.shown).where(holders.c.id == one)) for one in stood]
        told = list(tx.scalars(sa.select(candidacies.c.statement).order_by(candidacies.c.told_entry)))

    reads = [one for one in asked if one.lstrip().startswith("SELECT") and "openings" in one]
    assert (many, again_many, shown, told) == (6, 0, [None, None, "voter_2"], [None, None, "I am voter_2."])
    assert (len(reads), [one for one in asked if "entries.bytes" in one and "openings" in one]) == (2, [])


def test_a_vote_that_was_cast_is_counted_without_its_voter(town: Town) -> None:
    chosen = town.to_ballot(*town.voters[:2])
    for voter in town.everybody[:12]:
        town.cast(voter, chosen)
    leaver = town.voters[3]
    ask(town, leaver)
    town.clock.advance(days=7)
    round_of_the_clock(town)
    town.tick()

    assert (town.ballot().is_counted, town.ballot().papers) == (True, 12)
    assert standing_of(town, leaver) is None


def standing_of(town: Town, who: Actor) -> object:
    """Somebody's running standing, or None."""
    with town.db.read() as tx:
        return people_queries.standing_of(tx, str(who.person))


def test_whoever_comes_back_within_the_day_stays(town: Town) -> None:
    una = town.voters[0]
    ask(town, una)
    town.clock.advance(days=7)
    round_of_the_clock(town)
    with town.db.write() as tx:
        people.give_standing(tx, person=str(una.person), area="york", since=town.clock.moment.date(), proved_by="code")
    town.clock.advance(days=2)
    round_of_the_clock(town)

    assert {"standings", "accounts"} <= held(town, una)
    assert "closings" not in held(town, una)


def test_after_erasing_the_same_row_of_the_list_is_somebody_new(town: Town) -> None:
    una = town.voters[0]
    ask(town, una)
    for days in (7, 1):
        town.clock.advance(days=days)
        round_of_the_clock(town)

    with town.db.write() as tx:
        anew = member(tx, str(una.nickname))

    assert (anew.person != una.person, anew.holder) == (True, None)


def test_whoever_was_no_member_for_two_years_is_erased(town: Town) -> None:
    una, other = town.voters[:2]
    with town.db.write() as tx:
        people.end_standing(tx, person=str(una.person))
    town.clock.advance(days=730)
    early = leaving.erase_gone(town.db)
    town.clock.advance(seconds=1)

    assert (early, leaving.erase_gone(town.db), held(town, una)) == (0, 1, set())
    assert "standings" in held(town, other)


def test_a_candidate_who_is_erased_wins_nothing_and_the_election_goes_on(town: Town, another_db: Database) -> None:
    una = town.voters[0]
    holders_of_paper = town.to_ballot(una, *town.voters[1:4])
    for voter in town.everybody[:12]:
        town.cast(voter, holders_of_paper)
    ask(town, una)
    for days in (7, 1):
        town.clock.advance(days=days)
        round_of_the_clock(town)
        town.tick()
    waits = "holdings" in held(town, una)
    town.clock.advance(days=30)
    town.tick()
    round_of_the_clock(town)

    with town.db.read() as tx:
        live = {grant.holder for grant in permits.standing_grants(tx, scope=town.branch.scope)}
        shown = tx.scalar(sa.select(holders.c.shown).where(holders.c.id == holders_of_paper[0]))
    assert (shown, town.ballot().is_counted) == (None, True)
    assert (waits, held(town, una)) == (True, {"ballot_roll"})
    assert (holders_of_paper[0] in live, set(holders_of_paper[1:]) <= live) == (False, True)
    assert_replays(town.db, another_db)


def test_whoever_is_erased_stays_on_the_roll_as_nobody(town: Town) -> None:
    town.to_ballot(*town.voters[:2])
    ask(town, town.voters[3])
    for days in (7, 1):
        town.clock.advance(days=days)
        round_of_the_clock(town)

    with town.db.write() as tx:
        give_lot(tx, town.branch.scope, town.voters[8])
        lines = elections.look_at_roll(tx, act=town.election(), actor=again(tx, town.voters[8]))

    assert (len(lines), [line.nickname for line in lines].count(None)) == (16, 1)


def test_kept_while_it_waits_after_its_day(town: Town) -> None:
    una = town.voters[0]
    ask(town, una)
    town.clock.advance(days=8)
    leaving.close_due(town.db)

    with town.db.write() as tx:
        leaving.keep(tx, actor=again(tx, una))
    round_of_the_clock(town)

    assert standing_of(town, una) is not None
    assert "closings" not in held(town, una)


def test_the_list_does_not_take_back_what_a_member_asked_for(town: Town) -> None:
    una = town.voters[0]
    ask(town, una)
    town.clock.advance(days=7)
    leaving.close_due(town.db)
    with town.db.write() as tx:
        standing.take_back(tx, str(una.person))
    round_of_the_clock(town)

    assert standing_of(town, una) is None
    assert "membership_goes_on" not in letters(town, una)


def test_nobody_is_erased_in_the_round_in_which_they_end_however_late_the_clock(town: Town) -> None:
    una = town.voters[0]
    ask(town, una)
    town.clock.advance(days=40)
    round_of_the_clock(town)
    told = letters(town, una)[0]
    town.clock.advance(days=1)
    round_of_the_clock(town)

    assert (told, held(town, una)) == ("account_closed", set())


def test_nobody_writes_to_whoever_was_erased(town: Town) -> None:
    town.to_ballot(*town.voters[:2])
    una = town.voters[3]
    ask(town, una)
    town.clock.advance(days=4)
    with town.db.write() as tx:
        ballot_letters.remind(tx)
    for days in (4, 1):
        town.clock.advance(days=days)
        round_of_the_clock(town)
    town.tick()
    with town.db.write() as tx:
        ballot_letters.tell_roll(tx, town.ballot().id, "ballot_counted")

    assert held(town, una) == {"ballot_roll"}
