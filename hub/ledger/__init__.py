"""The public record: what an entry is, how it is appended, folded, sequenced into tiles and verified.

Words: entry, opening, warrant, append, apply, replay, checkpoint. Rooms above register their records (``@record``) and
their folds (``@applies``); this room knows none of them. It signs nothing it has not re-read, and it never removes.
"""

from hub.ledger.entries import Entry, Said, applies, record, unwarranted
from hub.ledger.writer import append, effective_size, size

__all__ = ["Entry", "Said", "append", "applies", "effective_size", "record", "size", "unwarranted"]
