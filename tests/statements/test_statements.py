"""Official statements: drafted by one of the press, signed by a second; corrected and taken back the same way."""

from __future__ import annotations

import pytest

from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.ledger import append, withdraw
from hub.permits import HUB, P
from hub.permits import queries as permits
from hub.statements import actions, fold, queries
from hub.statements.entries import CorrectionProposed, StatementDrafted, StatementPublished
from tests.people_for_tests import again, entry_count, types
from tests.replaying import assert_replays
from tests.statements.conftest import TEXT, TITLE

OTHER = {"title": "On the rent freeze, corrected", "text": "We ask for three years.", "reason": "It was three."}
NAMES = ("statement", "correction", "retraction")


def log(statement) -> list[tuple]:
    """What took effect of a statement, in its order."""
    return [(one.does, one.title, one.text, one.reason) for one in statement.done]


def correct(hub, key: str, who=None, **changed) -> str:
    with hub.db.write() as tx:
        return actions.correct(tx, statement=key, actor=again(tx, who or hub.press[0]), **{**OTHER, **changed})


def take_back(hub, key: str, reason: str = "It is out of date.") -> str:
    with hub.db.write() as tx:
        return actions.take_back(tx, statement=key, reason=reason, actor=again(tx, hub.press[1]))


def test_statement_is_published_by_the_second_signature_and_not_before(spoken, another_db):
    act = spoken.draft()
    before = spoken.published()
    spoken.confirm(act)

    (key,) = spoken.published()
    statement = spoken.statement(key)
    assert (before, log(statement), statement.kind, statement.group) == (
        [], [("publish", TITLE, TEXT, None)], "statement", None,
    )  # fmt: skip
    with spoken.db.read() as tx:
        told = [one for one in types(tx) if one.split(".")[0] in NAMES]
        assert (told, act_queries.get(tx, act).outcome) == (
            ["statement.drafted", "statement.confirmed", "statement.published"], "done",
        )  # fmt: skip
    assert_replays(spoken.db, another_db)


def test_correction_and_withdrawal_leave_in_view_what_was_said(spoken, another_db):
    key = spoken.publish()
    act = correct(spoken, key)
    waiting = spoken.statement(key).said.text
    spoken.confirm(act)
    corrected = spoken.statement(key)
    gone = take_back(spoken, key)
    spoken.confirm(gone, spoken.press[2])

    statement = spoken.statement(key)
    assert (waiting, corrected.said.text, corrected.is_withdrawn) == (TEXT, OTHER["text"], False)
    assert (statement.is_withdrawn, log(statement)) == (True, [
        ("publish", TITLE, TEXT, None), ("correct", OTHER["title"], OTHER["text"], OTHER["reason"]),
        ("withdraw", None, None, "It is out of date."),
    ])  # fmt: skip
    assert spoken.published() == [key]
    assert_replays(spoken.db, another_db)


def test_reminder_names_a_group_and_stands_there_until_it_is_taken_back(spoken, another_db):
    key = spoken.publish(kind="reminder", group=spoken.group.id)

    def there() -> list[str]:
        with spoken.db.read() as tx:
            return [one.id for one in queries.reminders_of(tx, spoken.group.id)]

    stands = there()
    spoken.confirm(take_back(spoken, key), spoken.press[0])
    assert (stands, there()) == ([key], [])
    assert_replays(spoken.db, another_db)


def test_whoever_drafted_does_not_sign_twice_and_nobody_else_signs(spoken):
    act = spoken.draft()

    spoken.refuses(RuleViolation, "acts.signed_before", lambda: spoken.confirm(act, spoken.press[0]))
    for who in (spoken.council[0], spoken.officers[0], spoken.decoy):
        spoken.refuses(Forbidden, "permits.no_grant", lambda who=who: spoken.confirm(act, who))
        spoken.refuses(Forbidden, "permits.no_grant", lambda who=who: spoken.draft(who))
    assert spoken.published() == []


def test_two_of_whom_one_appointed_the_other_lately_are_no_two(db, clock_at, hub):
    hub.people[0] = hub.council[0]
    for place, who in ((1, hub.council[0]), (0, hub.people[1])):
        act, token = hub.offer(place)
        hub.accept(token, who)
        hub.sign(act, *((1, 2) if place else (0, 2)))
    hub.later(days=4)
    hub.press = [hub.council[0], hub.people[1]]
    act = hub.draft()

    hub.refuses(RuleViolation, "acts.own_appointee", lambda: hub.confirm(act))
    hub.later(days=8)
    assert hub.published() == []


