"""Those drawn for a case learn who its sides are by looks, which the sides read; the accused once they are told."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from hub import looks
from hub.cases import queries
from hub.looks.models import looks as rows
from hub.permits import Actor
from tests.web.conftest import House, submit
from tests.web.courts import Pages, open_court, read

READS = ("", "/file", "/screening", "/items", "/charge", "/answer", "/rulings", "/appeal", "/measures", "/delays")


@pytest.fixture
def pages(early: Any, bare_house: House, clock_at: Any) -> Pages:
    return open_court(bare_house, clock_at)


def looks_at(pages: Pages, *people: Actor) -> list[list[tuple[str, str, str, tuple[str, ...]]]]:
    """What each of them reads of looks at them."""
    with pages.court.db.read() as tx:
        found = [looks.looks_at(tx, str(one.person)) for one in people]
    return [[(look.role, look.purpose, look.about, look.fields) for look in mine] for mine in found]


def trawled(pages: Pages, act: str, client: Any) -> set[str]:
    """Whose nicknames stand on any page of a case, or on one's own, for one of those drawn."""
    text = " ".join(client.get(path).text for path in (*(f"/cases/{act}{more}" for more in READS), "/me"))
    return {str(one.nickname) for one in (pages.court.ada, pages.court.ben) if str(one.nickname) in text}


def many(pages: Pages) -> int:
    """How many looks are written down."""
    with pages.court.db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def test_duty_panel_learns_who_complained_and_of_nobody_accused_before_it_is_a_case(pages: Pages) -> None:
    act = pages.filed()
    ada, ben = pages.court.ada, pages.court.ben
    before = trawled(pages, act, pages.sitting(act)[0]), looks_at(pages, ada, ben)
    for client in pages.sitting(act)[:2]:
        pages.screen(client, act)

    after = trawled(pages, act, pages.sitting(act)[0]), looks_at(pages, ada, ben)

    complaint, case = ((("duty", name, act, ("nickname",))) for name in ("complaint", "case"))
    assert before == ({str(ada.nickname)}, [[complaint], []])
    assert after == ({str(ada.nickname), str(ben.nickname)}, [[case, complaint], [case]])


def test_accused_of_a_complaint_that_became_no_case_was_never_looked_at(pages: Pages) -> None:
    act = pages.filed()
    for client in pages.sitting(act)[:2]:
        pages.screen(client, act, result="no_case", reasons="It breaks no rule.")

    met = [trawled(pages, act, client) for client in pages.sitting(act)]

    assert looks_at(pages, pages.court.ben) == [[]]
    assert [str(pages.court.ben.nickname) in names for names in met] == [False] * len(met)


def test_each_of_the_panel_and_of_the_appeal_looks_once_a_day_at_both_sides(pages: Pages) -> None:
    act = pages.decided()
    first = pages.sitting(act)[0]
    began = many(pages)
    met = [trawled(pages, act, first) for _again in range(3)]
    of_panel = many(pages) - began
    submit(pages.ben, f"/cases/{act}/appeal", f"/cases/{act}/appeal", ground="procedure", words="Wrongly.")
    with pages.court.db.read() as tx:
        review = queries.appeal_of(tx, act).act
    pages.court.seat_drawn(review)
    began = many(pages)

    met.append(trawled(pages, act, pages.sitting(review)[0]))

    both = {str(pages.court.ada.nickname), str(pages.court.ben.nickname)}
    assert (met, of_panel, many(pages) - began) == ([both] * 4, 2, 2)
    newest = [found[0] for found in looks_at(pages, pages.court.ada, pages.court.ben)]
    assert newest == [("juror", "case", act, ("nickname",))] * 2


def test_sides_read_of_it_and_each_other_without_a_look(pages: Pages) -> None:
    act = pages.admitted()
    duty = pages.sitting(act)[0]
    began = many(pages)
    assert trawled(pages, act, pages.ada) == {str(pages.court.ada.nickname), str(pages.court.ben.nickname)}
    assert many(pages) == began
    duty.get(f"/cases/{act}")

    told = read(pages.ben, "/me/looks")

    assert "Saw: your nickname. You are a side in a case, and they were drawn by lot for it." in told
    assert f"about {act}" in told


def test_what_cannot_be_written_down_is_not_seen(pages: Pages) -> None:
    act = pages.admitted()
    duty = pages.sitting(act)[0]
    with pages.court.db.write() as tx:
        tx.execute(sa.text("ALTER TABLE looks RENAME TO gone"))

    answer = duty.get(f"/cases/{act}")

    with pages.court.db.write() as tx:
        tx.execute(sa.text("ALTER TABLE gone RENAME TO looks"))
    assert (answer.status_code >= 500, str(pages.court.ben.nickname) in answer.text) == (True, False)


def test_file_that_those_drawn_keep_names_neither_side(pages: Pages) -> None:
    act = pages.admitted()
    duty = pages.sitting(act)[0]
    began = many(pages)

    kept = duty.get(f"/cases/{act}/file").json()

    assert (kept["complainant"], kept["accused"]) == ("whoever complained", "whoever is accused")
    assert (many(pages), [pages.ada.get(f"/cases/{act}/file").json()[side] for side in ("complainant", "accused")]) == (
        began, [pages.court.ada.nickname, pages.court.ben.nickname],
    )  # fmt: skip


def test_a_page_that_names_a_side_without_a_look_is_caught(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a reading service that opens and writes nothing down."""
    monkeypatch.setattr("hub.looks.reading._write", lambda *_: None)
    act = pages.admitted()

    met = trawled(pages, act, pages.sitting(act)[0])

    assert (len(met), looks_at(pages, pages.court.ada, pages.court.ben)) == (2, [[], []])
