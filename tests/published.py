"""The state.json that an honest hub publishes beside its log, for logs that tests write by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from hub.db import scratch
from hub.ledger import catalogue
from hub.ledger.state import format_state, state_of
from hub.ledger.verify import fold
from hub.tlog.checkpoint import Checkpoint


def state_for(head: Checkpoint, lines: Iterable[tuple[bytes, Iterable[str]]]) -> bytes:
    """What the entries up to a head give, with the disclosures beside them."""
    catalogue.load()
    with scratch() as tx:
        fold(tx, lines)
        return format_state(head, state_of(tx))
