"""What tests need of sealed words: a vault in a file beside a store, and every letter in clear."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import migrate, sealing
from hub.db import Database
from hub.outbox import actions as outbox
from hub.outbox.actions import Letter
from hub.outbox.models import letters
from hub.people.models import accounts
from hub.people.sealed import NICKNAME
from hub.sealing.vault import Stored
from hub.settings import Settings


def beside(db: Database, folder: Path) -> Stored:
    """Gives a store a vault: a file in a folder, which another process may open as well."""
    store = Database(f"sqlite:///{folder / 'people.db'}")
    migrate.bring_up(store, "vault")
    sealing.attach(db, Stored(store))
    return Stored(store)


def opened(settings: Settings) -> Database:
    """Opens a hub's store with its own vault, as its processes do."""
    database = Database(settings.database_url)
    sealing.attach(database, sealing.open_vault(settings))
    return database


def letters_of(tx: Connection, template: str) -> list[Letter]:
    """Every letter of a template, to whomever."""
    rows = tx.execute(sa.select(letters).where(letters.c.template == template).order_by(letters.c.id))
    return outbox._letters(tx, rows.all())


def nicknames(tx: Connection) -> dict[str, str]:
    """Everybody's nickname to their person, in the order of nicknames."""
    rows = tx.execute(sa.select(accounts.c.person, accounts.c.nickname)).all()
    return dict(sorted((str(sealing.read(tx, row.person, NICKNAME, row.nickname)), row.person) for row in rows))
