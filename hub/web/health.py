"""For whoever watches the machine: alive, and ready to serve."""

from __future__ import annotations

from hub.ledger import timekeeping
from hub.web.context import Answer, Asked

TEXT = "text/plain; charset=utf-8"


def alive(asked: Asked) -> Answer:
    """GET /healthz: this process answers."""
    return Answer(body=b"ok\n", media=TEXT)


def ready(asked: Asked) -> Answer:
    """GET /readyz: and its store does too, and the clock can be believed; otherwise 503 and why."""
    verdict = timekeeping.ask(asked.tx)
    if not verdict:
        return Answer(503, f"{verdict.code}: {verdict.sentence}\n".encode(), TEXT)
    return Answer(body=b"ok\n", media=TEXT)
