"""Other rules in a real browser: proposed in full, supported, read for a fortnight, voted everywhere, and in force."""

from __future__ import annotations

import re
import tomllib

import pytest

from hub.ballots import casting, queries
from hub.constitution import queries as constitution
from hub.petitions import actions as petitions
from tests.stories.steps import Town
from tests.stories.test_election import fetched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
OLD = "a request they leave unanswered for 7 days is accepted"
NEW = "a request they leave unanswered for 5 days is accepted"


def test_members_change_the_rules(town: Town) -> None:
    assert OLD in town.sees("/rules")
    assert file_in_force(town) == (1, 7)
    town.look(town.stranger, "rules")
    author = town.who("hackney_one")
    author.go("/rules/amendments/new")
    before = author.page.input_value("[name=text]")
    assert "[numbers.request_days]\nvalue = 7" in before

    # A text that breaks an outer limit is refused with its line; the words typed stay.
    broken = before.replace("value = 7\nbranch_may", "value = 700\nbranch_may")
    author.type(reasons="A week is long for who is new.", text=broken)
    author.press("Propose these rules")
    assert "request_days" in author.page.inner_text(".summary")
    town.look(author, "amendment, mistaken")

    # The form takes no script, minutes after a passkey was used.
    author = town.without_script("hackney_one")
    author.go("/rules/amendments/new")
    author.type(
        reasons="A week is long for who is new.",
        text=before.replace("[numbers.request_days]\nvalue = 7", "[numbers.request_days]\nvalue = 5"),
    )
    author.press("Propose these rules")
    petition = town.path_of(author)
    town.look(author, "amendment")

    # Everybody reads exactly what would change, and where it is announced.
    town.sees(petition)
    changes = [town.stranger.page.locator(f".changes {part}").all_inner_texts() for part in ("del", "ins")]
    assert changes == [["− value = 7"], ["+ value = 5"]]
    assert "Other rules are proposed" in town.sees("/rules")
    signer = town.without_script("york_two")
    signer.go(petition)
    signer.press("Sign")
    assert "You signed." in signer.reads()
    act = petition.rsplit("/", 1)[1]
    with town.verbs() as tx:
        found = town.actors(tx)
        for nickname in ("york_three", "ynys_mon_one", "ynys_mon_two"):
            petitions.sign(tx, act=act, actor=found[nickname])

    # A fortnight to read them, a fortnight to vote; nobody sees how it goes before the close.
    assert "until then everybody can read it" in town.sees(petition)
    town.wait(days=14, minutes=1)
    town.sees(petition)
    town.stranger.page.get_by_role("link", name="Go to the ballot").click()
    ballot = town.path_of(town.stranger)
    shown = town.stranger.page.content()
    takes = "2 in 3 of the yes and no; more yes than no in more than half of the branches; at least 3 that say yes"
    assert takes in town.stranger.reads()
    town.vote(town.without_script("york_two"), ballot, "yes")
    town.vote(town.who("hackney_one"), ballot, "no")
    with town.verbs() as tx:
        for nickname, actor in town.actors(tx).items():
            line = queries.line_of(tx, ballot.rsplit("/", 1)[1], actor.person)
            if line is not None and not line.voted:
                nonce, choice = casting.new_nonce(), "abstain" if nickname == "york_five" else "yes"
                casting.cast(tx, ballot=line.ballot, choice=choice, nonce=nonce, phrase=nickname, actor=actor)
    town.stranger.page.reload()
    assert town.stranger.page.content() == shown

    # Counted, and a fortnight more before it holds: time to object, to leave, or to copy the hub.
    town.wait(days=14)
    result = town.sees(ballot)
    assert "It passed." in result
    assert re.search(r"Yes\s+[12][0-9]", result)
    town.look(town.stranger, "result")
    town.wait(days=3)
    assert OLD in town.sees("/rules")
    assert file_in_force(town) == (1, 7)
    assert "The next step begins" in town.sees(petition)
    town.wait(days=14)
    rules = town.sees("/rules")
    assert NEW in rules
    assert file_in_force(town) == (2, 5)
    assert "Version 2" in rules
    assert "Version 1" in rules
    town.look(town.stranger, "rules, changed")
    town.stranger.go("/record?kind=constitution.adopted")
    assert town.stranger.page.locator(".record > li").count() == 2
    town.ends_well()


def file_in_force(town: Town) -> tuple[int, int]:
    """The version in force, and how long requests wait by the file that is served: that version's, byte for byte."""
    with town.verbs() as tx:
        row = constitution.newest(tx)
    served = fetched(f"{town.served.url}/constitution.toml")
    assert served == str(row.text).encode()
    return int(row.version), int(tomllib.loads(served.decode())["numbers"]["request_days"]["value"])
