"""Taking a passkey off, as far as one's offices allow it. Locks and recoveries never ask here. Source: AU-09."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import act_hands, acts
from hub.acts.state import APPEALS
from hub.constitution import queries as constitution
from hub.constitution import rules
from hub.errors import YES, NotFound, Verdict, insist
from hub.people import passkeys
from hub.people.passkeys import Party
from hub.permits import queries as permits

# Who founds something, or accepted an appointment, holds nothing yet, and will without being asked once more; so will
# whoever founded what others refused, while that is appealed.
_begun = acts.alias("begun")
_BEGUN = (
    sa.select(acts.c.id)
    .join(
        _begun,
        sa.or_(
            _begun.c.id == acts.c.id,
            sa.and_(_begun.c.subject == acts.c.subject, acts.c.procedure.in_(tuple(APPEALS.values()))),
        ),
    )
    .join(act_hands, act_hands.c.act == _begun.c.id)
    .where(acts.c.outcome.is_(None), act_hands.c.hand == "submit", act_hands.c.holder == sa.bindparam("holder"))
    .limit(1)
)
SOON = "soon"


def may_take_off(tx: Connection, *, person: str, passkey: str) -> Verdict:
    """Says whether a person may take one of their passkeys off. Raises NotFound for another person's."""
    held = passkeys.passkeys_of(tx, person)
    place = next((place for place, key in enumerate(held) if key.id == passkey), None)
    if place is None:
        raise NotFound
    roles = roles_of(tx, person)
    if not roles:
        return YES
    in_force, _entry = constitution.in_force(tx)
    return rules.may_take_off(in_force, roles, [key.is_device_bound for key in held], off=place)


def take_off(tx: Connection, party: Party, *, person: str, passkey: str) -> None:
    """Takes one of a person's passkeys off. Raises NotFound, RuleViolation constitution.passkeys_needed."""
    passkeys.hold_still(tx, person)
    insist(may_take_off(tx, person=person, passkey=passkey))
    passkeys.remove(tx, party, person=person, passkey=passkey)


def roles_of(tx: Connection, person: str) -> set[str]:
    """Returns the roles a person holds now, and SOON for one that an act under way may bring them."""
    holder = permits.holder_of_person(tx, person)
    if holder is None:
        return set()
    roles = {grant.role for grant in permits.standing_grants(tx, holder=holder)}
    return roles | ({SOON} if tx.scalar(_BEGUN, {"holder": holder}) is not None else set())
