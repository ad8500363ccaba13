"""The edge grows a log exactly as the whole tree would."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.tlog.edge import Edge
from hub.tlog.hashes import EMPTY, Spoilt, Tree, leaf_hash
from hub.tlog.tiles import format_tile, new_tiles

TREE = Tree(leaf_hash(str(index).encode()) for index in range(66_500))


def grown(old, new):
    """The edge of ``new`` leaves, grown from ``old``, and the tiles written on the way."""
    edge = Edge(old, lambda tile: format_tile(tile, TREE.read))
    files = dict(edge.grow(TREE.levels[0][old:new]))
    return edge, {**files, **dict(edge.partial(old))}


@settings(deadline=None)
@given(st.integers(0, 66_500), st.integers(0, 700))
def test_edge_writes_the_tiles_of_the_whole_tree(old, more):
    new = min(old + more, TREE.size)

    edge, files = grown(old, new)

    assert (edge.size, edge.root()) == (new, TREE.root(new))
    assert files == {tile: format_tile(tile, TREE.read) for tile in new_tiles(old, new)}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537])
def test_edge_at_the_ends_of_tiles_has_the_root_of_the_tree(size):
    assert grown(size, size)[0].root() == (TREE.root(size) if size else EMPTY)
    assert grown(0, size)[0].rows == grown(size, size)[0].rows


def test_edge_refuses_a_tile_of_another_width():
    with pytest.raises(Spoilt):
        Edge(3, lambda tile: b"x" * 32)
