"""Public files of the data folder: the log, openings, large files, and what a mirror copies. Any site may read them.

Every name is matched against its exact shape before it becomes a path, so no name can lead out of its folder.
"""

from __future__ import annotations

import re
from pathlib import Path

from hub.errors import NotFound
from hub.web.context import Answer, Asked
from hub.web.static import FOR_EVER

TILE = re.compile(r"([0-9]{1,2}|entries)(/x[0-9]{3}){0,5}/[0-9]{3}(\.p/[0-9]{1,3})?")
OPENING = re.compile(r"([0-9]{1,12}|withdrawn)\.json")
CHARTER = re.compile(r"latest|[1-9][0-9]{0,5}")
GIT = re.compile(r"HEAD|info/refs|refs/heads/main|objects/info/packs|objects/pack/pack-[0-9a-f]{40}\.(pack|idx)")
DIGEST = re.compile(r"[0-9a-f]{64}")
TEXT, JSON, BYTES = "text/plain; charset=utf-8", "application/json", "application/octet-stream"
NOW = "no-cache"
PUBLIC = {
    "state.json": JSON,
    "config.json": JSON,
    "verified.json": JSON,
    "constitution.toml": TEXT,
    "source.tar.gz": "application/gzip",
}


def checkpoint(asked: Asked) -> Answer:
    """GET /log/checkpoint: the newest signed size and root."""
    return _file(asked.hub.settings.log / "checkpoint", TEXT, NOW)


def tile(asked: Asked) -> Answer:
    """GET /log/tile/...: hashes or entries, in the paths of tlog-tiles; a tile never changes."""
    name = _fits(TILE, asked.params["tile"])
    return _file(asked.hub.settings.log / "tile" / name, BYTES, FOR_EVER)


def opening(asked: Asked) -> Answer:
    """GET /openings/{index}.json: what was typed with an entry, for as long as it is not withdrawn."""
    return _file(asked.hub.settings.openings / _fits(OPENING, asked.params["name"]), JSON, NOW)


def large(asked: Asked) -> Answer:
    """GET /files/{sha256}."""
    return _file(asked.hub.settings.files / _fits(DIGEST, asked.params["sha256"]), BYTES, FOR_EVER)


def charter(asked: Asked) -> Answer:
    """GET /charter/{name}: a charter of the newest chain by its number, or the latest; an heir's own begins anew."""
    name = _fits(CHARTER, asked.params["name"])
    return _file(asked.hub.settings.data / "public/charter" / name, TEXT, NOW)


def git(asked: Asked) -> Answer:
    """GET /git/hub.git/...: the record as a history, for git clone over plain HTTP; packs never change."""
    name = _fits(GIT, asked.params["name"])
    is_pack = name.startswith("objects/pack/")
    place = asked.hub.settings.data / "public/git/hub.git" / name
    return _file(place, BYTES if is_pack else TEXT, FOR_EVER if is_pack else NOW)


def public(asked: Asked) -> Answer:
    """GET /state.json, /config.json, /verified.json, /constitution.toml, /source.tar.gz."""
    name = asked.path.removeprefix("/")
    return _file(asked.hub.settings.data / "public" / name, PUBLIC[name], NOW)


def _fits(shape: re.Pattern[str], name: str) -> str:
    if not shape.fullmatch(name):
        raise NotFound
    return name


def _file(path: Path, media: str, cache: str) -> Answer:
    if not path.is_file():
        raise NotFound
    headers = {
        "Cache-Control": cache,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Answer(file=path, media=media, headers=headers)
