"""Checkpoints (c2sp.org/tlog-checkpoint v1.0.0): the signed size and root of a log.

    origin
    size in decimal
    root in base64

Lines after the third are allowed when read and never written: older verifiers sign three lines, newer ones all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.tlog.hashes import EMPTY, Spoilt, format_base64, parse_hash, parse_number
from hub.tlog.note import ED25519, Signature, Signer, Verifier, format_note, open_note, parse_note

LONGEST_ORIGIN = 255  # bytes


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log: the name it signs under, how many entries, and their root."""

    origin: str
    size: int
    root: bytes


def format_checkpoint(head: Checkpoint) -> str:
    """Writes a checkpoint's text. parse_checkpoint(format_checkpoint(c)) == c."""
    text = f"{head.origin}\n{head.size}\n{format_base64(head.root)}\n"
    parse_checkpoint(text)
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Reads a checkpoint's text; its lines after the third are left aside. Raises Spoilt for any other shape."""
    if not text.endswith("\n"):
        raise Spoilt("a checkpoint without its last newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines) or len(lines[0].encode()) > LONGEST_ORIGIN:
        raise Spoilt("not a checkpoint")
    head = Checkpoint(lines[0], parse_number(lines[1]), parse_hash(lines[2]))
    if head.size == 0 and head.root != EMPTY:
        raise Spoilt("an empty log with the root of another")
    return head


def sign_checkpoint(head: Checkpoint, signer: Signer) -> bytes:
    """Returns the signed note. Whoever calls this vouches that it fits everything signed before."""
    text = format_checkpoint(head)
    return format_note(text, [signer.sign(text)])


def open_checkpoint(raw: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Reads a signed checkpoint and checks it against known keys, one of which must bear the origin as its name.

    Raises Spoilt where none does: a witness alone does not make a checkpoint.
    """
    keys = list(verifiers)
    note = open_note(raw, keys)
    head = parse_checkpoint(note.text)
    own = {key.key_id for key in keys if key.name == head.origin and key.kind == ED25519}
    if not any(line.name == head.origin and line.key_id in own for line in note.signatures):
        raise Spoilt("the checkpoint bears no signature of its own log")
    return head


def add_cosignatures(raw: bytes, cosignatures: Iterable[Signature]) -> bytes:
    """Returns the note with more signature lines below those it has."""
    text, lines = parse_note(raw)
    return format_note(text, [*lines, *cosignatures])
