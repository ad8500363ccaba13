"""An office is claimed on a fork, from a mirror alone: by its own key, once, and by nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.branches import actions as branches
from hub.db import Database
from hub.ledger import writer
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.people import actions as people
from hub.permits.actions import resign
from tests import claims_for_tests as holders
from tests.authenticator import Authenticator
from tests.people_for_tests import AREAS, again, entry_count, seat_council
from tests.replaying import assert_replays
from tests.signing_for_tests import act_signed

OLD, NEW = "https://town.example", "https://heir.example"
HERE = {"host": "town.example", "home": OLD}
THERE = {"host": "heir.example", "home": NEW}


class Council:
    """A town with three council seats, each with a passkey and a key of its own; and the receipts they keep."""

    def __init__(self, town, tmp_path):
        self.town, self.db, self.tmp_path = town, town.db, tmp_path
        with self.db.write() as tx:
            branches.declare_at_founding(tx, AREAS, operator="op")
            self.seated = seat_council(tx, "ann", "bea", "cem")
        self.devices = [Authenticator() for _ in self.seated]
        self.keys = [holders.make_key(actor.grants[0].id) for actor in self.seated]
        for actor, key, device in zip(self.seated, self.keys, self.devices, strict=True):
            holders.register_key(self.db, actor, key, device, **HERE)
        town.turn()
        self.receipts = [
            holders.take_receipt(self.db, town.folder, actor, key, OLD)
            for actor, key in zip(self.seated, self.keys, strict=True)
        ]

    def heir(self, name="heir", at=None, url=NEW):
        """A fork from a mirror, after the town is gone."""
        mirror = self.tmp_path / f"mirror-{name}"
        pull(Folder(self.town.folder), mirror)
        return Heir(fork(Folder(mirror), self.tmp_path / name, url, at=at, make=_made))


def _made(settings):
    made = Database(settings.database_url)
    made.create_all()
    return made


class Heir:
    """A fork under test."""

    def __init__(self, forked):
        self.settings, self.folder = forked.settings, forked.settings.data
        self.db = Database(forked.settings.database_url)

    def claim(self, receipt, **how):
        return holders.claim(self.db, self.folder, receipt, self.settings.url, **how)

    def actor(self, person):
        with self.db.write() as tx:
            people.take_nickname(tx, person=person, nickname=f"n{person[-6:]}", shown="nickname")
            return again(tx, replace(house_visitor(), person=person))

    def size(self):
        with self.db.read() as tx:
            return entry_count(tx)


def house_visitor():
    from hub.permits import VISITOR

    return VISITOR


@pytest.fixture
def council(town, tmp_path):
    return Council(town, tmp_path)


def test_office_is_claimed_on_a_fork_and_acted_from(council, another_db):
    heir = council.heir()
    before = heir.size()

    done = heir.claim(council.receipts[0])
    ann = heir.actor(done.person)
    act_signed(heir.db, lambda tx: resign(tx, grant=ann.grants[0].id, actor=ann), Authenticator(), **THERE)

    with heir.db.read() as tx:
        told = [writer.get(tx, index).type for index in range(before, entry_count(tx))]
    assert [grant.id for grant in ann.grants] == [council.seated[0].grants[0].id]
    assert told == ["office.claimed", "key.registered", "grant.ended"]
    assert_replays(heir.db, another_db)
