"""What office-holders do for themselves: the key of an office while the hub is well, and the claim when it is gone."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from hub import settings as house
from hub.cli import stores
from hub.groups import links
from hub.groups import queries as groups
from hub.mirror import keeping
from hub.mirror.receipts import format_office_receipt
from hub.mirror.role_keys import parse_key
from hub.oidc import registering
from hub.people.models import accounts
from hub.permits import VISITOR, Actor
from tests.drill.running import Browser
from tests.drill.town import Town, asked, hub
from tests.people_for_tests import again
from tests.web.conftest import submit


def make_keys(town: Town) -> None:
    """Each organiser of York Tenants makes the key of that office, and signs it into the record."""
    kept = town.folder / "homes"
    kept.mkdir()
    db = stores.open_hub(house.load(town.hub))
    for nickname, grant in town.offices.items():
        words = ["--out", kept / f"{nickname}.key", "--passphrase-file", town.trustees / "passphrase"]
        public = asked("role", "new", grant, *words)["public_key"]
        with db.write() as tx:
            actor = actor_of(tx, nickname)
        town.sign(db, actor, partial(_register, grant=grant, public=public, who=actor))
    db.close()


def _register(tx: Connection, *, grant: str, public: str, who: Actor) -> None:
    keeping.register(tx, grant=grant, public_key=public, actor=again(tx, who))


def take_receipts(town: Town) -> None:
    """Each takes the receipt of the office home, once the log is published."""
    settings = house.load(town.hub)
    db = stores.open_hub(settings)
    for nickname, grant in town.offices.items():
        with db.write() as tx:
            found = keeping.receipt_of(tx, grant=grant, hub=settings.url, folder=town.hub, actor=actor_of(tx, nickname))
        key = parse_key((town.folder / f"homes/{nickname}.key").read_bytes())
        (town.folder / f"homes/{nickname}.receipt").write_bytes(format_office_receipt(found.with_key(key)))
    db.close()


def claim(town: Town, browser: Browser, nickname: str) -> None:
    """Claims an office on the heir: reads its page, signs at home, pastes."""
    nonce = re.search(r"--nonce (\S+)", browser.reads("/claim"))
    assert nonce is not None
    receipt = town.folder / f"homes/{nickname}.receipt"
    words = ["--url", town.heir_url, "--nonce", nonce[1], "--passphrase-file", town.trustees / "passphrase"]
    answer = submit(browser.at, "/claim", "/claim", claim=hub("role", "claim", receipt, *words))
    assert answer.status_code == 303, answer.text
    answer = submit(browser.at, "/join/name", "/join/name", nickname=nickname, shown="nickname")
    assert answer.status_code in (200, 303), answer.text
    browser.close()


def takes_devices(town: Town, heir: Path, nickname: str) -> Actor:
    """Adds passkeys for the heir's address, and signs an act of the office with one."""
    settings = house.load(heir)
    db = stores.open_hub(settings)
    with db.write() as tx:
        actor = actor_of(tx, nickname)
        town.devices.equip(tx, settings, str(actor.person), nickname)
        tenants = groups.by_slug(tx, "york-tenants")

    def tell(tx: Any) -> None:
        url, who = "https://news.example.org", again(tx, actor)
        links.add_link(tx, group=tenants, kind="website", url=url, title="News", audience="public", actor=who)

    town.sign(db, actor, tell, settings.url)
    db.close()
    return actor


def new_secret(town: Town, heir: Path, nickname: str) -> str:
    """An organiser makes the forum a new secret on the heir: the old one was never public."""
    db = stores.open_hub(house.load(heir))
    with db.write() as tx:
        secret = registering.make_secret(tx, client=town.client, actor=actor_of(tx, nickname))
    db.close()
    return secret


def actor_of(tx: Any, nickname: str) -> Actor:
    """Somebody with an account, newly signed in."""
    person = tx.scalar(accounts.select().with_only_columns(accounts.c.person).where(accounts.c.nickname == nickname))
    return again(tx, replace(VISITOR, person=person))
