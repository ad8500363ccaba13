"""The only writer of holders, keys, grants and role powers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock
from hub.errors import YES, Verdict, no
from hub.ledger import Entry, Said, applies, signed, tells
from hub.permits import keys, lone, queries, warrants
from hub.permits.actor import DERIVED, Grant
from hub.permits.cose import NoKey, read_key
from hub.permits.entries import GrantEnded, GrantMade, GrantPaused, HolderNamed, KeyRegistered, KeyWithdrawn
from hub.permits.live import stands
from hub.permits.models import dormancies, grant_pauses, grants, holders, power_freezes, role_powers, signing_keys
from hub.permits.scope import Scope
from hub.permits.signing import ALONE
from hub.permits.vouching import vouching_verdict

tells(holders, "shown", "told_entry", entry_types=("holder.named",))

CLOSED = "closed"  # why any grant ended, where its members closed the group
DECIDED = "decided"  # why any grant ended, where a case decided so
# Why a mandate ended, where members decided it themselves, or a case did.
BY_THOSE_WHO_GAVE = ("recalled", "superseded", CLOSED, DECIDED)
STRUCK = "struck"  # why who was drawn for a case sits no longer: a side struck them
BY_FEED = ("lapsed", "moved")  # why any grant ended, where the roster said so
EMPTIED = "emptied"  # why any grant ended, where nobody belongs to its place any more
RETURNED = "returned"  # why a stand-in's grant ended, where whoever had lent it took it back

_ADD_HOLDER = sa.insert(holders)
_ADD_GRANT, _ADD_KEY = sa.insert(grants), sa.insert(signing_keys)
_WITHDRAW_KEY = (
    sa.update(signing_keys)
    .where(signing_keys.c.id == sa.bindparam("name"))
    .values(withdrawn_entry=sa.bindparam("index"))
)
_END = (
    sa.update(grants)
    .where(grants.c.id == sa.bindparam("grant"))
    .values(
        ended_at=sa.bindparam("at", type_=grants.c.ended_at.type),
        ended_why=sa.bindparam("why"),
        ended_entry=sa.bindparam("index"),
        held_entry=sa.bindparam("held", type_=sa.BigInteger),
    )
)


def may_name_holder(tx: Connection, entry: Entry, record: HolderNamed) -> Verdict:
    """By a right, and once."""
    if queries.is_holder(tx, record.holder):
        return no("permits.holder_there", "Somebody has this name in the record already.")
    return warrants.right(tx, entry, record)


@applies(HolderNamed, warrant=may_name_holder)
def name_holder(tx: Connection, entry: Entry, record: HolderNamed, said: Said) -> None:
    """Adds a holder with the name pages show."""
    row = {"id": record.holder, "shown": said["shown"], "told_entry": entry.index}
    tx.execute(_ADD_HOLDER, row)


def may_register_key(tx: Connection, entry: Entry, record: KeyRegistered) -> Verdict:
    """A key that can be read, under a name of its own, that its holder does not have yet, or that nobody vouched for.

    Signed or not: signing.
    """
    try:
        algorithm = read_key(signed.from_text(record.public_key))[0]
    except (NoKey, ValueError):
        return no("permits.no_key", "This is no public key of a kind that is used here.")
    has_it = any(
        row.public_key == record.public_key and not lone.is_lone(tx, row) for row in keys.here(tx, record.holder)
    )
    if algorithm != record.algorithm or has_it or keys.key(tx, record.key) is not None:
        return no("permits.key_there", "This key stands in the record already, or is called what it is not.")
    if not queries.is_holder(tx, record.holder):
        return no("permits.no_holder", "Nobody has this name in the record.")
    verdict = vouching_verdict(tx, entry, record)
    return warrants.right(tx, entry, record) if verdict else verdict


@applies(KeyRegistered, warrant=may_register_key)
def register_key(tx: Connection, entry: Entry, record: KeyRegistered, said: Said) -> None:
    """Adds a key: it counts at once, or after seven days where only the new key itself signed."""
    is_alone = entry.sig is not None and entry.sig["key"] == record.key
    row = {
        "id": record.key,
        "holder": record.holder,
        "public_key": record.public_key,
        "algorithm": record.algorithm,
        "hub": keys.site(tx).entry,
        "entry": entry.index,
        "from_at": entry.at + ALONE if is_alone else entry.at,
        "withdrawn_entry": None,
    }
    tx.execute(_ADD_KEY, row)


def may_withdraw_key(tx: Connection, entry: Entry, record: KeyWithdrawn) -> Verdict:
    """Once; that a live key of the same holder signed it, signing asks."""
    row = keys.key(tx, record.key)
    if row is None or row.withdrawn_entry is not None:
        return no("permits.key_gone", "There is no such key in the record, or it was withdrawn before.")
    return warrants.right(tx, entry, record)


@applies(KeyWithdrawn, warrant=may_withdraw_key)
def withdraw_key(tx: Connection, entry: Entry, record: KeyWithdrawn, said: Said) -> None:
    """The key signs nothing from the next entry on; its row stays."""
    tx.execute(_WITHDRAW_KEY, {"name": record.key, "index": entry.index})


def may_make(tx: Connection, entry: Entry, record: GrantMade) -> Verdict:
    """As an act owes it, and never beside an office that it does not go with (GO-31). A stand-in's has its lender."""
    if (record.source == "delegation") != (record.lender is not None):
        return no("permits.no_lender", "A stand-in's office is lent from another's, and no other one is.")
    verdict = queries.may_give(tx, record.grant, record.holder) and queries.is_compatible(
        tx, record.holder, record.role, entry.at
    )
    return warrants.due(tx, entry, record) if verdict else verdict


