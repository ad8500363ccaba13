"""What a process that moves many hubs does about its own rubbish, and about its clock."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from hub import clock


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


@pytest.fixture(autouse=True, scope="module")
def _puts_the_clock_back() -> Iterator[None]:
    """Worlds move the process's clock by years: whatever runs in it after them begins by its own."""
    yield
    clock.set_source(None)
