"""A hub whose charter names three witnesses, each in a folder of its own, asked without a network."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hub.charter import actions
from hub.charter.gathering import Cosigners
from hub.mirror import publish
from hub.tlog.note import parse_vkey
from hub.tlog.policy import Log
from hub.witness import store as stores
from hub.witness.server import make_app
from tests.charters_for_tests import FIRST, POLICY, WITNESSES, note
from tests.mirror.conftest import Town
from tests.mirror.conftest import town as town


class Branches:
    """Three branches' witnesses. down: those who do not answer; instead: what answers in one's place."""

    def __init__(self, folder, vkey):
        self.stores, self.clients = {}, {}
        for n, signer in enumerate(WITNESSES):
            place = folder / f"w{n}"
            stores.make(place, signer.verifier.name, bytes([100 + n]) * 32)
            self.stores[f"w{n}"] = store = stores.Store(place)
            store.add(parse_vkey(vkey))
            self.clients[f"w{n}"] = TestClient(make_app(store))
        self.down, self.instead, self.asked = set(), {}, []

    def post(self, address, body):
        """What the worker's post does, by the host's first name."""
        name = urlsplit(address).hostname.partition(".")[0]
        self.asked.append(name)
        if name in self.down:
            raise OSError("no route")
        if name in self.instead:
            return self.instead[name](body)
        answer = self.clients[name].post("/add-checkpoint", content=body)
        return answer.status_code, answer.content


class Chartered:
    """A town under a charter."""

    def __init__(self, town: Town, folder):
        self.town, self.db = town, town.db
        self.branches = Branches(folder, town.vkey)
        self.charter = dataclasses.replace(FIRST, policy=of_town(POLICY, town.vkey))
        self.cosigners = Cosigners(town.db, self.branches.post)

    def adopt(self):
        """Carries charter 1 in."""
        with self.db.write() as tx:
            return actions.adopt(tx, note(self.charter, 0, 1, 2))

    def turn(self):
        """One turn of the worker, which does not wait after a missing quorum."""
        self.cosigners.rested_at = None
        return publish.publish(self.town.settings, self.db, gather=self.cosigners)

    def checkpoint(self):
        """The published checkpoint's bytes."""
        return (self.town.settings.log / "checkpoint").read_bytes()


def of_town(policy, vkey):
    """The policy for the town's own log."""
    return dataclasses.replace(policy, logs=(Log(parse_vkey(vkey), "https://town.example/log/"),))


@pytest.fixture
def chartered(town, tmp_path) -> Chartered:
    """A town whose charter 1 is in force, with its witnesses up."""
    made = Chartered(town, tmp_path)
    made.adopt()
    return made
