"""What is hidden is a question of dates: a measure and a hiding each end their own, and nothing is hidden too long."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.emergencies import actions as emergencies
from hub.emergencies import queries as measures
from hub.errors import RuleViolation
from hub.groups import links, queries
from hub.groups.founding import Plan
from hub.hiding import actions, concealed, fold, rules
from hub.hiding import queries as hidings
from hub.hiding.models import concealments
from hub.search import index as search
from tests import copies
from tests.draws.conftest import Town, make_town
from tests.emergencies.test_emergencies import WHY, draw_panel, panel
from tests.hiding.test_hiding import URL, Group, shown
from tests.people_for_tests import again, entry_count, found_group, ready
from tests.replaying import assert_replays

DAY = dt.timedelta(days=1)
PLAN = Plan("York Tenants", "Renters of York helping one another.", "branch")


@pytest.fixture
def york(db, clock_at) -> Town:
    """A branch with a group of two, old enough for a measure."""
    town = make_town(db, clock_at, members=24)
    with db.write() as tx:
        two = [ready(tx, "fay"), ready(tx, "flo")]
        town.group, town.two = found_group(tx, town.branch, two, town.founders, PLAN)
    town.turn(days=91)
    return town


def purpose(york: Town) -> str | None:
    """What pages and lists show of the group; the same in both."""
    with york.db.read() as tx:
        one = queries.get(tx, york.group.id).purpose
        assert queries.cards(tx, [york.group.id])[york.group.id].purpose == one
        return one


def is_found(york: Town) -> bool:
    """Whether the group is found by a word of its purpose."""
    with york.db.read() as tx:
        return [hit.id for hit in search.find(tx, "helping")] == [york.group.id]


def measure(york: Town) -> str:
    """Two of the council hide the purpose."""
    with york.db.write() as tx:
        first, second = (again(tx, one) for one in york.council[:2])
        scope = queries.get(tx, york.group.id).scope
        target = ("group", york.group.id)
        act = emergencies.declare(tx, kind="hide_content", scope=scope, reason=WHY, actor=first, target=target)
        emergencies.confirm(tx, act=act, actor=second)
    return act


def confirm(york: Town, act: str) -> None:
    """The panel is drawn and confirms."""
    draw_panel(york, act)
    with york.db.write() as tx:
        first, second, _ = panel(york, tx, act)
        emergencies.confirm(tx, act=act, actor=first)
        emergencies.confirm(tx, act=act, actor=second)
        assert act_queries.get(tx, act).outcome == "done"


def hide(york: Town, by: int = 1, rule: int = 1) -> str:
    """An organiser of the group hides the purpose."""
    with york.db.write() as tx:
        actor = again(tx, york.two[by])
        return actions.hide(tx, kind="group", target=york.group.id, rule=rule, reason="An address.", actor=actor)


def why(york: Town):
    """Why the purpose is hidden, or None."""
    with york.db.read() as tx:
        return hidings.hidden_among(tx, [york.group.id]).get(york.group.id)


def test_confirmed_measure_ends_by_its_date_with_nobody_acting(york, another_db, clock_at):
    act = measure(york)
    assert purpose(york) is None
    assert not is_found(york)
    confirm(york, act)
    with york.db.read() as tx:
        until = measures.find(tx, act).until_at
    assert why(york) == hidings.Hidden(act, until, None, "", waits=False)

    # The worker is down: nothing but the date ends it.
    clock_at.advance(days=6)

    assert purpose(york) == PLAN.purpose
    assert why(york) is None
    with york.db.write() as tx:
        before = entry_count(tx)
        actions.come_back(tx)
        assert entry_count(tx) == before
    assert is_found(york)
    assert_replays(york.db, another_db)


def test_undone_measure_shows_nothing_that_an_organiser_hides(york, another_db):
    measure(york)
    hiding = hide(york)
    york.turn(days=2, hours=1)

    assert purpose(york) is None
    assert why(york).act == hiding
    york.turn(days=1)
    assert purpose(york) == PLAN.purpose
    assert_replays(york.db, another_db)


def test_undone_hiding_shows_nothing_that_a_measure_hides(york, another_db):
    act = measure(york)
    hide(york)
    confirm(york, act)
    york.turn(days=3)

    assert purpose(york) is None
    assert (why(york).act, why(york).place) == (act, f"/emergencies/{act}")
    york.turn(days=4)
    assert purpose(york) == PLAN.purpose
    assert_replays(york.db, another_db)


def test_organisers_hide_again_what_a_measure_hid(york):
    measure(york)
    york.turn(days=2)
    assert purpose(york) == PLAN.purpose

    hide(york)

    assert purpose(york) is None


def test_planted_end_of_everything_that_hides_it_is_found(york, monkeypatch):
    """If the end of one act showed what another hides, the two tests above would see it."""

    def reveal(tx, act, at):
        target = tx.scalar(sa.select(concealments.c.target).where(concealments.c.act == act))
        tx.execute(sa.update(concealments).where(concealments.c.target == target).values(until_at=at))

    monkeypatch.setattr(fold, "reveal", reveal)
    measure(york)
    hide(york)
    york.turn(days=2, hours=1)

    assert purpose(york) == PLAN.purpose


def test_nobody_hides_the_same_thing_twice_nor_others_for_more_than_a_week(york, clock_at):
    hide(york)
    york.turn(days=3)
    with york.db.read() as tx:
        before = entry_count(tx)
    with pytest.raises(RuleViolation) as refused:
        hide(york, rule=2)
    assert refused.value.code == "hiding.again"
    with york.db.read() as tx:
        assert entry_count(tx) == before

    hide(york, by=0, rule=2)
    york.turn(days=3)
    assert purpose(york) == PLAN.purpose
    york.turn(days=27, hours=23)
    with pytest.raises(RuleViolation):
        hide(york, by=0)
    york.turn(hours=1)
    hide(york, by=0)
    assert purpose(york) is None


@pytest.mark.parametrize("holder", ["a", "b"])
@given(
    moves=st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from("abcdefgh"), st.integers(1, 7)), min_size=1, max_size=25
    )
)
def test_nothing_is_hidden_alone_for_more_than_seven_days_in_any_28(holder, moves):
    """Whoever tries whenever, in turns: every window of 28 days holds at most seven hidden days."""
    at, spells = dt.datetime(2026, 11, 21, tzinfo=dt.UTC), []
    for hours, who, lasts in moves:
        at += hours * dt.timedelta(hours=1)
        if spells and at < spells[-1].until:
            continue
        if rules.may_hide_again(who, spells, lasts * DAY, at):
            spells.append(hidings.Alone(who, at, at + lasts * DAY))
    for last in spells:
        begin = last.until - 28 * DAY
        within = [one.until - max(one.since, begin) for one in spells if begin < one.until <= last.until]
        assert sum(within, dt.timedelta()) <= 7 * DAY
    mine = sorted(one.since for one in spells if one.holder == holder)
    assert all(later - before >= 28 * DAY for before, later in pairwise(mine))


def test_author_shows_nothing_of_their_own_again_nor_announces_it_anew(db, clock_at):
    york = copies.of(db, Group, at=clock_at)
    act = york.hide(db)
    with db.write() as tx:
        actions.confirm(tx, act=act, actor=york.founders[2])
        actions.confirm(tx, act=act, actor=york.founders[3])
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        actions.restore(tx, act=act, actor=again(tx, york.founders[1]))
    assert refused.value.code == "hiding.own_words"

    def announce(url: str, audience: str = "public") -> None:
        with db.write() as tx:
            actor = again(tx, york.founders[1])
            links.add_link(tx, group=york.group, kind="forum", url=url, title="F", audience=audience, actor=actor)

    for url in (URL, URL + "/", URL.upper().replace("HTTPS", "https")):
        for audience in ("public", "members"):
            with pytest.raises(RuleViolation) as refused:
                announce(url, audience)
            assert refused.value.code == "groups.link_hidden"
    with db.read() as tx:
        assert entry_count(tx) == before

    with db.write() as tx:
        links.withdraw_link(tx, group=york.group, link=york.link, actor=again(tx, york.founders[1]))
    with pytest.raises(RuleViolation) as refused:
        announce(URL)
    assert refused.value.code == "groups.link_hidden"

    announce("https://wiki.example.org")
    with db.write() as tx:
        actions.restore(tx, act=act, actor=again(tx, york.founders[2]))
    announce(URL)
    assert shown(db, york)[0] == "https://wiki.example.org"


def test_planted_predicate_without_an_end_is_found(york, monkeypatch, clock_at):
    """If only the beginning counted, the first test of these would see it."""
    confirm(york, measure(york))
    clock_at.advance(days=6)
    with york.db.read() as tx:
        over = sa.select(concealments.c.entry).where(concealments.c.from_at <= concealed._NOW)
        live = sa.select(concealments.c.entry).where(concealed.LIVE)
        assert (len(tx.execute(over).all()), tx.execute(live).all()) == (1, [])


def test_late_worker_leaves_nothing_hidden_once_it_runs(york, clock_at):
    hide(york)
    clock_at.advance(days=40)
    with york.db.write() as tx:
        acts.tick_all(tx)

    assert purpose(york) == PLAN.purpose
