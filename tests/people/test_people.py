"""One row, one person; sessions that end; links that work once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from hub.errors import Conflict, Invalid, NotFound
from hub.people import actions, invitations, queries
from hub.people.models import persons, sessions
from hub.people.nicknames import nickname_ok, suggestion, tidy
from hub.people.queries import Lives, person_of_entry
from hub.permits import HUB
from tests import copies
from tests.people_for_tests import found_hub, member


@pytest.fixture
def eve(db, clock_at):
    return copies.of(db, _found_eve, at=clock_at)


def _found_eve(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        member(tx, "decoy")
        return member(tx, "eve")


def test_one_roster_row_is_one_person_by_a_hundred_at_once(db, eve):
    def come(_) -> str:
        for _try in range(3):
            try:
                with db.write() as tx:
                    return actions.open_account(tx, entry_ref="ent_new", seed=b"x")
            except IntegrityError:
                continue  # the edge looks again, and finds the twin's row
        raise AssertionError("raced three times")

    with ThreadPoolExecutor(8) as pool:
        people = set(pool.map(come, range(100)))

    with db.read() as tx:
        found = person_of_entry(tx, "ent_new")
        rows = tx.scalar(sa.select(sa.func.count()).select_from(persons))
    assert (people, rows) == ({found}, 3)


def test_session_ends_after_thirty_days_or_fourteen_idle(db, eve, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        idle, visited = (actions.start_session(tx, person=eve.person) for _ in range(2))

    def signed_in(token: str) -> bool:
        with db.read() as tx:
            return not queries.actor_of(tx, token, Lives())[0].is_visitor

    def visit() -> None:
        with db.write() as tx:
            actions.touch_session(tx, visited)

    clock.advance(days=13, hours=23, minutes=59)
    before = signed_in(idle), signed_in(visited)
    visit()
    clock.advance(minutes=1)
    after_idle = signed_in(idle), signed_in(visited)
    clock.advance(days=13)
    visit()
    clock.advance(days=2, hours=23)
    late = signed_in(visited)
    clock.advance(hours=1)

    assert (before, after_idle, late, signed_in(visited)) == ((True, True), (False, True), True, False)


def test_tokens_are_stored_as_hashes_and_each_sign_in_has_its_own(db, eve):
    with db.write() as tx:
        tokens = [actions.start_session(tx, person=eve.person) for _ in range(2)]
        stored = repr(tx.execute(sa.select(sessions)).all())

    assert tokens[0] != tokens[1]
    assert not any(token in stored for token in tokens)


def test_office_needs_a_code_from_the_last_twelve_hours(db, eve, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        token = actions.start_session(tx, person=eve.person)
    clock.advance(hours=13)
    with db.read() as tx:
        actor, _ = queries.actor_of(tx, token, Lives())

    assert (actor.is_visitor, actor.proven_at.hour, actor.office_hours) == (False, 20, 12)


def test_ended_standing_leaves_a_visitor(db, eve):
    with db.write() as tx:
        token = actions.start_session(tx, person=eve.person)
        actions.end_standing(tx, person=eve.person)
        actor, _ = queries.actor_of(tx, token, Lives())

    assert actor.is_visitor


def test_nobody_ends_anothers_session(db, eve):
    with db.write() as tx:
        token = actions.start_session(tx, person=eve.person)
        actor, _ = queries.actor_of(tx, token, Lives())
        actions.end_session(tx, person="per_other", session=actor.session)
        still, _ = queries.actor_of(tx, token, Lives())
        actions.end_session(tx, person=eve.person, session=actor.session)
        gone, _ = queries.actor_of(tx, token, Lives())

    assert (still.is_visitor, gone.is_visitor) == (False, True)


def test_link_works_once_by_fifty_at_once_and_not_after_its_days(db, eve, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    issue = {"kind": "council", "scope": HUB, "act": None, "role": "council", "by": None, "days": 30}
    with db.write() as tx:
        token, late = invitations.issue(tx, **issue), invitations.issue(tx, **issue)

    def use(_) -> bool:
        try:
            with db.write() as tx:
                invitations.consume(tx, token, eve.person)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(use, range(50)))
    clock.advance(days=30)

    assert sum(used) == 1
    with pytest.raises(NotFound), db.write() as tx:
        invitations.consume(tx, late, eve.person)


@pytest.mark.parametrize("nickname", ["ab", "1abc", "a b c", "x" * 21, "adm!n", "steward", "", "\ud800abc"])
def test_unfit_nickname_is_refused(db, eve, nickname):
    assert not nickname_ok(tidy(nickname))
    with pytest.raises(Invalid) as refused, db.write() as tx:
        actions.take_nickname(tx, person=eve.person, nickname=nickname, shown="")

    assert sorted(refused.value.fields) == ["nickname", "shown"]


def test_taken_nickname_is_a_conflict_and_a_suggestion_fits(db, eve):
    with pytest.raises(Conflict), db.write() as tx:
        actions.take_nickname(tx, person=eve.person, nickname="DECOY", shown="nickname")

    assert all(nickname_ok(suggestion()) for _ in range(500))
