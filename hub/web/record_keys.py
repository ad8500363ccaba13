"""One's own keys in the public record: put a passkey there, take one out, see which of them sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub import clock
from hub.errors import NotFound
from hub.ledger import signed
from hub.people import passkeys
from hub.permits import keys
from hub.permits.signing import register_missing, withdraw_key
from hub.web.context import Answer, Asked
from hub.web.pages import see_other
from hub.web.texts import _

PLACE = "/account/passkeys"


@dataclass(frozen=True)
class Place:
    """Where a passkey stands in the record. waits: until when it does not count yet."""

    key: str
    entry: int
    waits: dt.datetime | None


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
        row.public_key: Place(row.id, row.entry, row.from_at if clock.now() < row.from_at else None) for row in here
    }
    there = {mine[text]: place for text, place in found.items() if text in mine}
    return there, [place for text, place in found.items() if text not in mine]


def record(asked: Asked) -> Answer:
    """POST /account/passkeys/{passkey}/record: puts one passkey into the record."""
    person, holder = asked.actor.person, asked.actor.holder
    raw = passkeys.public_key_of(asked.tx, person=str(person), passkey=asked.params["passkey"])
    if raw is None or holder is None:
        raise NotFound
    register_missing(asked.tx, holder=holder, passkeys=[raw], alone=True)
    return see_other(PLACE, _("It stands in the public record."))


def withdraw(asked: Asked) -> Answer:
    """POST /account/keys/{key}/withdrawal: a key whose passkey is lost signs nothing any more."""
    if asked.actor.holder is None:
        raise NotFound
    withdraw_key(asked.tx, holder=asked.actor.holder, key=asked.params["key"])
    return see_other(PLACE, _("That key signs nothing any more. It stands in the public record."))


def withdraw_with(asked: Asked, passkey: str) -> None:
    """Withdraws the key of a passkey that is about to be removed, where a live one of the same person can sign that."""
    there, _gone = places(asked)
    holder, person = asked.actor.holder, asked.actor.person
    if passkey in there and holder is not None and person is not None:
        mine = {signed.to_text(raw) for raw in passkeys.public_keys(asked.tx, person)}
        if mine & {row.public_key for row in keys.live_keys(asked.tx, holder, clock.now())}:
            withdraw_key(asked.tx, holder=holder, key=there[passkey].key)
