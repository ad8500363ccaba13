"""A hub with a charter and witnesses, as tests of charters have it, the mirror that a stranger pulls, the arbiter."""

from __future__ import annotations

import pytest

from hub.ledger.reading import Key
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.tlog.note import format_vkey, parse_vkey
from tests.arbiter import Arbiter, built
from tests.charter.conftest import chartered as chartered
from tests.charters_for_tests import WITNESSES
from tests.mirror.conftest import town as town


@pytest.fixture
def mirror(chartered, tmp_path):
    """A mirror whose checkpoint just as many witnesses signed as must: whatever is changed in it shows."""
    return mirrored(chartered, tmp_path / "mirror", ("Ana", "Ben"))


@pytest.fixture
def long_mirror(chartered, tmp_path):
    """The same of a record of two full tiles and a begun one."""
    return mirrored(chartered, tmp_path / "mirror", tuple(f"Holder {number}" for number in range(600)))


def mirrored(chartered, folder, names):
    """A mirror in a folder, of a record that names so many holders."""
    chartered.branches.down = {"w2"}
    chartered.town.name(*names)
    chartered.turn()
    pull(Folder(chartered.town.folder), folder, Key(parse_vkey(chartered.town.vkey), "given"))
    return folder


@pytest.fixture(scope="session")
def program(request):
    """The arbiter, compiled; kept from one run of the tests to the next."""
    return built(request.config.cache.mkdir("arbiter"))


@pytest.fixture
def arbiter(program, chartered):
    """The arbiter, told who signs the town's log and who has to cosign it."""
    judge = Arbiter(program, chartered.town.vkey, 2, [format_vkey(one.verifier) for one in WITNESSES])
    yield judge
    judge.close()
