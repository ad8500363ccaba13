"""Canonical JSON: the published examples of RFC 8785, the laws, and everything that must be refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.canonical import DEPTH, SAFE, NotCanonical, dumps, loads

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_value_reads_back_and_is_written_once_only(value):
    raw = dumps(value)

    assert loads(raw) == value
    assert dumps(loads(raw)) == raw


@given(st.binary(max_size=60) | texts.map(str.encode))
def test_any_bytes_are_canonical_or_refused(raw):
    try:
        value = loads(raw)
    except NotCanonical:
        return
    assert dumps(value) == raw


def test_keys_are_sorted_as_rfc_8785_shows():
    """The example of RFC 8785 section 3.2.3, but for the order in which it is typed."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }

    raw = dumps(value)

    assert list(json.loads(raw).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    assert loads(raw) == value


def test_texts_are_escaped_as_rfc_8785_shows():
    """The string of RFC 8785 section 3.2.2."""
    raw = dumps({"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f", "literals": [None, True, False]})

    assert raw == '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" {}",
        b"{} ",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\x01"}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"a":"\\u001F"}',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"[" * (DEPTH + 2) + b"]" * (DEPTH + 2),
        b"nul",
        b'"a',
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_other_spellings_are_refused(raw):
    with pytest.raises(NotCanonical):
        loads(raw)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        SAFE + 1,
        -SAFE - 1,
        {"n": SAFE + 1},
        {"n": -SAFE - 1},
        "\ud800",
        {"\ud800": 1},
        {1: 2},
        b"bytes",
        {"a": {2}},
        nested(DEPTH + 1),
    ],
    ids=repr,
)
def test_values_that_cannot_stand_in_an_entry_are_refused(value):
    with pytest.raises(NotCanonical):
        dumps(value)


def test_nesting_up_to_the_limit_is_kept():
    assert loads(dumps(nested(DEPTH))) == nested(DEPTH)
