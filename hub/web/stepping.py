"""Asking for a passkey before a dangerous act, and going on with the very form that was sent (AU-02)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

from sqlalchemy.engine import Connection

from hub import clock
from hub.people import actions as people
from hub.people import passkeys
from hub.permits import Actor
from hub.web import access, cookies
from hub.web.context import Answer, Asked
from hub.web.pages import page
from hub.web.parties import party

FRESH = dt.timedelta(minutes=5)
ANSWER = "answer"
OURS = ("token", ANSWER, "step", "act")  # fields of our own pages, never of the form that is carried along


def ask_first(asked: Asked, *, needs_one: bool = True) -> Answer | None:
    """Returns the page that asks for a passkey, or None where one was used in the last five minutes, or just now.

    needs_one: whether an account without a passkey is asked for one, too. Raises Invalid for an answer that is none.
    Whoever is not signed in is left to the route's own rule.
    """
    look_who(asked)
    actor = asked.actor
    if actor.is_visitor or actor.kind == "bootstrap" or is_fresh(actor.passkey_at):
        return None
    if has_answered(asked):
        prove(asked)
        return None
    return ask(asked) if needs_one or _has_any(asked) else None


def look_who(asked: Asked) -> None:
    """Finds out who asks, in a unit of work of its own."""
    with asked.hub.db.read() as tx:
        asked.unit = tx
        try:
            asked.actor, _seen = access.find_actor(asked)
        finally:
            asked.unit = None


def has_answered(asked: Asked) -> bool:
    """Tells whether the form comes back from the page that asks for a passkey."""
    return ANSWER in asked.form and asked.form.first("step") == "up"


def is_fresh(passkey_at: dt.datetime | None) -> bool:
    """Tells whether a passkey was used in the last five minutes."""
    return passkey_at is not None and clock.now() < passkey_at + FRESH


def as_if_fresh(actor: Actor) -> Actor:
    """Returns the actor as they are once their passkey has signed: for drafts, which are never kept."""
    return replace(actor, kind="passkey", passkey_at=clock.now(), proven_at=clock.now())


def prove(asked: Asked) -> None:
    """Takes the passkey's answer: the session is fresh from now on. Raises Invalid for an answer that is none."""
    person, session = asked.actor.person, asked.actor.session
    assert person is not None
    assert session is not None

    def work(tx: Connection) -> str:
        passkeys.prove(tx, party(asked), person=person, answer=asked.form.first(ANSWER))
        return people.step_up(tx, session=session, person=person)

    with asked.hub.db.write() as tx:
        token = work(tx)
    come_fresh(asked, token)


def come_fresh(asked: Asked, token: str) -> None:
    """Lets the rest of this request read the session's new token; the browser gets it with the answer."""
    asked.jar.come_anew(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)


def _has_any(asked: Asked) -> bool:
    person = asked.actor.person
    assert person is not None
    with asked.hub.db.read() as tx:
        return passkeys.has_any(tx, person)


def ask(asked: Asked) -> Answer:
    """Returns the page that asks for a passkey, or says how to get one."""
    person = asked.actor.person
    assert person is not None
    with asked.hub.db.read() as tx:
        has_any = passkeys.has_any(tx, person)
        options = json.dumps(passkeys.ask_to_prove(tx, party(asked), person=person)) if has_any else ""
    kept = [(name, value) for name, value in asked.form.items if name not in OURS]
    asked.mistakes = {}
    return page(asked, "account/step_up.html", status=200, options=options, kept=kept, action=asked.path)
