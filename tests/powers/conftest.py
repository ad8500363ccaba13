"""What a process that moves many hubs does about its own rubbish."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _seldom_collects() -> Iterator[None]:
    """Looks for cycles seldom, and never again among what was imported: a tenth of a machine's time, measured."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
