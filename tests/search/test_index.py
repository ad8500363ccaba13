"""Finding without accents, by beginnings, by district; the same on both databases and by every way of answering."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub import search
from hub.search import index

TEXTS = {
    "grp_a": ("Ffermwyr Môn", ["Island farmers, not of York"], "ynys-mon", ["Ynys Môn", "LL81"]),
    "grp_b": ("York Tenants", ["Renters of York"], "york", ["York", "YO1", "YO71"]),
    "grp_c": ("Café Dùn Èideann", ["Coffee for a cause"], "edinburgh", ["Edinburgh", "EH1"]),
}


@pytest.fixture
def tx(db):
    with db.write() as opened:
        for key, (name, texts, place, place_texts) in TEXTS.items():
            search.put(opened, kind="group", key=key, name=name, texts=texts, place=place, place_texts=place_texts)
        yield opened


def found(tx, question, **how):
    return [hit.id for hit in search.find(tx, question, **how)]


def pages(tx, question, **how):
    """All hits, page by page."""
    seen, after = [], ""
    while hits := search.find(tx, question, after=after, **how):
        seen += [hit.id for hit in hits]
        after = hits[-1].place
    return seen


@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ("ynys mon", ["grp_a"]),
        ("YNYS MÔN", ["grp_a"]),
        ("cafe", ["grp_c"]),
        ("dun eideann", ["grp_c"]),
        ("yo1", ["grp_b"]),
        ("YO71 1AA", ["grp_b"]),
        ("yor ten", ["grp_b"]),
        ("a", ["grp_c"]),
        ("york farmers", ["grp_a"]),
        ("edinburgh farmers", []),
        ("", []),
        ("' OR 1=1 --", []),
        ('"', []),
        ("*", []),
        ("york' | 'x", []),
        ("york NOT tenants", []),
        ("\x00", []),
        ("kindbranch", []),
        ("y" * 10_000, []),
    ],
)
def test_question_finds(tx, question, hits):
    assert found(tx, question) == hits


def test_name_that_carries_the_words_comes_first(tx):
    assert found(tx, "york") == ["grp_b", "grp_a"]


def test_changed_and_removed_texts_are_no_longer_found(tx):
    search.put(tx, kind="group", key="grp_b", name="Selby Tenants", texts=["Selby"])
    search.remove(tx, "grp_c")

    assert [found(tx, word) for word in ("tenants", "yo1", "selby", "cafe")] == [["grp_b"], [], ["grp_b"], []]


def test_place_with_other_words_is_found_by_them(tx):
    search.put_place(tx, place="york", texts=["Eboracum", "YO1"])

    assert [found(tx, word) for word in ("eboracum", "yo1", "yo71", "renters", "edinburgh")] == [
        ["grp_b"],
        ["grp_b"],
        [],
        ["grp_b"],
        ["grp_c"],
    ]


def test_branches_and_groups_are_found_apart(tx):
    search.put(tx, kind="branch", key="brn_a", name="York", texts=[])

    assert found(tx, "york") == ["brn_a", "grp_b", "grp_a"]
    assert found(tx, "york", kind="branch") == ["brn_a"]
    assert found(tx, "york", kind="group") == ["grp_b", "grp_a"]


@pytest.mark.parametrize("kind", [None, "group"])
@pytest.mark.parametrize("after", ["", "nonsense", "0", "7 york grp_b", "0  ", "1 \x00 \x00"])
def test_place_that_is_none_begins_at_the_first(tx, after, kind):
    assert found(tx, "york", after=after, kind=kind) == ["grp_b", "grp_a"]


def fill(tx, many, every=1):
    """Many things in one place; every so-many'th is common."""
    for number in range(many):
        word = "common" if number % every == 0 else "rare"
        search.put(tx, kind="group", key=f"grp_{number:05}", name=f"Name {number % 97}", texts=[word], place="york")
    return [key for _, key in sorted((f"name {number % 97}", f"grp_{number:05}") for number in range(0, many, every))]


def test_pages_of_ranked_hits_follow_one_another(tx):
    wanted = fill(tx, 240, every=2)

    assert pages(tx, "common") == wanted


@pytest.mark.parametrize(("many", "every", "dense"), [(1100, 1, True), (4000, 3, False)])
def test_pages_of_many_hits_follow_one_another(tx, many, every, dense):
    wanted = fill(tx, many, every)
    asked = index._Asked(index.asked_for("common"), "group", tx.dialect.name, (0, "", ""), 50)

    assert (index._are_many(tx, asked), index._is_dense(tx, asked)) == (True, dense)
    assert pages(tx, "common", kind="group") == wanted
    assert pages(tx, "common", limit=100) == wanted


def test_every_way_of_answering_gives_the_same(tx):
    fill(tx, 300)
    asked = index._Asked(index.asked_for("comm"), "group", tx.dialect.name, (0, "name 3", "grp_00003"), 40)
    walked, by_sorting, ranked = (way(tx, asked) for way in (index._walked, index._sorted, index._ranked))

    assert walked == by_sorting
    assert [hit.id for hit in ranked if hit.place[0] == "1"] == [hit.id for hit in ranked]
    assert len(walked) == 40


def test_words_withdrawn_leave_the_pages_of_the_index(tx):
    search.put(tx, kind="group", key="grp_b", name="Selby", texts=[])
    search.scrub(tx)

    if tx.dialect.name == "sqlite":
        blocks = tx.scalars(sa.text("SELECT block FROM found_texts_fts_data")).all()
        assert not any(b"renters" in bytes(block) for block in blocks)
        assert any(b"selby" in bytes(block) for block in blocks)
