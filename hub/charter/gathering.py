"""Asking witnesses to cosign: all at once, each within its patience; a quorum, or nothing is published yet.

Addresses come from the charter that trustees signed, and an answer is believed only by its signature: no witness and
nobody on the way can do more than not answer. Source: c2sp.org/tlog-witness v1.0.0, LG-04.
"""

from __future__ import annotations

import functools
import logging
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2

from hub.charter import queries
from hub.db import Database
from hub.tlog.checkpoint import Checkpoint, add_cosignatures
from hub.tlog.hashes import Reader, Spoilt, format_base64, parse_number
from hub.tlog.note import Signature, parse_lines, parse_note
from hub.tlog.policy import Policy, Witness
from hub.tlog.proofs import prove_consistency

PATIENCE = 5.0  # seconds for one witness
PAUSE = 5.0  # seconds before all are asked again, where their quorum was missing
LARGEST = 1 << 16  # bytes of an answer
log = logging.getLogger("folkmoot.witnesses")

Post = Callable[[str, bytes], tuple[int, bytes]]
"""(address, body) to status and body; raises OSError or httpx2.HTTPError where there is no answer."""


def post(address: str, body: bytes) -> tuple[int, bytes]:
    """Sends a checkpoint to a witness, without following it elsewhere."""
    with (
        httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
        client.stream("POST", address, content=body) as answer,
    ):
        raw = b""
        for part in answer.iter_bytes():
            raw += part
            if len(raw) > LARGEST:
                raise OSError("an answer larger than any witness gives")
        return answer.status_code, raw


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once in a process: for each request it would take 30 ms."""
    return httpx2.create_ssl_context(trust_env=False)


@dataclass
class Cosigners:
    """The witnesses of a hub's charter. sizes: what each cosigned last, as far as is known; kept in memory alone."""

    db: Database
    post: Post = post
    sizes: dict[str, int] = field(default_factory=dict)
    rested_at: float | None = None

    def __call__(self, note: bytes, head: Checkpoint, read: Reader) -> bytes | None:
        """Returns the note with cosignatures; None without the quorum; as it is where no charter names witnesses."""
        with self.db.read() as tx:
            signed = queries.in_force(tx)
        if signed is None or not signed.charter.policy.witnesses:
            return note
        policy = signed.charter.policy
        if self.rested_at is not None and time.monotonic() < self.rested_at:
            return None
        lines = self._gather(policy, note, head, read)
        cosigned = add_cosignatures(note, lines.values())
        if policy.is_met([one.key for one in policy.witnesses if one.name in lines]):
            self.rested_at = None
            return cosigned
        self.rested_at = time.monotonic() + PAUSE
        log.warning("the quorum of witnesses is missing: %d of %d signed", len(lines), len(policy.witnesses))
        return None

    def _gather(self, policy: Policy, note: bytes, head: Checkpoint, read: Reader) -> dict[str, Signature]:
        asked = [one for one in policy.witnesses if one.url]
        with ThreadPoolExecutor(max(1, len(asked))) as threads:
            answers = threads.map(lambda one: self._ask(one, note, head, read), asked)
            return {one.name: line for one, line in zip(asked, answers, strict=True) if line is not None}

    def _ask(self, witness: Witness, note: bytes, head: Checkpoint, read: Reader) -> Signature | None:
        """Asks one witness; once more where it says that it cosigned another size last."""
        for _ in range(2):
            old = min(self.sizes.get(witness.name, 0), head.size)
            try:
                status, raw = self.post(f"{witness.url.rstrip('/')}/add-checkpoint", body_of(old, note, head, read))
            except (OSError, httpx2.HTTPError) as problem:
                log.info("witness %s does not answer: %s", witness.name, type(problem).__name__)
                return None
            if status == 200:
                self.sizes[witness.name] = head.size
                return own_line(witness, note, raw)
            if status != 409:
                log.warning("witness %s refuses this record with %d", witness.name, status)
                return None
            with suppress(Spoilt, UnicodeDecodeError):
                self.sizes[witness.name] = parse_number(raw.decode("ascii").strip())
        log.warning("witness %s has cosigned another history, or a later one", witness.name)
        return None


def body_of(old: int, note: bytes, head: Checkpoint, read: Reader) -> bytes:
    """Writes what a witness is sent."""
    proof = "".join(f"{format_base64(hash_)}\n" for hash_ in prove_consistency(old, head.size, read))
    return f"old {old}\n{proof}\n".encode() + note


def own_line(witness: Witness, note: bytes, raw: bytes) -> Signature | None:
    """Returns the witness's own signature over the note, out of its answer; None where none holds."""
    text = parse_note(note)[0]
    with suppress(Spoilt, UnicodeDecodeError):
        for line in parse_lines(raw.decode()):
            mine = (line.name, line.key_id) == (witness.key.name, witness.key.key_id)
            if mine and witness.key.holds(text, line):
                return line
    log.warning("witness %s answers without a signature that holds", witness.name)
    return None