def test_silence_publishes_nothing_and_two_objections_refuse(spoken):
    silent, refused = spoken.draft(), spoken.draft()
    for who in spoken.press[1:]:
        with spoken.db.write() as tx:
            actions.object_to(tx, act=refused, reason="Not while it is being looked into.", actor=again(tx, who))
    spoken.later(days=15)

    with spoken.db.read() as tx:
        assert [act_queries.get(tx, one).outcome for one in (silent, refused)] == ["lapsed", "refused"]
    assert spoken.published() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "  "}, "statements.title"),
        ({"title": "a" * 121}, "statements.title"),
        ({"title": "two\nlines"}, "statements.title"),
        ({"text": " "}, "statements.text"),
        ({"text": "a" * 8001}, "statements.text"),
        ({"text": "nul\x00"}, "statements.text"),
        ({"kind": "poem"}, "statements.kind"),
    ],
)
def test_draft_that_says_nothing_or_too_much_is_refused(spoken, changed, code):
    spoken.refuses(RuleViolation, code, lambda: spoken.draft(**changed))


def test_statement_about_a_group_and_an_unknown_group_are_refused(spoken):
    spoken.refuses(RuleViolation, "statements.kind", lambda: spoken.draft(group=spoken.group.id))
    unknown = "grp_" + "0" * 26
    spoken.refuses(RuleViolation, "acts.not_due", lambda: spoken.draft(kind="reminder", group=unknown))


def test_only_what_stands_is_changed_one_change_at_a_time_and_with_a_reason(spoken):
    draft = spoken.draft()
    with spoken.db.read() as tx:
        unsaid = queries.of_act(tx, draft)[0].id
    key = spoken.publish()

    for missing in (unsaid, "stm_" + "0" * 26):
        spoken.refuses(RuleViolation, "statements.not_published", lambda missing=missing: correct(spoken, missing))
    spoken.refuses(Invalid, "invalid", lambda: correct(spoken, key, reason=" "))
    spoken.refuses(Invalid, "invalid", lambda: take_back(spoken, key, " "))
    spoken.refuses(NotFound, "not_found", lambda: spoken.confirm("act_" + "0" * 26))
    first = correct(spoken, key)
    spoken.refuses(RuleViolation, "statements.change_runs", lambda: take_back(spoken, key))
    spoken.confirm(first)
    spoken.confirm(take_back(spoken, key), spoken.press[0])
    spoken.refuses(RuleViolation, "statements.withdrawn", lambda: correct(spoken, key))


def test_words_taken_out_of_the_record_leave_the_statement(spoken, another_db):
    key = spoken.publish()
    told = spoken.statement(key).said.told_entry
    with spoken.db.write() as tx:
        withdraw(tx, told, "text")

    assert log(spoken.statement(key)) == [("publish", TITLE, None, None)]
    assert_replays(spoken.db, another_db)


def test_entries_past_the_verbs_are_refused(spoken):
    act = spoken.draft()
    key = spoken.publish()
    with spoken.db.read() as tx:
        by = permits.standing_grants(tx, holder=permits.holder_of_person(tx, spoken.press[0].person), scope=HUB)[0]
        drafted = queries.of_act(tx, act)[0].id
        council = next(one for one in permits.standing_grants(tx, scope=HUB) if P.NAME_PRESS in one.permissions)

    def by_hand(record, warrant: int | None, words=None) -> None:
        with spoken.db.write() as tx:
            append(tx, record, by=warrant, words=words or {})

    moment = spoken.clock.moment.strftime("%Y-%m-%dT%H:%MZ")
    new = "act_" + "1" * 26
    for code, record, warrant in (
        ("acts.not_due", StatementPublished(act, 1, moment), None),
        ("acts.not_due", StatementDrafted(new, drafted, "statement", None), by.entry),
        ("permits.no_warrant", StatementDrafted(new, "stm_" + "1" * 26, "statement", None), council.entry),
        ("permits.no_warrant", CorrectionProposed(new, key), council.entry),
    ):
        spoken.refuses(
            RuleViolation, code, lambda record=record, warrant=warrant: by_hand(record, warrant)
        )  # fmt: skip
    with spoken.db.read() as tx:
        assert entry_count(tx) > 0
    assert spoken.published() == [key]


def test_planted_fault_one_signature_is_found(spoken, another_db, monkeypatch):
    decides = act_rules._WAITS["decide"]

    def one(state, now):
        hands = state.hands_now("yes")
        return (hands[0].at, "done") if state.procedure == fold.PROCEDURE and hands else decides(state, now)

    monkeypatch.setitem(act_rules._WAITS, "decide", one)
    with pytest.raises(RuleViolation) as refused:
        test_statement_is_published_by_the_second_signature_and_not_before(spoken, another_db)

    assert refused.value.code == "permits.no_warrant"  # the second finds an act that is over
