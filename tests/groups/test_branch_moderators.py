"""Moderators of a branch: appointed and withdrawn by two of its organisers, as those of a group are by theirs."""

from __future__ import annotations

import pytest

from hub import ids
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.branches import queries as branches
from hub.constitution.actions import default_text
from hub.errors import Forbidden, RuleViolation
from hub.freezing import actions as freezing
from hub.groups import offices, offices_fold
from hub.groups.entries import OfficeChallenged, OfficeOffered
from hub.ledger import append
from hub.permits import P, can
from hub.permits import queries as permits
from tests import copies
from tests.people_for_tests import again, entry_count, equip, found_branch, found_group, found_hub, member, seat_council
from tests.replaying import assert_replays

REASON = "Not while this is being looked into."


class Branch:
    """A branch of five organisers, a member of it and one of another area, and a group of it as a decoy."""

    def __init__(self, db, clock_at, rules: str | None = None) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, *(() if rules is None else (rules,)))
            self.council = seat_council(tx, "cleo", "cyra")
            self.branch, self.officers = found_branch(tx, self.council)
            self.mia, self.far = member(tx, "mia"), member(tx, "far_away", "ynys-mon")
            for one in (self.mia, self.far):
                equip(tx, one)
            founders = [member(tx, "fay"), member(tx, "flo")]
            for one in founders:
                equip(tx, one)
            self.group, self.founders = found_group(tx, self.branch, founders, self.officers)

    def offer(self, who=None, role: str = "moderator") -> tuple[str, str]:
        with self.db.write() as tx:
            return offices.offer(tx, place=self.branch, actor=again(tx, who or self.officers[0]), role=role)

    def accept(self, token: str, who=None) -> None:
        with self.db.write() as tx:
            offices.accept(tx, token=token, shown="Mia", actor=again(tx, who or self.mia))

    def confirm(self, act: str, *places: int) -> None:
        for place in places:
            with self.db.write() as tx:
                offices.confirm(tx, act=act, actor=again(tx, self.officers[place]))

    def later(self, **by: int) -> None:
        self.clock.advance(**by)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def appoint(self) -> str:
        """Mia moderates; returns her grant."""
        act, token = self.offer()
        self.accept(token)
        self.confirm(act, 1, 2)
        self.later(days=3)
        return self.held()[0].id

    def held(self) -> list:
        """Who moderates the branch."""
        with self.db.read() as tx:
            held = permits.standing_grants(tx, scope=self.branch.scope)
            return [one for one in held if one.role == "moderator"]

    def challenge(self, grant: str, who=None) -> str:
        with self.db.write() as tx:
            return offices.challenge(tx, place=self.branch, grant=grant, actor=again(tx, who or self.officers[0]))

    def refuses(self, kind: type[Exception], code: str, work) -> None:
        """Something is refused, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(kind) as refused:
            work()
        with self.db.read() as tx:
            assert (refused.value.code, entry_count(tx)) == (code, before)


@pytest.fixture
def york(db, clock_at) -> Branch:
    return copies.of(db, Branch, at=clock_at)


def test_two_organisers_of_a_branch_appoint_a_moderator_of_it(york, another_db):
    act, token = york.offer()
    york.accept(token)
    york.confirm(act, 1)
    with york.db.read() as tx:
        one_hand = act_queries.get(tx, act).current.do
    york.confirm(act, 2)
    york.later(days=2, hours=23)
    waiting = york.held()
    york.later(hours=1)

    found = [(one.role, one.source, one.scope, (one.until - york.clock.moment).days) for one in york.held()]
    assert (one_hand, waiting, found) == ("decide", [], [("moderator", "appointment", york.branch.scope, 180)])
    with york.db.draft() as tx:
        mia = again(tx, york.mia)
        powers = [P.HIDE_CONTENT, P.APPOINTMENTS_MAKE, P.CHANGE_SETTINGS, P.GROUPS_CONFIRM, P.MEMBERSHIPS_ACCEPT]
        here = [can(mia, one, york.branch.scope).ok for one in powers]
        below = [can(mia, one, york.group.scope).ok for one in powers]
    assert (here, below) == ([True, False, False, False, True], [False] * 5)
    assert_replays(york.db, another_db)


def test_moderator_of_a_branch_is_withdrawn_by_two_of_its_organisers(york, another_db):
    act = york.challenge(york.appoint())
    york.confirm(act, 1)
    york.later(days=2)
    waiting = len(york.held())
    york.later(days=1)

    assert (waiting, york.held()) == (1, [])
    assert_replays(york.db, another_db)


def test_nobody_else_appoints_or_withdraws_in_a_branch(york):
    grant = york.appoint()

    for who in (york.council[0], york.mia, york.founders[0], york.far):
        york.refuses(Forbidden, "permits.no_grant", lambda who=who: york.offer(who))
        york.refuses(Forbidden, "permits.no_grant", lambda who=who: york.challenge(grant, who))


def test_whoever_lives_elsewhere_accepts_nothing_in_a_branch(york):
    _act, token = york.offer()

    york.refuses(Forbidden, "permits.other_area", lambda: york.accept(token, york.far))


def test_nobody_appoints_themselves_and_no_mandate_falls_in_a_branch(york):
    _act, token = york.offer()
    york.refuses(RuleViolation, "acts.own_case", lambda: york.accept(token, york.officers[0]))
    york.accept(token)
    with york.db.read() as tx:
        mandate = permits.standing_grants(tx, holder=york.officers[1].holder, scope=york.branch.scope)[0].id

    york.refuses(RuleViolation, "permits.mandate", lambda: york.challenge(mandate))


@pytest.mark.parametrize("role", ["helper", "standin", "admin", "caretaker", "council"])
def test_nobody_is_appointed_to_another_role_in_a_branch(york, role):
    york.refuses(RuleViolation, "groups.not_appointed", lambda: york.offer(role=role))


def test_offer_names_one_place_and_no_other(york):
    with york.db.read() as tx:
        by = permits.standing_grants(tx, holder=york.officers[0].holder, scope=york.branch.scope)[0].entry
    grant = york.appoint()

    def append_one(record) -> None:
        with york.db.write() as tx:
            append(tx, record, by=by)

    both, nowhere, unknown = (york.group.id, york.branch.id), (None, None), (None, ids.new("brn"))
    for code, (group, branch) in (
        ("acts.not_due", both), ("groups.not_appointed", nowhere), ("acts.not_due", unknown),
        ("permits.no_warrant", (york.group.id, None)),
    ):  # fmt: skip
        offer = OfficeOffered(ids.new("act"), group, "moderator", branch)
        york.refuses(RuleViolation, code, lambda offer=offer: append_one(offer))
        away = OfficeChallenged(ids.new("act"), group, grant, branch)
        york.refuses(RuleViolation, "permits.no_warrant", lambda away=away: append_one(away))


def test_organiser_freezes_appointments_of_a_branch(york):
    with york.db.write() as tx:
        freezing.freeze(
            tx, power=P.APPOINTMENTS_MAKE, scope=york.branch.scope, reason=REASON, actor=again(tx, york.officers[3])
        )

    york.refuses(Forbidden, "permits.frozen", york.offer)


def test_seats_of_a_branch_are_as_many_as_the_rules_say(db, clock_at):
    one_seat = default_text().replace("seats = { min = 0, max = 12 }", "seats = { min = 0, max = 1 }", 1)
    york = Branch(db, clock_at, one_seat)
    york.appoint()

    york.refuses(RuleViolation, "acts.no_seat", york.offer)


def test_branch_that_sleeps_appoints_nobody(york):
    with york.db.read() as tx:
        dormant = branches.get(tx, york.branch.id)
    asleep = type(dormant)(**(dormant.__dict__ | {"dormant_entry": 1}))

    def offer() -> None:
        with york.db.write() as tx:
            offices.offer(tx, place=asleep, actor=again(tx, york.officers[0]))

    york.refuses(RuleViolation, "permits.dormant", offer)


def test_planted_fault_place_of_another_is_found(york, monkeypatch):
    monkeypatch.setattr(offices_fold, "place_of", lambda *_: york.branch.scope)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_offer_names_one_place_and_no_other(york)
