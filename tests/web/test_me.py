"""One's own pages: complete, and for oneself alone."""

from __future__ import annotations

import re

from hub import outbox
from hub.letters import LETTERS
from hub.places import templates_folder
from tests.people_for_tests import begin_group
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


# What ecosystem-ux 3.8 names, in its order, and where it leads.
VERBS = {
    "What we hold": "/me/held",
    "Who looked": "/me/looks",
    "Sites I sign in to": "/me/sites",
    "Signed in on": "/account",
    "Get a copy": "/me/export",
    "or for a spreadsheet": "/me/export.csv",
    "Correct": "/me/correct",
    "Leave York Tenants": "/groups/york-tenants#leave",
    "Close my account": "/account/closing",
}


def test_whatever_a_member_may_do_with_their_data_is_on_their_page_and_opens(house: House) -> None:
    *_rest, organisers = begin_group(house.db)
    client = house.signed_in(organisers[0])
    text = re.sub(r'<span class="hidden">(.*?)</span>', r"\1", client.get("/me").text)

    found = {" ".join(words.split()): path for path, words in re.findall(r'<a href="([^"]+)">([^<]*)</a>', text)}

    assert {name: found.get(name) for name in VERBS} == VERBS
    assert {path: client.get(path).status_code for path in VERBS.values()} == dict.fromkeys(VERBS.values(), 200)
    assert 'id="leave"' in client.get("/groups/york-tenants").text


def test_what_is_wrong_has_a_place_where_it_is_put_right(house: House) -> None:
    page = house.signed_in(house.member("ann")).get("/me/correct").text

    paths = ("/account/name", "/me/draws", "/account/passkeys", "/me/sites", "/me/looks", "/me/held")
    assert {path: f'href="{path}"' in page for path in paths} == dict.fromkeys(paths, True)
