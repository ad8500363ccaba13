"""The account: its name, where it is signed in, and signing out."""

from __future__ import annotations

from hub.errors import NotFound
from hub.people import actions as people
from hub.people import queries
from hub.web import cookies
from hub.web.context import Answer, Asked
from hub.web.pages import page, see_other
from hub.web.texts import _


def show(asked: Asked) -> Answer:
    """GET /account: nickname, and every browser that is signed in."""
    sessions = queries.sessions_of(asked.tx, _person(asked), asked.hub.lives)
    return page(asked, "account/show.html", sessions=sessions)


def end_session(asked: Asked) -> Answer:
    """POST /account/sessions/{session}/end: one of one's own; another person's is absent."""
    person, session = _person(asked), asked.params["session"]
    if session not in [mine.id for mine in queries.sessions_of(asked.tx, person, asked.hub.lives)]:
        raise NotFound
    if session == asked.actor.session:
        return sign_out(asked)
    people.end_session(asked.tx, person=person, session=session)
    return see_other("/account", _("That browser is signed out."))


def end_others(asked: Asked) -> Answer:
    """POST /account/sessions/end: every browser but this one."""
    person = _person(asked)
    for session in queries.sessions_of(asked.tx, person, asked.hub.lives):
        if session.id != asked.actor.session:
            people.end_session(asked.tx, person=person, session=session.id)
    return see_other("/account", _("Every other browser is signed out."))


def show_sign_out(asked: Asked) -> Answer:
    """GET /sign-out: a look changes nothing; the button does."""
    return page(asked, "account/sign_out.html")


def sign_out(asked: Asked) -> Answer:
    """POST /sign-out."""
    if asked.actor.person and asked.actor.session:
        people.end_session(asked.tx, person=asked.actor.person, session=asked.actor.session)
    asked.jar.drop(cookies.SESSION)
    return see_other("/", _("You are signed out."))


def _person(asked: Asked) -> str:
    assert asked.actor.person is not None
    return asked.actor.person
