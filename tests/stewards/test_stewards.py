"""The steward after the founding: named by two of the council with notice, for a term, and withdrawn by two of it."""

from __future__ import annotations

import pytest

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.constitution import actions as constitution
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.errors import Forbidden, NotFound, RuleViolation
from hub.people import actions as people
from hub.permits import HUB, P, can
from hub.permits import queries as permits
from hub.permits.actions import resign
from hub.stewards import actions, fold
from tests import copies
from tests.people_for_tests import again, entry_count, equip, found_branch, found_hub, member, seat_council, types
from tests.replaying import assert_replays

WHY = "We do not know them yet."


class Hub:
    """A council of three, a branch, somebody who could run the machine, and a decoy member."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            self.council = seat_council(tx, "cleo", "cyra", "cato")
            _branch, self.officers = found_branch(tx, self.council)
            self.una, self.decoy = member(tx, "una"), member(tx, "decoy")
            equip(tx, self.una)

    def offer(self, place: int = 0) -> tuple[str, str]:
        with self.db.write() as tx:
            return actions.offer(tx, actor=again(tx, self.council[place]))

    def accept(self, token: str, who=None) -> None:
        with self.db.write() as tx:
            actions.accept(tx, token=token, shown="Una", actor=again(tx, who or self.una))

    def confirm(self, act: str, *places: int) -> None:
        for place in places:
            with self.db.write() as tx:
                actions.confirm(tx, act=act, actor=again(tx, self.council[place]))

    def later(self, **by: int) -> None:
        self.clock.advance(**by)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def name(self) -> str:
        """Una is named."""
        act, token = self.offer()
        self.accept(token)
        self.confirm(act, 1, 2)
        self.later(days=7)
        return act

    def stewards(self) -> list[tuple[str, int]]:
        """Who runs the machine, by their source and the days that are left."""
        with self.db.read() as tx:
            held = permits.standing_grants(tx, scope=HUB)
            return [(one.source, (one.until - self.clock.moment).days) for one in held if one.role == "steward"]

    def grant(self) -> str:
        with self.db.read() as tx:
            return next(one.id for one in permits.standing_grants(tx, scope=HUB) if one.role == "steward")

    def refuses(self, kind: type[Exception], code: str, work) -> None:
        """Something is refused, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(kind) as refused:
            work()
        with self.db.read() as tx:
            assert (getattr(refused.value, "code", code) or code, entry_count(tx)) == (code, before)


@pytest.fixture
def hub(db, clock_at) -> Hub:
    return copies.of(db, Hub, at=clock_at)


def test_two_of_the_council_name_a_steward_after_a_weeks_notice_for_a_term(hub, another_db):
    act, token = hub.offer()
    hub.accept(token)
    hub.confirm(act, 1)
    with hub.db.read() as tx:
        one_hand = act_queries.get(tx, act).current.do
    hub.confirm(act, 2)
    hub.later(days=6, hours=23)
    waiting = hub.stewards()
    hub.later(hours=1)

    assert (one_hand, waiting, hub.stewards()) == ("decide", [], [("appointment", 180)])
    with hub.db.draft() as tx:
        una = again(tx, hub.una)
        assert (can(una, P.OPERATE, HUB).ok, can(una, P.NAME_STEWARD, HUB).ok) == (True, False)
        assert [one for one in types(tx) if one.startswith("steward.")] == [
            "steward.offered", "steward.accepted", "steward.confirmed", "steward.confirmed",
        ]  # fmt: skip
    hub.later(days=180)
    assert hub.stewards() == []
    assert_replays(hub.db, another_db)


def test_steward_whom_the_council_named_is_withdrawn_by_two_of_it_and_told_first(hub, another_db):
    hub.name()
    with hub.db.write() as tx:
        act = actions.challenge(tx, grant=hub.grant(), actor=again(tx, hub.council[0]))
    hub.confirm(act, 1)
    hub.later(days=2)
    waiting = len(hub.stewards())
    hub.later(days=1)

    assert (waiting, hub.stewards()) == (1, [])
    assert_replays(hub.db, another_db)


def test_steward_resigns_at_once(hub, another_db):
    hub.name()
    with hub.db.write() as tx:
        resign(tx, grant=hub.grant(), actor=again(tx, hub.una))

    assert hub.stewards() == []
    assert_replays(hub.db, another_db)


