"""Towns on fresh databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.db import Database
from tests.conftest import SetClock
from tests.people_for_tests import begin_hub
from tests.towns import BEGINS, Town, build_town


@pytest.fixture
def make_town(clock_at: SetClock) -> Callable[..., Town]:
    """Makes towns: make_town(db, voters=9)."""

    def make(db: Database, voters: int = 9, text: str | None = None) -> Town:
        moment = clock_at(BEGINS)
        begin_hub(db, text)
        return build_town(db, moment, voters=voters)

    return make


@pytest.fixture
def town(db: Database, make_town: Callable[..., Town]) -> Town:
    """A branch of five founders, the two of the council who live there, and nine others: a roll of sixteen."""
    return make_town(db)
