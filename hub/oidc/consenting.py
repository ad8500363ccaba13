"""Consent: what a member lets one site be told, once, in words; and taking it back.

shares() names what is told: ``membership`` and ``groups`` always, ``name`` with the scope profile, ``address`` with
email, ``stays`` where the site may come back without the member. A site that asks for more asks again.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import chance, clock, sealing
from hub.errors import Invalid
from hub.oidc import clients, store
from hub.oidc.claims import ADDRESS, opened, sealed_to
from hub.oidc.clients import Client
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import address_proofs, consents, logouts, sign_ins
from hub.oidc.parties import Party
from hub.people.tokens import hash_token
from hub.permits import Actor

SHARES = ("membership", "groups", "name", "address", "stays")
_BY_SCOPE = {"profile": "name", "email": "address", "offline_access": "stays"}
ASKED = "address_proofs.sealed"
PROOF_MINUTES, PROOF_TRIES, PROOFS_A_DAY = 15, 5, 5


@dataclass(frozen=True)
class Site:
    """A site that knows the member. shares: what it is told; has_address: whether an address is among it.

    last_at: the last sign-in there that is still known, 90 days at most.
    """

    client: Client
    shares: tuple[str, ...]
    given_at: dt.datetime
    silent: bool
    has_address: bool
    last_at: dt.datetime | None = None


def shares(party: Party, scope: str) -> tuple[str, ...]:
    """Returns what a site is told under a scope."""
    found = {"membership", "groups", *(_BY_SCOPE[name] for name in scope.split() if name in _BY_SCOPE)}
    return tuple(name for name in SHARES if name in found)


def covers(tx: Connection, party: Party, actor: Actor, scope: str) -> bool:
    """Tells whether the member has agreed to all of it, to this reach, and has not taken it back."""
    row = tx.execute(_RUNNING, {"person": actor.person, "client": party.client.id}).first()
    if row is None:
        return False
    told = json.loads(row.told)
    return told["tells"] == party.client.tells and set(shares(party, scope)) <= set(told["shares"])


def is_silent(tx: Connection, party: Party, actor: Actor) -> bool:
    """Tells whether the member lets this site ask without a page (prompt=none)."""
    row = tx.execute(_RUNNING, {"person": actor.person, "client": party.client.id}).first()
    return row is not None and bool(row.silent)


def give(
    tx: Connection, *, party: Party, actor: Actor, scope_shares: tuple[str, ...], silent: bool, keeps_address: bool
) -> None:
    """Notes the member's yes. keeps_address: whether an address that they confirmed for this site goes along."""
    mine = (consents.c.person == actor.person, consents.c.client == party.client.id)
    told = json.dumps({"tells": party.client.tells, "shares": list(scope_shares)})
    values = {"told": told, "silent": silent, "given_at": clock.now(), "withdrawn_at": None}
    if not keeps_address:
        values |= {"address_sealed": None, "address_confirmed": False}
    if not tx.execute(sa.update(consents).where(*mine).values(values)).rowcount:
        row = {"person": actor.person, "client": party.client.id, "address_confirmed": False, **values}
        tx.execute(sa.insert(consents), row)


def withdraw(tx: Connection, *, client: str, person: str) -> bool:
    """Takes a consent back: its tokens end in this commit, the address goes, and the site is told to sign out."""
    mine = sa.update(consents).where(
        consents.c.person == person, consents.c.client == client, consents.c.withdrawn_at.is_(None)
    )
    gone = {"withdrawn_at": clock.now(), "address_sealed": None, "address_confirmed": False, "silent": False}
    if not tx.execute(mine.values(gone)).rowcount:
        return False
    here = sa.select(sign_ins).where(
        sign_ins.c.person == person, sign_ins.c.client == client, sign_ins.c.ended_at.is_(None)
    )
    for row in tx.execute(here).all():
        end_sign_in(tx, row.id, client)
    return True


def end_sign_in(tx: Connection, sign_in: str, client: str) -> None:
    """Ends one sign-in with its tokens, and owes the site a logout where it takes them."""
    now = clock.now()
    ended = sa.update(sign_ins).where(sign_ins.c.id == sign_in, sign_ins.c.ended_at.is_(None)).values(ended_at=now)
    if not tx.execute(ended).rowcount:
        return
    store.end_tokens(tx, sign_in)
    keys = clients.keys_of(tx, client)
    if keys is not None and keys.backchannel_uri:
        row = {"sign_in": sign_in, "client": client, "owed_at": now, "next_at": now, "tries": 0}
        tx.execute(sa.insert(logouts), row)


