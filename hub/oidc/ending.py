"""What a member is at the hub, a site follows: when a membership, an office or a session ends, tokens stop and the site
is told, within a minute, again and again for a day. Source: OpenID Connect Back-Channel Logout 1.0 sections 2.4, 2.5.

Sites that have no back channel keep their own session until it ends: their recipe says so.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock
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
AT_ONCE = 8
Post = Callable[[str, bytes], Fetched]


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


def send_logouts(db: Database, keys: ProviderKeys, issuer: str, post: Post) -> int:
    """Tells every site that is owed a logout now; returns how many took it. One site that hangs delays no other."""
    with db.read() as tx:
        due = sa.select(logouts).where(logouts.c.done_at.is_(None), logouts.c.next_at <= clock.now())
        waiting = [
            (row, told) for row in tx.execute(due.limit(200)) if (told := _telling(tx, row, keys, issuer)) is not None
        ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = list(pool.map(lambda one: _tell(one[1], post), waiting))
    for (row, _told), was_taken in zip(waiting, taken, strict=True):
        with db.write() as tx:
            _note(tx, row, was_taken)
    return sum(taken)


def _concerned(tx: Connection, since: dt.datetime, now: dt.datetime) -> list[Row[tuple[object, ...]]]:
    """Returns the running sign-ins of everybody for whom something ended."""

    def lately(column: sa.Column[dt.datetime]) -> sa.ColumnElement[bool]:
        return sa.and_(column >= since, column <= now)

    people_ended = sa.union(
        sa.select(standings.c.person).where(lately(standings.c.until_at)),
        sa.select(memberships.c.person).where(lately(memberships.c.until_at)),
        sa.select(holdings.c.person)
        .join_from(holdings, grants, grants.c.holder == holdings.c.holder)
        .where(sa.or_(lately(grants.c.ended_at), lately(grants.c.until_at))),
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
        "jti": secrets.token_urlsafe(16),
        "sub": rules.pairwise(keys.pair, kept.sector, seed),
        "sid": row.sign_in,
        "events": {EVENT: {}},
    }
    token = keys.sign("logout+jwt", told, kept.algorithm)
    return kept.backchannel_uri, urlencode({"logout_token": token}).encode("ascii")


def _tell(told: tuple[str, bytes], post: Post) -> bool:
    try:
        return 200 <= post(*told).status < 300
    except Refused as refused:
        log.info("a site was not told that somebody left: %s", refused)
        return False


def _note(tx: Connection, row: Row[tuple[object, ...]], was_taken: bool) -> None:
    now = clock.now()
    mine = sa.update(logouts).where(logouts.c.sign_in == row.sign_in)
    if was_taken or now - row.owed_at >= GIVEN_UP:
        tx.execute(mine.values(done_at=now, tries=row.tries + 1))
        return
    wait = WAITS[min(row.tries, len(WAITS) - 1)]
    tx.execute(mine.values(next_at=now + dt.timedelta(seconds=wait), tries=row.tries + 1))
