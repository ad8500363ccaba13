"""Our own stylesheet, script and pictures: read once, served under names with their hash, so they keep for ever."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    """One file. name: ``folkmoot.1a2b3c4d5e.css``."""

    name: str
    media: str
    body: bytes
    zipped: bytes


class Assets:
    """Every file of the folder, by its own name and by the name it is served under."""

    def __init__(self, folder: Path = FOLDER) -> None:
        assets = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in MEDIA}
        self._served = {asset.name: asset for asset in assets.values()}
        self._names = {own: asset.name for own, asset in assets.items()}

    def address(self, own_name: str) -> str:
        """Returns the path of a file for a page. Raises KeyError for one that is not there."""
        return f"/static/{self._names[own_name]}"

    def find(self, served_name: str) -> Asset | None:
        """Returns the file served under a name, or None."""
        return self._served.get(served_name)


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:10]
    return Asset(
        f"{path.stem}.{digest}{path.suffix}", MEDIA[path.suffix], body, gzip.compress(body, compresslevel=9, mtime=0)
    )
