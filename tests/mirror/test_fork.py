"""The fork: an heir from static files alone, at the same indices, with another name and key and no member."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from hub import db as house
from hub import ledger, settings
from hub.constitution import fold as constitution_fold
from hub.constitution.models import hub_facts
from hub.db import Database
from hub.errors import Unsafe
from hub.ledger import keys, models, state, writer
from hub.ledger.beginnings import Unverified
from hub.ledger.reading import own_key
from hub.ledger.tombstones import format_list, holds, parse_list
from hub.ledger.verify import verify
from hub.mirror import archive, publish
from hub.mirror import fork as forking
from hub.mirror.fork import fork
from hub.mirror.pull import pull
from hub.mirror.sources import Folder
from hub.tlog.checkpoint import open_checkpoint
from hub.tlog.hashes import format_base64
from tests import vaults
from tests.replaying import lines_of
from tests.verifier import fold as fold_alone
from tests.verifier import verifier

URL = "https://heir.example:8443"


@pytest.fixture
def mirror(town, tmp_path):
    """A pulled mirror of a hub with some history; the origin's folder is gone."""
    town.name("Ann", *(f"Holder {number}" for number in range(260)), "Zoe")
    town.turn()
    with town.db.write() as tx:
        ledger.withdraw(tx, 4, "shown")
    town.turn()
    pull(Folder(town.folder), tmp_path / "mirror")
    town.remove()
    return tmp_path / "mirror"


def rows(db, table):
    with db.read() as tx:
        return sorted(map(tuple, tx.execute(sa.select(table))))


def heir_db(folder):
    return vaults.opened(settings.load(folder, environment={}))


def test_fork_carries_on_from_a_mirror_alone(mirror, town, tmp_path):
    heir = tmp_path / "heir"

    done = fork(Folder(mirror), heir, URL)

    size = 265
    assert (done.continues.size, done.head.size, done.head.origin) == (size, size + 1, "heir.example:8443/log")
    db = heir_db(heir)
    # The same history at the same indices, and one entry after it.
    assert rows(db, models.entries)[:size] == rows(town.db, models.entries)
    with db.read() as tx:
        forked = ledger.get(tx, size)
        assert ledger.size(tx) == size + 1
    assert (forked.type, forked.by, dict(forked.data)) == (
        "hub.forked",
        None,
        {
            "origin": "heir.example:8443/log",
            "log_key": (heir / "keys/log.vkey").read_text().strip(),
            "release": "0.1.0",
            "continues_origin": "town.example/log",
            "continues_size": size,
            "continues_root": format_base64(done.continues.root),
        },
    )
    # The same public tables, but for the heir's own line.
    with db.read() as here, town.db.read() as there:
        differences = state.differences(state.state_of(here), state.state_of(there))
    assert [(name, side) for name, side, _ in differences] == [("hub_facts", "only in the first")]


def test_fork_keeps_old_tiles_byte_for_byte(mirror, tmp_path):
    fork(Folder(mirror), tmp_path / "heir", URL)

    old = {p.relative_to(mirror): p.read_bytes() for p in (mirror / "log/tile").rglob("*") if p.is_file()}
    assert len(old) >= 5
    for path, raw in old.items():
        assert (tmp_path / "heir" / path).read_bytes() == raw


def test_fork_signs_under_its_own_key_alone(mirror, town, tmp_path):
    heir = tmp_path / "heir"
    fork(Folder(mirror), heir, URL)

    own = keys.read_verifier(heir / "keys")

    assert open_checkpoint((heir / "log/checkpoint").read_bytes(), [own]).origin == own.name == "heir.example:8443/log"
    assert town.vkey not in {(heir / "keys/log.vkey").read_text().strip(), (heir / "log.vkey").exists()}


def test_fork_verifies_as_a_hub_and_as_a_mirror_of_its_own(mirror, tmp_path):
    heir = tmp_path / "heir"
    fork(Folder(mirror), heir, URL)

    report = verify(heir, own_key(heir, None), heir_db(heir))
    pull(Folder(heir), tmp_path / "second")

    assert (report.problems, report.compared, report.unpublished, report.missing) == ([], "database", 0, 1)
    assert verify(tmp_path / "second", own_key(tmp_path / "second", None)).problems == []


