"""Following from outside: a quiet log is quiet; two histories, a rollback, a stale or withheld checkpoint are not."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import replace

import pytest
import sqlalchemy as sa

from hub import clock, ids, ledger
from hub.constitution.entries import SeatTaken
from hub.ledger import withdrawals
from hub.ledger.beginnings import Unverified
from hub.mirror import shown as shown_there
from hub.mirror.sources import Folder, Unreachable
from hub.monitor import rules
from hub.monitor.watch import Watch
from hub.permits import shown
from hub.permits.entries import HolderNamed
from hub.permits.models import grant_pauses, grants, holders
from hub.tlog.note import Signer
from tests.charter.conftest import chartered as chartered
from tests.mirror.conftest import town as town
from tests.monitor.conftest import Served


def kinds(look):
    return [alarm.kind for alarm in look.alarms]


def below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("lock")
    }


def test_a_quiet_log_is_quiet(rogue, reader, clock_at):
    clock_at("2026-11-21T20:00Z")
    history = rogue.grow(rogue.founded, 3)
    ana, ben = reader("ana", rogue.serve(history)), reader("ben", rogue.serve(history))

    first, again = ana.look(), ana.look([rogue.serve(history, "https://mirror.example")])
    ana.source = rogue.serve(rogue.grow(history, 260))
    grown = ana.look([rogue.serve(history, "https://a-mirror-that-is-behind.example")])
    ben.look()
    ben.take(ana.source.get("log/checkpoint", 0))
    waiting = ben.look()
    ben.source = ana.source
    caught_up = ben.look()

    assert [look.alarms for look in (first, again, grown, waiting, caught_up)] == [[]] * 5
    assert (grown.head.size, caught_up.head) == (len(history) + 260, grown.head)
    assert (list((ben.home / "seen").iterdir()), (ben.home / "evidence").exists()) == ([], False)


@pytest.mark.parametrize("trial", range(10))
def test_two_histories_are_caught_within_one_interval(rogue, reader, clock_at, trial):
    """Two groups are shown two histories that part at some entry; they compare once in an interval."""
    clock = clock_at("2026-11-21T20:00Z")
    chance = random.Random(trial)
    common = rogue.grow(rogue.founded, chance.choice([0, 1, 7, 100]))
    ours, theirs = (rogue.grow(common, chance.randint(1, 20)) for _ in range(2))
    ana, ben = reader("ana", rogue.serve(ours)), reader("ben", rogue.serve(theirs, "https://mirror.example"))
    assert (ana.look().alarms, ben.look().alarms) == ([], [])

    if trial % 2:
        found = ana.look([ben.source])
    else:
        # Over the telephone: a checkpoint alone, while both histories are led on, or not.
        ana.take(ben.source.get("log/checkpoint", 0))
        clock.advance(hours=24, minutes=1)
        if len(theirs) > len(ours) and chance.random() < 0.7:
            ana.source = rogue.serve(rogue.grow(ours, len(theirs) - len(ours)))
        found = ana.look()

    is_longer = len(theirs) > found.head.size
    assert kinds(found) == [rules.WITHHELD if is_longer and not trial % 2 else rules.SECOND]
    if not (is_longer and not trial % 2):
        evidence = {path.read_bytes() for path in (ana.home / "evidence").iterdir()}
        assert evidence == {ana.source.get("log/checkpoint", 0), ben.source.get("log/checkpoint", 0)}


@pytest.mark.parametrize("lead", [-2, 0, 2])
def test_a_history_that_is_rewritten_is_caught_by_whoever_saw_the_other(rogue, reader, lead):
    common = rogue.grow(rogue.founded, 4)
    ana = reader("ana", rogue.serve(rogue.grow(common, 3)))
    ana.look()
    before = below(ana.mirror)
    ana.source = rogue.serve(rogue.grow(common, 3 + lead))

    found = [ana.look(), ana.look()]

    assert [kinds(look) for look in found] == [[rules.SECOND]] * 2
    assert below(ana.mirror) == before
    assert ana.source.get("log/checkpoint", 0) in below(ana.home / "evidence").values()


def test_who_does_not_answer_is_noted_and_hides_no_alarm(rogue, reader):
    history = rogue.grow(rogue.founded, 4)
    ana = reader("ana", rogue.serve(history))
    ana.look()
    ana.source = rogue.serve(history[:-1])

    found = ana.look([Served({}, "https://down.example")])

    assert (kinds(found), found.notes) == (
        [rules.ROLLBACK],
        ["Not compared: https://down.example serves no log/checkpoint."],
    )


def test_a_rollback_is_named_as_one(rogue, reader):
    history = rogue.grow(rogue.founded, 4)
    ana = reader("ana", rogue.serve(history))
    ana.look()
    ana.source = rogue.serve(history[:-1])

    found = ana.look()

    assert found.alarms == [
        rules.Alarm(
            rules.ROLLBACK,
            f"town.example/log shows {len(history) - 1} entries, where it showed {len(history)} before: "
            "its record went back.",
        )
    ]
    assert (found.head.size, found.alarms[0].is_final) == (len(history), True)


def test_a_log_that_does_not_hold_is_no_second_history(rogue, reader):
    history = rogue.grow(rogue.founded, 4)
    ana = reader("ana", rogue.serve(history))
    ana.look()
    ana.source = rogue.serve(rogue.grow(history, 2))
    path = next(name for name in ana.source.files if "entries" in name)
    raw = ana.source.files[path]
    ana.source.files[path] = raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]

    assert (kinds(ana.look()), ana.head().size) == ([rules.FALSE], len(history))


def test_strangers_checkpoints_prove_nothing(rogue, reader):
    ana = reader("ana", rogue.serve(rogue.founded))
    with pytest.raises(Unverified, match="Nothing is known of this log yet"):
        ana.take(ana.source.get("log/checkpoint", 0))
    ana.look()
    note = ana.source.get("log/checkpoint", 0)
    stranger = Signer("town.example/log", b"S" * 32)

    with pytest.raises(Unverified, match="proves nothing"):
        ana.take(note.replace(rogue.signer.verifier.key_id, stranger.verifier.key_id)[:-20] + b"\n")

    assert not (ana.home / "seen").exists()


def test_a_checkpoint_is_stale_after_a_day_by_the_servers_word(town, tmp_path, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    town.name("Ann")
    town.turn()
    ana = Watch(tmp_path / "ana", Folder(town.folder))
    clock.advance(hours=23)
    quiet = ana.look()
    clock.advance(hours=2)
    stale = ana.look()
    town.turn()  # more than twelve hours old: the worker signs it again
    again = ana.look()

    assert [kinds(look) for look in (quiet, stale, again)] == [[], [rules.STALE], []]
    assert stale.alarms[0].sentence.startswith(
        "The newest checkpoint of town.example/log (4 entries) is of 2026-11-21 20:00 UTC, more than 24 hours ago"
    )


class Gone(Served):
    """An address that does not answer any more."""

    def get(self, path, most):
        raise Unreachable(f"{self.name}/{path} does not answer")


@pytest.mark.parametrize("has_witnesses", [False, True])
def test_a_hub_that_is_gone_is_an_alarm_after_a_day(chartered, tmp_path, clock_at, has_witnesses):
    clock = clock_at("2026-11-21T20:00Z")
    chartered.branches.down = set() if has_witnesses else {"w0", "w1", "w2"}
    chartered.turn()
    ana = Watch(tmp_path / "ana", Folder(chartered.town.folder))
    ana.look()
    pulled = clock.moment.timestamp()
    os.utime(ana.mirror / "log/checkpoint", (pulled, pulled))
    ana.source = Gone({})

    clock.advance(hours=23)
    with pytest.raises(Unreachable):
        ana.look()
    clock.advance(hours=2)
    found = ana.look()

    assert (kinds(found), found.head) == ([rules.STALE], ana.head())
    assert found.notes == ["https://town.example/log/checkpoint does not answer"]


def test_a_hub_that_never_answered_is_unreachable(reader):
    with pytest.raises(Unreachable):
        reader("ana", Gone({})).look()


def test_witnesses_say_how_old_a_checkpoint_is_whatever_the_server_says(chartered, tmp_path, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    chartered.turn()
    clock.advance(hours=25)
    touched = clock.moment.timestamp()
    os.utime(chartered.town.settings.log / "checkpoint", (touched, touched))
    ana = Watch(tmp_path / "ana", Folder(chartered.town.folder))

    found = ana.look()
    clock.advance(hours=13)
    chartered.turn()
    again = ana.look()

    assert ([alarm.sentence[:70] for alarm in found.alarms], again.alarms) == (
        ["The newest checkpoint of town.example/log (4 entries) is of 2026-11-21"],
        [],
    )


def test_what_a_pull_found_stays_an_alarm_until_it_is_mended(town, tmp_path, clock_at):
    clock_at("2026-11-21T20:00Z")
    ana = Watch(tmp_path / "ana", Folder(town.folder))
    path = town.folder / "public/state.json"
    true = path.read_bytes()
    path.write_bytes(true.replace(b"Town hub", b"City hub"))

    found = [ana.look(), ana.look()]
    path.write_bytes(true)
    town.name("Ann")
    town.turn()

    assert [kinds(look) for look in (*found, ana.look())] == [[rules.PROBLEM], [rules.PROBLEM], []]


@pytest.fixture
def council(town, tmp_path):
    """A town with an office, followed by Ana: its rows, and what it shows of them, are honest so far."""
    until = clock.format_minute(clock.now() + dt.timedelta(days=180))
    with town.db.write() as tx:
        holder = ids.new("hld")
        ledger.append(tx, HolderNamed(holder), by=1, words={"shown": "Ann"})
        ledger.append(tx, SeatTaken(ids.new("grt"), "council", holder, until), by=0)
    town.turn()
    watch = Watch(tmp_path / "ana", Folder(town.folder))
    show(town)
    assert (watch.look().alarms, watch.look().alarms) == ([], [])
    return watch


def show(town):
    """What /powers.json says now, where this folder's reader finds it."""
    with town.db.read() as tx:
        said = shown.shown(tx)
    (town.folder / "powers.json").write_bytes(shown.format_shown(said))
    return said


