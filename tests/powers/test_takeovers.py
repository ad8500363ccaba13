"""The two takeovers of record, step by step: every legal step is taken, the removal is refused, the founders knew.

Sources: governance.md T0 (a moderator invited from headquarters removes the founders of a local group and installs a
third person); PyPI, 4 December 2023 (invited 08:44:55, accepted 08:47:25, the owner removed 08:47:35); GO-13.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import ledger, outbox
from hub.acts import queries as act_queries
from hub.errors import Forbidden, Refusal, RuleViolation
from hub.groups import offices
from hub.ledger.models import entries
from hub.permits import P, can
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.permits.entries import GrantEnded
from hub.petitions import actions as petitions
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    ready,
    seat_council,
)
from tests.petitions.test_petitions import whole_state


class Town:
    """A group of two founders in York, who were there first; a council; and who comes from headquarters."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra")
            branch, officers = found_branch(tx, self.council)
            self.group, self.founders = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "fred")], officers)
            self.helper, self.third = ready(tx, "hugh"), ready(tx, "tess")
        clock_at.advance(days=60)

    def do(self, work):
        """Does one step in a unit of work of its own."""
        with self.db.write() as tx:
            return work(tx)

    def refuses(self, code: str, work) -> None:
        """Asserts that a step is refused for a reason, and that nothing was written."""
        before = whole_state(self.db)
        with pytest.raises(Refusal) as refused, self.db.write() as tx:
            work(tx)
        assert refused.value.code == code
        assert whole_state(self.db) == before

    def now(self, tx, actor):
        """The same person in a session of this minute."""
        return again(tx, actor)

    def letters_of(self, actor) -> list[str]:
        """Which letters a person was sent, the oldest first."""
        with self.db.read() as tx:
            return [letter.template for letter in outbox.notices(tx, actor.person)][::-1]

    def roles(self) -> list[tuple[str, str]]:
        """Who holds what in the group."""
        with self.db.read() as tx:
            live = permits.live_grants(tx, scope=self.group.scope)
            named = permits.shown_names(tx, [grant.holder for grant in live])
        return sorted((named[grant.holder] or "", grant.role) for grant in live)


@pytest.fixture
def town(db, clock_at) -> Town:
    return copies.of(db, Town, at=clock_at)


def invited(town: Town) -> None:
    """The legal steps: a founder offers, the helper accepts, both founders sign."""
    act, token = town.do(lambda tx: offices.offer(tx, place=town.group, actor=town.now(tx, town.founders[0])))
    town.clock.advance(minutes=2)
    town.do(lambda tx: offices.accept(tx, token=token, shown="Hugh", actor=town.now(tx, town.helper)))
    assert town.letters_of(town.founders[0])[-1] == "appointment_waits"
    assert town.letters_of(town.founders[1])[-1] == "appointment_waits"
    for founder in town.founders:
        town.do(lambda tx, founder=founder: offices.confirm(tx, act=act, actor=town.now(tx, founder)))
    assert town.roles() == [("First", "admin"), ("Second", "admin")]
    assert [town.letters_of(founder).count("appointment_begins") for founder in town.founders] == [1, 1]
    town.do(lambda tx: begin_appointments(tx, town.clock))
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator"), ("Second", "admin")]


def grant_of(town: Town, actor) -> str:
    """The id of somebody's grant in the group."""
    with town.db.read() as tx:
        holder = permits.holder_of_person(tx, actor.person)
        return next(g.id for g in permits.live_grants(tx, scope=town.group.scope) if g.holder == holder)


def test_moderator_from_headquarters_removes_no_founder(town):
    invited(town)
    first = grant_of(town, town.founders[0])

    with town.db.write() as tx:
        helper = town.now(tx, town.helper)
        assert can(helper, P.HIDE_CONTENT, town.group.scope)
        assert not can(helper, P.APPOINTMENTS_MAKE, town.group.scope)
        mine = helper.grants[0].entry

    town.refuses(
        "permits.no_grant",
        lambda tx: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, town.helper)),
    )
    town.refuses("permits.not_yours_to_end", lambda tx: resign(tx, grant=first, actor=town.now(tx, town.helper)))
    town.refuses("permits.not_yours_to_end", lambda tx: ledger.append(tx, GrantEnded(first, "resigned"), by=mine))
    town.refuses("permits.not_yours_to_end", lambda tx: ledger.append(tx, GrantEnded(first, "withdrawn"), by=None))
    town.refuses("permits.no_grant", lambda tx: offices.offer(tx, place=town.group, actor=town.now(tx, town.helper)))
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator"), ("Second", "admin")]


