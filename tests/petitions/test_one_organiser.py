"""One organiser's objection opens a ballot of the members and holds what waits: no contact changes in 72 hours."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import clock
from hub.acts import actions as acts
from hub.acts import fold as acts_fold
from hub.acts import queries as act_queries
from hub.acts import rules as act_rules
from hub.errors import Forbidden, Invalid, Refusal, RuleViolation
from hub.groups import links, membership, offices, queries
from hub.groups import settings as group_settings
from hub.permits import queries as permits
from hub.petitions import actions
from tests import copies
from tests.people_for_tests import (
    again,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
    types,
)
from tests.replaying import assert_replays

WHY = "Nobody here talked about it."
URL = "https://forum.example.org/"
THREE = dt.timedelta(days=3)


class Group:
    """A group of two organisers and three members."""

    plays = 0

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock_at = db, clock_at
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.group, self.founders = found_group(tx, branch, [ready(tx, "fay"), ready(tx, "flo")], officers)
            self.members = [member(tx, f"mem_{number}") for number in range(3)]
            for one in self.members:
                membership.join(tx, group=self.group, actor=one)

    def link(self, url: str = URL, audience: str = "public", by: int = 0):
        """A place that an organiser adds; returns the link."""
        with self.db.write() as tx:
            one = again(tx, self.founders[by])
            links.add_link(tx, group=self.group, kind="forum", url=url, title="F", audience=audience, actor=one)
            return next(link for link in queries.links_for(tx, self.group, viewer=one) if link.url == url)

    def change(self) -> str:
        """A change of settings that both signed."""
        with self.db.write() as tx:
            act = group_settings.propose(
                tx, group=self.group, joining="accept", seats=20, seats_most=500, actor=again(tx, self.founders[0])
            )
            group_settings.confirm(tx, act=act, actor=again(tx, self.founders[1]))
        return act

    def appointment(self) -> str:
        """An appointment that both signed."""
        with self.db.write() as tx:
            act, token = offices.offer(tx, place=self.group, actor=again(tx, self.founders[0]))
            offices.accept(tx, token=token, shown="Mia", actor=ready(tx, "mia"))
            for one in self.founders:
                offices.confirm(tx, act=act, actor=again(tx, one))
        return act

    def demand(self, target: str, who=None) -> str:
        """One organiser asks for a ballot."""
        with self.db.write() as tx:
            return actions.demand_ballot(tx, target=target, reasons=WHY, actor=again(tx, who or self.founders[1]))

    def turn(self, **span: float) -> None:
        """Time passes, and the clock runs."""
        self.clock_at.advance(**span)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def shown(self) -> list[str | None]:
        """What the register of links shows."""
        with self.db.read() as tx:
            return [link.url for link, _ in queries.register_of_links(tx)]


@pytest.fixture
def york(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def test_link_is_shown_after_three_days_and_not_before(york, another_db):
    link = york.link()
    assert (link.status, york.shown()) == ("announced", [])

    york.turn(days=3, minutes=-1)
    assert york.shown() == []
    york.turn(minutes=1)

    assert york.shown() == [URL]
    with york.db.read() as tx:
        assert queries.link(tx, link.id).status == "said"
    assert_replays(york.db, another_db)


def test_link_is_taken_down_at_once_and_never_shown(york, another_db):
    link = york.link()
    with york.db.write() as tx:
        links.withdraw_link(tx, group=york.group, link=link.id, actor=again(tx, york.founders[1]))

    york.turn(days=4)

    assert york.shown() == []
    with york.db.read() as tx:
        assert "link.shown" not in types(tx)
    assert_replays(york.db, another_db)


def test_members_see_their_link_after_three_days_and_organisers_at_once(york):
    york.link(audience="members")

    def seen(who) -> list[str | None]:
        with york.db.draft() as tx:
            return [one.url for one in queries.links_for(tx, york.group, viewer=again(tx, who))]

    assert (seen(york.members[0]), seen(york.founders[1])) == ([], [URL])
    york.clock_at.advance(days=3)
    assert seen(york.members[0]) == [URL]


@pytest.mark.parametrize("what", ["change", "appointment", "link"])
def test_one_objection_opens_a_ballot_and_holds(york, another_db, what):
    target = york.link().act if what == "link" else getattr(york, what)()

    hold = york.demand(target)

    with york.db.read() as tx:
        assert act_queries.get(tx, target).is_held
        assert act_queries.get(tx, hold).current.do == "ballot"
        assert types(tx)[-4:] == ["ballot.demanded", "act.advanced", "ballot.called", "draw.prepared"]
    york.turn(days=5)
    with york.db.read() as tx:
        state = act_queries.get(tx, target)
        assert (state.is_open, york.shown()) == (True, [])
        assert queries.get(tx, york.group.id).joining == "branch"
        assert [one.role for one in permits.live_grants(tx, scope=york.group.scope)] == ["admin", "admin"]
    assert_replays(york.db, another_db)


def test_members_and_strangers_alone_hold_nothing_at_once(york):
    target = york.change()
    with york.db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(Forbidden):
        york.demand(target, york.members[0])
    with pytest.raises(Invalid), york.db.write() as tx:
        actions.demand_ballot(tx, target=target, reasons=" ", actor=again(tx, york.founders[1]))

    with york.db.read() as tx:
        assert entry_count(tx) == before


def test_nothing_is_held_twice_nor_after_its_notice(york):
    target = york.change()
    york.demand(target)
    with pytest.raises(RuleViolation) as twice:
        york.demand(target, york.founders[0])
    late = york.link().act
    york.clock_at.advance(days=3)
    with pytest.raises(RuleViolation) as over:
        york.demand(late)

    assert (twice.value.code, over.value.code) == ("acts.not_held", "acts.not_held")


def test_withdrawal_of_an_office_is_not_held_by_one(york):
    york.appointment()
    york.turn(days=3)
    with york.db.write() as tx:
        grant = next(one for one in permits.live_grants(tx, scope=york.group.scope) if one.role == "moderator")
        act = offices.challenge(tx, place=york.group, grant=grant.id, actor=again(tx, york.founders[0]))
        offices.confirm(tx, act=act, actor=again(tx, york.founders[1]))
    with pytest.raises(RuleViolation) as refused:
        york.demand(act)
    assert refused.value.code == "petitions.not_held"


def test_signatures_that_fail_meanwhile_do_not_stop_what_the_ballot_decides(york):
    """Members collect, an organiser opens the ballot alone: the members' petition fails, and stops nothing by that."""
    target = york.change()
    with york.db.write() as tx:
        collecting = actions.open_hold(tx, target=target, reasons=WHY, actor=again(tx, york.members[0]))
    york.demand(target)

    york.turn(days=4)

    with york.db.read() as tx:
        assert act_queries.get(tx, collecting).outcome == "failed"
        assert act_queries.get(tx, target).is_held


