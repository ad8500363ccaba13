"""Charters as files of a copy, and the witnesses under its checkpoint: held against what the record itself says.

charter/<n>, charter/latest   word for word as the record has them; a hub's own folder keeps them below public/
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Connection

from hub.charter import queries
from hub.ledger import files
from hub.ledger.verify import Log
from hub.tlog.note import parse_note

FOLDER, LATEST = "charter", "latest"
LARGEST = 1 << 16  # bytes of one charter


def files_of(tx: Connection, folder: Path) -> dict[Path, bytes]:
    """Returns the files that a copy with this record has."""
    notes = queries.notes_of(tx)
    found = {folder / FOLDER / str(version): note for version, note in notes}
    return {**found, folder / FOLDER / LATEST: notes[-1][1]} if notes else {}


def problems(tx: Connection, log: Log, folder: Path) -> list[str]:
    """Says where the charters in a folder, or the witnesses under its checkpoint, are not as the record has it."""
    return [*_files(tx, folder), *_witnesses(tx, log, folder)]


def _files(tx: Connection, folder: Path) -> list[str]:
    found = []
    for top in (folder, folder / "public"):
        must = files_of(tx, top)
        for path in sorted((top / FOLDER).glob("*")):
            name = f"{FOLDER}/{path.name}"
            if path not in must:
                found.append(f"{name} is no charter in the record.")
            elif files.read(path, LARGEST) != must[path]:
                found.append(f"{name} is not the one in the record.")
    return found


def _witnesses(tx: Connection, log: Log, folder: Path) -> list[str]:
    """A charter of another log's key says nothing of who must sign this one."""
    signed = queries.in_force(tx)
    if signed is None or signed.charter.policy.logs[0].key != log.key.verifier:
        return []
    policy = signed.charter.policy
    text, lines = parse_note(files.read(folder / "log/checkpoint", LARGEST) or b"")
    held = [witness for witness, _line in policy.held_by(text, lines)]
    named = {(line.name, line.key_id) for line in lines}
    found = [
        f"The signature of the witness {one.name} does not hold."
        for one in policy.witnesses
        if (one.key.name, one.key.key_id) in named and one not in held
    ]
    if not policy.is_met([one.key for one in held]):
        found.append("The checkpoint is not signed by as many witnesses as the charter in force asks for.")
    return found
