"""A group's name and purpose: changed by two organisers and a notice, and hidden where they break a rule."""

from __future__ import annotations

import pytest

from hub import search
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.proposals import proposed
from hub.errors import Conflict, Forbidden, Invalid, RuleViolation
from hub.groups import founding, queries, settings
from hub.hiding import actions as hidings
from hub.ledger import withdrawals
from tests import copies
from tests.groups.test_settings import Group
from tests.people_for_tests import again, entry_count, ready
from tests.replaying import assert_replays
from tests.vaults import letters_of

NAME, PURPOSE = "York Renters", "Everybody in York who rents, helping one another."


@pytest.fixture
def tenants(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def rename(db, tenants: Group, name: str = NAME, purpose: str = PURPOSE) -> str:
    """The first founder proposes other words."""
    with db.write() as tx:
        return settings.propose_naming(
            tx, group=tenants.group, name=name, purpose=purpose, actor=again(tx, tenants.founders[0])
        )


def decide(db, clock_at, tenants: Group) -> str:
    """Both founders sign, and the notice passes."""
    act = rename(db, tenants)
    with db.write() as tx:
        settings.confirm(tx, act=act, actor=again(tx, tenants.founders[1]))
    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)
    return act


def words(db, tenants: Group) -> tuple[str, str | None, str | None]:
    """Its address, name and purpose, as pages show them."""
    with db.read() as tx:
        found = queries.get(tx, tenants.group.id)
        return found.slug, found.name, found.purpose


def refuse(db, kind, work) -> None:
    """Something is refused, and nothing is written."""
    with db.read() as tx:
        before = entry_count(tx)
    with pytest.raises(kind):
        work()
    with db.read() as tx:
        assert entry_count(tx) == before


def test_name_and_purpose_change_after_two_signatures_and_three_days(db, another_db, clock_at, tenants):
    before = words(db, tenants)
    act = rename(db, tenants)
    with db.read() as tx:
        told = proposed(tx, act_queries.get(tx, act))
        posted = [letter.params for letter in letters_of(tx, "settings_wait")]
    with db.write() as tx:
        settings.confirm(tx, act=act, actor=again(tx, tenants.founders[1]))
    waiting = words(db, tenants)
    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)

    assert [(change.was, change.becomes) for change in told.changes] == [(before[1], NAME), (before[2], PURPOSE)]
    assert [NAME in str(params) for params in posted] == [False]
    assert (waiting, words(db, tenants)) == (before, (tenants.group.slug, NAME, PURPOSE))
    with db.read() as tx:
        assert (queries.get(tx, tenants.group.id).joining, queries.get(tx, tenants.group.id).seats) == ("branch", None)
    assert_replays(db, another_db)


def test_objection_leaves_the_name_as_it_was(db, clock_at, tenants):
    act = rename(db, tenants)
    with db.write() as tx:
        settings.object_to(tx, act=act, reason="It was a good name.", actor=again(tx, tenants.founders[1]))
    clock_at.advance(days=15)
    with db.write() as tx:
        acts.tick_all(tx)

    with db.read() as tx:
        assert act_queries.get(tx, act).outcome == "lapsed"
    assert words(db, tenants)[1] == tenants.group.name


def test_unfit_words_and_other_peoples_names_are_refused(db, tenants):
    with db.write() as tx:
        branch = founding.branches.get(tx, tenants.group.branch)
        officers = [again(tx, ready(tx, name)) for name in ("kay", "kim")]
        plan = founding.Plan("York Choir", "Singing on Thursdays, loudly.", "branch")
        founding.propose(tx, branch=branch, plan=plan, shown="K", actor=officers[0])

    refuse(db, Conflict, lambda: rename(db, tenants, "York Choir"))
    refuse(db, Invalid, lambda: rename(db, tenants, "York Choir Admin"))
    refuse(db, Invalid, lambda: rename(db, tenants, "?"))
    refuse(db, Invalid, lambda: rename(db, tenants, NAME, "short"))
    refuse(db, RuleViolation, lambda: rename(db, tenants, tenants.group.name, tenants.group.purpose))
    rename(db, tenants)
    refuse(db, RuleViolation, lambda: rename(db, tenants, "York Lodgers"))


def test_members_change_no_name(db, tenants):
    def by_member() -> None:
        with db.write() as tx:
            settings.propose_naming(
                tx, group=tenants.group, name=NAME, purpose=PURPOSE, actor=again(tx, tenants.members[0])
            )

    refuse(db, Forbidden, by_member)


def test_name_is_hidden_and_comes_back_unconfirmed_and_the_purpose_stays(db, another_db, clock_at, tenants):
    slug, name, purpose = words(db, tenants)
    with db.write() as tx:
        target = queries.NAME_OF + tenants.group.id
        hidings.hide(
            tx, kind="group_name", target=target, rule=1, reason="It insults.", actor=again(tx, tenants.founders[1])
        )
        hidden_from_search = [row.id for row in search.find(tx, name or "")]
    hidden = words(db, tenants)
    clock_at.advance(days=8)
    with db.write() as tx:
        acts.tick_all(tx)

    assert (hidden, words(db, tenants)) == ((slug, None, purpose), (slug, name, purpose))
    assert hidden_from_search == []
    assert_replays(db, another_db)


def test_whoever_proposed_the_present_words_wrote_them(db, another_db, clock_at, tenants):
    first, second = tenants.founders
    with db.write() as tx:
        act = settings.propose_naming(tx, group=tenants.group, name=NAME, purpose=PURPOSE, actor=again(tx, second))
    with db.write() as tx:
        settings.confirm(tx, act=act, actor=again(tx, first))
    clock_at.advance(days=3)
    with db.write() as tx:
        acts.tick_all(tx)
        target = queries.NAME_OF + tenants.group.id
        hiding = hidings.hide(
            tx, kind="group_name", target=target, rule=1, reason="It insults.", actor=again(tx, first)
        )

    with db.draft() as tx:
        assert act_queries.get(tx, hiding).subject == again(tx, second).grants[0].holder
    assert_replays(db, another_db)


def test_words_of_a_change_can_be_withdrawn(db, another_db, clock_at, tenants):
    decide(db, clock_at, tenants)
    with db.write() as tx:
        withdrawals.withdraw(tx, queries.get(tx, tenants.group.id).told_entry, "name")

    assert words(db, tenants) == (tenants.group.slug, None, PURPOSE)
    assert_replays(db, another_db)
