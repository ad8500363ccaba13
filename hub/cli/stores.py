"""Opening the two stores, with their tables brought up to date."""

from __future__ import annotations

from hub import migrate
from hub.db import Database
from hub.ledger import catalogue
from hub.matcher.settings import MatcherSettings
from hub.settings import Settings


def open_hub(settings: Settings) -> Database:
    """Opens the hub's store. On SQLite it is migrated by itself; on PostgreSQL ``hub db upgrade`` does that."""
    catalogue.load()
    database = Database(settings.database_url)
    migrate.bring_up(database, "hub")
    return database


def open_matcher(settings: MatcherSettings) -> Database:
    """Opens the matcher's store, in the same way."""
    database = Database(settings.database_url)
    migrate.bring_up(database, "matcher")
    return database
