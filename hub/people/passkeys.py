"""Passkeys: adding one, signing in with one, naming and removing them. Source: W3C Web Authentication Level 3.

A challenge is signed by the hub and names its purpose, its person and its moment, so that asking writes nothing; once
it is used its hash is kept until it is too old. Authenticators must verify their user (a PIN, a fingerprint). No
attestation is asked for: whose make a device is, is nobody's business here. So it rests on the device's own word
whether a passkey can be copied to others (flag BE, section 6.1.3); it must say the same every time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import webauthn
from sqlalchemy.engine import Connection
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub import chance, clock, outbox, sealing
from hub.errors import Invalid, NotFound
from hub.people import sealed
from hub.people.models import accounts, challenges, passkeys

PATIENCE = dt.timedelta(minutes=5)
TO_CLAIM = dt.timedelta(minutes=10)  # a claim takes a file and a passphrase first (permits/binding.py)
MOST, LONGEST_NAME, LONGEST_ANSWER = 12, 40, 16_000
VERIFIED = UserVerificationRequirement.REQUIRED
NOT_THIS = "That did not work. Nothing was changed; try again, or sign in with number, postcode and code."


@dataclass(frozen=True)
class Party:
    """Who asks authenticators. id: the host's name; origin: the hub's one address; sign, read: of short texts.

    sign_lock: makes what stands in the letter about a change, and locks the account in one press.
    """

    id: str
    origin: str
    name: str
    sign: Callable[[str], str]
    read: Callable[[str], str | None]
    sign_lock: Callable[[str], str]


@dataclass(frozen=True)
class Assertion:
    """What a passkey signed with, part by part, and its public key (COSE)."""

    public_key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


@dataclass(frozen=True)
class Passkey:
    """One of a person's passkeys, for their own eyes."""

    id: str
    name: str
    made_at: dt.datetime
    used_at: dt.datetime | None
    is_device_bound: bool = False


def passkeys_of(tx: Connection, person: str) -> list[Passkey]:
    """Returns a person's passkeys, the oldest first."""
    mine = sa.select(passkeys).where(passkeys.c.person == person, passkeys.c.removed_at.is_(None))
    rows = tx.execute(mine.order_by(passkeys.c.made_at, passkeys.c.id))
    return [
        Passkey(row.id, _name(tx, person, row.name), row.made_at, row.used_at, bool(row.is_device_bound))
        for row in rows
    ]


def _name(tx: Connection, person: str, kept: bytes) -> str:
    return sealing.read(tx, person, sealed.KEY_NAME, kept) or "Passkey"


def hold_still(tx: Connection, person: str) -> None:
    """Lets nobody else count or take off a person's passkeys before this unit of work is over."""
    tx.execute(sa.select(accounts.c.person).where(accounts.c.person == person).with_for_update())


def ask_to_add(tx: Connection, party: Party, *, person: str, nickname: str) -> dict[str, Any]:
    """Returns what a browser is asked in order to make a passkey for a person, as JSON values."""
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in passkeys_of(tx, person)]
    return _to_make(party, _challenge(party, "add", person), _handle(tx, person), nickname, known)


def ask_with_claim(party: Party) -> dict[str, Any]:
    """Returns what a browser is asked in order to make the first passkey of whoever claims an office: nobody yet."""
    return _to_make(party, _challenge(party, "claim", ""), chance.octets(64), "member", [])


def _to_make(
    party: Party, challenge: bytes, handle: bytes, nickname: str, known: list[PublicKeyCredentialDescriptor]
) -> dict[str, Any]:
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=handle,
        user_name=nickname,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=known,
    )
    return dict(options_to_json_dict(options))


def ask_to_sign_in(party: Party) -> dict[str, Any]:
    """Returns what a browser is asked in order to sign in with whichever passkey its owner picks."""
    challenge = _challenge(party, "sign in", "")
    options = webauthn.generate_authentication_options(rp_id=party.id, challenge=challenge, user_verification=VERIFIED)
    return dict(options_to_json_dict(options))


