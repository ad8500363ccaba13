"""What the worker does each turn: the sequencer's log, and the files beside it that a mirror copies.

public/charter/<n>          the charters adopted, each with its trustees' signatures
public/state.json           the fold's result at the size of the checkpoint
public/git/hub.git          the record as a history that git clones
public/constitution.toml    the rules in force
public/config.json          public settings
public/source.tar.gz        the running source
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import Connection

import hub
from hub import ledger
from hub.charter import actions as charters
from hub.charter import queries as charter
from hub.charter.gathering import Cosigners
from hub.constitution import queries as rules
from hub.db import Database
from hub.errors import NotFound
from hub.ledger import files, state
from hub.ledger.files import put
from hub.ledger.sequencer import CHECKPOINT, Gather, Sequencer, Turn
from hub.mirror import archive
from hub.mirror.config import format_config
from hub.mirror.entries import SoftwareDeployed
from hub.mirror.git.export import export
from hub.mirror.git.records import Stored
from hub.mirror.models import NEWEST
from hub.settings import Settings
from hub.tlog.checkpoint import Checkpoint, parse_checkpoint
from hub.tlog.note import parse_note

STATE, RULES, CONFIG, SOURCE = "state.json", "constitution.toml", "config.json", "source.tar.gz"
CHARTERS, GIT = "charter", "git/hub.git"


def public(settings: Settings) -> Path:
    """Returns the folder of files that are served at the hub's root."""
    return settings.data / "public"


def deploy(settings: Settings, db: Database) -> None:
    """Writes config.json and source.tar.gz of what runs now, and an entry when either changed: at each start."""
    config, source = format_config(settings), archive.compress(archive.pack(archive.root()))
    put({public(settings) / CONFIG: config, public(settings) / SOURCE: source})
    said = (hub.__version__, archive.sha256(source), archive.sha256(config))
    with db.write() as tx:
        newest = tx.execute(NEWEST).first()
        if ledger.size(tx) and (newest is None or (newest.release, newest.sha256, newest.config) != said):
            ledger.append(tx, SoftwareDeployed(*said), by=None)


def publish(settings: Settings, db: Database, *, anew: bool = False, gather: Gather | None = None) -> Checkpoint:
    """Publishes what was appended since the last turn; returns the head. Raises Unsafe and files.Held as run_once does.

    anew: writes state.json even if nothing changed; once at each start, for a crash may have come between. gather: asks
    the witnesses, those of the charter in force by default.
    It is written only at the size of the checkpoint: an entry appended meanwhile waits for the next turn.
    """
    every = dt.timedelta(hours=settings.checkpoint_hours)
    cosigners = gather or Cosigners(db)
    # Before the log: a mirror that finds a charter in the record must find its file, too.
    put(_charters(settings, db))
    turn = Sequencer(db, settings.data, settings.log_origin, every, gather=cosigners).run_once()
    _remember(settings, db, turn)
    if turn.head.size and (anew or turn.erased or _is_stale(public(settings) / STATE, turn.head)):
        with db.snapshot() as tx:
            if ledger.size(tx) == turn.head.size:
                put(_computed(tx, settings, turn.head))
    return turn.head


def write_git(settings: Settings, db: Database) -> None:
    """Brings the git view up to what stands published: a part of it in each turn, where much is missing."""
    note = files.read(settings.log / CHECKPOINT)
    if note is not None:
        with files.lock(settings.keys / "git.lock"), db.read() as tx:
            export(public(settings) / GIT, Stored(tx), parse_checkpoint(parse_note(note)[0]).size)


def _remember(settings: Settings, db: Database, turn: Turn) -> None:
    """Keeps who signed what was just published, or what stands published and is not known here any more."""
    with db.read() as tx:
        known = charter.seal_of(tx)
    note = turn.note or (
        files.read(settings.log / CHECKPOINT) if known is None or known.size < turn.head.size else None
    )
    if note:
        with db.write() as tx:
            charters.remember(tx, note)


def _charters(settings: Settings, db: Database) -> dict[Path, bytes]:
    """Returns the files of charters that are not there yet; takes out those of a chain that an heir's own replaces."""
    folder = public(settings) / CHARTERS
    with db.read() as tx:
        notes = charter.notes_of(tx)
    missing = {folder / str(n): note for n, note in notes if files.read(folder / str(n)) != note}
    over = len(notes) + 1
    while missing and (folder / str(over)).exists():
        files.DISK.remove(folder / str(over))
        over += 1
    return {**missing, folder / "latest": notes[-1][1]} if missing else {}


def _computed(tx: Connection, settings: Settings, head: Checkpoint) -> dict[Path, bytes]:
    found = {public(settings) / STATE: state.format_state(head, state.state_of(tx))}
    with suppress(NotFound):
        found[public(settings) / RULES] = str(rules.newest(tx).text).encode()
    return found


def _is_stale(path: Path, head: Checkpoint) -> bool:
    """Tells whether state.json is of another head. Its first line says of which."""
    begins = state.format_state(head, {}).split(b"\n", 1)[0]
    return files.read(path, len(begins)) != begins
