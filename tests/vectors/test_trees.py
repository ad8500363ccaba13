"""Published trees, proofs and tile paths, retyped as values.

Sources: the reference tree of Certificate Transparency (certificate-transparency-go and transparency-dev/merkle,
testonly constants); torchwood's cmd/litewitness/testdata/litewitness.txt; golang.org/x/mod sumdb/tlog tests;
c2sp.org/tlog-tiles (the paths and the tree of 70 000).
"""

import base64
import hashlib

import pytest

from hub.tlog.checkpoint import parse_checkpoint
from hub.tlog.hashes import EMPTY, Spoilt, Tree, leaf_hash
from hub.tlog.note import open_note, parse_vkey
from hub.tlog.proofs import check_consistency, check_inclusion, prove_consistency, prove_inclusion
from hub.tlog.tiles import Tile, format_path, new_tiles, parse_path

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
}


def hexed(hashes):
    return [hash_.hex() for hash_ in hashes]


def reference(size=8):
    return Tree(leaf_hash(leaf) for leaf in LEAVES[:size])


def test_empty_tree_is_the_hash_of_nothing():
    assert Tree().root() == EMPTY == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_tree_has_its_published_root(size):
    assert (reference(size).root().hex(), reference().root(size).hex()) == (ROOTS[size - 1], ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_reference_consistency_proof_is_the_published_one(old, new):
    proof = prove_consistency(old, new, reference().read)

    assert hexed(proof) == CONSISTENCY[old, new]
    check_consistency(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_reference_inclusion_proof_is_the_published_one(index, size):
    proof = prove_inclusion(index, size, reference().read)

    assert hexed(proof) == INCLUSION[index, size]
    check_inclusion(leaf_hash(LEAVES[index]), index, size, proof, bytes.fromhex(ROOTS[size - 1]))


ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
KEY = f"{ORIGIN}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP"
CHECKPOINTS = {
    1: "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    3: "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0= "
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
    5: "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY= "
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
}
ONE_TO_THREE = ["KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
THREE_TO_FIVE = [
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=",
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
]


def witnessed(size):
    """Opens the script's checkpoint of that size and returns its root."""
    root, signature = CHECKPOINTS[size].split()
    raw = f"{ORIGIN}\n{size}\n{root}\n\n— {ORIGIN} {signature}\n".encode()
    head = parse_checkpoint(open_note(raw, [parse_vkey(KEY)]).text)
    assert (head.origin, head.size) == (ORIGIN, size)
    return head.root


def hashes(proof):
    return [base64.b64decode(line) for line in proof]


@pytest.mark.parametrize(("old", "new", "proof"), [(1, 3, ONE_TO_THREE), (3, 5, THREE_TO_FIVE)])
def test_witness_script_proofs_hold(old, new, proof):
    check_consistency(old, witnessed(old), new, witnessed(new), hashes(proof))


@pytest.mark.parametrize(
    "proof",
    [
        [],
        ONE_TO_THREE[:1],
        [ONE_TO_THREE[0], "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAA="],
        [*ONE_TO_THREE, ONE_TO_THREE[1]],
    ],
    ids=["empty", "short", "corrupted", "long"],
)
def test_witness_script_bad_proofs_are_refused(proof):
    with pytest.raises(Spoilt):
        check_consistency(1, witnessed(1), 3, witnessed(3), hashes(proof))


def test_witness_script_corrupted_signature_is_refused():
    root, signature = CHECKPOINTS[3].split()
    for bad in (signature.replace("6go=", "6gx="), signature.replace("VrtI", "VrtJ").replace("UgIom2V", "UgIom2W")):
        with pytest.raises(Spoilt):
            open_note(f"{ORIGIN}\n3\n{root}\n\n— {ORIGIN} {bad}\n".encode(), [parse_vkey(KEY)])


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/001", Tile(0, 1)),
        ("tile/0/001.p/5", Tile(0, 1, 5)),
        ("tile/5/x123/x456/078", Tile(5, 123456078)),
        ("tile/5/x123/x456/078.p/2", Tile(5, 123456078, 2)),
        ("tile/1/x001/x234/067", Tile(1, 1234067)),
        ("tile/entries/x003/x057/500", Tile(-1, 3057500)),
        ("tile/entries/000.p/255", Tile(-1, 0, 255)),
    ],
)
def test_tile_paths_are_written_and_read(path, tile):
    assert (format_path(tile), parse_path(path)) == (path, tile)


@pytest.mark.parametrize(
    "path",
    [
        "tile/5/123/456/078",
        "tile/-1/123/456/078",
        "tile/0/x000/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/05",
        "tile/00/001",
        "tile/64/001",
        "tile/0/1",
        "tile/0/001/",
        "/tile/0/001",
        "tile/data/001",
        "tile/0/٠٠١",
    ],
)
def test_other_spellings_of_tile_paths_are_refused(path):
    with pytest.raises(Spoilt):
        parse_path(path)


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        (1, 1, 0),
        (100, 101, 1),
        (1023, 1025, 3),
        (1024, 1030, 1),
        (1030, 2000, 1),
        (1030, 10000, 10),
        (49516517, 49516586, 3),
    ],
)
def test_new_tiles_of_height_ten_are_as_many_as_published(old, new, count):
    assert len(new_tiles(old, new, height=10)) == count


def test_tiles_of_a_tree_of_70000_are_as_published():
    tiles = new_tiles(0, 70_000)

    assert tiles == [
        *(Tile(0, n) for n in range(273)),
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]


def test_tiles_of_a_tree_of_256_are_as_published():
    assert new_tiles(0, 256) == [Tile(0, 0), Tile(1, 0, 1)]