def test_headquarters_helps_the_moderator_to_nothing(town):
    invited(town)
    first = grant_of(town, town.founders[0])

    for councillor in town.council:
        town.refuses(
            "permits.no_grant",
            lambda tx, one=councillor: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, one)),
        )
        town.refuses(
            "permits.no_grant", lambda tx, one=councillor: offices.offer(tx, place=town.group, actor=town.now(tx, one))
        )
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator"), ("Second", "admin")]


def test_one_founder_won_over_removes_the_other_neither(town):
    """What the first takeover would have needed: an organiser on the moderator's side."""
    invited(town)
    second = grant_of(town, town.founders[1])

    town.refuses(
        "permits.mandate",
        lambda tx: offices.challenge(tx, place=town.group, grant=second, actor=town.now(tx, town.founders[0])),
    )

    act, token = town.do(lambda tx: offices.offer(tx, place=town.group, actor=town.now(tx, town.founders[0])))
    town.do(lambda tx: offices.accept(tx, token=token, shown="Tess", actor=town.now(tx, town.third)))
    assert town.letters_of(town.founders[1])[-1] == "appointment_waits"
    town.do(lambda tx: offices.confirm(tx, act=act, actor=town.now(tx, town.founders[0])))
    town.refuses("permits.no_grant", lambda tx: offices.confirm(tx, act=act, actor=town.now(tx, town.helper)))
    town.refuses("acts.signed_before", lambda tx: offices.confirm(tx, act=act, actor=town.now(tx, town.founders[0])))
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator"), ("Second", "admin")]


def test_recall_takes_members_and_their_vote(town):
    """The one way that ends a mandate is slow, and its subject is told at its beginning."""
    invited(town)
    first = grant_of(town, town.founders[0])
    town.clock.advance(minutes=1)

    act = town.do(
        lambda tx: petitions.open_recall(
            tx, grant=first, reasons="They are in our way.", actor=town.now(tx, town.founders[1])
        )
    )
    assert town.letters_of(town.founders[0])[-1] == "recall_opened"
    town.refuses(
        "petitions.not_here",
        lambda tx: petitions.sign(tx, act=act, actor=town.now(tx, town.helper)),
    )
    with town.db.read() as tx:
        assert act_queries.get(tx, act).outcome is None
    assert ("First", "admin") in town.roles()


def test_owner_is_not_removed_ten_seconds_after_an_invitation_was_accepted(town):
    """PyPI 2023-12-04, by its own minutes: here the account invited is a moderator only once two have signed."""
    act, token = town.do(lambda tx: offices.offer(tx, place=town.group, actor=town.now(tx, town.founders[0])))
    town.clock.advance(minutes=2, seconds=30)
    town.do(lambda tx: offices.accept(tx, token=token, shown="Hugh", actor=town.now(tx, town.helper)))
    assert [town.letters_of(founder)[-1] for founder in town.founders] == ["appointment_waits"] * 2
    assert town.roles() == [("First", "admin"), ("Second", "admin")]

    town.clock.advance(seconds=10)
    first = grant_of(town, town.founders[0])
    town.refuses(
        "permits.no_grant",
        lambda tx: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, town.helper)),
    )
    town.refuses("permits.no_grant", lambda tx: offices.confirm(tx, act=act, actor=town.now(tx, town.helper)))

    for founder in town.founders:
        town.do(lambda tx, founder=founder: offices.confirm(tx, act=act, actor=town.now(tx, founder)))
    town.do(lambda tx: begin_appointments(tx, town.clock))
    town.clock.advance(seconds=10)
    town.refuses(
        "permits.no_grant",
        lambda tx: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, town.helper)),
    )
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator"), ("Second", "admin")]


def test_last_organiser_is_squeezed_out_by_nobody(town):
    """GO-13, the last-admin squeeze: one of two resigns; the other stays, and can be withdrawn by nobody."""
    invited(town)
    second = grant_of(town, town.founders[1])
    town.do(lambda tx: resign(tx, grant=second, actor=town.now(tx, town.founders[1])))
    first = grant_of(town, town.founders[0])

    for who in (town.helper, town.third, *town.council, town.founders[1]):
        with pytest.raises((Forbidden, RuleViolation)):
            town.do(lambda tx, who=who: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, who)))
    assert town.roles() == [("First", "admin"), ("Hugh", "moderator")]


def test_nothing_of_it_entered_the_record(town):
    invited(town)
    first = grant_of(town, town.founders[0])
    with town.db.read() as tx:
        before = entry_count(tx)

    town.refuses(
        "permits.no_grant",
        lambda tx: offices.challenge(tx, place=town.group, grant=first, actor=town.now(tx, town.helper)),
    )

    with town.db.read() as tx:
        assert entry_count(tx) == before
        assert tx.scalar(sa.select(sa.func.count()).where(entries.c.type == "grant.ended")) == 0
