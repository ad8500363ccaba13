"""Limits: every route that takes a proof declares one; nobody is locked out by anybody else's tries (AU-19)."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from hub import clock
from hub.people.models import failures
from hub.web.limits import LIMITS
from hub.web.routes import ROUTES
from tests.authenticator import Authenticator
from tests.conftest import SetClock
from tests.web.conftest import ORIGIN, House, submit
from tests.web.test_levels import add_passkey, options_on

# What a route of authentication is called: whoever adds one declares its limit.
# /cases says whether somebody has a name.
TAKES_A_PROOF = re.compile(
    r"sign-in|/claim$|/join(/code|/letter|/vouched)?$|passkey|recovery/|account/lock|invitations/"
    r"|/oidc/(token|par|register|revoke|introspect|userinfo|address/code)$|^/cases$"
)
# These ask, show or take off; none takes a proof of who somebody is.
ASKS = {
    "/sign-in/passkey", "/account/passkeys/new", "/account/passkeys/another", "/account/passkeys/{passkey}/remove",
    "/account/passkeys/{passkey}/record",
    "/account/recovery/stop", "/account/recovery/finish",
}  # fmt: skip


def test_every_route_that_takes_a_proof_declares_its_limit() -> None:
    taking = {route.path for route in ROUTES if route.method == "POST" and TAKES_A_PROOF.search(route.path)}

    assert taking - ASKS == set(LIMITS)
    assert all(limit.per_hour is None or limit.per_hour <= 100 for limit in LIMITS.values())
    assert TAKES_A_PROOF.search("/sign-in/planted")


def answer_of(client: Any, device: Authenticator, **lies: Any) -> Any:
    """Signs in with a device, or tries to."""
    page = submit(client, "/sign-in", "/sign-in/passkey")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {"token": token.group(1), "answer": device.sign(options_on(page.text), ORIGIN, **lies), "next": ""}
    return client.post("/sign-in/passkey/answer", data=fields)


@pytest.fixture
def device(house: House, clock_at: SetClock) -> Authenticator:
    """A device of ann's."""
    clock_at("2027-01-10T20:00Z")
    made = Authenticator()
    add_passkey(house.signed_in(house.member("ann"), kind="code"), made)
    return made


def test_hundred_failures_from_one_address_are_enough_for_an_hour(
    house: House, device: Authenticator, clock_at: SetClock
) -> None:
    clock_at("2027-01-10T20:10Z")
    stranger = house.visitor()
    tries = [answer_of(stranger, device, spoiled=True).status_code for _ in range(101)]
    right = answer_of(stranger, device)
    clock_at.advance(minutes=50)
    later = answer_of(stranger, device)

    assert tries == [422] * 100 + [429]
    assert (right.status_code, int(right.headers["retry-after"]) <= 3600) == (429, True)
    assert later.status_code == 303


def test_thousand_failures_elsewhere_keep_the_owner_out_of_nothing(house: House, device: Authenticator) -> None:
    with house.db.write() as tx:
        for number in range(1000):
            tx.execute(sa.insert(failures), {"key": f"elsewhere {number}", "tries": 1000, "until_at": clock.now()})
    owner = house.visitor()

    assert answer_of(owner, device).status_code == 303


def test_table_names_no_address(house: House, device: Authenticator) -> None:
    stranger = house.visitor()
    answer_of(stranger, device, spoiled=True)

    with house.db.read() as tx:
        (row,) = tx.execute(sa.select(failures)).all()

    assert re.fullmatch("[0-9a-f]{64}", row.key)
    assert row.tries == 1
