"""The pool: one order, one hash, and what is refused in words."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import canonical, ids
from hub.lot.pool import Unreadable, counts, format_pool, make_pool, make_ticket, parse_pool, pool_hash
from tests.lot.arranged import name_of, tickets

codes = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
names = st.integers(0, 10**6).map(name_of)
pools = st.sets(codes, max_size=3).flatmap(
    lambda keys: st.dictionaries(names, st.fixed_dictionaries(dict.fromkeys(keys, codes)), min_size=1, max_size=12)
)


@given(pools, st.randoms(use_true_random=False))
def test_pool_is_the_same_in_whatever_order_it_came(strata, chance):
    made = [make_ticket(name, value) for name, value in strata.items()]
    chance.shuffle(made)

    pool = make_pool(made)

    assert pool == make_pool(sorted(made))
    assert parse_pool(format_pool(pool)) == pool
    assert format_pool(parse_pool(format_pool(pool))) == format_pool(pool)
    assert canonical.loads(format_pool(pool)) == {
        "tickets": [{"strata": strata[name], "ticket": name} for name in sorted(strata)]
    }


def test_pool_file_and_hash_are_as_drawn():
    pool = make_pool([make_ticket(name_of(2), {"b": "y", "a": "x"}), make_ticket(name_of(1), {"a": "x", "b": "z"})])
    first, second = sorted([(name_of(2), "y"), (name_of(1), "z")])

    raw = (
        f'{{"tickets":[{{"strata":{{"a":"x","b":"{first[1]}"}},"ticket":"{first[0]}"}},'
        f'{{"strata":{{"a":"x","b":"{second[1]}"}},"ticket":"{second[0]}"}}]}}'
    ).encode()

    assert format_pool(pool) == raw
    assert pool_hash(pool) == hashlib.sha256(raw).hexdigest()
    assert counts(pool) == {("a", "x"): 2, ("b", "y"): 1, ("b", "z"): 1}


def test_pool_file_is_read_however_it_is_spaced():
    pool = make_pool(tickets(5))
    items = json.loads(format_pool(pool))["tickets"]
    random.Random(3).shuffle(items)

    assert parse_pool(json.dumps({"tickets": items}, indent=2).encode()) == pool


def test_minted_ticket_is_a_ticket():
    assert make_ticket(ids.new("tkt"), {}).strata == ()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"tickets": []}, "holds 1 to"),
        ({"tickets": {}}, "not a list"),
        ({"tickets": [], "more": 1}, "nothing else"),
        ([], "nothing else"),
        ({"tickets": [{"ticket": name_of(1)}]}, "Ticket 1 of the pool"),
        ({"tickets": [{"ticket": name_of(1), "strata": []}]}, "Ticket 1 of the pool"),
        ({"tickets": [{"ticket": 5, "strata": {}}]}, "Ticket 1 of the pool"),
        ({"tickets": [{"ticket": "per_" + "0" * 26, "strata": {}}]}, "not the name of a ticket"),
        ({"tickets": [{"ticket": name_of(1), "strata": {"Age": "18"}}]}, "'Age': '18'"),
        ({"tickets": [{"ticket": name_of(1), "strata": {"age": "under 30"}}]}, "'age': 'under 30'"),
        ({"tickets": [{"ticket": name_of(1), "strata": {"age": 30}}]}, "'age': 30"),
        ({"tickets": [{"ticket": name_of(1), "strata": {"age": "\ud800"}}]}, "two codes"),
        ({"tickets": [{"ticket": name_of(1), "strata": {}}] * 2}, "twice"),
        (
            {"tickets": [{"ticket": name_of(1), "strata": {"age": "x"}}, {"ticket": name_of(2), "strata": {}}]},
            "not-said",
        ),
    ],
)
def test_pool_that_cannot_be_is_refused_in_words(value, words):
    with pytest.raises(Unreadable, match=words):
        parse_pool(json.dumps(value).encode())


@pytest.mark.parametrize("raw", [b"", b"{", b'{"tickets":[],"tickets":[]}', b'{"tickets":[1.5]}', b"\xff"])
def test_pool_that_is_no_json_is_refused_in_words(raw):
    with pytest.raises(Unreadable, match="not a pool file"):
        parse_pool(raw)
