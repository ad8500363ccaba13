"""Passkeys on the account page, and signing in with one. They need script: without it, number, postcode and code do."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from hub.people import actions as people
from hub.people import passkeys, queries
from hub.people.passkeys import Party
from hub.web import cookies
from hub.web.access import carry_sites, with_next
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.handling import write_twice
from hub.web.pages import page, safe_next, see_other
from hub.web.texts import _


def party(asked: Asked) -> Party:
    """Returns who authenticators are asked by: this hub, at its one address."""
    settings = asked.hub.settings
    signer = asked.hub.signer
    return Party(
        urlsplit(settings.url).hostname or "",
        settings.url,
        settings.name,
        partial(signer.sign, "passkey"),
        partial(signer.read, "passkey"),
    )


def show(asked: Asked) -> Answer:
    """GET /account/passkeys: one's passkeys, and the form that adds one."""
    person = _person(asked)
    mine = passkeys.passkeys_of(asked.tx, person)
    return page(asked, "account/passkeys.html", passkeys=mine)


def ask_to_add(asked: Asked) -> Answer:
    """POST /account/passkeys/new: the second step, with what the authenticator is asked in the page."""
    options = passkeys.ask_to_add(
        asked.tx, party(asked), person=_person(asked), nickname=asked.actor.nickname or "member"
    )
    return page(asked, "account/add_passkey.html", options=json.dumps(options))


def add(asked: Asked) -> Answer:
    """POST /account/passkeys: what the authenticator answered."""
    reader = Reader(asked.form)
    name = reader.text("name", most=passkeys.LONGEST_NAME)
    reader.done()
    passkeys.add(asked.tx, party(asked), person=_person(asked), answer=asked.form.first("answer"), name=name)
    return see_other("/account/passkeys", _("Your passkey is ready. You can sign in with it from now on."))


def remove(asked: Asked) -> Answer:
    """POST /account/passkeys/{passkey}/remove."""
    passkeys.remove(asked.tx, person=_person(asked), passkey=asked.params["passkey"])
    return see_other("/account/passkeys", _("That passkey no longer signs you in."))


def ask_to_sign_in(asked: Asked) -> Answer:
    """POST /sign-in/passkey: the page on which the browser asks its owner."""
    options = passkeys.ask_to_sign_in(party(asked))
    return page(asked, "account/use_passkey.html", options=json.dumps(options), next=_back(asked))


def sign_in(asked: Asked) -> Answer:
    """POST /sign-in/passkey/answer: a session of its own, as after a code."""

    def begin(tx: Connection) -> tuple[str, bool]:
        person = passkeys.sign_in(tx, party(asked), answer=asked.form.first("answer"))
        if asked.actor.person and asked.actor.session:
            people.end_session(tx, person=asked.actor.person, session=asked.actor.session)
        token = people.start_session(tx, person=person)
        carry_sites(tx, asked.actor, person, token)
        return token, person in queries.nicknames(tx, [person])

    token, is_named = write_twice(asked.hub.db, begin)
    asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
    asked.jar.drop(cookies.VISIT)
    if is_named:
        return see_other(_back(asked) or "/me", _("You are signed in."))
    return see_other(with_next("/join/name", _back(asked)))


def show_again(asked: Asked) -> Answer:
    """What a refused sign-in leads to: the sign-in page's first step, with the reason on top."""
    return page(asked, "account/use_passkey.html", options="", next=_back(asked))


def _back(asked: Asked) -> str:
    return safe_next(asked.form.first("next"))


def _person(asked: Asked) -> str:
    assert asked.actor.person is not None
    return asked.actor.person
