"""Words of texts and of questions: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.search.words import LONGEST, MOST, Word, asked_for, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ynys Môn", "ynys mon"),
        ("Café Dùn Èideann", "cafe dun eideann"),
        ("O'Neill’s  Straße\n(Nord)", "oneills strasse nord"),
        ("snake_case-and.dots", "snake case and dots"),
        ("Öko + Åre", "oko are"),
        ("Łódź, Tromsø, Þór, Æther", "lodz tromso thor aether"),
        ("x" * 200, "x" * LONGEST),
        ("… — !", ""),
        ("", ""),
    ],
)
def test_text_is_folded(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("York tenants", ["york", "tenants"]),
        ("yo71 1aa", ["yo71"]),
        ("EC1A1BB", ["ec1a"]),
        ("groups in YO1 7AB, please", ["groups", "in", "yo1", "please"]),
        ("e8", ["e8"]),
        (" ".join(f"w{number}" for number in range(50)), [f"w{number}" for number in range(MOST)]),
    ],
)
def test_question_is_cut_into_words(question, words):
    assert asked_for(question) == [Word(word) for word in words]


def test_single_letter_means_only_itself():
    assert (Word("t").sqlite, Word("t").postgres, Word("t").bounded) == ('"t"', "'t'", " t ")
    assert (Word("te").sqlite, Word("te").postgres, Word("te").bounded) == ('"te"*', "'te':*", " te")
