"""Opening the two stores, with their tables brought up to date."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from hub import clock, migrate, sealing
from hub.db import Database
from hub.draws import chain
from hub.ledger import catalogue
from hub.matcher import settings as matcher_settings
from hub.matcher.desk import Desk
from hub.matcher.keys import load_keys
from hub.matcher.settings import MatcherSettings
from hub.people.sealed import insist_on_keys
from hub.settings import Settings


def open_hub(settings: Settings) -> Database:
    """Opens the hub's store. On SQLite it is migrated by itself; on PostgreSQL ``hub db upgrade`` does that."""
    catalogue.load()
    if settings.demo:
        chain.rehearse()
    database = Database(settings.database_url)
    sealing.attach(database, sealing.open_vault(settings))
    migrate.bring_up(database, "hub")
    insist_on_keys(database)
    return database


def open_matcher(settings: MatcherSettings) -> Database:
    """Opens the matcher's store, in the same way."""
    database = Database(settings.database_url)
    migrate.bring_up(database, "matcher")
    return database


def open_desk(data: Path) -> Desk:
    """Opens the matcher's store and keys of a hub's folder. Raises click.ClickException where there are none."""
    try:
        settings = matcher_settings.load(data / "matcher")
        keys = load_keys(settings.keys)
    except FileNotFoundError as problem:
        raise click.ClickException(f"There is no hub in {data}. Make one with: hub init {data}") from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as problem:
        raise click.ClickException(f"The matcher's folder cannot be read: {problem}") from problem
    if settings.explain:
        clock.follow(data / "clock")
    return Desk(open_matcher(settings), keys, settings)
