"""Refusals as answers: the one place that knows statuses. A page for people, problem+json for programs."""

from __future__ import annotations

import json
import logging

from hub import chance
from hub.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, RuleViolation, TooLarge, TooMany, Verdict
from hub.web import pages
from hub.web.context import Answer, Asked
from hub.web.texts import _

log = logging.getLogger("folkmoot.web")

STATUSES: dict[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    TooLarge: 413,
    Invalid: 422,
    RuleViolation: 422,
    Conflict: 409,
    TooMany: 429,
}
TITLES = {
    400: _("We could not read that"),
    403: _("You cannot do that here"),
    404: _("There is nothing at this address"),
    405: _("That does not work here"),
    408: _("That took too long"),
    409: _("Somebody was there first"),
    413: _("That is too much to send at once"),
    415: _("We could not read that"),
    421: _("This is another address"),
    422: _("That cannot be done"),
    429: _("Too many tries"),
    500: _("Something went wrong on our side"),
    503: _("We are busy"),
}
LAST_RESORT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Something went wrong on our side</title>
<h1>Something went wrong on our side</h1><p>Nothing was changed. Go back and try again.</p></html>"""


class Stopped(Exception):
    """The edge refuses before a handler is asked. status: HTTP; sentence: for the person."""

    def __init__(self, status: int, sentence: str, code: str = "web.refused") -> None:
        super().__init__(code)
        self.status, self.sentence, self.code = status, sentence, code


def status_of(refusal: Refusal) -> int:
    """Returns the status of a refusal's family."""
    return next((status for kind, status in STATUSES.items() if isinstance(refusal, kind)), 422)


def field_mistakes(refusal: Refusal) -> dict[str, str]:
    """Returns what to show on the form again: field to sentence; under the empty name what belongs to no field."""
    if isinstance(refusal, Invalid):
        return refusal.fields
    field = refusal.field if isinstance(refusal, Conflict) else ""
    return {field: refusal.sentence}


def refused(asked: Asked, refusal: Refusal) -> Answer:
    """Returns the page of a refusal that has no form to be shown on."""
    status = status_of(refusal)
    if isinstance(refusal, Forbidden) and refusal.code == "permits.code_too_old" and not wants_json(asked):
        return pages.page(asked, "errors/code_too_old.html", status=status, sentence=refusal.sentence)
    answer = problem(asked, status, refusal.code, _sentences(refusal), source=refusal.source)
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def not_ours(asked: Asked, verdict: Verdict) -> Answer:
    """Returns the page for a form that did not come from our page in this browser."""
    return problem(asked, 403, verdict.code, verdict.sentence)


def busy(asked: Asked, cause: BaseException) -> Answer:
    """Returns the page for a store that cannot be reached, or that others keep busy."""
    log.error("the store did not answer: %s", type(cause).__name__)
    answer = problem(asked, 503, "web.busy", _("Nothing was changed. Wait a minute and try again."))
    answer.headers["Retry-After"] = "60"
    return answer


def unexpected(asked: Asked, cause: BaseException) -> Answer:
    """Returns the page for what nobody foresaw, with a number that finds the cause in the diagnostics.

    What was asked is not logged beyond the route's shape: it may be about a person.
    """
    reference = chance.octets(4).hex().upper()
    log.error("%s: %s failed", reference, asked.method, exc_info=cause)
    try:
        return problem(
            asked, 500, "web.unexpected", _("Nothing was changed. Go back and try again."), reference=reference
        )
    except Exception:
        log.exception("%s: and so did its page", reference)
        return Answer(500, LAST_RESORT)


def problem(asked: Asked, status: int, code: str, sentence: str, *, source: str = "", reference: str = "") -> Answer:
    """Returns one problem, in the shape the asker reads. reference: the number of something unexpected."""
    title = TITLES.get(status, TITLES[422])
    if wants_json(asked):
        return _as_json(asked, status, code, title, sentence, reference)
    context = {"title": title, "sentence": sentence, "source": source, "reference": reference}
    return pages.page(asked, "errors/problem.html", status=status, **context)


def wants_json(asked: Asked) -> bool:
    """Tells whether a program asks: under /api, or where Accept names JSON and no HTML."""
    accept = asked.headers.get("accept", "")
    return asked.is_machine or asked.path.startswith("/api/") or ("json" in accept and "html" not in accept)


def _as_json(asked: Asked, status: int, code: str, title: str, sentence: str, reference: str) -> Answer:
    told = {"type": "about:blank", "title": title, "status": status, "detail": sentence, "code": code}
    if reference:
        told["reference"] = reference
    if asked.path.startswith("/oidc/"):
        told["error"] = "invalid_request" if status < 500 else "server_error"  # RFC 6749 section 5.2
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return Answer(status, body, "application/problem+json")


def _sentences(refusal: Refusal) -> str:
    return " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.sentence
