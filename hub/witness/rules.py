"""What a witness answers to a submitted checkpoint: pure. Source: c2sp.org/tlog-witness v1.0.0, add-checkpoint.

old <size>
<base64 of a hash>          the consistency proof from the old size, at most 63 lines
(an empty line)
the signed checkpoint
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hub.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from hub.tlog.hashes import EMPTY, Spoilt, parse_hash, parse_number
from hub.tlog.note import Verifier, parse_note
from hub.tlog.proofs import check_consistency

MOST = 63  # hashes of one proof
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True)
class Submission:
    """What a log sends. old: the size it believes was cosigned last; note: the checkpoint's bytes."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes
    origin: str


class Refused(Exception):
    """Why nothing is cosigned. status: of HTTP; media: of the body."""

    def __init__(self, status: int, body: str, media: str = "text/plain; charset=utf-8") -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.media = status, body, media


def unknown() -> Refused:
    """Returns the answer to a log that is not witnessed here."""
    return Refused(404, "This log is not witnessed here.\n")


def parse_submission(raw: bytes) -> Submission:
    """Reads a request's body. Raises Refused 400 for any other shape."""
    try:
        above, blank, note = raw.partition(b"\n\n")
        lines = above.decode("ascii").split("\n")
        if not blank or not lines[0].startswith("old ") or len(lines) > MOST + 1:
            raise Spoilt("not a submission")
        old = parse_number(lines[0].removeprefix("old "))
        origin = parse_checkpoint(parse_note(note)[0]).origin
        return Submission(old, tuple(parse_hash(line) for line in lines[1:]), note, origin)
    except (Spoilt, UnicodeDecodeError) as problem:
        raise Refused(400, f"This is no checkpoint with its proof: {problem}.\n") from problem


def consider(asked: Submission, keys: Collection[Verifier], latest: Checkpoint | None) -> Checkpoint:
    """Returns the head that may be cosigned now. keys: of this log; latest: what was cosigned of it last.

    Raises Refused: 403 without the log's signature, 400 for an old size above the new one, 409 where something else was
    cosigned last, 422 for a proof that does not hold.
    """
    try:
        head = open_checkpoint(asked.note, keys)
    except Spoilt as problem:
        raise Refused(403, f"The log's signature does not hold: {problem}.\n") from problem
    if asked.old > head.size:
        raise Refused(400, "The old size is larger than the new one.\n")
    size, root = (latest.size, latest.root) if latest else (0, EMPTY)
    if asked.old != size or (head.size == size and head.root != root):
        raise Refused(409, f"{size}\n", SIZE_TYPE)
    try:
        check_consistency(size, root, head.size, head.root, asked.proof)
    except Spoilt as problem:
        raise Refused(422, f"The consistency proof does not hold: {problem}.\n") from problem
    return head
