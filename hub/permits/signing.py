"""Who must sign what, and by which keys: the same live and on replay, from public tables alone (AU-10).

Whatever rests on a holder's grant, or is a holder's own step into an office, is that holder's act. As soon as a holder
ever had a key in the record, an act of theirs counts only with a signature by one that is live. How a key gets there:

    first     while the holder signed nothing yet: at once, on the hub's word that it is the member's own; of a holder
              of before a fork only if the key of an office that they claimed there vouches for it
    vouched   signed by a live key of the holder: at once
    alone     signed by the new key itself, no other being at hand: after seven days, when a live one can withdraw it;
              it signs only what its holder begins with it (lone.py), unless the key of an office vouches for it

and it goes only by a signature of a live one. So whoever has the database and the log's key can put a first key in the
place of somebody who has none, in public, and can forge nothing in an office of who has.

On a fork nothing of a holder of before it counts until they claimed the office, with the key that they made for it
(claims.py), and nothing of theirs counts unsigned: whoever runs the fork takes nobody's place by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ids, ledger
from hub.errors import YES, RuleViolation, Verdict, insist, no
from hub.ledger import Entry, pens, signed
from hub.permits import claims, keys, lone
from hub.permits.actions import right_of_members
from hub.permits.assertions import assertion_verdict
from hub.permits.cose import NoKey, read_key
from hub.permits.entries import HolderNamed, KeyRegistered, KeyWithdrawn, OfficeClaimed
from hub.permits.models import signed_entries

ALONE = dt.timedelta(days=7)
NO_LIVE_KEY = no(
    "permits.no_live_key",
    "None of your passkeys signs for you in the public record yet. Put one there under Account, Passkeys: with the "
    "receipt of your office it signs for your offices, after a loss in seven days, after a claim at once; without, "
    "only for what you begin with it.",
)
UNVOUCHED = no(
    "signing.unvouched",
    "Whoever held an office before this hub forked puts a first passkey here with the receipt of an office that they "
    "claimed: the key in it vouches for the passkey.",
)
UNSIGNED = no(
    "signing.unsigned", "What this office-holder does counts only signed with a key of theirs, and this is not."
)

UNCLAIMED = no(
    "signing.unclaimed",
    "This office is from before this hub forked. Its holder claims it first, with the key that they made for it.",
)
NOBODYS = (HolderNamed, OfficeClaimed)  # what carries no signature of a passkey, whatever it rests on


class Signing:
    """What the ledger asks (pens.Rules)."""

    def prepare(self, tx: Connection, by: int | None, record: Any, pen: pens.Pen) -> None:
        """Puts the passkeys of who is about to sign into the record: first ones, and those a live one vouches for."""
        if not isinstance(record, (*NOBODYS, KeyRegistered, KeyWithdrawn)):
            holder = holder_of_act(tx, by, record)
            insist(UNCLAIMED if waits_for_claim(tx, by, record) else YES)
            if holder is not None:
                pen.registered += register_missing(tx, holder=holder, passkeys=pen.passkeys, alone=False)

    def signer(self, tx: Connection, by: int | None, record: Any) -> str | None:
        """Returns the holder who must sign, or None: it is nobody's act, or theirs who never had a key."""
        holder = keyed_holder_of_act(tx, by, record)
        if holder is None:
            return None
        is_first = isinstance(record, KeyRegistered) and not lone.has_signed(tx, holder)
        return None if is_first and not _is_unvouched(tx, holder, record) else holder

    def key_for(self, tx: Connection, holder: str, by: int, record: Any, passkey: bytes) -> str:
        """Returns the key that an assertion by a passkey counts for: a live one, or the very one being registered."""
        text = signed.to_text(passkey)
        live = [row for row in keys.live_keys(tx, holder, _now()) if row.public_key == text]
        verdicts = [lone.may_sign(tx, row, by=by, record=record) for row in live]
        for row, verdict in zip(live, verdicts, strict=True):
            if verdict:
                return str(row.id)
        if isinstance(record, KeyRegistered) and record.public_key == text:
            return record.key
        why = verdicts[0] if verdicts else NO_LIVE_KEY
        raise RuleViolation(why.code, why.sentence)

    def verdict(self, tx: Connection, entry: Entry, record: Any) -> Verdict:
        """Says whether an entry is signed as it must be."""
        if waits_for_claim(tx, entry.by, record):
            return UNCLAIMED
        holder = self.signer(tx, entry.by, record)
        if holder is None:
            return YES if entry.sig is None else no("signing.needless", "Nobody has to sign this.")
        if entry.sig is None:
            return UNVOUCHED if _is_unvouched(tx, holder, record) else UNSIGNED
        sig = signed.parse_sig(entry.sig)
        site = keys.site(tx)
        public_key = _public_key(tx, sig.key, holder, entry, record, site.entry)
        if public_key is None:
            return no("signing.not_their_key", "It is signed with no key that was this office-holder's then.")
        if not (verdict := _may_sign(tx, sig.key, entry, record)):
            return verdict
        digest = signed.digest_of(entry)
        if sig.acts and digest not in sig.acts:
            return no("signing.other_act", "This is the signature of other acts.")
        if keys.entry_of_act(tx, signed.to_text(digest)) is not None:
            return no("signing.signed_before", "This very act was signed and recorded before. It counts once.")
        challenge = signed.challenge_of(sig.acts or (digest,))
        return assertion_verdict(sig, public_key=public_key, site=site, challenge=challenge)

    def note(self, tx: Connection, entry: Entry) -> None:
        """Writes down by which key an entry was signed."""
        assert entry.sig is not None
        row = {"entry": entry.index, "key": entry.sig["key"], "act": signed.to_text(signed.digest_of(entry))}
        tx.execute(_NOTE, row)


