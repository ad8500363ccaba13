"""Verification finds every flipped bit and every altered row, and says where."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
import sqlalchemy as sa

from hub import clock
from hub.constitution.entries import HubFounded
from hub.db import Database
from hub.errors import no
from hub.ledger import append, entries, keys, models, published, withdraw, writer
from hub.ledger.beginnings import Unverified
from hub.ledger.entries import Entry
from hub.ledger.reading import Key, own_key, prove, read_log
from hub.ledger.sequencer import Sequencer
from hub.ledger.state import format_state, parse_state, state_of
from hub.ledger.verify import forged, verify
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.note import Signer
from hub.tlog.receipt import check_receipt

ORIGIN = "hub.example/log"
SHUT = {"slug": "gate-1", "by_holder": "hld_" + 26 * "a", "grant": "grt_" + 26 * "a", "due": "2026-11-21T20:00Z"}


class Published:
    """A hub in a folder, with a first entry that names its key."""

    def __init__(self, folder, db, village, count):
        self.folder, self.db, self.village = folder, db, village
        self.vkey = keys.make_keys(folder / "keys", ORIGIN)
        with db.write() as tx:
            append(tx, HubFounded(ORIGIN, self.vkey, "0.1.0"), by=None, words={"name": "A hub"})
            for number in range(count):
                append(tx, village.Built(f"gate-{number}"), by=None, words={"name": f"Gate {number}"})
        self.turn()

    def turn(self):
        return Sequencer(self.db, self.folder, ORIGIN, dt.timedelta(days=1)).run_once().head

    def verify(self):
        return verify(self.folder, own_key(self.folder, None), self.db)


@pytest.fixture
def hub(tmp_path, village, db):
    """A published hub of seven entries."""
    return Published(tmp_path / "hub", db, village, 6)


def test_honest_hub_verifies(hub):
    report = hub.verify()

    assert (report.head, report.problems, report.ignored, report.missing, report.unpublished) == (
        hub.turn(),
        [],
        [],
        0,
        0,
    )
    assert (report.key.source, report.compared) == ("own", "database")


def test_entries_not_yet_published_are_counted_and_compared(hub):
    with hub.db.write() as tx:
        append(tx, hub.village.Built("late"), by=None, words={"name": "Late"})

    report = hub.verify()

    assert (report.unpublished, report.problems, report.head.size) == (1, [], 7)


def test_withdrawal_not_yet_carried_out_is_no_difference(hub):
    with hub.db.write() as tx:
        withdraw(tx, 3, "name")

    waiting = hub.verify()
    hub.turn()
    done = hub.verify()

    assert (waiting.problems, waiting.missing, done.problems, done.missing) == ([], 1, [], 1)


def test_every_flipped_bit_of_a_published_file_is_found(hub):
    paths = [path for path in (hub.folder / "log").rglob("*") if path.is_file()]
    assert len(paths) == 3
    for path in paths:
        whole = path.read_bytes()
        for at in range(0, len(whole), 3):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
            with pytest.raises(Unverified):
                read_log(hub.folder, own_key(hub.folder, None))
        path.write_bytes(whole)
    assert hub.verify().problems == []


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p/7", "tile/entries/000.p/7"])
def test_missing_file_is_found(hub, name):
    (hub.folder / "log" / name).unlink()

    with pytest.raises(Unverified):
        hub.verify()


ROW = {
    "a name": lambda gates: sa.update(gates).where(gates.c.slug == "gate-2").values(name="Another"),
    "a date": lambda gates: sa.update(gates).where(gates.c.slug == "gate-2").values(shut_entry=5),
    "a row more": lambda gates: sa.insert(gates).values(
        slug="x", built_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), told_entry=1
    ),
    "a row less": lambda gates: sa.delete(gates).where(gates.c.slug == "gate-2"),
    "an opening less": lambda _: sa.delete(models.openings).where(models.openings.c.index == 2),
    "an entry's bytes": lambda _: sa.update(models.entries).where(models.entries.c.index == 2).values(bytes=b"{}"),
    "an entry's type": lambda _: sa.update(models.entries).where(models.entries.c.index == 2).values(type="gate.shut"),
}


@pytest.mark.parametrize("what", ROW)
def test_altered_row_is_found(hub, what):
    """Planted faults: what somebody with the database in hand could change behind the record's back."""
    with hub.db.write() as tx:
        tx.execute(ROW[what](hub.village.gates))

    problems = hub.verify().problems

    tables = {problem.split(":")[0] for problem in problems}
    expected = {"an opening less": {"openings"}, "an entry's bytes": {"entries"}, "an entry's type": {"entries"}}
    assert tables == expected.get(what, {"test_gates"})


