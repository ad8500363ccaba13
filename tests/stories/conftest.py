"""A demo hub, really served by its three processes, and people who use it in a browser."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy.engine import Connection

from hub import clock
from hub.cli.demo import seed_demo
from hub.cli.demo.people import Invented, invent
from hub.cli.demo.telling import Story
from hub.cli.work import open_worker
from hub.constitution.actions import default_text
from hub.people import passkeys
from hub.people.passkeys import Party
from hub.settings import Settings
from hub.web.signing import Signer
from tests.authenticator import Authenticator

# The verbs under every story are tested on both databases, and so are a whole election, and a hub from its founding to
# its fork. A page is no other on the other database: these stories run on one each at every merge, on both with --long.
ON_ONE = {
    "test_accessible": "sqlite", "test_amendment": "postgresql", "test_council_drawn": "sqlite",
    "test_emergency": "postgresql", "test_hiding": "sqlite", "test_hold": "postgresql", "test_moderator": "sqlite",
    "test_own_numbers": "postgresql", "test_press": "sqlite", "test_recall": "sqlite", "test_vacancy": "postgresql",
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the second database of some stories to --long."""
    for item in items:
        engine = ON_ONE.get(item.path.stem) if item.path.parent.name == "stories" else None
        if isinstance(item, pytest.Function) and engine and item.callspec.params.get("backend") not in (None, engine):
            item.add_marker(pytest.mark.long)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str, seconds: float = 60) -> None:
    """Waits until an address answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


@dataclass
class Devices:
    """Two devices of everybody whom the story gives an office, as a new hub's rules ask for; members have none."""

    without: tuple[str, ...] = ("sunny_finch_23",)
    kept: dict[str, tuple[Authenticator, str]] = field(default_factory=dict)

    def equip(self, tx: Connection, settings: Settings, person: str, nickname: str) -> None:
        """Adds two passkeys, by the verbs that a browser's answer reaches."""
        if nickname in self.without:
            return
        signer = Signer(["k" * 43])
        signed = partial(signer.sign, "passkey"), partial(signer.read, "passkey"), partial(signer.sign, "lock")
        party = Party(urlsplit(settings.url).hostname or "", settings.url, settings.name, *signed)
        for device in (Authenticator(), Authenticator()):
            asked = passkeys.ask_to_add(tx, party, person=person, nickname=nickname)
            passkeys.add(tx, party, person=person, answer=device.make(asked, settings.url), name="device")
            self.kept[nickname] = device, asked["user"]["id"]


@dataclass
class Served:
    """A hub that runs. story: who is who."""

    folder: Path
    url: str
    story: Story
    process: subprocess.Popen[bytes]
    met: set[str] = field(default_factory=set)
    devices: Devices = field(default_factory=Devices)

    def stop(self) -> None:
        """Ends its processes."""
        self.process.terminate()
        self.process.wait(timeout=30)

    def code_for(self, member: Invented) -> str:
        """The newest code sent to a member's contact, once it is there."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for path in sorted((self.folder / "matcher" / "outgoing").glob("*.eml"), reverse=True):
                mail = message_from_bytes(path.read_bytes())
                text = mail.get_payload(decode=True)
                assert isinstance(text, bytes)
                if mail["To"] == member.mail and mail["Subject"] == "Your code" and path.name not in self.met:
                    self.met.add(path.name)
                    return next(line.strip() for line in text.decode().splitlines() if line.startswith("    "))
            time.sleep(0.1)
        raise AssertionError("no code came")


def run_hub(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Starts a command of hub."""
    command = [sys.executable, "-m", "hub.cli.main", *words]
    return subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2], stdout=subprocess.DEVNULL)


def settle(folder: Path) -> None:
    """Does at once what the hub's own worker does within seconds, so that the next page shows all that is due."""
    worker = open_worker(folder)
    try:
        # Only one process at a time may wipe what lies beside the rows: that is left to the hub's own.
        for name, job in worker.jobs() * 2:
            if name != "wipe after counts":
                job()
    finally:
        clock.set_source(None)
        worker.db.close()


@dataclass
class Seeded:
    """A demo hub whose story was told, not yet served."""

    folder: Path
    port: int
    story: Story
    devices: Devices

    def copied(self, folder: Path) -> Seeded:
        """The same hub in another folder, whose story goes on by itself."""
        shutil.copytree(self.folder, folder)
        story = replace(self.story, used=dict(self.story.used), known=dict(self.story.known))
        return Seeded(folder, self.port, story, Devices(kept=dict(self.devices.kept)))


def seed(folder: Path, address: str = "") -> Seeded:
    """Founds a demo hub and plays its story. address: of its database, empty for SQLite."""
    port, devices = free_port(), Devices()
    story = seed_demo(
        folder, port=port, members=invent(64, 7), database=address, rules=default_text(), equip=devices.equip
    )
    return Seeded(folder, port, story, devices)


@pytest.fixture(scope="session")
def first_seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """The hub of which every story on SQLite begins with a copy: each in its turn, at the same address."""
    return seed(tmp_path_factory.mktemp("seeded") / "hub")


