"""What the stand-alone verifier makes of a world's record: the same rows, and nothing is ignored (LG-09)."""

from __future__ import annotations

import copy
import functools
from typing import Any

from tests.powers.watch import lines_of
from tests.powers.world import Template, World, prepared
from tests.verifier import differences, fold, read_next


@functools.lru_cache(maxsize=2)
def _beginning(made: Template) -> Any:
    """The verifier's fold of the record that worlds begin with."""
    import sqlite3  # the image is a store of its own, for this once

    other = sqlite3.connect(":memory:")
    other.deserialize(made.image)
    return fold(lines_of(other, 0))


def disagreements(world: World, made: Template | None = None) -> list[str]:
    """Entries that the verifier ignores, and rows in which it differs. made: the hub that the world began with."""
    folded = copy.deepcopy(_beginning(made or prepared()))
    for raw, disclosures in lines_of(world.raw, folded.size):
        read_next(folded, raw, disclosures)
    ignored = [f"entry {one.index} ({one.type}): {one.why}" for one in folded.void]
    return ignored + differences(folded, world.db)
