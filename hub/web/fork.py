"""How to copy this hub, and what the copy holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub import clock
from hub.charter import queries as charter
from hub.charter.changes import fingerprint_of
from hub.charter.rules import Signed
from hub.charter.text import is_expired
from hub.constitution import queries
from hub.ledger import files
from hub.tlog.checkpoint import Checkpoint
from hub.web.context import Answer, Asked
from hub.web.pages import page


@dataclass(frozen=True)
class Told:
    """A charter for people. fingerprint: of its text; needed: how many witnesses make the quorum."""

    version: int
    fingerprint: str
    expires: dt.date
    is_expired: bool
    threshold: str
    of: str
    trustees: tuple[str, ...]
    witnesses: tuple[str, ...]
    needed: int


def show(asked: Asked) -> Answer:
    """Shows the three commands, what is in a copy and what never is, and how fresh the record is."""
    path = asked.hub.settings.log / "checkpoint"
    found = files.read(path)
    lines = found.decode().split("\n") if found else ["", "0", ""]
    fresh = dt.datetime.fromtimestamp(path.stat().st_mtime, clock.UTC) if found else None
    return page(
        asked, "fork/show.html", known=queries.hub(asked.tx), size=int(lines[1]), root=lines[2], fresh=fresh,
        is_bound=charter.in_force(asked.tx) is not None,
        chain=[told(signed) for signed in charter.chain_of(asked.tx)], left=_left(asked),
        earlier=[told(chain[0]) for chain in charter.earlier_chains(asked.tx)], seal=charter.seal_of(asked.tx),
    )  # fmt: skip


def _left(asked: Asked) -> Checkpoint | None:
    """Returns the history that these charters continue without its trustees, where they do."""
    return next((signed.charter.continues for signed in charter.chain_of(asked.tx)), None)


def told(signed: Signed) -> Told:
    """Returns a charter as the page shows it."""
    charter_, today = signed.charter, clock.today()
    return Told(
        charter_.version, fingerprint_of(signed.text), charter_.expires, is_expired(charter_, today),
        f"{charter_.threshold}", f"{len(charter_.trustees)}",
        tuple(key.name for key in charter_.trustees),
        tuple(one.key.name for one in charter_.policy.witnesses), charter_.policy.fewest(),
    )  # fmt: skip
