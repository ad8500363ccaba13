"""What office-holders do for themselves: the key of an office while the hub is well, and the claim when it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from hub import settings as house
from hub.cli import stores
from hub.db import Database
from hub.groups import links
from hub.groups import queries as groups
from hub.mirror import keeping, role_keys
from hub.mirror.receipts import format_office_receipt
from hub.mirror.role_keys import parse_key
from hub.oidc import registering
from hub.people import actions as people
from hub.people import passkeys
from hub.permits import VISITOR, Actor
from hub.permits import actions as permits
from hub.permits.vouching import PLACE
from hub.web.cookies import SESSION, name_of
from tests.authenticator import cose_of
from tests.drill.browser import Browser
from tests.drill.town import Town
from tests.machines import asked, hub
from tests.people_for_tests import again
from tests.vaults import nicknames
from tests.web.conftest import submit

LOST = "quiet_otter_42"  # whose phone, with the key of her office, is lost
QUICK = 1000  # rounds: a passphrase costs each holder half a second at home; here it would cost a minute in all


def make_keys(town: Town) -> None:
    """Everybody who holds an office makes a key of each, and signs it into the record. One of them will lose hers."""
    kept = town.folder / "homes"
    kept.mkdir()
    db = stores.open_hub(house.load(town.hub))
    with db.write() as tx:
        holders = {nickname: actor_of(tx, nickname) for nickname in town.story.known}
    town.held = {name: [one.id for one in actor.grants] for name, actor in holders.items() if actor.grants}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(role_keys, "make", partial(role_keys.make, rounds=QUICK))
        for nickname, grants in town.held.items():
            for grant in grants:
                words = ["--out", kept / f"{grant}.key", "--passphrase-file", town.trustees / "passphrase"]
                public = asked("role", "new", grant, *words)["public_key"]
                actor = holders[nickname]
                town.sign(db, actor, partial(_register, grant=grant, public=public, who=actor))
    db.close()


def _register(tx: Connection, *, grant: str, public: str, who: Actor) -> None:
    keeping.register(tx, grant=grant, public_key=public, actor=again(tx, who))


def take_receipts(town: Town) -> None:
    """Each takes the receipts of their offices home, once the log is published."""
    settings = house.load(town.hub)
    db = stores.open_hub(settings)
    for nickname, grants in town.held.items():
        with db.write() as tx:
            actor = actor_of(tx, nickname)
            found = [keeping.receipt_of(tx, grant=g, hub=settings.url, folder=town.hub, actor=actor) for g in grants]
        for grant, receipt in zip(grants, found, strict=True):
            key = parse_key((town.folder / f"homes/{grant}.key").read_bytes())
            (town.folder / f"homes/{grant}.receipt").write_bytes(format_office_receipt(receipt.with_key(key)))
    db.close()


def claim(town: Town, browser: Browser, nickname: str) -> None:
    """Claims each office of theirs on the heir: reads its page, signs at home, pastes. Then takes a nickname."""
    for grant in town.held[nickname]:
        nonce = re.search(r"--nonce (\S+)", browser.reads("/claim"))
        assert nonce is not None
        receipt = town.folder / f"homes/{grant}.receipt"
        words = ["--url", town.heir_url, "--nonce", nonce[1], "--passphrase-file", town.trustees / "passphrase"]
        answer = submit(browser.at, "/claim", "/claim", claim=hub("role", "claim", receipt, *words))
        assert answer.status_code == 303, answer.text
    answer = submit(browser.at, "/join/name", "/join/name", nickname=nickname, shown="nickname")
    assert answer.status_code in (200, 303), answer.text
    browser.close()


def takes_devices(town: Town, heir: Path, nickname: str) -> Actor:
    """Adds passkeys for the heir's address, and signs an act of an office of York Tenants with one."""

    def tell(tx: Connection, who: Actor) -> None:
        url, tenants = "https://news.example.org", groups.by_slug(tx, "york-tenants")
        links.add_link(tx, group=tenants, kind="website", url=url, title="News", audience="public", actor=who)

    return _acts(town, heir, nickname, tell)


def lays_down(town: Town, heir: Path, nickname: str) -> None:
    """Adds passkeys for the heir's address, if there are none, and lays an office of a branch down by one."""

    def resign(tx: Connection, who: Actor) -> None:
        held = next(grant.id for grant in who.grants if grant.scope.kind == "branch")
        permits.resign(tx, grant=held, actor=who)

    _acts(town, heir, nickname, resign)


def _acts(town: Town, heir: Path, nickname: str, verb: Callable[[Connection, Actor], None]) -> Actor:
    settings = house.load(heir)
    db = stores.open_hub(settings)
    with db.write() as tx:
        actor = actor_of(tx, nickname)
        is_new = not passkeys.has_any(tx, str(actor.person))
        if is_new:
            town.devices.equip(tx, settings, str(actor.person), nickname)
    if is_new:
        vouch(town, heir, db, actor)
    town.sign(db, actor, lambda tx: verb(tx, again(tx, actor)), settings.url)
    db.close()
    return actor


def vouch(town: Town, heir: Path, db: Database, actor: Actor) -> None:
    """Reads the page of a new passkey, has the key of an office sign for it at home, and pastes that."""
    device, _handle = town.devices.kept[str(actor.nickname)]
    browser = Browser.inside(heir)
    with db.write() as tx:
        passkey = next(
            one.id
            for one in passkeys.passkeys_of(tx, str(actor.person))
            if passkeys.public_key_of(tx, person=str(actor.person), passkey=one.id) == cose_of(device.key)
        )
        token = people.start_session(tx, person=str(actor.person), kind="passkey")
    browser.at.cookies.set(name_of(house.load(heir), SESSION), token, domain="localhost.local", path="/")
    page = f"/account/passkeys/{passkey}/vouching"
    nonce = re.search(r"--nonce (\S+)", browser.reads(page))
    assert nonce is not None
    receipt = town.folder / f"homes/{town.held[str(actor.nickname)][0]}.receipt"
    words = ["--url", f"{town.heir_url}{PLACE}", "--nonce", nonce[1]]
    sent = hub("role", "claim", receipt, *words, "--passphrase-file", town.trustees / "passphrase")
    answer = submit(browser.at, page, page, claim=sent)
    assert answer.status_code == 303, answer.text
    browser.close()


def new_secret(town: Town, heir: Path, nickname: str) -> str:
    """An organiser makes the forum a new secret on the heir: the old one was never public."""
    db = stores.open_hub(house.load(heir))
    with db.write() as tx:
        secret = registering.make_secret(tx, client=town.client, actor=actor_of(tx, nickname))
    db.close()
    return secret


def actor_of(tx: Any, nickname: str) -> Actor:
    """Somebody with an account, newly signed in."""
    return again(tx, replace(VISITOR, person=nicknames(tx)[nickname]))
