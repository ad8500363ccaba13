"""Signing an act in tests without a browser: draft, sign with a software device, record. As web/signatures.py does."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Connection

from hub import ids
from hub.db import Database
from hub.ledger import signed
from hub.ledger.pens import DraftPen, PasskeyPen
from tests.authenticator import Authenticator, cose_of

Verb = Callable[[Connection], Any]


def draft(db: Database, verb: Verb, *devices: Authenticator) -> tuple[bytes, DraftPen]:
    """What would have to be signed, and the seed that repeats it."""
    seed, pen = secrets.token_bytes(32), DraftPen([cose_of(device.key) for device in devices])
    with db.draft(pen) as tx, ids.drawn_from(seed):
        verb(tx)
    return seed, pen


def pen_by(drafted: DraftPen, device: Authenticator, host: str, home: str, **lies: Any) -> PasskeyPen:
    """The pen with which a device signed a draft."""
    challenge = signed.to_text(signed.challenge_of(drafted.digests))
    answer = json.loads(device.sign({"rpId": host, "challenge": challenge}, home, **lies))["response"]
    parts = [_raw(answer[name]) for name in ("authenticatorData", "clientDataJSON", "signature")]
    return PasskeyPen(drafted.passkeys, drafted.digests, cose_of(device.key), *parts)


def act_signed(
    db: Database,
    verb: Verb,
    *devices: Authenticator,
    by: Authenticator | None = None,
    host: str = "hub.example.org",
    home: str = "https://hub.example.org",
    **lies: Any,
) -> Any:
    """Carries a verb out, signed by a device (by, or the first); returns what the verb returns."""
    seed, drafted = draft(db, verb, *devices)
    pen = pen_by(drafted, by or devices[0], host, home, **lies)
    with db.write(pen) as tx, ids.drawn_from(seed):
        done = verb(tx)
        pen.insist_used()
    return done


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
