"""Who is asking, whether the form is ours, and what a page needs before it opens."""

from __future__ import annotations

import datetime as dt
import hmac
from enum import Enum
from typing import Literal
from urllib.parse import quote

from sqlalchemy.engine import Connection

from hub import clock
from hub.errors import Forbidden, Verdict, no
from hub.oidc import ending
from hub.people import actions as people
from hub.people import queries
from hub.permits import VISITOR, Actor
from hub.web import cookies
from hub.web.context import Answer, Asked
from hub.web.pages import see_other
from hub.web.texts import _

TOUCH_EVERY, TOUCH_PASSKEY = dt.timedelta(hours=1), dt.timedelta(minutes=1)


Level = Literal["public", "short", "session", "strongest", "fresh", "signed", "own"]
"""public: nobody has to sign in. short: the ten minutes after a code will do. session: a full sign-in. strongest: as
fresh, where the account has a passkey; else a full sign-in. fresh: a passkey of the last five minutes. signed: a
passkey's signature of the very act, where it is an office-holder's; else fresh. own: programs, which prove themselves
to the handler."""


class Needs(Enum):
    """Who may open a page. What they may do there, the rooms decide."""

    ANYONE = "anyone"
    PERSON = "somebody who typed a code"
    NAMED = "somebody with a nickname"
    MEMBER = "somebody with a nickname whose standing runs"


def find_actor(asked: Asked) -> tuple[Actor, bool]:
    """Returns who is asking, in the request's unit of work, and whether the visit is worth noting."""
    token = asked.jar.get(cookies.SESSION)
    if not token:
        return asked.actor, False
    actor, seen_at = queries.actor_of(asked.tx, token, asked.hub.lives)
    often = TOUCH_EVERY if actor.kind == "code" else TOUCH_PASSKEY
    return actor, seen_at is not None and actor.kind != "bootstrap" and clock.now() - seen_at >= often


def note_visit(asked: Asked) -> None:
    """Counts the session's idle time from now; at most once an hour, in a unit of its own."""
    with asked.hub.db.write() as tx:
        people.touch_session(tx, asked.jar.get(cookies.SESSION))


def short_way(level: Level, needs: Needs, asked: Asked) -> Answer | None:
    """Keeps the short session of AU-03 to its few pages: elsewhere its owner is a visitor, or is sent back to them."""
    if asked.actor.kind != "bootstrap" or level == "short":
        return None
    if needs is Needs.ANYONE:
        asked.actor = VISITOR
        return None
    if asked.method in ("GET", "HEAD"):
        return see_other("/account/recovery")
    raise Forbidden(no("web.short_session", _("Sign in with your passkey first. A code alone is not enough here.")))


def way_in(needs: Needs, asked: Asked) -> Answer | None:
    """Returns where to go first when the actor lacks what a page needs, or None."""
    actor, back = asked.actor, asked.here if asked.method in ("GET", "HEAD") else ""
    if needs is Needs.ANYONE:
        return None
    if actor.is_visitor:
        return see_other(with_next("/join" if needs is Needs.MEMBER else "/sign-in", back))
    if needs is Needs.PERSON:
        return None
    if actor.nickname is None:
        return see_other(with_next("/join/name", back))
    if needs is Needs.MEMBER and actor.standing is None:
        return see_other(with_next("/join", back))
    return None


def carry_sites(tx: Connection, former: Actor, person: str, token: str) -> None:
    """Lets sites go on knowing somebody who signs in once more in the same browser."""
    session = queries.session_of(tx, token)
    if former.person == person and former.session and session:
        ending.carry_over(tx, person=person, former=former.session, session=session)


def with_next(path: str, back: str) -> str:
    """Returns a path that remembers where to go on to afterwards."""
    return f"{path}?next={quote(back, safe='/')}" if back and back != "/" else path


def form_verdict(asked: Asked) -> Verdict:
    """Says whether a form was sent from one of our pages in this very browser."""
    said = asked.headers.get("sec-fetch-site")
    origin = asked.headers.get("origin")
    if said is not None and said not in ("same-origin", "none"):
        return no("web.other_site", _("This form was sent from another site. Open the page here and send it again."))
    if origin is not None and origin != asked.hub.settings.url:
        return no("web.other_site", _("This form was sent from another site. Open the page here and send it again."))
    tied = [asked.hub.signer.read("form", token) or "" for token in asked.form.all("token")]
    if len(tied) != 1 or not hmac.compare_digest(tied[0], asked.token_tie()):
        return no(
            "web.form_too_old",
            _("This form is more than a day old, or you signed in or out since. Open the page again, then send it."),
        )
    return Verdict(True)
