"""A running matcher on a roster of a few invented rows, for tests of the handshake."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import sqlalchemy as sa

from hub.db import Database
from hub.matcher.desk import Desk
from hub.matcher.keys import make_keys
from hub.matcher.models import roster_entries
from hub.matcher.settings import MatcherSettings


def make_desk(folder: Path, db: Database, **chosen: object) -> Desk:
    """A desk with its own keys, no delay, and room for many tries unless chosen otherwise."""
    usual = {"delay_least": 0.0, "delay_most": 0.0, "client_per_hour": 1000, "client_per_day": 1000, "explain": True}
    settings = MatcherSettings(folder, **{**usual, **chosen})  # type: ignore[arg-type]  # a test's own choice
    return Desk(db, make_keys(folder / "keys"), settings)


def enrol(
    desk: Desk, number: str, postcode: str, *, contact: str | None = None, area: str | None = "york", **more: object
) -> str:
    """Adds a roster row as an import would; returns its ref."""
    ref = f"ent_{number}"
    row = {
        "ref": ref,
        "id_digest": desk.keys.number_digest("GB", number),
        "pair_digest": desk.keys.pair_digest("GB", number, postcode),
        "contact": desk.keys.seal_contact(contact) if contact else None,
        "area": area,
        "current": True,
        "first_seen": dt.date(2026, 1, 1),
        "source": "test",
        "last_import": "imp",
        **more,
    }
    with desk.db.write() as tx:
        tx.execute(sa.insert(roster_entries), row)
    return ref


def letters_in(desk: Desk) -> list[tuple[str, str]]:
    """What was sent: (to, text), oldest first."""
    found = []
    for path in sorted(desk.settings.outgoing.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes())
        found.append((str(mail["To"]), mail.get_payload(decode=True).decode()))  # type: ignore[union-attr]  # text only
    return found


def code_in(text: str) -> str:
    """The code that a letter carries."""
    return next(line.strip() for line in text.splitlines() if line.startswith("    "))


def eventually(happens: Callable[[], object], seconds: float = 10.0) -> object:
    """Waits until something is true, and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = happens()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never happened")
