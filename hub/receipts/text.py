"""A receipt's text: an SD-JWT (RFC 9901), in its compact form, and what may stand below it in the file.

    <JWT signed by the hub>~<disclosure>~...~[<key binding JWT>]
    (an empty line, and the proof that it was counted: days.py)

    header   alg ES256, typ dc+sd-jwt, kid and jwk: the hub's federation key
    claims   iss, vct, iat and exp (midnights: nothing tells at which moment), _sd, _sd_alg, cnf where a key was given
    _sd      always two digests, sorted: of "branch" and of "since", or random where its owner left one out

Nothing in it is the same in two receipts of one member but what they show, and the days. Pure; who may have one, and
what may be believed of one, is asked elsewhere.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import ECKey

from hub.ledger.openings import digest_of
from hub.receipts.days import Proof, format_proof, parse_proof
from hub.tlog.hashes import Spoilt

TYPE, BINDING, ALGORITHM = "dc+sd-jwt", "kb+jwt", "ES256"
VCT = "/receipts/membership/v1"  # behind the hub's address
DAYS = 90
LONGEST = 20_000  # characters of a file
SHOWN = ("branch", "since")
MIDNIGHT = 86_400
_PARTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_DISCLOSURE = re.compile(r"[A-Za-z0-9_-]{20,2000}")
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, before anything of it is believed but its own signature.

    key: the thumbprint of the key that signed it; shown: what its owner shows, by name; bound: the owner's public key.
    binding: claims of the key binding JWT, where one is there and its signature holds.
    """

    issuer: str
    key: str
    day: dt.date
    until: dt.date
    digest: bytes
    shown: Mapping[str, Any]
    bound: Mapping[str, Any] | None = None
    binding: Mapping[str, Any] | None = None
    proof: Proof | None = None


def issue(
    issuer: str,
    day: dt.date,
    shown: Mapping[str, Any],
    sign: Callable[[Mapping[str, Any]], str],
    random: Callable[[int], bytes],
    bound: Mapping[str, Any] | None = None,
) -> str:
    """Makes a receipt. shown: what it discloses, some of SHOWN; sign: claims to a JWT; bound: a public key.

    Source: RFC 9901 sections 4.2 (disclosures), 4.2.5 (decoy digests) and 4.1.2 (cnf).
    """
    disclosures = [_base64(json.dumps([_base64(random(16)), *pair]).encode()) for pair in shown.items()]
    decoys = [_base64(random(32)) for name in SHOWN if name not in shown]
    claims: dict[str, Any] = {
        "iss": issuer,
        "vct": issuer + VCT,
        "iat": _seconds(day),
        "exp": _seconds(day + dt.timedelta(days=DAYS)),
        "_sd": sorted([*map(digest_of, disclosures), *decoys]),
        "_sd_alg": "sha-256",
    }
    if bound is not None:
        claims["cnf"] = {"jwk": dict(bound)}
    return "~".join([sign(claims), *disclosures, ""])


def digest(receipt: str) -> bytes:
    """Returns what a day counts of a receipt: SHA-256 of what the hub signed (RFC 7515 section 5.1, step 8). 32 bytes.

    Without the signature: whoever writes the same one in another way has the same receipt. And whatever is shown.
    """
    signed = receipt.partition("~")[0].rpartition(".")[0]
    return hashlib.sha256(signed.encode("ascii", "replace")).digest()


def format_file(receipt: str, proof: Proof | None) -> str:
    """Writes the file that a member keeps. parse reads it."""
    return f"{receipt}\n" if proof is None else f"{receipt}\n\n{format_proof(proof)}"


def public_key(said: Any) -> dict[str, Any]:
    """Returns the public half of an owner's key, and nothing else that was said beside it. Raises ValueError."""
    names = ("kty", "crv", "x", "y")
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in names):
        raise ValueError("no public key")
    found = {name: said[name] for name in names}
    if (found["kty"], found["crv"]) != ("EC", "P-256"):  # the library breaks on a curve it does not know
        raise ValueError("a key on another curve")
    if ECKey.import_key(dict(found)).curve_name != "P-256":
        raise ValueError("a key on another curve")
    return found


