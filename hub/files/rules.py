"""How many files there may be about one thing, and how large together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hub.errors import YES, Verdict, no

MOST, TOGETHER = 20, 100_000_000  # files about one thing, and their bytes


def may_add(sizes: Sequence[int], size: int) -> Verdict:
    """Says whether one more may be added. sizes: of those that are there; size: of this one, in bytes."""
    if len(sizes) >= MOST:
        return no("files.many", f"There are {MOST} files here already, and no more are taken.")
    if sum(sizes) + size > TOGETHER:
        left = max(TOGETHER - sum(sizes), 0) // 1_000_000
        return no(
            "files.full",
            f"All files here may be {TOGETHER // 1_000_000} MB together; {left} MB are left. Send a smaller copy.",
        )
    return YES
