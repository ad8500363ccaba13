"""One's own pages: complete, and for oneself alone."""

from __future__ import annotations

from hub import audit, outbox
from hub.letters import LETTERS
from hub.places import templates_folder
from tests.conftest import SetClock
from tests.web.conftest import House


def test_every_letter_has_its_sentence_on_the_page() -> None:
    told = {path.stem for path in (templates_folder() / "notices").glob("*.html")}

    assert told == set(LETTERS)


def test_every_letter_is_shown_to_its_reader_only(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    with house.db.write() as tx:
        for name, fields in LETTERS.items():
            outbox.put(tx, person=str(ann.person), template=name, **dict.fromkeys(fields, "/groups/a-place"))

    mine, theirs = (house.signed_in(actor).get("/me/notices").text for actor in (ann, bob))

    assert mine.count("<li>") - theirs.count("<li>") == len(LETTERS)
    assert (mine.count("/groups/a-place"), theirs.count("/groups/a-place")) == (
        sum(len(fields) for fields in LETTERS.values()),
        0,
    )


def test_looks_are_shown_to_the_person_looked_at(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    with house.db.write() as tx:
        audit.note(tx, person=str(ann.person), what="memberships.accepted", by="organiser", why="asked to join")

    mine, theirs = (house.signed_in(actor).get("/me/looks").text for actor in (ann, bob))

    assert ("memberships.accepted" in mine, "memberships.accepted" in theirs) == (True, False)


def test_export_holds_everything_that_is_kept(house: House, clock_at: SetClock) -> None:
    clock_at("2026-11-21T20:00Z")
    ann = house.member("ann")
    with house.db.write() as tx:
        outbox.put(tx, person=str(ann.person), template="registered", place="/groups/a")

    client = house.signed_in(ann)
    response = client.get("/me/export")

    assert response.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert response.json() == {
        "written_at": "2026-11-21T20:00Z",
        "nickname": "ann",
        "shown": "nickname",
        "standing": {
            "area": "york",
            "since": "2020-01-01",
            "proved_by": "code",
            "proved_at": "2026-11-21T20:00Z",
        },
        "name_in_the_record": None,
        "offices": [],
        "groups": [],
        "signed_in": [{"since": "2026-11-21T20:00Z", "last_seen": "2026-11-21T20:00Z"}] * 2,
        "letters": [{"at": "2026-11-21T20:00Z", "letter": "registered", "place": "/groups/a"}],
        "rolls": [],
        "may_be_drawn": {"at_home": True, "volunteers": False},
        "said_for_draws": {},
        "tickets": [],
        "petitions": {"began": [], "signed": []},
        "receipts_taken_today": 0,
        "looks": [],
    }
