"""The handshake's pages: country, number and postcode; the code; the letter; a name; and what was kept.

What was typed is handed over and forgotten: the answer is the same for everybody, in bytes and in work (HS-01 to
HS-03). Only the code, in the browser that asked, makes a difference. Signing in again is the same way.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from hub import chance, outbox
from hub.branches import queries as branches
from hub.envelope import LONGEST, Proof, normal
from hub.groups import membership, resting
from hub.people import actions as people
from hub.people import passkeys, queries, recovering, vouching
from hub.people.nicknames import suggestion
from hub.permits import claims
from hub.roster.actions import admit
from hub.web import cookies
from hub.web.access import carry_sites, with_next
from hub.web.context import Answer, Asked
from hub.web.countries import BY_NAME, COUNTRIES
from hub.web.forms import Reader
from hub.web.handling import write_twice
from hub.web.pages import page, safe_next, see_other
from hub.web.texts import _


def show_join(asked: Asked) -> Answer:
    """GET /join: what you need, why we ask, three fields."""
    return _start(asked, "/join")


def show_sign_in(asked: Asked) -> Answer:
    """GET /sign-in: the same handshake, for whoever was here before; it says so."""
    return _start(asked, "/sign-in")


def _start(asked: Asked, action: str) -> Answer:
    is_fork = claims.fork_in_force(asked.tx) is not None
    return page(
        asked, "join/start.html", action=action, coming_back=action == "/sign-in", claims=is_fork, **_usual(asked)
    )


def hand_over(asked: Asked) -> Answer:
    """POST /join, /sign-in: checks the shape, hands over, and answers everybody alike."""
    country, number, postcode = triple(Reader(asked.form))
    nonce = chance.token(32)
    asked.hub.line.hand_over(country=country, number=number, postcode=postcode, nonce=nonce, client=asked.client)
    # Kept twice as long as a code works: a late code then meets the page that says what to do.
    asked.jar.put(cookies.ASKED, nonce, asked.hub.settings.handshake_minutes * 120)
    return see_other(with_next("/join/code", _back(asked)))


def show_code(asked: Asked) -> Answer:
    """GET /join/code: the box for the code, and what to do when none comes."""
    return page(asked, "join/code.html", wrong=False, **_about_codes(asked))


def redeem_code(asked: Asked) -> Answer:
    """POST /join/code: a right code signs in. Every other case gets one and the same page."""
    reader = Reader(asked.form)
    code = reader.text("code", missing=_("Enter the code from the letter we sent"), most=64)
    reader.done()
    nonce = asked.jar.get(cookies.ASKED)
    proof = asked.hub.line.redeem(nonce=nonce, code=code) if nonce else None
    if proof is None:
        return page(asked, "join/code.html", status=422, wrong=True, **_about_codes(asked))
    return _welcome(asked, proof)


def redeem_vouched(asked: Asked) -> Answer:
    """POST /join/vouched: two organisers gave their word for this browser's request number."""
    nonce = asked.jar.get(cookies.ASKED)
    with asked.hub.db.read() as tx:
        is_vouched = bool(nonce) and vouching.is_vouched(tx, vouching.number_of(nonce))
    proof = asked.hub.line.redeem_vouched(nonce=nonce) if is_vouched else None
    if proof is None:
        return page(asked, "join/code.html", status=422, wrong=True, **_about_codes(asked))
    return _welcome(asked, proof)


def show_letter(asked: Asked) -> Answer:
    """GET /join/letter: for members whose contact the roster does not hold."""
    return page(asked, "join/letter.html", wrong=False, **_usual(asked))


def redeem_letter(asked: Asked) -> Answer:
    """POST /join/letter: the code of a posted letter, with the same number and postcode."""
    reader = Reader(asked.form)
    code = reader.text("code", missing=_("Enter the code from the letter"), most=64)
    country, number, postcode = triple(reader)
    proof = asked.hub.line.redeem_letter(
        country=country, number=number, postcode=postcode, client=asked.client, code=code
    )
    if proof is None:
        return page(asked, "join/letter.html", status=422, wrong=True, **_usual(asked))
    return _welcome(asked, proof)


def show_name(asked: Asked) -> Answer:
    """GET /join/name, /account/name: the nickname, and how one's groups see one. Nothing is chosen beforehand."""
    actor = asked.actor
    return page(
        asked,
        "join/name.html",
        action=asked.path,
        nickname=actor.nickname or suggestion(),
        shown=actor.shown or "",
        is_new=actor.nickname is None,
        next=_back(asked),
    )


