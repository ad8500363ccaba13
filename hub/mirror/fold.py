"""The only writer of deployments."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.ledger import Entry, Said, applies, unwarranted
from hub.mirror.entries import SoftwareDeployed
from hub.mirror.models import deployments

_ADD = sa.insert(deployments)


@applies(SoftwareDeployed, warrant=unwarranted)
def deploy(tx: Connection, entry: Entry, record: SoftwareDeployed, said: Said) -> None:
    """Notes what the hub says it runs; whether it is true, the served source.tar.gz shows."""
    row = {
        "entry": entry.index,
        "release": record.release,
        "sha256": record.sha256,
        "config": record.config,
        "since": entry.at,
    }
    tx.execute(_ADD, row)
