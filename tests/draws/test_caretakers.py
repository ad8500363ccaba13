"""A branch or group whose organisers are gone: somebody who was drawn before takes care, in the same minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
import sqlalchemy as sa

from hub import clock, ledger
from hub.acts import queries as act_queries
from hub.draws import actions, files, owing, queries, seats_fold, ticking
from hub.draws.entries import CaretakerBegun, DrawAccepted, DrawOpened, DrawReplaced
from hub.errors import Forbidden
from hub.groups import founding, membership, offices
from hub.groups.models import requests
from hub.permits import P, can
from hub.permits import actions as permit_actions
from hub.permits import queries as permits
from hub.permits.actions import right_of_members
from hub.permits.actor import Grant
from tests.draws.conftest import KNOWN, Town, make_town
from tests.draws.test_drawing import newest, refused
from tests.people_for_tests import again, found_group, types
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)


def standing_by(town: Town, scope=None) -> str:
    """The act of the branch's draw, whose three have all accepted."""
    scope = scope or town.branch.scope
    town.turn(minutes=1)
    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_caretaker", scope)
    town.turn(**KNOWN)
    town.read_source(act, town.founders[0])
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
    for row in rows:
        town.accept(act, row)
    return act


def caretakers(town: Town) -> list[Grant]:
    """Every caretaker's grant there was in the branch."""
    with town.db.read() as tx:
        return [grant for grant in permits.all_grants(tx, town.branch.scope) if grant.role == "caretaker"]


def test_first_who_stands_by_takes_care_in_the_minute_of_the_vacancy(town, another_db):
    act = standing_by(town)
    with town.db.read() as tx:
        ends = max(grant.until for grant in permits.live_grants(tx, scope=town.branch.scope))
        rows = town.drawn(tx, act)
        assert [row.state for row in rows] == ["accepted"] * 3
        first = rows[0].holder
    assert caretakers(town) == []
    town.turn(days=190)

    found = caretakers(town)[0]
    assert (found.holder, found.starts, found.until - found.starts, found.source, found.act) == (
        first, ends, 28 * DAY, "caretaker", act,
    )  # fmt: skip
    with town.db.write() as tx:
        person = town.actor_of(tx, rows[0].ticket)
        found_powers = {power for power in P if can(person, power, town.branch.scope)}
        assert found_powers == {P.MEMBERSHIPS_ACCEPT, P.CALL_BALLOT}
    assert_replays(town.db, another_db)


def test_nobody_is_ever_without_care_while_somebody_stands_by(town):
    standing_by(town)
    town.turn(days=181)
    for _ in range(75):
        town.turn(days=1)
        with town.db.read() as tx:
            assert owing.vacant_since(tx, town.branch.scope, town.clock_at.moment) is None

    found = caretakers(town)
    assert [later.starts - earlier.until for earlier, later in pairwise(found)] == [dt.timedelta(0)] * (len(found) - 1)
    assert len({grant.holder for grant in found[:3]}) == 3


def test_late_clock_begins_what_a_daily_one_does(db, another_db, clock_at):
    """The same holders and the same minutes, whether the worker slept or not."""
    town = make_town(db, clock_at)
    standing_by(town)
    town.turn(days=270)
    late = caretakers(town)

    assert len(late) == 3
    assert [(one.starts, one.until) for one in late] == [
        (late[0].starts + n * 28 * DAY, late[0].starts + (n + 1) * 28 * DAY) for n in range(3)
    ]
    with db.read() as tx:
        assert late[0].starts == max(g.until for g in permits.all_grants(tx, town.branch.scope) if g.role == "admin")
    assert_replays(db, another_db)


def test_resignation_of_the_last_organiser_makes_a_caretaker_at_once(town):
    standing_by(town)
    for place, founder in enumerate(town.founders):
        with town.db.write() as tx:
            grant = permits.live_grants(tx, holder=founder.holder)[0]
            permit_actions.resign(tx, grant=grant.id, actor=again(tx, founder))
        town.turn(minutes=1)
        assert bool(caretakers(town)) == (place == 4)
    assert caretakers(town)[0].starts == town.clock_at.moment - dt.timedelta(minutes=1)


def test_who_stood_by_and_left_is_passed_over(town):
    act = standing_by(town)
    with town.db.write() as tx:
        rows = town.drawn(tx, act)
        gone = queries.person_of(tx, rows[0].ticket)
        tx.execute(sa.text("UPDATE standings SET until_at = 1 WHERE person = :p"), {"p": gone})
    town.turn(days=181)

    assert caretakers(town)[0].holder == rows[1].holder
    with town.db.read() as tx:
        assert queries.seat(tx, rows[0].ticket).reason == "left"


