"""What the stand-alone verifier makes of a world's record: the same rows, and nothing is ignored (LG-09)."""

from __future__ import annotations

import copy
import functools
from typing import Any

from tests.powers.watch import lines_of
from tests.powers.world import World, prepared
from tests.verifier import differences, fold, read_next


@functools.cache
def _beginning() -> Any:
    """The verifier's fold of the record that every world begins with."""
    import sqlite3  # the image is a store of its own, for this once

    other = sqlite3.connect(":memory:")
    other.deserialize(prepared().image)
    return fold(lines_of(other, 0))


def disagreements(world: World) -> list[str]:
    """Entries that the verifier ignores, and rows in which it differs."""
    folded = copy.deepcopy(_beginning())
    for raw, disclosures in lines_of(world.raw, folded.size):
        read_next(folded, raw, disclosures)
    ignored = [f"entry {one.index} ({one.type}): {one.why}" for one in folded.void]
    return ignored + differences(folded, world.db)
