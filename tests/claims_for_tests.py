"""Keys of offices, receipts and claims, as office-holders make them: what tests of forks begin with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub import clock
from hub.db import Database
from hub.ledger.signed import to_text
from hub.mirror import claims, keeping, role_keys
from hub.mirror.claims import Claimed
from hub.mirror.receipts import OfficeReceipt, format_claim, registration_in
from hub.mirror.role_keys import LockedKey
from hub.permits import VISITOR, Actor, queries, vouching
from hub.permits.signing import register_key as put_key
from hub.permits.vouching import PLACE
from tests.authenticator import Authenticator, cose_of
from tests.signing_for_tests import act_signed

PASSPHRASE = "heather kettle plum ladder"
ROUNDS = 1000  # hub role and the browser take 600,000: tests are no place to guess at passphrases


def mark(text: str) -> str:
    """What a hub's own digest of a text is here: the web's signer makes it in earnest."""
    return hashlib.sha256(f"secret of the fork {text}".encode()).hexdigest()


def make_key(grant: str) -> LockedKey:
    """The key of an office, locked."""
    return role_keys.make(grant, PASSPHRASE, ROUNDS)


def register_key(db: Database, actor: Actor, key: LockedKey, *devices: Authenticator, **how: Any) -> None:
    """Puts a key's public half into the record, signed by a device where there is one. how: of act_signed."""

    def verb(tx: Any) -> None:
        keeping.register(tx, grant=key.grant, public_key=key.public, actor=actor)

    if devices:
        act_signed(db, verb, *devices, **how)
        return
    with db.write() as tx:
        verb(tx)


def take_receipt(db: Database, folder: Path, actor: Actor, key: LockedKey, hub: str) -> OfficeReceipt:
    """The receipt with its key, once the log is published. folder: the hub's data; hub: its address."""
    with db.read() as tx:
        return keeping.receipt_of(tx, grant=key.grant, hub=hub, folder=folder, actor=actor).with_key(key)


def token_for(receipt: OfficeReceipt, url: str, nonce: str) -> str:
    """What the key in a receipt signs for a fork."""
    assert receipt.key is not None
    seed = role_keys.unlock(receipt.key, PASSPHRASE)
    return role_keys.bind(seed, audience=url, nonce=nonce, entry=registration_in(receipt))


def vouch_for(db: Database, receipt: OfficeReceipt, url: str, public_key: str, place: str = PLACE) -> str:
    """What the key in a receipt signs for a passkey at a fork. url: its address; public_key: COSE, base64url."""
    with db.read() as tx:
        grant = queries.grant_by_id(tx, receipt.grant)
        assert grant is not None
        minute = int(clock.now().timestamp()) // 60
        nonce = vouching.nonce_for(tx, holder=grant.holder, public_key=public_key, minute=minute)
    return token_for(receipt, f"{url}{place}", to_text(nonce))


def vouch(db: Database, receipt: OfficeReceipt, url: str, device: Authenticator) -> None:
    """Puts a device's passkey into a fork's record, with what the key of a claimed office signs for it."""
    public_key = to_text(cose_of(device.key))
    token = vouch_for(db, receipt, url, public_key)
    with db.write() as tx:
        grant = queries.grant_by_id(tx, receipt.grant)
        assert grant is not None
        put_key(tx, holder=grant.holder, public_key=public_key, office=grant.id, token=token)


def nonce_of(db: Database) -> str:
    """The number that a fork shows."""
    with db.read() as tx:
        return claims.give_nonce(tx, mark)


def claim(db: Database, folder: Path, receipt: OfficeReceipt, url: str, actor: Actor = VISITOR) -> Claimed:
    """Claims an office on a fork. folder: the fork's data; url: its address."""
    sent = format_claim(receipt, token_for(receipt, url, nonce_of(db)))
    return send(db, folder, sent, actor)


def send(db: Database, folder: Path, sent: str, actor: Actor = VISITOR, mark: Callable[[str], str] = mark) -> Claimed:
    """Hands a claim to a fork, whatever it says. mark: with which the fork gave the number."""
    with db.write() as tx:
        return claims.claim(tx, sent=sent, mark=mark, folder=folder, actor=actor)
