"""A witness's memory: one history of each log, whoever asks at once, whatever it crashes in."""

import contextlib
import multiprocessing
import os
import random
import signal
import threading
import time

import pytest

from hub.errors import Unsafe
from hub.ledger.files import Disk
from hub.tlog.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from hub.tlog.hashes import Spoilt, Tree, format_base64, leaf_hash
from hub.tlog.note import Signer
from hub.tlog.proofs import prove_consistency
from hub.witness import store as stores
from hub.witness.rules import Refused, parse_submission

ORIGIN = "hub.example/log"
LOG = Signer(ORIGIN, b"L" * 32)
DECOY = Signer("decoy.example/log", b"D" * 32)
# Two histories: the same up to four entries, then told differently to different people.
ONE = Tree(leaf_hash(f"entry {n}".encode()) for n in range(64))
OTHER = Tree(leaf_hash(f"{'entry' if n < 4 else 'forged'} {n}".encode()) for n in range(64))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "w"
    stores.make(made, "north.example/w", b"W" * 32)
    store = stores.Store(made)
    store.add(DECOY.verifier)
    store.add(LOG.verifier, "https://hub.example/log/")
    return made


def submission(tree, old, new, signer=LOG):
    proof = "".join(f"{format_base64(one)}\n" for one in prove_consistency(old, new, tree.read))
    note = sign_checkpoint(Checkpoint(signer.verifier.name, new, tree.root(new)), signer)
    return parse_submission(f"old {old}\n{proof}\n".encode() + note)


def held(store):
    raw = store.latest(ORIGIN)
    return open_checkpoint(raw, [LOG.verifier, store.signer.verifier]) if raw else None


def test_a_witness_cosigns_what_continues_what_it_cosigned(folder):
    store = stores.Store(folder)
    for old, new in [(0, 3), (3, 3), (3, 20)]:
        line = store.cosign(submission(ONE, old, new))
        text = f"{ORIGIN}\n{new}\n{format_base64(ONE.root(new))}\n"
        assert store.signer.verifier.holds(text, line)
    assert held(stores.Store(folder)) == Checkpoint(ORIGIN, 20, ONE.root(20))


@pytest.mark.parametrize(
    ("tree", "old", "new", "status"),
    [(OTHER, 6, 9, 422), (OTHER, 6, 6, 409), (ONE, 5, 9, 409), (ONE, 9, 9, 409), (ONE, 0, 9, 409)],
)
def test_another_history_is_refused_and_nothing_is_kept_of_it(folder, tree, old, new, status):
    store = stores.Store(folder)
    store.cosign(submission(ONE, 0, 6))
    before = store.latest(ORIGIN)

    with pytest.raises(Refused) as refused:
        store.cosign(submission(tree, old, new))

    assert refused.value.status == status
    assert store.latest(ORIGIN) == before