def present(file: str, key: ECKey, audience: str, nonce: str, at: dt.datetime) -> str:
    """Returns a receipt's file with what its owner's key signs for one who asked. Source: RFC 9901 section 4.3."""
    compact, gap, below = file.replace("\r\n", "\n").strip().partition("\n\n")
    shown = "".join(compact.split()).rpartition("~")[0] + "~"
    claims = {
        "iat": int(at.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": _base64(hashlib.sha256(shown.encode("ascii")).digest()),
    }
    signed = jwt.encode({"alg": ALGORITHM, "typ": BINDING}, claims, key, [ALGORITHM])
    return f"{shown}{signed}{gap}{below}\n"


def parse(file: str) -> Receipt:
    """Reads a receipt or a presentation of one, and checks the signature by the key in it. Raises Spoilt.

    Whose that key is, the caller asks.
    """
    if len(file) > LONGEST:
        raise Spoilt("too long for a receipt")
    compact, _, below = file.replace("\r\n", "\n").strip().partition("\n\n")
    try:
        return _read("".join(compact.split()), parse_proof(below) if below.strip() else None)
    except Spoilt:
        raise
    except Exception as problem:  # whatever a hostile text makes the parsers raise
        raise Spoilt("not a membership receipt") from problem


def _read(compact: str, proof: Proof | None) -> Receipt:
    token, *disclosures, binding = compact.split("~")
    if not _PARTS.fullmatch(token) or len(disclosures) > len(SHOWN):
        raise Spoilt("not a membership receipt")
    header, claims, key = _opened(token, TYPE, None)
    issuer = claims["iss"]
    days = claims["iat"], claims["exp"]
    listed = claims["_sd"]
    sound = (
        isinstance(issuer, str)
        and claims["vct"] == issuer + VCT
        and claims["_sd_alg"] == "sha-256"
        and all(isinstance(one, int) and not isinstance(one, bool) and one % MIDNIGHT == 0 for one in days)
        and days[1] - days[0] == DAYS * MIDNIGHT
        and isinstance(listed, list)
        and all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in listed)
        and len(set(listed)) == len(listed)
        and header["kid"] == key.thumbprint()
    )
    if not sound:
        raise Spoilt("a receipt that says something else than receipts do")
    bound = claims["cnf"]["jwk"] if "cnf" in claims else None
    return Receipt(
        issuer=issuer,
        key=key.thumbprint(),
        day=_day(days[0]),
        until=_day(days[1]),
        digest=digest(token),
        shown=_shown(disclosures, listed),
        bound=bound,
        binding=_bound(compact, binding, bound) if binding else None,
        proof=proof,
    )


def _shown(disclosures: Sequence[str], listed: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in disclosures:
        if not _DISCLOSURE.fullmatch(text) or digest_of(text) not in listed:
            raise Spoilt("something is shown that the hub did not sign")
        _salt, name, value = json.loads(_unbase64(text))
        if name not in SHOWN or name in found:
            raise Spoilt("something is shown that no receipt has")
        found[name] = value
    return found


def _bound(compact: str, binding: str, bound: Mapping[str, Any] | None) -> dict[str, Any]:
    """Reads a key binding JWT. Source: RFC 9901 section 4.3."""
    if bound is None:
        raise Spoilt("a proof of a key that the receipt does not name")
    _header, claims, _key = _opened(binding, BINDING, ECKey.import_key(dict(bound)))
    hashed = _base64(hashlib.sha256(compact.removesuffix(binding).encode("ascii")).digest())
    if claims["sd_hash"] != hashed:
        raise Spoilt("a proof of a key that is for another receipt, or shows other things")
    return claims


def _opened(token: str, kind: str, key: ECKey | None) -> tuple[dict[str, Any], dict[str, Any], ECKey]:
    """Opens a JWT by a key, or by the one in its header. A private key in a header is refused."""
    header = json.loads(_unbase64(token.partition(".")[0]))
    if header.get("typ") != kind or header.get("alg") != ALGORITHM or "crit" in header:
        raise Spoilt("not a membership receipt")
    key = key or ECKey.import_key(header["jwk"])
    if key.is_private or key.curve_name != "P-256":
        raise Spoilt("a key that signs no receipts")
    opened = jws.deserialize_compact(token, key, [ALGORITHM])
    claims = json.loads(opened.payload)
    if not isinstance(claims, dict):
        raise Spoilt("not a membership receipt")
    return header, claims, key


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _seconds(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())


def _day(seconds: int) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
