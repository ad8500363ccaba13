"""The chains of drand that draws may rest on: public constants, which no constitution and no hub can change.

A chain's hash holds its key, when it began and how often it speaks, so none of them can be another's:

    SHA-256( PERIOD, 4 bytes | GENESIS, 8 bytes | KEY, 96 bytes | GROUP, 32 bytes | name )

REHEARSAL is for trying things out: its secret stands here, so anybody can say what it will say in any round. Nothing
takes it but who asks for it: a demo, a test, and whoever checks one with --rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from hub.lot import bls


@dataclass(frozen=True)
class Chain:
    """A network that signs rounds. key: of BLS12-381's G2, 192 hexadecimal digits; began: seconds since 1970, when
    round 1 was; period: seconds from round to round; group: hash of the machines that began it.
    """

    name: str
    key: str
    began: int
    period: int
    group: str

    @property
    def hash(self) -> str:
        """What drand calls the chain, in its addresses too: 64 hexadecimal digits."""
        start = self.period.to_bytes(4, "big") + self.began.to_bytes(8, "big")
        return sha256(start + bytes.fromhex(self.key) + bytes.fromhex(self.group) + self.name.encode()).hexdigest()

    def is_signed(self, round_: int, signature: str) -> bool:
        """Tells whether a signature, in hexadecimal digits, is this chain's for a round."""
        return bls.is_signed(bytes.fromhex(self.key), round_, bytes.fromhex(signature))


# Of the League of Entropy: https://api.drand.sh/HASH/info says the same.
QUICKNET = Chain(
    "quicknet",
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    1_692_803_367,
    3,
    "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
)

EVERYBODY_KNOWS = int.from_bytes(sha256(b"a rehearsal: everybody knows this secret").digest(), "big") >> 2
REHEARSAL = Chain(
    "rehearsal",
    "911ffe5bb497bf228800f7675f1ee60472d55be0cc5b2e2bf165ed528391676cc27fa37f7fe29e56c4688058171c5596"
    "1810d9fe08f72325aa9b9d0959ef58e930b3be9b19ec7c63480ce9295d47009559be626ded30a9cac088f51bca2eb996",
    QUICKNET.began,
    QUICKNET.period,
    "0" * 64,
)


def rehearsed(round_: int) -> str:
    """Returns what the rehearsal's chain says in a round, whenever that is: 96 hexadecimal digits."""
    return bls.sign(EVERYBODY_KNOWS, round_).hex()
