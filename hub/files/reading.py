"""Reading: who may open a file is said by the room whose thing it is about; of everybody else nobody learns of it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from hub import audit, ids, sealing
from hub.errors import Conflict, NotFound
from hub.files.cleaning import ENDINGS
from hub.files.models import files
from hub.files.names import UNNAMED
from hub.files.shelf import Shelf
from hub.files.storing import BYTES, NAME
from hub.permits import Actor

log = logging.getLogger("folkmoot.web")
_c = files.c


@dataclass(frozen=True)
class File:
    """A file without its bytes. person: who sent it; place: which it is of those about the same; size: in bytes."""

    id: str
    person: str
    about: str
    place: int
    name: str
    media: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Opened:
    """A file with its bytes."""

    file: File
    raw: bytes = field(repr=False)


Reader = Callable[[Connection, File, Actor], str | None]
"""Says in which role an actor may open a file, in words that its sender reads; None for whoever may not."""
READERS: dict[str, Reader] = {}


def readers(kind: str) -> Callable[[Reader], Reader]:
    """Registers who reads files about ids of a kind (``cas``). Raises RuntimeError where a kind has one already."""

    def register(asked: Reader) -> Reader:
        if kind in READERS:
            raise RuntimeError(f"two rooms say who reads files about {kind}")
        READERS[kind] = asked
        return asked

    return register


def may_read(tx: Connection, file: File, actor: Actor) -> str | None:
    """Returns in which role an actor may open a file: ``self``, a role of the room it belongs to, or None."""
    if actor.is_visitor:
        return None
    if actor.person == file.person:
        return "self"
    asked = READERS.get(file.about.partition("_")[0])
    return None if asked is None else asked(tx, file, actor)


def read(tx: Connection, shelf: Shelf, name: str, *, actor: Actor) -> Opened:
    """Opens a file; that somebody else than its sender did, its sender is told in the same unit of work.

    Raises NotFound for whoever may not, as for a file that is not there; Conflict where the disk lost it.
    """
    if not ids.is_id(name, "fil"):
        raise NotFound
    file = _named(tx, name)
    role = may_read(tx, file, actor)
    if role is None:
        raise NotFound
    if role != "self":
        audit.note(tx, person=file.person, what="files.read", by=role, why=file.name)
    return _opened(tx, shelf, file)


def read_again(tx: Connection, shelf: Shelf, name: str) -> Opened:
    """Opens a file for whoever ``read`` opened it for a moment ago, which the caller knows. Raises as ``read`` does."""
    return _opened(tx, shelf, _named(tx, name))


def _named(tx: Connection, name: str) -> File:
    row = tx.execute(sa.select(files).where(_c.id == name)).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _file(tx, row)


def _opened(tx: Connection, shelf: Shelf, file: File) -> Opened:
    sealed = shelf.get(file.id)
    raw = None if sealed is None else _unsealed(tx, file.id, BYTES, sealed)
    if raw is None or hashlib.sha256(raw).hexdigest() != file.sha256:
        log.error("a file that has a row cannot be opened: %s", file.id)
        raise Conflict("files.lost", "This file cannot be opened any more. Ask whoever sent it to send it again.")
    return Opened(file, raw)


def files_about(tx: Connection, about: str) -> list[File]:
    """Returns the files about something, in the order of their places. That the viewer may, the caller has asked."""
    rows = tx.execute(sa.select(files).where(_c.about == about).order_by(_c.place)).mappings().all()
    return [_file(tx, row) for row in rows]


def _file(tx: Connection, row: RowMapping) -> File:
    given = _unsealed(tx, row["person"], NAME, row["name"])
    # Whoever is erased takes the name along that they gave it.
    name = f"{UNNAMED}.{ENDINGS[row['media']]}" if given is None else given.decode()
    return File(**{**{key: row[key] for key in File.__dataclass_fields__}, "name": name})


def _unsealed(tx: Connection, subject: str, place: str, sealed: bytes) -> bytes | None:
    try:
        return sealing.open_sealed(tx, subject, place, sealed)
    except sealing.Unreadable:
        return None
