"""The verbs: found a hub, take one of its founding seats."""

from __future__ import annotations

import datetime as dt
import hashlib
from importlib import resources

from sqlalchemy.engine import Connection

import hub
from hub import clock, ids, ledger
from hub.constitution import queries
from hub.constitution.entries import ConstitutionAdopted, HubFounded, SeatTaken
from hub.permits import Actor
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


def take_seat(tx: Connection, *, role: str, shown: str, actor: Actor) -> str:
    """Seats the actor at the hub by a founder's link, which the caller has consumed; returns the grant.

    role: council or steward. Raises Forbidden without standing, RuleViolation constitution.* when no seat is left.
    """
    holder = holder_of(tx, actor=actor, shown=shown)
    rules, _ = queries.in_force(tx)
    until = clock.minute(clock.now()) + dt.timedelta(days=rules.terms.get(role, 1))
    grant = ids.new("grt")
    ledger.append(tx, SeatTaken(grant, role, holder, clock.format_minute(until)), by=queries.hub(tx).entry)
    return grant
