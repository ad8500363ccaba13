"""Every page opens, for a visitor and for a member, and carries the headers."""

from tests.web.conftest import House

OPEN = ["/join", "/join/code", "/join/letter", "/sign-in", "/sign-out", "/dev/mail", "/dev/clock", "/dev/errors"]
OWN = ["/account", "/account/name", "/me", "/me/notices", "/me/looks", "/me/held", "/me/export", "/join/done"]


def test_open_pages_open_for_a_visitor(house: House) -> None:
    client = house.visitor()

    found = {path: client.get(path).status_code for path in OPEN}

    assert found == dict.fromkeys(OPEN, 200)


def test_own_pages_open_for_a_member(house: House) -> None:
    client = house.signed_in(house.member("ann"))

    found = {path: client.get(path).status_code for path in OWN}

    assert found == dict.fromkeys(OWN, 200)


def test_own_pages_lead_a_visitor_to_the_sign_in(house: House) -> None:
    client = house.visitor()

    found = {path: client.get(path).headers["location"] for path in OWN}

    assert found == {path: f"/sign-in?next={path}" for path in OWN}
