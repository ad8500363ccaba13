"""An office is accepted, kept safe, claimed on a fork once the hub is gone, and acted from: by phone and by command."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner

from hub import app, settings
from hub.branches import actions as branches
from hub.cli import stores
from hub.cli.prepare import prepare
from hub.cli.role import role
from hub.constitution import actions as constitution
from hub.db import Database
from hub.ledger import keys
from hub.mirror import archive, publish, role_keys
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.people import invitations, passkeys
from hub.people.passkeys import Party
from hub.permits import HUB
from hub.settings import Settings
from hub.web.signing import Signer
from tests.authenticator import Authenticator
from tests.matchers import eventually
from tests.people_for_tests import AREAS, member, without_devices
from tests.replaying import assert_replays
from tests.stories.conftest import Person, free_port
from tests.stories.test_accessible import is_too_wide, violations
from tests.web.conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PHONE = {"viewport": {"width": 390, "height": 900}}
PASSPHRASE = "heather kettle plum ladder"


@contextmanager
def serving(chosen: Settings, db: Database) -> Iterator[None]:
    """Serves a hub from a folder in this process."""
    config = uvicorn.Config(
        app.build(chosen, db), host="127.0.0.1", port=chosen.port, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def made(chosen: Settings) -> Database:
    """A hub's folder, as the command makes it."""
    return prepare(chosen)


class Hubs:
    """A hub, and then its fork, with what their workers would do."""

    def __init__(self, tmp_path: Path, browser: Any, rules: str | None = None) -> None:
        self.tmp_path, self.browser, self.stack = tmp_path, browser, ExitStack()
        self.found: dict[str, list[str]] = {}
        port = free_port()
        self.old = settings.build(
            tmp_path / "old", {"name": "Old hub", "url": f"http://localhost:{port}", "port": port}
        )
        self.db = made(self.old)
        vkey = keys.make_keys(self.old.keys, self.old.log_origin)
        with self.db.write() as tx:
            text = rules or constitution.default_text()
            constitution.found_hub(tx, name="Old hub", origin=self.old.log_origin, log_key=vkey, text=text)
            branches.declare_at_founding(tx, AREAS, operator="op")
            self.ann = member(tx, "ann")
            self.link = invitations.issue(tx, kind="council", scope=HUB, act=None, role="council", by=None, days=9)
        publish.deploy(self.old, self.db)
        publish.publish(self.old, self.db)
        self.running = self.stack.enter_context(ExitStack())
        self.running.enter_context(serving(self.old, self.db))

    def ends(self) -> None:
        """The hub is gone, folder and all; a branch has its mirror."""
        publish.publish(self.old, self.db)
        pull(Folder(self.old.data), self.tmp_path / "mirror")
        self.running.close()
        self.db.close()
        shutil.rmtree(self.old.data)

    def forks(self) -> None:
        """Somebody carries on from the mirror, under another address."""
        port = free_port()
        url = f"http://localhost:{port}"
        done = fork(Folder(self.tmp_path / "mirror"), self.tmp_path / "new", url, make=made)
        self.new = settings.build(self.tmp_path / "new", {"name": "New hub", "url": url, "port": port})
        assert done.settings.url == url
        self.heir = stores.open_hub(done.settings)
        self.stack.callback(self.heir.close)
        self.stack.enter_context(serving(self.new, self.heir))

    def device(self) -> tuple[Authenticator, str]:
        """Gives Ann two devices with a passkey each, by the verbs that a browser's answer reaches; returns the last."""
        signer = Signer(["k" * 43])
        signed = partial(signer.sign, "passkey"), partial(signer.read, "passkey"), partial(signer.sign, "lock")
        party, held = Party("localhost", self.old.url, "Old hub", *signed), (Authenticator(), "")
        with self.db.write() as tx:
            for device in (Authenticator(), Authenticator()):
                asked = passkeys.ask_to_add(tx, party, person=str(self.ann.person), nickname="ann")
                passkeys.add(tx, party, person=str(self.ann.person), answer=device.make(asked, self.old.url), name="d")
                held = device, asked["user"]["id"]
        return held

    def person(self, of: Settings, *, with_script: bool = True) -> Person:
        """Somebody at a new browser of theirs."""
        context = self.browser.new_context(java_script_enabled=with_script, accept_downloads=True, **PHONE)
        self.stack.callback(context.close)
        context.set_default_timeout(60_000)
        somebody = Person(SimpleNamespace(url=of.url), context.new_page())  # type: ignore[arg-type]  # its address is all
        if with_script:
            somebody.at = context.new_cdp_session(somebody.page)
            somebody.at.send("WebAuthn.enable")
            somebody.take_device()
        return somebody

    def signed_in(self, kind: str = "passkey", *, with_script: bool = True) -> Person:
        """Ann at her browser, signed in at the old hub."""
        somebody = self.person(self.old, with_script=with_script)
        house = House(self.old, self.db, app.build(self.old, self.db))
        client = house.signed_in(self.ann, kind)
        cookies = [{"name": name, "value": value, "url": self.old.url} for name, value in client.cookies.items()]
        somebody.page.context.add_cookies(cookies)
        return somebody

    def look(self, somebody: Person, name: str) -> None:
        """Notes what keeps anybody out of the page that is open."""
        self.found[name] = violations(somebody.page) + (["too wide"] if is_too_wide(somebody.page) else [])

    def saves(self, somebody: Person, label: str, name: str) -> Path:
        """Presses a button that saves a file."""
        with somebody.page.expect_download() as given:
            somebody.page.get_by_role("button", name=label, exact=True).click()
        given.value.save_as(self.tmp_path / name)
        return self.tmp_path / name