_NOTE = sa.insert(signed_entries)
pens.answer(Signing())


def holder_of_act(tx: Connection, by: int | None, record: Any) -> str | None:
    """Returns whose act an entry is: of the warrant's grant, or who steps into an office; None for the clock's."""
    if by is None or isinstance(record, NOBODYS):
        return None
    if isinstance(record, KeyWithdrawn):
        row = keys.key(tx, record.key)
        return None if row is None else str(row.holder)
    holder = keys.holder_of_grant(tx, by)
    if holder is not None:
        return holder
    named: str | None = getattr(record, "holder", None)
    return named


def waits_for_claim(tx: Connection, by: int | None, record: Any) -> bool:
    """Tells whether an entry is the act of a holder of before a fork, who has not claimed what it rests on there."""
    hub = None if by is None or isinstance(record, NOBODYS) else claims.fork_in_force(tx)
    holder = None if hub is None else holder_of_act(tx, by, record)
    return by is not None and hub is not None and holder is not None and claims.waits(tx, hub, by=by, holder=holder)


def keyed_holder_of_act(tx: Connection, by: int | None, record: Any) -> str | None:
    """Returns whose act an entry is, if they ever had a key, or are of before a fork; None for everybody else."""
    found = None if by is None else keys.keyed_holder_of_grant(tx, by)
    if found is not None and not isinstance(record, (*NOBODYS, KeyWithdrawn)):
        return found[0] if found[1] or claims.is_of_before(tx, found[0]) else None
    holder = holder_of_act(tx, by, record)
    if holder is None or not (keys.ever_keyed(tx, holder) or claims.is_of_before(tx, holder)):
        return None
    return holder


def register_missing(tx: Connection, *, holder: str, passkeys: Sequence[bytes], alone: bool) -> int:
    """Puts those of a person's passkeys into the record that are not there; returns how many.

    passkeys: public keys (COSE). alone: also where no live key of the holder is among them to vouch for the others.
    """
    texts = [signed.to_text(raw) for raw in passkeys if _algorithm(raw)]
    is_lone = {row.id: lone.is_lone(tx, row) for row in keys.here(tx, holder)}
    vouches = any(not is_lone[row.id] and row.public_key in texts for row in keys.live_keys(tx, holder, _now()))
    there = {row.public_key for row in keys.here(tx, holder) if not (vouches and is_lone[row.id])}
    missing = [text for text in texts if text not in there]
    needs_one = lone.has_signed(tx, holder) or claims.is_of_before(tx, holder)
    if not missing or (needs_one and not alone and not vouches):
        return 0
    for text in missing:
        register_key(tx, holder=holder, public_key=text)
    return len(missing)


def register_key(
    tx: Connection, *, holder: str, public_key: str, office: str | None = None, token: str | None = None
) -> None:
    """Puts a passkey into the record. token: by which the key of an office vouches for it; office: that one's grant."""
    algorithm = _algorithm(signed.from_text(public_key))
    record = KeyRegistered(holder, ids.new("key"), public_key, algorithm, office, token)
    ledger.append(tx, record, by=right_of_members(tx))


def withdraw_key(tx: Connection, *, holder: str, key: str) -> None:
    """Takes one of a holder's keys out of use, by the unit's pen. Raises RuleViolation for another's."""
    row = keys.key(tx, key)
    if row is None or row.holder != holder:
        raise RuleViolation("permits.not_their_key", "This key is not yours.")
    ledger.append(tx, KeyWithdrawn(key), by=right_of_members(tx))


def _public_key(tx: Connection, name: str, holder: str, entry: Entry, record: Any, hub: int) -> bytes | None:
    """Returns the COSE bytes of a key that signs for a holder at an entry, or None. hub: the entry of the hub then."""
    row = keys.key(tx, name)
    if row is not None and row.holder == holder and keys.is_live(row, hub, entry.at):
        return signed.from_text(row.public_key)
    if row is None and isinstance(record, KeyRegistered) and record.key == name:
        return signed.from_text(record.public_key)
    return None


def _is_unvouched(tx: Connection, holder: str, record: Any) -> bool:
    """Tells whether a record brings a key of a holder of before a fork, for which no key of an office vouches."""
    return isinstance(record, KeyRegistered) and record.token is None and claims.is_of_before(tx, holder)


def _may_sign(tx: Connection, name: str, entry: Entry, record: Any) -> Verdict:
    row = keys.key(tx, name)
    return YES if row is None or entry.by is None else lone.may_sign(tx, row, by=entry.by, record=record)


def _algorithm(raw: bytes) -> str:
    try:
        return read_key(raw)[0]
    except NoKey:
        return ""


def _now() -> dt.datetime:
    return clock.minute(clock.now())
