"""A hub with a branch of five organisers and a group of two, and a feed that says things about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from hub.branches.queries import Branch
from hub.db import Database
from hub.groups import membership
from hub.groups.queries import Group
from hub.permits import Actor, Scope
from hub.permits import queries as permits
from hub.standing import actions as standing
from tests import copies
from tests.people_for_tests import found_branch, found_group, found_hub, ready, seat_council


@dataclass
class Hub:
    """What a story begins with. organisers: of the branch; founders: of the group."""

    db: Database
    branch: Branch
    organisers: list[Actor]
    group: Group
    founders: list[Actor]

    def say(self, *lines: tuple[Actor, str, str | None], area: str | None = None) -> None:
        """Follows lines of the feed, (whom, change, why), as one statement, and carries out what is due."""
        with self.db.write() as tx:
            for who, change, why in lines:
                assert who.person is not None
                line: dict[str, Any] = {"change": change, "area": area}
                standing.follow(tx, who.person, line if why is None else line | {"why": why})
        self.carry_out()

    def carry_out(self) -> None:
        """Does the worker's job."""
        standing.carry_out(self.db, also_end=membership.end_memberships)

    def holders(self, scope: Scope) -> set[str]:
        """Who holds a live grant in a scope."""
        with self.db.read() as tx:
            return {grant.holder for grant in permits.live_grants(tx, scope=scope)}


@pytest.fixture
def hub(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    return Hub(db, *copies.of(db, _found))


def _found(db):
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return branch, organisers, group, founders