def test_founding_steward_is_withdrawn_by_nobody(hub):
    with hub.db.write() as tx:
        constitution.take_seat(tx, role="steward", shown="Una", actor=again(tx, hub.una))

    def challenge() -> None:
        with hub.db.write() as tx:
            actions.challenge(tx, grant=hub.grant(), actor=again(tx, hub.council[0]))

    hub.refuses(RuleViolation, "permits.mandate", challenge)


def test_minute_that_passes_meanwhile_keeps_nobody_from_a_founding_seat(hub, another_db, clock_at):
    clock_at("2026-11-21T20:00Z").hurry()
    with hub.db.write() as tx:
        grant = constitution.take_seat(tx, role="steward", shown="Una", actor=again(tx, hub.una))

    assert hub.grant() == grant
    assert_replays(hub.db, another_db)


def test_nobody_outside_of_the_council_names_anybody(hub):
    for who in (hub.decoy, hub.officers[0]):
        with pytest.raises(Forbidden), hub.db.write() as tx:
            actions.offer(tx, actor=again(tx, who))
    act, token = hub.offer()
    hub.accept(token)
    for who in (hub.decoy, hub.officers[0], hub.una):
        with pytest.raises((Forbidden, RuleViolation)), hub.db.write() as tx:
            actions.confirm(tx, act=act, actor=again(tx, who))
    with hub.db.read() as tx:
        assert act_queries.get(tx, act).hands_now("yes") == ()


def test_whoever_holds_another_office_or_invited_does_not_run_the_machine(hub):
    _act, token = hub.offer()

    hub.refuses(RuleViolation, "permits.not_together", lambda: hub.accept(token, hub.officers[0]))
    hub.refuses(RuleViolation, "acts.own_case", lambda: hub.accept(token, hub.council[0]))
    hub.accept(token)
    hub.refuses(NotFound, "invitations.over", lambda: hub.accept(token, hub.decoy))


def test_each_has_one_invitation_waiting_and_seats_are_two(hub):
    hub.offer()
    hub.refuses(RuleViolation, "stewards.offered_before", hub.offer)
    act, token = hub.offer(1)
    hub.accept(token)
    hub.confirm(act, 0, 2)
    hub.later(days=7)
    with hub.db.write() as tx:
        equip(tx, hub.decoy)
        constitution.take_seat(tx, role="steward", shown="Decoy", actor=again(tx, hub.decoy))

    hub.refuses(RuleViolation, "acts.no_seat", lambda: hub.offer(2))
    assert sorted(source for source, _days in hub.stewards()) == ["appointment", "founding"]


def test_two_objections_refuse_and_silence_lapses(hub):
    act, token = hub.offer()
    hub.accept(token)
    for place in (1, 2):
        with hub.db.write() as tx:
            actions.object_to(tx, act=act, reason=WHY, actor=again(tx, hub.council[place]))
    silent, _token = hub.offer()
    hub.later(days=15)

    with hub.db.read() as tx:
        assert [act_queries.get(tx, one).outcome for one in (act, silent)] == ["refused", "lapsed"]
    assert hub.stewards() == []


def test_whoever_left_meanwhile_is_not_named(hub):
    act, token = hub.offer()
    hub.accept(token)
    hub.confirm(act, 1, 2)
    with hub.db.write() as tx:
        people.end_standing(tx, person=hub.una.person)
    hub.later(days=7)

    assert hub.stewards() == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('by = ["founding", "appointment"]', 'by = ["founding"]'),
        ('by = "stewards.name", persons = 2, days = 14', 'by = "stewards.name", persons = 1, days = 14'),
        ('can = ["hub.operate"]', 'can = ["hub.operate", "stewards.name"]'),
    ],
)
def test_constitution_that_lets_one_name_a_steward_does_not_load(was, becomes):
    assert was in default_text()

    with pytest.raises(Broken):
        load(default_text().replace(was, becomes, 1))


def test_planted_fault_one_who_holds_an_office_is_found(hub, monkeypatch):
    monkeypatch.setattr(fold.permits, "is_compatible", lambda *_: fold.YES)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_whoever_holds_another_office_or_invited_does_not_run_the_machine(hub)
