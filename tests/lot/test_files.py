"""The published file: inverse pairs, and mistakes in words."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import canonical
from hub.errors import RuleViolation
from hub.lot.chains import REHEARSAL
from hub.lot.draw import seats_of, with_replacement
from hub.lot.files import PARTS, format_draw, parse_draw
from hub.lot.pool import Unreadable
from tests.lot.arranged import QUOTAS, SAID, SOURCE, drawn, name_of

DRAW = drawn()
REPLACED = with_replacement(
    with_replacement(DRAW, DRAW.accepted[0], "declined", {}),
    DRAW.accepted[3],
    "conflict",
    dict.fromkeys(DRAW.reserves[:9], "conflict"),
)
RAW = format_draw(REPLACED)
DROP = object()


def altered(path, value):
    """The file with one part put in place of another, or dropped."""
    file = json.loads(RAW)
    *way, last = path
    inner = file
    for step in way:
        inner = inner[step]
    if value is DROP:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(file).encode()


@pytest.mark.parametrize("draw", [DRAW, REPLACED, drawn(quotas=[], size=40)], ids=["drawn", "replaced", "everybody"])
def test_draw_reads_back_and_is_written_once_only(draw):
    raw = format_draw(draw)

    assert parse_draw(raw) == draw
    assert format_draw(parse_draw(raw)) == raw
    assert canonical.loads(raw).keys() == PARTS


def test_file_is_read_however_it_is_spaced_and_its_pool_sorted():
    file = json.loads(RAW)
    random.Random(5).shuffle(file["pool"])
    random.Random(5).shuffle(file["quotas"])

    assert parse_draw(json.dumps(dict(reversed(file.items())), indent=4).encode()) == REPLACED


def test_draw_holds_what_it_was_made_from():
    assert (DRAW.quotas, DRAW.source, DRAW.said, DRAW.size) == (QUOTAS, SOURCE, SAID, 8)
    assert (len(DRAW.order), len(DRAW.accepted), len(DRAW.reserves), sum(DRAW.odds)) == (40, 8, 32, 8_000)
    assert len(seats_of(REPLACED).seats) == 8


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["format"], "folkmoot-draw-1", "its format is not"),
        (["format"], DROP, "its format is not"),
        *[([part], DROP, f"the part {part} is missing") for part in sorted(PARTS - {"format"})],
        (["colour"], "red", "'colour' is no part that this program knows"),
        (["\ud800"], 1, r"no part that this program knows"),
        (["act"], "grp_" + "0" * 26, "not the id of an act"),
        (["act"], 5, "act: this should be a text"),
        (["frozen"], "2026-11-21", "frozen: .* a moment in UTC"),
        (["frozen"], "2026-13-21T20:00Z", "frozen: .* a moment in UTC"),
        (["size"], "8", "size: this should be a whole number"),
        (["size"], True, "size: this should be a whole number"),
        (["size"], -1, "size: this should be a whole number"),
        (["round"], 10**9, "round: this should be a whole number"),
        (["seed"], "5A" * 32, "seed: .* 64 hexadecimal digits in small"),
        (["pool_hash"], "", "pool_hash: .* 64 hexadecimal"),
        (["pool"], [], "A pool holds"),
        (["pool", 3], [], "Ticket 4 of the pool"),
        (["pool", 3, "ticket"], "Ann", "'Ann' is not the name of a ticket"),
        (["order"], {}, "order: this should be a list"),
        (["order", 2], "Ann", "order 3: 'Ann' is not the name of a ticket"),
        (["accepted", 0], None, "accepted 1: this should be a text"),
        (["reserves", 1], 7, "reserves 2: this should be a text"),
        (["odds", 5], "often", "odds 6: this should be a whole number"),
        (["quotas", 0], [], "quota 1: this should have the parts key, least, most, value"),
        (["quotas", 0, "key"], "Age", "quota 1: key and value are codes"),
        (["quotas", 1, "most"], "two", "quota 2, most: this should be a whole number"),
        (["source"], "drand", "source: this should have the parts chain, key, name"),
        (["source", "count"], 6, "source: 'count' is no part"),
        (["source", "key"], DROP, "source: the part key is missing"),
        (["source", "key"], REHEARSAL.key, "source: this chain, or its key, is none that draws may rest on"),
        (["source", "chain"], "0" * 64, "source: this chain, or its key, is none that draws may rest on"),
        (["source", "chain"], [], "source: this chain, or its key, is none that draws may rest on"),
        (["source", "name"], 5, "source, name: this should be a text"),
        (["source", "name"], "drand-rehearsal-1000", "is no round of quicknet"),
        (["source", "name"], "drand-quicknet-0", "is no round of quicknet"),
        (["said"], [1, 2], "said: this should be a text"),
        (["said"], "5a", "said: this should be 96 hexadecimal digits"),
        (["said"], SAID.upper(), "said: this should be 96 hexadecimal digits in small letters"),
        (["replaced", 0], 1, "replacement 1: this should have the parts"),
        (["replaced", 1, "passed"], 1, "replacement 2, passed: this should be a list"),
        (["replaced", 1, "passed"], [1], "replacement 2, passed 1: this should have the parts"),
        (["replaced", 1, "out"], "Ann", "replacement 2: 'Ann' is not the name"),
        (["replaced", 1, "successor"], 1, "replacement 2: this should be a text"),
        (["replaced", 0, "reason"], None, "replacement 1: this should be a text"),
    ],
)
def test_file_with_a_mistake_is_refused_in_words(path, value, words):
    with pytest.raises(Unreadable, match=words):
        parse_draw(altered(path, value))


@pytest.mark.parametrize("raw", [b"", b"[]", b"5", b"{}", b'{"a":1,"a":2}', b"\xff\xfe", b"[" * 10**5, b'{"size":1.5}'])
def test_file_of_something_else_is_refused_in_words(raw):
    with pytest.raises(Unreadable, match="not the file of a draw"):
        parse_draw(raw)


@given(st.sampled_from(sorted(PARTS)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "known", "key", "ticket", "x"]), inner, max_size=3), max_leaves=6,
))  # fmt: skip
def test_any_part_is_read_or_refused(part, value):
    try:
        draw = parse_draw(altered([part], value))
    except Unreadable:
        return
    assert parse_draw(format_draw(draw)) == draw


def test_replacing_a_ticket_without_a_seat_changes_nothing():
    with pytest.raises(RuleViolation, match="has no seat on this panel"):
        with_replacement(DRAW, name_of(999), "declined", {})