def race(folder):
    """Forty threads of two logs' operators race for every size; returns whatever was cosigned."""
    cosigned, lock = [], threading.Lock()

    def ask(tree, seed):
        store, draws = stores.Store(folder), random.Random(seed)
        for _ in range(6):
            try:
                now = held(store)
                old = now.size if now else 0
                new = min(64, old + draws.randrange(0, 8))
                store.cosign(submission(tree, old, new))
            except (Refused, Spoilt):
                continue
            with lock:
                cosigned.append((new, tree.root(new)))

    threads = [threading.Thread(target=ask, args=((ONE, OTHER)[seed % 2], seed)) for seed in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cosigned


def is_one_history(cosigned):
    return any(all(tree.root(size) == root for size, root in cosigned) for tree in (ONE, OTHER))


def test_two_histories_sent_at_once_by_many_end_in_one(folder):
    cosigned = race(folder)

    assert len(cosigned) > 10
    assert is_one_history(cosigned)


def _nobody_waits(monkeypatch):
    monkeypatch.setattr(stores, "_lock", lambda path: contextlib.nullcontext())
    # Between reading what was cosigned last and keeping what is cosigned now, others come.
    consider = stores.rules.consider
    monkeypatch.setattr(stores.rules, "consider", lambda *given: (consider(*given), time.sleep(0.002)))


def _nothing_is_kept(monkeypatch):
    monkeypatch.setattr(stores.files, "put", lambda *_given: None)


@pytest.mark.parametrize("plant", [_nobody_waits, _nothing_is_kept])
def test_planted_witness_of_two_histories_is_seen(folder, monkeypatch, plant):
    plant(monkeypatch)

    assert not is_one_history(race(folder))


def _ask_for_ever(folder, tree, told):
    store = stores.Store(folder)
    while True:
        now = held(store)
        old = now.size if now else 0
        new = min(64, old + 1)
        try:
            store.cosign(submission(tree, old, new))
        except (Refused, Spoilt):
            continue
        os.write(told, b"%d %s\n" % (new, tree.root(new).hex().encode()))
        if new == 64:
            return


def test_killed_at_any_moment_it_never_signs_a_second_history(folder):
    """Fifteen times two processes with two histories are killed at random; what they were given lies on one."""
    context, draws, told = multiprocessing.get_context("fork"), random.Random(7), b""
    for _ in range(15):
        reading, writing = os.pipe()
        pair = [context.Process(target=_ask_for_ever, args=(folder, tree, writing)) for tree in (OTHER, ONE)]
        for process in pair:
            process.start()
        time.sleep(draws.uniform(0.01, 0.08))
        for process in pair:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        os.close(writing)
        with os.fdopen(reading, "rb") as answers:
            told += answers.read()

    heads = [
        (int(size), bytes.fromhex(root.decode())) for size, root in (line.split(b" ") for line in told.splitlines())
    ]
    assert heads
    assert is_one_history(heads)
    last = held(stores.Store(folder))
    assert last is not None
    assert last.size >= max(size for size, _ in heads)


class Failing(Disk):
    """A disk whose n-th deed fails, before or after it was done."""

    def __init__(self, at, after):
        self.left, self.after = at, after

    def _step(self, deed):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise OSError("the disk failed")
        deed()
        if self.left == 0:
            raise OSError("the disk failed")

    def write(self, path, raw, mode):
        self._step(lambda: Disk.write(self, path, raw, mode))

    def move(self, source, target):
        self._step(lambda: Disk.move(self, source, target))

    def sync(self, folder):
        self._step(lambda: Disk.sync(self, folder))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_disk_that_fails_gives_no_signature_and_no_second_history(folder, at, after):
    stores.Store(folder).cosign(submission(ONE, 0, 6))

    with pytest.raises(OSError, match="the disk failed"):
        stores.Store(folder, Failing(at, after)).cosign(submission(ONE, 6, 9))

    now = held(stores.Store(folder))
    assert now in (Checkpoint(ORIGIN, 6, ONE.root(6)), Checkpoint(ORIGIN, 9, ONE.root(9)))
    with pytest.raises(Refused):
        stores.Store(folder).cosign(submission(OTHER, now.size, 12))
    stores.Store(folder).cosign(submission(ONE, now.size, 12))


def test_a_forgotten_head_stops_the_witness_for_that_log_alone(folder):
    store = stores.Store(folder)
    store.cosign(submission(ONE, 0, 6))
    (folder / "heads" / stores.digest_of(ORIGIN)).unlink()

    with pytest.raises(Unsafe, match="is missing"):
        store.cosign(submission(OTHER, 0, 9))
    store.cosign(submission(ONE, 0, 6, DECOY))


def test_an_altered_head_stops_the_witness(folder):
    store = stores.Store(folder)
    store.cosign(submission(ONE, 0, 6))
    path = folder / "heads" / stores.digest_of(ORIGIN)
    path.write_bytes(path.read_bytes().replace(b"\n6\n", b"\n5\n"))

    with pytest.raises(Unsafe, match="does not hold"):
        store.cosign(submission(ONE, 5, 9))


def test_a_second_key_is_not_made(folder):
    with pytest.raises(Unsafe, match="already"):
        stores.make(folder, "north.example/w")
    assert (folder / "keys/witness.key").stat().st_mode & 0o777 == 0o400


def test_a_log_is_added_once(folder):
    store = stores.Store(folder)
    with pytest.raises(Spoilt):
        store.add(LOG.verifier)
    assert [log.key for log in store.logs()] == [DECOY.verifier, LOG.verifier]