def add(tx: Connection, party: Party, *, person: str, answer: str, name: str, by_claim: bool = False) -> None:
    """Keeps the passkey that a browser made, and tells its owner. answer: the browser's JSON. Raises Invalid.

    by_claim: it was asked with a claim, before anybody knew whose it would be.
    """
    label = name.strip() or "Passkey"
    if len(label) > LONGEST_NAME:
        raise Invalid({"name": f"A passkey's name has at most {LONGEST_NAME} characters."})
    if len(passkeys_of(tx, person)) >= MOST:
        raise Invalid({"answer": f"You have {MOST} passkeys already. Remove one first."})
    challenge = _use(tx, party, answer, "claim ", TO_CLAIM) if by_claim else _use(tx, party, answer, f"add {person}")
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin,
            require_user_verification=True,
        )  # fmt: skip
    except _REFUSED as problem:
        raise Invalid({"answer": NOT_THIS}) from problem
    key = bytes_to_base64url(made.credential_id)
    if tx.scalar(sa.select(passkeys.c.id).where(passkeys.c.id == key)) is not None:
        raise Invalid({"answer": "This passkey is known already."})
    row = {"id": key, "person": person, "public_key": made.credential_public_key, "sign_count": made.sign_count}
    stays = _stays(made.credential_device_type)
    kept = sealing.write(tx, person, sealed.KEY_NAME, label)
    tx.execute(sa.insert(passkeys), {**row, "name": kept, "is_device_bound": stays, "made_at": clock.now()})
    outbox.put(tx, person=person, template="passkey_added", lock=party.sign_lock(person))


def ask_to_prove(tx: Connection, party: Party, *, person: str) -> dict[str, Any]:
    """Returns what a browser is asked before a dangerous act: one of this very person's passkeys."""
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in passkeys_of(tx, person)]
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=_challenge(party, "prove", person), user_verification=VERIFIED,
        allow_credentials=known,
    )  # fmt: skip
    return dict(options_to_json_dict(options))


def prove(tx: Connection, party: Party, *, person: str, answer: str) -> None:
    """Checks that one of a person's own passkeys signed, once. Raises Invalid."""
    if _signer(tx, party, answer, f"prove {person}") != person:
        raise Invalid({"passkey_answer": NOT_THIS})


def public_keys(tx: Connection, person: str) -> tuple[bytes, ...]:
    """Returns the public keys (COSE) of a person's passkeys, the oldest first."""
    mine = sa.select(passkeys.c.public_key).where(passkeys.c.person == person, passkeys.c.removed_at.is_(None))
    return tuple(bytes(raw) for raw in tx.scalars(mine.order_by(passkeys.c.made_at, passkeys.c.id)))


def public_key_of(tx: Connection, *, person: str, passkey: str) -> bytes | None:
    """Returns the public key (COSE) of one of a person's passkeys, or None for another's."""
    mine = sa.select(passkeys.c.public_key).where(
        passkeys.c.id == passkey, passkeys.c.person == person, passkeys.c.removed_at.is_(None)
    )
    found = tx.scalar(mine)
    return None if found is None else bytes(found)


def ask_to_sign(
    tx: Connection, party: Party, *, person: str, challenge: bytes, among: Collection[bytes]
) -> dict[str, Any]:
    """Returns what a browser is asked in order to sign an act. challenge: made from it; among: public keys that may."""
    mine = sa.select(passkeys.c.id, passkeys.c.public_key).where(
        passkeys.c.person == person, passkeys.c.removed_at.is_(None)
    )
    rows = tx.execute(mine.order_by(passkeys.c.made_at, passkeys.c.id))
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.id)) for row in rows if row.public_key in among]
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=VERIFIED, allow_credentials=known
    )
    return dict(options_to_json_dict(options))


def sign(tx: Connection, party: Party, *, person: str, answer: str, challenge: bytes, once: str) -> Assertion:
    """Returns a person's own assertion over a challenge. once: what is used up by it, counted once. Raises Invalid."""
    hashed = _hash(once.encode("utf-8", "replace"))
    if len(answer) > LONGEST_ANSWER or tx.scalar(sa.select(challenges.c.hash).where(challenges.c.hash == hashed)):
        raise Invalid({"passkey_answer": NOT_THIS})
    row, given = _checked(tx, party, answer, challenge)
    if row.person != person:
        raise Invalid({"passkey_answer": NOT_THIS})
    tx.execute(sa.insert(challenges), {"hash": hashed, "until_at": clock.now() + PATIENCE})
    said = given.response
    return Assertion(bytes(row.public_key), said.authenticator_data, said.client_data_json, said.signature)


def sign_in(tx: Connection, party: Party, *, answer: str) -> str:
    """Returns the person whose passkey signed, once for each challenge. Raises Invalid for anything else, alike.

    A locked account is no different from an unknown key: only a recovery opens it.
    """
    person = _signer(tx, party, answer, "sign in ")
    if tx.scalar(sa.select(accounts.c.locked_at).where(accounts.c.person == person)) is not None:
        raise Invalid({"answer": NOT_THIS})
    return person


