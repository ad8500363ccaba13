"""A founding that was refused: its founders send that to a panel drawn by lot, and silence is a yes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from hub import ids, ledger
from hub.acts import queries as act_queries
from hub.branches import actions as branch_actions
from hub.branches import appeals
from hub.branches import queries as branches
from hub.branches.entries import AppealOpened, AppealSent
from hub.db import Database
from hub.draws import actions as draws
from hub.draws import conflicts
from hub.errors import Conflict, Forbidden, Invalid, RuleViolation
from hub.groups import founding
from hub.groups import queries as groups
from hub.groups.founding import Plan
from hub.permits import Actor
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from tests.draws.conftest import KNOWN, Town, make_town
from tests.people_for_tests import again, entry_count, found_group, member, types, without_devices
from tests.replaying import assert_replays
from tests.vaults import letters_of

PLAN = Plan("York Tenants", "Renters of York helping one another.", "branch")
WHY, NOT = "It is about renting, and there is no such group.", "There is such a group already."
SINCE = {"days": 13, "hours": 23}


@dataclass
class Refused:
    """A refused founding, and the appeal that follows it. others: who neither founded nor refused, of no office."""

    town: Town
    place: str
    founders: list[Actor]
    refusers: list[Actor]
    others: list[Actor]
    act: str

    def send(self, founder: int = 1) -> None:
        """One of the founders sends it."""
        with self.town.db.write() as tx:
            appeals.send(tx, act=self.act, reason=WHY, actor=again(tx, self.founders[founder]))

    def seat(self) -> list[Actor]:
        """Draws the panel, and lets all three accept."""
        self.town.turn(**KNOWN)
        self.town.read_source(self.act, self.others[-1])
        with self.town.db.write() as tx:
            seated = [self.town.actor_of(tx, row.ticket) for row in self.town.drawn(tx, self.act)]
            for place, one in enumerate(seated):
                draws.accept(tx, act=self.act, shown=f"Drawn {place}", actor=one)
        return seated

    def stands(self) -> tuple[str | None, str, bool, bool]:
        """The appeal's outcome and step, and whether the place is registered, and ended."""
        with self.town.db.read() as tx:
            state = act_queries.get(tx, self.act)
            place = branches.find(tx, self.place) or groups.get(tx, self.place)
            return state.outcome, state.current.do, place.is_registered, place.ended_entry is not None

    def mandates(self) -> list[tuple[str, str, str]]:
        """Role, source and scope of the founders' grants there."""
        with self.town.db.read() as tx:
            place = branches.find(tx, self.place) or groups.get(tx, self.place)
            return [(one.role, one.source, one.scope.id) for one in permits.standing_grants(tx, scope=place.scope)]


def propose_again(tx, refused: Refused) -> None:
    """Others would have the same name, or area."""
    if refused.place.startswith("grp_"):
        founding.propose(tx, branch=refused.town.branch, plan=PLAN, shown="X", actor=refused.others[2])
    else:
        branch_actions.propose(tx, area="ynys-mon", name="Other", shown="X", actor=member(tx, "fay", "ynys-mon"))


def pool_of(tx, act: str) -> set[str]:
    """The persons who have a ticket in an act's draw."""
    return set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))


def a_town(db: Database, clock_at) -> Town:
    """Whoever is there offers themselves, officers too, under rules by which an office takes no passkeys."""
    town = make_town(db, clock_at, members=12, rules=without_devices(), are_equipped=False)
    offer(db, [*town.founders, *town.council])
    return town


def offer(db: Database, who: list[Actor]) -> None:
    """They offer themselves to be drawn."""
    with db.write() as tx:
        for one in who:
            draws.wish(tx, at_home=True, volunteers=True, actor=again(tx, one))


