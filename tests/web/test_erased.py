"""Somebody whose key is gone, while a restored database still has their rows: no word of theirs, and no page breaks."""

from __future__ import annotations

import pytest

from hub import audit, outbox, sealing
from tests.conftest import SetClock
from tests.web.conftest import House

PAGES = (
    "/", "/me", "/me/held", "/me/export", "/me/notices", "/me/looks", "/account", "/account/name", "/account/passkeys",
    "/account/closing", "/me/sites", "/me/draws",
)  # fmt: skip


@pytest.mark.parametrize("is_gone", [False, True])
def test_no_page_of_theirs_breaks_or_says_a_word(house: House, clock_at: SetClock, is_gone: bool) -> None:
    clock_at("2026-11-21T20:00Z")
    ann = house.member("mkr_ann")
    with house.db.write() as tx:
        outbox.put(tx, person=str(ann.person), template="registered", place="/groups/mkr_place")
        audit.note(tx, person=str(ann.person), what="standing.proved", by="self", why="mkr_reason")
    browser = house.signed_in(ann)

    if is_gone:
        sealing.destroy(house.db, [str(ann.person)])
    answers = {path: browser.get(path) for path in PAGES}

    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    signed_in = [path for path, answer in answers.items() if answer.status_code == 200]
    assert sorted(set(PAGES) - set(signed_in)) == (sorted(set(PAGES) - {"/"}) if is_gone else [])
    assert any("mkr_" in answer.text for answer in answers.values()) is not is_gone
