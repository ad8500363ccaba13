"""GET and POST /claim: on a fork, an office-holder of the hub that it continues takes the office up again."""

from __future__ import annotations

import json

from sqlalchemy.engine import Connection

from hub.constitution import queries as constitution
from hub.ledger.signed import to_text
from hub.mirror import claims
from hub.people import actions as people
from hub.people import passkeys, queries
from hub.permits import claims as claimed
from hub.permits.vouching import PLACE
from hub.web import cookies
from hub.web.access import with_next
from hub.web.context import Answer, Asked
from hub.web.handling import write_twice
from hub.web.pages import page, see_other
from hub.web.parties import party
from hub.web.texts import _

LONGEST = 60_000  # characters of a claim


def show(asked: Asked) -> Answer:
    """GET /claim: what a claim is, what it takes, and the number to sign; elsewhere that there is nothing to claim."""
    known = constitution.hub(asked.tx)
    is_fork = claimed.fork_in_force(asked.tx) is not None
    mine = passkeys.public_keys(asked.tx, str(asked.actor.person)) if asked.actor.person else ()
    return page(
        asked, "claims/show.html", is_fork=is_fork, continues=(known.continues_origin or "").partition("/")[0],
        nonce=claims.give_nonce(asked.tx, asked.hub.signer.digest), url=asked.hub.settings.url,
        passkeys=json.dumps([to_text(raw) for raw in mine]), place=PLACE,
        options="" if mine or not is_fork else json.dumps(passkeys.ask_with_claim(party(asked))),
    )  # fmt: skip


def claim(asked: Asked) -> Answer:
    """POST /claim: gives the account of whoever signed, with their office; the browser is signed in.

    answer: the passkey that the browser made with it, where it did; what vouches for it stands in the claim.
    """
    sent, answer = asked.form.one("claim").strip()[:LONGEST], asked.form.first("answer")

    def work(tx: Connection) -> tuple[bool, str, str]:
        done = claims.claim(
            tx, sent=sent, mark=asked.hub.signer.digest, folder=asked.hub.settings.data, actor=asked.actor
        )
        is_made = bool(answer) and not passkeys.has_any(tx, done.person)
        if is_made:
            passkeys.add(tx, party(asked), person=done.person, answer=answer, name="", by_claim=True)
        claims.vouch(tx, sent=sent, claimed=done)
        return is_made, _session(asked, tx, done.person, is_made), _where(tx, done.person)

    is_made, token, where = write_twice(asked.hub.db, work)
    if token:
        asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
        asked.jar.drop(cookies.VISIT)
    told = _("The office is yours here. Add a passkey now, and a second one on another device: you act with them.")
    if is_made:
        told = _("The office is yours here, and your new passkey signs for it. Add a second one on another device.")
    return see_other(where, told)


def _session(asked: Asked, tx: Connection, person: str, is_made: bool) -> str:
    """Returns the token of the claimant's session from now on, or "" where theirs goes on. is_made: with a passkey."""
    mine, session = asked.actor.person, asked.actor.session
    if person != mine:
        if mine and session:
            people.end_session(tx, person=mine, session=session)
        return people.start_session(tx, person=person, kind="passkey" if is_made else "code")
    if not is_made or not session:
        return ""
    people.end_other_sessions(tx, person=person, session=session)
    return people.step_up(tx, session=session, person=person)


def _where(tx: Connection, person: str) -> str:
    where = "/me" if passkeys.has_any(tx, person) else PLACE
    return where if queries.has_account(tx, person) else with_next("/join/name", where)