@applies(GrantMade, warrant=may_make)
def make_grant(tx: Connection, entry: Entry, record: GrantMade, said: Said) -> None:
    """Adds the grant an act owes; its term counts from the moment the act was due."""
    kind = {"h": "hub", "b": "branch", "g": "group"}[record.scope[0]]
    add_grant(
        tx,
        entry,
        grant=record.grant,
        holder=record.holder,
        role=record.role,
        scope=Scope(kind, record.scope, record.branch),  # type: ignore[arg-type]  # one of the three, by its key above
        source=record.source,
        act=record.act,
        starts=clock.parse_minute(record.due),
        until=clock.parse_minute(record.until),
        lender=record.lender,
    )


def add_grant(
    tx: Connection,
    entry: Entry,
    *,
    grant: str,
    holder: str,
    role: str,
    scope: Scope,
    source: str,
    act: str | None,
    starts: dt.datetime,
    until: dt.datetime,
    lender: str | None = None,
) -> None:
    """Writes a grant's row: for this room's entry and for the founding seats."""
    tx.execute(
        _ADD_GRANT,
        {
            "id": grant,
            "entry": entry.index,
            "holder": holder,
            "role": role,
            "scope_kind": scope.kind,
            "scope_id": scope.id,
            "branch_id": scope.branch,
            "source": source,
            "act": act,
            "from_at": starts,
            "until_at": until,
            "ended_at": None,
            "ended_why": None,
            "ended_entry": None,
            "held_entry": None,
            "lender": lender,
        },
    )


def may_end(tx: Connection, entry: Entry, record: GrantEnded) -> Verdict:
    """Says whether a grant may end so: by its holder, by an act that owes it, or by the roster.

    A derived holder ends nobody's grant; a mandate falls to no act but one of those who gave it. What an act ends was
    live when the act was due, however late the clock; no entry moves an end later. Source: DESIGN decision 6.
    """
    grant, at = queries.grant_by_id(tx, record.grant), _ends_at(entry, record)
    held = clock.parse_minute(record.due) if record.due else entry.at
    if grant is None or not stands(grant, held) or (grant.ended_at is not None and grant.ended_at <= at):
        return no("permits.not_live", "This grant has ended, or there was none.")
    if held > entry.at:
        return no("permits.not_yet", "Nothing ends before it is due.")
    if record.ends is not None and record.act is None:
        return no("permits.no_later", "Only an act that hands over leaves days for it.")
    if record.held is not None and record.why not in BY_FEED:
        return no("permits.no_hold", "Only what the roster ends has waited under a hold.")
    if record.act is not None:
        if grant.source not in DERIVED and record.why not in BY_THOSE_WHO_GAVE:
            return no("permits.mandate", "A mandate is ended only by its term, its holder, or those who gave it.")
        return warrants.due(tx, entry, record)
    if record.why == "resigned" and entry.by == grant.entry:
        return YES
    if record.why == RETURNED and _is_lender(tx, grant, entry.by):
        return YES
    if record.why in BY_FEED and entry.by is None:
        return warrants.lapse(tx, entry, record)
    if record.why == EMPTIED and entry.by is None:
        return warrants.emptied(tx, entry, record)
    return no("permits.not_yours_to_end", "Only its holder may lay this office down, or those who gave it end it.")


