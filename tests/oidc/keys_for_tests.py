"""One set of provider keys for a whole run: making RSA keys takes longer than most tests."""

from __future__ import annotations

import datetime as dt
import functools
import tempfile
from pathlib import Path

from hub import clock
from hub.oidc import keys

NAMES = ("oidc.json", "federation.json", "pair.key")


@functools.cache
def _made() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        # Long before any test's clock: a key signs from its day on.
        known = clock._source
        clock.set_source(lambda: dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        keys.make(Path(folder))
        clock.set_source(known)
        return {name: (Path(folder) / name).read_bytes() for name in NAMES}


def put_keys(folder: Path) -> None:
    """Puts the run's keys into a folder."""
    for name, raw in _made().items():
        (folder / name).write_bytes(raw)
