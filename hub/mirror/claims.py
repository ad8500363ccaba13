"""The verbs of a claim: a fork gives a number, and whoever signs it with the key of an office holds that office there.

One office, one key, one claim: a lost file gives away one office, and not all of its holder's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import audit, chance, clock, ledger
from hub.constitution.models import hub_facts
from hub.errors import Forbidden, Invalid, RuleViolation, insist, no
from hub.ledger import writer
from hub.ledger.reading import read_tile
from hub.ledger.signed import to_text
from hub.mirror.receipts import OfficeReceipt, Past, check_proof, parse_claim, parse_vouches
from hub.people import claiming, passkeys
from hub.people.models import challenges
from hub.permits import Actor, Grant, claims, keys, queries, vouching
from hub.permits.binding import MINUTES, NOT_ONE, OTHER_FORK, TOO_OLD, fork_of, parse_token
from hub.permits.claims_fold import CLAIMED, NO_FORK, NO_KEY
from hub.permits.entries import OfficeClaimed
from hub.permits.signing import register_key
from hub.permits.vouching import OTHER_PASSKEY
from hub.tlog.hashes import Reader, Spoilt
from hub.tlog.note import parse_vkey
from hub.tlog.tiles import reader

Mark = Callable[[str], str]
"""The hub's own digest of a text, in hexadecimal: nobody else makes it."""

NO_OFFICE = "This receipt is of an office that is not in the record that this hub continues."


@dataclass(frozen=True)
class Claimed:
    """A claim that was taken. is_new: whether it stands in the record now, or did before."""

    person: str
    grant: Grant
    is_new: bool


def give_nonce(tx: Connection, mark: Mark) -> str:
    """Returns a number to sign on this fork, good for ten minutes and once; giving it writes nothing. Else ""."""
    hub = claims.fork_in_force(tx)
    if hub is None:
        return ""
    head = _minute().to_bytes(4, "big") + chance.octets(12)
    return to_text(head + _tag(mark, head) + fork_of(claims.forked_bytes(tx, hub)))


def claim(tx: Connection, *, sent: str, mark: Mark, folder: Path, actor: Actor) -> Claimed:
    """Takes a claim. sent: receipt and token (receipts.format_claim); folder: the hub's data; actor: who asks.

    Raises Invalid for a text that is no claim, RuleViolation for a receipt or token that does not hold, Forbidden
    for whoever is somebody else in the record.
    """
    hub = claims.fork_in_force(tx)
    if hub is None:
        raise RuleViolation(NO_FORK.code, NO_FORK.sentence)
    receipt, token = parse_claim(sent)
    grant = _granted(tx, receipt, hub, folder)
    _use(tx, token, mark, hub)
    if grant.id in claims.claimed_by(tx, grant.holder, hub):
        return _once_more(tx, grant, token, hub)
    person = _person_for(tx, grant.holder, actor)
    ledger.append(tx, OfficeClaimed(grant.id, grant.holder, token), by=grant.entry)
    if queries.person_of_holder(tx, grant.holder) is None:
        claiming.hold(tx, person=person, holder=grant.holder)
    audit.note(tx, person=person, what="office.claimed", by="self", why="with the key of the office")
    return Claimed(person, grant, True)


def vouch(tx: Connection, *, sent: str, claimed: Claimed) -> None:
    """Puts the claimant's first passkeys into the record, for which the key of the office signed with the claim.

    Nothing where they sign there already. Raises Invalid, RuleViolation for what vouches for none of theirs.
    """
    person, grant = claimed.person, claimed.grant
    mine = {to_text(raw) for raw in passkeys.public_keys(tx, person)}
    there = {row.public_key for row in keys.here(tx, grant.holder)}
    for public_key, token in parse_vouches(sent):
        if public_key not in mine:
            raise RuleViolation(OTHER_PASSKEY.code, OTHER_PASSKEY.sentence)
        if public_key not in there and vouching.is_first_here(tx, grant.holder):
            register_key(tx, holder=grant.holder, public_key=public_key, office=grant.id, token=token)


