"""A beacon like NIST's, with an authority of its own: certificates, pulses signed with their keys, and its site."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from hub.draws.beacons import SITE
from hub.draws.certificates import HOST, name_of
from hub.fetch import Also, Fetched, Refused
from hub.lot.pulses import signed_fields

PEM = serialization.Encoding.PEM
BETWEEN = "authority.example/between.crt"
BEGAN = dt.datetime(2026, 9, 3, tzinfo=dt.UTC)
ROOT, OTHER_ROOT, MIDDLE = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))


@functools.cache
def rsa_key(bits: int, which: int = 0) -> rsa.RSAPrivateKey:
    """A key, made once."""
    return rsa.generate_private_key(65537, bits)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject: str, public: Any, issuer: str, key: Any, *, depth: int | None, began=BEGAN, at=None):
    """A certificate. depth: of an authority, how many may follow it; None for a site's own."""
    made = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(public)
    made = made.serial_number(x509.random_serial_number()).not_valid_before(began)
    made = made.not_valid_after(began + dt.timedelta(days=180))
    made = made.add_extension(x509.BasicConstraints(depth is not None, depth), True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    is_ca = depth is not None
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    made = made.add_extension(usage, True)
    if not is_ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    if at:
        where = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(f"http://{at}")
        )
        made = made.add_extension(x509.AuthorityInformationAccess([where]), False)
    return made.sign(key, hashes.SHA256())


@dataclass
class Site:
    """The beacon's site, and its authority's, as the worker's fetcher meets them. gone: whether nobody answers.

    stands_for: under which name it shows its certificate, where that is not its own.
    """

    folder: Path
    leaf: x509.Certificate
    also: Also = field(default_factory=Also)
    asked: list[str] = field(default_factory=list)
    gone: bool = False
    stands_for: str = ""

    def __post_init__(self) -> None:
        root = certificate("Root", ROOT.public_key(), "Root", ROOT, depth=1)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "root.pem").write_bytes(root.public_bytes(PEM))
        self.also = Also(authority=self.folder / "root.pem")

    def get(self, url: str, **_more: Any) -> Fetched:
        """Answers."""
        self.asked.append(url)
        between = certificate("Between", MIDDLE.public_key(), "Root", ROOT, depth=0)
        pages = {
            SITE + (self.stands_for or name_of(self.leaf)): self.leaf.public_bytes(PEM),
            f"https://{BETWEEN}": between.public_bytes(serialization.Encoding.DER),
        }
        if self.gone:
            raise Refused("nobody answers")
        return Fetched(200 if url in pages else 404, {}, pages.get(url, b""))


def leaf_for(host: str = HOST, key: rsa.RSAPrivateKey | None = None, *, by: Any = MIDDLE, began=BEGAN):
    """The certificate of a host, by the authority in between."""
    public = (key or rsa_key(2048)).public_key()
    return certificate(host, public, "Between", by, depth=None, began=began, at=BETWEEN)


def pulse_for(minute: dt.datetime, leaf: x509.Certificate, key: rsa.RSAPrivateKey | None = None, suite: int = 0) -> str:
    """A beacon's whole answer for a minute, that names a certificate and is signed with a key."""
    pulse: dict[str, Any] = {
        "uri": "https://beacon.nist.gov/beacon/2.0/chain/2/pulse/7", "version": "2.0", "cipherSuite": suite,
        "period": 60_000, "certificateId": name_of(leaf), "chainIndex": 2, "pulseIndex": 7,
        "timeStamp": f"{minute:%Y-%m-%dT%H:%M}:00.000Z", "localRandomValue": "5C" * 64,
        "external": {"sourceId": "00" * 64, "statusCode": 0, "value": "00" * 64},
        "listValues": [{"uri": "", "type": "previous", "value": "1F" * 64}], "precommitmentValue": "2E" * 64,
        "statusCode": 0,
    }  # fmt: skip
    signed = signed_fields("test", pulse)
    signature = (key or rsa_key(2048)).sign(signed, padding.PKCS1v15(), hashes.SHA512())
    pulse |= {"signatureValue": signature.hex().upper()}
    return json.dumps({"pulse": {**pulse, "outputValue": hashlib.sha512(signed + signature).hexdigest().upper()}})