def test_without_anybody_standing_by_a_draw_is_opened_at_once(town):
    town.turn(days=181)
    with town.db.read() as tx:
        assert owing.vacant_since(tx, town.branch.scope, town.clock_at.moment) is not None
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
        assert act_queries.get(tx, act).is_open
    town.turn(hours=26)
    town.read_source(act, town.members[0])
    with town.db.read() as tx:
        rows = town.drawn(tx, act)
    town.accept(act, rows[1])

    found = caretakers(town)
    assert [grant.starts for grant in found] == [town.clock_at.moment]


def test_organisers_and_recalled_ones_are_not_in_the_pool(town):
    with town.db.write() as tx:
        grant = permits.live_grants(tx, holder=town.founders[0].holder)[0]
        tx.execute(
            sa.text("UPDATE grants SET ended_at = from_at + 60, ended_why = 'recalled', ended_entry = 1 WHERE id = :g"),
            {"g": grant.id},
        )
    town.turn(minutes=2)

    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
        inside = set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))
    yorkers = {one.person for one in (*town.members, *town.council) if one.standing.area == "york"}
    assert inside == yorkers


def test_who_does_not_wish_to_is_not_in_the_pool(town):
    with town.db.write() as tx:
        for one in town.members:
            actions.wish(tx, at_home=False, volunteers=True, actor=again(tx, one))
    town.turn(minutes=1)

    with town.db.read() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
        inside = set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))
    assert inside == {one.person for one in town.council}


def test_group_draws_from_its_own_members_once_it_has_others_than_organisers(town):
    with town.db.write() as tx:
        locals_ = [one for one in town.members if one.standing.area == "york"]
        group, founders = found_group(tx, town.branch, locals_[:2], town.founders)
    town.turn(minutes=1)
    with town.db.read() as tx:
        assert queries.acts_in(tx, "draw_caretaker", group.scope) == []
    with town.db.write() as tx:
        for one in locals_[2:4]:
            membership.join(tx, group=group, actor=again(tx, one))
    town.founders = [*founders, *town.founders]

    act = standing_by(town, group.scope)

    with town.db.read() as tx:
        inside = set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))
        assert inside == {one.person for one in locals_[2:4]}
        assert len(queries.standing_by(tx, group.scope)) == 2
    town.turn(days=185)
    with town.db.read() as tx:
        live = [g for g in permits.live_grants(tx, scope=group.scope) if g.role == "caretaker"]
        assert len(live) == 1


def test_nobody_is_asked_anew_while_somebody_stands_by(town):
    act = standing_by(town)
    for _ in range(8):
        town.turn(days=20)

    with town.db.read() as tx:
        assert [row.id for row in queries.acts_in(tx, "draw_caretaker", town.branch.scope)] == [act]


def test_after_an_election_a_new_order_is_drawn(town):
    act = standing_by(town)
    with town.db.write() as tx:
        row = tx.execute(sa.text("SELECT * FROM acts WHERE id = :a"), {"a": act}).mappings().one()
        over = int(town.clock_at.moment.timestamp())
        elect = {**row, "id": "act_" + "e" * 26, "procedure": "elect", "opened_entry": 10**6, "closed_entry": 10**6}
        elect |= {"closed_at": over, "opened_at": over, "due_at": over}
        columns = ", ".join(elect)
        tx.execute(sa.text(f"INSERT INTO acts ({columns}) VALUES ({', '.join(':' + key for key in elect)})"), elect)
    town.turn(minutes=1)

    with town.db.read() as tx:
        assert len(queries.acts_in(tx, "draw_caretaker", town.branch.scope)) == 2
        # Those who stood by do so until others have accepted.
        assert len(queries.standing_by(tx, town.branch.scope)) == 3


# --- planted faults ----------------------------------------------------------------------------------------------


def test_forged_openings_change_nothing(town):
    act = standing_by(town)
    branch = town.branch.id
    record = DrawOpened("act_" + "0" * 26, "draw_caretaker", branch, branch)
    for forged, code in (
        (record, "draws.not_needed"),
        (replace(record, scope="hub", branch=None), "draws.nowhere"),
        (replace(record, scope="brn_" + "0" * 26, branch="brn_" + "0" * 26), "draws.nowhere"),
        (replace(record, procedure="draw_council", scope=branch), "draws.nowhere"),
        (replace(record, procedure="draw_council", scope="hub", branch=None), "draws.runs"),
        (replace(record, procedure="recall"), "acts.not_due"),
        (replace(record, act=act), "acts.opened_before"),
    ):
        refused(town.db, lambda tx, forged=forged: ledger.append(tx, forged, by=None), code)


