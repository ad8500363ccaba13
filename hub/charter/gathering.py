"""Asking witnesses to cosign: all at once, each within its patience; a quorum, or nothing is published yet.

Addresses come from the charter that trustees signed, and an answer is believed only by its signature: no witness and
nobody on the way can do more than not answer. Source: c2sp.org/tlog-witness v1.0.0, LG-04.
"""

from __future__ import annotations

import functools
import logging
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import httpx2

from hub.charter import queries
from hub.db import Database
from hub.tlog.checkpoint import Checkpoint, add_cosignatures
from hub.tlog.hashes import Reader, Spoilt, format_base64, parse_number
from hub.tlog.note import Signature, parse_lines, parse_note
from hub.tlog.policy import Policy, Witness
from hub.tlog.proofs import prove_consistency

PATIENCE = 5.0  # seconds for one witness, from its first byte to its last
ROUND = 10.0  # seconds for all of them: each may be asked twice
GRACE = 1.0  # seconds for the others, once those who signed are enough
PAUSE = 5.0  # seconds before all are asked again, where their quorum was missing
LARGEST = 1 << 16  # bytes of an answer
log = logging.getLogger("folkmoot.witnesses")

Post = Callable[[str, bytes], tuple[int, bytes]]
"""(address, body) to status and body; raises OSError or httpx2.HTTPError where there is no answer."""


def post(address: str, body: bytes) -> tuple[int, bytes]:
    """Sends a checkpoint to a witness, without following it elsewhere."""
    until = time.monotonic() + PATIENCE
    with (
        httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
        client.stream("POST", address, content=body) as answer,
    ):
        raw = b""
        for part in answer.iter_bytes():
            raw += part
            if len(raw) > LARGEST:
                raise OSError("an answer larger than any witness gives")
            if time.monotonic() > until:  # the client's own patience begins anew with every byte
                raise OSError("an answer that comes too slowly")
        return answer.status_code, raw


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once in a process: for each request it would take 30 ms."""
    return httpx2.create_ssl_context(trust_env=False)


@dataclass
class Cosigners:
    """The witnesses of a hub's charter. sizes: what each cosigned last, as far as is known; kept in memory alone.

    asked: those whose answer is still out from an earlier round; they are not asked again before it is in.
    """

    db: Database
    post: Post = post
    sizes: dict[str, int] = field(default_factory=dict)
    rested_at: float | None = None
    asked: set[str] = field(default_factory=set)

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
        """Asks all at once; waits for each within the round, and not much longer than for enough of them.

        Whoever answers by the byte delays no publication: their thread is left to itself, and ends with the process.
        """
        asked = [one for one in policy.witnesses if one.url and one.name not in self.asked]
        answers: SimpleQueue[tuple[Witness, Signature | None]] = SimpleQueue()
        for one in asked:
            self.asked.add(one.name)
            threading.Thread(target=self._ask_beside, args=(answers, one, note, head, read), daemon=True).start()
        lines: dict[str, Signature] = {}
        until = time.monotonic() + ROUND
        with suppress(Empty):
            for _ in asked:
                one, line = answers.get(timeout=max(0.0, until - time.monotonic()))
                lines |= {one.name: line} if line is not None else {}
                if policy.is_met([two.key for two in policy.witnesses if two.name in lines]):
                    until = min(until, time.monotonic() + GRACE)
        return {one.name: lines[one.name] for one in policy.witnesses if one.name in lines}

    def _ask_beside(self, answers: SimpleQueue[tuple[Witness, Signature | None]], one: Witness, *about: Any) -> None:
        line = None
        try:
            line = self._ask(one, *about)
        except Exception:  # what an answer that came too late finds gone, or a hostile one brings about
            log.warning("witness %s could not be asked", one.name, exc_info=True)
        finally:
            self.asked.discard(one.name)
            answers.put((one, line))

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
