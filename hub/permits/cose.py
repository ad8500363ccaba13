"""Public keys as authenticators give them: COSE_Key, read strictly, and what each algorithm verifies with.

    ES256   {1: 2, 3: -7, -1: 1, -2: x, -3: y}      P-256, 32 bytes each
    EdDSA   {1: 1, 3: -8, -1: 6, -2: x}             Ed25519, 32 bytes
    RS256   {1: 3, 3: -257, -1: n, -2: e}           2048 to 4096 bits

Exactly these parameters: authenticators add no others. Source: RFC 9052 section 7, RFC 9053, RFC 8230; W3C Web
Authentication Level 3, section 6.5.1.1.
"""

from __future__ import annotations

import functools

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn.helpers import parse_cbor

KINDS = {(2, -7): "es256", (1, -8): "eddsa", (3, -257): "rs256"}
PARTS = {"es256": {1, 3, -1, -2, -3}, "eddsa": {1, 3, -1, -2}, "rs256": {1, 3, -1, -2}}
Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


class NoKey(ValueError):
    """The bytes are no public key of a kind that is used here."""


@functools.lru_cache(maxsize=1024)
def read_key(raw: bytes) -> tuple[str, Public]:
    """Reads a COSE_Key; returns its algorithm (es256, eddsa or rs256) and the key. Raises NoKey."""
    try:
        parts = parse_cbor(raw)
        algorithm = KINDS[parts[1], parts[3]]
        if parts.keys() != PARTS[algorithm]:
            raise NoKey("a key with other parts than it needs")
        return algorithm, _READERS[algorithm](parts)
    except NoKey:
        raise
    except Exception as problem:  # whatever the decoder makes of hostile bytes
        raise NoKey("no key of a kind that is used here") from problem


def is_signed(raw: bytes, signature: bytes, data: bytes) -> bool:
    """Tells whether the key in these COSE bytes signed the data. Raises NoKey."""
    _algorithm, key = read_key(raw)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _p256(parts: dict[int, object]) -> Public:
    x, y = _bytes(parts[-2], 32), _bytes(parts[-3], 32)
    if parts[-1] != 1:
        raise NoKey("another curve than P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)


def _ed25519(parts: dict[int, object]) -> Public:
    if parts[-1] != 6:
        raise NoKey("another curve than Ed25519")
    return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(parts[-2], 32))


def _rsa(parts: dict[int, object]) -> Public:
    n, e = (int.from_bytes(_bytes(parts[key]), "big") for key in (-1, -2))
    if not 2048 <= n.bit_length() <= 4096 or not 2 < e < 2**32:
        raise NoKey("an RSA key of another size than 2048 to 4096 bits")
    return rsa.RSAPublicNumbers(e, n).public_key()


def _bytes(value: object, size: int | None = None) -> bytes:
    if not isinstance(value, bytes) or (size is not None and len(value) != size):
        raise NoKey("a part of the wrong size")
    return value


_READERS = {"es256": _p256, "eddsa": _ed25519, "rs256": _rsa}
