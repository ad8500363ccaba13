"""A day's digests: as many lines as the number in tens says and ten more, a root that others compute, and proofs."""

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from hub.receipts import days
from hub.tlog.hashes import Spoilt
from tests.verifier import verifier

REAL = [hashlib.sha256(bytes([n])).digest() for n in range(40)]


def random():
    """Digests that mean nothing, each new."""
    numbers = itertools.count()
    return lambda many: hashlib.sha256(f"padding {next(numbers)}".encode()).digest()[:many]


def padded(many):
    return days.padded(REAL[:many], random())


@pytest.mark.parametrize(("many", "issued"), [(0, 0), (1, 0), (9, 0), (10, 10), (19, 10), (20, 20), (39, 30)])
def test_file_has_ten_lines_more_than_the_number_says_and_tells_no_more(many, issued):
    told = padded(many)

    assert (days.rounded(many), len(told), told) == (issued, issued + 10, sorted(told))
    assert set(REAL[:many]) <= set(told)
    assert days.parse_day(days.format_day(told)) == told


def test_a_random_digest_that_is_there_already_is_drawn_again():
    same = iter([REAL[0], REAL[0], *REAL[20:30]])
    assert len(days.padded(REAL[:1], lambda many: next(same))) == 10


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 39), st.data())
def test_pymerkle_and_the_stand_alone_verifier_give_the_same_root_and_every_proof_holds(many, data):
    told = padded(many)
    root = days.root_of(told)
    tree = InmemoryTree(algorithm="sha256")
    for digest in told:
        tree.append_entry(digest)

    assert root == tree.get_root() == verifier.Tree(told).root(len(told))
    digest = data.draw(st.sampled_from(told))
    proof = days.prove(3, told, digest)
    assert days.parse_proof(days.format_proof(proof)) == proof
    days.check(proof, digest, days.rounded(many), root)
    with pytest.raises(Spoilt):
        days.check(proof, REAL[-1] if digest != REAL[-1] else REAL[0], days.rounded(many), root)
    with pytest.raises(Spoilt, match="another number"):
        days.check(proof, digest, days.rounded(many) + 10, root)


def test_whatever_is_not_in_the_file_has_no_proof():
    assert days.prove(3, padded(5), REAL[30]) is None


LINES = days.format_day(padded(3))


@pytest.mark.parametrize(
    "raw",
    [
        b"x", LINES[:-1], LINES + LINES[-65:], LINES.upper(), LINES[65:] + LINES[:65], b"\n" + LINES,
        LINES.replace(b"\n", b"\r\n"),
    ],
)  # fmt: skip
def test_other_files_are_refused(raw):
    with pytest.raises(Spoilt):
        days.parse_day(raw)


@pytest.mark.parametrize(
    "written",
    ["", "entry 1\nindex 2", "entry 1\nindex 2\nsize x", "index 1\nentry 2\nsize 3", "entry 1\nindex 0\nsize 10\nAAAA"],
)
def test_other_proofs_are_refused(written):
    with pytest.raises(Spoilt):
        days.parse_proof(written)
