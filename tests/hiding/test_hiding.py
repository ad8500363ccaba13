"""Hidden at once, by one; back in three days, unless two others confirm. Nothing edited, nothing deleted."""

from __future__ import annotations

import pytest

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.errors import Forbidden, Invalid, NotFound, RuleViolation
from hub.groups import links, offices, queries
from hub.groups.founding import Plan
from hub.hiding import actions, fold
from hub.hiding import queries as hidings
from hub.search import index as search
from tests import copies
from tests.people_for_tests import (
    again,
    begin_appointments,
    entry_count,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
)
from tests.replaying import assert_replays

URL = "https://forum.example.org"
PLAN = Plan("York Tenants", "Renters of York helping one another.", "branch")


class Group:
    """A group of two founders and two moderators, with a link that the second founder declared."""

    def __init__(self, db, clock_at) -> None:
        clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx)
            branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            founders = [ready(tx, "fay"), ready(tx, "flo")]
            self.group, founders = found_group(tx, branch, founders, officers, PLAN)
            appointed = [self.appoint(tx, founders, name) for name in ("mia", "max")]
            begin_appointments(tx, clock_at)
            founders = [again(tx, one) for one in founders]
            self.founders = [*founders, *(again(tx, one) for one in appointed)]
            links.add_link(
                tx, group=self.group, kind="forum", url=URL, title="Forum", audience="public", actor=founders[1]
            )
            self.link = queries.links_for(tx, self.group, viewer=founders[0])[0].id
            self.stranger = member(tx, "stran_ger")

    def appoint(self, tx, founders, name: str):
        """A moderator whom both founders appoint."""
        act, token = offices.offer(tx, place=self.group, actor=founders[0])
        found = ready(tx, name)
        offices.accept(tx, token=token, shown=name, actor=found)
        for one in founders:
            offices.confirm(tx, act=act, actor=one)
        return found

    def hide(self, db, opener: int = 0, kind: str = "link") -> str:
        """Hides the link, or the purpose."""
        target = self.link if kind == "link" else self.group.id
        with db.write() as tx:
            return actions.hide(
                tx, kind=kind, target=target, rule=4, reason="It leads elsewhere.", actor=self.founders[opener]
            )


@pytest.fixture
def york(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def shown(db, york: Group) -> tuple[str | None, str | None]:
    """The link's address and the purpose, as pages have them."""
    with db.read() as tx:
        group = queries.get(tx, york.group.id)
        return queries.links_for(tx, group, viewer=york.stranger)[0].url, group.purpose


def test_hidden_at_once_and_back_in_three_days(db, another_db, clock_at, york):
    before = shown(db, york)
    york.hide(db)
    york.hide(db, kind="group")
    assert shown(db, york) == (None, None)

    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)

    assert shown(db, york) == before == (URL, PLAN.purpose)
    assert_replays(db, another_db)


def test_two_others_keep_it_hidden_and_one_officer_restores_it(db, another_db, clock_at, york):
    act = york.hide(db)
    with db.write() as tx:
        actions.confirm(tx, act=act, actor=york.founders[2])
        actions.confirm(tx, act=act, actor=york.founders[3])
    clock_at.advance(days=30)
    with db.write() as tx:
        acts.tick_all(tx)
    assert shown(db, york) == (None, PLAN.purpose)

    with db.write() as tx:
        actions.restore(tx, act=act, actor=again(tx, york.founders[2]))

    assert shown(db, york) == (URL, PLAN.purpose)
    assert_replays(db, another_db)


@pytest.fixture
def crowd(db, york, clock_at) -> list:
    """Two moderators more, all of them appointed more than four weeks ago."""
    with db.write() as tx:
        found = [york.appoint(tx, york.founders[:2], name) for name in ("may", "moe")]
        begin_appointments(tx, clock_at)
    clock_at.advance(days=28)
    with db.write() as tx:
        york.founders = [again(tx, one) for one in (*york.founders, *found)]
    return york.founders


def test_what_a_moderator_hid_stays_hidden_only_by_an_organisers_word(db, another_db, york, crowd, clock_at):
    act = york.hide(db, opener=2)
    with db.write() as tx:
        actions.confirm(tx, act=act, actor=crowd[3])
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        actions.confirm(tx, act=act, actor=crowd[4])

    with db.read() as tx:
        assert (refused.value.code, entry_count(tx), act_queries.get(tx, act).is_open) == (
            "hiding.organiser", before, True,
        )  # fmt: skip
    with db.write() as tx:
        actions.confirm(tx, act=act, actor=crowd[0])
        assert act_queries.get(tx, act).outcome == "done"
    assert_replays(db, another_db)


def test_moderators_alone_bring_back_what_one_of_them_hid(db, another_db, york, crowd, clock_at):
    act = york.hide(db, opener=2)
    with db.write() as tx:
        actions.confirm(tx, act=act, actor=crowd[3])
    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)

    assert shown(db, york) == (URL, PLAN.purpose)
    assert_replays(db, another_db)


def test_planted_fault_moderators_who_confirm_each_other_are_found(db, another_db, york, crowd, clock_at, monkeypatch):
    monkeypatch.setattr(fold, "BY_MODERATORS", fold.YES)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_what_a_moderator_hid_stays_hidden_only_by_an_organisers_word(db, another_db, york, crowd, clock_at)


def test_two_objections_bring_it_back_at_once(db, york):
    act = york.hide(db)
    with db.write() as tx:
        for one in york.founders[2:]:
            actions.contest(tx, act=act, reason="It is our forum.", actor=one)

        assert act_queries.get(tx, act).outcome == "undone"
    assert shown(db, york) == (URL, PLAN.purpose)


@pytest.mark.parametrize("who", [0, 1])
def test_opener_and_author_confirm_nothing(db, york, who):
    act = york.hide(db)
    with db.read() as tx:
        before = entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        actions.confirm(tx, act=act, actor=york.founders[who])

    assert refused.value.code == "acts.own_case"
    with db.read() as tx:
        assert entry_count(tx) == before


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"rule": 99}, RuleViolation),
        ({"reason": "  "}, Invalid),
        ({"kind": "person"}, NotFound),
        ({"target": "lnk_" + "0" * 26}, NotFound),
    ],
)
def test_hiding_without_a_rule_a_reason_or_a_thing_is_refused(db, york, changed, error):
    with db.read() as tx:
        before = entry_count(tx)
    asked = {"kind": "link", "target": york.link, "rule": 4, "reason": "Why.", **changed}

    with pytest.raises(error), db.write() as tx:
        actions.hide(tx, actor=york.founders[0], **asked)

    with db.read() as tx:
        assert entry_count(tx) == before
    assert shown(db, york) == (URL, PLAN.purpose)


def test_member_hides_nothing(db, york):
    with pytest.raises(Forbidden), db.write() as tx:
        actions.hide(tx, kind="link", target=york.link, rule=4, reason="Why.", actor=york.stranger)

    assert shown(db, york) == (URL, PLAN.purpose)


def test_moderator_hides_but_restores_only_what_is_decided(db, york):
    hidden = york.hide(db, opener=2, kind="group")

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        actions.restore(tx, act=hidden, actor=york.founders[2])

    assert refused.value.code == "hiding.not_hidden"
    with db.read() as tx:
        assert hidings.current(tx, york.group.id).act == hidden


def test_hidden_purpose_is_not_found_by_its_words(db, york):
    with db.read() as tx:
        assert [hit.id for hit in search.find(tx, "helping")] == [york.group.id]

    york.hide(db, kind="group")

    with db.read() as tx:
        assert search.find(tx, "helping") == []
