"""How pages call a scope, and where it is: the hub, a branch, a group."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub.branches import queries as branches
from hub.groups import queries as groups
from hub.permits import Scope
from hub.web.texts import _


@dataclass(frozen=True)
class Place:
    """A scope, for people. power: the page that says who has power there."""

    name: str
    path: str
    power: str


def of(tx: Connection, scope: Scope) -> Place:
    """Returns how a scope is called and where its pages are. Raises NotFound."""
    if scope.kind == "hub":
        return Place(_("the whole hub"), "/", "/power")
    if scope.kind == "branch":
        branch = branches.get(tx, scope.id)
        return Place(branch.name or branch.slug, f"/branches/{branch.slug}", f"/branches/{branch.slug}/power")
    group = groups.get(tx, scope.id)
    return Place(group.name or group.slug, f"/groups/{group.slug}", f"/groups/{group.slug}/power")