def _is_lender(tx: Connection, grant: Grant, by: int | None) -> bool:
    """Tells whether an entry rests on the grant that a stand-in's was lent from: resting or not, it takes it back."""
    lender = None if grant.lender is None else queries.grant_by_id(tx, grant.lender)
    return lender is not None and lender.entry == by


@applies(GrantEnded, warrant=may_end)
def end_grant(tx: Connection, entry: Entry, record: GrantEnded, said: Said) -> None:
    """Ends a grant at the moment it was due, or somewhat later where the entry says so; else at the entry's own."""
    at = _ends_at(entry, record)
    row = {"grant": record.grant, "at": at, "why": record.why, "index": entry.index, "held": record.held}
    tx.execute(_END, row)


def strike_grant(tx: Connection, entry: Entry, grant: str) -> None:
    """Ends the seat of one who was drawn for a case, at the entry's moment: the fold of a side's strike calls it."""
    tx.execute(_END, {"grant": grant, "at": entry.at, "why": STRUCK, "index": entry.index, "held": None})


@applies(GrantPaused, warrant=warrants.due)
def pause_grant(tx: Connection, entry: Entry, record: GrantPaused, said: Said) -> None:
    """Rests a grant from the moment it was due."""
    row = {"entry": entry.index, "grant": record.grant, "act": record.act}
    row |= {"from_at": clock.parse_minute(record.due), "until_at": clock.parse_minute(record.until)}
    tx.execute(sa.insert(grant_pauses), row)


def end_pauses(tx: Connection, act: str, at: dt.datetime) -> None:
    """Ends what an act paused, from a moment on: the fold of the act that was undone calls it."""
    mine = sa.update(grant_pauses).where(grant_pauses.c.act == act, grant_pauses.c.until_at > at)
    tx.execute(mine.values(until_at=at))


def extend_pauses(tx: Connection, act: str, until: dt.datetime, later: dt.datetime) -> None:
    """Lets what an act paused until a moment rest until a later one: the fold of the act that was extended calls it."""
    mine = sa.update(grant_pauses).where(grant_pauses.c.act == act, grant_pauses.c.until_at == until)
    tx.execute(mine.values(until_at=later))


def add_freeze(tx: Connection, **row: Any) -> None:
    """Writes a freeze's row: for the fold of the room that freezes."""
    tx.execute(sa.insert(power_freezes), row)


def begin_freeze(tx: Connection, act: str, entry: Entry) -> None:
    """Lets a freeze hold: the entry that says until when is in the record."""
    tx.execute(sa.update(power_freezes).where(power_freezes.c.act == act).values(frozen_entry=entry.index))


def end_freeze(tx: Connection, act: str, at: dt.datetime, *, counts: bool) -> None:
    """Ends a freeze from a moment on. counts: whether what was left of it counts against its maker all the same."""
    mine = sa.update(power_freezes).where(power_freezes.c.act == act, power_freezes.c.until_at > at)
    tx.execute(mine.values(until_at=at) if counts else mine.values(until_at=at, counts_until=at))


def let_sleep(tx: Connection, entry: Entry, scope_id: str) -> None:
    """Lets every grant of a place sleep, whenever it was made: the fold of the entry that nobody belongs to it."""
    row = {"entry": entry.index, "scope_id": scope_id, "from_at": entry.at, "until_at": None, "until_entry": None}
    tx.execute(sa.insert(dormancies), row)


def awaken(tx: Connection, entry: Entry, scope_id: str) -> None:
    """Ends a place's sleep: the fold of the entry that somebody belongs to it again."""
    here = sa.update(dormancies).where(dormancies.c.scope_id == scope_id, dormancies.c.until_at.is_(None))
    tx.execute(here.values(until_at=entry.at, until_entry=entry.index))


def _ends_at(entry: Entry, record: GrantEnded) -> dt.datetime:
    said = record.ends or record.due
    return clock.parse_minute(said) if said else entry.at


def set_role_powers(tx: Connection, entry: Entry, powers: Iterable[tuple[str, str, str]], tenure_days: int = 0) -> None:
    """Replaces what every role carries: (role, permission, reach). The constitution's fold calls it.

    tenure_days: how long any office is held before it does what takes tenure.
    """
    tx.execute(sa.delete(role_powers))
    rows = [
        {
            "role": role,
            "permission": permission,
            "reach": reach,
            "constitution": entry.index,
            "tenure_days": tenure_days,
        }
        for role, permission, reach in powers
    ]
    tx.execute(sa.insert(role_powers), rows)
