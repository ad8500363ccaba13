"""Scrutineers drawn for an election of their own branch; and a caretaker who goes when somebody is elected."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.ballots import elections
from hub.count import RON
from hub.draws import actions, queries, ticking
from hub.errors import Forbidden
from hub.permits import VISITOR, P
from hub.permits import queries as permits
from tests.ballots.conftest import make_town, town  # fixtures: the same branch that votes elsewhere
from tests.draws.conftest import KNOWN, said
from tests.people_for_tests import again
from tests.replaying import assert_replays
from tests.towns import OPENS, Town

__all__ = ["make_town", "town"]


def pool_of(tx, act: str) -> set[str]:
    """The persons who have a ticket in an act's draw."""
    return set(tx.scalars(sa.text("SELECT person FROM draw_tickets WHERE act = :a"), {"a": act}))


def owner(tx, ticket: str):
    """Whose a ticket is, signed in anew: what only the test may ask."""
    return again(tx, replace(VISITOR, person=queries.person_of(tx, ticket)))


def seats(tx, act: str) -> list[sa.Row]:
    """Who is drawn, by seat."""
    rows = [row for row in queries.order(tx, act, 1) if row.state in ("offered", "accepted")]
    return sorted(rows, key=lambda row: row.seat)


def drawn_election(town: Town, *candidates) -> str:
    """An election whose candidates stand and whose scrutineers are drawn and have accepted."""
    town.clock.advance(days=OPENS)
    town.tick()
    town.stand(*candidates)
    town.clock.advance(days=7)
    town.tick()
    act = town.election()
    town.clock.advance(**KNOWN)
    with town.db.write() as tx:
        actions.reveal(tx, act=act, text=said(tx, act), actor=again(tx, town.founders[1]))
    with town.db.write() as tx:
        for row in seats(tx, act):
            actions.accept(tx, act=act, shown="Scrutineer", actor=owner(tx, row.ticket))
    return act


def test_scrutineers_are_drawn_from_who_neither_stands_nor_organises(town: Town) -> None:
    act = drawn_election(town, town.founders[0], town.voters[0])

    with town.db.read() as tx:
        inside = pool_of(tx, act)
        scrutineers = [g for g in permits.live_grants(tx, scope=town.branch.scope) if g.role == "scrutineer"]
        assert [(g.source, g.act, g.permissions) for g in scrutineers] == [
            ("lot", act, frozenset({P.BALLOTS_SCRUTINISE}))
        ] * 3
    assert inside & {one.person for one in (*town.founders, town.voters[0])} == set()
    assert {one.person for one in town.voters[1:]} <= inside


def test_scrutineers_drawn_sign_the_count(town: Town, db, another_db) -> None:
    act = drawn_election(town, *town.voters[:2])
    town.clock.advance(days=3)
    town.tick()
    with db.read() as tx:
        holders = [hand.holder for hand in act_queries.get(tx, act).hands if hand.hand == "submit"]
    for person in town.everybody[:12]:
        town.cast(person, [holders[0], RON])
    town.clock.advance(days=7)
    town.tick()
    with db.write() as tx:
        drawn = {queries.person_of(tx, row.ticket) for row in seats(tx, act)}
        signers = [owner(tx, row.ticket) for row in seats(tx, act)]
        others = [again(tx, one) for one in town.voters if one.person not in drawn]
    with pytest.raises(Forbidden), db.write() as tx:
        elections.sign(tx, act=act, actor=others[0])

    for signer in signers[:2]:
        with db.write() as tx:
            elections.sign(tx, act=act, actor=signer)

    with db.read() as tx:
        state = act_queries.get(tx, act)
        assert sum(hand.hand == "yes" for hand in state.hands) == 2
    town.clock.advance(days=8)
    town.tick()
    with db.read() as tx:
        assert act_queries.get(tx, act).outcome == "done"
    assert_replays(db, another_db)


def test_caretaker_goes_when_somebody_is_elected(town: Town, db, another_db) -> None:
    """Nobody stands in time; the mandates end; who stood by takes care, until the election comes to its end."""
    with db.write() as tx:
        ticking.tick(tx)
        standing = queries.acts_in(tx, "draw_caretaker", town.branch.scope)[0].id
    town.clock.advance(**KNOWN)
    with db.write() as tx:
        actions.reveal(tx, act=standing, text=said(tx, standing), actor=again(tx, town.founders[0]))
        for row in queries.order(tx, standing, 0):
            if row.state == "offered":
                actions.accept(tx, act=standing, shown="Standing by", actor=owner(tx, row.ticket))
    town.clock.advance(days=188)
    town.tick()
    with db.write() as tx:
        ticking.tick(tx)
        live = permits.live_grants(tx, scope=town.branch.scope)
        assert [grant.role for grant in live] == ["caretaker"]
        act = town.election()
        assert act_queries.get(tx, act).is_open
    holders = town.stand(*town.voters[:2])
    for _ in range(40):
        town.clock.advance(days=1)
        town.tick()
        with db.write() as tx:
            ticking.tick(tx)
            state = act_queries.get(tx, act)
        if state.is_open and state.current.do == "ballot" and not _voted(db, town):
            for person in town.everybody[:12]:
                town.cast(person, [*holders, RON])
        with db.read() as tx:
            live = permits.live_grants(tx, scope=town.branch.scope)
            assert {grant.role for grant in live} & {"caretaker", "admin"}
    with db.write() as tx:
        acts.tick_all(tx)
        roles = [g.role for g in permits.live_grants(tx, scope=town.branch.scope) if g.role != "scrutineer"]
        ended = [g.ended_why for g in permits.all_grants(tx, town.branch.scope) if g.role == "caretaker"]
    assert roles == ["admin", "admin"]
    assert ended == [None, "superseded"]
    assert_replays(db, another_db)


def _voted(db, town: Town) -> bool:
    with db.read() as tx:
        return bool(tx.scalar(sa.text("SELECT count(*) FROM ballot_papers")))
