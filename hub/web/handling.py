"""Carrying out one request in its thread: the form's token, the unit of work, the actor, the handler, what went wrong.

A unit that another request's row made impossible is tried once more from the start: the second look sees that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from hub import ids
from hub.db import Database
from hub.errors import Conflict, Invalid, Refusal, RuleViolation
from hub.ledger.pens import PasskeyPen
from hub.permits import VISITOR
from hub.web import access, cookies, limits, problems, signatures, stepping
from hub.web.access import Level, Needs
from hub.web.context import Answer, Asked, Handler
from hub.web.signatures import Drafting, Signing
from hub.web.texts import _

T = TypeVar("T")
Unit = Literal["read", "write", "own", "none", "ready"]
"""read, write: around the handler. own: the handler opens what it needs. none: no database, and nobody is asked who.
ready: the same, and the bytes are at hand: no thread is needed."""

ON_THE_FORM = (Invalid, Conflict, RuleViolation)


@dataclass(frozen=True)
class Route:
    """One line of the table. again: the page that shows a form once more, with its mistakes; level: AU-02.

    takes_file: whether its form may bring a file (uploads.py); everywhere else a body is as large as a form may be.
    """

    method: str
    path: str
    handler: Handler
    needs: Needs = Needs.ANYONE
    unit: Unit = "read"
    again: Handler | None = None
    is_machine: bool = False
    level: Level = "session"
    takes_file: bool = False


def get(path: str, handler: Handler, needs: Needs = Needs.ANYONE, unit: Unit = "read") -> Route:
    """A page. It changes nothing, however often it is fetched; a look at others it writes down (unit: write)."""
    return Route("GET", path, handler, needs, unit)


def post(
    path: str, handler: Handler, needs: Needs = Needs.ANYONE, *, again: Handler | None = None, unit: Unit = "write"
) -> Route:
    """A form's target. again: the page the form stands on; without it a refusal has a page of its own."""
    return Route("POST", path, handler, needs, unit, again)


def post_file(path: str, handler: Handler, needs: Needs, again: Handler) -> Route:
    """The target of a form with a file: the handler opens its own units of work, once the file is clean."""
    return Route("POST", path, handler, needs, "own", again, takes_file=True)


def machine(method: str, path: str, handler: Handler, unit: Unit = "write") -> Route:
    """What programs call: no form of ours, no session; the handler proves who asks."""
    return Route(method, path, handler, Needs.ANYONE, unit, is_machine=True, level="own")


def answer(route: Route, asked: Asked) -> Answer:
    """Returns the answer to a request, whatever happens."""
    try:
        found = _carry_out(route, asked)
        if route.method == "POST":
            limits.note(asked, route.path, found)
        return _with_notice(asked, found)
    except Exception as cause:
        asked.jar.going.clear()
        return problems.unexpected(asked, cause)


def write_twice(db: Database, work: Callable[[Connection], T]) -> T:
    """Runs a unit of work of a handler that opens its own; once more if another request's row was there first."""
    try:
        with db.write() as tx:
            return work(tx)
    except IntegrityError:
        with db.write() as tx:
            return work(tx)


def _carry_out(route: Route, asked: Asked) -> Answer:
    if route.method == "POST" and not route.is_machine:
        verdict = access.form_verdict(asked)
        if not verdict:
            return problems.not_ours(asked, verdict)
    try:
        if route.method == "POST":
            limits.check(asked, route.path)
        if route.level == "signed" and route.method == "POST":
            return signatures.carry_out(asked, partial(_draft, route, asked), partial(_twice, route, asked))
        if route.level in ("fresh", "strongest") and route.method == "POST":
            answer = stepping.ask_first(asked, needs_one=route.level == "fresh")
            if answer is not None:
                return answer
        return _twice(route, asked)
    except Refusal as refusal:
        asked.jar.going.clear()
        return _refused(route, asked, refusal)
    except (NoConnection, OperationalError) as busy:
        asked.jar.going.clear()
        return problems.busy(asked, busy)


def _twice(route: Route, asked: Asked, signing: Signing | None = None) -> Answer:
    for _first in range(2):
        try:
            if signing is None:
                return _once(route, asked, None)
            with ids.drawn_from(signing.seed):
                return _once(route, asked, replace(signing.pen))
        except IntegrityError:
            continue
    raise Conflict("web.conflict", _("Somebody changed the same thing at the same moment. Look again, and try again."))


def _draft(route: Route, asked: Asked, drafting: Drafting) -> None:
    """Runs the handler in a unit that is not kept, as it would run once the actor's passkey has signed."""
    with asked.hub.db.draft(drafting.pen) as tx, ids.drawn_from(drafting.seed):
        asked.unit = tx
        try:
            asked.actor, _seen = access.find_actor(asked)
            blocked = access.short_way(route.level, route.needs, asked) or access.way_in(route.needs, asked)
            if blocked is None:
                asked.actor = stepping.as_if_fresh(asked.actor)
                drafting.begin(tx)
                route.handler(asked)
                drafting.look(tx)
        finally:
            asked.unit = None
            asked.jar.going.clear()


def _once(route: Route, asked: Asked, pen: PasskeyPen | None) -> Answer:
    asked.jar.going.clear()
    asked.actor = VISITOR
    if route.unit in ("none", "ready"):
        return route.handler(asked)
    if route.is_machine:
        # A program proves itself to the handler; no cookie that happens to come along counts, or is looked up.
        with _unit_of(route, asked):
            return route.handler(asked)
    found: Answer | None = None
    with _opened(asked, writes=route.unit == "write", pen=pen):
        asked.actor, worth_noting = access.find_actor(asked)
        found = access.short_way(route.level, route.needs, asked) or access.way_in(route.needs, asked)
        if found is None and route.unit != "own":
            found = route.handler(asked)
            if pen is not None:
                pen.insist_used()
    if worth_noting:
        access.note_visit(asked)
    return route.handler(asked) if found is None else found


def _unit_of(route: Route, asked: Asked) -> AbstractContextManager[None]:
    return nullcontext() if route.unit == "own" else _opened(asked, writes=route.unit == "write")


def _refused(route: Route, asked: Asked, refusal: Refusal) -> Answer:
    if route.again is None or not isinstance(refusal, ON_THE_FORM) or problems.wants_json(asked):
        return problems.refused(asked, refusal)
    asked.mistakes = problems.field_mistakes(refusal)
    try:
        with _opened(asked):
            shown = route.again(asked)
    except Refusal as other:
        return problems.refused(asked, other)
    shown.status = problems.status_of(refusal)
    return shown


def _with_notice(asked: Asked, given: Answer) -> Answer:
    if given.notice:
        asked.jar.put(cookies.NOTICE, asked.hub.signer.sign("notice", given.notice), 300)
    return given


@contextmanager
def _opened(asked: Asked, *, writes: bool = False, pen: PasskeyPen | None = None) -> Iterator[None]:
    db = asked.hub.db
    with db.write(pen) if writes else db.read() as tx:
        asked.unit = tx
        try:
            yield
        finally:
            asked.unit = None
