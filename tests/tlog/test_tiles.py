"""Tiles and bundles: inverse pairs, and every proof from tiles equals the proof from the whole tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tlog.hashes import Spoilt, Tree, leaf_hash, root_hash
from hub.tlog.proofs import prove_consistency, prove_inclusion
from hub.tlog.tiles import (
    ENTRIES,
    Tile,
    format_bundle,
    format_path,
    format_tile,
    new_bundles,
    new_tiles,
    parse_bundle,
    parse_path,
    parse_tile,
    reader,
    width_at,
)

TREE = Tree(leaf_hash(str(index).encode()) for index in range(70_000))
tiles = st.builds(Tile, st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, 256))


@given(tiles)
def test_path_of_any_tile_reads_back(tile):
    assert parse_path(format_path(tile)) == tile


@given(st.text(max_size=30))
def test_reading_any_path_gives_a_tile_or_is_refused(text):
    try:
        tile = parse_path(text)
    except Spoilt:
        return
    assert format_path(tile) == text


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_bundle_reads_back(entries):
    assert parse_bundle(format_bundle(entries), len(entries)) == entries


def test_bundle_of_the_longest_entry_reads_back_and_longer_is_refused():
    assert parse_bundle(format_bundle([b"x" * 65_535]), 1) == [b"x" * 65_535]
    with pytest.raises(Spoilt):
        format_bundle([b"decoy", b"x" * 65_536])


@pytest.mark.parametrize(
    ("raw", "width"),
    [(b"\x00", 1), (b"\x00\x02a", 1), (b"\x00\x01a", 2), (b"\x00\x01a\x00", 1), (b"\x00\x01ab", 1), (b"", 1)],
)
def test_torn_bundles_are_refused(raw, width):
    with pytest.raises(Spoilt):
        parse_bundle(raw, width)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700, 65_535, 65_536, 65_537, 70_000])
def test_tree_read_from_its_tiles_has_the_same_root_and_proofs(size):
    files = {tile: format_tile(tile, TREE.read) for tile in new_tiles(0, size)}

    read = reader(size, files.__getitem__)

    assert root_hash(size, read) == TREE.root(size)
    for at in {0, size // 3, size - 1}:
        assert prove_inclusion(at, size, read) == prove_inclusion(at, size, TREE.read)
        assert prove_consistency(at, size, read) == prove_consistency(at, size, TREE.read)


@pytest.mark.parametrize("size", [3, 300])
def test_flipped_bit_in_a_tile_changes_the_root(size):
    files = {tile: format_tile(tile, TREE.read) for tile in new_tiles(0, size)}
    for tile, raw in list(files.items()):
        # A full tile is vouched for by its hash in the tile above: the root alone does not read it again.
        if tile.width == 256:
            continue
        for at in range(0, len(raw), 7):
            spoilt = {**files, tile: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]}
            assert root_hash(size, reader(size, spoilt.__getitem__)) != TREE.root(size)


def test_tile_of_another_width_is_refused():
    with pytest.raises(Spoilt):
        parse_tile(b"x" * 64, 3)
    with pytest.raises(Spoilt):
        reader(2, lambda _: b"x" * 64)(1, 1)


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_growth_in_steps_writes_every_tile_growth_at_once_would(first, second):
    old, new = sorted((first, second))

    steps = new_tiles(0, old) + new_tiles(old, new)

    assert set(new_tiles(0, new)) <= set(steps)
    assert new_bundles(old, new) == [Tile(ENTRIES, t.n, t.width) for t in new_tiles(old, new) if t.level == 0]


def test_width_of_tiles_at_a_size():
    assert [width_at(0, 273, 70_000), width_at(1, 1, 70_000), width_at(ENTRIES, 273, 70_000), width_at(0, 9, 2)] == [
        112,
        17,
        112,
        0,
    ]
