"""Whatever byte is flipped in a mirror's log or charters, both verifiers find it and the arbiter, each by itself."""

from __future__ import annotations

import random
import shutil

import pytest

from hub import clock
from hub.charter import checking
from hub.cli.log import verify_folder
from hub.errors import Unsafe
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import lines_of, own_key, read_log
from hub.ledger.verify import fold
from hub.mirror import charters_in
from hub.mirror.sources import Folder
from tests.verifier import verifier

pytestmark = pytest.mark.xdist_group("arbiter")  # which is compiled once


def published(mirror):
    """The files below /log and /charter, the same number of bytes of each to be flipped."""
    return sorted(path for top in ("log", "charter") for path in (mirror / top).rglob("*") if path.is_file())


def holds_for_the_hub(mirror):
    """Asks `hub log verify`."""
    try:
        return not verify_folder(mirror, None)[0].problems
    except Unverified:
        return False


def holds_for_the_other(mirror):
    return verifier.main([str(mirror), "--json"]) == verifier.HOLDS


@pytest.fixture
def holds_for_the_hub_too(mirror, another_db):
    """The same as `hub log verify`, but folding once: what it asks of these very files."""
    key = own_key(mirror, None)
    with another_db.write() as tx:
        assert fold(tx, lines_of(mirror, read_log(mirror, key).entries)) == []

    def holds(mirror):
        try:
            log, served = read_log(mirror, key), charters_in.fetch(Folder(mirror), [])
            record = checking.record_of(log.entries, (), log.key.verifier)
            return checking.check(served, record, log.note, clock.today()).problems == []
        except (Unverified, Unsafe):
            return False

    return holds


def flipped(paths, seed, count):
    """Flips one bit of one file after another, each time another; puts it back."""
    draw = random.Random(seed)
    for _ in range(count):
        path = draw.choice(paths)
        whole = path.read_bytes()
        at, bit = draw.randrange(len(whole)), 1 << draw.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        yield path, f"{path.name} byte {at} bit {bit}"
        path.write_bytes(whole)


def missed(mirror, seed, count, arbiter, *verifiers):
    """Flips so many, and names each that a verifier let pass."""
    passed = []
    for _path, what in flipped(published(mirror), seed, count):
        passed += [what for holds in verifiers if holds(mirror)]
        if arbiter.says(mirror) == "holds":
            passed.append(f"{what}, for the arbiter")
    assert arbiter.says(mirror) == "holds"
    return passed


def test_untouched_mirror_holds_for_both(mirror, holds_for_the_hub_too, arbiter, capsys):
    assert [holds(mirror) for holds in (holds_for_the_hub, holds_for_the_hub_too, holds_for_the_other)] == [True] * 3
    assert arbiter.says(mirror) == "holds"


def test_flipped_bytes_are_found_by_all(mirror, holds_for_the_hub_too, arbiter, capsys):
    assert len(published(mirror)) == 5
    assert missed(mirror, 7, 100, arbiter, holds_for_the_hub_too, holds_for_the_other) == []


def test_some_flipped_bytes_are_found_by_the_command_itself(mirror, arbiter):
    assert missed(mirror, 3, 4, arbiter, holds_for_the_hub) == []


def test_flipped_bytes_of_full_tiles_are_found_by_both(long_mirror, capsys):
    assert [len(list((long_mirror / "log/tile" / level).rglob("*"))) for level in ("0", "1", "entries")] == [4, 2, 4]
    assert (holds_for_the_hub(long_mirror), holds_for_the_other(long_mirror)) == (True, True)
    tiles = [path for path in published(long_mirror) if "tile" in path.parts]
    found = [what for _path, what in flipped(tiles, 5, 12) if holds_for_the_hub(long_mirror)]
    found += [what for _path, what in flipped(tiles, 6, 24) if holds_for_the_other(long_mirror)]

    assert found == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_thousand_flipped_bytes_are_found_by_all(long_mirror, arbiter, capsys):
    assert missed(long_mirror, 11, 1000, arbiter, holds_for_the_hub, holds_for_the_other) == []


def test_file_that_does_not_belong_is_found_by_both(mirror, capsys):
    shutil.copy(mirror / "charter/1", mirror / "charter/2")

    assert (holds_for_the_hub(mirror), holds_for_the_other(mirror)) == (False, False)


def test_checkpoint_of_too_few_witnesses_is_found_by_both(mirror, capsys):
    path = mirror / "log/checkpoint"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))

    assert (holds_for_the_hub(mirror), holds_for_the_other(mirror)) == (False, False)


def test_file_of_an_earlier_size_that_was_changed_is_found_by_both(mirror, chartered, capsys):
    """A hub keeps the tiles of every size it published: whoever holds an earlier checkpoint reads them."""
    folder = chartered.town.folder
    early = (folder / "log/checkpoint").read_bytes().split(b"\n")[1].decode()
    chartered.town.name("Cyd")
    chartered.turn()
    path = folder / f"log/tile/0/000.p/{early}"
    whole = path.read_bytes()
    before = holds_for_the_hub(folder), holds_for_the_other(folder)

    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    assert before == (True, True)
    assert (holds_for_the_hub(folder), holds_for_the_other(folder)) == (False, False)


def test_charters_would_pass_unread(mirror, monkeypatch):
    """The planted fault: without the look at charters and witnesses, `hub log verify` lets a changed charter pass."""
    (mirror / "charter/1").write_bytes(b"another\n")
    assert not holds_for_the_hub(mirror)

    monkeypatch.setattr(charters_in, "fetch", lambda *_args: [])
    monkeypatch.setattr(charters_in, "insist_on_nothing_else", lambda *_args: None)
    monkeypatch.setattr(checking, "check", lambda *_args: checking.Findings())

    assert holds_for_the_hub(mirror)
