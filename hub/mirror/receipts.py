"""Receipts of an office: one file with which its holder gets it back on a fork. Its holder keeps it, nobody else.

    {"folkmoot":"office receipt","grant":"grt_...","hub":"https://...","proofs":["c2sp.org/tlog-proof@v1\\n...",...],
     "disclosures":["..."],"key":{...}}

    proofs        of the entry that gave the office, then of the newest ``role_key.registered``; each carries its entry
    disclosures   what the holder typed to be shown as (RFC 9901 section 4.2), while it is not withdrawn
    key           the role key, locked (role_keys.py); put in by the holder's own browser, or absent: then it has a file

Nothing in it is believed: proofs are checked with the key of the log, disclosures by their digests. What is sent to a
fork is a *claim*: the receipt without its key, and the token that the key signed.

    {"folkmoot":"office claim","receipt":{...},"token":"...","vouches":[{"public_key":"...","token":"..."}]}

    vouches       what the same key signed for passkeys of who claims (permits/vouching.py); absent where it signed none
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub import ids
from hub.errors import Invalid
from hub.mirror.role_keys import LockedKey, key_in, value_of
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from hub.tlog.hashes import Reader, Spoilt, leaf_hash, root_hash
from hub.tlog.note import Verifier, parse_note
from hub.tlog.proofs import check_inclusion
from hub.tlog.receipt import Receipt, format_receipt, parse_receipt

WHAT, CLAIM = "office receipt", "office claim"
LARGEST = 200_000  # bytes
MOST_VOUCHES = 12
NOT_ONE = "This is no receipt of an office. Choose the file that you saved when you made the key of your office."

NOT_REGISTERED = "The receipt does not prove that this key was registered. Take the receipt that came after the key."
NO_CLAIM = "This is no claim. Paste what the command printed, all of it."
KEEP_KEY = "Your key does not belong here, not even locked. Paste what the command printed, not the file itself."


@dataclass(frozen=True)
class OfficeReceipt:
    """A receipt. hub: where it was made; key: the locked role key, or None where it lies in a file of its own."""

    grant: str
    hub: str
    proofs: tuple[Receipt, ...]
    disclosures: tuple[str, ...] = ()
    key: LockedKey | None = None

    def with_key(self, key: LockedKey) -> OfficeReceipt:
        """Returns it with its key inside. Raises Invalid for the key of another office."""
        if key.grant != self.grant:
            raise Invalid({"key": "This key is of another office than the receipt."})
        return replace(self, key=key)


@dataclass(frozen=True)
class Past:
    """A hub that is continued here. limit: how many of its entries; verifier: the key of its log."""

    origin: str
    verifier: Verifier
    limit: int


def format_office_receipt(receipt: OfficeReceipt) -> bytes:
    """Writes the file. parse_office_receipt(format_office_receipt(r)) == r."""
    return json.dumps(_value_of(receipt), indent=1, ensure_ascii=False).encode() + b"\n"


def format_claim(receipt: OfficeReceipt, token: str) -> str:
    """Writes what is sent to a fork: never the key. parse_claim(format_claim(r, t)) == (r without its key, t)."""
    sent = {"folkmoot": CLAIM, "receipt": _value_of(replace(receipt, key=None)), "token": token}
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def parse_claim(text: str) -> tuple[OfficeReceipt, str]:
    """Reads what was sent. Raises Invalid for any other text, and for one that holds a key."""
    try:
        body = json.loads(text)
        token = body["token"]
        if body["folkmoot"] != CLAIM or not isinstance(token, str):
            raise ValueError("no claim")
        found = parse_office_receipt(json.dumps(body["receipt"]).encode())
    except (ValueError, KeyError, TypeError, RecursionError, Invalid) as problem:
        raise Invalid({"claim": KEEP_KEY if '"box"' in text else NO_CLAIM}) from problem
    if found.key is not None:
        raise Invalid({"claim": KEEP_KEY})
    return found, token


def parse_vouches(text: str) -> list[tuple[str, str]]:
    """Reads for which passkeys the key of the office signed with a claim: public keys, tokens. Raises Invalid."""
    try:
        found = [(one["public_key"], one["token"]) for one in json.loads(text).get("vouches", [])]
        if len(found) > MOST_VOUCHES or not all(isinstance(part, str) for pair in found for part in pair):
            raise ValueError("no vouches")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Invalid({"claim": NO_CLAIM}) from problem
    return found


def _value_of(receipt: OfficeReceipt) -> dict[str, Any]:
    return {
        "folkmoot": WHAT,
        "grant": receipt.grant,
        "hub": receipt.hub,
        "proofs": [format_receipt(proof).decode() for proof in receipt.proofs],
        "disclosures": list(receipt.disclosures),
        **({"key": value_of(receipt.key)} if receipt.key else {}),
    }


def parse_office_receipt(raw: bytes) -> OfficeReceipt:
    """Reads the file without believing it. Raises Invalid for any other."""
    try:
        if len(raw) > LARGEST:
            raise ValueError("too large")
        body = json.loads(raw)
        proofs = tuple(parse_receipt(text.encode()) for text in body["proofs"])
        found = OfficeReceipt(
            body["grant"], body["hub"], proofs, tuple(body.get("disclosures", ())),
            key_in(body["key"]) if "key" in body else None,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Spoilt) as problem:
        raise Invalid({"receipt": NOT_ONE}) from problem
    texts = (found.grant, found.hub, *found.disclosures)
    if body.get("folkmoot") != WHAT or not all(isinstance(text, str) for text in texts):
        raise Invalid({"receipt": NOT_ONE})
    if not ids.is_id(found.grant, "grt"):
        raise Invalid({"receipt": NOT_ONE})
    if not 1 <= len(proofs) <= 4 or (found.key is not None and found.key.grant != found.grant):
        raise Invalid({"receipt": NOT_ONE})
    return found


def registration_in(receipt: OfficeReceipt) -> bytes:
    """Returns the entry that registered the receipt's key: what a token is bound to. Raises Invalid where it is not."""
    assert receipt.key is not None
    for proof in receipt.proofs:
        try:
            said = json.loads(proof.extra or b"{}")
            if said["type"] == "role_key.registered" and said["data"]["public_key"] == receipt.key.public:
                return proof.extra or b""
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    raise Invalid({"key": NOT_REGISTERED})


def check_proof(proof: Receipt, past: Sequence[Past], entries: Iterable[tuple[int, bytes]], read: Reader) -> None:
    """Checks that a proof is of the history that is continued here. Raises Spoilt.

    past: the hubs that are continued; entries: index and bytes as they stand here; read: subtrees of what stands here.
    Its checkpoint is one that the log's key signed; as far as that log is continued, its root is the root here.
    """
    head, one = _signed(proof, past)
    mine = dict(entries).get(proof.index)
    if proof.extra is None or proof.index >= one.limit or mine != proof.extra:
        raise Spoilt("what it proves does not stand in the record that this hub continues")
    check_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.path, head.root)
    if head.size <= one.limit and root_hash(head.size, read) != head.root:
        raise Spoilt("it is of another history than the one that this hub continues")


def _signed(proof: Receipt, past: Sequence[Past]) -> tuple[Checkpoint, Past]:
    head = parse_checkpoint(parse_note(proof.checkpoint)[0])
    one = next((one for one in past if one.origin == head.origin), None)
    if one is None:
        raise Spoilt("it is of a hub that this one does not continue")
    return open_checkpoint(proof.checkpoint, [one.verifier]), one
