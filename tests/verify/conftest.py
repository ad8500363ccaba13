"""A hub with a charter and witnesses, as tests of charters have it, and the mirror that a stranger pulls of it."""

from __future__ import annotations

import pytest

from hub.ledger.verify import Key
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.tlog.note import parse_vkey
from tests.charter.conftest import chartered as chartered
from tests.mirror.conftest import town as town


@pytest.fixture
def mirror(chartered, tmp_path):
    """A mirror whose checkpoint just as many witnesses signed as must: whatever is changed in it shows."""
    chartered.branches.down = {"w2"}
    chartered.town.name("Ana", "Ben")
    chartered.turn()
    pull(Folder(chartered.town.folder), tmp_path / "mirror", Key(parse_vkey(chartered.town.vkey), "given"))
    return tmp_path / "mirror"
