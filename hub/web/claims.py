"""GET and POST /claim: on a fork, an office-holder of the hub that it continues takes the office up again."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from hub.constitution import queries as constitution
from hub.mirror import claims
from hub.mirror.claims import Claimed
from hub.people import actions as people
from hub.people import passkeys, queries
from hub.permits import claims as claimed
from hub.web import cookies
from hub.web.access import with_next
from hub.web.context import Answer, Asked
from hub.web.handling import write_twice
from hub.web.pages import page, see_other
from hub.web.texts import _

LONGEST = 60_000  # characters of a claim


def show(asked: Asked) -> Answer:
    """GET /claim: what a claim is, what it takes, and the number to sign; elsewhere that there is nothing to claim."""
    known = constitution.hub(asked.tx)
    is_fork = claimed.fork_in_force(asked.tx) is not None
    return page(
        asked, "claims/show.html", is_fork=is_fork, continues=(known.continues_origin or "").partition("/")[0],
        nonce=claims.give_nonce(asked.tx, asked.hub.signer.digest), url=asked.hub.settings.url,
    )  # fmt: skip


def claim(asked: Asked) -> Answer:
    """POST /claim: gives the account of whoever signed, with their office; the browser is signed in."""
    sent = asked.form.one("claim").strip()[:LONGEST]

    def work(tx: Connection) -> tuple[Claimed, str, str]:
        done = claims.claim(
            tx, sent=sent, mark=asked.hub.signer.digest, folder=asked.hub.settings.data, actor=asked.actor
        )
        where = "/me" if passkeys.has_any(tx, done.person) else "/account/passkeys"
        if done.person not in queries.nicknames(tx, [done.person]):
            where = with_next("/join/name", where)
        if done.person == asked.actor.person:
            return done, "", where
        if asked.actor.person and asked.actor.session:
            people.end_session(tx, person=asked.actor.person, session=asked.actor.session)
        return done, people.start_session(tx, person=done.person), where

    _done, token, where = write_twice(asked.hub.db, work)
    if token:
        asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
        asked.jar.drop(cookies.VISIT)
    return see_other(
        where, _("The office is yours here. Add a passkey now, and a second one on another device: you act with them.")
    )
