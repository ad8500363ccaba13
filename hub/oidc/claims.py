"""What a site is told about a member: read anew each time, so that a right that ended is told nowhere (OP-13).

    sub                       pairwise: another sector knows another one
    groups, roles, warrants   always there, even when empty: tools take a missing claim for a removal
    membership                true: whoever has none is told to nobody
    name, preferred_username  the nickname, with the scope profile
    email, email_verified     only what the member confirmed for this one site, with the scope email

groups holds slugs and, for offices, <slug>-<role>; warrants names for each the entry of the record it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.engine import Connection

from hub import clock, sealing
from hub.groups import queries as groups
from hub.oidc import rules
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import consents
from hub.people import queries as people
from hub.people.queries import Known
from hub.permits import queries as permits

ADDRESS = "consents.address_sealed"
_CONSENT = sa.select(consents).where(
    consents.c.person == sa.bindparam("person"),
    consents.c.client == sa.bindparam("client"),
    consents.c.withdrawn_at.is_(None),
)


@dataclass(frozen=True)
class Told:
    """Groups, roles and their warrants, as one site learns them."""

    groups: tuple[str, ...]
    roles: tuple[str, ...]
    warrants: dict[str, int]


def told_of(tx: Connection, *, person: str, holder: str | None, group: str, tells: str) -> Told:
    """Returns what a site of a group learns of a person's groups and offices. tells: group, branch or hub."""
    reach = groups.reach_of(tx, group, tells)
    slugs, roles, warrants = [], [], {}
    for belonging in groups.slugs_of(tx, person, reach):
        slugs.append(belonging.slug)
        warrants[belonging.slug] = belonging.registered_entry
    for grant in permits.live_grants(tx, holder=holder) if holder else ():
        slug = groups.slug_in(tx, grant.scope, reach)
        if slug is not None:
            roles.append(f"{slug}-{grant.role}")
            warrants.setdefault(roles[-1], grant.entry)
    return Told(tuple(sorted({*slugs, *roles})), tuple(sorted(set(roles))), dict(sorted(warrants.items())))


def claims_of(
    tx: Connection, keys: ProviderKeys, *, person: str, client: Any, sector: str, scope: str
) -> tuple[dict[str, Any], Told] | None:
    """Returns all claims about a person for one client, or None for who has no standing or no seed. scope: granted."""
    known = people.known(tx, person)
    if known is None or known.seed is None:
        return None
    told = told_of(tx, person=person, holder=known.holder, group=client.group, tells=client.tells)
    claims = claims_with(tx, keys, known, told, person=person, client=client.id, sector=sector, scope=scope)
    return claims, told


def claims_with(
    tx: Connection, keys: ProviderKeys, known: Known, told: Told, *, person: str, client: str, sector: str, scope: str
) -> dict[str, Any]:
    """Returns the same for a member who was looked up already and has a seed."""
    assert known.seed is not None
    claims: dict[str, Any] = {
        "sub": rules.pairwise(keys.pair, sector, known.seed),
        "groups": list(told.groups),
        "roles": list(told.roles),
        "warrants": told.warrants,
        "membership": True,
    }
    scopes = scope.split()
    if "profile" in scopes and known.nickname:
        claims["name"] = claims["preferred_username"] = known.nickname
    if "email" in scopes:
        claims.update(address_of(tx, keys, person=person, client=client))
    return claims


def address_of(tx: Connection, keys: ProviderKeys, *, person: str, client: str) -> dict[str, Any]:
    """Returns the address that a member confirmed for one site, as claims; nothing where there is none."""
    row = tx.execute(_CONSENT, {"person": person, "client": client}).first()
    if row is None or row.address_sealed is None or not row.address_confirmed:
        return {}
    address = opened(tx, keys, row.address_sealed, person=person, client=client)
    return {"email": address, "email_verified": True} if address else {}


def opened(tx: Connection, keys: ProviderKeys, sealed: bytes, *, person: str, client: str) -> str:
    """Returns an address that was sealed to a consent; empty where the pair key was replaced, or its person erased."""
    address = sealing.read_bytes(tx, person, ADDRESS, sealed)
    try:
        return "" if address is None else keys.open_sealed(address, sealed_to(person, client))
    except InvalidTag:
        return ""


def sealed_to(person: str, client: str) -> str:
    """Returns the purpose an address is sealed to: one member's consent to one site."""
    return f"folkmoot consent {person} {client}"


def now_seconds() -> int:
    """Returns the present moment as tokens write it."""
    return int(clock.now().timestamp())