EDITS = {
    "a term made longer": sa.update(grants).values(until_at=dt.datetime(2031, 1, 1, tzinfo=dt.UTC)),
    "an office taken away": sa.delete(grants),
    "an office ended": sa.update(grants).values(ended_at=dt.datetime(2026, 11, 21, tzinfo=dt.UTC), ended_entry=1),
    "a role changed": sa.update(grants).values(role="steward"),
    "another name": sa.update(holders).values(shown="Eve"),
    "an office rests": sa.insert(grant_pauses).from_select(
        ["entry", "grant", "act", "from_at", "until_at"],
        sa.select(sa.literal(1), grants.c.id, sa.literal("act_x"), grants.c.from_at, grants.c.until_at),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_rows_edited_behind_an_honest_state_are_an_alarm(town, council, edit):
    """Nothing was published since: log and state.json are as they were, and what pages show is not."""
    with town.db.write() as tx:
        tx.execute(EDITS[edit])
    show(town)

    found = council.look()

    assert kinds(found) == [rules.PROBLEM]
    assert found.alarms[0].sentence.startswith("What the hub shows differs from what its record gives: it shows ")


def test_state_edited_without_a_new_checkpoint_is_an_alarm(town, council):
    path = town.folder / "public/state.json"
    path.write_bytes(path.read_bytes().replace(b"Ann", b"Eve"))

    assert kinds(council.look()) == [rules.PROBLEM]


def test_state_that_is_taken_away_is_an_alarm(town, council):
    (town.folder / "public/state.json").unlink()

    found = council.look()

    assert [alarm.sentence.partition(":")[0] for alarm in found.alarms] == ["There is no state.json"]


def test_words_that_are_taken_back_are_no_alarm(town, council):
    with town.db.write() as tx:
        holder = tx.scalar(sa.select(holders.c.id))
        withdrawals.withdraw(tx, 3, "shown")
    show(town)
    before = council.look()
    town.turn()
    show(town)

    assert (before.alarms, council.look().alarms, holder[:4]) == ([], [], "hld_")
    assert b"Ann" not in below(council.mirror)["state.json"]


def test_offices_of_an_earlier_record_or_unreadable_ones_are_an_alarm(town, council):
    said = show(town)
    earlier = shown.format_shown(replace(said, size=said.size - 1))

    found = []
    for raw in (earlier, b"{}", b'{"size":5,"at":"now","offices":[]}', b"[" * 100_000):
        (town.folder / "powers.json").write_bytes(raw)
        found.append([alarm.sentence.partition(" ")[0] for alarm in council.look().alarms])

    assert found == [["/powers.json"]] * 4


def test_hub_that_shows_no_offices_at_its_own_address_is_an_alarm_and_a_copy_is_none(town, council):
    (town.folder / "powers.json").unlink()
    elsewhere = council.look()
    council.source.name = "https://town.example"

    found = council.look()

    assert elsewhere.alarms == []
    assert [alarm.sentence for alarm in found.alarms] == [shown_there.NONE.format(name="https://town.example")]


def test_what_is_shown_of_another_size_has_a_day_to_come_round(town, council, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    town.name("Ben")
    show(town)
    waiting = council.look()
    clock.advance(hours=25)
    os.utime(town.settings.log / "checkpoint", (clock.moment.timestamp(),) * 2)
    late = council.look()
    town.turn()
    show(town)

    assert (waiting.alarms, waiting.notes) == ([], ["Not compared: its offices are those after 6 entries."])
    assert kinds(late) == [rules.WAITS]
    assert council.look().alarms == []


def test_an_alarm_is_fresh_once_a_day(rogue, reader, clock_at):
    clock = clock_at("2026-11-21T20:00Z")
    ana, alarm = reader("ana", rogue.serve(rogue.founded)), rules.Alarm(rules.STALE, "It stands still.")

    def fresh():
        return ana.is_fresh(alarm, clock.moment - rules.DAY)

    assert [fresh(), fresh()] == [True, False]
    clock.advance(hours=25)
    assert [fresh(), fresh()] == [True, False]


def test_a_folder_that_somebody_changed_is_not_believed(rogue, reader):
    ana = reader("ana", rogue.serve(rogue.grow(rogue.founded, 2)))
    ana.look()
    (ana.mirror / "log/checkpoint").write_bytes(b"hello\n\n\xe2\x80\x94 a AAAAAAAA\n")

    with pytest.raises(Unverified, match="was changed: no known key signed this note"):
        ana.look()
