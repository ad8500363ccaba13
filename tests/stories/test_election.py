"""An election in a real browser, with and without script: three stand, five vote, and the organisers are others."""

from __future__ import annotations

import json
import time
import urllib.request

import pytest
from click.testing import CliRunner

from hub import clock
from hub import settings as house
from hub.ballots import casting, published, queries
from hub.cli import stores
from hub.cli.count import count
from hub.people import actions as people_actions
from hub.people import queries as people
from hub.people.models import accounts
from hub.people.queries import Lives
from hub.people.sealed import nickname_of
from tests.stories.conftest import wait_for
from tests.stories.steps import come_back, faults, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
VOTERS = ("york_one", "york_two", "york_three", "york_four", "york_five")


def test_three_stand_five_vote_and_offices_change(served, person):
    stranger, found = person(viewport={"width": 390, "height": 900}), {}
    stranger.go("/branches/york/power")
    opens = stranger.page.locator("main p:has-text('opens the next election') time").get_attribute("datetime")
    wait_until(stranger, opens)
    stranger.go("/branches/york/power")
    stranger.page.get_by_role("link", name="An election is running").click()
    election = stranger.page.url.removeprefix(served.url)
    assert "Members nominate themselves" in stranger.reads()

    for name in ("late_otter", "late_finch", "late_wren"):
        person(with_script=False).join(served.story.next_of("york"), name)
    voters = {}
    for nickname in VOTERS:
        voters[nickname] = person(viewport={"width": 390, "height": 900})
        voters[nickname].sign_in(nickname)
    for nickname in VOTERS[:3]:
        candidate = voters[nickname]
        candidate.go(f"{election}/stand")
        candidate.press("Stand")
        assert "Say why you stand" in candidate.reads()
        found["stand, mistaken"] = faults(candidate)
        candidate.type(statement=f"I am {nickname}, for warm homes.", interests="I rent.")
        candidate.press("Stand")
        assert "You stand." in candidate.reads()
    stranger.go(election)
    assert stranger.reads().count("for warm homes") == 3
    found["election"] = faults(stranger)

    # Two weeks on the ballot is open. Who sees the page of another's vote sees nothing of it.
    later = clock.format_minute(clock.parse_minute(opens) + 14 * clock.DAY)
    wait_until(stranger, later)
    stranger.go(election)
    stranger.page.get_by_role("link", name="Go to the ballot").click()
    ballot = stranger.page.url.removeprefix(served.url)
    untouched = stranger.sealed()
    found["ballot"] = faults(stranger)
    receipts = {}
    for place, nickname in enumerate(VOTERS):
        voter = voters[nickname]
        come_back(voter)
        if place == 4:
            # Whose browser runs no script votes as well, once a passkey was used: forms are all it takes.
            cookies = voter.page.context.cookies()
            voter = voters[nickname] = person(with_script=False)
            voter.page.context.add_cookies(cookies)
        voter.go(f"{ballot}/vote")
        if place == 0:
            found["paper"] = faults(voter)
            move_by_buttons(voter)
        ranks = voter.page.locator("input[name^=rank_hld]")
        ranks.nth(0).fill("1")
        ranks.nth(1).fill("1")
        voter.type(phrase="same words for all")
        voter.press("Check your vote")
        assert "You gave two options the number 1." in voter.reads()
        found["paper, mistaken"] = faults(voter) if place == 0 else []
        voter.page.locator("input[name^=rank_hld]").nth(1).fill("2")
        voter.press("Check your vote")
        assert "Nothing is sent yet." in voter.reads()
        found["check"] = faults(voter) if place == 0 else []
        voter.press("Send my vote")
        assert "Your vote is in" in voter.reads()
        found["receipt"] = faults(voter) if place == 0 else []
        receipts[nickname] = [code.strip() for code in voter.page.locator(".copy code").all_inner_texts()]
    assert len({code for _nonce, _phrase, code in receipts.values()}) == 5
    stranger.page.reload()
    assert stranger.page.content() == untouched

    # A vote is changed by its receipt, with script or without.
    for nickname in ("york_two", "york_five"):
        changing = voters[nickname]
        changing.go(f"{ballot}/change")
        nonce, phrase, code = receipts[nickname]
        changing.type(nonce=nonce, phrase=phrase)
        changing.page.locator("input[name^=rank_hld]").nth(2).fill("1")
        changing.press("Change my vote")
        assert code in changing.reads()

    # Seven more vote, elsewhere; the ballot closes, and anybody follows the count and finds their own paper: a browser
    # that runs no script, too.
    cast_more(served, ballot.rsplit("/", 1)[1])
    wait_until(stranger, clock.format_minute(clock.parse_minute(later) + 7 * clock.DAY))
    stranger.go(ballot)
    assert "Elected:" in stranger.reads()
    found["result"] = faults(stranger)
    come_back(voters["york_one"])
    plain = person(with_script=False)
    plain.page.context.add_cookies(voters["york_one"].page.context.cookies())
    for reader, nickname in ((plain, "york_five"), (stranger, "york_one")):
        reader.go(f"{ballot}/count")
        assert "First preferences." in reader.reads()
        found["count"] = faults(reader) if reader is stranger else []
        reader.go(f"{ballot}/tracker")
        reader.type(code=receipts[nickname][2])
        reader.press("Find it")
        assert "This paper was counted. It says:" in reader.reads()
    found["tracker"] = faults(stranger)
    for reader in (plain, voters["york_one"]):
        reader.go(f"{ballot}/roll")
        assert "You are marked as having voted." in reader.reads()
    found["roll"] = faults(voters["york_one"])
    stranger.go("/ballots")
    found["list"] = faults(stranger)

    # The worker has put the papers where everybody reads them, and left nothing of any in the store.
    stranger.go(ballot)
    told = {}
    for name in ("JSON", ".blt"):
        path = stranger.page.locator(f"a:has-text('({name})')").get_attribute("href")
        told[name] = fetched(served.url + path)
    sheet = published.parse_sheet(told["JSON"])
    counted = CliRunner().invoke(count, ["-", "--json", "--seed", sheet["count"]["seed"]], input=told[".blt"])
    assert json.loads(counted.output) == sheet["count"]
    codes = [paper["tracker"].encode() for paper in sheet["papers"]]
    assert receipts["york_one"][2].encode() in codes
    assert eventually(lambda: not any(code in store_of(served) for code in codes))

    # A week later those elected organise the branch, and nobody else.
    wait_until(stranger, clock.format_minute(clock.parse_minute(later) + 14 * clock.DAY))
    stranger.go("/branches/york/power")
    held = stranger.page.locator("table").first.inner_text()
    assert held.count("elected") == 3
    assert "founded it" not in held
    assert {page: wrong for page, wrong in found.items() if wrong} == {}