@pytest.fixture
def hubs(tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Hubs]]:
    (tmp_path / "running/hub").mkdir(parents=True)
    (tmp_path / "running/hub/__init__.py").write_text("# the running source\n")
    monkeypatch.setattr(archive, "root", lambda: tmp_path / "running")
    with ExitStack() as stack:

        def make(**how: Any) -> Hubs:
            found = Hubs(tmp_path, browser, **how)
            stack.enter_context(found.stack)
            return found

        yield make


def test_office_is_kept_safe_and_claimed_in_a_browser(hubs: Callable[..., Hubs]) -> None:
    two = hubs()
    ann = two.signed_in()
    ann.take_device(two.device())

    # The office is accepted, and its key made, in one flow.
    ann.go(f"/invitations/{two.link}")
    ann.press("Accept")
    assert "Keep your office safe" in ann.reads()
    two.look(ann, "making a key")
    grant = ann.page.url.split("/")[-2]
    ann.page.fill("#passphrase", "short")
    ann.page.get_by_role("button", name="Make the key and save its file").click()
    ann.page.get_by_text("Use at least 10 characters").wait_for()
    ann.page.fill("#passphrase", PASSPHRASE)
    ann.page.fill("#passphrase-again", PASSPHRASE)
    key = two.saves(ann, "Make the key and save its file", "office.key")
    assert not ann.page.get_by_role("button", name="Put it in the record").is_visible()
    ann.page.set_input_files("#saved", files=[{"name": "x", "mimeType": "text/plain", "buffer": b"{}"}])
    ann.page.get_by_text("This is not the file that was just saved").wait_for()
    ann.page.set_input_files("#saved", key)
    ann.page.get_by_role("button", name="Put it in the record").wait_for()
    two.look(ann, "showing the key")
    ann.press("Put it in the record")
    assert "This is not sealed yet" in ann.reads()
    publish.publish(two.old, two.db)
    ann.page.get_by_role("button", name="Save the receipt").wait_for()  # the page looks by itself
    two.look(ann, "saving the receipt")
    receipt = two.saves(ann, "Save the receipt", "office.receipt")
    assert json.loads(receipt.read_text())["key"] == json.loads(key.read_text())
    ann.page.wait_for_function("localStorage.length === 0")
    ann.go("/me")
    assert "nothing gives you this office back" not in ann.reads()
    two.look(ann, "my page")

    # The hub is gone. On a fork, at another device, without any list: the office is hers, and she acts from it.
    two.ends()
    two.forks()
    anew = two.person(two.new)
    anew.go("/sign-in")
    anew.page.get_by_role("link", name="claim it").click()
    two.look(anew, "claiming")
    anew.page.set_input_files("#receipt", receipt)
    anew.page.fill("#passphrase", "not this one at all")
    anew.page.get_by_role("button", name="Claim the office").click()
    anew.page.get_by_text("This passphrase does not open the key.").wait_for()
    anew.page.fill("#passphrase", PASSPHRASE)
    with anew.page.expect_navigation():
        anew.page.get_by_role("button", name="Claim the office").click()
    anew.type(nickname="ann_again")
    anew.page.check("[name=shown][value=nickname]")
    anew.press("Continue")
    anew.go("/me")
    assert "Council" in anew.reads() or "council" in anew.reads()
    two.look(anew, "my page there")
    anew.go(f"/offices/{grant}/resignation")
    anew.press("Resign now")
    assert "You resigned" in anew.reads()
    anew.go("/record")
    told = anew.reads()
    assert "ann claimed their office as Council member of" in told
    assert "With the key of an office that they claimed here, ann vouched for their first passkey" in told
    assert "ann resigned as Council member" in told

    assert {page: wrong for page, wrong in two.found.items() if wrong} == {}
    another = Database("sqlite://")
    another.create_all()
    assert_replays(two.heir, another)
    another.close()


