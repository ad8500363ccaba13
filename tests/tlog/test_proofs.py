"""Properties of trees and proofs, with pymerkle as a second opinion on roots."""

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tlog.hashes import EMPTY, Spoilt, Tree, leaf_hash, node_hash
from hub.tlog.proofs import check_consistency, check_inclusion, prove_consistency, prove_inclusion

ENTRIES = [f"entry {index}".encode() for index in range(70)]
TREE = Tree(leaf_hash(entry) for entry in ENTRIES)
DECOY = Tree(leaf_hash(entry + b"!") for entry in ENTRIES)


def naive(leaves):
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive(leaves[:split]), naive(leaves[split:]))


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_root_agrees_with_the_recursive_definition(entries):
    assert Tree(map(leaf_hash, entries)).root() == naive(entries)


def test_root_agrees_with_pymerkle_at_every_size():
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, 1):
        oracle.append_entry(entry)

        assert TREE.root(size) == oracle.get_root()


def test_tree_grown_in_steps_equals_tree_grown_at_once():
    grown = Tree()
    for entry in ENTRIES:
        grown.extend([leaf_hash(entry)])

    assert grown.levels == TREE.levels


def test_every_inclusion_proof_holds_and_no_spoilt_one_does():
    for size in range(1, 34):
        root = TREE.root(size)
        for index in range(size):
            path = prove_inclusion(index, size, TREE.read)
            leaf = leaf_hash(ENTRIES[index])
            check_inclusion(leaf, index, size, path, root)
            for bad in spoilt_proofs(path):
                with pytest.raises(Spoilt):
                    check_inclusion(leaf, index, size, bad, root)
            for claim in ((leaf, index, size, DECOY.root(size)), (leaf_hash(b"other"), index, size, root)):
                with pytest.raises(Spoilt):
                    check_inclusion(*claim[:3], path, claim[3])


def test_every_consistency_proof_holds_and_no_spoilt_one_does():
    for new in range(1, 34):
        for old in range(1, new + 1):
            path = prove_consistency(old, new, TREE.read)
            check_consistency(old, TREE.root(old), new, TREE.root(new), path)
            for bad in spoilt_proofs(path):
                with pytest.raises(Spoilt):
                    check_consistency(old, TREE.root(old), new, TREE.root(new), bad)
            for roots in ((DECOY.root(old), TREE.root(new)), (TREE.root(old), DECOY.root(new))):
                with pytest.raises(Spoilt):
                    check_consistency(old, roots[0], new, roots[1], path)


def test_empty_tree_is_a_prefix_of_every_tree_and_of_nothing_more():
    check_consistency(0, EMPTY, 0, EMPTY, [])
    check_consistency(0, EMPTY, 5, TREE.root(5), [])

    for claim in (
        (0, TREE.root(5), 5, TREE.root(5), []),
        (0, EMPTY, 5, TREE.root(5), [EMPTY]),
        (0, EMPTY, 0, TREE.root(5), []),
        (5, TREE.root(5), 3, TREE.root(3), []),
        (-1, EMPTY, 3, TREE.root(3), []),
    ):
        with pytest.raises(Spoilt):
            check_consistency(*claim)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(Spoilt):
        prove_inclusion(index, size, TREE.read)
    with pytest.raises(Spoilt):
        check_inclusion(leaf_hash(ENTRIES[0]), index, size, [], TREE.root(3))


@given(st.data())
def test_proofs_of_drawn_trees_hold(data):
    tree = Tree(map(leaf_hash, data.draw(st.lists(st.binary(max_size=4), min_size=1, max_size=300))))
    new = data.draw(st.integers(1, tree.size))
    old = data.draw(st.integers(0, new))
    index = data.draw(st.integers(0, new - 1))

    check_consistency(old, tree.root(old), new, tree.root(new), prove_consistency(old, new, tree.read))
    check_inclusion(tree.read(0, index), index, new, prove_inclusion(index, new, tree.read), tree.root(new))


def spoilt_proofs(path):
    """Every proof one step away: a hash changed, left out, doubled, or one too many."""
    for at, hash_ in enumerate(path):
        yield [*path[:at], bytes([hash_[0] ^ 1]) + hash_[1:], *path[at + 1 :]]
        yield [*path[:at], *path[at + 1 :]]
        yield [*path[:at], hash_, *path[at:]]
    yield [*path, EMPTY]
