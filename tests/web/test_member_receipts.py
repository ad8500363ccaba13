"""The pages of receipts: a member saves one, with as much as they tick; anybody looks at one, and adds its proof."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc.jwk import ECKey

from hub import clock, ledger
from hub.db import metadata
from hub.oidc.keys import ProviderKeys
from hub.people import actions as people
from hub.receipts import actions, text
from hub.receipts.models import receipts_issued
from hub.web.cookies import SESSION, name_of
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import found_hub
from tests.web.conftest import House, submit
from tests.web.server import serving


def take(client: Any, **ticked: str) -> Any:
    """Sends the form of the page."""
    return submit(client, "/me/receipt", "/me/receipt", **ticked)


def look(client: Any, file: str, **more: str) -> Any:
    return submit(client, "/receipts", "/receipts", receipt=file, **more)


def words(response: Any) -> str:
    """A page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def count(house: House) -> int:
    keys = ProviderKeys(house.settings.keys, "federation.json")
    return actions.count(house.db, house.settings.files, keys)


def issued(house: House) -> int:
    with house.db.read() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(receipts_issued)) or 0


def test_a_member_saves_a_receipt_that_shows_what_was_ticked(house: House, clock_at: SetClock) -> None:
    clock_at("2027-01-10T20:00Z")
    client = house.signed_in(house.member("ann"))

    saved = take(client, branch="yes", since="yes")
    bare = take(client)

    assert (saved.status_code, saved.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert saved.headers["content-disposition"] == 'attachment; filename="membership-receipt.txt"'
    assert saved.headers["cache-control"] == "no-store"
    read = text.parse(saved.text)
    assert (read.issuer, read.shown) == (
        house.settings.url, {"branch": {"area": "york", "branch": None}, "since": "2020-01"},
    )  # fmt: skip
    assert text.parse(bare.text).shown == {}
    assert issued(house) == 2


def test_the_page_says_what_it_is_what_it_shows_and_what_not(house: House) -> None:
    said = words(house.signed_in(house.member("ann")).get("/me/receipt"))

    for sentence in (
        "whoever shows this is a member",
        "your area and branch, if you tick that",
        "your name, your nickname or your number",
        "Nobody gets it from us: you choose whom you show it.",
        "until when it holds: 90 days from today",
    ):
        assert sentence in said


def test_nobody_else_gets_one(house: House) -> None:
    ann = house.member("ann")
    with house.db.write() as tx:
        people.end_standing(tx, person=str(ann.person))
    client = house.signed_in(ann)

    page = client.get("/me/receipt")
    assert "Only verified members get one." in page.text
    assert house.visitor().get("/me/receipt").status_code == 303
    assert submit(client, "/account/name", "/me/receipt", branch="yes").status_code == 403
    assert issued(house) == 0


def test_the_sixth_of_a_day_waits_until_tomorrow(house: House, clock_at: SetClock) -> None:
    clock_at("2027-01-10T23:00Z")
    client = house.signed_in(house.member("ann"))
    for _ in range(5):
        assert take(client).status_code == 200

    refused = take(client)

    assert (refused.status_code, "You took five receipts today" in refused.text) == (429, True)
    assert issued(house) == 5
    assert [row["many"] for row in client.get("/me/export").json()["held"]["receipts_taken"]] == [5]


WRONG_KEYS = (
    "x", "{}", json.dumps({"kty": "EC", "crv": "P-256"}),
    json.dumps({"kty": "EC", "crv": "nope", "x": "AA", "y": "AA"}),
    json.dumps({"kty": "OKP", "crv": "P-256", "x": "AA", "y": "AA"}),
)  # fmt: skip


def test_a_key_of_ones_own_is_named_and_another_is_refused(house: House) -> None:
    client, key = house.signed_in(house.member("ann")), ECKey.generate_key("P-256")

    saved = take(client, bind="yes", key=json.dumps(key.as_dict(private=True)))
    refused = [take(client, key=wrong) for wrong in WRONG_KEYS]

    bound = text.parse(saved.text).bound
    assert bound is not None
    assert (ECKey.import_key(dict(bound)).thumbprint(), "d" in bound) == (key.thumbprint(), False)
    assert [answer.status_code for answer in refused] == [422] * len(WRONG_KEYS)
    assert issued(house) == 1


def test_anybody_looks_at_one_and_saves_its_proof_the_day_after(house: House, clock_at: SetClock) -> None:
    clock_at("2027-01-10T20:00Z")
    receipt = take(house.signed_in(house.member("ann")), branch="yes").text
    visitor = house.visitor()

    today = look(visitor, receipt)
    clock_at("2027-01-11T02:00Z")
    assert count(house) == 1
    after = look(visitor, receipt)
    proved = look(visitor, receipt, proof="yes")
    again = look(visitor, proved.text)

    # Before any day was counted, nothing but a charter says whose the key is.
    assert "No charter and no entry of that hub names the key that signed this receipt." in words(today)
    said = words(after)
    assert "It holds until" in said
    assert "Area york" in said
    assert "On the list since not shown" in said
    assert "Counted yes" in said
    assert 'name="proof"' in after.text
    assert proved.headers["content-disposition"] == 'attachment; filename="membership-receipt.txt"'
    read = text.parse(proved.text)
    assert (read.digest, read.proof is None) == (text.parse(receipt).digest, False)
    assert "Counted yes" in words(again)


def test_what_is_no_receipt_is_said_in_words(house: House) -> None:
    visitor = house.visitor()
    assert look(visitor, "").status_code == 422
    assert "This is no membership receipt that holds" in words(look(visitor, "<script>alert(1)</script>"))
    assert "<script>alert" not in look(visitor, "<script>alert(1)</script>").text


def test_the_record_says_the_day_in_tens(house: House, clock_at: SetClock) -> None:
    clock_at("2027-01-10T20:00Z")
    for name in range(11):
        take(house.signed_in(house.member(f"member{name}")))
    clock_at("2027-01-12T02:00Z")
    count(house)
    with house.db.read() as tx:
        newest = ledger.size(tx) - 1

    pages = [words(house.visitor().get(f"/record/{index}")) for index in (newest - 1, newest)]

    assert "On 2027-01-10 at least 10 membership receipts were issued, and fewer than 20." in pages[0]
    assert "On 2027-01-11 fewer than ten membership receipts were issued, or none." in pages[1]


@pytest.fixture
def served(tmp_path: Path, _sqlite: Sqlite, clock_at: SetClock) -> Iterator[House]:
    """A hub that a browser reaches."""
    clock_at("2027-01-10T20:00Z")
    db = _sqlite.fresh(metadata)
    with serving(tmp_path / "town", db) as house:
        with db.write() as tx:
            found_hub(tx, origin=house.settings.log_origin)
        yield house
    _sqlite.release(db)


@pytest.mark.browser
def test_a_browser_makes_the_key_and_sends_its_public_half_alone(browser: Any, served: House) -> None:
    cookie = name_of(served.settings, SESSION)
    token = served.signed_in(served.member("ann")).cookies[cookie]
    context = browser.new_context()
    context.add_cookies([{"name": cookie, "value": token, "url": served.settings.url}])
    page, saved, sent = context.new_page(), list[Any](), list[str]()
    page.on("download", lambda file: saved.append(file))
    page.on("request", lambda asked: sent.append(asked.post_data or ""))

    page.goto(f"{served.settings.url}/me/receipt")
    page.check("#bind")
    with page.expect_download(lambda file: file.suggested_filename == "membership-receipt.txt"):
        page.click("main form .button")
    files = {one.suggested_filename: Path(one.path()).read_text() for one in saved}
    context.close()

    assert sorted(files) == ["membership-receipt.key.json", "membership-receipt.txt"]
    key = ECKey.import_key(json.loads(files["membership-receipt.key.json"]))
    presented = text.present(files["membership-receipt.txt"], key, "https://heir.example", "n-1", clock.now())
    binding = text.parse(presented).binding
    assert binding is not None
    assert binding["nonce"] == "n-1"
    assert ("%22x%22" in "".join(sent), "%22d%22" in "".join(sent)) == (True, False)