def past_of(tx: Connection, hub: int) -> list[Past]:
    """Returns the hubs that a fork continues, the oldest first. hub: its entry."""
    rows = tx.execute(sa.select(hub_facts).where(hub_facts.c.entry <= hub).order_by(hub_facts.c.entry)).all()
    heirs = [int(row.continues_size) for row in rows[1:]]
    return [Past(row.origin, parse_vkey(row.log_key), limit) for row, limit in zip(rows, heirs, strict=False)]


def _granted(tx: Connection, receipt: OfficeReceipt, hub: int, folder: Path) -> Grant:
    """Returns the grant that a receipt proves, as it stands in the copied record."""
    grant = queries.grant_by_id(tx, receipt.grant)
    past = past_of(tx, hub)
    mine = [(proof.index, writer.bytes_of(tx, proof.index) or b"") for proof in receipt.proofs]
    try:
        for proof in receipt.proofs:
            check_proof(proof, past, mine, _reader(folder, past[-1].limit))
    except Spoilt as problem:
        sentence = f"This receipt does not hold here: {problem}. Keep it: it may prove that there were two records."
        raise RuleViolation("claims.other_history", sentence) from problem
    if grant is None or all(proof.index != grant.entry for proof in receipt.proofs):
        raise RuleViolation("claims.no_grant", NO_OFFICE)
    return grant


def _use(tx: Connection, token: str, mark: Mark, hub: int) -> None:
    """Uses the number up that a token was signed for: one of ours, of the last ten minutes, once."""
    try:
        bound, _signed, _signature = parse_token(token)
    except ValueError as problem:
        raise Invalid({"claim": NOT_ONE.sentence}) from problem
    nonce = bound.nonce
    if bound.fork != fork_of(claims.forked_bytes(tx, hub)):
        raise RuleViolation(OTHER_FORK.code, OTHER_FORK.sentence)
    ours = hmac.compare_digest(_tag(mark, nonce[:16]), nonce[16:32])
    hashed = hashlib.sha256(b"claim" + nonce).hexdigest()
    used = tx.scalar(sa.select(challenges.c.hash).where(challenges.c.hash == hashed)) is not None
    if not ours or used or not 0 <= _minute() - bound.minute <= MINUTES:
        raise RuleViolation(TOO_OLD.code, TOO_OLD.sentence)
    until = clock.now() + dt.timedelta(minutes=MINUTES + 1)
    tx.execute(sa.insert(challenges), {"hash": hashed, "until_at": until})


def _once_more(tx: Connection, grant: Grant, token: str, hub: int) -> Claimed:
    """Signs in whoever claimed an office and lost their session before they had a passkey; the record says no more."""
    person = queries.person_of_holder(tx, grant.holder)
    if person is None or passkeys.has_any(tx, person):
        raise RuleViolation(CLAIMED.code, CLAIMED.sentence)
    key = claims.key_of(tx, grant.id)
    if key is None:
        raise RuleViolation(NO_KEY.code, NO_KEY.sentence)
    insist(claims.token_verdict(tx, token, key, hub, minute=_minute()))
    return Claimed(person, grant, False)


def _person_for(tx: Connection, holder: str, actor: Actor) -> str:
    """Returns whose the office will be: the person of its holder, whoever is signed in, or a new one."""
    known = queries.person_of_holder(tx, holder)
    if actor.holder is not None and actor.holder != holder:
        raise Forbidden(no(
            "claims.other_holder",
            "You are signed in as somebody who has another name in the record. Sign out, then claim this office.",
        ))  # fmt: skip
    if known is not None and known != actor.person and passkeys.has_any(tx, known):
        raise Forbidden(no(
            "claims.sign_in_first", "You claimed another office here. Sign in with your passkey, then claim this one."
        ))  # fmt: skip
    return known or actor.person or claiming.open_person(tx)


def _tag(mark: Mark, head: bytes) -> bytes:
    return bytes.fromhex(mark(f"claim {head.hex()}"))[:16]


def _minute() -> int:
    return int(clock.now().timestamp()) // 60


def _reader(folder: Path, size: int) -> Reader:
    return reader(size, lambda tile: read_tile(folder, tile))
