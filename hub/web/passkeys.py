"""Passkeys on the account page, and signing in with one. They need script: without it, number, postcode and code do."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hub.acts import keeping
from hub.acts import queries as acts
from hub.constitution import queries as constitution
from hub.constitution.rules import NUMBER
from hub.errors import Forbidden, Verdict, no
from hub.people import actions as people
from hub.people import passkeys, queries
from hub.web import cookies, record_keys
from hub.web.access import carry_sites, with_next
from hub.web.context import Answer, Asked
from hub.web.forms import Reader
from hub.web.handling import write_twice
from hub.web.pages import page, safe_next, see_other
from hub.web.parties import party
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """GET /account/passkeys: one's passkeys, and the form that adds one."""
    person = _person(asked)
    mine = passkeys.passkeys_of(asked.tx, person)
    needed = next((v for key in mine if not (v := keeping.may_take_off(asked.tx, person=person, passkey=key.id))), None)
    there, gone = record_keys.places(asked)
    return page(
        asked, "account/passkeys.html", passkeys=mine, needed=needed, there=there, gone=gone, next=_back(asked),
        is_lost=bool(mine) and record_keys.has_lost_all(asked, there.values()),
        needs_receipt=record_keys.needs_receipt(asked),
    )  # fmt: skip


@dataclass(frozen=True)
class Takes:
    """What an office takes, for the page that accepts it. rule: as the rules say it; verdict: what is missing."""

    rule: str
    verdict: Verdict


def takes(asked: Asked, *, role: str, act: str | None = None) -> Takes:
    """Returns what an office takes of the actor. act: that it comes by, None where one would begin now."""
    tx = asked.tx
    rules, _entry = constitution.in_force(tx)
    if act is not None:
        rules = constitution.of_entry(tx, acts.get(tx, act).constitution)
    rule = next(answer.sentence for answer in rules.answers if answer.path == f"numbers.{NUMBER}")
    return Takes(rule, constitution.may_accept(tx, role=role, rules=rules, person=_person(asked)))


def ask_to_add_another(asked: Asked) -> Answer:
    """POST /account/passkeys/another: the same for who has one already, and used it just now."""
    return _adding(asked)


def ask_to_add(asked: Asked) -> Answer:
    """POST /account/passkeys/new: the second step, with what the authenticator is asked in the page."""
    if passkeys.has_any(asked.tx, _person(asked)):
        raise Forbidden(no("people.has_passkey", _("You have a passkey. Add another on their page.")))
    return _adding(asked)


def _adding(asked: Asked) -> Answer:
    options = passkeys.ask_to_add(
        asked.tx, party(asked), person=_person(asked), nickname=asked.actor.nickname or "member"
    )
    return page(asked, "account/add_passkey.html", options=json.dumps(options), next=_back(asked))


def add(asked: Asked) -> Answer:
    """POST /account/passkeys: what the authenticator answered."""
    reader = Reader(asked.form)
    name = reader.text("name", most=passkeys.LONGEST_NAME)
    reader.done()
    person, is_first = _person(asked), not passkeys.has_any(asked.tx, _person(asked))
    passkeys.add(asked.tx, party(asked), person=person, answer=asked.form.first("answer"), name=name)
    if is_first and asked.actor.session:
        # From now on a code alone opens no full session; those that one opened elsewhere end here.
        token = people.step_up(asked.tx, session=asked.actor.session, person=person)
        people.end_other_sessions(asked.tx, person=person, session=asked.actor.session)
        asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
    return see_other(_back(asked) or "/account/passkeys", _("Your passkey is ready. Sign in with it from now on."))


def remove(asked: Asked) -> Answer:
    """POST /account/passkeys/{passkey}/remove: off the account, and out of the record where that can be signed."""
    record_keys.withdraw_with(asked, asked.params["passkey"])
    keeping.take_off(asked.tx, party(asked), person=_person(asked), passkey=asked.params["passkey"])
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
        token = people.start_session(tx, person=person, kind="passkey")
        carry_sites(tx, asked.actor, person, token)
        return token, queries.has_account(tx, person)

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
    return safe_next(asked.form.first("next") or asked.query.first("next"))


def _person(asked: Asked) -> str:
    assert asked.actor.person is not None
    return asked.actor.person
