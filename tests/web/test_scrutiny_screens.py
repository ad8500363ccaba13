"""The work of a scrutineer in a real browser: the roll, an objection, signing and voiding with a passkey.

Without script nobody signs: the page says what it takes, and nothing is written.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from webauthn.helpers import bytes_to_base64url as b64

from hub import clock
from hub.db import Database, metadata
from hub.people.models import passkeys
from hub.permits import Actor
from hub.web.cookies import SESSION, name_of
from tests.authenticator import Authenticator, cose_of
from tests.ballots.test_scrutiny import Recall, begin, judging
from tests.conftest import SetClock
from tests.databases import Sqlite
from tests.people_for_tests import entry_count, found_hub
from tests.replaying import lines_of
from tests.towns import build_town
from tests.verifier import signatures
from tests.web.conftest import House
from tests.web.server import serving
from tests.web.test_accessibility import look, see
from tests.web.test_passkeys import VIRTUAL

pytestmark = pytest.mark.browser

WHY = "I found no vote under my code."
NEEDED = (
    "This browser cannot use passkeys here, so nothing is written. "
    "Signing takes a browser that runs script, on a device that holds one of your passkeys"
)
SIGN = "You sign the count of the vote on this: recall A as Organiser of York branch."
NOT_RIGHT = "found a member’s objection to the count in an act not right"
PHONE, DESK = ({"viewport": {"width": wide, "height": 900}, "color_scheme": "light"} for wide in (390, 1280))


@pytest.fixture
def store(_sqlite: Sqlite) -> Iterator[Database]:
    """A store for one hub."""
    db = _sqlite.fresh(metadata)
    yield db
    _sqlite.release(db)


@dataclass
class Judged:
    """A served hub on which a recall's count is judged. devices: a passkey of each scrutineer; faults: of pages."""

    browser: Any
    house: House
    recall: Recall
    drawn: list[Actor]
    script: bool
    devices: dict[str | None, Authenticator] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The address of the ballot's page."""
        return f"{self.house.settings.url}/ballots/{self.recall.town.ballot().id}"

    def equip(self) -> None:
        """Puts a passkey that a browser holds in the place of one that nobody does, for each scrutineer."""
        with self.house.db.write() as tx:
            for one in self.drawn:
                self.devices[one.person] = device = Authenticator()
                mine = sa.select(sa.func.min(passkeys.c.id)).where(passkeys.c.person == one.person)
                swap = sa.update(passkeys).where(passkeys.c.id == tx.scalar(mine))
                tx.execute(swap.values(id=b64(device.id), public_key=cose_of(device.key), made_at=clock.now()))

    def opened(self, person: Actor) -> Any:
        """The ballot's page in somebody's own browser, with the device that they have."""
        token = self.house.signed_in(person).cookies[name_of(self.house.settings, SESSION)]
        page = see(self.browser, self.house, PHONE | {"java_script_enabled": self.script}, token).new_page()
        if self.script and person.person in self.devices:
            hold(page, self.devices[person.person], str(person.person))
        page.goto(self.place)
        return page

    def press(self, page: Any, words: str, sentence: str) -> str:
        """Presses what only a signature does, and signs; without script reads what it would take. What it says."""
        page.get_by_role("button", name=words, exact=True).click()
        assert "Sign with your passkey" in page.inner_text("main")
        assert sentence in page.inner_text("main")
        if self.script:
            with page.expect_navigation():
                page.get_by_role("button", name="Sign", exact=True).click()
        return str(page.inner_text("main"))

    def looked(self, page: Any, name: str) -> None:
        """Notes what axe finds; where no script runs, on the same page where it does."""
        eyes = page
        if not self.script:
            eyes = see(self.browser, self.house, PHONE).new_page()
            eyes.context.add_cookies(page.context.cookies())
            eyes.goto(self.place)
        for sight in (PHONE, DESK):
            if found := look(eyes, sight):
                self.faults[f"{name}, {sight['viewport']['width']}"] = found
        page.set_viewport_size(PHONE["viewport"])

    def objected(self) -> None:
        """A member who is no scrutineer objects: a right of everybody on the roll, which takes no signature."""
        member = next(one for one in self.recall.town.voters if one.person not in self.devices)
        page = self.opened(member)
        page.locator("summary", has_text="Object to the count").click()
        page.get_by_label("What is wrong with it?").fill(WHY)
        page.get_by_role("button", name="Object", exact=True).click()
        assert "without your name" in page.inner_text("main")
        assert WHY in page.inner_text("main")
        self.looked(page, "objected")

    def void(self, scrutineer: Actor) -> tuple[Any, str]:
        """A scrutineer says that the count is void, with a reason."""
        page = self.opened(scrutineer)
        page.locator("summary", has_text="Void it, with a reason").click()
        page.get_by_label("Your reason").fill("Two names stood on it twice.")
        return page, self.press(page, "The count is void", "You find the count void of the vote on this: recall A")

    def written(self) -> int:
        """How many entries the record has."""
        with self.house.db.read() as tx:
            return entry_count(tx)


