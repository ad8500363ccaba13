"""Go's own packages read our log: signatures, cosignatures, every tile, every entry, and that it only ever grew."""

from __future__ import annotations

import pytest

from hub.tlog.note import Signer, format_vkey
from tests.arbiter import Arbiter
from tests.bench.verifier import ORIGIN, write

pytestmark = pytest.mark.xdist_group("arbiter")


@pytest.fixture
def judge(program):
    """The arbiter, told the key of the logs that a bench writes."""
    found = Arbiter(program, format_vkey(Signer(ORIGIN, b"B" * 32).verifier))
    yield found
    found.close()


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_logs_of_any_size_hold(judge, tmp_path, size):
    write(tmp_path, size)

    assert judge.says(tmp_path) == "holds"


def test_forged_tile_is_found_by_the_package_itself(judge, tmp_path):
    """A full tile of the lowest level, whose hash stands in the tile above: older packages let it pass."""
    write(tmp_path, 300)
    path = tmp_path / "log/tile/0/000"
    whole = path.read_bytes()

    path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])

    assert judge.says(tmp_path) == '"downloaded inconsistent tile"'


def test_entry_that_is_not_in_the_tree_is_found(judge, tmp_path):
    write(tmp_path, 300)
    path = tmp_path / "log/tile/entries/001.p/44"
    whole = path.read_bytes()

    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])

    assert judge.says(tmp_path) == '"entry 299 is not the one in the tree"'


def test_entry_that_is_missing_is_found(judge, tmp_path):
    write(tmp_path, 300)
    (tmp_path / "log/tile/entries/001.p/44").unlink()

    assert judge.says(tmp_path) == '"entry 256 is missing"'


def test_log_continues_an_earlier_checkpoint_of_its_own_and_no_other(arbiter, chartered, mirror, judge, tmp_path):
    earlier = tmp_path / "earlier"
    earlier.write_bytes((mirror / "log/checkpoint").read_bytes())
    chartered.town.name("Cyd")
    chartered.turn()
    write(tmp_path / "one", 300)
    write(tmp_path / "other", 260)  # with holders of its own: another history under the same key

    assert arbiter.says(chartered.town.folder, earlier) == "holds"
    assert judge.says(tmp_path / "one", tmp_path / "one/log/checkpoint") == "holds"
    assert judge.says(tmp_path / "one", tmp_path / "other/log/checkpoint") == '"invalid transparency proof"'


def test_too_few_witnesses_are_found(arbiter, mirror):
    path = mirror / "log/checkpoint"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))

    assert arbiter.says(mirror) == '"signed by 1 logs and 1 witnesses"'


def test_another_spelling_of_a_signature_is_found(judge, tmp_path):
    """The last letter of base64 has bits that say nothing: package note alone lets them be anything."""
    write(tmp_path, 5)
    path = tmp_path / "log/checkpoint"
    whole = path.read_bytes()
    letter = whole[-3]

    path.write_bytes(whole[:-3] + bytes([letter + 1]) + whole[-2:])

    assert whole.endswith(b"=\n")
    assert judge.says(tmp_path) == '"illegal base64 data at input byte 91"'
