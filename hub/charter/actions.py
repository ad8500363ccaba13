"""The verbs: adopt a charter that trustees signed, and remember how far witnesses have signed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.charter import fold, queries
from hub.charter.entries import CharterAdopted
from hub.charter.models import seals
from hub.charter.rules import Signed, witnessed_at
from hub.errors import RuleViolation
from hub.ledger import Entry
from hub.tlog.checkpoint import parse_checkpoint
from hub.tlog.hashes import Spoilt
from hub.tlog.note import parse_note


def adopt(tx: Connection, note: bytes) -> tuple[Signed, Entry]:
    """Puts a charter in force: the operator carries it in, the trustees' signatures decide.

    Raises RuleViolation charter.* where it does not follow the one in force, or is none.
    """
    try:
        text = note.decode()
        signed = fold.opened(text, queries.newest(tx))
    except (Spoilt, UnicodeDecodeError) as problem:
        raise RuleViolation("charter.spoilt", f"This is no charter that can be adopted: {problem}.") from problem
    return signed, ledger.append(tx, CharterAdopted(signed.charter.version, text), by=None)


def remember(tx: Connection, note: bytes) -> None:
    """Keeps what a published checkpoint says: its size, and which witnesses of the charter in force signed it."""
    text, lines = parse_note(note)
    head, signed = parse_checkpoint(text), queries.in_force(tx)
    by = [] if signed is None else signed.charter.policy.held_by(text, lines)
    now = clock.now()
    at = (signed and witnessed_at(signed.charter, text, lines, now)) or now
    tx.execute(sa.delete(seals))
    row = {"origin": head.origin, "size": head.size, "at": at, "witnesses": "\n".join(one.name for one, _ in by)}
    tx.execute(sa.insert(seals), row)
