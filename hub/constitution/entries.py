"""How a hub begins, is copied, and by which rules: the record's first entries."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import (
    ActId,
    Count,
    GrantId,
    HolderId,
    Minute,
    Origin,
    Release,
    Root,
    RuleText,
    Sha256,
    VerifierKey,
    Word,
)


@record("hub.founded", openings=("name",))
@dataclass(frozen=True)
class HubFounded:
    """The first entry: the origin the log signs under, its key, and the release that wrote it."""

    origin: Origin
    log_key: VerifierKey
    release: Release


@record("hub.forked", openings=("name",))
@dataclass(frozen=True)
class HubForked:
    """An heir begins: its own origin and key, and the history it continues (origin, size, root of what it copied)."""

    origin: Origin
    log_key: VerifierKey
    release: Release
    continues_origin: Origin
    continues_size: Count
    continues_root: Root


@record("constitution.adopted")
@dataclass(frozen=True)
class ConstitutionAdopted:
    """The rules in force from now on, in full: the first by the founding, each other as the effect of an act."""

    version: Count
    text: RuleText
    sha256: Sha256
    act: ActId | None = None
    step: Count | None = None
    due: Minute | None = None


@record("seat.taken")
@dataclass(frozen=True)
class SeatTaken:
    """A founding seat at the hub is taken by its one-use link: three of the council, one steward."""

    grant: GrantId
    role: Word
    holder: HolderId
    until: Minute
