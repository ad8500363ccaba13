"""Who is left alone for a while: asked by every verb of an office, or of a petition, that is about one member.

A room above says who (cases); a verb of a room below asks here, before it writes anything. Source: GO-34.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Connection

from hub.errors import Forbidden, Verdict
from hub.permits.actor import Actor
from hub.permits.queries import person_of_holder

Protects = Callable[[Connection, str, str], Verdict]
_PROTECTS: list[Protects] = []


def protects(verdict: Protects) -> Protects:
    """Registers what says whether one person may act against another now: (who acts, whom it is about)."""
    _PROTECTS.append(verdict)
    return verdict


def insist_on_peace(tx: Connection, actor: Actor, *, person: str | None = None, holder: str | None = None) -> None:
    """Raises Forbidden where the actor may do nothing that is about somebody. holder: their name in the record."""
    whom = person or (person_of_holder(tx, holder) if holder is not None else None)
    if actor.person is None or whom is None or whom == actor.person:
        return
    for verdict in _PROTECTS:
        found = verdict(tx, actor.person, whom)
        if not found:
            raise Forbidden(found)
