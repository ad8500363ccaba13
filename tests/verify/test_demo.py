"""The demo's whole story: a mirror of it holds for both verifiers, and both say who holds which office."""

from __future__ import annotations

from hub import clock
from hub.cli.demo import seed_demo
from hub.cli.demo.people import invent
from hub.constitution.actions import default_text
from hub.db import Database
from hub.ledger.verify import verify
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.permits import queries as permits
from hub.settings import load
from tests.stories.conftest import Devices
from tests.verifier import verifier


def test_both_verifiers_agree_on_the_demo(tmp_path, capsys):
    devices = Devices()
    seed_demo(tmp_path / "hub", port=8000, members=invent(48, 7), rules=default_text(), equip=devices.equip)
    pulled = pull(Folder(tmp_path / "hub"), tmp_path / "mirror")

    ours = verify(tmp_path / "mirror", pulled.key)
    theirs = verifier.Reader(verifier.Folder(tmp_path / "mirror")).judge(None, None)

    db = Database(load(tmp_path / "hub").database_url)
    with db.read() as tx:
        live = permits.live_grants(tx, at=clock.now())
    db.close()
    assert (ours.problems, theirs.problems, theirs.fold.void, ours.ignored) == ([], [], [], [])
    assert (theirs.head.size, theirs.head.root) == (ours.head.size, ours.head.root)
    assert theirs.compared == f"state.json at {ours.head.size} entries"
    assert sorted(one["entry"] for one in verifier.offices(theirs.fold)) == sorted(grant.entry for grant in live)
    assert len(live) > 20
