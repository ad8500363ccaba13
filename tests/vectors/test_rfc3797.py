"""The published example of RFC 3797 section 6, with its MD5: the key is in its form.

The room hashes with SHA-256; RFC 3797's way from key to people stands here only.
"""

from __future__ import annotations

import hashlib

from hub.lot.sources import format_key

SOURCES = [(9319,), (2, 5, 12, 8, 10), (9, 18, 26, 34, 41, 45)]
POOL = 25
HASHES = """
    990DD0A5692A029A98B5E01AA28F3459 3691E55CB63FCC37914430B2F70B5EC6 FE814EDF564C190AC1D25753979990FA
    1863CCACEB568C31D7DDBDF1D4E91387 F4AB33DF4889F0AF29C513905BE1D758 13EAEB529F61ACFB9A29D0BA3A60DE4A
    992DB77C382CA2BDB9727001F3CDCCD9 63AB4258ECA922976811C7F55C383CE7 DFBC5AC97CED01B3A6E348E3CC63F40D
    31CB111C4A4EBE9287CEAE16FE51B909 07FA46C122F164C215BBC72793B189A3 AC52F8D75CCBE2E61AFEB3387637D501
    53306F73E14FC0B2FBF434218D25948E B5D1403501A81F9A47318BE7893B347C 85B10B356AA06663EF1B1B407765100A
    3269E6CE559ABD57E2BA6AAB495EB9BD
""".split()
SELECTED = [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]


def test_key_gives_the_hashes_and_the_people_of_the_example():
    key = format_key(SOURCES).encode()
    left, hashes, selected = list(range(1, POOL + 1)), [], []
    for turn in range(len(SELECTED)):
        around = turn.to_bytes(2, "big")
        digest = hashlib.md5(around + key + around, usedforsecurity=False).digest()
        hashes.append(digest.hex().upper())
        selected.append(left.pop(int.from_bytes(digest, "big") % len(left)))

    assert key == b"9319./2.5.8.10.12./9.18.26.34.41.45./"
    assert hashes == HASHES
    assert selected == SELECTED
