"""Public pages, kept ready for visitors until the record grows, or something that was hidden comes back by its date.

Each web process keeps its own, and asks the store with every request how far the record is (``ledger.version``): no
process shows another one's yesterday.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

MOST, LARGEST = 400, 200_000  # pages, bytes of one
Version = tuple[int, ...]
Page = tuple[bytes, Mapping[str, str]]


class Kept:
    """The pages of one process: bytes and headers. Whichever was asked for least lately goes first."""

    def __init__(self, most: int = MOST) -> None:
        self.most, self.lock = most, threading.Lock()
        self.pages: OrderedDict[str, tuple[Version, Page]] = OrderedDict()

    def find(self, where: str, version: Version) -> Page | None:
        """Returns a page as it was made at this very version of the record, or None."""
        with self.lock:
            found = self.pages.get(where)
            if found is None or found[0] != version:
                return None
            self.pages.move_to_end(where)
            return found[1]

    def keep(self, where: str, version: Version, page: Page) -> None:
        """Keeps a page, in place of an older version of it."""
        if len(page[0]) > LARGEST:
            return
        with self.lock:
            self.pages[where] = version, page
            self.pages.move_to_end(where)
            while len(self.pages) > self.most:
                self.pages.popitem(last=False)