@pytest.fixture
def served(backend: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A seeded demo hub, on SQLite and on PostgreSQL in turn."""
    folder, database = tmp_path / "hub", None
    if backend.name == "sqlite":
        seeded = request.getfixturevalue("first_seeded").copied(folder)
    else:
        database = backend.fresh(sa.MetaData())
        seeded = seed(folder, database.url.render_as_string(hide_password=False))
    process = run_hub(folder, "serve", "--data", str(folder))
    hub = Served(folder, f"http://localhost:{seeded.port}", seeded.story, process, devices=seeded.devices)
    wait_for(hub.url + "/healthz")
    settle(folder)
    yield hub
    hub.stop()
    if database:
        with database.write() as tx:
            tx.exec_driver_sql("DROP SCHEMA public CASCADE")
            tx.exec_driver_sql("CREATE SCHEMA public")
        backend.release(database)


DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass
class Person:
    """Somebody at a browser of their own. at: the browser's session of devices, None without script."""

    hub: Served
    page: Any
    at: Any = None
    device: str = ""

    def take_device(self, held: tuple[Authenticator, str] | None = None) -> None:
        """Puts the device at hand away and takes another: a new one, or one that holds a passkey already."""
        if self.device:
            self.at.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.device})
        made = self.at.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.device = made["authenticatorId"]
        if held is not None:
            authenticator, handle = held
            private = authenticator.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            padded = handle + "=" * (-len(handle) % 4)
            credential = {
                "credentialId": base64.b64encode(authenticator.id).decode(), "isResidentCredential": True,
                "rpId": "localhost", "privateKey": base64.b64encode(private).decode(), "signCount": 1,
                "userHandle": base64.b64encode(base64.urlsafe_b64decode(padded)).decode(),
            }  # fmt: skip
            self.at.send("WebAuthn.addCredential", {"authenticatorId": self.device, "credential": credential})

    def go(self, path: str) -> None:
        """Opens a page, which answers well."""
        answer = self.page.goto(self.hub.url + path)
        assert answer.ok, f"{path}: {answer.status}"

    def sealed(self) -> str:
        """The page once what it shows is sealed: looked at again, a minute at most."""
        end = time.monotonic() + 60
        while "sealed within a minute" in self.page.content() and time.monotonic() < end:
            time.sleep(0.3)
            self.page.reload()
        return str(self.page.content())

    def type(self, **fields: str) -> None:
        """Fills in fields by name."""
        for name, value in fields.items():
            self.page.fill(f"[name={name}]", value)

    def press(self, label: str) -> None:
        """Presses a button by its words."""
        self.page.get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()
        # A dangerous act asks for the passkey, an act of office for its signature; without script there is none.
        ask = self.page.locator("form[data-passkey=get] button")
        if self.at is not None and "/sign-in" not in self.page.url and ask.count():
            with self.page.expect_navigation():
                ask.click()

    def add_passkey(self, name: str = "My phone") -> None:
        """Adds a passkey with the device at hand."""
        self.go("/account/passkeys")
        self.press("Add a passkey")
        self.type(name=name)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Go on").click()
        assert name in self.reads()

    def add_another_passkey(self) -> None:
        """Adds a second one, with another device."""
        self.take_device()
        self.add_passkey("My key")

    def reads(self) -> str:
        """What the page's main part says."""
        return str(self.page.inner_text("main"))

    def prove(self, member: Invented) -> None:
        """Number, postcode, code."""
        self.go("/join")
        self.type(number=member.number, postcode=member.postcode)
        self.press("Continue")
        self.type(code=self.hub.code_for(member))
        self.press("Continue")

    def sign_in(self, nickname: str) -> None:
        """Comes back, with the passkey of an officer, or as they came."""
        held = self.hub.devices.kept.get(nickname)
        if held is None:
            self.prove(self.hub.story.known[nickname])
            return
        self.take_device(held)
        self.go("/sign-in")
        self.press("Sign in with a passkey")
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Use my passkey").click()
        assert nickname in self.page.inner_text("header")

    def join(self, member: Invented, nickname: str) -> None:
        """Comes for the first time, and takes a nickname."""
        self.prove(member)
        self.type(nickname=nickname)
        self.page.check("[name=shown][value=nickname]")
        self.press("Continue")


@pytest.fixture
def person(browser: Any, served: Served) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser of their own. with_script=False: a browser that runs none."""
    contexts = []

    def make(*, with_script: bool = True, **chosen: Any) -> Person:
        contexts.append(browser.new_context(java_script_enabled=with_script, **chosen))
        contexts[-1].set_default_timeout(60_000)
        made = Person(served, contexts[-1].new_page())
        if with_script:
            made.at = contexts[-1].new_cdp_session(made.page)
            made.at.send("WebAuthn.enable")
            made.take_device()
        return made

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def town(served: Served, person: Callable[..., Person], another_db: Any) -> Any:
    """The people of the demo, for stories of powers."""
    from tests.stories.steps import Town  # cycle: the steps are taken by these people

    return Town(served, person, another_db)