def test_fork_has_no_member_and_no_secret_of_the_old_hub(mirror, tmp_path):
    heir = tmp_path / "heir"
    fork(Folder(mirror), heir, URL)

    db = heir_db(heir)
    private = [t for t in house.metadata.sorted_tables if t.info["kind"] == "private" and t.name != "withdrawals"]
    assert {table.name: rows(db, table) for table in private if rows(db, table)} == {}
    assert sorted(path.name for path in (heir / "keys").iterdir() if path.suffix != ".lock") == [
        "log.head",
        "log.key",
        "log.vkey",
    ]


def test_fork_keeps_withdrawn_words_withdrawn(mirror, tmp_path):
    heir = tmp_path / "heir"
    fork(Folder(mirror), heir, URL)

    withdrawn = json.loads((heir / "openings/withdrawn.json").read_text())["withdrawn"]

    assert [row["index"] for row in withdrawn] == [4]
    assert not (heir / "openings/4.json").exists()


def test_fork_keeps_tombstones_by_the_key_that_signed_them(mirror, town, tmp_path):
    """One that nobody signed, or somebody else, the heir signs itself: of what it knows no reason, on its own word."""
    heir, other = tmp_path / "heir", tmp_path / "other"
    path = mirror / "openings/withdrawn.json"
    (before,) = parse_list(path.read_bytes()).values()
    fork(Folder(mirror), heir, URL)
    path.write_bytes(format_list([replace(before, why="ordered")]))
    fork(Folder(mirror), other, URL)

    (kept,) = parse_list((heir / "openings/withdrawn.json").read_bytes()).values()
    (anew,) = parse_list((other / "openings/withdrawn.json").read_bytes()).values()
    assert (kept, kept.why) == (before, "erased")
    assert (anew.why, holds(anew, [keys.read_verifier(other / "keys")])) == ("unsaid", True)
    for folder in (heir, other):
        judged = verifier.Reader(verifier.Folder(folder)).judge(None, None)
        assert (judged.withheld, judged.missing, verify(folder, own_key(folder, None)).withheld) == ([], 1, [])


def test_fork_restores_public_settings_rules_and_source(mirror, tmp_path):
    heir = tmp_path / "heir"
    done = fork(Folder(mirror), heir, URL)

    restored = settings.load(heir, environment={})

    assert restored == done.settings
    assert (restored.name, restored.session_days, restored.url, restored.port) == ("Town hub", 20, URL, 8443)
    assert (heir / "constitution.toml").read_bytes() == (mirror / "constitution.toml").read_bytes()
    assert (heir / "public/source.tar.gz").read_bytes() == (mirror / "source.tar.gz").read_bytes()
    assert done.notes == []


def test_fork_that_runs_other_code_says_so_and_keeps_the_source(town, tmp_path, monkeypatch):
    town.turn()
    pull(Folder(town.folder), tmp_path / "mirror")
    (tmp_path / "other/hub").mkdir(parents=True)
    (tmp_path / "other/hub/__init__.py").write_text("# another release\n")
    monkeypatch.setattr(archive, "root", lambda: tmp_path / "other")

    done = fork(Folder(tmp_path / "mirror"), tmp_path / "heir", URL)

    source = (tmp_path / "mirror/source.tar.gz").read_bytes()
    assert len(done.notes) == 1
    assert "other code than the release 0.1.0" in done.notes[0]
    assert (tmp_path / "heir/files" / archive.sha256(source)).read_bytes() == source


def test_heir_goes_on_after_the_fork(mirror, tmp_path, clock_at):
    heir = tmp_path / "heir"
    done = fork(Folder(mirror), heir, URL)
    clock_at.advance(days=1)
    db = heir_db(heir)

    publish.deploy(done.settings, db)
    head = publish.publish(done.settings, db)

    assert head.size == done.head.size + 1
    assert verify(heir, own_key(heir, None), db).problems == []