def take_name(asked: Asked) -> Answer:
    """POST /join/name, /account/name."""
    assert asked.actor.person is not None
    nickname, shown = asked.form.one("nickname"), asked.form.one("shown")
    people.take_nickname(asked.tx, person=asked.actor.person, nickname=nickname, shown=shown)
    if asked.actor.nickname is None and asked.actor.is_claimant:
        return see_other(
            _back(asked) or "/account/passkeys",
            _("Welcome. Now add a passkey, and a second one on another device: you act with them."),
        )
    if asked.actor.nickname is None:
        outbox.put(asked.tx, person=asked.actor.person, template="welcome")
        return see_other(with_next("/join/done", _back(asked)))
    return see_other("/account", _("Your nickname is saved."))


def show_done(asked: Asked) -> Answer:
    """GET /join/done: welcome, and exactly what was kept."""
    return page(asked, "join/done.html", next=_back(asked), kept=kept(asked), branch=_own_branch(asked))


def kept(asked: Asked) -> dict[str, object]:
    """Returns everything that is held about the actor, for their own eyes."""
    assert asked.actor.person is not None
    spell = queries.spell_of(asked.tx, asked.actor.person)
    area = branches.find_area(asked.tx, spell.area) if spell and spell.area else None
    return {"spell": spell, "area": area}


def _own_branch(asked: Asked) -> branches.Branch | None:
    standing = asked.actor.standing
    return branches.of_area(asked.tx, standing.area) if standing and standing.area else None


def triple(reader: Reader) -> tuple[str, str, str]:
    """Reads country, number and postcode. Raises Invalid, from what was typed alone."""
    country = reader.choice("country", COUNTRIES, missing=_("Choose a country"))
    number = reader.text("number", missing=_("Enter your membership number"), most=LONGEST["number"])
    postcode = reader.text("postcode", missing=_("Enter the postcode we have for you"), most=LONGEST["postcode"])
    if number and not normal(number):
        reader.mistake("number", _("Membership number must have letters or numbers in it"))
    if postcode and not normal(postcode):
        reader.mistake("postcode", _("Postcode must have letters or numbers in it"))
    reader.done()
    return country, number, postcode


def _welcome(asked: Asked, proof: Proof) -> Answer:
    """Makes or finds the account in one unit of work, with a session of its own, and ends the one this browser had."""

    claimant = asked.actor.person if asked.actor.is_claimant and asked.form.first("mine") else None

    def begin(tx: Connection) -> tuple[str, str]:
        person = admit(tx, proof, claimant=claimant)
        membership.close_requests_elsewhere(tx, person=person)
        resting.wake_branches(tx)
        if person == claimant:
            return "", _back(asked) or "/me"  # they go on as whom they signed in, now as a member too
        is_short = passkeys.has_any(tx, person) or recovering.is_locked(tx, person)
        if asked.actor.person and asked.actor.session:
            people.end_session(tx, person=asked.actor.person, session=asked.actor.session)
        token = people.start_session(tx, person=person, kind="bootstrap" if is_short else "code")
        if is_short:
            return token, "/account/recovery"
        carry_sites(tx, asked.actor, person, token)
        is_named = queries.has_account(tx, person)
        return token, (_back(asked) or "/me") if is_named else with_next("/join/name", _back(asked))

    token, where = write_twice(asked.hub.db, begin)
    asked.jar.drop(cookies.ASKED)
    if token:
        asked.jar.put(cookies.SESSION, token, asked.hub.settings.session_days * 86_400)
        asked.jar.drop(cookies.VISIT)
    return see_other(where, "" if where.startswith("/join/name") else _("You are signed in."))


def _back(asked: Asked) -> str:
    return safe_next(asked.form.first("next") or asked.query.first("next"))


def _usual(asked: Asked) -> dict[str, Any]:
    return {"next": _back(asked), "countries": BY_NAME}


def _about_codes(asked: Asked) -> dict[str, Any]:
    settings = asked.hub.settings
    return {
        "next": _back(asked),
        "minutes": settings.handshake_minutes,
        "asked_here": bool(asked.jar.get(cookies.ASKED)),
        "number": vouching.number_of(asked.jar.get(cookies.ASKED)) if asked.jar.get(cookies.ASKED) else "",
    }
