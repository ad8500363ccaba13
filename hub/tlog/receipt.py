"""Receipts (c2sp.org/tlog-proof, draft): a file that proves, offline, that an entry stands in a log.

    c2sp.org/tlog-proof@v1
    extra <base64>                  optional; not authenticated by the format. Ours holds the entry's own bytes
    index <n>
    <base64 of a hash>              the audit path, from the leaf's sibling up
    (an empty line)
    the signed checkpoint, word for word

The extra data is believed only because it hashes to the leaf that the path leads from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.tlog.checkpoint import Checkpoint, open_checkpoint
from hub.tlog.hashes import Spoilt, format_base64, leaf_hash, parse_base64, parse_hash, parse_number
from hub.tlog.note import Verifier
from hub.tlog.proofs import check_inclusion

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Receipt:
    """A proof of inclusion with the checkpoint it leads to. checkpoint: the note's bytes; extra: None or bytes."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_receipt(receipt: Receipt) -> bytes:
    """Writes a receipt. parse_receipt(format_receipt(r)) == r."""
    lines = [HEADER]
    if receipt.extra is not None:
        lines.append(f"extra {format_base64(receipt.extra)}")
    lines.append(f"index {receipt.index}")
    lines += [format_base64(hash_) for hash_ in receipt.path]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + receipt.checkpoint


def parse_receipt(raw: bytes) -> Receipt:
    """Reads a receipt without checking it. Raises Spoilt for any other shape."""
    above, blank, checkpoint = raw.partition(b"\n\n")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError as problem:
        raise Spoilt("not a receipt") from problem
    if not blank or lines.pop(0) != HEADER:
        raise Spoilt("not a receipt")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = parse_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise Spoilt("a receipt without an index")
    index = parse_number(lines.pop(0).removeprefix("index "))
    if len(lines) > 63:
        raise Spoilt("a receipt with too many hashes")
    return Receipt(index, tuple(parse_hash(line) for line in lines), checkpoint, extra)


def check_receipt(receipt: Receipt, entry: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Checks that the entry stands at the receipt's index in a log that one of the keys signed; returns that head."""
    head = open_checkpoint(receipt.checkpoint, verifiers)
    check_inclusion(leaf_hash(entry), receipt.index, head.size, receipt.path, head.root)
    return head
