"""The public record: what an entry is, how it is appended, folded, sequenced into tiles and verified.

Words: entry, opening, warrant, append, apply, replay, withdraw, checkpoint; act, draft, pen (what is signed, and by
what). Rooms above register their records (``@record``), their folds (``@applies``) and their columns of words
(``tells``); this room knows none of them. It signs nothing it has not re-read, and it never removes an entry.
"""

from hub.ledger.entries import Entry, Said, applies, applies_all, record, unwarranted
from hub.ledger.withdrawals import after_withdrawal, tells, withdraw
from hub.ledger.writer import append, append_all, effective, get, hold, size, version, words_of

__all__ = [
    "Entry",
    "Said",
    "after_withdrawal",
    "append",
    "append_all",
    "applies",
    "applies_all",
    "effective",
    "get",
    "hold",
    "record",
    "size",
    "tells",
    "unwarranted",
    "version",
    "withdraw",
    "words_of",
]
