"""The only writer of constitutions and hub facts; gives the founding seats their grants."""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.constitution import limits, queries
from hub.constitution.entries import ConstitutionAdopted, HubForked, HubFounded, SeatTaken
from hub.constitution.load import Broken
from hub.constitution.models import branch_rules, constitutions, hub_facts
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, tells, unwarranted
from hub.permits import HUB, keys, warrants
from hub.permits import queries as permits
from hub.permits.assertions import Site, site_of
from hub.permits.fold import add_grant, set_role_powers
from hub.permits.models import grants

tells(hub_facts, "name", "told_entry", entry_types=("hub.founded", "hub.forked"))

_ADD_HUB, _ADD_CONSTITUTION = sa.insert(hub_facts), sa.insert(constitutions)
_IS_HUB = sa.select(hub_facts.c.entry).where(hub_facts.c.entry == sa.bindparam("by"))
_NAMED = sa.select(hub_facts.c.entry).where(hub_facts.c.origin == sa.bindparam("origin"))
_SEATS = sa.select(sa.func.count()).where(
    grants.c.scope_kind == "hub",
    grants.c.source == "founding",
    grants.c.role == sa.bindparam("role"),
    grants.c.entry > sa.bindparam("by"),
)


def is_first(tx: Connection, entry: Entry, record: HubFounded) -> Verdict:
    """A hub is founded once, by the first entry."""
    if entry.index == 0:
        return unwarranted(tx, entry, record)
    return no("constitution.founded_before", "This hub was founded already.")


@applies(HubFounded, warrant=is_first)
def found(tx: Connection, entry: Entry, record: HubFounded, said: Said) -> None:
    """Notes the hub's origin and key."""
    _add_hub(tx, entry, record, said, None)


def continues_here(tx: Connection, entry: Entry, record: HubForked) -> Verdict:
    """A fork continues exactly what stands before it, under a name that no hub before it bore."""
    if tx.execute(_NAMED, {"origin": record.origin}).first() is not None:
        return no("constitution.name_taken", "A fork does not take the name of a hub that it continues.")
    if record.continues_size == entry.index:
        return unwarranted(tx, entry, record)
    return no(
        "constitution.fork_elsewhere", "A fork continues the entries that stand before it, and this one does not."
    )


@applies(HubForked, warrant=continues_here)
def fork(tx: Connection, entry: Entry, record: HubForked, said: Said) -> None:
    """Notes the heir's origin and key; history before it stays as it is."""
    _add_hub(tx, entry, record, said, record)


def may_adopt(tx: Connection, entry: Entry, record: ConstitutionAdopted) -> Verdict:
    """The first constitution rests on the founding, any other on an act that owes it.

    The text must load under the limits of the release that folds it, and carry its own hash.
    """
    if hashlib.sha256(record.text.encode()).hexdigest() != record.sha256:
        return no("constitution.other_hash", "The text does not have the hash given beside it.")
    try:
        queries.parsed(record.text)
    except Broken as problem:
        return no("constitution.broken", str(problem))
    if record.act is not None:
        return warrants.due(tx, entry, record)
    first = tx.scalar(sa.select(sa.func.count()).select_from(constitutions)) == 0
    if first and entry.by == 0 and record.version == 1:
        return YES
    return no("constitution.no_amendment", "Nothing in the rules in force allows another constitution.")


@applies(ConstitutionAdopted, warrant=may_adopt)
def adopt(tx: Connection, entry: Entry, record: ConstitutionAdopted, said: Said) -> None:
    """Puts the rules in force, and with them what every role carries."""
    row = {
        "entry": entry.index,
        "version": record.version,
        "text": record.text,
        "sha256": record.sha256,
        "in_force_from": clock.parse_minute(record.due) if record.due else entry.at,
    }
    tx.execute(_ADD_CONSTITUTION, row)
    rules = queries.parsed(record.text)
    powers = [(role.key, permission, role.reach) for role in rules.roles.values() for permission in role.can]
    set_role_powers(tx, entry, powers, rules.numbers["tenure_days"])


def set_branch_rule(tx: Connection, entry: Entry, *, branch: str, rule: str, value: int, due: dt.datetime) -> None:
    """Keeps what a branch chose. The branches' fold calls it."""
    row = {"entry": entry.index, "branch": branch, "rule": rule, "value": value, "in_force_from": due}
    tx.execute(sa.insert(branch_rules), row)


def may_take_seat(tx: Connection, entry: Entry, record: SeatTaken) -> Verdict:
    """A seat rests on the founding (or fork) whose links were printed; as many as the role has seats, for its term."""
    if entry.by is None or tx.scalar(_IS_HUB, {"by": entry.by}) is None or entry.by != queries.hub(tx).entry:
        return no("constitution.no_seat", "A founding seat rests on the founding of this hub.")
    rules, _ = queries.in_force(tx)
    role = rules.roles.get(record.role)
    if role is None or "founding" not in role.by or role.scopes != ("hub",):
        return no("constitution.no_such_seat", "There is no founding seat of this name.")
    most = min(role.seats_max, limits.FOUNDING_SEATS.get(record.role, role.seats_max))
    if (tx.scalar(_SEATS, {"role": record.role, "by": entry.by}) or 0) >= most:
        return no("constitution.seats_taken", "All founding seats of this name are taken.")
    if clock.parse_minute(record.until) != entry.at + dt.timedelta(days=rules.terms[record.role]):
        return no("constitution.other_term", "A founding seat lasts exactly its term.")
    return permits.may_give(tx, record.grant, record.holder) and permits.is_compatible(
        tx, record.holder, record.role, entry.at
    )


@applies(SeatTaken, warrant=may_take_seat)
def take_seat(tx: Connection, entry: Entry, record: SeatTaken, said: Said) -> None:
    """Gives the seat's grant."""
    add_grant(
        tx,
        entry,
        grant=record.grant,
        holder=record.holder,
        role=record.role,
        scope=HUB,
        source="founding",
        act=None,
        starts=entry.at,
        until=clock.parse_minute(record.until),
    )


@keys.answer_site
def site(tx: Connection) -> Site:
    """Says whom passkeys sign for: the hub of the newest founding or fork, by the name its log signs under."""
    facts = queries.hub(tx)
    return site_of(int(facts.entry), str(facts.origin))


def _add_hub(tx: Connection, entry: Entry, record: HubFounded | HubForked, said: Said, heir: HubForked | None) -> None:
    row = {
        "entry": entry.index,
        "origin": record.origin,
        "log_key": record.log_key,
        "name": said["name"],
        "told_entry": entry.index,
        "since": entry.at,
        "continues_origin": heir.continues_origin if heir else None,
        "continues_size": heir.continues_size if heir else None,
        "continues_root": heir.continues_root if heir else None,
    }
    tx.execute(_ADD_HUB, row)
