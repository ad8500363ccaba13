"""The verbs: keep a clean file, erase all that is about one thing, and sweep what nothing points at."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, sealing
from hub.db import Database
from hub.errors import insist
from hub.files.cleaning import ENDINGS, Clean
from hub.files.kinds import refusal
from hub.files.models import files
from hub.files.names import safe_name
from hub.files.rules import may_add
from hub.files.shelf import Shelf
from hub.permits import Actor

AFTER = dt.timedelta(days=1)  # a file may wait so long for its row
MOST = 100  # strays in one sweep: a wrong or empty database in the hub's place costs no more
BYTES, NAME = "files", "files.name"  # places, as sealing has them
log = logging.getLogger("folkmoot.web")
_c = files.c


def keep(tx: Connection, shelf: Shelf, cleaned: Clean, *, about: str, name: str, actor: Actor) -> str:
    """Keeps a clean file about something; returns its id. That the actor may send one there, the caller has asked.

    about: an id of whatever it belongs to; name: as its sender called it. Raises RuleViolation where there are too
    many, or the disk takes none; IntegrityError where another came at the same moment: try once more.
    """
    assert actor.person is not None
    there = tx.execute(sa.select(_c.place, _c.size).where(_c.about == about)).all()
    insist(may_add([row.size for row in there], cleaned.size))
    file, taken = ids.new("fil"), {row.place for row in there}
    row = {
        "id": file,
        "person": actor.person,
        "about": about,
        "place": next(place for place in range(1, len(taken) + 2) if place not in taken),
        "name": sealing.write(tx, actor.person, NAME, safe_name(name, ENDINGS[cleaned.media])),
        "media": cleaned.media,
        "size": cleaned.size,
        "sha256": cleaned.sha256,
        "added_at": clock.now(),
    }
    tx.execute(sa.insert(files), row)  # first: whoever loses its place writes no file
    try:
        shelf.put(file, sealing.seal(tx, file, BYTES, cleaned.raw))
    except OSError:
        log.exception("no file can be kept in %s", shelf.folder)
        raise refusal("unkept") from None
    return file


def erase(tx: Connection, about: str) -> list[str]:
    """Erases the rows of all files about something; returns their ids, for bury once this unit of work is kept."""
    mine = sa.delete(files).where(_c.about == about).returning(_c.id)
    return sorted(tx.scalars(mine))


def take_back(tx: Connection, file: str, *, actor: Actor) -> list[str]:
    """Erases one file of the actor's own; returns its id, for bury, or nothing where there is none."""
    mine = sa.delete(files).where(_c.id == file, _c.person == actor.person).returning(_c.id)
    return list(tx.scalars(mine))


def bury(db: Database, shelf: Shelf, names: Collection[str]) -> None:
    """Ends the keys of files whose rows are gone, and the files. Whatever it does not reach, the sweep does."""
    sealing.destroy(db, names)
    shelf.remove(names)


def sweep(db: Database, shelf: Shelf) -> int:
    """Removes files and keys that no row has: of units that failed, and of rows that were erased. Returns how many."""
    before = clock.now() - AFTER
    found = sorted(shelf.older(before.timestamp()))
    with db.read() as tx:
        is_any = tx.scalar(sa.select(_c.id).limit(1)) is not None
        there = set(known(tx, found))
    gone = [name for name in found if name not in there][: MOST if is_any else 0]
    bury(db, shelf, gone)
    return len(gone) + sealing.sweep(db, "fil", known)


def known(tx: Connection, names: Sequence[str]) -> Collection[str]:
    """Returns those of some names that have a row."""
    found: set[str] = set()
    for place in range(0, len(names), 500):
        found |= set(tx.scalars(sa.select(_c.id).where(_c.id.in_(names[place : place + 500]))))
    return found
