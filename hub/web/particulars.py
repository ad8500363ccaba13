"""Particulars of entries that are signed on their own, in no act: which link, which site, which districts.

Shown where a passkey signs them. Of an entry in an act, the act's proposal says more (hub.acts.proposals).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection

from hub.acts import queries as acts
from hub.acts.proposals import Change, proposed
from hub.branches import queries as branches
from hub.groups import queries as groups
from hub.ledger import Entry
from hub.oidc import clients
from hub.web.texts import _

Of = Callable[[Connection, Any], tuple[Change, ...]]
PARTICULARS: dict[str, Of] = {}


def of(tx: Connection, entry: Entry) -> tuple[Change, ...]:
    """Returns the particulars of an entry; none of a type that says everything in its sentence and its words."""
    said = PARTICULARS.get(entry.type)
    return () if said is None else said(tx, entry.data)


def particulars(*types: str) -> Callable[[Of], Of]:
    """Registers what says the particulars of these types."""

    def register(said: Of) -> Of:
        PARTICULARS.update(dict.fromkeys(types, said))
        return said

    return register


@particulars("link.confirmed", "link.withdrawn")
def link(tx: Connection, data: Any) -> tuple[Change, ...]:
    """Which address, also where it was taken down a moment ago."""
    found = groups.any_link(tx, data["link"])
    if found is None:
        return ()
    return (
        Change(_("The link"), None, found.title or found.kind),
        Change(_("Its address"), None, found.url or _("(address withdrawn)")),
    )


@particulars("client.stopped", "addresses.refused")
def site(tx: Connection, data: Any) -> tuple[Change, ...]:
    """Which site."""
    found = clients.find(tx, data["client"])
    return () if found is None else (Change(_("Its address"), None, found.url or _("(address withdrawn)")),)


@particulars("area.agreed", "area.declared")
def boundary(tx: Connection, data: Any) -> tuple[Change, ...]:
    """Which districts, and which they are until then."""
    known, then = branches.find_area(tx, data["area"]), sorted(data["districts"])
    now = sorted(known.districts) if known else []
    was = " ".join(now) if now and now != then else None
    return (Change(_("Postcode districts"), was, " ".join(then)),)


@particulars("content.restored")
def restored(tx: Connection, data: Any) -> tuple[Change, ...]:
    """What is shown again, and by which rule it was hidden."""
    state = acts.find(tx, data["act"])
    return () if state is None else proposed(tx, state).changes