def hold(page: Any, device: Authenticator, person: str) -> None:
    """Gives a browser the device on which somebody's passkey is."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    at = devices.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})["authenticatorId"]
    private = device.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    credential = {
        "credentialId": base64.b64encode(device.id).decode(), "isResidentCredential": True, "rpId": "localhost",
        "privateKey": base64.b64encode(private).decode(), "signCount": 1,
        "userHandle": base64.b64encode(person.encode()).decode(),
    }  # fmt: skip
    devices.send("WebAuthn.addCredential", {"authenticatorId": at, "credential": credential})


@contextmanager
def judged(browser: Any, store: Database, clock_at: SetClock, folder: Path, *, script: bool) -> Iterator[Judged]:
    """A hub on which the count of a recall is judged."""
    moment = clock_at("2026-11-21T20:00Z")
    with serving(folder, store) as house:
        with store.write() as tx:
            found_hub(tx, origin=house.settings.log_origin)
        recall = begin(build_town(store, moment))
        found = Judged(browser, house, recall, judging(recall), script)
        found.equip()
        yield found


def test_count_is_judged_on_a_phone(browser: Any, store: Database, clock_at: SetClock, tmp_path: Path) -> None:
    with judged(browser, store, clock_at, tmp_path / "data", script=True) as at:
        at.objected()
        first = at.opened(at.drawn[0])
        first.get_by_role("button", name="See the roll").click()
        assert "16 members of" in first.inner_text("main")
        at.looked(first, "roll")
        first.goto(at.place)
        assert "It stands in the public record what you found." in at.press(first, "It is not right", NOT_RIGHT)
        assert "You signed." in at.press(first, "Sign the count", SIGN)
        at.looked(first, "signed")
        for scrutineer in at.drawn[1:]:
            page, said = at.void(scrutineer)
            assert "You objected." in said
        assert "Scrutineers voided this count." in said
        at.looked(page, "voided")
        lines = [raw for raw, _said in lines_of(store)]

    assert (at.recall.state().step, at.recall.state().current.do) == (4, "ballot")
    assert signatures(lines).count("signed") == 4
    assert at.faults == {}


def test_without_script_a_scrutineer_reads_what_signing_takes(
    browser: Any, store: Database, clock_at: SetClock, tmp_path: Path
) -> None:
    with judged(browser, store, clock_at, tmp_path / "data", script=False) as at:
        at.objected()
        before = at.written()
        for words, sentence in (("It is not right", NOT_RIGHT), ("Sign the count", SIGN)):
            assert NEEDED in at.press(at.opened(at.drawn[0]), words, sentence)
        assert NEEDED in at.void(at.drawn[1])[1]

    assert at.written() == before
    assert at.faults == {}
