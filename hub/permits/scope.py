"""Where a power or a right holds: the hub, a branch, or a group of a branch. Nothing inherits power downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ScopeKind = Literal["hub", "branch", "group"]


@dataclass(frozen=True)
class Scope:
    """kind and id say which; branch is the branch it is or lies in; area the postcode area its members live in."""

    kind: ScopeKind
    id: str
    branch: str | None = None
    area: str | None = field(default=None, compare=False)


HUB = Scope("hub", "hub")


def branch_scope(branch: str, area: str | None = None) -> Scope:
    """Returns the scope of a branch."""
    return Scope("branch", branch, branch, area)


def group_scope(group: str, branch: str, area: str | None = None) -> Scope:
    """Returns the scope of a group of a branch."""
    return Scope("group", group, branch, area)


def area_scope(area: str) -> Scope:
    """Returns the hub seen from one area: where its members have rights before they have a branch."""
    return Scope("hub", "hub", area=area)


def stored_scope(kind: str, scope_id: str, branch: str | None) -> Scope:
    """Returns the scope of a row. Raises ValueError for another kind."""
    if kind == "hub":
        return HUB
    if kind == "branch":
        return branch_scope(scope_id)
    if kind == "group" and branch is not None:
        return group_scope(scope_id, branch)
    raise ValueError(f"no scope: {kind} {scope_id}")