@pytest.mark.parametrize("at", [3, 256, 257, 264])
def test_fork_at_an_earlier_size_leaves_the_tail_behind(mirror, town, tmp_path, at):
    heir = tmp_path / "heir"

    done = fork(Folder(mirror), heir, URL, at=at)

    db = heir_db(heir)
    assert (done.continues.size, done.head.size) == (at, at + 1)
    assert rows(db, models.entries)[:at] == rows(town.db, models.entries)[:at]
    assert verify(heir, own_key(heir, None), db).problems == []
    assert not any(int(path.stem) > at for path in (heir / "openings").glob("[0-9]*.json"))


@pytest.mark.parametrize("at", [0, -1, 266])
def test_fork_from_an_impossible_size_is_refused(mirror, tmp_path, at):
    with pytest.raises(Unsafe, match="cannot be carried on"):
        fork(Folder(mirror), tmp_path / "heir", URL, at=at)

    assert not (tmp_path / "heir/hub.toml").exists()


def test_fork_under_the_same_address_is_refused(mirror, tmp_path):
    with pytest.raises(Unsafe, match="must not bear one name"):
        fork(Folder(mirror), tmp_path / "heir", "https://town.example")


def test_fork_into_a_folder_with_something_in_it_is_refused(mirror, tmp_path):
    (tmp_path / "heir").mkdir()
    (tmp_path / "heir/mine").write_text("decoy")

    with pytest.raises(Unsafe, match="not empty"):
        fork(Folder(mirror), tmp_path / "heir", URL)

    assert [path.name for path in (tmp_path / "heir").iterdir()] == ["mine"]


def test_fork_of_a_fork_names_both_histories(mirror, tmp_path):
    fork(Folder(mirror), tmp_path / "heir", URL)

    fork(Folder(tmp_path / "heir"), tmp_path / "grandchild", "https://third.example")

    with heir_db(tmp_path / "grandchild").read() as tx:
        found = [ledger.get(tx, index) for index in (265, 266)]
    assert [(entry.type, entry.data["continues_origin"]) for entry in found] == [
        ("hub.forked", "town.example/log"),
        ("hub.forked", "heir.example:8443/log"),
    ]
    assert verify(tmp_path / "grandchild", own_key(tmp_path / "grandchild", None)).problems == []


@pytest.fixture
def heir(mirror, tmp_path):
    """A fork of the town."""
    fork(Folder(mirror), tmp_path / "heir", URL)
    return tmp_path / "heir"


@pytest.mark.parametrize("url", ["https://town.example", URL])
@pytest.mark.parametrize("at", [None, 265])
def test_heir_of_an_heir_takes_the_name_of_no_hub_before_it(heir, tmp_path, url, at):
    with pytest.raises(Unsafe, match="Two histories must not bear one name"):
        fork(Folder(heir), tmp_path / "grandchild", url, at=at)

    assert not (tmp_path / "grandchild/hub.toml").exists()


def test_heir_of_an_heir_that_took_the_first_hubs_name_is_refused_by_everybody(heir, tmp_path, monkeypatch):
    """The planted fault: an operator whose own programs let it pass."""
    with monkeypatch.context() as looking_away:
        looking_away.setattr(forking, "beginnings", lambda _entries: [])
        nobody = sa.select(hub_facts.c.entry).where(sa.false(), hub_facts.c.origin == sa.bindparam("origin"))
        looking_away.setattr(constitution_fold, "_NAMED", nobody)
        fork(Folder(heir), tmp_path / "grandchild", "https://town.example")
    folder, index = tmp_path / "grandchild", 266

    with pytest.raises(Unverified, match=f"Entry {index} takes the name of a hub that this record continues"):
        verify(folder, own_key(folder, None))
    with pytest.raises(Unverified, match=f"Entry {index} takes the name"):
        pull(Folder(folder), tmp_path / "of-grandchild")
    with pytest.raises(verifier.Wrong, match=f"entry {index} takes the name"):
        verifier.Reader(verifier.Folder(folder)).judge(None, None)
    lines = list(lines_of(heir_db(folder)))
    scratch = Database("sqlite://")
    scratch.create_all()
    with scratch.write() as tx:
        ignored = list(writer.replay(tx, lines))
    scratch.close()
    assert [(one.index, one.verdict.code) for one in ignored] == [(index, "constitution.name_taken")]
    assert [(one.index, one.why) for one in fold_alone(lines).void] == [
        (index, "it takes the name of a hub that it continues")
    ]
