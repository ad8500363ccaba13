"""For whoever watches the machine: alive, and ready to serve."""

from __future__ import annotations

import sqlalchemy as sa

from hub.web.context import Answer, Asked

TEXT = "text/plain; charset=utf-8"


def alive(asked: Asked) -> Answer:
    """GET /healthz: this process answers."""
    return Answer(body=b"ok\n", media=TEXT)


def ready(asked: Asked) -> Answer:
    """GET /readyz: and its store does too; otherwise 503."""
    asked.tx.execute(sa.select(1))
    return Answer(body=b"ok\n", media=TEXT)
