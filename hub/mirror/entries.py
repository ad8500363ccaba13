"""What the record says of the software a hub runs."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import Release, Sha256


@record("software.deployed")
@dataclass(frozen=True)
class SoftwareDeployed:
    """From now on this hub runs this release. sha256: of /source.tar.gz; config: of /config.json."""

    release: Release
    sha256: Sha256
    config: Sha256 | None = None
