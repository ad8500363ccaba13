"""The verbs: give a member a receipt, and count what was given on the days that are over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from joserfc import jwt
from sqlalchemy.engine import Connection

from hub import chance, clock, ledger
from hub.branches import queries as branches
from hub.constitution.models import hub_facts
from hub.db import Database
from hub.errors import RuleViolation, TooMany
from hub.ledger.files import put
from hub.oidc.keys import ProviderKeys
from hub.permits import HUB, Actor, R, require_right
from hub.receipts import days, queries, text
from hub.receipts.entries import ReceiptsCounted
from hub.receipts.models import receipt_days, receipts_issued, receipts_taken
from hub.receipts.rules import LAG, MOST_A_DAY
from hub.tlog.hashes import format_base64

_A_DAY = dt.timedelta(days=1)
AT_ONCE = 100  # days counted in one turn: a hub that rested for years catches up in a few


def take(
    tx: Connection,
    *,
    actor: Actor,
    issuer: str,
    keys: ProviderKeys,
    shows: frozenset[str],
    bound: Mapping[str, Any] | None = None,
) -> str:
    """Gives a member a receipt of today and returns it; it is kept nowhere, and no entry tells of it.

    shows: which of branch and since it can show; bound: the public key of its owner, where their device made one.
    Raises Forbidden for who is no member, TooMany after five in a day.
    """
    require_right(actor, R.TAKE_RECEIPT, HUB)
    day = clock.today()
    _count_taken(tx, str(actor.person), day.isoformat())
    if tx.scalar(sa.select(receipt_days.c.entry).where(receipt_days.c.day >= day.isoformat()).limit(1)) is not None:
        raise RuleViolation("receipts.counted_already", "This day was counted already: the hub's clock went back.")
    key = keys.signing(text.ALGORITHM)
    header = {
        "alg": text.ALGORITHM, "typ": text.TYPE, "kid": key.id, "jwk": dict(key.key.as_dict(private=False)),
    }  # fmt: skip
    found = text.issue(
        issuer,
        day,
        {name: value for name, value in _said(tx, actor).items() if name in shows},
        lambda claims: jwt.encode(header, dict(claims), key.key, [text.ALGORITHM]),
        chance.octets,
        bound,
    )
    tx.execute(sa.insert(receipts_issued), {"digest": text.digest(found), "day": day.isoformat()})
    return found


def count(db: Database, folder: Path, keys: ProviderKeys) -> int:
    """Counts every day that is over, from the first on which a receipt was given; returns how many days.

    Days without any are counted like the others: none at all is no number to be told either.
    """
    with db.read() as tx:
        owed = _owed(tx)
    for day in owed[:AT_ONCE]:
        _count_day(db, folder, keys, day)
    return len(owed[:AT_ONCE])


def forget(tx: Connection) -> None:
    """Deletes how many somebody took on a day that is over."""
    tx.execute(sa.delete(receipts_taken).where(receipts_taken.c.day < clock.today().isoformat()))


def _count_taken(tx: Connection, person: str, day: str) -> None:
    """Counts one more, with the row taken first: two requests at once are two."""
    mine = sa.and_(receipts_taken.c.person == person, receipts_taken.c.day == day)
    more = sa.update(receipts_taken).where(mine).values(many=receipts_taken.c.many + 1)
    if not tx.execute(more).rowcount:
        tx.execute(sa.insert(receipts_taken), {"person": person, "day": day, "many": 1})
    if queries.taken_today(tx, person, day) > MOST_A_DAY:
        tomorrow = dt.datetime.combine(clock.today() + _A_DAY, dt.time(), tzinfo=dt.UTC)
        raise TooMany(
            "receipts.many", "You took five receipts today. Tomorrow you can take more.",
            int((tomorrow - clock.now()).total_seconds()) + 1,
        )  # fmt: skip


def _said(tx: Connection, actor: Actor) -> dict[str, Any]:
    assert actor.standing is not None
    area = actor.standing.area
    branch = branches.of_area(tx, area) if area else None
    slug = branch.slug if branch and branch.is_registered else None
    return {"branch": {"area": area, "branch": slug}, "since": f"{actor.standing.since:%Y-%m}"}


def _owed(tx: Connection) -> list[dt.date]:
    """Returns the days to count: from the one after the last, or from this hub's first. An heir begins by itself."""
    begun = sa.select(sa.func.max(hub_facts.c.entry)).scalar_subquery()
    newest = tx.scalar(sa.select(sa.func.max(receipt_days.c.day)).where(receipt_days.c.entry > begun))
    oldest = tx.scalar(sa.select(sa.func.min(receipts_issued.c.day)))
    if newest is None and oldest is None:
        return []
    first = dt.date.fromisoformat(newest) + _A_DAY if newest else dt.date.fromisoformat(str(oldest))
    over = (clock.now() - LAG).date()
    return [first + _A_DAY * n for n in range(max(0, (over - first).days))]


def _count_day(db: Database, folder: Path, keys: ProviderKeys, day: dt.date) -> None:
    """Writes the day's file, then the entry that names it; then nothing but these tells of the day."""
    here = receipts_issued.c.day == day.isoformat()
    with db.read() as tx:
        real = [bytes(one) for one in tx.scalars(sa.select(receipts_issued.c.digest).where(here))]
    told = days.padded(real, chance.octets)
    raw = days.format_day(told)
    name = queries.name_of(raw)
    put({folder / name: raw})
    record = ReceiptsCounted(
        day.isoformat(), days.rounded(len(real)), format_base64(days.root_of(told)), name, _keys_of(keys, day)
    )
    with db.write() as tx:
        ledger.append(tx, record, by=None)
        tx.execute(sa.delete(receipts_issued).where(receipts_issued.c.day <= day.isoformat()))


def _keys_of(keys: ProviderKeys, day: dt.date) -> list[str]:
    """Returns the thumbprints of the keys that signed at some time of a day."""
    begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    known = sorted(keys.ready().keys, key=lambda key: key.use_from)
    before = [key for key in known if key.use_from <= begin][-1:]
    found = [*before, *(key for key in known if begin < key.use_from < begin + _A_DAY)]
    return [key.id for key in found]
