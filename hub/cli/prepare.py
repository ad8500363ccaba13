"""Making a data folder's private parts, whatever made its public ones: a founding or a fork. Keeps what is there."""

from __future__ import annotations

import os
from pathlib import Path

from hub.cli import stores
from hub.db import Database
from hub.matcher import settings as matcher_settings
from hub.matcher.keys import Keys, make_keys
from hub.oidc import keys as provider_keys
from hub.people.tokens import new_token
from hub.settings import Settings

FOLDERS = ("log", "openings", "files", "keys", "outgoing", "public", "matcher", "vault", "evidence")
PRIVATE = ("keys", "outgoing", "matcher", "vault", "evidence")


def prepare(settings: Settings, *, delays: tuple[float, float] = (10.0, 120.0)) -> Database:
    """Makes folders, the web's secret, the matcher's folder and keys, and the tables; returns the hub's store.

    delays: the shortest and longest wait of a code, in seconds, for a matcher that is made now.
    """
    for name in FOLDERS:
        folder = settings.data / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700 if name in PRIVATE else 0o755)
    _write_once(settings.keys / "web.key", new_token() + "\n", 0o400)
    provider_keys.make(settings.keys)
    keys = prepare_matcher(settings, delays)
    _write_once(settings.keys / "matcher.pub", keys.public.hex() + "\n", 0o644)
    return stores.open_hub(settings)


def prepare_matcher(settings: Settings, delays: tuple[float, float]) -> Keys:
    """Makes the matcher's folder: its settings file, its keys, its tables."""
    folder = settings.matcher
    least, most = delays
    lines = [
        "# How the matcher runs. In earnest this folder is another user's, on another machine.",
        f"delay_least = {least}",
        f"delay_most = {most}",
        f'hub_url = "{settings.url}"',
        f"explain = {str(settings.demo).lower()}",
    ]
    if settings.demo:
        # Everybody in a demo comes from one address.
        lines += [
            "client_per_hour = 100000",
            "client_per_day = 100000",
            "codes_per_day = 1000",
            "codes_per_month = 1000",
        ]
    _write_once(folder / matcher_settings.FILE, "\n".join(lines) + "\n", 0o600)
    keys = make_keys(folder / "keys")
    stores.open_matcher(matcher_settings.load(folder)).close()
    return keys


def _write_once(path: Path, text: str, mode: int) -> None:
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
