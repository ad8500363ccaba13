"""As each role, somebody opens every page: whatever they see of anybody stands in that member's list (PR-04, T3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hub
from hub import looks
from hub.constitution.actions import default_text
from hub.constitution.load import load
from tests.conftest import SetClock
from tests.people_for_tests import again
from tests.web.conftest import House, submit
from tests.web.trawling import ASKED, Trawl, build_trawl


@pytest.fixture
def trawl(early: SetClock, bare_house: House) -> Trawl:
    return build_trawl(bare_house, early)


def test_nobody_meets_a_member_whose_list_does_not_say_so(trawl: Trawl) -> None:
    with trawl.house.db.write() as tx:
        organiser = again(tx, trawl.town.founders[0])
        others = [again(tx, trawl.town.founders[4]), again(tx, trawl.town.voters[0])]

    met = {str(who and who.nickname): (trawl.seen(who), trawl.written(who)) for who in (None, organiser, *others)}

    assert {name: seen == written for name, (seen, written) in met.items()} == dict.fromkeys(met, True)
    assert [len(seen) for seen, _written in met.values()] == [0, 10, 0, 0]


# How many members each role gets at, wherever it is held. A role of the rules that is not here fails.
REACH = {
    **{(role, "group"): 30 for role in ("admin", "moderator", "standin", "helper", "caretaker")},
    ("admin", "branch"): 1,  # who gave them a key
    ("moderator", "branch"): 0, ("caretaker", "branch"): 0,
    ("council", "hub"): 0, ("steward", "hub"): 0, ("press", "hub"): 0,
    ("scrutineer", "hub"): 0, ("scrutineer", "group"): 0, ("scrutineer", "branch"): 10,  # the roll they were drawn for
    **{("panellist", kind): 0 for kind in ("hub", "branch", "group")},
    ("duty", "hub"): 0, ("juror", "hub"): 0,  # a case of theirs, of which others have no page
}  # fmt: skip


@pytest.mark.timeout(300)
def test_whoever_trawls_in_any_role_gets_its_budget_and_every_look_is_told(early: SetClock, lone_house: House) -> None:
    trawl = build_trawl(lone_house, early)
    with trawl.house.db.write() as tx:
        key = looks.give_key(tx, actor=again(tx, trawl.town.voters[2]), scope=trawl.town.branch.scope)
    offices = trawl.offices()

    met = {office: (trawl.tries(who, key), trawl.written(who)) for office, who in offices.items()}

    assert {office: len(seen) for office, (seen, _written) in met.items()} == REACH
    assert [office for office, (seen, written) in met.items() if not seen <= written] == []
    assert trawl.saved == set()  # no office exports a record, let alone several (PR-06)


def test_every_way_to_a_record_is_tried() -> None:
    """A fifth caller of the reading service fails here, until somebody tries its way too: cases in test_case_looks."""
    root = Path(hub.__file__).parent
    sources = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}

    callers = {name for name, source in sources.items() if re.search(r"(?<!def )\bopen_fields\(", source)}

    assert callers == {"groups/waiting.py", "ballots/elections.py", "looks/keys.py", "cases/looking.py"}


def test_every_role_of_the_rules_is_tried() -> None:
    roles = load(default_text()).roles.values()

    assert {(role.key, kind) for role in roles for kind in role.scopes} == set(REACH)


def test_an_organiser_who_opens_every_page_again_and_again_stays_within_the_day(trawl: Trawl) -> None:
    with trawl.house.db.write() as tx:
        organiser = again(tx, trawl.town.founders[0])
    client = trawl.house.signed_in(organiser)
    page = f"/groups/{trawl.group}/requests"

    for _round in range(ASKED):
        text = client.get(page).text
        request = re.search(rf"/groups/{trawl.group}/requests/(\w+)/refusal", text)
        if request:
            submit(client, page, f"{page}/{request[1]}/refusal")

    assert (len(trawl.written(organiser)), ASKED) == (30, 34)
    assert "You opened the records of 30 members within a day" in client.get(page).text


def test_a_file_to_keep_that_names_somebody_else_is_caught(trawl: Trawl) -> None:
    """The planted fault: somebody is called as a word of every file of one's own."""
    trawl.names["per_planted"] = "written_at"
    with trawl.house.db.write() as tx:
        organiser = again(tx, trawl.town.founders[0])

    trawl.seen(organiser, "/me/export", f"/groups/{trawl.group}/requests")

    assert (trawl.saved, len(trawl.names) > 1) == ({"per_planted"}, True)


def test_a_page_that_shows_a_name_without_a_look_is_caught(trawl: Trawl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a reading service that opens and writes nothing down."""
    monkeypatch.setattr("hub.looks.reading._write", lambda *_: None)
    with trawl.house.db.write() as tx:
        organiser = again(tx, trawl.town.founders[0])

    assert (len(trawl.seen(organiser, f"/groups/{trawl.group}/requests")), trawl.written(organiser)) == (10, set())