def move_by_buttons(voter) -> None:
    """Ranks by the buttons beside the numbers, by keyboard, and takes it all back."""
    boxes = voter.page.locator("input[name^=rank_hld]")
    up, down = (voter.page.locator(f"button[aria-label^='Move {way}']") for way in ("up", "down"))
    up.nth(1).focus()
    voter.page.keyboard.press("Enter")
    up.nth(0).press("Enter")
    assert [boxes.nth(at).input_value() for at in (0, 1)] == ["2", "1"]
    up.nth(0).press("Enter")
    assert [boxes.nth(at).input_value() for at in (0, 1)] == ["1", "2"]
    for _step in range(2):
        down.nth(0).press("Enter")
    down.nth(1).press("Enter")
    assert [boxes.nth(at).input_value() for at in (0, 1)] == ["", ""]


def fetched(address: str) -> bytes:
    """What is served at an address, once it is there."""
    wait_for(address, 30)
    with urllib.request.urlopen(address, timeout=10) as answer:
        return bytes(answer.read())


def store_of(served) -> bytes:
    """The bytes of the hub's store on the disk; of PostgreSQL, which keeps its own, nothing."""
    return b"".join(path.read_bytes() for path in sorted(served.folder.glob("hub.db*")))


def eventually(holds) -> bool:
    """Tells whether something comes to hold within two minutes: a sweep that met a reader waits for its next round."""
    end = time.monotonic() + 120
    while not holds() and time.monotonic() < end:
        time.sleep(0.2)
    return bool(holds())


def cast_more(served, ballot: str) -> None:
    """Everybody else on the roll of York who has an account votes, by the verbs."""
    settings = house.load(served.folder)
    clock.follow(settings.clock)
    db = stores.open_hub(settings)
    try:
        with db.write() as tx:
            rest = [row for row in tx.execute(accounts.select()) if nickname_of(tx, row.person) not in VOTERS]
            for row in rest:
                line = queries.line_of(tx, ballot, row.person)
                if line is None:
                    continue
                token = people_actions.start_session(tx, person=row.person)
                actor = people.actor_of(tx, token, Lives())[0]
                choice = [queries.candidates(tx, queries.get(tx, ballot).act)[0].holder]
                nonce = casting.new_nonce()
                casting.cast(tx, ballot=ballot, choice=choice, nonce=nonce, phrase="my words", actor=actor)
    finally:
        clock.set_source(None)
        db.close()
