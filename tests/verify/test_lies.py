"""Nobody with the log's key makes either verifier believe what the other does not: lies at every entry of true records.

The demo's record and those of random histories are folded by both, and at each entry both are asked about others that
could stand there. See disagreeing.py.
"""

from __future__ import annotations

import random

import pytest

from hub import clock
from hub.cli.demo import seed_demo
from hub.cli.demo.people import invent
from hub.constitution.actions import default_text
from hub.db import Database
from hub.settings import load
from tests.longer import TIMES
from tests.powers.search import wander
from tests.powers.watch import lines_of
from tests.powers.world import World
from tests.replaying import lines_of as lines_in
from tests.stories.conftest import Devices
from tests.verifier import verifier
from tests.verify.disagreeing import disagreements


def asked(lines, seed, lies):
    """Asks about so many lies at each entry of a record; returns the first that they judge differently."""
    db = Database("sqlite://")
    db.create_all()
    found = next(disagreements(lines, db, random.Random(seed), lies), None)
    db.close()
    return found


def wandered(seed):
    """The record of a random history; the machine's clock goes on afterwards."""
    world = World()
    wander(seed, world)
    clock.set_source(None)
    return list(lines_of(world.raw, 0))


@pytest.fixture(scope="module")
def record():
    """The record of one of them."""
    return wandered(0)


def test_verifiers_judge_every_lie_alike(record):
    assert asked(record, 0, 6) is None
    assert asked(wandered(2), 2, 3) is None


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(3, 3 + 40 * TIMES))
def test_verifiers_judge_many_more_lies_alike(seed):
    assert asked(wandered(seed), seed, 12) is None


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_verifiers_judge_lies_in_the_demo_alike(tmp_path):
    devices = Devices()
    seed_demo(tmp_path / "hub", port=8000, members=invent(48, 7), rules=default_text(), equip=devices.equip)
    db = Database(load(tmp_path / "hub").database_url)
    lines = list(lines_in(db))
    db.close()

    assert asked(lines, 5, 4) is None


@pytest.mark.parametrize("kind", ["grant.made", "holder.named", "act.advanced", "branch.proposed", "draw.prepared"])
def test_check_that_says_yes_to_everything_is_seen(record, monkeypatch, kind):
    """The planted faults: a verifier that believes whatever is said of one kind."""
    monkeypatch.setitem(verifier.CHECKS, kind, lambda *_: None)
    assert any(verifier.Reader.type_of(raw) == kind for raw, _ in record)

    assert asked(record, 1, 6) is not None
