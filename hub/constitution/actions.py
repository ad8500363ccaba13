"""The verbs: found a hub, take one of its founding seats."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from importlib import resources

from sqlalchemy.engine import Connection

import hub
from hub import clock, ids, ledger
from hub.constitution import queries
from hub.constitution.entries import ConstitutionAdopted, HubFounded, SeatTaken
from hub.constitution.model import Constitution
from hub.errors import Verdict, insist
from hub.people import passkeys
from hub.permits import HUB, Actor, R, require_right
from hub.permits.actions import holder_of


def default_text() -> str:
    """Returns the constitution that a new hub begins with, unless its founders write another."""
    return resources.files("hub.constitution").joinpath("default.toml").read_text(encoding="utf-8")


def found_hub(tx: Connection, *, name: str, origin: str, log_key: str, text: str) -> None:
    """Writes the first two entries: the founding, and the constitution resting on it.

    name: as pages show it; origin: the log's; log_key: its verifier key; text: TOML.
    Raises RuleViolation if the text does not load.
    """
    founded = ledger.append(tx, HubFounded(origin, log_key, hub.__version__), by=None, words={"name": name})
    digest = hashlib.sha256(text.encode()).hexdigest()
    ledger.append(tx, ConstitutionAdopted(1, text, digest), by=founded.index)


Asks = Callable[[Connection, str], Verdict]
_ASKED: list[Asks] = []


def asked_before_office(asks: Asks) -> Asks:
    """Registers what a room above asks of whoever accepts an office, by whatever source: whether a person may."""
    _ASKED.append(asks)
    return asks


def accept_office(tx: Connection, *, role: str, rules: Constitution, shown: str, actor: Actor) -> str:
    """Returns the actor's name in the record, for an office they accept: the one way into any, by whatever source.

    rules: under which the office is accepted. Raises Forbidden without standing, RuleViolation
    constitution.passkeys_missing while they have fewer passkeys than the office takes. Source: AU-09.
    """
    require_right(actor, R.ACCEPT_OFFICE, HUB)
    assert actor.person is not None
    passkeys.hold_still(tx, actor.person)
    for asks in _ASKED:
        insist(asks(tx, actor.person))
    insist(queries.may_accept(tx, role=role, rules=rules, person=actor.person))
    return holder_of(tx, actor=actor, shown=shown)


def take_seat(tx: Connection, *, role: str, shown: str, actor: Actor) -> str:
    """Seats the actor at the hub by a founder's link, which the caller has consumed; returns the grant.

    role: council or steward. Raises Forbidden without standing, RuleViolation constitution.* without the passkeys that
    it takes, or when no seat is left.
    """
    rules, _ = queries.in_force(tx)
    holder = accept_office(tx, role=role, rules=rules, shown=shown, actor=actor)
    ledger.hold(tx)
    now = clock.minute(clock.now())
    until = clock.format_minute(now + dt.timedelta(days=rules.terms.get(role, 1)))
    grant = ids.new("grt")
    ledger.append(tx, SeatTaken(grant, role, holder, until), by=queries.hub(tx).entry, at=now)
    return grant
