"""The town before the day: a hub with a history, five trustees, three witnesses, a branch's mirror, a site.

Everything private of it lies below one folder, as an operator has it; what others keep lies in folders of their own:

    hub/         the hub's machine         trustees/    five locked keys, shares of two keys, charters
    w0 w1 w2     the branches' witnesses   mirror/      what a branch pulled
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub import clock, ledger
from hub.acts import actions as acts
from hub.cli import stores
from hub.cli.demo.people import invent
from hub.cli.demo.story import tell
from hub.cli.demo.telling import Story
from hub.cli.init import found
from hub.constitution.actions import default_text
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.entries import LinkProved
from hub.matcher import settings as matcher_settings
from hub.oidc import registering
from tests.people_for_tests import again
from tests.signing_for_tests import act_signed
from tests.stories.conftest import Devices, free_port

FORUM = "https://forum.example.org"
TRUSTEES = ("ana", "ben", "cyd", "dot", "eli")
PASSPHRASE = "four words of mine together\n"
# Members of a test all come from one address, and at once.
MATCHER = """delay_least = 0.0
delay_most = 0.0
client_per_hour = 100000
client_per_day = 100000
codes_per_day = 1000
codes_per_month = 1000
"""


@dataclass
class Town:
    """Who is who, and where. url, heir_url: the two hubs' addresses; ports: of the witnesses.

    client, secret: the forum's; offices: the grant of each organiser of York Tenants, by nickname; held: every grant of
    whoever holds an office. Addresses are of this machine: what stands in front of a hub in earnest, with its
    certificate, has no part in a drill.
    """

    folder: Path
    story: Story
    devices: Devices
    url: str
    heir_url: str
    ports: list[int]
    client: str = ""
    secret: str = ""
    offices: dict[str, str] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)

    @property
    def hub(self) -> Path:
        return self.folder / "hub"

    def sign(self, db: Any, actor: Any, verb: Any, home: str = "") -> Any:
        """Carries an act of office out, signed with its holder's device, at a hub's address: the old one's, or home."""
        device, _handle = self.devices.kept[actor.nickname]
        return act_signed(db, verb, device, host="localhost", home=home or self.url)

    @property
    def trustees(self) -> Path:
        return self.folder / "trustees"

    @property
    def charter(self) -> Path:
        return self.trustees / "charter-1"


def found_town(folder: Path) -> Town:
    """Plays its history under a set clock, which ends now."""
    now = clock.minute(dt.datetime.now(dt.UTC))
    clock.set_source(lambda: now - dt.timedelta(days=124))
    (folder / "hub/matcher").mkdir(parents=True)
    port, ports = free_port(), [free_port() for _ in range(4)]
    url = f"http://localhost:{port}"
    (folder / "hub/matcher" / matcher_settings.FILE).write_text(f'{MATCHER}hub_url = "{url}"\n')
    settings, invitations = found(
        folder / "hub", {"name": "Example Union", "url": url, "port": port}, rules=default_text()
    )
    devices, db = Devices(), stores.open_hub(settings)
    story = tell(settings, db, invitations, invent(64, 7), devices.equip)
    town = Town(folder, story, devices, url, f"http://localhost:{ports.pop()}", ports)
    register_site(town, db)
    story.wait(seconds=(now - story.now).total_seconds())
    db.close()
    clock.set_source(None)
    return town


def register_site(town: Town, db: Any) -> None:
    """York Tenants' two organisers register the forum, and sign for it; a member can sign in there from then on."""
    story = town.story
    with db.write() as tx:
        tenants = groups.by_slug(tx, "york-tenants")
        one, two = (again(tx, story.sign_in(tx, f"york_{name}")) for name in ("one", "two"))

    town.offices = {
        who.nickname: next(grant.id for grant in who.grants if grant.scope == tenants.scope) for who in (one, two)
    }

    def sign(actor: Any, verb: Any) -> Any:
        return town.sign(db, actor, lambda tx: verb(tx, again(tx, actor)))

    sign(
        one,
        lambda tx, who: links.add_link(
            tx, group=tenants, kind="forum", url=FORUM, title="The forum", audience="public", actor=who
        ),
    )
    with db.write() as tx:
        link = next(link.id for link in groups.links_for(tx, tenants, viewer=again(tx, one)) if link.url == FORUM)
        ledger.append(tx, LinkProved(link, "file", clock.today().isoformat()), by=None)
    made = sign(
        one,
        lambda tx, who: registering.propose(tx, group=tenants, link=link, tool="any", tells="group", actor=who),
    )
    sign(two, lambda tx, who: registering.confirm(tx, act=made.act, actor=who))
    story.wait(days=3, minutes=1)
    with db.write() as tx:
        acts.tick_all(tx)
        town.client = made.id
        town.secret = registering.make_secret(tx, client=made.id, actor=again(tx, one))
