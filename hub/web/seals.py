"""How far the record is sealed, for people: recorded, sealed by a published checkpoint, or witnessed as well."""

from __future__ import annotations

from collections.abc import Iterable
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

    def told(self, shown: Iterable[int]) -> str:
        """Says of the acts of a page how far the record has them. shown: the entries that it links, at least one."""
        indices = sorted(shown)
        first, last = self.state(indices[0]), self.state(indices[-1])
        if first == last:
            return _("What this page shows of the record: %s.") % last
        return _("What this page shows of the record: up to entry %(index)d %(first)s; after that %(last)s.") % {
            "index": self.size - 1, "first": first, "last": last,
        }  # fmt: skip


def version(asked: Asked) -> tuple[int, ...]:
    """Returns what changes whenever a page would say something else of how far the record is sealed."""
    seal = charter.seal_of(asked.tx)
    return (-1, 0) if seal is None else (seal.size, int(seal.at.timestamp()))


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
