"""Whether a pulse of NIST's beacon is signed by the key of the certificate that it names, and that one is NIST's. Pure.

A pulse names the SHA-512 of a certificate's DER; suite 0 signs FIELDS with RSA (PKCS #1 1.5) and SHA-512. It is NIST's
if an authority that this machine knows has issued it for HOST, and the minute of the pulse lies in its term. So whoever
would make up a pulse needs NIST's key, or an authority that lies; neither the hub nor two readers are enough.

Source: NISTIR 8213 draft, section 4, as the service does it: csrc.nist.gov/projects/interoperable-randomness-beacons.
Since September 2026 pulses were seen whose signatures have 4096 bits and whose certificate's key has 2048: those are
"length", the source's own slip, and nobody can check them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

HOST = "engine.beacon.nist.gov"
SUITE = 0


@dataclass(frozen=True)
class Found:
    """What came of a check. state: checked, wrong, length, unknown or suite; until: when the certificate ends."""

    state: str
    until: dt.datetime | None = None


def check(
    signed: bytes,
    signature: bytes,
    suite: int,
    minute: dt.datetime,
    leaf: x509.Certificate,
    between: Sequence[x509.Certificate],
    known: Sequence[x509.Certificate],
) -> Found:
    """Checks one pulse. leaf: the certificate it names; between: issuers of it; known: authorities of this machine."""
    key = leaf.public_key()
    if suite != SUITE or not isinstance(key, rsa.RSAPublicKey):
        return Found("suite")
    if not is_nists(leaf, between, known, minute):
        return Found("unknown")
    if len(signature) * 8 != key.key_size:
        return Found("length")
    return Found("checked", leaf.not_valid_after_utc) if is_signed(signed, signature, key) else Found("wrong")


def is_signed(signed: bytes, signature: bytes, key: rsa.RSAPublicKey) -> bool:
    """Tells whether a key signed these bytes, as suite 0 does."""
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA512())
    except InvalidSignature:
        return False
    return True


def is_nists(
    leaf: x509.Certificate,
    between: Sequence[x509.Certificate],
    known: Sequence[x509.Certificate],
    minute: dt.datetime,
) -> bool:
    """Tells whether a known authority has issued a certificate to the beacon's host, for that minute."""
    if not known:
        return False
    policy = PolicyBuilder().store(Store(list(known))).time(minute)
    try:
        policy.build_server_verifier(x509.DNSName(HOST)).verify(leaf, list(between))
    except VerificationError:
        return False
    return True


def read(raw: bytes) -> x509.Certificate:
    """Reads a certificate, PEM or DER. Raises ValueError."""
    if raw.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificate(raw)
    return x509.load_der_x509_certificate(raw)


def name_of(leaf: x509.Certificate) -> str:
    """Returns what pulses call a certificate: SHA-512 of its DER, in small letters."""
    return hashlib.sha512(leaf.public_bytes(serialization.Encoding.DER)).hexdigest()


def issuers_of(leaf: x509.Certificate) -> list[str]:
    """Returns where a certificate says that its issuer's own is fetched."""
    try:
        told = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    at = (one for one in told if one.access_method == AuthorityInformationAccessOID.CA_ISSUERS)
    return [one.access_location.value for one in at if isinstance(one.access_location, x509.UniformResourceIdentifier)]
