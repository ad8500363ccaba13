"""How to copy this hub, and what the copy holds."""

from __future__ import annotations

import datetime as dt

from hub import clock
from hub.constitution import queries
from hub.ledger import files
from hub.web.context import Answer, Asked
from hub.web.pages import page


def show(asked: Asked) -> Answer:
    """Shows the three commands, what is in a copy and what never is, and how fresh the record is."""
    path = asked.hub.settings.log / "checkpoint"
    found = files.read(path)
    lines = found.decode().split("\n") if found else ["", "0", ""]
    fresh = dt.datetime.fromtimestamp(path.stat().st_mtime, clock.UTC) if found else None
    return page(asked, "fork/show.html", known=queries.hub(asked.tx), size=int(lines[1]), root=lines[2], fresh=fresh)
