"""What the worker deletes: in each round what is over, once a day what has had the days that the inventory gives it."""

from __future__ import annotations

from hub import audit, files, inventory, leaving, sealing
from hub.ballots import objecting, roll
from hub.cases import ticking as cases
from hub.db import Database, metadata
from hub.draws import saying
from hub.draws import ticking as draws
from hub.mirror import reminding
from hub.oidc import store as sites
from hub.people import actions as people
from hub.people import failures, passkeys, vouching
from hub.people import queries as people_queries
from hub.petitions import actions as petitions
from hub.receipts import actions as receipts
from hub.settings import Settings
from hub.standing import actions as standing


def forget(db: Database, settings: Settings) -> None:
    """Deletes old sessions, old lines of the private trail, spent challenges, and whose account is over."""
    with db.write() as tx:
        people.forget_old_sessions(tx, days=settings.session_days)
        audit.forget_old(tx)
        draws.forget(tx)
        saying.forget(tx)
        passkeys.forget_challenges(tx)
        sites.forget(tx)
        vouching.forget(tx)
        standing.forget(tx)
        petitions.forget(tx)
        reminding.forget(tx)
        objecting.forget(tx)
        receipts.forget(tx)
        failures.forget(tx)
    leaving.erase_due(db)


def sweep_files(db: Database, settings: Settings) -> None:
    """Removes files that people sent whose rows are gone, and keys likewise."""
    files.sweep(db, files.Shelf(settings.evidence))


def forget_by_terms(db: Database) -> None:
    """Deletes rolls of a year ago, and whatever has had the days of its line in the inventory (PR-19)."""
    cases.forget(db)
    leaving.close_again(db)
    while leaving.erase_gone(db):
        continue
    with db.write() as tx:
        roll.forget(tx)
        inventory.forget(tx, metadata, "hub")
        inventory.sweep(tx, metadata)
    sealing.sweep(db, "per", people_queries.there_among)
    sealing.sweep(db, "act", cases.there_among)
    sealing.vault_of(db.engine).forget()