def test_forged_caretakers_change_nothing(town):
    standing_by(town)
    town.turn(days=181)
    with town.db.read() as tx:
        true = CaretakerBegun(**newest(tx, "caretaker.begun").data)
    refused(town.db, lambda tx: ledger.append(tx, true, by=None), "acts.not_due")
    town.clock_at.advance(days=28)
    with town.db.read() as tx:
        rows = queries.standing_by(tx, town.branch.scope)
    due, until = true.until, _later(true.until)
    second = replace(true, ticket=rows[0].ticket, holder=rows[0].holder, grant="grt_" + "0" * 26, due=due, until=until)
    for forged in (
        replace(second, ticket=rows[1].ticket, holder=rows[1].holder),
        replace(second, holder=true.holder),
        replace(second, until=_later(until)),
        replace(second, due=true.due),
    ):
        refused(town.db, lambda tx, forged=forged: ledger.append(tx, forged, by=None), "acts.not_due")
    with town.db.write() as tx:
        ledger.append(tx, second, by=None)
        assert types(tx)[-1] == "caretaker.begun"


def _later(minute: str) -> str:
    return clock.format_minute(clock.parse_minute(minute) + 28 * DAY)


def test_caretaker_accepts_members_who_wait_and_nothing_else_goes_on(town):
    with town.db.write() as tx:
        locals_ = [one for one in town.members if one.standing.area == "york"]
        plan = founding.Plan("York Tenants", "Renters of York helping one another.", "accept")
        group, founders = found_group(tx, town.branch, locals_[:2], town.founders, plan)
        for one in locals_[2:4]:
            membership.join(tx, group=group, actor=again(tx, one))
        for request in list(tx.scalars(sa.select(requests.c.id))):
            membership.accept(tx, group=group, request=request, actor=again(tx, founders[0]))
    town.founders = [*founders, *town.founders]
    standing_by(town, group.scope)
    town.turn(days=181)
    with town.db.write() as tx:
        seat = next(row for row in queries.order(tx, town.draw_of(tx, "draw_caretaker", group.scope), 0) if row.grant)
        caretaker = town.actor_of(tx, seat.ticket)
        membership.join(tx, group=group, actor=again(tx, locals_[5]))
        request = tx.scalar(sa.select(requests.c.id).where(requests.c.answered_at.is_(None)))

        membership.accept(tx, group=group, request=request, actor=caretaker)

        joined = tx.scalars(sa.text('SELECT person FROM memberships WHERE "group" = :g'), {"g": group.id})
        assert locals_[5].person in set(joined)
    with pytest.raises(Forbidden), town.db.write() as tx:
        offices.offer(tx, place=group, actor=caretaker)


def test_whose_tickets_there_were_is_forgotten_when_the_last_seat_has_ended(town, another_db, tmp_path):
    act = standing_by(town)
    files.publish(town.db, tmp_path)
    town.clock_at.advance(days=399)
    with town.db.write() as tx:
        assert ticking.forget(tx) == 0
    town.clock_at.advance(days=3)

    with town.db.write() as tx:
        assert ticking.forget(tx) == 1
        kept = [
            tx.scalar(sa.text(f"SELECT count(*) FROM {name} WHERE act = :a"), {"a": act})
            for name in ("draw_tickets", "draw_files")
        ]
    assert kept == [0, 0]
    assert_replays(town.db, another_db)


def test_one_holder_stands_by_in_one_seat(town):
    act = standing_by(town)
    with town.db.read() as tx:
        rows = queries.order(tx, act, 0)
        mine, reserve = rows[0], rows[3]
        right = right_of_members(tx)
        draw = queries.find(tx, act, 0)
        assert draw is not None
    with town.db.write() as tx:
        gone = DrawReplaced(act, 0, rows[1].ticket, "left", [], [], reserve.ticket, draw.file or "")
        ledger.append(tx, gone, by=None)
    twice = DrawAccepted(act, 0, reserve.ticket, mine.holder, None, None)

    refused(town.db, lambda tx: ledger.append(tx, twice, by=right), "draws.seated_before")


def test_seat_in_a_place_to_which_nobody_belongs_is_not_taken(town, monkeypatch):
    """Everybody left since the pool was frozen: whoever was drawn there is no member of it either."""
    town.turn(minutes=1)
    with town.db.draft() as tx:
        act = town.draw_of(tx, "draw_caretaker", town.branch.scope)
    town.turn(**KNOWN)
    town.read_source(act, town.members[0])
    with town.db.draft() as tx:
        row = town.drawn(tx, act)[0]
        actor = town.actor_of(tx, row.ticket)
    monkeypatch.setattr(seats_fold.permits, "dormant_since", lambda _tx, _scope: town.clock_at.moment)

    refused(town.db, lambda tx: actions.accept(tx, act=act, shown="Nobody", actor=again(tx, actor)), "draws.asleep")
