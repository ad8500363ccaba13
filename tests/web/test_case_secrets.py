"""What nobody reads of a case: no word of it is published, logged or posted; what is signed is read before."""

from __future__ import annotations

import html
import logging
from typing import Any

import pytest
import sqlalchemy as sa

from hub import outbox
from hub.branches.models import branches
from hub.cases import docket, queries
from hub.db import metadata
from hub.ledger import writer
from hub.ledger.models import openings
from hub.ledger.openings import parse_opening
from hub.outbox.models import letters
from hub.web import offices
from tests.authenticator import Authenticator
from tests.people_for_tests import entry_count
from tests.vaults import letters_of
from tests.web.conftest import House, submit
from tests.web.courts import FACTS, PRIVATE_WORDS, SAID, WORDS, Pages, open_court, read
from tests.web.test_levels import add_passkey
from tests.web.test_signatures import sign


@pytest.fixture
def pages(early: Any, bare_house: House, clock_at: Any) -> Pages:
    return open_court(bare_house, clock_at)


def public_bytes(pages: Pages, act: str) -> dict[str, str]:
    """Every byte that is for everybody, and every letter: public tables with the record, and a visitor's pages."""
    with pages.court.db.read() as tx:
        rows = [
            str([bytes(value) if isinstance(value, memoryview) else value for value in row])
            for table in metadata.tables.values()
            if table.info["kind"] in ("public", "derived")
            for row in tx.execute(sa.select(table))
        ]
        opened = [str(parse_opening(one)) for one in tx.scalars(sa.select(openings.c.disclosure))]
        size = entry_count(tx)
        templates = set(tx.scalars(sa.select(letters.c.template)))
        post = [str((letter.template, letter.params)) for one in sorted(templates) for letter in letters_of(tx, one)]
    visitor = pages.house.visitor()
    paths = ["/record", "/power", "/docket", "/rules", "/statements", f"/draws/{act}", "/powers.json"]
    shown = [visitor.get(path).text for path in (*paths, *(f"/record/{index}" for index in range(size)))]
    return {"published": "\n".join((*rows, *opened, *shown)), "posted": "\n".join(post)}


def leaks(pages: Pages, act: str, logged: str) -> dict[str, list[str]]:
    """Which private words of a case stand where they must not."""
    private = [
        *PRIVATE_WORDS,
        "Too much, too late.",
        "It names a rule.",
        str(pages.court.ada.person),
        str(pages.court.ben.person),
    ]
    texts = {**public_bytes(pages, act), "logged": logged}
    return {name: [word for word in private if word in text] for name, text in texts.items()}


def test_no_word_of_a_case_is_published_logged_or_posted(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    act = pages.decided()
    submit(pages.ben, f"/cases/{act}/appeal", f"/cases/{act}/appeal", ground="procedure", words="Too much, too late.")
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("folkmoot"))

    assert leaks(pages, act, logged) == {"published": [], "posted": [], "logged": []}
    with pages.court.db.read() as tx:
        kept = str(queries.view(tx, act, pages.court.ben.person))
    assert [word for word in PRIVATE_WORDS if word not in kept] == []


def test_a_word_of_a_case_that_leaks_is_found(pages: Pages) -> None:
    """The planted faults: a letter that says more than it may, and a public text that a word came into."""
    act = pages.admitted()
    with pages.court.db.write() as tx:
        outbox.put(tx, person=str(pages.court.ada.person), template="case_moved", place=f"/cases/{FACTS}")
        tx.execute(sa.update(branches).values(name=SAID))

    assert leaks(pages, act, WORDS) == {"published": [SAID], "posted": [FACTS], "logged": [WORDS]}


def test_whoever_signs_reads_the_words_and_the_record_has_their_hash(pages: Pages) -> None:
    act = pages.filed()
    with pages.court.db.draft() as tx:
        duty = pages.court.sitting(tx, act)[0]
    client, device = pages.house.signed_in(duty, kind="code"), Authenticator()
    add_passkey(client, device)
    with pages.court.db.read() as tx:
        before = entry_count(tx)

    asked = pages.screen(client, act, reasons="It names\na rule, <b>and</b> a day.", hides="yes")
    with pages.court.db.read() as tx:
        between = entry_count(tx)
    done = sign(client, asked, device)

    told = html.unescape(asked.text)
    assert "<dt>You find</dt><dd>It becomes a case</dd>" in told
    assert "<dt>Your reasons</dt><dd>It names\na rule, <b>and</b> a day.</dd>" in told
    assert "<dt>The name of whoever complained</dt><dd>is not told to the accused</dd>" in told
    assert between == before
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{act}")
    with pages.court.db.read() as tx:
        entry = writer.get(tx, entry_count(tx) - 1)
    assert entry is not None
    assert (entry.type, entry.sig is not None) == ("case.screened", True)
    public = pages.house.visitor().get(f"/record/{entry.index}").text
    assert "signed this with their own key" in public
    assert "names\na rule" not in public


def test_docket_tells_in_tens_and_nothing_below(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    none = read(pages.house.visitor(), "/docket")
    said = {"rule": {"2": 20}, "body": {}, "outcome": {"advice": 10, "lapsed": 30}, "time": {"longer": 10}}
    monkeypatch.setattr(docket, "counts", lambda _tx: said)
    monkeypatch.setattr(docket, "queued", lambda _tx: 10)

    told = read(pages.house.visitor(), "/docket")

    assert "Fewer than 10 complaints wait until there is room." in none
    assert none.count("Fewer than 10 of each so far.") == 4
    assert "Between 10 and 19 complaints wait until there is room." in told
    assert "Advice 10 to 19 Lapsed: nobody decided in time 30 to 39" in told
    assert "Rule 2: No threats, and no abuse of anybody for who they are. 20 to 29" in told
    assert told.count("Fewer than 10 of each so far.") == 1


def test_page_of_powers_lists_no_case_and_takes_no_signature_for_one(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = pages.filed()

    shown = [client.get("/power").text for client in (pages.house.visitor(), pages.sitting(act)[0])]

    assert ["complaint of a member" in text or f"/acts/{act}" in text for text in shown] == [False, False]
    monkeypatch.setattr(offices, "OF_CASES", ())
    assert "complaint of a member" in pages.house.visitor().get("/power").text
