"""Openings: sealed, read back, matched; broken and foreign ones are as good as none."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ledger.openings import (
    Opening,
    digest_of,
    format_file,
    matching,
    parse_file,
    parse_opening,
    seal_words,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
BROKEN = {
    "empty": "",
    "no base64": "!!!!",
    "padded": "WyJhIiwiYiIsImMiXQ==",
    "not ascii": "é",
    "no list": base64.urlsafe_b64encode(b'{"a":"b"}').decode().rstrip("="),
    "two parts": base64.urlsafe_b64encode(b'["salt","name"]').decode().rstrip("="),
    "a number": base64.urlsafe_b64encode(b'["salt","name",5]').decode().rstrip("="),
    "deep": base64.urlsafe_b64encode(b"[" * 60_000).decode().rstrip("="),
    "not utf-8": base64.urlsafe_b64encode(b'["a","b","\xff"]').decode().rstrip("="),
    "too long": "A" * 200_000,
}


@given(st.dictionaries(texts, texts, max_size=3))
def test_words_are_sealed_and_matched(words):
    opened = seal_words(words)

    assert matching([opening.digest for opening in opened], opened) == words
    assert [parse_opening(opening.disclosure) for opening in opened] == opened


def test_disclosure_and_digest_are_those_of_rfc_9901():
    """The example of RFC 9901 section 4.2.1 and 4.2.3, in the white space its issuer chose."""
    disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"

    assert parse_opening(disclosure) == Opening(disclosure, "family_name", "Möbius")
    assert digest_of(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_same_words_are_sealed_differently_each_time():
    digests = {seal_words({"name": "Ann"})[0].digest for _ in range(50)}

    assert len(digests) == 50


def test_foreign_opening_is_not_the_entrys_word():
    own, foreign = seal_words({"name": "Ann"})[0], seal_words({"name": "Bob"})[0]

    assert matching([own.digest], [foreign, own]) == {"name": "Ann"}
    assert matching([own.digest], [foreign]) == {}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_disclosure_is_refused(name):
    with pytest.raises(ValueError, match=r"."):
        parse_opening(BROKEN[name])


def test_file_holds_its_disclosures_in_the_order_of_their_digests():
    opened = seal_words({"name": "Ann", "reason": "Because", "purpose": "To be"})
    texts = [opening.disclosure for opening in opened]

    raw = format_file(7, reversed(texts))

    assert parse_file(raw, 7) == texts
    assert [hashlib.sha256(text.encode()).digest() for text in texts] == sorted(
        (hashlib.sha256(text.encode()).digest() for text in texts),
        key=lambda digest: base64.urlsafe_b64encode(digest),
    )
    with pytest.raises(ValueError, match="not the openings of this entry"):
        parse_file(raw, 8)


def test_json_of_a_file_is_plain():
    assert json.loads(format_file(3, [])) == {"index": 3, "openings": []}
