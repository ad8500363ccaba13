"""Asking for a passkey before a dangerous act, and going on with the very form that was sent (AU-02)."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy.engine import Connection

from hub import clock
from hub.people import actions as people
from hub.people import passkeys
from hub.web import access, cookies
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.parties import party

FRESH = dt.timedelta(minutes=5)
ANSWER = "answer"


def ask_first(asked: Asked) -> Answer | None:
    """Returns the page that asks for a passkey, or None where one was used in the last five minutes, or just now.

    Raises Invalid for an answer that is none. Whoever is not signed in is left to the route's own rule.
    """
    with asked.hub.db.read() as tx:
        asked.unit = tx
        try:
            asked.actor, _seen = access.find_actor(asked)
        finally:
            asked.unit = None
    actor = asked.actor
    if actor.is_visitor or actor.kind == "bootstrap" or is_fresh(actor.passkey_at):
        return None
    if ANSWER in asked.form and asked.form.first("step") == "up":
        _prove(asked)
        return None
    return _ask(asked)


def is_fresh(passkey_at: dt.datetime | None) -> bool:
    """Tells whether a passkey was used in the last five minutes."""
    return passkey_at is not None and clock.now() < passkey_at + FRESH


def _prove(asked: Asked) -> None:
    person, session = asked.actor.person, asked.actor.session
    assert person is not None
    assert session is not None

    def work(tx: Connection) -> str:
        passkeys.prove(tx, party(asked), person=person, answer=asked.form.first(ANSWER))
        return people.step_up(tx, session=session, person=person)

    with asked.hub.db.write() as tx:
        token = work(tx)
    # What the rest of this request reads is the new token; the browser gets it with the answer.
    asked.jar.come_anew(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)


def _ask(asked: Asked) -> Answer:
    person = asked.actor.person
    assert person is not None
    with asked.hub.db.read() as tx:
        has_any = passkeys.has_any(tx, person)
        options = json.dumps(passkeys.ask_to_prove(tx, party(asked), person=person)) if has_any else ""
    kept = [(name, value) for name, value in asked.form.items if name not in ("token", ANSWER, "step")]
    asked.mistakes = {}
    return page(asked, "account/step_up.html", status=200, options=options, kept=kept, action=asked.path)
