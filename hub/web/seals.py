"""How far the record is sealed, for people: recorded, sealed by a published checkpoint, or witnessed as well."""

from __future__ import annotations

from dataclasses import dataclass

from hub.charter import queries as charter
from hub.ledger import files
from hub.web.context import Asked
from hub.web.texts import _


@dataclass(frozen=True)
class Sealed:
    """What the published checkpoint covers. witnesses: how many signed it; awaited: whether a quorum must."""

    size: int
    witnesses: int
    awaited: bool

    def state(self, index: int) -> str:
        """Says in words how far an entry got."""
        if index >= self.size:
            return _("recorded; it waits for the witnesses") if self.awaited else _("recorded, sealed within a minute")
        if self.witnesses:
            return _("witnessed by %d") % self.witnesses
        return _("sealed")


def sealed(asked: Asked) -> Sealed:
    """Returns how far the record of this hub is sealed now."""
    seal, signed = charter.seal_of(asked.tx), charter.in_force(asked.tx)
    awaited = signed is not None and signed.charter.policy.quorum != "none"
    if seal is not None:
        return Sealed(seal.size, len(seal.witnesses), awaited)
    return Sealed(_published(asked), 0, awaited)


def _published(asked: Asked) -> int:
    found = files.read(asked.hub.settings.log / "checkpoint")
    try:
        return int(found.decode().split("\n")[1]) if found else 0
    except (ValueError, IndexError):
        return 0
