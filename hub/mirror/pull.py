"""Pulling a mirror: fetch what is new, prove it, write it. What cannot be proved is not written.

log/                            hashed onto the log here, up to a root that the log's key signed
openings/                       those that match their entry; withdrawn ones are removed here too
files/<sha256>                  checked by their name
state.json, constitution.toml   the fold's own result, never what was served
source.tar.gz, config.json      whose SHA-256 the newest software.deployed names
charter/                        a chain that holds, as the record adopted it; its quorum signed the checkpoint
log.vkey                        the log's key: given, or believed at the first pull and kept
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from hub import clock
from hub.charter import checking
from hub.charter.checking import Findings
from hub.constitution import queries as rules
from hub.db import scratch
from hub.errors import NotFound
from hub.ledger import entries, files, published, state
from hub.ledger.beginnings import Unverified, newest
from hub.ledger.files import put
from hub.ledger.published import Published
from hub.ledger.reading import Key, lines_of
from hub.ledger.verify import fold_beside, forged
from hub.ledger.writer import Ignored
from hub.mirror import archive, charters_in
from hub.mirror.config import LARGEST as LARGEST_CONFIG
from hub.mirror.log_in import LogIn
from hub.mirror.models import NEWEST
from hub.mirror.sources import Source, want
from hub.mirror.words_in import WordsIn
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt


@dataclass
class Pulled:
    """What a pull did. old: entries before it.

    notes: what somebody should know; problems: where the hub serves other things than its record says. Sentences both.
    charters: what was found of them.
    """

    head: Checkpoint
    key: Key
    old: int
    opened: int
    erased: int
    missing: int
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    charters: Findings = field(default_factory=Findings)


def pull(source: Source, folder: Path, key: Key | None = None, fingerprint: bytes | None = None) -> Pulled:
    """Brings a mirror folder up to date with a source; the folder may be new.

    key: None takes the one pinned in the folder, else the one the log names, which is then pinned. fingerprint: of
    charter 1, where it is known; a chain that is here is never taken back.
    Raises Unsafe when the source contradicts what is here, Unverified when what it serves does not hold, Unreachable;
    then nothing of it was written but openings and files that were checked one by one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged = folder / ".staged"
    with ExitStack() as stack:
        stack.enter_context(files.lock(folder / ".pull.lock"))
        shutil.rmtree(staged, ignore_errors=True)
        stack.callback(shutil.rmtree, staged, ignore_errors=True)
        files.sweep(folder)
        try:
            log = LogIn(source, folder, staged, key)
            words = WordsIn(source, folder, log.entries)
        except Spoilt as problem:
            raise Unverified(f"What {source.name} serves does not hold: {problem}.") from problem
        done = Pulled(log.head, log.trusted, log.old.size, words.opened, words.erased, words.missing)
        _files(source, folder, log)
        beside = _fold(source, folder, log, done) | _charters(source, folder, log, done, fingerprint)
        log.settle()
        put(beside)
        charters_in.sweep(folder)
    return done


def _files(source: Source, folder: Path, log: LogIn) -> None:
    """Fetches the files that new entries name."""
    for index, raw in enumerate(log.fresh, log.old.size):
        for name in entries.files_named(raw, index):
            served = want(source, f"files/{name}", archive.LARGEST)
            if archive.sha256(served) != name:
                raise Unverified(f"{source.name} serves another file under the name files/{name}.")
            put({folder / "files" / name: served})


def _fold(source: Source, folder: Path, log: LogIn, done: Pulled) -> dict[Path, bytes]:
    """Folds the log as it will stand; returns the files beside it."""
    with scratch() as tx:
        said = published.read(source.get("state.json", published.LARGEST))
        done.ignored = ignored = fold_beside(tx, lines_of(folder, log.entries), said, log.head.size)
        if ignored:
            done.notes.append(f"{len(ignored)} entries change nothing, the first of them number {ignored[0].index}.")
            done.problems += forged(ignored, newest(log.entries))
        if done.missing:
            done.notes.append(f"{done.missing} openings are neither served nor listed as withdrawn.")
        _tell_state(said, done)
        return {
            folder / "state.json": state.format_state(log.head, state.state_of(tx)),
            **_rules(tx, folder),
            **_software(tx, source, folder, done),
        }


def _charters(source: Source, folder: Path, log: LogIn, done: Pulled, fingerprint: bytes | None) -> dict[Path, bytes]:
    """Checks the charters served; returns the files of the new ones."""
    here = charters_in.kept(folder)
    served = charters_in.fetch(source, here, fingerprint)
    void = {one.index for one in done.ignored}
    record = checking.record_of(log.entries, void, done.key.verifier)
    done.charters = checking.check(served, record, log.note, clock.today(), fingerprint)
    if fingerprint is not None and record.is_bound and done.key.source == "named":
        done.key = Key(done.key.verifier, "charter")
    done.notes += done.charters.notes
    done.problems += done.charters.problems
    return charters_in.to_write(folder, served, here)


def _tell_state(said: Published, done: Pulled) -> None:
    """Notes where the hub's own state.json differs from what its record gives, or that it gives none."""
    if said.fault:
        done.problems.append(f"{said.fault} The record's own result was written instead.")
    elif not said.compared:
        done.notes.append(f"The state.json served is of {said.size} entries, and was not compared.")
    elif said.found and not done.missing:
        done.problems.append(differs(said.found))


def differs(found: Sequence[published.Row]) -> str:
    """Says that a state.json differs from what the record gives. found: the rows, at least one."""
    return f"The state.json served differs from what the record gives, in {len(found)} rows: {found[0]}"


def _rules(tx: Connection, folder: Path) -> dict[Path, bytes]:
    try:
        return {folder / "constitution.toml": str(rules.newest(tx).text).encode()}
    except NotFound:
        return {}


def _software(tx: Connection, source: Source, folder: Path, done: Pulled) -> dict[Path, bytes]:
    """Fetches the source and settings that the newest software.deployed vouches for, where they are not here yet."""
    said = tx.execute(NEWEST).first()
    found: dict[Path, bytes] = {}
    if said is None:
        done.notes.append("The record does not say which software this hub runs; its source was not copied.")
        return found
    for name, sha256, most in (
        ("source.tar.gz", said.sha256, archive.LARGEST),
        ("config.json", said.config, LARGEST_CONFIG),
    ):
        path = folder / name
        if sha256 is None or archive.sha256(files.read(path) or b"") == sha256:
            continue
        served = source.get(name, most)
        if served is not None and archive.sha256(served) == sha256:
            found[path] = served
        else:
            done.problems.append(f"The {name} served is not the one that entry {said.entry} names; it was not written.")
    return found
