"""A small hub that publishes, whose members take receipts."""

from __future__ import annotations

import datetime as dt

import pytest

from hub import clock
from hub.branches import actions as branches
from hub.oidc.keys import ProviderKeys
from hub.receipts import actions
from tests.mirror.conftest import Town
from tests.mirror.conftest import town as town
from tests.oidc.keys_for_tests import put_keys
from tests.people_for_tests import AREAS, member

BOTH = frozenset(["branch", "since"])


class Issuing:
    """A town with areas, and keys to sign receipts with."""

    def __init__(self, town: Town) -> None:
        self.town, self.db = town, town.db
        put_keys(town.settings.keys)
        self.keys = ProviderKeys(town.settings.keys, "federation.json")
        with self.db.write() as tx:
            branches.declare_at_founding(tx, AREAS, operator="op")

    def member(self, name, area="york"):
        with self.db.write() as tx:
            return member(tx, name, area)

    def take(self, actor, shows=BOTH, bound=None):
        with self.db.write() as tx:
            return actions.take(
                tx, actor=actor, issuer=self.town.settings.url, keys=self.keys, shows=shows, bound=bound
            )

    def count(self):
        """What the worker does each turn."""
        return actions.count(self.db, self.town.settings.files, self.keys)


@pytest.fixture
def issuing(town) -> Issuing:
    """The town on the evening of 21 November 2026."""
    return Issuing(town)


def later(clock_at, days=0, hours=0):
    """Moves the clock on."""
    return clock_at(clock.format_minute(clock.now() + dt.timedelta(days=days, hours=hours)))
