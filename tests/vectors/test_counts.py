"""A published ward and examples computed by hand: every stage, seat and tie, to the fifth decimal."""

import hashlib

import pytest

from hub.count import count
from tests.vectors.counts import EXAMPLES, expected, told, wrong


@pytest.mark.parametrize("name", EXAMPLES)
def test_count_has_every_stage_seat_and_tie(name):
    example = EXAMPLES[name]

    assert told(count(example.contest, example.seed)) == expected(example)


def test_lot_is_the_lowest_digest_of_seed_and_reference():
    example = EXAMPLES["an earlier stage parts some, a lot the rest"]
    digests = {ref: hashlib.sha256(b"beacon-3|" + ref.encode()).hexdigest() for ref in "BC"}

    tie = count(example.contest, example.seed).ties[0]

    assert tie.lots == digests
    assert (digests["B"][:8], digests["C"][:8]) == ("eca3dbbd", "8f12c0a4")


def test_comparison_catches_a_count_that_breaks_down():
    assert wrong(lambda contest, seed: None) == list(EXAMPLES)
    assert wrong(count) == []
