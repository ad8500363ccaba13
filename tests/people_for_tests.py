"""A small hub with verified members, made by the verbs alone: what tests of branches and groups begin with."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.branches.queries import Branch
from hub.constitution import actions as constitution
from hub.groups import founding
from hub.groups import queries as group_queries
from hub.groups.queries import Group
from hub.ledger.models import entries
from hub.people import actions as people
from hub.people import queries as people_queries
from hub.people.queries import Lives
from hub.permits import VISITOR, Actor

LOG_KEY = "hub.example.org/log+89abcdef+" + "A" * 43 + "="
AREAS = [
    {"slug": "york", "names": ["York", "Efrog"], "districts": ["YO1", "YO71"]},
    {"slug": "ynys-mon", "names": ["Ynys Môn", "Anglesey"], "districts": ["LL81"]},
]


def found_hub(tx: Connection, text: str | None = None) -> None:
    """The first two entries, and two areas."""
    rules = text or constitution.default_text()
    constitution.found_hub(tx, name="Example Union", origin="hub.example.org/log", log_key=LOG_KEY, text=rules)
    branches.declare_at_founding(tx, AREAS, operator="op")


def member(tx: Connection, name: str, area: str | None = "york") -> Actor:
    """A verified member with a fresh session, as the handshake would leave them."""
    person = people.open_account(tx, entry_ref=f"ent_{name}", seed=name.encode())
    people.give_standing(tx, person=person, area=area, since=dt.date(2020, 1, 1), proved_by="code")
    people.take_nickname(tx, person=person, nickname=name, shown="nickname")
    return again(tx, replace(VISITOR, person=person))


def again(tx: Connection, actor: Actor) -> Actor:
    """The same person, newly signed in: with the standing, holder and grants of now."""
    assert actor.person is not None
    token = people.start_session(tx, person=actor.person)
    return people_queries.actor_of(tx, token, Lives())[0]


def seat_council(tx: Connection, *names: str) -> list[Actor]:
    """Members who hold founding seats of the council."""
    seated = []
    for name in names:
        actor = member(tx, name)
        constitution.take_seat(tx, role="council", shown=name, actor=actor)
        seated.append(again(tx, actor))
    return seated


def found_branch(
    tx: Connection, council: list[Actor], area: str = "york", prefix: str = "york"
) -> tuple[Branch, list[Actor]]:
    """A registered branch, with its five founders signed in."""
    founders = [member(tx, f"{prefix}_{place}", area) for place in "abcde"]
    branch = branches.propose(tx, area=area, name=f"{prefix.title()} branch", shown="A", actor=founders[0])
    first = again(tx, founders[0])
    for founder in founders[1:]:
        branches.cofound(tx, token=branches.invite(tx, branch=branch.id, actor=first), shown="F", actor=founder)
    for councillor in council[:2]:
        branches.confirm(tx, branch=branch.id, actor=again(tx, councillor))
    return branch_queries.get(tx, branch.id), [again(tx, founder) for founder in founders]


PLAN = founding.Plan("York Tenants", "Renters of York helping one another.", "branch")


def found_group(
    tx: Connection, branch: Branch, founders: list[Actor], officers: list[Actor], plan: founding.Plan = PLAN
) -> tuple[Group, list[Actor]]:
    """A registered group of two founders, confirmed by two other organisers of the branch."""
    group = founding.propose(tx, branch=branch, plan=plan, shown="First", actor=founders[0])
    token = founding.invite(tx, group=group, actor=again(tx, founders[0]))
    founding.cofound(tx, token=token, shown="Second", actor=founders[1])
    for officer in officers[:2]:
        founding.confirm(tx, group=group, actor=again(tx, officer))
    return group_queries.get(tx, group.id), [again(tx, founder) for founder in founders]


def entry_count(tx: Connection) -> int:
    """How many entries the record has."""
    return tx.scalar(sa.select(sa.func.count()).select_from(entries)) or 0


def types(tx: Connection) -> list[str]:
    """The record's entry types, in order."""
    return list(tx.scalars(sa.select(entries.c.type).order_by(entries.c.index)))


def soon(minutes: int = 0) -> dt.datetime:
    """A moment a few minutes from now."""
    return clock.now() + dt.timedelta(minutes=minutes)
