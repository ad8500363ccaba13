"""The pages of looks: one's own, with a key to give; and an organiser's, which open one record by that key."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import sqlalchemy as sa

import hub
from hub import audit, looks
from hub.branches import queries as branches
from hub.looks.matrix import PURPOSES
from hub.looks.models import looks as rows
from hub.permits import Actor
from hub.web.look_counts import WHAT_FOR
from hub.web.looks import HAPPENED, WHY
from tests.conftest import SetClock
from tests.people_for_tests import found_branch, seat_council
from tests.web.conftest import House, submit


def branch_of(house: House) -> list[Actor]:
    """Founders of the branch of York."""
    with house.db.write() as tx:
        return found_branch(tx, seat_council(tx, "anna", "ben"))[1]


def test_member_gives_a_key_an_organiser_looks_and_the_member_reads_it(house: House) -> None:
    organiser, una, bob = branch_of(house)[0], house.member("una"), house.member("bob")
    mine, theirs = house.signed_in(una), house.signed_in(organiser)

    key = re.search(r"<code class=\"long\">([a-z0-9-]{19})</code>", submit(mine, "/me/looks", "/me/looks/key").text)
    assert key
    seen = submit(theirs, "/looks", "/looks", purpose="asked", key=key[1])
    told, other = mine.get("/me/looks").text, house.signed_in(bob).get("/me/looks").text

    assert ("una" in seen.text, "since 1 January 2020" in seen.text, seen.status_code) == (True, True, 200)
    assert "Saw: your nickname, your area, since when you are a member. You gave them your key." in " ".join(
        told.split()
    )
    assert ("You gave them your key" in other, "Nobody yet." in other) == (False, True)
    submit(mine, "/me/looks", "/me/looks/key/withdrawal")
    assert submit(theirs, "/looks", "/looks", purpose="asked", key=key[1]).status_code == 422


def test_each_look_can_be_questioned_by_its_member_alone(house: House) -> None:
    organiser, una, bob = branch_of(house)[0], house.member("una"), house.member("bob")
    mine, theirs = house.signed_in(una), house.signed_in(organiser)
    key = re.search(r"<code class=\"long\">([a-z0-9-]{19})</code>", submit(mine, "/me/looks", "/me/looks/key").text)
    assert key
    submit(theirs, "/looks", "/looks", purpose="asked", key=key[1])

    (path,) = re.findall(r'href="(/me/looks/\d+)"', mine.get("/me/looks").text)
    page = " ".join(mine.get(path).text.split())

    number = path.rpartition("/")[2]
    assert f"It is look number {number} in my list." in page
    assert "your nickname, your area, since when you are a member" in page
    assert 'href="/branches/york-branch"' in page
    assert re.search(r'href="/offices/grt_\w+/recall"', page)
    others = [
        house.signed_in(bob).get(path),
        theirs.get(path),
        *(mine.get(f"/me/looks/{x}") for x in ("0", "x", "9" * 30)),
    ]
    assert [answer.status_code for answer in others] == [404] * 5


def test_everybody_reads_how_often_offices_look_in_tens(house: House, clock_at: SetClock) -> None:
    moment = clock_at("2026-11-30T20:00Z")
    branch_of(house)
    with house.db.write() as tx:
        branch = branches.by_slug(tx, "york-branch")
        look = {
            "at": moment.moment, "holder": "hld_x", "role": "admin", "scope_kind": "branch", "scope_id": branch.id,
            "purpose": "asked", "about": "lok_x", "fields": "nickname",
        }  # fmt: skip
        tx.execute(sa.insert(rows), [{**look, "person": f"per_{number}"} for number in range(17)])
        tx.execute(sa.insert(rows), [{**look, "person": "per_one", "role": "caretaker"}] * 9)
    before = house.visitor().get("/looks/counts").text
    moment.advance(days=1)
    with house.db.write() as tx:
        looks.count_months(tx)

    bob = house.signed_in(house.member("bob"))
    texts = [house.visitor().get("/looks/counts").text, bob.get("/looks").text]
    page, asking = (" ".join(re.sub(r"<[^>]+>", " ", text).split()) for text in texts)

    assert "Nothing to tell yet" in before
    assert "November 2026 Looks in November 2026 Office For what How often Organiser" in page
    assert ["Members who gave a key 10 or more" in text for text in (page, asking)] == [True, True]
    assert ("17" in page, "Caretaker" in page) == (False, False)


def test_every_purpose_has_its_words() -> None:
    assert (set(WHY), set(WHAT_FOR)) == (set(PURPOSES), set(PURPOSES))


def test_without_a_reason_or_a_key_nothing_is_opened(house: House) -> None:
    theirs = house.signed_in(branch_of(house)[0])

    bare = submit(theirs, "/looks", "/looks", key="")

    assert bare.status_code == 422
    assert "Select why you need it" in bare.text
    assert "Enter the key that the member gave you" in bare.text


def test_whoever_organises_no_branch_opens_nothing(house: House) -> None:
    branch_of(house)
    bob = house.signed_in(house.member("bob"))

    assert "you organise none" in bob.get("/looks").text
    refused = submit(bob, "/me/looks", "/looks", purpose="asked", key="2222-3333-4444-5555")
    assert (refused.status_code, "Nickname" in refused.text) == (403, False)


def test_member_of_an_area_without_a_branch_has_nobody_to_give_a_key_to(house: House) -> None:
    una = house.signed_in(house.member("una"))

    assert "Your area has no branch yet" in una.get("/me/looks").text
    assert submit(una, "/account", "/me/looks/key").status_code == 422


def test_what_happened_to_a_record_is_shown_to_its_person_only(house: House) -> None:
    ann, bob = house.member("ann"), house.member("bob")
    with house.db.write() as tx:
        audit.note(tx, person=str(ann.person), what="memberships.accepted", by="organiser", why="asked to join")

    mine, theirs = (house.signed_in(actor).get("/me/looks").text for actor in (ann, bob))

    assert [("You were accepted into a group" in text) for text in (mine, theirs)] == [True, False]


def test_whatever_is_noted_of_a_record_has_its_sentence() -> None:
    noted = {
        keyword.value.value
        for path in Path(hub.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note"
        for keyword in node.keywords
        if keyword.arg == "what" and isinstance(keyword.value, ast.Constant)
    }

    assert (noted - set(HAPPENED), len(noted) > 15) == (set(), True)
