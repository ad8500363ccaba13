"""Checking one WebAuthn assertion, from public values alone.

    authenticatorData   SHA-256 of the host, 32 bytes | flags, 1 | count, 4 | extensions, where flag 7 says so
    clientDataJSON      {"type":"webauthn.get","challenge":...,"origin":...,...}
    signature           over authenticatorData || SHA-256(clientDataJSON)

Source: W3C Web Authentication Level 3, section 7.2, steps 10 to 21, without what only the site itself can know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from hub.errors import YES, Verdict, no
from hub.ledger.signed import Sig, to_text
from hub.permits.cose import NoKey, is_signed

PRESENT, VERIFIED, ATTESTED, EXTENDED = 0x01, 0x04, 0x40, 0x80


@dataclass(frozen=True)
class Site:
    """Whom authenticators sign for: the hub in force. entry: of its founding or fork; host: the relying party's id."""

    entry: int
    host: str
    origins: Collection[str]


def site_of(entry: int, log_origin: str) -> Site:
    """Returns the site of a hub from its log's origin, ``hub.example.org/log``: https, or http on one's own machine."""
    netloc = log_origin.partition("/")[0]
    host = netloc.partition(":")[0]
    at_home = host == "localhost" or host.endswith(".localhost")
    return Site(entry, host, (f"https://{netloc}", *((f"http://{netloc}",) if at_home else ())))


def assertion_verdict(sig: Sig, *, public_key: bytes, site: Site, challenge: bytes) -> Verdict:
    """Says whether a key signed a challenge, for this site, with its user present and verified. public_key: COSE."""
    data = sig.authenticator_data
    if len(data) < 37 or data[:32] != hashlib.sha256(site.host.encode()).digest():
        return no("signing.other_site", "This was signed for another site.")
    flags = data[32]
    if not flags & PRESENT or not flags & VERIFIED:
        return no("signing.nobody_there", "The device did not check who was there.")
    if flags & ATTESTED or bool(flags & EXTENDED) != (len(data) > 37):
        return no("signing.assertion", "This is no assertion.")
    client = _client(sig.client_data)
    if client.get("type") != "webauthn.get" or client.get("crossOrigin", False) is not False or "topOrigin" in client:
        return no("signing.assertion", "This is no assertion made on a page of this site.")
    if client.get("origin") not in site.origins:
        return no("signing.other_site", "This was signed on a page of another site.")
    if client.get("challenge") != to_text(challenge):
        return no("signing.other_act", "This is the signature of another act.")
    try:
        holds = is_signed(public_key, sig.signature, data + hashlib.sha256(sig.client_data).digest())
    except NoKey:
        holds = False
    return YES if holds else no("signing.signature", "The signature does not fit the key.")


def _client(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
