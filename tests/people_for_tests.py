"""A small hub with verified members, made by the verbs alone: what tests of branches and groups begin with."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from webauthn.helpers import bytes_to_base64url as b64

from hub import clock, sealing
from hub.acts import actions as acts
from hub.branches import actions as branches
from hub.branches import queries as branch_queries
from hub.branches.queries import Branch
from hub.constitution import actions as constitution
from hub.constitution import queries as rules_of
from hub.db import Database
from hub.groups import founding
from hub.groups import queries as group_queries
from hub.groups.queries import Group
from hub.ledger.models import entries
from hub.people import actions as people
from hub.people import passkeys
from hub.people import queries as people_queries
from hub.people.models import passkeys as passkey_rows
from hub.people.passkeys import Party
from hub.people.queries import Lives
from hub.people.sealed import KEY_NAME
from hub.permits import VISITOR, Actor
from hub.web.signing import Signer
from tests import copies
from tests.authenticator import Authenticator, cose_of

LOG_KEY = "hub.example.org/log+89abcdef+" + "A" * 43 + "="
AREAS = [
    {"slug": "york", "names": ["York", "Efrog"], "districts": ["YO1", "YO71"]},
    {"slug": "ynys-mon", "names": ["Ynys Môn", "Anglesey"], "districts": ["LL81"]},
]

ORIGIN = "https://hub.example.org"
_SIGNER = Signer(["k" * 43])
HUB = Party(
    "hub.example.org", ORIGIN, "Example Union",
    partial(_SIGNER.sign, "passkey"), partial(_SIGNER.read, "passkey"), partial(_SIGNER.sign, "lock"),
)  # fmt: skip


@cache
def without_devices() -> str:
    """The default rules but that an office takes no passkey.

    For rooms that ask what a person's *first* passkey or letter does, and need officers who have had none.
    """
    text = constitution.default_text()
    changed = text.replace("[numbers.office_passkeys]\nvalue = 2", "[numbers.office_passkeys]\nvalue = 0", 1)
    assert changed != text
    return changed


def found_hub(tx: Connection, text: str | None = None, *, origin: str = "hub.example.org/log") -> None:
    """The first two entries, and two areas. origin: of the log; passkeys sign for its host."""
    rules = text or constitution.default_text()
    constitution.found_hub(tx, name="Example Union", origin=origin, log_key=LOG_KEY, text=rules)
    branches.declare_at_founding(tx, AREAS, operator="op")


def begin_hub(db: Database, text: str | None = None, origin: str = "hub.example.org/log") -> None:
    """The same in a unit of its own: copied where a test of this process had it before."""
    copies.of(db, _found_hub, text, origin)


def _found_hub(db: Database, text: str | None, origin: str) -> None:
    with db.write() as tx:
        found_hub(tx, text, origin=origin)


def member(tx: Connection, name: str, area: str | None = "york") -> Actor:
    """A verified member with a fresh session, as the handshake would leave them."""
    person = people.open_account(tx, entry_ref=f"ent_{name}", seed=name.encode())
    people.give_standing(tx, person=person, area=area, since=dt.date(2020, 1, 1), proved_by="code")
    people.take_nickname(tx, person=person, nickname=name, shown="nickname")
    return again(tx, replace(VISITOR, person=person))


def equip(tx: Connection, actor: Actor, *, many: int = 2, copies: bool = False) -> list[Authenticator]:
    """Gives a member devices with a passkey each, as their browser would add them. copies: as synced ones."""
    assert actor.person is not None
    devices = [Authenticator(copies=copies) for _ in range(many)]
    for device in devices:
        asked = passkeys.ask_to_add(tx, HUB, person=actor.person, nickname="member")
        passkeys.add(tx, HUB, person=actor.person, answer=device.make(asked, ORIGIN), name="device")
    return devices


def ready(tx: Connection, name: str, area: str | None = "york") -> Actor:
    """A verified member with as many passkeys as an office takes."""
    actor = member(tx, name, area)
    devices = [Authenticator() for _ in range(rules_of.in_force(tx)[0].numbers["office_passkeys"])]
    # As rows: nobody signs with these, and half of all tests begin with a dozen officers.
    called = sealing.write(tx, str(actor.person), KEY_NAME, "device")
    rows = [
        {"id": b64(device.id), "person": actor.person, "public_key": cose_of(device.key), "sign_count": 0,
         "name": called, "is_device_bound": True, "made_at": clock.now()}
        for device in devices
    ]  # fmt: skip
    if rows:
        tx.execute(sa.insert(passkey_rows), rows)
    return actor


def again(tx: Connection, actor: Actor) -> Actor:
    """The same person, newly signed in: with the standing, holder and grants of now."""
    assert actor.person is not None
    token = people.start_session(tx, person=actor.person)
    return people_queries.actor_of(tx, token, Lives())[0]


def seat_council(tx: Connection, *names: str) -> list[Actor]:
    """Members who hold founding seats of the council."""
    seated = []
    for name in names:
        actor = ready(tx, name)
        constitution.take_seat(tx, role="council", shown=name, actor=actor)
        seated.append(again(tx, actor))
    return seated


def found_branch(
    tx: Connection, council: list[Actor], area: str = "york", prefix: str = "york"
) -> tuple[Branch, list[Actor]]:
    """A registered branch, with its five founders signed in."""
    founders = [ready(tx, f"{prefix}_{place}", area) for place in "abcde"]
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


def begin_group(db: Database) -> tuple[Branch, list[Actor], Group, list[Actor]]:
    """On a hub that is founded, a branch and a group of two of its founders, with them; copied like begin_hub."""
    return copies.of(db, _found_both)


def _found_both(db: Database) -> tuple[Branch, list[Actor], Group, list[Actor]]:
    with db.write() as tx:
        branch, founders = found_branch(tx, seat_council(tx, "c_one", "c_two"))
        return branch, founders, *found_group(tx, branch, founders[:2], founders[2:])


def entry_count(tx: Connection) -> int:
    """How many entries the record has."""
    return tx.scalar(sa.select(sa.func.count()).select_from(entries)) or 0


def types(tx: Connection) -> list[str]:
    """The record's entry types, in order."""
    return list(tx.scalars(sa.select(entries.c.type).order_by(entries.c.index)))


def soon(minutes: int = 0) -> dt.datetime:
    """A moment a few minutes from now."""
    return clock.now() + dt.timedelta(minutes=minutes)


def begin_appointments(tx: Connection, clock_at: Any) -> None:
    """Lets the days pass that an appointment waits after its second signature, and the clock run."""
    clock_at.advance(days=3)
    acts.tick_all(tx)