def refused_group(db: Database, clock_at) -> Refused:
    """A group of York, refused by two organisers of the branch."""
    town = a_town(db, clock_at)
    founders, others = town.members[1:3], [town.members[0], *town.members[3:]]
    with db.write() as tx:
        found = founding.propose(tx, branch=town.branch, plan=PLAN, shown="First", actor=founders[0])
        token = founding.invite(tx, group=found, actor=again(tx, founders[0]))
        founding.cofound(tx, token=token, shown="Second", actor=founders[1])
        for officer in town.founders[:2]:
            founding.object_to(tx, group=found, reason=NOT, actor=again(tx, officer))
        act = appeals.of_founding(tx, act_queries.get(tx, found.act))
        assert act is not None
        return Refused(town, found.id, founders, town.founders[:2], others, act.id)


def refused_branch(db: Database, clock_at) -> Refused:
    """The branch of Ynys Môn, refused by the two of the council."""
    town = a_town(db, clock_at)
    with db.write() as tx:
        founders = [member(tx, f"mon_{place}", "ynys-mon") for place in "abcde"]
    offer(db, founders)
    with db.write() as tx:
        found = branch_actions.propose(tx, area="ynys-mon", name="Môn", shown="A", actor=founders[0])
        for other in founders[1:]:
            token = branch_actions.invite(tx, branch=found.id, actor=again(tx, founders[0]))
            branch_actions.cofound(tx, token=token, shown="F", actor=other)
        for councillor in town.council:
            branch_actions.object_to(tx, branch=found.id, reason=NOT, actor=again(tx, councillor))
        act = appeals.of_founding(tx, act_queries.get(tx, found.act))
        assert act is not None
        return Refused(town, found.id, founders, town.council, [*town.founders, *town.members], act.id)


@pytest.fixture
def group(db, clock_at) -> Refused:
    return refused_group(db, clock_at)


@pytest.fixture
def branch(db, clock_at) -> Refused:
    return refused_branch(db, clock_at)


@pytest.fixture(params=[refused_group, refused_branch])
def refused(request, db, clock_at) -> Refused:
    return request.param(db, clock_at)


def test_refusal_opens_the_appeal_by_itself_and_keeps_the_name(refused, another_db):
    with refused.town.db.draft() as tx:
        assert types(tx)[-2:] == ["act.advanced", "appeal.opened"]
        told = [letter.params for letter in letters_of(tx, "founding_refused")]
        assert told == [{"place": f"/appeals/{refused.act}"}] * len(refused.founders)
        assert [(one.holder, one.reason) for one in appeals.refusals(tx, appeals.get(tx, refused.act))] == [
            (again(tx, one).holder, NOT) for one in refused.refusers
        ]
    assert refused.stands() == (None, "submit", False, False)
    with pytest.raises(Conflict), refused.town.db.write() as tx:
        propose_again(tx, refused)
    assert_replays(refused.town.db, another_db)


def test_one_founder_sends_it_and_nobody_with_a_part_is_in_the_pool(refused):
    refused.send()

    with refused.town.db.draft() as tx:
        inside = pool_of(tx, refused.act)
        (answer,) = appeals.answers(tx, appeals.get(tx, refused.act))
        assert (answer.holder, answer.reason) == (again(tx, refused.founders[1]).holder, WHY)
    assert inside == {one.person for one in refused.others}


def test_planted_pool_of_an_appeal_that_forgets_the_founding_is_caught(group, monkeypatch):
    """Only hands in the appeal itself count: the founder who did not send it could judge it."""
    monkeypatch.setattr(conflicts, "_parties", lambda _tx, state: {hand.holder for hand in state.hands})
    group.send(1)

    with group.town.db.read() as tx:
        assert pool_of(tx, group.act) - {one.person for one in group.others} == {
            *(one.person for one in group.town.founders),
            group.founders[0].person,
        }


def test_two_of_the_panel_confirm_the_refusal_and_the_name_is_free(group, another_db):
    group.send()
    panel = group.seat()

    for one in panel[:2]:
        before = group.stands()
        with group.town.db.write() as tx:
            appeals.dismiss(tx, act=group.act, reason=NOT, actor=again(tx, one))

    assert before == (None, "decide", False, False)
    assert group.stands() == ("refused", "decide", False, True)
    assert group.mandates() == []
    with group.town.db.write() as tx:
        propose_again(tx, group)
    assert_replays(group.town.db, another_db)


