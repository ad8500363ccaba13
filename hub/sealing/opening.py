"""Opening a hub's vault: a file in a folder of its own, or where the setting says."""

from __future__ import annotations

from hub import migrate
from hub.db import Database
from hub.sealing.vault import Stored
from hub.settings import Settings


def open_vault(settings: Settings) -> Stored:
    """Opens the vault with its tables brought up to date; makes its folder where there is none."""
    if not settings.vault:
        settings.vault_folder.mkdir(mode=0o700, exist_ok=True)
    database = Database(settings.vault_url)
    migrate.bring_up(database, "vault")
    return Stored(database)