# --- No sequence of acts is quicker ----------------------------------------------------------------------------------

MOVES = ("announce", "confirm", "withdraw", "object", "settings", "pass_hours", "pass_day")
RUNS = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 1), st.integers(1, 30)), min_size=1, max_size=50)


def play(york: Group, run) -> list[tuple[str, dt.timedelta]]:
    """Plays up to fifty acts of both organisers; returns each address shown, and how long after it was announced."""
    york.plays += 1  # one group plays many runs: each announces addresses of its own
    since: dict[str, dt.datetime] = {}
    told: list[tuple[str, dt.timedelta]] = []
    for number, (move, who, hours) in enumerate(run):
        url = f"https://n{york.plays}-{number}.example.org/"
        try:
            with york.db.write() as tx:
                actor = again(tx, york.founders[who])
                there = [one for one in queries.links_for(tx, york.group, viewer=actor) if one.is_public]
                if move == "announce":
                    links.add_link(
                        tx, group=york.group, kind="wiki", url=url, title="W", audience="public", actor=actor
                    )
                    since[url] = clock.minute(clock.now())
                elif move == "settings":
                    group_settings.propose(
                        tx, group=york.group, joining="accept", seats=hours + 9, seats_most=500, actor=actor
                    )
                elif move in ("confirm", "withdraw", "object") and there:
                    one = there[hours % len(there)]
                    if move == "confirm":
                        links.confirm_link(tx, group=york.group, link=one.id, actor=actor)
                    elif move == "withdraw":
                        links.withdraw_link(tx, group=york.group, link=one.id, actor=actor)
                    elif one.act:
                        actions.demand_ballot(tx, target=one.act, reasons=WHY, actor=actor)
        except Refusal:
            since.pop(url, None)
        york.turn(hours=hours if move == "pass_hours" else 24 if move == "pass_day" else 0)
        for shown in york.shown():
            if shown in since:
                told.append((shown, clock.now() - since.pop(shown)))
    return told


SLOW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(RUNS)
def test_no_fifty_acts_change_an_address_in_under_72_hours(york, run):
    assert all(waited >= THREE for _, waited in play(york, run))


def test_planted_fault_a_notice_that_is_over_at_once_is_seen(york, monkeypatch):
    monkeypatch.setitem(act_rules._WAITS, "notice", lambda state, now: (state.since, "done"))

    assert play(york, [("announce", 0, 1)])[0][1] < THREE


def test_planted_fault_an_objection_that_holds_nothing_is_seen(york, monkeypatch):
    real = acts_fold.state_fact
    monkeypatch.setattr(
        acts_fold, "state_fact", lambda tx, entry, *, act, fact, at=None: (
            None if fact == "held" else real(tx, entry, act=act, fact=fact, at=at)
        ),
    )  # fmt: skip
    york.demand(york.link().act)
    york.turn(days=5)

    assert york.shown() == [URL]
