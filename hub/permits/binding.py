"""Key bindings: what the holder of a role key signs on a fork. Bytes in, verdict out (RFC 9901 section 4.3).

    header    {"alg":"Ed25519","typ":"kb+jwt"}
    payload   {"aud":"https://fork.example","iat":...,"nonce":...,"sd_hash":...}      by RFC 8785
    token     base64url(header) "." base64url(payload) "." base64url(signature)

    nonce     base64url(minute since 1970, 4 bytes | random, 12 | the fork's own mark, 16 | which fork it is, 32)
    iat       that minute, in seconds: no clock but the fork's is asked, and nothing finer is told
    sd_hash   base64url(SHA-256(base64url(entry) "~")), of the entry that registered the key: no disclosure is sent

Which fork it is: the hash of its hub.forked as a leaf of the log (RFC 9162 section 2.1). That entry names the key that
signs, what is continued and from where; so what was signed for one heir is nothing at another, whatever its address.

The proof of inclusion stands where RFC 9901 has a JWT of an issuer. A token is one text: header and payload are written
in one way alone, so that two programs cannot disagree. It says nothing of a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub import canonical
from hub.errors import YES, Verdict, no
from hub.ledger.signed import from_text, to_text
from hub.tlog.hashes import leaf_hash

HEADER = b'{"alg":"Ed25519","typ":"kb+jwt"}'
MINUTES = 10  # how long a nonce is good for
NONCE = 64  # bytes

NOT_ONE = no("claims.no_token", "This is not what the key of an office signs. Copy all of it, and try again.")
ELSEWHERE = no("claims.other_site", "This was signed for another hub. Sign it for the address of this one.")
OTHER_FORK = no(
    "claims.other_fork",
    "This was signed for another hub that carries on from the same record. Open this one's page, and sign that.",
)
TOO_OLD = no(
    "claims.too_old",
    "More than ten minutes went by, or this was used before. Open the page again, and sign what it says now.",
)
OTHER_KEY = no(
    "claims.other_key",
    "This was not signed with the newest key of this office in the record that this hub continues.",
)


@dataclass(frozen=True)
class Binding:
    """What a key binding says. aud: the fork's address; nonce: the fork's, 64 bytes; sd_hash: what it is bound to."""

    aud: str
    nonce: bytes
    sd_hash: bytes

    @property
    def minute(self) -> int:
        """The minute since 1970 in which the fork gave the nonce."""
        return int.from_bytes(self.nonce[:4], "big")

    @property
    def fork(self) -> bytes:
        """Which fork gave the nonce."""
        return self.nonce[32:]


def sd_hash_of(entry: bytes) -> bytes:
    """Returns what a token is bound to. entry: the bytes of the ``role_key.registered``."""
    return hashlib.sha256(f"{to_text(entry)}~".encode()).digest()


def fork_of(forked: bytes) -> bytes:
    """Returns which fork a nonce is of. forked: the bytes of its ``hub.forked``."""
    return leaf_hash(forked)


def format_payload(binding: Binding) -> bytes:
    """Writes what is signed, without the header. parse_token reads it back."""
    said = {"aud": binding.aud, "iat": binding.minute * 60}
    return canonical.dumps({**said, "nonce": to_text(binding.nonce), "sd_hash": to_text(binding.sd_hash)})


def parse_token(token: str) -> tuple[Binding, bytes, bytes]:
    """Reads a token: what it says, what was signed, the signature. Raises ValueError for any other text."""
    head, _, rest = token.partition(".")
    body, _, tail = rest.partition(".")
    said = canonical.loads(from_text(body))
    if from_text(head) != HEADER or not isinstance(said, dict):
        raise ValueError("not a key binding")
    if said.keys() != {"aud", "iat", "nonce", "sd_hash"} or not isinstance(said["aud"], str):
        raise ValueError("it says other things than a key binding")
    found = Binding(said["aud"], from_text(said["nonce"]), from_text(said["sd_hash"]))
    if len(found.nonce) != NONCE or format_payload(found) != from_text(body):
        raise ValueError("it says them otherwise")
    return found, f"{head}.{body}".encode(), from_text(tail)


def token_verdict(
    token: str, *, public_key: str, entry: bytes, origins: Collection[str], forked: bytes, minute: int
) -> Verdict:
    """Says whether a token holds. public_key: Ed25519, base64url; entry: its registration's bytes; origins: the fork's.

    forked: the bytes of the fork's own entry; minute: since 1970, in which it is recorded.
    """
    try:
        found, signed, signature = parse_token(token)
    except ValueError:
        return NOT_ONE
    if found.aud not in origins:
        return ELSEWHERE
    if found.fork != fork_of(forked):
        return OTHER_FORK
    if not 0 <= minute - found.minute <= MINUTES:
        return TOO_OLD
    if found.sd_hash != sd_hash_of(entry) or not _is_signed(public_key, signed, signature):
        return OTHER_KEY
    return YES


def is_key(public_key: str) -> bool:
    """Tells whether a text is a public key of Ed25519."""
    try:
        return len(from_text(public_key)) == 32
    except ValueError:
        return False


def thumbprint(public_key: str) -> str:
    """Returns a key's RFC 7638 thumbprint, by which people compare it."""
    jwk = canonical.dumps({"crv": "Ed25519", "kty": "OKP", "x": public_key})
    return to_text(hashlib.sha256(jwk).digest())


def _is_signed(public_key: str, signed: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(from_text(public_key)).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
