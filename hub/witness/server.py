"""A witness's two addresses: POST add-checkpoint, and GET of what was cosigned last.

A process of its own with an edge of its own, as small as it can be: a body under its limit, one thread's work, an
answer in plain text. Source: c2sp.org/tlog-witness v1.0.0.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import Unsafe
from hub.tlog.note import Signature, format_line
from hub.witness.rules import Refused, parse_submission
from hub.witness.store import Store

LARGEST = 1 << 16  # bytes of a submission: 63 hashes, and a checkpoint with a hundred signatures, are fewer
PATIENCE = 10  # seconds for it to arrive
PLAIN = "text/plain; charset=utf-8"
log = logging.getLogger("folkmoot.witness")


def make_app(store: Store) -> Starlette:
    """Builds the witness's application."""

    async def add(request: Request) -> Response:
        try:
            raw = await _body(request)
            line = await run_in_threadpool(_cosign, store, raw)
        except Refused as refused:
            return Response(refused.body, refused.status, media_type=refused.media)
        except Unsafe as problem:
            log.error("stopped for safety: %s", problem)
            return Response("This witness has stopped; its operator is needed.\n", 503, media_type=PLAIN)
        return Response(format_line(line), media_type=PLAIN)

    async def latest(request: Request) -> Response:
        raw = await run_in_threadpool(store.served, request.path_params["digest"])
        if raw is None:
            return Response("Nothing was cosigned of this log.\n", 404, media_type=PLAIN)
        return Response(raw, media_type=PLAIN)

    return Starlette(
        routes=[
            Route("/add-checkpoint", add, methods=["POST"]),
            Route("/{digest}/checkpoint", latest, methods=["GET"]),
        ]
    )


def _cosign(store: Store, raw: bytes) -> Signature:
    return store.cosign(parse_submission(raw))


async def _body(request: Request) -> bytes:
    raw = b""
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                raw += part
                if len(raw) > LARGEST:
                    raise Refused(413, f"At most {LARGEST} bytes.\n")
    except (TimeoutError, ClientDisconnect):
        raise Refused(408, "The checkpoint took too long to arrive.\n") from None
    return raw
