"""An office's look: it is written in the unit of work in which it happens, it is bounded, and its member reads it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hub import looks
from hub.db import Database
from hub.errors import Forbidden, TooMany
from hub.groups import membership
from hub.groups.queries import Group
from hub.groups.waiting import look_at_requests
from hub.looks import Look
from hub.looks.models import looks as rows
from hub.people import actions as people
from hub.permits import Actor, P, require
from tests import copies
from tests.conftest import SetClock
from tests.people_for_tests import PLAN, again, found_branch, found_group, found_hub, member, seat_council

ALL = 34


@dataclass
class Place:
    """A group whose organisers accept, its organiser, and people who asked."""

    db: Database
    clock: SetClock
    group: Group
    organiser: Actor
    asked: list[Actor]

    def look(self, actor: Actor, people: list[Actor]) -> dict[str, dict[str, object]]:
        """An organiser opens people who asked."""
        with self.db.write() as tx:
            who = again(tx, actor)
            grant = require(who, P.MEMBERSHIPS_ACCEPT, self.group.scope)
            known = [str(person.person) for person in people]
            return looks.open_fields(tx, actor=who, grant=grant, purpose="request", about=self.group.id, people=known)

    def looks_at(self, person: Actor) -> list[Look]:
        """What somebody reads of looks at them."""
        with self.db.read() as tx:
            return looks.looks_at(tx, str(person.person))

    def count(self) -> int:
        """How many looks are written down."""
        with self.db.read() as tx:
            return tx.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


@pytest.fixture
def place(db: Database, clock_at: SetClock) -> Place:
    return copies.of(db, _place, at=clock_at("2026-11-21T20:00Z"))


def _place(db: Database, moment: SetClock) -> Place:
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, organisers = found_group(tx, branch, founders[:2], founders[2:], replace(PLAN, joining="accept"))
        asked = [member(tx, f"asker_{number}") for number in range(ALL)]
        for person in asked:
            membership.join(tx, group=group, actor=person)
            moment.advance(seconds=1)
    return Place(db, moment, group, organisers[0], asked)


def test_the_member_reads_who_when_which_and_why(place: Place) -> None:
    one, other = place.asked[:2]

    seen = place.look(place.organiser, [one])

    grant = next(grant for grant in place.organiser.grants if grant.scope == place.group.scope)
    assert seen == {one.person: {"nickname": "asker_0", "shown": "nickname"}}
    assert place.looks_at(one) == [
        Look(
            at=place.clock.moment,
            holder=grant.holder,
            role=grant.role,
            scope_kind="group",
            scope_id=place.group.id,
            purpose="request",
            about=place.group.id,
            fields=("nickname", "shown"),
            number=place.looks_at(one)[0].number,
        )
    ]
    assert place.looks_at(other) == []


def test_what_is_not_written_down_is_not_seen(place: Place) -> None:
    with place.db.write() as tx:
        tx.execute(sa.text("ALTER TABLE looks RENAME TO gone"))

    with pytest.raises(DBAPIError):
        place.look(place.organiser, place.asked[:1])

    with place.db.write() as tx:
        tx.execute(sa.text("ALTER TABLE gone RENAME TO looks"))
    assert place.count() == 0


def test_thirty_people_a_day_and_nobody_beyond(place: Place) -> None:
    place.look(place.organiser, place.asked[:30])
    again_the_same = place.look(place.organiser, place.asked[:30])
    with pytest.raises(TooMany) as refusal:
        place.look(place.organiser, place.asked[29:31])
    refused_at = place.count()
    place.clock.advance(hours=24)
    next_day = place.look(place.organiser, place.asked[30:31])

    assert (len(again_the_same), refusal.value.code, refused_at) == (30, "looks.budget", 60)
    assert (place.looks_at(place.asked[30]) != [], len(next_day)) == (True, 1)


def test_many_at_once_open_no_more_than_the_day_has(place: Place) -> None:
    place.look(place.organiser, place.asked[:26])

    def one(person: Actor) -> str:
        try:
            place.look(place.organiser, [person])
        except TooMany as refusal:
            return refusal.code
        return "opened"

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(one, place.asked[26:]))

    assert (sorted(answers), place.count()) == (["looks.budget"] * 4 + ["opened"] * 4, 30)


def test_ones_own_fields_are_no_look(place: Place) -> None:
    place.look(place.organiser, [place.organiser])

    assert place.count() == 0


def test_an_office_that_the_matrix_shows_nothing_opens_nobody(place: Place) -> None:
    with place.db.write() as tx:
        who = again(tx, place.organiser)
        grant = replace(require(who, P.MEMBERSHIPS_ACCEPT, place.group.scope), role="steward")
        with pytest.raises(Forbidden) as refusal:
            looks.open_fields(
                tx, actor=who, grant=grant, purpose="request", about="x", people=[str(place.asked[0].person)]
            )

    assert (refusal.value.code, place.count()) == ("looks.not_this_role", 0)


def test_ten_of_those_who_asked_are_shown_at_a_time(place: Place) -> None:
    with place.db.write() as tx:
        waiting, many = look_at_requests(tx, group=place.group, actor=again(tx, place.organiser))

    assert ([one.nickname for one in waiting], many) == ([f"asker_{number}" for number in range(10)], ALL)
    assert (place.count(), place.looks_at(place.asked[10])) == (10, [])


def test_whoever_chose_to_be_a_member_only_is_not_named(place: Place) -> None:
    with place.db.write() as tx:
        people.take_nickname(tx, person=str(place.asked[0].person), nickname="asker_0", shown="member")
        waiting, _many = look_at_requests(tx, group=place.group, actor=again(tx, place.organiser))

    assert [one.nickname for one in waiting[:2]] == [None, "asker_1"]
