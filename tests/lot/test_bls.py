"""Signatures of a chain: real rounds, RFC 9380's own examples, an independent library, and every forgery."""

from __future__ import annotations

import pyblst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.lot import bls, chains
from hub.lot.curve import BASE_G2, NoPoint, P, R, format_point, parse_point, parse_twisted, root, times, times_twisted
from hub.lot.hashing import hash_to_point
from hub.lot.pairing import are_equal
from tests.lot.arranged import SAID
from tests.verifier import verifier

KEY = bytes.fromhex(chains.QUICKNET.key)
SIGNATURE = bytes.fromhex(SAID)
# Rounds of quicknet, as the network published them.
REAL = {
    1000: SAID,
    657413: "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
}


def second(round_: int, signature: bytes, key: bytes = KEY) -> bool:
    """What the stand-alone verifier finds: Tate's pairing, and the isogeny from its kernel."""
    return bool(verifier.is_signed(key.hex(), round_, signature.hex()))


@pytest.mark.parametrize("round_", REAL)
def test_real_rounds_are_signed_and_no_other(round_):
    signature = bytes.fromhex(REAL[round_])

    assert (bls.is_signed(KEY, round_, signature), second(round_, signature)) == (True, True)
    assert (bls.is_signed(KEY, round_ + 1, signature), second(round_ + 1, signature)) == (False, False)
    other = bytes.fromhex(chains.REHEARSAL.key)
    assert (bls.is_signed(other, round_, signature), second(round_, signature, other)) == (False, False)


@pytest.mark.parametrize(
    ("message", "x", "y"),
    [
        (
            b"",
            "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
            "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
        ),
        (
            b"abc",
            "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
            "0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d",
        ),
    ],
)
def test_messages_are_hashed_as_in_the_examples_of_rfc_9380(message, x, y):
    """Appendix J.9.1."""
    tag = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"

    assert hash_to_point(message, tag) == (int(x, 16), int(y, 16))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 2**40))
def test_messages_are_hashed_as_an_independent_library_does(round_):
    oracle = pyblst.BlstP1Element.hash_to_group(bls.message(round_), bls.TAG).compress()
    mine = hash_to_point(bls.message(round_), bls.TAG)
    assert mine is not None

    assert format_point(mine) == oracle
    assert verifier.hashed_point(bls.message(round_)) == mine


@settings(max_examples=5, deadline=None)
@given(st.integers(1, R - 1), st.integers(1, 2**40))
def test_signatures_are_those_of_an_independent_library(secret, round_):
    key = pyblst.BlstP2Element().uncompress(pyblst_base()).scalar_mul(secret).compress()
    signature = pyblst.BlstP1Element.hash_to_group(bls.message(round_), bls.TAG).scalar_mul(secret).compress()

    assert bls.sign(secret, round_) == signature
    assert bls.is_signed(key, round_, signature)
    assert not bls.is_signed(key, round_, bls.sign(secret % (R - 1) + 1, round_))


def pyblst_base() -> bytes:
    """The base of G2, compressed."""
    return bytes.fromhex(verifier.TWIST_BASE)


def test_constants_are_what_they_should_be():
    assert parse_twisted(pyblst_base()) == BASE_G2
    assert (times_twisted(R, BASE_G2), times_twisted(chains.EVERYBODY_KNOWS, BASE_G2)) == (
        None, parse_twisted(bytes.fromhex(chains.REHEARSAL.key)),
    )  # fmt: skip
    for key in (chains.QUICKNET.key, chains.REHEARSAL.key):
        assert verifier.twisted_point(key) == parse_twisted(bytes.fromhex(key))
        assert pyblst.BlstP2Element().uncompress(bytes.fromhex(key)).compress().hex() == key
    assert (chains.QUICKNET.key, chains.REHEARSAL.key) == (verifier.QUICKNET, verifier.REHEARSAL)


def outside() -> bytes:
    """A point of the curve that is not in the group."""
    x = next(x for x in range(1, 100) if root(x**3 + 4) and times(R, (x, root(x**3 + 4))) is not None)
    return format_point((x, root(x**3 + 4)))


def off_the_curve() -> bytes:
    x = next(x for x in range(1, 100) if root(x**3 + 4) is None)
    return (x | 1 << 383).to_bytes(48, "big")


def twice_written() -> bytes:
    """The signature of a round, with P added to its x: the same point, written otherwise."""
    for round_ in range(1, 1_000):
        x = int.from_bytes(bls.sign(1, round_), "big") & (1 << 381) - 1
        if x + P < 1 << 381:
            return (int.from_bytes(bls.sign(1, round_), "big") + P).to_bytes(48, "big")
    raise AssertionError


WHOLE = int.from_bytes(SIGNATURE, "big")
FORGED = {
    "nothing": b"",
    "zeros": bytes(48),
    "a byte short": SIGNATURE[:-1],
    "a byte more": SIGNATURE + b"\0",
    "infinity": b"\xc0" + bytes(47),
    "infinity with something": b"\xc0" + SIGNATURE[1:],
    "not marked as compressed": (WHOLE & ~(1 << 383)).to_bytes(48, "big"),
    "turned": (WHOLE ^ 1 << 381).to_bytes(48, "big"),
    "one bit": (WHOLE ^ 1).to_bytes(48, "big"),
    "outside the group": outside(),
    "off the curve": off_the_curve(),
    "x is P": ((P | 1 << 383).to_bytes(48, "big")),
    "written twice": twice_written(),
    "another secret's": bls.sign(7, 1000),
    "the hash itself": bls.sign(1, 1000),
}


@pytest.mark.parametrize("how", FORGED)
def test_forgeries_are_refused_by_both(how):
    assert (bls.is_signed(KEY, 1000, FORGED[how]), second(1000, FORGED[how])) == (False, False)


def test_signature_plus_what_lies_outside_the_group_is_refused():
    """Its pairing is right all the same: only the look whether it lies in the group tells."""
    from hub.lot.curve import add

    x, y = parse_point(SIGNATURE)
    strange = int.from_bytes(outside(), "big") & (1 << 381) - 1
    torsion = times(R, (strange, root(strange**3 + 4)))
    moved = add((x, y), torsion)
    assert moved is not None
    hashed = hash_to_point(bls.message(1000), bls.TAG)

    assert are_equal((moved, BASE_G2), (hashed, parse_twisted(KEY)))
    assert (bls.is_signed(KEY, 1000, format_point(moved)), second(1000, format_point(moved))) == (False, False)


@pytest.mark.parametrize("key", [b"", bytes(96), b"\xc0" + bytes(95), KEY[:-1], KEY[48:] + KEY[:48]])
def test_key_that_is_none_signs_nothing(key):
    assert not bls.is_signed(key, 1000, SIGNATURE)
    with pytest.raises(NoPoint):
        parse_twisted(key)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=48, max_size=48))
def test_points_are_read_where_an_independent_library_reads_them(raw):
    try:
        oracle = pyblst.BlstP1Element().uncompress(raw).compress()
    except ValueError:
        oracle = None
    try:
        mine = format_point(parse_point(raw))
    except NoPoint:
        mine = None

    assert mine == (None if oracle == b"\xc0" + bytes(47) else oracle)


def test_both_programs_name_the_chains_as_drand_does():
    quicknet = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"

    assert [chains.QUICKNET.hash, verifier.Source(1, False).chain] == [quicknet] * 2
    assert verifier.Source(1, True).chain == chains.REHEARSAL.hash != quicknet
