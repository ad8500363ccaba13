"""A witness's folder: its key, the logs it knows, and the last checkpoint it cosigned of each.

    keys/witness.key     32 bytes of Ed25519 seed in base64, mode 0400. Whoever has it can cosign in the branch's name
    keys/witness.vkey    its public form, for charters
    logs.policy          the logs witnessed, a line ``log <vkey> [<url>]`` each (c2sp.org/tlog-policy)
    heads/<hex>          the last checkpoint cosigned of a log, or nothing yet; hex: SHA-256 of its origin

heads/ is what makes a witness worth having: a head is on disk before it is signed, and the next one is compared with it
under a lock. Never restore it from a backup: an older head would let two histories be cosigned.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub import chance, clock
from hub.errors import Unsafe
from hub.ledger import files
from hub.tlog.checkpoint import Checkpoint, open_checkpoint
from hub.tlog.hashes import Spoilt, format_base64, parse_base64
from hub.tlog.note import COSIGNATURE, Signature, Signer, Verifier, format_note, format_vkey, parse_note, parse_vkey
from hub.tlog.policy import Log, Policy, format_policy, parse_policy
from hub.witness import rules
from hub.witness.rules import Submission

KEY, PUBLIC, LOGS, HEADS = "keys/witness.key", "keys/witness.vkey", "logs.policy", "heads"
DIGEST = re.compile(r"[0-9a-f]{64}")


def make(folder: Path, name: str, seed: bytes | None = None) -> str:
    """Makes a witness's folder and key; returns its vkey. Raises Unsafe where one is, Spoilt for a name with spaces."""
    if (folder / KEY).exists() or (folder / HEADS).exists():
        raise Unsafe(f"{folder} is a witness already. A second key would be a second witness.")
    seed = seed or chance.octets(32)
    vkey = format_vkey(Signer(name, seed, COSIGNATURE).verifier)
    (folder / HEADS).mkdir(parents=True, mode=0o700)
    files.put({folder / PUBLIC: f"{vkey}\n".encode(), folder / LOGS: format_policy(Policy()).encode()})
    files.put({folder / KEY: f"{format_base64(seed)}\n".encode()}, mode=0o400)
    return vkey


class Store:
    """One witness. Every call reads the disk anew, so that any number of processes may serve one folder."""

    def __init__(self, folder: Path, disk: files.Disk = files.DISK) -> None:
        self.folder, self.disk = folder, disk
        self.signer = self._signer()

    def logs(self) -> tuple[Log, ...]:
        """Returns the logs witnessed here. Raises Unsafe where the list cannot be read."""
        raw = files.read(self.folder / LOGS)
        try:
            return parse_policy((raw or b"").decode()).logs
        except (Spoilt, UnicodeDecodeError) as problem:
            raise Unsafe(f"{self.folder / LOGS} cannot be read: {problem}.") from problem

    def add(self, key: Verifier, url: str = "") -> None:
        """Witnesses one more log from now on. Raises Spoilt for one that is witnessed, or a key of another use."""
        with _lock(self.folder / ".logs.lock"):
            listed = format_policy(Policy((*self.logs(), Log(key, url)))).encode()
            head = self._head(digest_of(key.name))
            if not head.exists():
                files.put({head: b""}, self.disk)
            files.put({self.folder / LOGS: listed}, self.disk)

    def latest(self, origin: str) -> bytes | None:
        """Returns the last checkpoint cosigned of a log, with its cosignature, or None."""
        return self.served(digest_of(origin))

    def served(self, digest: str) -> bytes | None:
        """Returns the same by the digest of the log's origin."""
        return files.read(self._head(digest)) or None if DIGEST.fullmatch(digest) else None

    def cosign(self, asked: Submission) -> Signature:
        """Cosigns a checkpoint that continues what was cosigned last. Raises rules.Refused.

        The new head is on disk before it is signed: after a crash between, it is simply asked for again.
        """
        keys = [log.key for log in self.logs() if log.key.name == asked.origin]
        if not keys:
            raise rules.unknown()
        path = self._head(digest_of(asked.origin))
        with _lock(path.with_name(f".{path.name}.lock")):
            rules.consider(asked, keys, self._cosigned(path, keys))
            text, lines = parse_note(asked.note)
            line = self.signer.cosign(text, int(clock.now().timestamp()))
            own = [one for one in lines if (one.name, one.key_id) in {(key.name, key.key_id) for key in keys}]
            files.put({path: format_note(text, [*own, line])}, self.disk)
        return line

    def _cosigned(self, path: Path, keys: list[Verifier]) -> Checkpoint | None:
        raw = files.read(path)
        if raw is None:
            raise Unsafe(f"{path} is missing: what was cosigned last is not known, so nothing more of this log is.")
        try:
            return open_checkpoint(raw, [*keys, self.signer.verifier]) if raw else None
        except Spoilt as problem:
            raise Unsafe(f"{path} does not hold: {problem}. Nothing more of this log is cosigned.") from problem

    def _head(self, digest: str) -> Path:
        return self.folder / HEADS / digest

    def _signer(self) -> Signer:
        secret, public = files.read(self.folder / KEY), files.read(self.folder / PUBLIC)
        if secret is None or public is None or not (self.folder / HEADS).is_dir():
            raise Unsafe(f"{self.folder} is no witness. Make one with: hub witness init")
        try:
            verifier = parse_vkey(public.decode().strip())
            signer = Signer(verifier.name, parse_base64(secret.decode().strip()), COSIGNATURE)
        except (Spoilt, UnicodeDecodeError) as problem:
            raise Unsafe(f"The key in {self.folder} cannot be read: {problem}.") from problem
        if signer.verifier != verifier:
            raise Unsafe(f"{KEY} and {PUBLIC} in {self.folder} do not belong together.")
        return signer


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Holds a file's lock, against other threads and processes; waits for it."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest_of(origin: str) -> str:
    """Returns the name under which a log's last checkpoint is served: hex of SHA-256 of its origin."""
    return hashlib.sha256(origin.encode()).hexdigest()
