"""What a beacon's site answers, checked as far as it goes without its maker's key: pasted whole, a slip shows at once.

drand    {"round":N,"signature":HEX,"randomness":HEX}: the round is the one named, and randomness = SHA-256(signature)
NIST     {"pulse":{...}}: the minute is the one named, and outputValue = SHA-512(FIELDS, signature)

FIELDS are what NIST signs, in this order: a text or bytes with their length before them (4 bytes), whole numbers in 4
bytes, chainIndex and pulseIndex in 8, all of them big-endian. Source: NISTIR 8213 draft, section 4, as the service does
it (the draft's text has lengths of 8 bytes; no published pulse agrees with that).

Whoever makes up a signature can make the rest agree with it: that it is the maker's own, only their key shows. NIST's
pulse names a certificate, and hub.draws.beacons checks with it; this room knows no key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from hub.lot.pool import Unreadable

LARGEST = 20_000  # characters


@dataclass(frozen=True)
class Pulse:
    """A pulse of NIST that agrees in itself. signed: FIELDS; certificate: SHA-512 of the one it names; suite: 0 for
    RSA by PKCS #1 1.5 with SHA-512, the only one there is so far.
    """

    output: str
    signed: bytes
    signature: bytes
    certificate: str
    suite: int


def read_answer(name: str, text: str) -> dict[str, Any]:
    """Reads the JSON object that a beacon's site answers. Raises Unreadable."""
    try:
        value = json.loads(text[:LARGEST])
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{name}: this is not the whole answer. Copy all of it, from {{ to }}.") from problem
    if not isinstance(value, dict):
        raise Unreadable(f"{name}: this is not the answer of a beacon.")
    return value


def signature_of(name: str, round_: int, text: str) -> str:
    """Returns the signature in an answer of drand, if it is the round's and all agrees. Raises Unreadable."""
    answer = read_answer(name, text)
    if answer.get("round") != round_:
        raise Unreadable(f"{name}: this is another round. Read round {round_}.")
    signature = _bytes(name, answer, "signature")
    if hashlib.sha256(signature).hexdigest() != str(answer.get("randomness", "")).lower():
        raise Unreadable(f"{name}: the randomness is not the SHA-256 of the signature. Copy the answer again.")
    return signature.hex()


def output_of(name: str, minute: dt.datetime, text: str) -> str:
    """Returns the outputValue in an answer of NIST, if it is the minute's and all agrees. Raises Unreadable."""
    return pulse_of(name, minute, text).output


def pulse_of(name: str, minute: dt.datetime, text: str) -> Pulse:
    """Reads an answer of NIST, if it is the minute's and all agrees. Raises Unreadable."""
    pulse = read_answer(name, text).get("pulse")
    if not isinstance(pulse, dict):
        raise Unreadable(f"{name}: this is not the answer of a beacon.")
    if pulse.get("timeStamp") != f"{minute:%Y-%m-%dT%H:%M}:00.000Z":
        raise Unreadable(f"{name}: this is the pulse of another minute. If yours has none, type nothing.")
    signature, output = _bytes(name, pulse, "signatureValue"), _bytes(name, pulse, "outputValue")
    signed = signed_fields(name, pulse)
    if hashlib.sha512(signed + signature).digest() != output:
        raise Unreadable(f"{name}: the outputValue does not follow from the rest of the pulse. Copy the answer again.")
    return Pulse(output.hex(), signed, signature, _bytes(name, pulse, "certificateId").hex(), pulse["cipherSuite"])


def signed_fields(name: str, pulse: dict[str, Any]) -> bytes:
    """Returns the bytes of a pulse that NIST signs. Raises Unreadable where one is missing, or otherwise."""
    outside, listed = pulse.get("external"), pulse.get("listValues")
    if not isinstance(outside, dict) or not isinstance(listed, list):
        raise Unreadable(f"{name}: parts of the pulse are missing. Copy the whole answer.")
    parts = [
        *(_text(name, pulse, field) for field in ("uri", "version")),
        *(_number(name, pulse, field, 4) for field in ("cipherSuite", "period")),
        _sized(_bytes(name, pulse, "certificateId")),
        *(_number(name, pulse, field, 8) for field in ("chainIndex", "pulseIndex")),
        _text(name, pulse, "timeStamp"),
        _sized(_bytes(name, pulse, "localRandomValue")),
        _sized(_bytes(name, outside, "sourceId")),
        _number(name, outside, "statusCode", 4),
        _sized(_bytes(name, outside, "value")),
        *(_sized(_bytes(name, one if isinstance(one, dict) else {}, "value")) for one in listed),
        _sized(_bytes(name, pulse, "precommitmentValue")),
        _number(name, pulse, "statusCode", 4),
    ]
    return b"".join(parts)


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _text(name: str, part: dict[str, Any], field: str) -> bytes:
    value = part.get(field)
    if not isinstance(value, str) or not value.isascii():
        raise Unreadable(f"{name}: {field} is missing. Copy the whole answer.")
    return _sized(value.encode("ascii"))


def _number(name: str, part: dict[str, Any], field: str, size: int) -> bytes:
    value = part.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << (8 * size - 1):
        raise Unreadable(f"{name}: {field} is missing. Copy the whole answer.")
    return value.to_bytes(size, "big")


def _bytes(name: str, part: dict[str, Any], field: str) -> bytes:
    try:
        return bytes.fromhex(part.get(field, "") or "no")
    except (TypeError, ValueError):
        raise Unreadable(f"{name}: {field} is missing. Copy the whole answer.") from None
