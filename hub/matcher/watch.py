"""Looking after mail domains: one question at a time, each domain once a week, however many contacts it has."""

from __future__ import annotations

import datetime as dt
import logging

from hub import clock
from hub.matcher import contacts
from hub.matcher.desk import Desk
from hub.matcher.registry import Registry

log = logging.getLogger("folkmoot.matcher")
SWEEP = dt.timedelta(hours=1)


class Watch:
    """Asks a registry about the domains in use. No unit of work is open while it asks."""

    def __init__(self, desk: Desk, registry: Registry) -> None:
        self.desk, self.registry = desk, registry
        self.swept: dt.datetime | None = None

    def step(self) -> bool:
        """Takes in new contacts and asks about one domain; whether there was anything to do."""
        self.sweep()
        with self.desk.db.read() as tx:
            domain = contacts.next_due(tx, self.desk.keys)
        if domain is None:
            return False
        found = self.registry.look(domain)
        with self.desk.db.write() as tx:
            many = contacts.note_look(tx, self.desk.keys, domain, found)
        if many:
            log.warning("%d contacts are un-verified: see hub roster contacts", many)
        return True

    def sweep(self) -> None:
        """Takes in what imports brought, at most once an hour."""
        if self.swept is not None and clock.now() < self.swept + SWEEP:
            return
        while True:
            with self.desk.db.write() as tx:
                if contacts.note_new(tx, self.desk.keys) < contacts.MOST_AT_ONCE:
                    contacts.forget_gone(tx)
                    break
        self.swept = clock.now()
