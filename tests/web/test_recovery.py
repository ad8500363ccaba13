"""The last step of a recovery, in the browser."""

from __future__ import annotations

import sqlalchemy as sa

from hub import sealing
from hub.people import recovering
from hub.people.models import passkeys
from hub.people.sealed import KEY_NAME
from tests.conftest import SetClock
from tests.web.conftest import House, submit


def test_finish_gives_the_browser_a_token_of_its_own(house: House, clock_at: SetClock) -> None:
    clock = clock_at("2026-11-21T20:00Z")
    anna = house.member("anna")
    person = anna.person or ""
    with house.db.write() as tx:
        row = {"id": "key", "person": person, "public_key": b"k", "sign_count": 0}
        row["name"] = sealing.write(tx, person, KEY_NAME, "phone")
        tx.execute(sa.insert(passkeys), {**row, "made_at": clock.moment})
        recovering.begin(tx, person=person, sign_lock=str.upper)
        for proof in ("letter_at", "passkey_at"):
            recovering.note_proof(tx, person=person, proof=proof)
    clock.advance(days=3)
    mine = house.signed_in(anna, kind="bootstrap")
    short = mine.cookies["session_8000"]
    thief = house.visitor()
    thief.cookies.set("session_8000", short)

    answer = submit(mine, "/account/recovery", "/account/recovery/finish")

    assert answer.headers["location"] == "/account/passkeys"
    assert mine.cookies["session_8000"] != short
    assert mine.get("/account/passkeys").status_code == 200
    assert thief.get("/me").headers["location"].startswith("/sign-in")
