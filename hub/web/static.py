"""Serving our own files, for ever under their hashed names; an outdated or made-up name is absent."""

from __future__ import annotations

from hub.errors import NotFound
from hub.web.context import Answer, Asked

FOR_EVER = "public, max-age=31536000, immutable"


def show(asked: Asked) -> Answer:
    """GET /static/{name}."""
    asset = asked.hub.assets.find(asked.params["name"])
    if asset is None:
        raise NotFound
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" not in asked.headers.get("accept-encoding", ""):
        return Answer(body=asset.body, media=asset.media, headers=headers)
    return Answer(body=asset.zipped, media=asset.media, headers={**headers, "Content-Encoding": "gzip"})


def icon(asked: Asked) -> Answer:
    """GET /favicon.ico, which browsers ask for whatever a page says."""
    asset = asked.hub.assets.find(asked.hub.assets.address("mark.svg").rpartition("/")[2])
    if asset is None:
        raise NotFound
    return Answer(body=asset.body, media=asset.media, headers={"Cache-Control": "public, max-age=86400"})
