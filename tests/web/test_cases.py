"""A case by its pages, from a complaint to an appeal: each person's own forms, and what they say."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from hub.cases import filing, own, queries
from hub.cases.sealed import commit
from hub.web.case_words import DROPPED
from tests.authenticator import Authenticator
from tests.people_for_tests import begin_group
from tests.replaying import assert_replays
from tests.web.conftest import House, submit
from tests.web.courts import FACTS, REASONS, REPLY, SAID, WORDS, Pages, open_court, read
from tests.web.tables import everything
from tests.web.test_levels import add_passkey


@pytest.fixture
def pages(early: Any, bare_house: House, clock_at: Any) -> Pages:
    return open_court(bare_house, clock_at)


def test_case_goes_by_its_pages_from_complaint_to_appeal(pages: Pages, another_db: Any) -> None:
    form = read(pages.ada, "/cases/new")
    assert "Three members of other branches are drawn by lot within 3 days, and read it within 7 more." in form
    act = pages.filed()
    page = f"/cases/{act}"
    assert "Received Next Two of the three say, with reasons, whether it becomes a case" in read(pages.ada, page)
    assert pages.ben.get(page).status_code == 404
    duty = pages.sitting(act)
    assert WORDS in read(duty[0], page)
    for client in duty[:2]:
        assert pages.screen(client, act).headers["location"] == page
    assert "It is your turn. Attach every item" in read(pages.ada, page)
    assert "You complained. The charge is served" in read(pages.ada, "/me")

    assert pages.attach(pages.ada, act).headers["location"] == f"{page}/items"
    assert SAID not in read(pages.ben, page)
    done = submit(pages.ada, f"{page}/charge", f"{page}/charge", facts=FACTS)
    assert done.headers["location"] == page
    told = read(pages.ben, page)
    for words in (FACTS, SAID, "the chat of 21 November", "Ada herself", "A message to me", "copied by hand"):
        assert words in told
    assert "If not It is decided on what there is." in told

    more = submit(pages.ben, page, f"{page}/prolongation")
    assert more.headers["location"] == page
    assert "Take seven days more" not in read(pages.ben, page)
    pages.attach(pages.ben, act, text="It was a joke.", collector="Ben")
    answered = submit(pages.ben, f"{page}/answer", f"{page}/answer", words=REPLY, companion="Mo, a friend")
    assert answered.headers["location"] == page
    assert REPLY in read(pages.ada, page)
    assert "With them: Mo, a friend" in read(pages.ada, page)
    pages.court.seat_drawn(act)

    listed = re.findall(r'name="ticket" value="([^"]+)"', pages.ada.get(page).text)
    assert len(listed) == 3
    assert submit(pages.ada, page, f"{page}/strikes", ticket=listed[0]).headers["location"] == page
    pages.court.accept_all(act)
    panel = pages.sitting(act)
    assert "Nobody signs in the first 4 days" in read(panel[0], f"{page}/rulings")
    pages.court.turn(days=5)
    pages.decide(act, act)
    for who in (pages.ada, pages.ben):
        assert f"Proved. Advice. {REASONS} It rests on: item 1 , item 2" in read(who, page)
    assert "Appeal" not in read(pages.ada, page).partition("What it is about")[0]

    appealed = submit(pages.ben, f"{page}/appeal", f"{page}/appeal", ground="proportionality", words="Too much.")
    assert appealed.headers["location"] == page
    told = read(pages.ada, page)
    assert "Appealed" in told
    assert "If not It is as the accused asked: the decision is quashed." in told
    with pages.court.db.read() as tx:
        review = queries.appeal_of(tx, act).act
    pages.court.seat_drawn(review)
    pages.court.turn(days=5)
    pages.decide(act, review, many=3, proved="no", outcome="none", reasons="It was no threat.")
    pages.court.tick()
    for who in (pages.ada, pages.ben):
        told = read(who, page)
        assert "On appeal Not proved. Nothing follows. It was no threat." in told
        head = told.partition("What it is about")[0]
        assert "State Decided on appeal, not final Next Nobody can appeal again." in head
        assert "Appeal" not in head
        assert "There is nothing that you can appeal now." in read(who, f"{page}/appeal")
        assert "the case does not wait for items of yours" in read(who, f"{page}/items")
    assert pages.state(act) in ("final", "appealable")
    assert_replays(pages.court.db, another_db)


def test_accused_takes_the_whole_file_along(pages: Pages) -> None:
    act = pages.charged()

    answer = pages.ben.get(f"/cases/{act}/file")

    told = json.loads(answer.text)
    assert answer.headers["content-disposition"] == 'attachment; filename="case.json"'
    assert [paper["kind"] for paper in told["papers"]] == ["complaint", "screening", "screening", "charge"]
    assert [item["body"]["text"] for item in told["items"]] == [SAID]
    assert str(pages.court.ada.person) not in answer.text
    assert str(pages.court.ben.person) not in answer.text


def test_file_as_text_says_all_that_the_page_has(pages: Pages) -> None:
    act = pages.decided()
    submit(pages.ben, f"/cases/{act}/appeal", f"/cases/{act}/appeal", ground="procedure", words="I was not let in.")

    answer = pages.ben.get(f"/cases/{act}/text")

    assert answer.headers["content-disposition"] == 'attachment; filename="case.txt"'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = [line.strip() for line in answer.text.splitlines()]
    wanted = (
        "A case under rule 2", "The complaint is about you.", "What was decided", "Proved.", "Advice.", REASONS,
        "It rests on items: 1", "What was said", WORDS, "It becomes a case.", FACTS, REPLY, "With them: Mo, a friend",
        "How it was decided.", "I was not let in.", "The items", "Item 1 (whoever complained)",
        "Where it stood: the chat of 21 November", "From whom: A message to me", "Who agreed: Ada herself",
    )  # fmt: skip
    assert [line for line in lines if line in wanted] == [
        one for line in wanted for one in ([line] * lines.count(line))
    ]
    assert [line for line in wanted if line not in lines] == []
    assert f"> {SAID}" in lines
    drawn = pages.sitting(act)[0].get(f"/cases/{act}/text").text
    assert ("Of whom: whoever is accused" in drawn, pages.name in drawn) == (True, False)
    assert str(pages.court.ada.person) not in answer.text
    assert str(pages.court.ben.person) not in answer.text


def test_files_as_text_leaves_out_a_hidden_complainant(pages: Pages) -> None:
    act = pages.charged(hides="on")

    told = pages.ben.get(f"/cases/{act}/text").text

    assert "Who complained: (not told to you)" in told
    assert (str(pages.court.ada.nickname) in told, WORDS in told) == (False, False)


def test_files_hashes_are_made_of_what_it_has(pages: Pages) -> None:
    act = pages.charged()
    told = json.loads(pages.ben.get(f"/cases/{act}/file").text)

    checked = [
        (one["hash"], commit(one["salt"], one["body"])) for one in (*told["papers"], *told["items"]) if "salt" in one
    ]

    assert len(checked) == 4
    assert [name for name, made in checked if name != made] == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"respondent": "nobody_has_it"}, "Nobody of whom you can complain has exactly this name."),
        ({"respondent": "mem_1"}, "Nobody of whom you can complain has exactly this name."),
        ({"respondent": ""}, "Enter the name of whom you complain"),
        ({"rule": "77"}, "No such rule was in force on that day."),
        ({"rule": ""}, "Select the rule that was broken"),
        ({"happened_on": "31 02 2026"}, "Enter the day on which it happened"),
        ({"happened_on": "2020-01-01", "learned_on": "2020-01-02"}, "Complaints are made within 60 days"),
        ({"words": " "}, "Enter what happened."),
    ],
)
def test_complaint_with_a_mistake_is_shown_again_whole_and_writes_nothing(
    pages: Pages, fields: dict[str, str], sentence: str
) -> None:
    ada = pages.ada
    before = everything(pages.court.db)

    answer = pages.complain(ada, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    kept = {**pages.complaint(), **fields}["words"].strip()
    assert kept in answer.text
    left = everything(pages.court.db)
    assert {name for name in before if before[name] != left[name]} <= {"failures"}


@pytest.mark.parametrize("text", ["2026-11-21", "21 11 2026", "21/11/2026", "21.11.2026", " 21-11-2026 "])
def test_day_is_read_as_people_write_it(pages: Pages, text: str) -> None:
    assert pages.complain(happened_on=text, learned_on=text).status_code == 303


@pytest.mark.parametrize("text", ["21 November 2026", "2026", "21 11 26", "", "٢١ 11 2026", "1 1 1 2026"])
def test_other_days_are_refused(pages: Pages, text: str) -> None:
    answer = pages.complain(happened_on=text)

    assert (answer.status_code, "Enter the day on which it happened" in answer.text) == (422, True)


def test_what_is_too_late_writes_nothing_and_lapses(pages: Pages) -> None:
    act = pages.admitted()
    pages.attach(pages.ada, act)
    pages.court.town.clock_at.advance(days=7)
    ada = pages.ada
    before = everything(pages.court.db)

    late = submit(ada, "/account/name", f"/cases/{act}/charge", facts=FACTS)
    left = everything(pages.court.db)
    pages.court.tick()

    assert (late.status_code, left == before) == (422, True)
    assert "Lapsed Next Nothing: everything is as if it had never been." in read(pages.ada, f"/cases/{act}")


def test_mistaken_item_keeps_what_was_typed(pages: Pages) -> None:
    act, ada = pages.admitted(), pages.ada
    before = everything(pages.court.db)

    answers = [pages.attach(ada, act, consent=""), pages.attach(ada, act, got_from="")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(SAID in answer.text for answer in answers)
    assert "Enter who took part in that conversation, and agreed." in answers[0].text
    assert everything(pages.court.db) == before


def test_item_is_taken_off_before_anybody_saw_it(pages: Pages) -> None:
    act, ada = pages.admitted(), pages.ada
    pages.attach(ada, act)
    page = f"/cases/{act}/items"
    off = re.findall(r'action="([^"]+/removal)"', ada.get(page).text)

    done = submit(ada, page, off[0])

    assert (len(off), done.headers["location"]) == (1, page)
    assert SAID not in ada.get(page).text


def test_measure_is_asked_for_signed_and_ends(pages: Pages) -> None:
    act = pages.admitted()
    page = f"/cases/{act}/measures"
    first, second, _third = pages.sitting(act)
    fields = {"measure": "no_contact", "risk": "He writes to her at night.", "why": "She asked him to stop."}
    assert submit(first, page, page, **fields).headers["location"] == page
    assert "You signed it." in read(first, page)
    signing = re.findall(r'action="([^"]+/signature)"', second.get(page).text)

    done = submit(second, page, signing[0])
    pages.court.tick()

    assert done.headers["location"] == page
    told = read(pages.ben, f"/cases/{act}")
    assert "A measure holds until 29 November 2026" in told
    assert "What is at risk: He writes to her at night." in told
    assert "Renew it, once" in read(first, page)


def test_delay_is_asked_for_signed_by_a_second_and_read_by_the_sides_afterwards(pages: Pages) -> None:
    act = pages.admitted()
    page = f"/cases/{act}/delays"
    first, second, _third = pages.sitting(act)
    assert submit(first, page, page, days="5", reasons="They would warn a witness.").headers["location"] == page
    assert "Alone it delays nothing." in read(first, page)
    signing = re.findall(r'action="([^"]+/signature)"', second.get(page).text)

    done = submit(second, page, signing[0])

    assert done.headers["location"] == page
    assert "in the whole hub: 1." in read(pages.ben, "/me")
    assert "1 so far, of which 1 hold now" in read(pages.ben, "/docket")
    before = [pages.ben.get(f"/cases/{act}{more}").text for more in ("", "/text", "/file")]
    pages.court.town.clock_at.advance(days=5)
    after = [pages.ben.get(f"/cases/{act}{more}").text for more in ("", "/text", "/file")]
    assert [["They would warn a witness." in text for text in texts] for texts in (before, after)] == [
        [False] * 3,
        [True] * 3,
    ]


def test_drawn_member_accepts_and_is_led_to_the_case(pages: Pages) -> None:
    act = str(pages.complain().headers["location"]).removeprefix("/cases/")
    pages.court.turn(hours=26)
    pages.court.town.read_source(act, pages.court.town.members[0])
    with pages.court.db.draft() as tx:
        row = queries.seats(tx, act)[0]
        drawn = pages.court.town.actor_of(tx, row.ticket)
    client = pages.house.signed_in(drawn)
    told = read(client, f"/draws/{act}/seat")

    done = submit(client, f"/draws/{act}/seat", f"/draws/{act}/acceptance", shown="Dee")

    assert "You were drawn: Duty panellist, the whole hub" in told
    assert WORDS not in told
    assert done.headers["location"] == f"/cases/{act}"
    assert WORDS in read(client, f"/cases/{act}")
    assert "You were drawn to read it first." in read(client, "/me")


def test_conduct_is_one_click_from_an_official_channel_both_ways(bare_house: House) -> None:
    begin_group(bare_house.db)
    group, visitor = "/groups/york-tenants", bare_house.visitor()

    told = read(visitor, f"{group}/conduct")

    assert "Rule 1. No private facts about anybody" in told
    assert "Any member can complain, within 60 days of learning of it." in told
    assert f'href="{group}/channels"' in visitor.get(f"{group}/conduct").text
    for page in (f"{group}/channels", group):
        assert f'href="{group}/conduct"' in visitor.get(page).text
    assert 'href="/docket"' in visitor.get("/").text
    assert visitor.get("/groups/none-such/conduct").status_code == 404


def test_whoever_has_no_passkey_reads_so_before_they_type(pages: Pages) -> None:
    act = pages.admitted()
    said = "Whatever you send here takes a passkey, and you have none yet."
    paths = ("/cases/new", f"/cases/{act}", f"/cases/{act}/items", f"/cases/{act}/charge")
    before = [said in read(pages.ada, path) for path in paths]
    client = pages.house.signed_in(pages.court.ada, kind="code")

    add_passkey(client, Authenticator())

    assert (before, [said in read(client, path) for path in paths]) == ([True] * 4, [False] * 4)


def test_whoever_complained_appeals_what_was_not_proved_with_something_new(pages: Pages) -> None:
    act = pages.decided(proved="no", outcome="none", cites=[])
    page = f"/cases/{act}"
    assert "This went against you." in read(pages.ada, page)
    assert "This went against you." not in read(pages.ben, page)
    fields = {"ground": "new_evidence", "words": "A witness came."}
    ada = pages.ada
    before = everything(pages.court.db)

    empty = submit(ada, f"{page}/appeal", f"{page}/appeal", **fields)
    left = everything(pages.court.db)
    pages.attach(ada, act, text="Mo heard it.", got_from="witness", consent="")
    done = submit(ada, f"{page}/appeal", f"{page}/appeal", **fields)

    assert (empty.status_code, "Attach what is new first." in empty.text, left == before) == (422, True, True)
    assert done.headers["location"] == page
    told = read(pages.ben, page)
    assert "Mo heard it." in told
    assert "If not The decision stands, and becomes final." in told


def test_table_says_what_follows_each_time_that_a_panel_is_late(pages: Pages) -> None:
    act = pages.deciding()
    told = [read(pages.ada, f"/cases/{act}").partition("What it is about")[0].partition("If not ")[2]]
    for days in (28, 14):
        pages.court.turn(days=days)
        told.append(read(pages.ada, f"/cases/{act}").partition("What it is about")[0].partition("If not ")[2])
    pages.court.seat_drawn(act)
    told.append(read(pages.ada, f"/cases/{act}").partition("What it is about")[0].partition("If not ")[2])

    assert [text.partition(".")[0] for text in told] == [
        "The panel has half as long again, once",
        "Another panel is drawn, once; after that it lapses",
        "Another panel is drawn, once; after that it lapses",
        "It lapses: everything is as if it had never been",
    ]


def test_ended_case_is_taken_up_again_by_who_complained_and_nobody_else(pages: Pages) -> None:
    act = pages.admitted()
    pages.court.turn(days=7)
    assert "You have new evidence: take it up again" in read(pages.ada, f"/cases/{act}")
    other = pages.house.signed_in(pages.court.town.members[4])
    fields = {"happened_on": "2026-11-21", "learned_on": "2026-11-21"}

    form = read(pages.ada, f"/cases/new?again={act}")
    plain = pages.complain(**fields)
    others = [other.get(f"/cases/new?again={act}").status_code, pages.complain(other, **fields, again=act).status_code]
    again = pages.complain(**fields, again=act)

    assert "This takes up an ended case of yours again." in form
    assert (plain.status_code, "was taken up before" in plain.text) == (422, True)
    assert others == [404, 404]
    assert again.headers["location"].startswith("/cases/act_")


def test_fourth_complaint_waits_and_says_so(pages: Pages) -> None:
    pages.court.town.clock_at.advance(days=4)
    days = ("2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24")

    sent = [pages.complain(happened_on=day).headers["location"] for day in days]

    assert [place.startswith("/cases/act_") for place in sent] == [True, True, True, False]
    assert sent[-1] == "/me"
    assert "A complaint of yours waits until there is room" in read(pages.ada, "/me")
    assert "waits until there is room" not in read(pages.ben, "/me")


@pytest.mark.parametrize("why", DROPPED)
def test_waiting_complaint_that_came_to_nothing_says_why_to_its_sender_alone(pages: Pages, why: str) -> None:
    pages.court.town.clock_at.advance(days=4)
    for day in range(21, 25):
        pages.complain(happened_on=f"2026-11-{day}")
    with pages.court.db.write() as tx:
        filing.drop(tx, own.waiting(tx, pages.court.ada.person or "")[0].id, why)

    told = read(pages.ada, "/me")

    assert f"A complaint of yours did not become a case {DROPPED[why]}" in told
    assert "waits until there is room" not in told
    assert "did not become a case" not in read(pages.ben, "/me")


def test_pages_of_what_people_meet_lead_to_a_complaint(bare_house: House) -> None:
    begin_group(bare_house.db)
    member = bare_house.signed_in(bare_house.member("dora"))

    found = [re.findall(r'href="(/cases/new[^"]*)"', member.get(path).text) for path in LEADING]

    assert found == [["/cases/new?group=york-tenants"], ["/cases/new?group=york-tenants"], ["/cases/new"]]
    assert "/groups/york-tenants" in member.get("/cases/new?group=york-tenants").text
    assert member.get("/cases/new?group=none-such").status_code == 200
    assert "/cases/new" not in bare_house.visitor().get("/groups/york-tenants").text


LEADING = ("/groups/york-tenants", "/groups/york-tenants/conduct", "/docket")


def test_five_have_a_case_heard_again_by_their_page_and_once(pages: Pages) -> None:
    act = pages.decided()
    page = f"/cases/{act}"
    assert "It is heard again" not in read(pages.sitting(act)[0], f"{page}/rulings")
    submit(pages.ben, f"{page}/appeal", f"{page}/appeal", ground="procedure", words="I was not let in.")
    with pages.court.db.read() as tx:
        review = queries.appeal_of(tx, act).act
    pages.court.seat_drawn(review)
    pages.court.turn(days=5)
    assert "It is heard again" in read(pages.sitting(review)[0], f"{page}/rulings")

    pages.decide(act, review, many=3, proved="rehear", outcome="", reasons="He was not let in.")

    for who in (pages.ada, pages.ben):
        told = read(who, page)
        assert "Sent back, to be heard again" in told
        assert "On appeal, sent back It is heard again. He was not let in." in told
    pages.court.seat_drawn(review)
    pages.court.turn(days=4)
    assert "It is heard again" not in read(pages.sitting(review)[0], f"{page}/rulings").partition("Propose a")[2]
    pages.decide(act, review, many=3, proved="no", outcome="none", reasons="It was no threat.")
    pages.court.tick()
    assert "Heard again Not proved. Nothing follows. It was no threat." in read(pages.ben, page)


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("suspension", "By the decision of a case you are suspended until"),
        ("posting_limit", "By the decision of a case you publish nothing of your own here until"),
    ],
)
def test_whoever_is_suspended_or_limited_reads_until_when_and_nobody_else_does(
    pages: Pages, outcome: str, says: str
) -> None:
    act = pages.decided(outcome=outcome, days="30")
    assert says not in read(pages.ben, "/me")
    pages.court.turn(days=14)
    assert pages.state(act) == "final"

    assert says in read(pages.ben, "/me")
    assert says not in read(pages.ada, "/me")
    pages.court.turn(days=30)
    assert says not in read(pages.ben, "/me")
