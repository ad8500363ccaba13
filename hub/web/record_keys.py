"""One's own keys in the public record: put a passkey there, take one out, see which of them sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from hub import clock
from hub.errors import NotFound
from hub.ledger import signed
from hub.mirror.receipts import parse_claim
from hub.people import passkeys
from hub.permits import keys, lone, vouching
from hub.permits.entries import KeyWithdrawn
from hub.permits.signing import register_key, register_missing, withdraw_key
from hub.permits.vouching import PLACE
from hub.web.context import Answer, Asked
from hub.web.pages import page, see_other
from hub.web.texts import _

LONGEST = 60_000  # characters of what the key of an office signed, with its receipt


@dataclass(frozen=True)
class Place:
    """Where a passkey stands in the record. waits: until when it does not count yet; is_lone: as lone.py says."""

    key: str
    entry: int
    waits: dt.datetime | None
    is_lone: bool


def places(asked: Asked) -> tuple[dict[str, Place], list[Place]]:
    """Returns passkey to its place in the record, and the keys there whose passkey is not on this account any more."""
    holder, person = asked.actor.holder, asked.actor.person
    if holder is None or person is None:
        return {}, []
    mine = {}
    for one in passkeys.passkeys_of(asked.tx, person):
        raw = passkeys.public_key_of(asked.tx, person=person, passkey=one.id)
        mine[signed.to_text(raw or b"")] = one.id
    here = keys.here(asked.tx, holder)
    found = {
        row.public_key: Place(
            row.id, row.entry, row.from_at if clock.now() < row.from_at else None, lone.is_lone(asked.tx, row)
        )
        for row in here
    }
    there = {mine[text]: place for text, place in found.items() if text in mine}
    return there, [place for text, place in found.items() if text not in mine]


def has_lost_all(asked: Asked, mine: Iterable[Place]) -> bool:
    """Tells whether a holder who signed has no passkey that does, or will, in all offices. mine: their places."""
    holder = asked.actor.holder
    return holder is not None and lone.has_signed(asked.tx, holder) and all(place.is_lone for place in mine)


def needs_receipt(asked: Asked) -> bool:
    """Tells whether who claimed an office here has no passkey yet for which its key vouched."""
    holder = asked.actor.holder
    if holder is None or not vouching.is_first_here(asked.tx, holder):
        return False
    return all(lone.is_lone(asked.tx, row) for row in keys.here(asked.tx, holder))


def show_vouching(asked: Asked) -> Answer:
    """GET /account/passkeys/{passkey}/vouching: lets the key of an office vouch for a passkey."""
    holder, text = _asked_for(asked)
    name = next(one.name for one in passkeys.passkeys_of(asked.tx, str(asked.actor.person)) if one.id == _id(asked))
    minute = int(clock.now().timestamp()) // 60
    return page(
        asked, "account/vouching.html", passkey=name, id=_id(asked), url=f"{asked.hub.settings.url}{PLACE}",
        is_first=vouching.is_first_here(asked.tx, holder),
        nonce=signed.to_text(vouching.nonce_for(asked.tx, holder=holder, public_key=text, minute=minute)),
    )  # fmt: skip


def vouch(asked: Asked) -> Answer:
    """POST /account/passkeys/{passkey}/vouching: puts a passkey into the record, with what vouches for it."""
    holder, text = _asked_for(asked)
    receipt, token = parse_claim(asked.form.one("claim").strip()[:LONGEST])
    register_key(asked.tx, holder=holder, public_key=text, office=receipt.grant, token=token)
    return see_other(PLACE, _("It stands in the public record."))


def _id(asked: Asked) -> str:
    return asked.params["passkey"]


def _asked_for(asked: Asked) -> tuple[str, str]:
    """Returns who the actor is in the record, and the public key of their passkey. Raises NotFound for any other."""
    person, holder = asked.actor.person, asked.actor.holder
    raw = passkeys.public_key_of(asked.tx, person=str(person), passkey=_id(asked))
    if raw is None or holder is None:
        raise NotFound
    return holder, signed.to_text(raw)


def record(asked: Asked) -> Answer:
    """POST /account/passkeys/{passkey}/record: puts one passkey into the record."""
    holder, text = _asked_for(asked)
    register_missing(asked.tx, holder=holder, passkeys=[signed.from_text(text)], alone=True)
    return see_other(PLACE, _("It stands in the public record."))


def withdraw(asked: Asked) -> Answer:
    """POST /account/keys/{key}/withdrawal: a key whose passkey is lost signs nothing any more."""
    if asked.actor.holder is None:
        raise NotFound
    withdraw_key(asked.tx, holder=asked.actor.holder, key=asked.params["key"])
    return see_other(PLACE, _("That key signs nothing any more. It stands in the public record."))


def withdraw_with(asked: Asked, passkey: str) -> None:
    """Withdraws the key of a passkey that is about to be removed, where a live one of the same person can sign that."""
    holder, person = asked.actor.holder, asked.actor.person
    if holder is None or person is None:
        return
    raw = passkeys.public_key_of(asked.tx, person=person, passkey=passkey)
    mine = {signed.to_text(one) for one in passkeys.public_keys(asked.tx, person)}
    live = [row for row in keys.live_keys(asked.tx, holder, clock.now()) if row.public_key in mine]
    for key in [row.id for row in keys.here(asked.tx, holder) if row.public_key == signed.to_text(raw or b"")]:
        if any(lone.may_sign(asked.tx, row, by=0, record=KeyWithdrawn(key)) for row in live):
            withdraw_key(asked.tx, holder=holder, key=key)
