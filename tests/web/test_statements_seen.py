"""Pages of statements in a real browser, narrow and wide, light and dark, with script and without: read, and by axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hub.acts import actions as acts
from hub.db import metadata
from hub.groups import offices
from hub.statements import actions, queries
from hub.web.cookies import SESSION, name_of
from tests.databases import Sqlite
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, seat_council, without_devices
from tests.web.conftest import House
from tests.web.server import serving
from tests.web.test_accessibility import SIGHTS, look, see

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
WORDS = "We ask the city to freeze rents.\n\nWe say why at every meeting."


def _named(tx: Any, council: list[Any], number: int) -> Any:
    """One of the press, signed by two of the council."""
    who = member(tx, f"speaker_{number}")
    act, token = offices.offer(tx, place=None, role="press", actor=again(tx, council[0]))
    offices.accept(tx, token=token, shown=f"Speaker of {who.nickname}", actor=again(tx, who))
    for one in council[1:]:
        offices.confirm(tx, act=act, actor=again(tx, one))
    return who


@pytest.fixture
def told(_sqlite: Sqlite, tmp_path: Any, clock_at: Any) -> Iterator[tuple[House, dict[str, str], list[str]]]:
    """A served hub with one statement corrected and taken back, a reminder, a draft; sessions; and all their pages."""
    moment, db = clock_at("2027-01-10T20:00Z"), _sqlite.fresh(metadata)
    with db.write() as tx:
        found_hub(tx, without_devices())
        council = seat_council(tx, "c_one", "c_two", "c_three")
        branch, founders = found_branch(tx, council)
        group, organisers = found_group(tx, branch, founders[:2], founders[2:])
        ada, bea = (_named(tx, council, number) for number in (1, 2))
    moment.advance(days=30)
    with db.write() as tx:
        acts.tick_all(tx)
        asked = {"kind": "statement", "title": "On the rent freeze", "text": WORDS, "actor": again(tx, ada)}
        said = actions.draft(tx, **asked)
        actions.confirm(tx, act=said, actor=again(tx, bea))
        key = queries.of_act(tx, said)[0].id
        other = {"title": "On rents", "text": "For two years.", "reason": "For how long was missing."}
        actions.confirm(tx, act=actions.correct(tx, statement=key, actor=again(tx, bea), **other), actor=again(tx, ada))
        gone = actions.take_back(tx, statement=key, reason="It is settled.", actor=again(tx, ada))
        actions.confirm(tx, act=gone, actor=again(tx, bea))
        minds = actions.draft(tx, **{**asked, "kind": "reminder", "group": group.id})
        actions.confirm(tx, act=minds, actor=again(tx, bea))
        about = queries.of_act(tx, minds)[0].id
        waits = actions.draft(tx, **asked)
    pages = [
        "/statements", f"/statements/{key}", f"/statements/{about}", f"/statements/drafts/{waits}", "/power",
        f"/groups/{group.slug}", f"/branches/{branch.slug}/power",
    ]  # fmt: skip
    own = ["/statements/new", f"/statements/new?group={group.slug}"]
    own += [f"/statements/{about}/{change}" for change in ("correction", "withdrawal")]
    with serving(tmp_path / "data", db) as house:
        people = {"visitor": None, "press": bea, "council": council[0], "organiser": organisers[0]}
        tokens = {
            name: "" if who is None else house.signed_in(who).cookies[name_of(house.settings, SESSION)]
            for name, who in people.items()
        }
        yield house, tokens, [*pages, *own]
    _sqlite.release(db)


@pytest.mark.parametrize("script", SIGHTS)
def test_statements_keep_nobody_out(browser: Any, told: tuple[House, dict[str, str], list[str]], script: str) -> None:
    house, tokens, paths = told
    faults: dict[str, list[str]] = {}
    words: dict[str, str] = {}

    for who, token in tokens.items():
        context = see(browser, house, SIGHTS[script][0], token)
        if script == "without script":
            context.route("**/*.js", lambda route: route.abort())
        page = context.new_page()
        for path in paths if who == "press" else paths[:-4]:
            assert page.goto(house.settings.url + path).status == 200, path
            words[f"{path} {who}"] = page.inner_text("main")
            faults[f"{path} ({who})"] = [fault for one in SIGHTS[script] for fault in look(page, one)]
        context.close()

    assert {path: found for path, found in faults.items() if found} == {}
    shown = words[f"{paths[1]} visitor"]
    assert "It is settled." in shown
    assert "For how long was missing." in shown
    assert "For two years." in shown
    assert "Nobody has said this." in words[f"{paths[3]} visitor"]
    assert "An official reminder:" in words[f"{paths[5]} visitor"]
    assert "not said in our name" in words[f"{paths[5]} press"]
    assert "Make a moderator’s link" in words[f"{paths[6]} organiser"]
    assert "Make a link for the press" in words[f"{paths[4]} council"]
