"""What a member is at the hub, a site follows: when a membership, an office or a session ends, tokens stop and the site
is told, within a minute, again and again for a day. Source: OpenID Connect Back-Channel Logout 1.0 sections 2.4, 2.5.

Sites that have no back channel keep their own session until it ends: their recipe says so.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import chance, clock
from hub.db import Database
from hub.fetch import Fetched, Refused
from hub.groups.models import memberships
from hub.oidc import claims, clients, rules
from hub.oidc.consenting import end_sign_in
from hub.oidc.keys import ProviderKeys
from hub.oidc.models import followed, logouts, sign_ins
from hub.people import queries as people
from hub.people.models import sessions, standings
from hub.permits.models import grants, holdings

log = logging.getLogger("folkmoot.sites")
EVENT = "http://schemas.openid.net/event/backchannel-logout"
WAITS = (5, 15, 30, 60, 300, 1_800, 3_600)  # seconds between tries; then the last one, until a day is over
GIVEN_UP = dt.timedelta(days=1)
SITES_AT_ONCE, OF_A_SITE = 64, 25  # sites in a round, each with a thread; logouts of one site in a round
PATIENCE = 10.0  # seconds for one site in a round; a logout that was begun is waited for
Post = Callable[[str, bytes], Fetched]
Owed = tuple[Row[tuple[object, ...]], tuple[str, bytes] | None]
"""A logout that is owed, with where to send which form; None where the site takes none any more."""


def follow(tx: Connection) -> int:
    """Ends the sign-ins whose member, office or session ended since the last time; returns how many.

    A term that runs out is an ending like any other: nothing else has to happen at its last minute.
    """
    now = clock.now()
    since = tx.scalar(sa.select(followed.c.until_at).where(followed.c.what == "endings"))
    ended = 0
    if since is not None:
        for row in _concerned(tx, since, now):
            if _has_lost(tx, row):
                end_sign_in(tx, row.id, row.client)
                ended += 1
    # Moments are whole seconds: the second that has just begun is looked at again.
    if not tx.execute(sa.update(followed).where(followed.c.what == "endings").values(until_at=now)).rowcount:
        tx.execute(sa.insert(followed), {"what": "endings", "until_at": now})
    return ended


def carry_over(tx: Connection, *, person: str, former: str, session: str) -> None:
    """Lets sign-ins go on when somebody proves who they are once more in the same browser."""
    mine = sa.update(sign_ins).where(
        sign_ins.c.session == former, sign_ins.c.person == person, sign_ins.c.ended_at.is_(None)
    )
    tx.execute(mine.values(session=session))


def send_logouts(
    db: Database,
    keys: ProviderKeys,
    issuer: str,
    post: Post,
    *,
    at_once: int = SITES_AT_ONCE,
    seconds: Callable[[], float] = time.monotonic,
) -> int:
    """Tells every site that is owed a logout now; returns how many took it. seconds: a clock that only goes on.

    One site that hangs delays no other: each has a thread of its own, one failed try a round, and PATIENCE.
    """
    with db.read() as tx:
        waiting = _waiting(tx, keys, issuer, at_once)
    if not waiting:
        return 0
    with ThreadPoolExecutor(len(waiting)) as pool:
        answers = list(pool.map(lambda owed: _tell(owed, post, seconds), waiting))
    for owed, taken in zip(waiting, answers, strict=True):
        with db.write() as tx:
            for (row, _told), was_taken in zip(owed, taken, strict=True):
                if was_taken is not None:
                    _note(tx, row, was_taken)
    return sum(
        bool(was_taken) and told is not None
        for owed, taken in zip(waiting, answers, strict=True)
        for (_row, told), was_taken in zip(owed, taken, strict=True)
    )


def _waiting(tx: Connection, keys: ProviderKeys, issuer: str, at_once: int) -> list[list[Owed]]:
    """Returns what is owed now, site by site: those that were silent before come last, then whoever waits longest."""
    now = clock.now()
    due = sa.and_(logouts.c.done_at.is_(None), logouts.c.next_at <= now)
    first, silent = sa.func.min(logouts.c.next_at), sa.case((sa.func.max(logouts.c.tries) > 0, 1), else_=0)
    sites = sa.select(logouts.c.client).where(logouts.c.done_at.is_(None)).group_by(logouts.c.client)
    sites = sites.having(first <= now).order_by(silent, first, logouts.c.client)
    found = []
    for client in tx.scalars(sites.limit(at_once)).all():
        mine = sa.select(logouts).where(due, logouts.c.client == client)
        mine = mine.order_by(logouts.c.next_at, _in_no_order()).limit(OF_A_SITE)
        found.append([(row, _telling(tx, row, keys, issuer)) for row in tx.execute(mine).all()])
    return found


def _in_no_order() -> Any:
    """Logouts due at one moment go out by their sign-ins' random names, which no two sites share.

    Sites that compare who left would count through one list otherwise (T9).
    """
    return logouts.c.sign_in


def _concerned(tx: Connection, since: dt.datetime, now: dt.datetime) -> list[Row[tuple[object, ...]]]:
    """Returns the running sign-ins of everybody for whom something ended."""

    def lately(column: sa.Column[dt.datetime]) -> sa.ColumnElement[bool]:
        return sa.and_(column >= since, column <= now)

    lenders = grants.alias("lenders")  # with whose office a stand-in's falls
    people_ended = sa.union(
        sa.select(standings.c.person).where(lately(standings.c.until_at)),
        sa.select(memberships.c.person).where(lately(memberships.c.until_at)),
        sa.select(holdings.c.person)
        .join_from(holdings, grants, grants.c.holder == holdings.c.holder)
        .outerjoin(lenders, lenders.c.id == grants.c.lender)
        .where(sa.or_(*(lately(end) for end in (grants.c.ended_at, grants.c.until_at, lenders.c.ended_at)))),
        sa.select(sessions.c.person).where(lately(sessions.c.ended_at)),
    )
    wanted = sa.select(sign_ins).where(sign_ins.c.ended_at.is_(None), sign_ins.c.person.in_(people_ended))
    return list(tx.execute(wanted))


def _has_lost(tx: Connection, row: Row[tuple[object, ...]]) -> bool:
    ended = sa.select(sessions.c.ended_at).where(sessions.c.id == row.session)
    if tx.scalar(ended) is not None:
        return True
    known, client = people.known(tx, row.person), clients.find(tx, row.client)
    if known is None or client is None:
        return True
    told = claims.told_of(tx, person=row.person, holder=known.holder, group=client.group, tells=client.tells)
    return not set(json.loads(row.what)) <= set(told.groups)


def _telling(tx: Connection, row: Row[tuple[object, ...]], keys: ProviderKeys, issuer: str) -> tuple[str, bytes] | None:
    """Returns where to send a logout token, and the form that carries it."""
    kept = clients.keys_of(tx, row.client)
    seed = people.seed_of(tx, str(tx.scalar(sa.select(sign_ins.c.person).where(sign_ins.c.id == row.sign_in))))
    if kept is None or not kept.backchannel_uri or seed is None:
        return None
    now = claims.now_seconds()
    told = {
        "iss": issuer,
        "aud": row.client,
        "iat": now,
        "exp": now + 120,
        "jti": chance.token(16),
        "sub": rules.pairwise(keys.pair, kept.sector, seed),
        "sid": row.sign_in,
        "events": {EVENT: {}},
    }
    token = keys.sign("logout+jwt", told, kept.algorithm)
    return kept.backchannel_uri, urlencode({"logout_token": token}).encode("ascii")


def _tell(owed: list[Owed], post: Post, seconds: Callable[[], float]) -> list[bool | None]:
    """Returns which logouts are done with, and None for those that this round had no time for.

    A site that cannot be reached is not tried again for the rest.
    """
    done: list[bool | None] = []
    is_up, until = True, seconds() + PATIENCE
    for _row, told in owed:
        if told is None:  # it gave up its back channel, or its keys: there is nobody left to tell
            done.append(True)
            continue
        if seconds() >= until:
            done.append(None if is_up else False)
            continue
        try:
            done.append(is_up and 200 <= post(*told).status < 300)
        except Refused as refused:
            log.info("a site was not told that somebody left: %s", refused)
            is_up = False
            done.append(False)
    return done


def _note(tx: Connection, row: Row[tuple[object, ...]], was_taken: bool) -> None:
    now = clock.now()
    mine = sa.update(logouts).where(logouts.c.sign_in == row.sign_in)
    if was_taken or now - row.owed_at >= GIVEN_UP:
        tx.execute(mine.values(done_at=now, tries=row.tries + 1))
        return
    wait = WAITS[min(row.tries, len(WAITS) - 1)]
    tx.execute(mine.values(next_at=now + dt.timedelta(seconds=wait), tries=row.tries + 1))
