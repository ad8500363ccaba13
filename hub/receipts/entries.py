"""What the record says of receipts: a number in tens for each day, and the root over their digests."""

from __future__ import annotations

from dataclasses import dataclass

from hub.ledger import record
from hub.ledger.kinds import Count, Day, FileName, Root, Thumbprints


@record("receipts.counted")
@dataclass(frozen=True)
class ReceiptsCounted:
    """How many membership receipts were issued on a day. It rests on the hub's word, within ten.

    issued: rounded down to ten. file: the day's digests in hexadecimal, a line each, sorted: issued + 10 of them, of
    which the last up to ten mean nothing, so that the file tells no more than the number. root: RFC 6962's over them.
    keys: RFC 7638 thumbprints of the keys that could sign that day.
    """

    day: Day
    issued: Count
    root: Root
    file: FileName
    keys: Thumbprints
