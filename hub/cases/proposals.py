"""What a case, its appeal and a measure meanwhile would do, in words that say nothing of anybody."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.acts.proposals import Change, Proposal, proposes
from hub.acts.state import ActState
from hub.cases import queries


@proposes("case.conclude")
def case(tx: Connection, state: ActState) -> Proposal:
    """That it becomes final, and how many offices it ended."""
    ended = len(queries.concluded(tx, state.id))
    changes = (Change("Offices that it ended", None, str(ended)),) if ended else ()
    return Proposal("have a complaint of a member decided by others drawn by lot", changes)


@proposes("case.review")
def review(tx: Connection, state: ActState) -> Proposal:
    """That others judge it."""
    return Proposal("have the decision of a case judged by others drawn by lot")


@proposes("interim.begin")
def interim(tx: Connection, state: ActState) -> Proposal:
    """How long it lasts."""
    found = queries.interim(tx, state.id)
    until = f"{found.until_at:%-d %B %Y}" if found is not None and found.until_at is not None else None
    days = f"{state.effect.lasts} days at most"
    changes = (Change("Until", None, until),) if until else (Change("For", None, days),)
    return Proposal("order a measure while a case runs", changes)
