"""Everything held about whoever asks, on a page and as one file; nobody else's."""

from __future__ import annotations

import csv
import io
import json
import re

import sqlalchemy as sa

from hub import clock, inventory, outbox, sealing
from hub.inventory.words import SEEN
from hub.people.models import passkeys
from hub.web.held_words import label
from hub.web.spreadsheet import COLUMNS, DANGEROUS, harmless
from tests.conftest import SetClock
from tests.people_for_tests import found_branch, seat_council
from tests.web.conftest import House, submit


def test_every_field_about_a_person_has_a_name_on_the_page() -> None:
    lines = inventory.private("hub").values()
    named = [label(line, field) for line in lines if line.of or line.also for field in line.fields.values()]

    assert (all(named), len(named) > 100) == (True, True)


def test_file_holds_the_rows_what_they_are_for_and_what_the_list_holds(house: House, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    ann = house.member("ann")
    with house.db.write() as tx:
        outbox.put(tx, person=str(ann.person), template="registered", place="/groups/a")

    response = house.signed_in(ann).get("/me/export")

    told = response.json()
    letters = told["held"]["letters"]
    assert response.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert (told["written_at"], told["in_short"]) == (
        "2026-11-21T20:00Z",
        {
            "nickname": "ann",
            "shown": "nickname",
            "member": {"area": "york", "since": "2020-01-01"},
            "name_in_the_record": None,
            "offices": [],
            "groups": [],
            "rolls": [],
        },
    )
    assert set(told["held"]) == {"accounts", "letters", "persons", "sessions", "standings"}
    assert letters == [
        {
            "id": letters[0]["id"],
            "person": ann.person,
            "template": "registered",
            "params": {"place": "/groups/a"},
            "at": "2026-11-21T20:00:00Z",
            "sent_at": None,
        }
    ]
    assert told["about"]["accounts"]["fields"]["nickname"] == {
        "what": "Nickname",
        "from": "you",
        "seen_by": SEEN["groups"],
    }
    assert {"roster_entries", "contact_spells"} <= set(told["held_by_the_list"])


def test_page_shows_ones_own_values_and_nobody_elses(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")

    mine = house.signed_in(ann).get("/me/held").text

    assert [word in mine for word in (str(ann.person), "ent_ann", str(bob.person), "ent_bob", ">bob<")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert "Which petitions you signed" in mine
    assert "Your row on the list" in mine


def test_what_i_did_in_an_office_is_mine_and_whom_it_was_about_is_not(house: House) -> None:
    with house.db.write() as tx:
        organiser = found_branch(tx, seat_council(tx, "anna", "ben"))[1][0]
    una = house.member("una")
    mine, theirs = house.signed_in(organiser), house.signed_in(una)
    key = re.search(r"<code class=\"long\">([a-z0-9-]{19})</code>", submit(theirs, "/me/looks", "/me/looks/key").text)
    assert key
    submit(mine, "/looks", "/looks", purpose="asked", key=key[1])

    told, page = mine.get("/me/export").json(), mine.get("/me/held").text
    of_una, page_of_una = theirs.get("/me/export").json(), theirs.get("/me/held").text

    looked = told["done_to_others"]["looks"]
    assert [(row["person"], row["holder"], row["fields"]) for row in looked] == [
        (None, organiser.holder, "nickname area since")
    ]
    assert {"looks", "invitations"} <= set(told["about"])
    assert len(told["done_to_others"]["invitations"]) == 4
    assert (of_una["done_to_others"], [row["person"] for row in of_una["held"]["looks"]]) == ({}, [una.person])
    heading = "What you did in rows about others"
    assert [str(una.person) in text for text in (json.dumps(told), page)] == [False, False]
    assert ["somebody else’s: not shown" in text.partition(heading)[2] for text in (page, page_of_una)] == [True, False]


def test_spreadsheet_has_every_field_with_its_name_and_works_nothing_out(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    with house.db.write() as tx:
        for name in ("=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx"):
            row = {"id": f"key{name}", "person": ann.person, "public_key": b"x", "sign_count": 0}
            row["name"] = sealing.write(tx, str(ann.person), "passkeys.name", name)
            tx.execute(sa.insert(passkeys), {**row, "made_at": clock.now()})
    client = house.signed_in(ann)

    response, copy = client.get("/me/export.csv"), client.get("/me/export").json()

    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    fields = sum(len(row) for rows in copy["held"].values() for row in rows)
    assert response.headers["content-disposition"] == 'attachment; filename="my-data.csv"'
    assert (lines[0], {len(line) for line in lines}) == (list(COLUMNS), {8})
    assert len(lines) - 1 == fields > 80
    assert [cell for line in lines for cell in line if cell.startswith(DANGEROUS)] == []
    assert {line[3] for line in lines if line[2] == "What you call it"} == {
        "'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\tx", "'\rx",
    }  # fmt: skip
    assert (harmless("\0x"), harmless("x=1")) == ("'\0x", "x=1")
    assert ["Your account", "1", "Nickname", "ann"] in [line[:4] for line in lines]
    assert [word in response.text for word in (str(ann.person), str(bob.person))] == [True, False]


def test_page_shows_the_newest_rows_and_says_how_many_there_are(house: House) -> None:
    ann = house.member("ann")
    with house.db.write() as tx:
        for number in range(7):
            outbox.put(tx, person=str(ann.person), template="registered", place=f"/groups/g{number}")

    page = house.signed_in(ann).get("/me/held").text

    assert "7 in all; the newest 5 are shown" in page
    assert page.count("/groups/g") == 5
