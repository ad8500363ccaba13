"""A key that the key of an office vouches for: how whoever lost every passkey comes back to what they had.

The key of an office (binding.py) lies in its holder's receipt, and never here. What it signs is a key binding for

    aud       the hub's address and /account/passkeys: no claim of an office is one, nor the other way round
    nonce     minute since 1970, 4 bytes | SHA-256("hub-key-v1\n" | holder | "\n" | public key), the first 28 | which
              hub it is, 32: it is good for this passkey of this holder alone

The new key counts after seven days all the same: a file that was stolen gives nobody an office before a passkey that
still signs can withdraw the key, and whoever lost them all waits no longer than before.

The key of an office vouches only if a passkey that was vouched for signed its registration: what a lone key (lone.py)
or the hub put there vouches for nothing.

On a fork the first passkey of whoever held an office before it comes in by this alone (signing.py): by the key of an
office that they claimed there, which was as good for the claim. It counts at once: there is none yet that could
withdraw it.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.engine import Connection

from hub.errors import YES, Verdict, no
from hub.ledger import Entry
from hub.ledger.signed import from_text
from hub.permits import claims, keys, lone, queries
from hub.permits.actor import Grant
from hub.permits.binding import parse_token
from hub.permits.entries import KeyRegistered
from hub.permits.live import stands

PLACE = "/account/passkeys"

NO_OFFICE = no("signing.no_office", "This is no receipt of an office that you hold now.")
NO_KEY = no(
    "signing.no_role_key",
    "This office has no key in the record that you signed for with a passkey, so none can vouch for a new one.",
)
OTHER_PASSKEY = no(
    "signing.other_passkey",
    "This was signed for another passkey. Open the page of this one again, and sign what it says now.",
)


def nonce_for(tx: Connection, *, holder: str, public_key: str, minute: int) -> bytes:
    """Returns what the key of an office signs for a passkey of its holder, besides the address."""
    return minute.to_bytes(4, "big") + _mark(holder, public_key) + claims.mark_of(tx, keys.site(tx).entry)


def vouching_verdict(tx: Connection, entry: Entry, record: KeyRegistered) -> Verdict:
    """Says whether what a registration carries vouches for the key; yes where it carries nothing."""
    if record.office is None and record.token is None:
        return YES
    grant = None if record.office is None else queries.grant_by_id(tx, record.office)
    if grant is None or record.token is None or grant.holder != record.holder or not stands(grant, entry.at):
        return NO_OFFICE
    key = claims.key_of(tx, grant.id)
    if key is None or not _may_vouch(tx, key.entry, grant):
        return NO_KEY
    minute = int(entry.at.timestamp()) // 60
    verdict = claims.token_verdict(tx, record.token, key, keys.site(tx).entry, minute=minute, place=PLACE)
    if verdict and parse_token(record.token)[0].nonce[4:32] != _mark(record.holder, record.public_key):
        return OTHER_PASSKEY
    return verdict


def is_first_here(tx: Connection, holder: str) -> bool:
    """Tells whether a passkey of a holder of before a fork would be the first by which they sign there."""
    return claims.is_of_before(tx, holder) and not lone.has_signed(tx, holder)


def _may_vouch(tx: Connection, registration: int, grant: Grant) -> bool:
    if is_first_here(tx, grant.holder):
        return grant.id in claims.claimed_by(tx, grant.holder, keys.site(tx).entry)
    signer = keys.key_of_entry(tx, registration)
    return signer is not None and not lone.is_lone(tx, signer)


def _mark(holder: str, public_key: str) -> bytes:
    return hashlib.sha256(b"hub-key-v1\n" + holder.encode() + b"\n" + from_text(public_key)).digest()[:28]
