"""A case from its complaint to its end, by the verbs: each state, what ends it, and what it leaves."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from hub import ledger
from hub.acts import queries as act_queries
from hub.cases import actions, deciding, queries
from hub.cases.models import case_papers
from hub.cases.rules import Item, Ruling
from hub.draws import actions as draws
from hub.emergencies.entries import MeasureConfirmed
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.ledger.models import entries
from hub.permits import HUB, P, require
from tests.cases.conftest import ITEM, Court, proved
from tests.people_for_tests import again, entry_count
from tests.replaying import assert_replays

NOT_PROVED = Ruling(False, "none", "Nobody else heard it.")


def test_case_is_decided_and_becomes_final(court: Court, another_db):
    act = court.complain()
    assert court.state(act) == "drawing_duty"
    court.seat_drawn(act)
    assert court.state(act) == "filed"
    court.screen(act)
    assert court.state(act) == "admitted"
    items = court.charge(act)
    assert court.state(act) == "charged"
    court.answer(act)
    assert court.state(act) == "drawing_panel"
    court.seat_drawn(act)
    assert court.state(act) == "deciding"
    court.turn(days=5)

    court.decide(act, proved(items))

    assert court.state(act) == "appealable"
    court.turn(days=14)
    assert court.state(act) == "final"
    assert court.grants_of(court.ben) == [("admin", None)]
    assert_replays(court.db, another_db)


def test_office_ends_when_the_decision_is_final_and_not_before(court: Court, another_db):
    act, items = court.to_panel()
    court.decide(act, proved(items, "role_ended", grants=court.offices_of(court.ben)))
    court.turn(days=13)
    assert court.grants_of(court.ben) == [("admin", None)]

    court.turn(days=1)

    assert court.grants_of(court.ben) == [("admin", "decided")]
    assert_replays(court.db, another_db)


def test_whoever_is_barred_takes_no_office_until_the_day_said(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items, "barred", days=30))
    court.turn(days=14)
    with court.db.write() as tx:
        assert not court.may_take_office(tx)

    court.turn(days=29)
    with court.db.read() as tx:
        assert not court.may_take_office(tx)
    court.turn(days=1)
    with court.db.read() as tx:
        assert court.may_take_office(tx)


@pytest.mark.parametrize(("result", "state"), [("no_case", "not_admitted"), ("informal", "not_admitted")])
def test_complaint_that_is_no_case_ends_and_the_other_never_hears_of_it(court: Court, another_db, result, state):
    act = court.complain()
    court.seat_drawn(act)

    court.screen(act, result)

    assert court.state(act) == state
    with court.db.read() as tx:
        assert queries.mine(tx, court.ben.person or "") == []
        assert queries.mine(tx, court.ada.person or "") == [act]
        with pytest.raises(NotFound):
            queries.view(tx, act, court.town.members[5].person)
    assert_replays(court.db, another_db)


def test_silence_is_decided_on_what_there_is(court: Court, another_db):
    act = court.admitted()
    court.charge(act)

    court.turn(days=14)

    assert court.state(act) == "drawing_panel"
    with court.db.read() as tx:
        found = queries.complaint(tx, act)
        assert found is not None
        assert (found.answer, found.charge is None) == (None, False)
    assert_replays(court.db, another_db)


def test_accused_takes_seven_days_more_once(court: Court, another_db):
    act = court.admitted()
    court.charge(act)
    with court.db.write() as tx:
        actions.prolong(tx, act=act, actor=again(tx, court.ben))
    before = court.entries()
    with court.db.write() as tx, pytest.raises(RuleViolation, match="does not wait"):
        actions.prolong(tx, act=act, actor=again(tx, court.ben))
    assert court.entries() == before

    court.turn(days=20)
    assert court.state(act) == "charged"
    court.turn(days=1)
    assert court.state(act) == "drawing_panel"
    assert_replays(court.db, another_db)


@pytest.mark.parametrize("step", ["drawing_duty", "filed", "admitted"])
def test_what_is_not_done_in_time_lapses(court: Court, another_db, step):
    act = court.complain()
    if step != "drawing_duty":
        court.seat_drawn(act)
    if step == "admitted":
        court.screen(act)
    assert court.state(act) == step

    court.turn(days=3 if step == "drawing_duty" else 7)

    assert court.state(act) == "lapsed"
    assert_replays(court.db, another_db)


def test_panel_that_does_not_decide_has_half_as_long_again_and_another_follows_once(court: Court, another_db):
    act, _items = court.to_panel()
    with court.db.read() as tx:
        since, first = act_queries.get(tx, act).since, {row.holder for row in queries.seats(tx, act)}

    court.turn(days=23)
    assert court.due_in(act, since) == 42
    court.turn(days=14)
    assert court.state(act) == "drawing_panel"
    court.seat_drawn(act)
    with court.db.read() as tx:
        assert not first & {row.holder for row in queries.seats(tx, act)}
    court.turn(days=28)

    assert court.state(act) == "lapsed"
    assert court.grants_of(court.ben) == [("admin", None)]
    assert_replays(court.db, another_db)


def test_nobody_of_an_earlier_draw_is_shown_as_deciding_while_a_panel_is_drawn(court: Court):
    def shown() -> list[str]:
        with court.db.read() as tx:
            return [row.ticket for row in queries.view(tx, act, court.ben.person).seats]

    def seated() -> list[str]:
        with court.db.read() as tx:
            return [row.ticket for row in queries.seats(tx, act)]

    act = court.admitted()
    court.charge(act)
    court.answer(act)
    assert (len(seated()), shown()) == (3, [])
    court.seat_drawn(act)
    assert shown() == seated()
    court.turn(days=42)
    assert (court.state(act), len(seated()), shown()) == ("drawing_panel", 3, [])


def test_draw_that_is_not_made_is_made_once_more_and_then_it_lapses(court: Court, another_db):
    act = court.admitted()
    court.charge(act)
    court.answer(act)

    court.turn(days=5)
    assert court.state(act) == "drawing_panel"
    court.turn(days=5)

    assert court.state(act) == "lapsed"
    assert_replays(court.db, another_db)


def test_no_case_takes_longer_than_said(court: Court):
    """The longest way there is: every step at its last moment, both draws once more, the panel replaced."""
    act = court.complain()
    with court.db.read() as tx:
        begun = act_queries.get(tx, act).since
    court.seat_drawn(act)
    court.wait_until_just_before(act)
    court.screen(act)
    court.wait_until_just_before(act)
    court.charge(act)
    with court.db.write() as tx:
        actions.prolong(tx, act=act, actor=again(tx, court.ben))
    court.turn(days=21)
    court.turn(days=5)
    court.seat_drawn(act)
    court.turn(days=28)
    court.turn(days=14)
    assert court.state(act) == "drawing_panel"
    with court.db.read() as tx:
        assert act_queries.get(tx, act).since - begun <= dt.timedelta(days=90)
    court.seat_drawn(act)
    court.turn(days=28)

    with court.db.read() as tx:
        ended = act_queries.closed_at(tx, act)
    assert ended is not None
    assert (court.state(act), ended - begun <= dt.timedelta(days=123)) == ("lapsed", True)


def test_each_side_strikes_two_and_others_follow(court: Court, another_db):
    act = court.admitted()
    court.charge(act)
    court.answer(act)
    court.seat_drawn(act)
    struck: list[str] = []
    for who in (court.ada, court.ada, court.ben, court.ben):
        struck.append(court.strike(act, who))
        court.accept_all(act)

    before = court.entries()
    with pytest.raises(RuleViolation, match="strike 2"):
        court.strike(act, court.ben)

    assert court.entries() == before
    with court.db.read() as tx:
        sitting = {row.ticket for row in queries.seats(tx, act) if row.state == "accepted"}
        ended = tx.scalar(sa.text("SELECT count(*) FROM grants WHERE ended_why = 'struck'"))
    assert (len(sitting), sitting & set(struck), ended) == (3, set(), 4)
    court.turn(days=5)
    court.decide(act, NOT_PROVED)
    assert court.state(act) == "appealable"
    with pytest.raises(RuleViolation, match="does not wait"):
        court.strike(act, court.ada)
    assert_replays(court.db, another_db)


def test_nobody_decides_while_the_sides_may_strike(court: Court):
    act = court.admitted()
    court.charge(act)
    court.answer(act)
    court.seat_drawn(act)
    before = court.entries()

    with pytest.raises(RuleViolation, match="first 4 days"):
        court.decide(act, NOT_PROVED)

    assert court.entries() == before


def test_nothing_is_cited_that_was_not_laid_before_the_accused(court: Court):
    act = court.admitted()
    shown = court.charge(act)
    with court.db.write() as tx:
        hidden = actions.attach(tx, act=act, item=ITEM, actor=again(tx, court.ben))
    court.turn(days=14)
    court.seat_drawn(act)
    court.turn(days=5)
    before = court.entries()

    for cites in ([hidden], [*shown, hidden], ["0" * 64]):
        with pytest.raises(RuleViolation, match="laid before the accused"):
            court.decide(act, proved(cites))

    assert (court.entries(), court.state(act)) == (before, "deciding")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (ITEM, None),
        (Item("He wrote: leave.", "", "Ada", "read aloud", "public_link"), "where this stood"),
        (Item("He wrote: leave.", "the chat", "", "read aloud", "public_link"), "where this stood"),
        (Item("He wrote: leave.", "the chat", "Ada", "", "public_link"), "where this stood"),
        (Item("He wrote: leave.", "the chat", "Ada", "read aloud", "somewhere"), "where this stood"),
        (Item("He wrote: leave.", "his letters", "Ada", "read", "own_message"), "private space"),
        (Item("He wrote: leave.", "their chat", "Ada", "read", "participant"), "private space"),
        (Item("He wrote: leave.", "their chat", "Ada", "read", "participant", consent="Eve, who was in it"), None),
        (Item(" ", "the chat", "Ada", "read aloud", "public_link"), "what it says"),
    ],
)
def test_item_without_provenance_or_consent_is_attached_nowhere(court: Court, item, why):
    act = court.admitted()

    with court.db.write() as tx:
        if why is None:
            actions.attach(tx, act=act, item=item, actor=again(tx, court.ada))
        else:
            with pytest.raises(RuleViolation, match=why):
                actions.attach(tx, act=act, item=item, actor=again(tx, court.ada))

    assert len(court.items(act)) == (why is None)


def test_charge_without_anything_that_it_rests_on_cannot_be_laid(court: Court):
    act = court.admitted()
    before = court.entries()

    with court.db.write() as tx, pytest.raises(RuleViolation, match="at least one item"):
        actions.charge(tx, act=act, facts="They all say so.", actor=again(tx, court.ada))

    assert (court.entries(), court.state(act)) == (before, "admitted")


def test_each_may_do_their_own_part_alone(court: Court):
    act = court.admitted()
    stranger = court.town.members[4]
    with court.db.write() as tx:
        with pytest.raises(Forbidden):
            actions.charge(tx, act=act, facts="He did.", actor=again(tx, court.ben))
        with pytest.raises(NotFound):
            actions.charge(tx, act=act, facts="He did.", actor=again(tx, stranger))
        with pytest.raises(NotFound):
            actions.attach(tx, act=act, item=ITEM, actor=again(tx, stranger))
        for one in (court.ben, stranger, court.town.council[0]):
            with pytest.raises(Forbidden):
                actions.screen(tx, act=act, result="admitted", reasons="Yes.", actor=again(tx, one))
            with pytest.raises(Forbidden):
                deciding.propose(tx, act=act, ruling=NOT_PROVED, actor=again(tx, one))
        with pytest.raises(NotFound):
            queries.view(tx, act, stranger.person)
        for duty in court.sitting(tx, act):
            assert queries.view(tx, act, duty.person).you == "duty"


def test_nobody_of_the_branches_of_the_sides_is_drawn_nor_whoever_sat_before(court: Court):
    act = court.admitted()
    court.charge(act)
    court.answer(act)
    with court.db.write() as tx:
        duty = court.pool(tx, act, 0)
        panel = court.pool(tx, act, 4)
        screened = {one.person for one in court.sitting_at(tx, act, 0)}
        near = {one.person for one in (*court.town.founders, *court.town.members) if court.lives_in(tx, one) == "york"}

    assert len(duty) > 0
    assert duty & near == set()
    assert panel == duty - screened


def test_record_and_its_openings_name_no_side_and_say_no_word(court: Court):
    act, items = court.to_panel()
    court.decide(act, proved(items))
    court.turn(days=14)

    with court.db.read() as tx:
        raw = b"\n".join(bytes(row) for row in tx.scalars(sa.select(entries.c.bytes).order_by(entries.c.index)))
        said = " ".join(tx.scalars(sa.text("SELECT disclosure FROM openings")))
        begun = queries.complaint(tx, act)
        papers = tx.scalars(sa.select(case_papers.c.body)).all()
    assert begun is not None
    mine = b"\n".join(raw.split(b"\n")[begun.filed_entry :])
    for secret in (court.ada, court.ben):
        assert (secret.person or "").encode() not in raw
        assert secret.holder is None or secret.holder.encode() not in mine
    for word in ("threatened", "heard it", ITEM.text, ITEM.source):
        assert word.encode() not in raw
        assert word not in said
    assert len(papers) >= 5


def test_hidden_complainant_is_told_to_everybody_but_the_accused(court: Court):
    act = court.complain()
    court.seat_drawn(act)
    court.screen(act, hides=True)
    court.charge(act)

    with court.db.write() as tx:
        ben, duty = queries.view(tx, act, court.ben.person), court.sitting(tx, act)[0]
        sees = queries.view(tx, act, duty.person)
    assert (ben.complainant, sees.complainant) == (None, court.ada.person)
    assert sorted(paper.kind for paper in ben.file.papers) == ["charge", "screening", "screening"]
    told = repr(ben.file)
    assert court.ada.person not in told
    assert "Ada" not in told
    assert [item.body["text"] for item in ben.file.items] == [ITEM.text]


def test_one_alone_hides_nobody(court: Court):
    act = court.complain()
    court.seat_drawn(act)
    court.screen(act, many=1, hides=True)
    with court.db.write() as tx:
        second = court.sitting(tx, act)[1]
        actions.screen(tx, act=act, result="admitted", reasons="It names a rule.", actor=second)
    court.charge(act)

    with court.db.read() as tx:
        assert queries.view(tx, act, court.ben.person).complainant == court.ada.person


def test_sides_read_the_decision_and_no_draft(court: Court):
    act, items = court.to_panel()
    with court.db.write() as tx:
        deciding.propose(tx, act=act, ruling=NOT_PROVED, actor=court.sitting(tx, act)[2])
    with court.db.read() as tx:
        assert [one for one in queries.view(tx, act, court.ben.person).file.papers if one.kind == "ruling"] == []

    decision = court.decide(act, proved(items))

    with court.db.read() as tx:
        for side in (court.ada, court.ben):
            found = queries.view(tx, act, side.person).file.papers
            assert [one.id for one in found if one.kind == "ruling"] == [decision]


@pytest.mark.parametrize("outcome", ["content_removed", "expulsion", "flogging"])
def test_what_cannot_be_carried_out_is_not_ordered(court: Court, outcome):
    act, items = court.to_panel()
    before = court.entries()

    with pytest.raises(RuleViolation):
        court.decide(act, proved(items, outcome, days=10))

    assert court.entries() == before


def test_panel_ends_nobody_elses_office(court: Court):
    act, items = court.to_panel()
    other = court.offices_of(court.town.founders[3])
    before = court.entries()

    with pytest.raises(RuleViolation, match="nobody else's"):
        court.decide(act, proved(items, "role_ended", grants=other))

    assert court.entries() == before


def test_complaint_cites_a_rule_of_its_day_and_comes_in_time(court: Court):
    today = court.today()
    early = dt.date(2026, 11, 1)
    for other, refusal in (
        ({"rule": 29}, Invalid),
        ({"happened_on": early}, Invalid),
        ({"happened_on": today, "learned_on": early}, RuleViolation),
        ({"words": " "}, Invalid),
        ({"respondent": court.ada.person}, NotFound),
        ({"respondent": "per_nobody"}, NotFound),
    ):
        before = court.entries()
        with pytest.raises(refusal):
            court.complain(**other)
        assert court.entries() == before
    court.turn(days=61)
    with pytest.raises(RuleViolation, match="60 days"):
        court.complain(happened_on=today, learned_on=today)


def test_seat_for_a_case_that_is_over_is_not_taken(court: Court):
    act = court.complain()
    court.turn(hours=26)
    court.town.read_source(act, court.town.members[0])
    with court.db.read() as tx:
        offered = queries.seats(tx, act)
    court.turn(days=7)
    assert court.state(act) == "lapsed"

    with court.db.write() as tx, pytest.raises((RuleViolation, NotFound)):
        draws.accept(tx, act=act, shown="Late", actor=court.town.actor_of(tx, offered[0].ticket))


def test_entries_of_other_acts_decide_no_case(court: Court):
    act, _items = court.to_panel()
    with court.db.write() as tx:
        grant = require(court.sitting(tx, act)[0], P.DECIDE_CASES, HUB, act=act)
        before = entry_count(tx)
        with pytest.raises(RuleViolation, match="word for word"):
            ledger.append(tx, MeasureConfirmed(act), by=grant.entry)
        assert entry_count(tx) == before