def plant(hub, entry):
    """Keeps an entry that append would refuse, and seals it: as whoever holds the log's key can."""
    with hub.db.write() as tx:
        writer.store(tx, entry, entries.format_entry(entry), [])
    hub.turn()


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"type": "gate.shut", "by": 3, "data": SHUT}, "Only the founding entry opens and shuts gates."),
        ({"type": "gate.shut", "by": 0, "data": {"slug": "gate-1"}}, "gate.shut needs by_holder."),
        ({"type": "gate.burnt", "by": 0, "data": {"slug": "gate-1"}}, None),
        ({"type": "gate.built", "by": None, "data": {"slug": "gate-9"}, "v": 2}, None),
    ],
)
def test_entry_that_no_honest_hub_appends_is_a_problem_and_a_newer_kind_is_none(hub, entry, sentence):
    plant(hub, Entry(at=clock.minute(clock.now()), index=7, **entry))

    report = hub.verify()

    assert [one.index for one in report.ignored] == [7]
    wanted = [] if sentence is None else [f"Entry 7 is none that a hub appends: {sentence} It changes nothing."]
    assert report.problems == wanted


def test_heir_is_not_blamed_for_what_it_copied():
    copied = writer.Ignored(7, no("gates.none", "There is no such gate."))
    unsigned = writer.Ignored(6, no("signing.missing", "Nobody signed it."))

    assert forged([unsigned, copied], since=8) == [
        "Entry 6 is not signed as it must be: Nobody signed it. It changes nothing."
    ]
    assert len(forged([unsigned, copied], since=7)) == 2


def test_another_hubs_key_is_refused(hub):
    other = Key(Signer(ORIGIN, b"x" * 32).verifier, "given")

    with pytest.raises(Unverified, match="no known key signed"):
        verify(hub.folder, other, hub.db)


def test_log_alone_is_checked_with_the_key_it_names_and_says_so(hub, tmp_path):
    shutil.copytree(hub.folder / "log", tmp_path / "copy/log")
    shutil.copytree(hub.folder / "openings", tmp_path / "copy/openings")

    report = verify(tmp_path / "copy", None)

    assert (report.key.source, report.compared, report.problems) == ("named", "", [published.NONE])


def test_false_state_beside_a_mirror_is_found(hub, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(hub.folder / "log", copy / "log")
    shutil.copytree(hub.folder / "openings", copy / "openings")
    with hub.db.read() as tx:
        true = format_state(hub.turn(), state_of(tx))
    (copy / "state.json").write_bytes(true)
    assert verify(copy, None).problems == []

    for false, count in ((true.replace(b"Gate 2", b"Gate X"), 2), (b"{}", 1), (b"[" * 100_000, 1)):
        (copy / "state.json").write_bytes(false)
        assert len(verify(copy, None).problems) == count


def test_state_that_lags_is_compared_at_its_own_size(hub, tmp_path):
    copy = tmp_path / "copy"
    with hub.db.read() as tx:
        earlier = format_state(hub.turn(), state_of(tx))
    with hub.db.write() as tx:
        append(tx, hub.village.Built("late"), by=None, words={"name": "Late"})
    hub.turn()
    shutil.copytree(hub.folder / "log", copy / "log")
    shutil.copytree(hub.folder / "openings", copy / "openings")

    found = []
    for raw in (earlier, earlier.replace(b"Gate 2", b"Gate X")):
        (copy / "state.json").write_bytes(raw)
        report = verify(copy, None)
        found.append((report.head.size, report.compared, len(report.problems)))

    assert found == [(8, "state.json at 7 entries", 0), (8, "state.json at 7 entries", 2)]


def test_state_reads_back(hub):
    with hub.db.read() as tx:
        state = state_of(tx)
    head = Checkpoint(ORIGIN, 7, b"r" * 32)

    assert parse_state(format_state(head, state)) == (head, state)


def test_states_of_both_databases_are_the_same_bytes(hub, tmp_path):
    """Whatever stands in the tables, SQLite and PostgreSQL write one state.json."""
    here = Database("sqlite://")
    here.create_all()
    with hub.db.read() as tx, here.write() as copy:
        for table in (models.entries, models.openings, hub.village.gates):
            rows = [dict(row._mapping) for row in tx.execute(sa.select(table))]
            copy.execute(sa.insert(table), rows)
        assert state_of(copy, inputs=True)["test_gates"] == state_of(tx, inputs=True)["test_gates"]
    here.close()


def test_every_entry_is_proved_and_no_other(hub):
    known = own_key(hub.folder, None)

    for index in range(7):
        receipt = prove(hub.folder, index, known)
        assert check_receipt(receipt, receipt.extra, [known.verifier]).size == 7
    with pytest.raises(Unverified, match="not in the tree"):
        prove(hub.folder, 7, known)


def test_spoilt_tile_proves_nothing(hub):
    path = hub.folder / "log/tile/0/000.p/7"
    path.write_bytes(b"x" + path.read_bytes()[1:])

    with pytest.raises(Unverified):
        prove(hub.folder, 3, own_key(hub.folder, None))
