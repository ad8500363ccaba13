"""Tombstones: written and read back, signed by the log's key, and what they are not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.tombstones import Tombstone, day_of, format_list, holds, merged, parse_list, sign
from hub.tlog.note import Signer

OURS, OTHERS = Signer("hub.example/log", b"A" * 32), Signer("hub.example/log", b"B" * 32)
KEYS = [Signer("old.example/log", b"C" * 32).verifier, OURS.verifier]
ONE = sign(Tombstone(7, "abc", "2026-11-21", "erased"), OURS)
texts = st.text(max_size=20).filter(lambda text: text.isprintable())
stones = st.builds(Tombstone, st.integers(0, 10**9), texts, texts, texts, st.none() | texts)


@given(st.lists(stones, unique_by=lambda stone: stone.place))
def test_list_of_tombstones_reads_back(some):
    assert parse_list(format_list(some)) == {stone.place: stone for stone in some}


def test_list_of_before_reads_as_unsigned():
    raw = b'{"withdrawn":[{"digest":"abc","index":7}]}'

    assert parse_list(raw) == {(7, "abc"): Tombstone(7, "abc", "", "unsaid", None)}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"withdrawn":1}',
        b'{"withdrawn":[1]}',
        b'{"withdrawn":[{"index":"1","digest":"a"}]}',
        b"[" * 100_000,
        b'{"withdrawn":[{"index":1,"digest":[]}]}',
        b'{"withdrawn":[{"index":true,"digest":"a"}]}',
        b'{"withdrawn":[{"index":1,"digest":"a","sig":7}]}',
        b"\xff",
    ],
)
def test_broken_list_is_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        parse_list(raw)


def test_signature_holds_for_what_it_was_made_for():
    assert holds(ONE, KEYS)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, index=8),
        replace(ONE, digest="abd"),
        replace(ONE, day="2026-11-22"),
        replace(ONE, why="ordered"),
        replace(ONE, sig=None),
        replace(ONE, sig=""),
        replace(ONE, sig="nonsense\n"),
        replace(ONE, sig=(ONE.sig or "") * 2),
        sign(replace(ONE, sig=None), OTHERS),
    ],
)
def test_signature_holds_for_nothing_else(other):
    assert not holds(other, KEYS)


def test_signed_tombstone_comes_before_one_that_is_not():
    bare = replace(ONE, sig=None)
    other = replace(bare, index=9)

    assert merged({bare.place: bare}, {ONE.place: ONE, other.place: other}) == {ONE.place: ONE, other.place: other}
    assert merged({ONE.place: ONE}, {ONE.place: replace(ONE, why="unsaid")}) == {ONE.place: ONE}


def test_day_is_of_utc_and_has_no_hour():
    east = dt.timezone(dt.timedelta(hours=3))

    assert day_of(dt.datetime(2026, 11, 22, 1, 30, tzinfo=east)) == "2026-11-21"