def _signer(tx: Connection, party: Party, answer: str, purpose: str) -> str:
    row, _given = _checked(tx, party, answer, _use(tx, party, answer, purpose))
    return str(row.person)


def _checked(
    tx: Connection, party: Party, answer: str, challenge: bytes
) -> tuple[sa.Row[Any], AuthenticationCredential]:
    """Returns the row of the passkey that signed a challenge, and what it gave; notes that it was used."""
    try:
        given = webauthn.helpers.parse_authentication_credential_json(answer)
        theirs = sa.select(passkeys).where(passkeys.c.id == given.id, passkeys.c.removed_at.is_(None))
        row = tx.execute(theirs.with_for_update()).first()
        if row is None:
            raise Invalid({"answer": NOT_THIS})
        done = webauthn.verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin,
            credential_public_key=bytes(row.public_key), credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except _REFUSED as problem:
        raise Invalid({"answer": NOT_THIS}) from problem
    if row.is_device_bound and not _stays(done.credential_device_type):
        # It said that it could never leave its device: one of the two was no word of the same authenticator.
        raise Invalid({"answer": NOT_THIS})
    used = {"sign_count": done.new_sign_count, "used_at": clock.now()}
    tx.execute(sa.update(passkeys).where(passkeys.c.id == row.id).values(used))
    return row, given


def remove(tx: Connection, party: Party, *, person: str, passkey: str) -> None:
    """Takes one of a person's passkeys off, and tells them. Raises NotFound for another person's.

    Whether an office allows it, acts.keeping says.
    """
    mine = sa.update(passkeys).where(
        passkeys.c.id == passkey, passkeys.c.person == person, passkeys.c.removed_at.is_(None)
    )
    if not tx.execute(mine.values(removed_at=clock.now())).rowcount:
        raise NotFound
    outbox.put(tx, person=person, template="passkey_removed", lock=party.sign_lock(person))


def has_any(tx: Connection, person: str) -> bool:
    """Tells whether a person has a passkey."""
    mine = sa.select(passkeys.c.id).where(passkeys.c.person == person, passkeys.c.removed_at.is_(None)).limit(1)
    return tx.scalar(mine) is not None


def forget_challenges(tx: Connection) -> None:
    """Deletes used challenges that are too old to be tried again."""
    tx.execute(sa.delete(challenges).where(challenges.c.until_at <= clock.now()))


# What the library raises for answers that are none; parsing a hostile one may end in any of the others.
_REFUSED = (
    WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError,
)  # fmt: skip


def _handle(tx: Connection, person: str) -> bytes:
    """Returns the random name under which authenticators keep a person's keys (AU-15)."""
    mine = sa.select(accounts.c.handle).where(accounts.c.person == person)
    kept = tx.scalar(mine)
    if kept is None:
        kept = chance.octets(64)
        tx.execute(sa.update(accounts).where(accounts.c.person == person).values(handle=kept))
    return bytes(kept)


def _challenge(party: Party, purpose: str, person: str) -> bytes:
    moment = int(clock.now().timestamp())
    return party.sign(f"{purpose} {person} {moment} {chance.octets(16).hex()}").encode("ascii")


def _use(tx: Connection, party: Party, answer: str, purpose: str, patience: dt.timedelta = PATIENCE) -> bytes:
    """Returns the challenge that an answer names, and notes that it is used: whoever comes second is refused."""
    try:
        if len(answer) > LONGEST_ANSWER:
            raise ValueError("too long")
        challenge = bytes(webauthn.helpers.parse_client_data_json(_client_data(answer)).challenge)
        said, moment, _nonce = (party.read(challenge.decode("ascii")) or "  ").rsplit(" ", 2)
        age = clock.now() - dt.datetime.fromtimestamp(int(moment), dt.UTC)
    except _REFUSED as problem:
        raise Invalid({"answer": NOT_THIS}) from problem
    used = tx.scalar(sa.select(challenges.c.hash).where(challenges.c.hash == _hash(challenge)))
    if said != purpose or used is not None or not dt.timedelta(0) <= age < patience:
        raise Invalid({"answer": NOT_THIS})
    tx.execute(sa.insert(challenges), {"hash": _hash(challenge), "until_at": clock.now() + patience})
    return challenge


def _stays(device: CredentialDeviceType) -> bool:
    """Tells whether a passkey cannot be backed up, and so stays in its one device."""
    return device == CredentialDeviceType.SINGLE_DEVICE


def _client_data(answer: str) -> bytes:
    return base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"])


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
