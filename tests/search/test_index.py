"""Finding without accents, by beginnings, by district; the same on both databases."""

from __future__ import annotations

import pytest

from hub import search
from hub.search import index

TEXTS = {
    "grp_a": ("Ffermwyr Môn", ["Island farmers", "Ynys Môn", "LL81"]),
    "grp_b": ("York Tenants", ["Renters of York", "York", "YO1", "YO71"]),
    "grp_c": ("Café Dùn Èideann", ["Coffee", "Edinburgh", "EH1"]),
}


@pytest.fixture
def tx(db):
    with db.write() as opened:
        for key, (name, texts) in TEXTS.items():
            search.put(opened, kind="group", key=key, name=name, texts=texts)
        yield opened


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("ynys mon", ["grp_a"]),
        ("YNYS MÔN", ["grp_a"]),
        ("cafe", ["grp_c"]),
        ("dun eideann", ["grp_c"]),
        ("yo1", ["grp_b"]),
        ("YO71 1AA", ["grp_b"]),
        ("yor ten", ["grp_b"]),
        ("york farmers", []),
        ("", []),
        ("' OR 1=1 --", []),
        ('"', []),
        ("*", []),
        ("york' | 'x", []),
    ],
)
def test_question_finds(tx, question, found):
    assert [hit.id for hit in search.find(tx, question)] == found


def test_pages_follow_one_another_without_gap_or_double(tx):
    for place in range(120):
        search.put(tx, kind="group", key=f"grp_{place:04}", name=f"Common {place % 7}", texts=[])

    seen, after = [], ""
    while hits := search.find(tx, "common", after=after, limit=50):
        seen += [hit.id for hit in hits]
        after = index.cursor(tx, hits[-1])

    assert len(seen) == len(set(seen)) == 120


def test_changed_and_removed_texts_are_no_longer_found(tx):
    search.put(tx, kind="group", key="grp_b", name="Selby Tenants", texts=["Selby"])
    search.remove(tx, "grp_c")

    assert [hit.id for word in ("york", "selby", "cafe") for hit in search.find(tx, word)] == ["grp_b"]


def test_fold_is_idempotent():
    for name, texts in TEXTS.values():
        for text in (name, *texts):
            assert search.fold(search.fold(text)) == search.fold(text)
