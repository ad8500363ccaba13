"""The press: named by two of the council with notice, for a term, and withdrawn by two of it; it carries one power."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.constitution import actions as constitution
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.errors import Forbidden, RuleViolation
from hub.groups import offices_fold
from hub.permits import HUB, P, can
from hub.permits import queries as permits
from tests.people_for_tests import again, types
from tests.replaying import assert_replays
from tests.statements.conftest import Hub


def test_two_of_the_council_name_one_of_the_press_after_notice_for_a_term(hub, another_db):
    act, token = hub.offer()
    hub.accept(token, hub.people[0])
    hub.sign(act, 1)
    with hub.db.read() as tx:
        one_hand = act_queries.get(tx, act).current.do
    hub.sign(act, 2)
    hub.later(days=2, hours=23)
    waiting = hub.held()
    hub.later(hours=1)

    found = [(one.source, one.scope, (one.until - hub.clock.moment).days) for one in hub.held()]
    assert (one_hand, waiting, found) == ("decide", [], [("appointment", HUB, 180)])
    with hub.db.draft() as tx:
        ada = again(tx, hub.people[0])
        assert [one for one in P if can(ada, one, HUB)] == [P.PUBLISH_STATEMENT]
        assert [one for one in P if can(ada, one, hub.group.scope)] == []
        assert [one for one in types(tx) if one.startswith("office.")][-4:] == [
            "office.offered", "office.accepted", "office.confirmed", "office.confirmed",
        ]  # fmt: skip
    hub.later(days=180)
    assert hub.held() == []
    assert_replays(hub.db, another_db)


def test_two_of_the_council_withdraw_one_of_the_press_after_notice(spoken, another_db):
    act = spoken.withdraw(spoken.held()[0].id)
    spoken.sign(act, 1)
    spoken.later(days=2)
    waiting = len(spoken.held())
    spoken.later(days=1)

    assert (waiting, len(spoken.held())) == (3, 2)
    assert_replays(spoken.db, another_db)


def test_council_withdraws_a_third_of_the_press_within_a_fortnight_or_one(spoken):
    first, second, _third = spoken.held()
    spoken.withdraw(first.id)

    spoken.refuses(RuleViolation, "groups.too_many_withdrawn", lambda: spoken.withdraw(second.id, 1))


def test_nobody_outside_of_the_council_names_or_withdraws_the_press(spoken):
    grant = spoken.held()[0].id

    for who in (spoken.decoy, spoken.officers[0], spoken.press[1]):
        spoken.council[0] = who
        spoken.refuses(Forbidden, "permits.no_grant", spoken.offer)
        spoken.refuses(Forbidden, "permits.no_grant", lambda: spoken.withdraw(grant))


def test_council_appoints_to_no_other_office_and_nobody_themselves(hub):
    for role in ("council", "steward", "admin", "moderator", "panellist"):
        hub.refuses(RuleViolation, "groups.not_appointed", lambda role=role: hub.offer(role=role))
    _act, token = hub.offer()

    hub.refuses(RuleViolation, "acts.own_case", lambda: hub.accept(token, hub.council[0]))


def test_other_offices_of_the_hub_are_not_withdrawn_as_the_press_is(spoken):
    with spoken.db.write() as tx:
        constitution.take_seat(tx, role="steward", shown="-", actor=again(tx, spoken.people[3]))
    steward, seat = spoken.held("steward")[0].id, spoken.held("council")[1].id

    for grant in (steward, seat):
        spoken.refuses(RuleViolation, "permits.mandate", lambda grant=grant: spoken.withdraw(grant))


def test_seats_are_as_many_as_the_rules_say(db, clock_at):
    text = default_text().replace(
        'seats = { min = 0, max = 9 }\nby = ["appointment"]', 'seats = { min = 0, max = 3 }\nby = ["appointment"]'
    )
    assert text != default_text()
    hub = Hub(db, clock_at, text)
    hub.name()

    hub.refuses(RuleViolation, "acts.no_seat", hub.offer)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('can = ["statements.publish"]', 'can = ["statements.publish", "content.hide"]'),
        ('can = ["statements.publish"]', 'can = ["statements.publish", "press.name"]'),
        ('by = "press.name", persons = 2', 'by = "press.name", persons = 1'),
        ('by = "statements.publish", persons = 2', 'by = "statements.publish", persons = 1'),
        ('opens = "statements.publish"', 'opens = "press.name"'),
        ('max = 9 }\nby = ["appointment"]', 'max = 2 }\nby = ["appointment"]'),
        ('max = 9 }\nby = ["appointment"]', 'max = 10 }\nby = ["appointment"]'),
    ],
)
def test_constitution_that_gives_the_press_more_or_asks_for_less_does_not_load(was, becomes):
    assert was in default_text()

    with pytest.raises(Broken):
        load(default_text().replace(was, becomes, 1))


def test_planted_fault_other_offices_that_fall_the_same_way_are_found(spoken, monkeypatch):
    monkeypatch.setattr(offices_fold, "DERIVED", ("appointment", "founding"))
    monkeypatch.setattr(offices_fold, "AT_HUB", {"press": "name_press", "steward": "", "council": ""})

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_other_offices_of_the_hub_are_not_withdrawn_as_the_press_is(spoken)


def test_planted_fault_one_who_appoints_themselves_is_found(hub, monkeypatch):
    monkeypatch.setattr(offices_fold, "inviter", lambda *_: None)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_council_appoints_to_no_other_office_and_nobody_themselves(hub)


def test_founding_council_alone_cannot_speak(hub):
    with hub.db.draft() as tx:
        assert not can(again(tx, hub.council[0]), P.PUBLISH_STATEMENT, HUB)
        assert permits.holder_of_person(tx, str(hub.council[0].person)) is not None
