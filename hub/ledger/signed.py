"""What a person signs, and how it stands in an entry: bytes in, bytes out.

The *act* is what the entry says without ``sig`` and ``at``: RFC 8785 bytes of ``by data type v``, and of ``_sd`` where
there is one. A passkey signs it as the challenge of a WebAuthn assertion:

    digest     SHA-256("hub-act-v1\\n" || act)                  32 bytes
    challenge  the digest; where one press of a person makes several entries,
               SHA-256("hub-acts-v1\\n" || digest || digest ...)   of all of them, in order

``sig`` holds, as base64url without padding, the three parts of the assertion under WebAuthn's own names, the name of
the key in the record, and with several entries the digests that the challenge is made from:

    {"authenticatorData":...,"clientDataJSON":...,"key":"key_...","signature":...}        and "acts":[...]

format_sig and parse_sig are inverse; base64url is read strictly, so that no other text means the same bytes.
Source: AU-10; W3C Web Authentication Level 3, sections 5.8.1, 6.1 and 7.2.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub import canonical, ids
from hub.ledger.entries import Entry

ONE, SEVERAL = b"hub-act-v1\n", b"hub-acts-v1\n"
MOST = 64  # entries of one press
LONGEST = 4096  # bytes of one part
_TEXT = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Sig:
    """An assertion over an act. key: its name in the record; acts: digests of all entries of the press, if several."""

    key: str
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    acts: tuple[bytes, ...] = ()


def act_of(entry: Entry) -> bytes:
    """Returns the bytes of an entry that a signature covers: all but when it was recorded and the signature itself."""
    body: dict[str, Any] = {"by": entry.by, "data": dict(entry.data), "type": entry.type, "v": entry.v}
    if entry.sd:
        body["_sd"] = list(entry.sd)
    return canonical.dumps(body)


def digest_of(entry: Entry) -> bytes:
    """Returns what stands for an entry's act in a challenge."""
    return hashlib.sha256(ONE + act_of(entry)).digest()


def challenge_of(digests: Sequence[bytes]) -> bytes:
    """Returns the challenge by which these acts are signed. digests: at least one."""
    return digests[0] if len(digests) == 1 else hashlib.sha256(SEVERAL + b"".join(digests)).digest()


def format_sig(sig: Sig) -> dict[str, Any]:
    """Writes a signature as it stands in an entry. parse_sig(format_sig(s)) == s."""
    body: dict[str, Any] = {
        "authenticatorData": to_text(sig.authenticator_data),
        "clientDataJSON": to_text(sig.client_data),
        "key": sig.key,
        "signature": to_text(sig.signature),
    }
    if sig.acts:
        body["acts"] = [to_text(digest) for digest in sig.acts]
    return body


def parse_sig(body: Mapping[str, Any]) -> Sig:
    """Reads a signature out of an entry. Raises ValueError for any other shape."""
    if body.keys() - {"acts"} != {"authenticatorData", "clientDataJSON", "key", "signature"}:
        raise ValueError("other parts than those of an assertion")
    key, acts = body["key"], body.get("acts", [])
    if not isinstance(key, str) or not ids.is_id(key, "key"):
        raise ValueError("not the name of a key")
    if not isinstance(acts, list) or ("acts" in body and not 2 <= len(acts) <= MOST):
        raise ValueError("not the acts of one press")
    digests = tuple(from_text(text) for text in acts)
    if any(len(digest) != 32 for digest in digests) or len(set(digests)) != len(digests):
        raise ValueError("not digests, or one twice")
    data, client, signature = (from_text(body[name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
    return Sig(key, data, client, signature, digests)


def to_text(raw: bytes) -> str:
    """Writes bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_text(text: object) -> bytes:
    """Reads base64url without padding. Raises ValueError for any text that to_text would not have written."""
    if not isinstance(text, str) or len(text) > LONGEST * 4 // 3 + 1 or not _TEXT.fullmatch(text):
        raise ValueError("not base64url without padding")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(raw) != text:
        raise ValueError("not base64url without padding")
    return raw