def test_office_is_kept_safe_and_claimed_without_script(hubs: Callable[..., Hubs], monkeypatch: Any) -> None:
    two = hubs(rules=without_devices())
    monkeypatch.setattr(role_keys, "ROUNDS", 1000)
    ann, run = two.signed_in(with_script=False), CliRunner()
    phrase = two.tmp_path / "phrase"
    phrase.write_text(PASSPHRASE + "\n")

    def command(*words: str) -> str:
        done = run.invoke(role, [*words])
        assert done.exit_code == 0, done.output
        return str(done.output)

    with two.db.write() as tx:
        grant = constitution.take_seat(tx, role="council", shown="Ann", actor=two.ann)
    publish.publish(two.old, two.db)
    ann.go(f"/offices/{grant}/receipt")
    assert f"hub role new {grant}" in ann.reads()
    key, receipt, whole = (two.tmp_path / name for name in ("office.key", "office.receipt", "whole.receipt"))
    told = json.loads(command("new", grant, "--out", str(key), "--passphrase-file", str(phrase), "--json"))
    ann.type(public_key=told["public_key"])
    ann.press("Put it in the record")
    assert "This is not sealed yet" in ann.reads()
    publish.publish(two.old, two.db)
    ann.go(f"/offices/{grant}/receipt")
    with ann.page.expect_download() as given:
        ann.page.get_by_role("link", name="Save the receipt, without its key").click()
    given.value.save_as(receipt)
    command("join", str(receipt), str(key), "--out", str(whole))
    two.ends()
    two.forks()
    anew = two.person(two.new, with_script=False)
    anew.go("/claim")
    line = anew.page.inner_text("code").replace("office.receipt", str(whole)).split()[2:]
    sent = command(*line, "--passphrase-file", str(phrase))
    anew.type(claim=sent)
    anew.press("Claim the office")
    anew.type(nickname="ann_again")
    anew.page.check("[name=shown][value=nickname]")
    anew.press("Continue")

    assert "Passkeys" in anew.reads()
    anew.go("/me")
    assert f"/offices/{grant}/receipt" in anew.page.content()
