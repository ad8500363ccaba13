"""The log's key and its memory of what it signed last: three files of the folder keys/, for the worker alone.

    log.key      32 bytes of Ed25519 seed in base64. Secret: whoever has it can sign histories in the hub's name
    log.vkey     its public form, name+id+key
    log.head     the last checkpoint signed, as a note: written before it is published

log.head is what makes the log append-only. It is made once, with the key, for the empty log, and is never restored from
a backup: an older one would let the key sign a second history.
"""

from __future__ import annotations

from pathlib import Path

from hub import chance
from hub.errors import Unsafe
from hub.ledger import files
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from hub.tlog.hashes import EMPTY, Spoilt, format_base64, parse_base64
from hub.tlog.note import Signer, Verifier, format_vkey, parse_vkey

KEY, PUBLIC, HEAD = "log.key", "log.vkey", "log.head"


def make_keys(folder: Path, origin: str, head: Checkpoint | None = None, disk: files.Disk = files.DISK) -> str:
    """Makes a log's key for an origin and returns its vkey.

    head: the history the key begins with; by default the empty log. Raises Unsafe where a key exists already.
    """
    if any((folder / name).exists() for name in (KEY, PUBLIC, HEAD)):
        raise Unsafe(f"{folder} holds a log key already. A second key would begin a second history.")
    seed = chance.octets(32)
    signer = Signer(origin, seed)
    first = Checkpoint(origin, head.size, head.root) if head else Checkpoint(origin, 0, EMPTY)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    vkey = format_vkey(signer.verifier)
    files.put({folder / HEAD: sign_checkpoint(first, signer)}, disk, mode=0o600)
    files.put({folder / PUBLIC: f"{vkey}\n".encode()}, disk)
    files.put({folder / KEY: f"{format_base64(seed)}\n".encode()}, disk, mode=0o400)
    return vkey


def read_signer(folder: Path, origin: str) -> Signer:
    """Reads the key that signs for an origin. Raises Unsafe when it is missing or was made for another origin."""
    secret, public = files.read(folder / KEY), files.read(folder / PUBLIC)
    if secret is None or public is None:
        raise Unsafe(f"{folder} holds no log key. Restore {KEY} and {PUBLIC} from the key backup.")
    try:
        verifier = parse_vkey(public.decode().strip())
        signer = Signer(verifier.name, parse_base64(secret.decode().strip()))
    except (Spoilt, UnicodeDecodeError) as problem:
        raise Unsafe(f"The log key in {folder} cannot be read: {problem}.") from problem
    if signer.verifier != verifier:
        raise Unsafe(f"{KEY} and {PUBLIC} in {folder} do not belong together.")
    if verifier.name != origin:
        raise Unsafe(f"The log key was made for {verifier.name}, but the settings' url gives {origin}. Put url back.")
    return signer


def read_verifier(folder: Path) -> Verifier | None:
    """Returns the public key next to the log, or None."""
    public = files.read(folder / PUBLIC)
    return None if public is None else parse_vkey(public.decode().strip())


def read_head(folder: Path, verifier: Verifier) -> tuple[Checkpoint, bytes]:
    """Returns the last signed head and its note. Raises Unsafe when it is missing or spoilt."""
    note = files.read(folder / HEAD)
    if note is None:
        raise Unsafe(
            f"{folder / HEAD} is missing: what this key signed last is not known, so it signs nothing more. "
            "Do not restore an old one. Found a successor with: hub fork"
        )
    try:
        return open_checkpoint(note, [verifier]), note
    except Spoilt as problem:
        raise Unsafe(f"{folder / HEAD} does not hold: {problem}. Nothing more is signed.") from problem
