"""Who gets which page and form of a case: its sides and those drawn for it, each in their turn, and nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.cases import queries
from hub.people import actions as people
from tests.web.conftest import House, submit
from tests.web.courts import FACTS, REASONS, REPLY, SAID, WORDS, Pages, open_court, read
from tests.web.tables import everything


@pytest.fixture
def pages(early: Any, bare_house: House, clock_at: Any) -> Pages:
    return open_court(bare_house, clock_at)


READS = (
    "",
    "/file",
    "/text",
    "/screening",
    "/items",
    "/charge",
    "/answer",
    "/rulings",
    "/appeal",
    "/measures",
    "/delays",
)
# Who gets which page of a case that waits for its panel's decision: of READS, in order.
SEES = {
    "a visitor": [303] * 11,
    "another member": [404] * 11,
    "one of the council": [404] * 11,
    "complainant": [200, 200, 200, 403, 200, 200, 403, 403, 200, 403, 403],
    "accused": [200, 200, 200, 403, 200, 403, 200, 403, 200, 403, 403],
    "duty": [200, 200, 200, 200, 403, 403, 403, 403, 403, 200, 200],
    "panel": [200, 200, 200, 403, 403, 403, 403, 200, 403, 403, 200],
}
# What each may send to it then, with every field filled in. A refusal writes nothing.
SENDS: dict[str, list[int]] = {
    "another member": [404] * 16,
    "one of the council": [404] * 16,
    "complainant": [403, 422, 404, 404, 422, 403, 403, 303, 403, 403, 403, 422, 403, 403, 403, 403],
    "accused": [403, 422, 404, 404, 403, 422, 422, 303, 403, 403, 403, 422, 403, 403, 403, 403],
    "duty": [422, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 403, 303, 404, 303, 404],
    "panel": [403, 403, 403, 403, 403, 403, 403, 403, 303, 303, 404, 403, 403, 403, 303, 404],
}


def sends(pages: Pages, act: str, cited: str, ruling: str, ticket: str) -> list[tuple[str, dict[str, str]]]:
    """Every form of a case, filled in: where it is sent, and its fields."""
    item = {
        "text": SAID, "source": "the chat", "collector": "Me", "how": "by hand", "got_from": "public_link",
    }  # fmt: skip
    return [
        ("/screening", {"result": "admitted", "reasons": REASONS}),
        ("/items", item),
        (f"/items/{cited}/removal", {}),
        ("/files/fil_none/removal", {}),
        ("/charge", {"facts": FACTS}),
        ("/answer", {"words": REPLY}),
        ("/prolongation", {}),
        ("/strikes", {"ticket": ticket}),
        ("/rulings", {"proved": "yes", "outcome": "advice", "reasons": REASONS, "cites": cited}),
        (f"/rulings/{ruling}/signature", {}),
        (f"/rulings/{'0' * 64}/signature", {}),
        ("/appeal", {"ground": "procedure", "words": "Wrongly."}),
        ("/measures", {"measure": "no_contact", "risk": "He writes on.", "why": "She asked him."}),
        ("/measures/act_none/signature", {}),
        ("/delays", {"days": "30", "reasons": "They would warn a witness."}),
        (f"/delays/{'0' * 64}/signature", {}),
    ]


def people_of(pages: Pages, act: str) -> dict[str, Any]:
    """A browser of each kind of person."""
    with pages.court.db.draft() as tx:
        first = pages.court.sitting_at(tx, act, 0)
        panel = pages.court.sitting(tx, act)
        seated = {one.person for one in (*first, *panel)}
    others = [one for one in pages.court.town.members[2:] if one.person not in seated]
    return {
        "another member": pages.house.signed_in(others[0]),
        "one of the council": pages.house.signed_in(pages.court.town.council[0]),
        "complainant": pages.ada,
        "accused": pages.ben,
        "duty": pages.house.signed_in(first[0]),
        "panel": pages.house.signed_in(panel[0]),
    }


def test_each_person_gets_their_pages_and_nobody_else_any(pages: Pages) -> None:
    act = pages.deciding()
    browsers = {"a visitor": pages.house.visitor(), **people_of(pages, act)}

    seen = {who: [client.get(f"/cases/{act}{more}").status_code for more in READS] for who, client in browsers.items()}

    assert seen == SEES


def test_each_person_sends_what_is_theirs_and_a_refusal_writes_nothing(pages: Pages) -> None:
    act = pages.deciding()
    pages.court.turn(days=5)
    browsers = people_of(pages, act)
    cited = re.findall(r'name="cites" value="(\w+)"', browsers["panel"].get(f"/cases/{act}/rulings").text)[0]
    fields = {"proved": "yes", "outcome": "advice", "reasons": "It is in the item.", "cites": cited}
    submit(browsers["panel"], f"/cases/{act}/rulings", f"/cases/{act}/rulings", **fields)
    ruling = re.findall(r"/rulings/(\w+)/signature", browsers["panel"].get(f"/cases/{act}/rulings").text)[0]
    ticket = re.findall(r'name="ticket" value="([^"]+)"', browsers["accused"].get(f"/cases/{act}").text)

    got: dict[str, list[int]] = {}
    wrote = []
    for who, client in browsers.items():
        got[who] = []
        for number, (path, sent) in enumerate(sends(pages, act, cited, ruling, ticket[1 + (who == "accused")])):
            before = everything(pages.court.db)
            answer = submit(client, "/account/name", f"/cases/{act}{path}", **sent)
            got[who].append(answer.status_code)
            if answer.status_code != 303 and everything(pages.court.db) != before:
                wrote.append((who, number))

    assert (got, wrote) == (SENDS, [])


def test_case_of_others_and_no_case_at_all_are_the_same_bytes(pages: Pages) -> None:
    act = pages.charged()
    other = pages.house.signed_in(pages.court.town.members[4])
    paths = [f"/cases/{one}{more}" for more in READS for one in (act, act[:-1] + ("0" if act[-1] != "0" else "1"), "x")]

    answers = [other.get(path) for path in paths]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_complaint_that_is_not_taken_up_is_told_to_nobody_but_who_complained(pages: Pages) -> None:
    act = pages.filed()
    for client in pages.sitting(act)[:2]:
        assert pages.screen(client, act, result="no_case", reasons="It breaks no rule.").status_code == 303

    assert "Not taken up" in read(pages.ada, f"/cases/{act}")
    assert "It breaks no rule." in read(pages.ada, f"/cases/{act}")
    assert pages.ben.get(f"/cases/{act}").status_code == 404
    assert "Cases of mine" not in read(pages.ben, "/me")


def test_whoever_may_not_complain_reads_why(pages: Pages) -> None:
    stranger = pages.court.town.members[7]
    with pages.court.db.write() as tx:
        people.end_standing(tx, person=str(stranger.person))
    client = pages.house.signed_in(stranger)

    form = read(client, "/cases/new")
    before = everything(pages.court.db)
    answer = submit(client, "/account/name", "/cases", **pages.complaint())

    assert "Send the complaint" not in form
    assert answer.status_code == 403
    assert everything(pages.court.db) == before


def test_whether_a_case_runs_is_told_to_nobody(pages: Pages) -> None:
    pages.filed()
    other = pages.house.signed_in(pages.court.town.members[4])

    answer = pages.complain(other, happened_on="2026-11-21")

    assert answer.status_code == 422
    assert "was taken up before" in answer.text
    assert "A case about this runs" not in answer.text


def test_other_mistakes_are_told_the_same_of_a_name_that_nobody_has(pages: Pages) -> None:
    ada = pages.ada
    plain = [
        re.sub(r'name="token" value="[^"]+"', "", pages.complain(ada, rule="77", respondent=name).text).replace(
            name, ""
        )
        for name in (pages.name, "nobody_has_it")
    ]

    assert plain[0] == plain[1]


def test_names_are_not_tried_out(pages: Pages) -> None:
    ada = pages.ada

    tries = [pages.complain(ada, respondent=f"nobody_{number}").status_code for number in range(31)]

    assert tries == [422] * 30 + [429]


def test_name_that_is_not_told_stands_on_no_page_of_the_accused(pages: Pages) -> None:
    act = pages.charged(hides="yes")
    name = pages.court.ada.nickname or ""

    answers = [pages.ben.get(f"/cases/{act}{more}") for more in ("", "/answer", "/items", "/file", "/text")]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert [name in answer.text or "Ada herself" in answer.text for answer in answers] == [False] * 5
    assert WORDS not in answers[0].text
    assert "by order of the duty panel" in answers[0].text


def swept(pages: Pages, act: str, *more: Any) -> set[int]:
    """What every page answers to everybody, in the state in which a case is now."""
    browsers = [pages.ada, pages.ben, *pages.sitting(act), *more]
    return {client.get(f"/cases/{act}{path}").status_code for client in browsers for path in READS}


def test_every_page_answers_in_every_state(pages: Pages) -> None:
    act = str(pages.complain().headers["location"]).removeprefix("/cases/")
    got = [swept(pages, act)]
    pages.court.seat_drawn(act)
    duty = pages.sitting(act)
    got.append(swept(pages, act))
    for client in duty[:2]:
        pages.screen(client, act)
    got.append(swept(pages, act, *duty))
    pages.attach(pages.ada, act)
    submit(pages.ada, f"/cases/{act}/charge", f"/cases/{act}/charge", facts=FACTS)
    got.append(swept(pages, act, *duty))
    submit(pages.ben, f"/cases/{act}/answer", f"/cases/{act}/answer", words=REPLY)
    got.append(swept(pages, act))
    pages.court.seat_drawn(act)
    got.append(swept(pages, act))
    pages.court.turn(days=5)
    pages.decide(act, act)
    got.append(swept(pages, act))
    submit(pages.ben, f"/cases/{act}/appeal", f"/cases/{act}/appeal", ground="procedure", words="Wrongly.")
    got.append(swept(pages, act))
    with pages.court.db.read() as tx:
        review = queries.appeal_of(tx, act).act
    pages.court.seat_drawn(review)
    got.append(swept(pages, act, *pages.sitting(review)))
    assert pages.sitting(review)[0].get(f"/cases/{review}").status_code == 200
    pages.court.turn(days=28)
    got.append(swept(pages, act))

    assert [statuses <= {200, 403, 404} for statuses in got] == [True] * len(got)
    assert pages.state(act) in ("quashed", "lapsed")


def test_what_no_form_offers_is_refused_and_writes_nothing(pages: Pages) -> None:
    act = pages.deciding()
    pages.court.turn(days=5)
    panel, ada, page = pages.sitting(act)[0], pages.ada, f"/cases/{act}"
    ruling = {"proved": "yes", "outcome": "advice", "reasons": REASONS}
    before = everything(pages.court.db)

    answers = [
        submit(panel, page + "/rulings", page + "/rulings", **ruling, cites="0" * 64),
        submit(panel, page + "/rulings", page + "/rulings", **{**ruling, "outcome": "expulsion"}),
        submit(panel, page + "/rulings", page + "/rulings", **{**ruling, "outcome": "barred"}, days="731"),
        submit(panel, page + "/rulings", page + "/rulings", **ruling, grants="grt_none"),
        submit(ada, page, page + "/strikes", ticket="tkt_none"),
        submit(ada, page, page + "/items", got_from="scraped", text=SAID, source="a", collector="b", how="c"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 6
    assert everything(pages.court.db) == before