def sites_of(tx: Connection, person: str) -> list[Site]:
    """Returns the sites that a member lets know of them, the newest first."""
    mine = sa.select(consents).where(consents.c.person == person, consents.c.withdrawn_at.is_(None))
    signed_in = sa.select(sign_ins.c.client, sa.func.max(sign_ins.c.at)).where(sign_ins.c.person == person)
    last = {row[0]: row[1] for row in tx.execute(signed_in.group_by(sign_ins.c.client))}
    found = []
    for row in tx.execute(mine.order_by(consents.c.given_at.desc(), consents.c.client)):
        client = clients.find(tx, row.client)
        if client is not None:
            told = tuple(json.loads(row.told)["shares"])
            has_address = row.address_sealed is not None and bool(row.address_confirmed)
            found.append(Site(client, told, row.given_at, bool(row.silent), has_address, last.get(row.client)))
    return found


def persons_at(tx: Connection, client: str) -> list[str]:
    """Returns everybody who lets a site know of them now."""
    here = sa.select(consents.c.person).where(consents.c.client == client, consents.c.withdrawn_at.is_(None))
    return list(tx.scalars(here.order_by(consents.c.person)))


def ask_address(tx: Connection, *, client: str, person: str, address: str, keys: ProviderKeys) -> str:
    """Keeps an address to be confirmed for one site, sealed; returns the code to send to it. Raises Invalid."""
    if not address_ok(address):
        raise Invalid({"address": "Enter an e-mail address like name@example.org"})
    day_ago = clock.now() - dt.timedelta(days=1)
    mine = (address_proofs.c.person == person, address_proofs.c.asked_at > day_ago)
    if (tx.scalar(sa.select(sa.func.count()).select_from(address_proofs).where(*mine)) or 0) >= PROOFS_A_DAY:
        raise Invalid({"address": "That is enough for one day. You can go on without an address."})
    code = f"{chance.below(10**8):08d}"
    row = {
        "person": person,
        "client": client,
        "code_hash": hash_token(code),
        "sealed": sealing.seal(tx, person, ASKED, keys.seal(address, sealed_to(person, client))),
        "asked_at": clock.now(),
        "tries": 0,
        "used_at": None,
    }
    tx.execute(sa.insert(address_proofs), row)
    return code


def confirm_address(tx: Connection, *, client: str, person: str, code: str) -> bool:
    """Tells whether a code was the last one sent for this site; then the address goes with the consent."""
    fresh = clock.now() - dt.timedelta(minutes=PROOF_MINUTES)
    last = (
        sa.select(address_proofs)
        .where(address_proofs.c.person == person, address_proofs.c.client == client)
        .where(address_proofs.c.used_at.is_(None), address_proofs.c.asked_at > fresh)
        .order_by(address_proofs.c.id.desc())
        .limit(1)
    )
    row = tx.execute(last).first()
    if row is None or row.tries >= PROOF_TRIES:
        return False
    mine = sa.update(address_proofs).where(address_proofs.c.id == row.id, address_proofs.c.tries == row.tries)
    if not tx.execute(mine.values(tries=row.tries + 1)).rowcount:
        return False
    typed = "".join(char for char in code if char.isascii() and char.isdecimal())
    if not hmac.compare_digest(hash_token(typed), row.code_hash):
        return False
    address = sealing.read_bytes(tx, person, ASKED, row.sealed)
    if address is None:
        return False
    tx.execute(sa.update(address_proofs).where(address_proofs.c.id == row.id).values(used_at=clock.now()))
    values = {"address_sealed": sealing.seal(tx, person, ADDRESS, address), "address_confirmed": True}
    here = (consents.c.person == person, consents.c.client == client)
    if not tx.execute(sa.update(consents).where(*here).values(values)).rowcount:
        # Kept until the member says yes; a consent that was never given tells nobody anything.
        told = {"told": json.dumps({"tells": "", "shares": []}), "silent": False, "given_at": clock.now()}
        kept = {"person": person, "client": client, "withdrawn_at": clock.now(), **told, **values}
        tx.execute(sa.insert(consents), kept)
    return True


def kept_address(tx: Connection, *, client: str, person: str, keys: ProviderKeys) -> str:
    """Returns the address that a member confirmed for a site, consented or not yet; empty if none can be read."""
    here = sa.select(consents).where(consents.c.person == person, consents.c.client == client)
    row = tx.execute(here).first()
    if row is None or row.address_sealed is None or not row.address_confirmed:
        return ""
    return opened(tx, keys, row.address_sealed, person=person, client=client)


def address_ok(address: str) -> bool:
    """Tells whether a text looks like one address and nothing else."""
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and len(address) <= 254
    return bool(plain and at and local and "." in domain.strip(".") and not set(address) & set(' "<>,;:\\()[]'))


_RUNNING = sa.select(consents).where(
    consents.c.person == sa.bindparam("person"),
    consents.c.client == sa.bindparam("client"),
    consents.c.withdrawn_at.is_(None),
)
