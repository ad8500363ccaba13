"""Locked keys and split keys: inverse pairs, and what fewer people, other words and altered files give."""

import dataclasses
import json
import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.charter import locked as locking
from hub.charter.locked import format_locked, lock, parse_locked, unlock
from hub.charter.shares import format_share, join, parse_share, split
from hub.errors import Invalid
from hub.tlog.hashes import Spoilt

SECRET = bytes(range(32))
WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(locking, "SCRYPT", (1 << 10, 8, 1))


def test_a_locked_secret_opens_with_its_passphrase_alone():
    kept = parse_locked(format_locked(lock("trustee key", "ana", "vkey", SECRET, WORDS)), "trustee key")

    assert unlock(kept, WORDS) == SECRET
    with pytest.raises(Invalid) as refused:
        unlock(kept, WORDS + "r")
    assert refused.value.fields == {"passphrase": "This passphrase does not open the key, or the file was altered."}


def test_a_short_passphrase_locks_nothing():
    with pytest.raises(Invalid) as refused:
        lock("trustee key", "ana", "vkey", SECRET, "short")
    assert list(refused.value.fields) == ["passphrase"]


@pytest.mark.parametrize("field", ["kind", "name", "public", "salt", "nonce", "box"])
def test_an_altered_file_does_not_open(field):
    kept = lock("trustee key", "ana", "vkey", SECRET, WORDS)
    value = getattr(kept, field)
    other = dataclasses.replace(
        kept, **{field: value + "x" if isinstance(value, str) else bytes([value[0] ^ 1]) + value[1:]}
    )
    with pytest.raises(Invalid):
        unlock(parse_locked(format_locked(other), "trustee key"), WORDS)


@pytest.mark.parametrize("costs", [[1 << 30, 8, 1], [1000, 8, 1], [1024, 99, 1], "many", [1024]])
def test_a_file_cannot_make_the_machine_work_for_ever(costs):
    values = json.loads(format_locked(lock("trustee key", "ana", "vkey", SECRET, WORDS)))
    with pytest.raises(Invalid):
        parse_locked(json.dumps({**values, "scrypt": costs}).encode(), "trustee key")


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"kind":"role key"}'])
def test_other_files_are_refused(raw):
    with pytest.raises(Invalid):
        parse_locked(raw, "trustee key")


def test_any_three_of_five_give_it_back_and_no_two():
    shares = [parse_share(format_share(one)) for one in split("subject.key", SECRET, 3, 5)]

    for chosen in combinations(shares, 3):
        assert join(chosen) == SECRET
    assert join(shares) == SECRET
    for chosen in combinations(shares, 2):
        with pytest.raises(Spoilt, match="3 different shares"):
            join(chosen)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=48), st.integers(2, 7), st.data())
def test_splitting_and_joining_are_inverse(secret, needed, data):
    many = data.draw(st.integers(needed, 9))
    shares = split("pair.key", secret, needed, many)
    chosen = data.draw(st.permutations(shares))[:needed]
    assert join(chosen) == secret


def test_two_shares_of_three_needed_say_nothing():
    """Over many splits, any two shares of one byte look alike for two different secrets (chi-square by hand)."""
    draws = random.Random(4).randbytes
    seen = [
        Counter(split("pair.key", bytes([byte]) * 32, 3, 5, draws)[1].values[0] for _ in range(600))
        for byte in (0, 255)
    ]
    for counts in seen:
        statistic = sum((counts[value] - 600 / 256) ** 2 / (600 / 256) for value in range(256))
        assert 160 < statistic < 370  # 255 degrees of freedom: outside with a chance below one in a million


def test_shares_of_different_splits_do_not_mix():
    one, other = split("pair.key", SECRET, 2, 3), split("pair.key", SECRET[::-1], 2, 3)
    with pytest.raises(Spoilt, match="belong together"):
        join([one[0], other[1]])
    again = split("pair.key", SECRET, 2, 3)
    with pytest.raises(Spoilt, match="one of them is wrong"):
        join([one[0], again[1]])
    with pytest.raises(Spoilt, match="2 different"):
        join([one[0], one[0]])
    wrong = dataclasses.replace(one[1], values=bytes(32))
    with pytest.raises(Spoilt, match="one of them is wrong"):
        join([one[0], wrong])


@pytest.mark.parametrize(
    ("needed", "many", "secret", "name"),
    [(1, 3, SECRET, "a"), (4, 3, SECRET, "a"), (2, 256, SECRET, "a"), (2, 3, b"short", "a"), (2, 3, SECRET, "A key")],
)
def test_splits_that_make_no_sense_are_refused(needed, many, secret, name):
    with pytest.raises(Spoilt):
        split(name, secret, needed, many)


@pytest.mark.parametrize(
    "line", ["", "folkmoot-share-v1 a 2 1 AA== AA==", "x a 2 1 AA== AA==", "folkmoot-share-v1 a 1"]
)
def test_other_lines_are_no_shares(line):
    with pytest.raises(Spoilt):
        parse_share(line)
