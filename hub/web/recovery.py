"""Locking an account from a letter, coming back without a passkey, and vouching."""

from __future__ import annotations

import json

from hub import leaving
from hub.errors import Invalid, NotFound
from hub.people import passkeys, queries, recovering, vouching
from hub.web import cookies, handshake
from hub.web.context import Answer, Asked
from hub.web.countries import BY_NAME
from hub.web.forms import Reader
from hub.web.handling import write_twice
from hub.web.pages import page, see_other
from hub.web.parties import party
from hub.web.texts import _


def show_lock(asked: Asked) -> Answer:
    """GET /account/lock/{token}: a look changes nothing, a mail scanner's included; the button does."""
    _named(asked)
    return page(asked, "account/lock.html", token=asked.params["token"])


def lock(asked: Asked) -> Answer:
    """POST /account/lock/{token}: one press, no sign-in."""
    recovering.lock(asked.tx, person=_named(asked))
    asked.jar.drop(cookies.SESSION)
    return see_other("/", _("The account is locked. Every browser is signed out."))


def stop_by_letter(asked: Asked) -> Answer:
    """POST /account/lock/{token}/stop: stops a recovery, and nothing else."""
    recovering.stop(asked.tx, person=_named(asked))
    return see_other("/", _("No recovery runs now."))


def show(asked: Asked) -> Answer:
    """GET /account/recovery: what the short session of a code shows (AU-03)."""
    person = _person(asked)
    running = recovering.find(asked.tx, person)
    has_any = running is not None and passkeys.has_any(asked.tx, person)
    options = json.dumps(passkeys.ask_to_prove(asked.tx, party(asked), person=person)) if has_any else ""
    return page(
        asked, "account/recovery.html", running=running, locked=recovering.is_locked(asked.tx, person),
        short=asked.actor.kind == "bootstrap", options=options, countries=BY_NAME, next="",
        closes=leaving.closes_at(asked.tx, person),
    )  # fmt: skip


def begin(asked: Asked) -> Answer:
    """POST /account/recovery."""
    recovering.begin(asked.tx, person=_person(asked), sign_lock=party(asked).sign_lock)
    return see_other("/account/recovery")


def prove_by_letter(asked: Asked) -> Answer:
    """POST /account/recovery/letter: the code of a posted letter, for the same person."""
    reader = Reader(asked.form)
    code = reader.text("code", missing=_("Enter the code from the letter"), most=64)
    country, number, postcode = handshake.triple(reader)
    proof = asked.hub.line.redeem_letter(
        country=country, number=number, postcode=postcode, client=asked.client, code=code
    )

    def note(tx: object) -> None:
        if proof is None or queries.person_of_entry(tx, proof.entry_ref) != asked.actor.person:  # type: ignore[arg-type]
            raise Invalid({"code": _("That code does not work here.")})
        recovering.note_proof(tx, person=_person(asked), proof="letter_at")  # type: ignore[arg-type]

    write_twice(asked.hub.db, note)
    return see_other("/account/recovery", _("The letter counts as one proof."))


def prove_by_passkey(asked: Asked) -> Answer:
    """POST /account/recovery/passkey: a passkey that is still there, of a locked account."""
    person = _person(asked)
    passkeys.prove(asked.tx, party(asked), person=person, answer=asked.form.first("answer"))
    recovering.note_proof(asked.tx, person=person, proof="passkey_at")
    return see_other("/account/recovery", _("The passkey counts as one proof."))


def stop(asked: Asked) -> Answer:
    """POST /account/recovery/stop: by any session."""
    recovering.stop(asked.tx, person=_person(asked))
    return see_other("/account/recovery", _("Stopped. Nobody gets in by it."))


def finish(asked: Asked) -> Answer:
    """POST /account/recovery/finish: in a browser that proved number, postcode and code just now."""
    assert asked.actor.session is not None
    token = recovering.finish(
        asked.tx, person=_person(asked), session=asked.actor.session, sign_lock=party(asked).sign_lock
    )
    asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
    return see_other("/account/passkeys", _("You are in. Add a passkey now."))


def show_vouch(asked: Asked) -> Answer:
    """GET /vouch."""
    return page(asked, "account/vouch.html", may=vouching.may_vouch(asked.actor))


def vouch(asked: Asked) -> Answer:
    """POST /vouch: one organiser's word, by a fresh passkey."""
    vouching.vouch(asked.tx, number=asked.form.one("number"), actor=asked.actor)
    return see_other("/vouch", _("Noted. When a second organiser has vouched too, they can go on."))


def _named(asked: Asked) -> str:
    person = asked.hub.signer.read("lock", asked.params["token"])
    if person is None:
        raise NotFound("people.lock_over", _("This link is over. Sign in to look after your account."))
    return person


def _person(asked: Asked) -> str:
    assert asked.actor.person is not None
    return asked.actor.person