def test_two_of_the_panel_let_it_begin_at_once(branch, another_db):
    branch.send()
    panel = branch.seat()

    with branch.town.db.write() as tx:
        appeals.dismiss(tx, act=branch.act, reason=NOT, actor=again(tx, panel[0]))
        appeals.uphold(tx, act=branch.act, actor=again(tx, panel[1]))
        appeals.uphold(tx, act=branch.act, actor=again(tx, panel[2]))

    assert branch.stands() == ("done", "effect", True, False)
    assert branch.mandates() == [("admin", "founding", branch.place)] * len(branch.founders)
    assert_replays(branch.town.db, another_db)


def test_silence_of_the_panel_is_a_yes(group, another_db):
    group.send()
    group.seat()

    group.town.turn(days=6, hours=23)
    before = group.stands()
    group.town.turn(hours=1)

    assert before == (None, "decide", False, False)
    assert group.stands() == ("done", "effect", True, False)
    assert len(group.mandates()) == len(group.founders)
    assert_replays(group.town.db, another_db)


def test_panel_that_nobody_draws_holds_nothing_up(group):
    group.send()

    group.town.turn(days=14)
    drawn = group.stands()
    group.town.turn(days=7)

    assert (drawn, group.stands()) == ((None, "decide", False, False), ("done", "effect", True, False))
    with group.town.db.draft() as tx:
        inside = [groups.member_since(tx, group.place, again(tx, one)) is not None for one in group.founders]
        assert inside == [True, True]


def test_what_nobody_sends_in_time_stays_refused_and_its_name_is_free(branch, another_db):
    branch.town.turn(**SINCE)
    before = branch.stands()
    branch.town.turn(hours=1)

    with pytest.raises(RuleViolation) as late:
        branch.send()

    assert before == (None, "submit", False, False)
    assert (branch.stands(), late.value.code) == (("lapsed", "submit", False, True), "acts.not_waiting")
    assert_replays(branch.town.db, another_db)


def test_only_founders_send_it_once_and_only_the_panel_judges(group):
    def send(tx, actor, reason=WHY):
        appeals.send(tx, act=group.act, reason=reason, actor=again(tx, actor))

    stranger, officer = group.others[0], group.town.founders[0]
    with group.town.db.read() as tx:
        before = entry_count(tx)
    for verb, error in (
        (lambda tx: send(tx, stranger), Forbidden),
        (lambda tx: send(tx, officer), Forbidden),
        (lambda tx: send(tx, group.founders[0], "No."), Invalid),
        (lambda tx: appeals.uphold(tx, act=group.act, actor=again(tx, group.founders[0])), Forbidden),
        (lambda tx: appeals.dismiss(tx, act=group.act, reason=NOT, actor=again(tx, officer)), Forbidden),
    ):
        with pytest.raises(error), group.town.db.write() as tx:
            verb(tx)
    with group.town.db.read() as tx:
        assert entry_count(tx) == before
    group.send()

    with pytest.raises(RuleViolation) as twice:
        group.send(0)

    assert twice.value.code == "acts.not_waiting"


def test_record_takes_no_appeal_that_nobody_owes(group):
    with group.town.db.write() as tx:
        sound, _ = found_group(
            tx, group.town.branch, group.others[2:4], group.town.founders, Plan("Choir", PLAN.purpose, "branch")
        )
        stranger = again(tx, group.town.founders[0]).holder
        refused, before = groups.get(tx, group.place).act, entry_count(tx)
        said = {"by": right_of_members(tx), "words": {"reason": WHY}}

    for record, code in (
        (AppealOpened(ids.new("act"), refused), "acts.not_due"),
        (AppealOpened(ids.new("act"), sound.act), "acts.not_due"),
        (AppealSent(group.act, str(stranger)), "branches.not_founder"),
        (AppealSent(sound.act, str(stranger)), "acts.unknown"),
    ):
        with pytest.raises(RuleViolation) as refusal, group.town.db.write() as tx:
            ledger.append(tx, record, **({"by": None} if isinstance(record, AppealOpened) else said))
        assert refusal.value.code == code
    with group.town.db.read() as tx:
        assert entry_count(tx) == before
