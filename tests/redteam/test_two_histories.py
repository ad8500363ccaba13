"""Two histories to two groups of readers (T14, LG-10): caught within one checkpoint interval, in every trial.

The hub may sign whatever it likes, ask each of three witnesses for either history, in any order, at every publication,
and pass on to each group what it likes. An interval passes between two looks. Readers know the charter's quorum; they
compare a checkpoint with one reader of the other group, once in an interval.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hub.monitor import rules
from hub.monitor.watch import Watch
from hub.tlog.checkpoint import Checkpoint, add_cosignatures, open_checkpoint, sign_checkpoint
from hub.tlog.hashes import Tree, format_base64, leaf_hash
from hub.tlog.note import Signature, Verifier, parse_note
from hub.tlog.policy import Group, Policy
from hub.tlog.policy import Witness as Named
from hub.tlog.proofs import prove_consistency
from hub.witness import store as stores
from hub.witness.rules import Refused, parse_submission
from tests.monitor.conftest import ORIGIN, Rogue, Served
from tests.monitor.conftest import rogue as rogue

QUORUM = 2  # of three
TIME = 1_795_291_200  # of a cheat's signatures


@dataclass
class Branches:
    """Three witnesses with real stores and keys. cheats: the third signs whatever it is asked for."""

    folder: Path
    key: Verifier
    cheats: bool = False
    stores: list[stores.Store] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(3):
            place = self.folder / f"w{number}"
            stores.make(place, f"w{number}.example/w", bytes([50 + number]) * 32)
            self.stores.append(stores.Store(place))
            self.stores[-1].add(self.key)

    @property
    def policy(self) -> Policy:
        """The charter's: two of three."""
        named = tuple(Named(f"w{n}", one.signer.verifier, "") for n, one in enumerate(self.stores))
        return Policy((), named, (Group("branches", QUORUM, ("w0", "w1", "w2")),), "branches")

    def ask(self, number: int, tree: Tree, note: bytes) -> Signature | None:
        """Asks one witness to cosign a history, with the best proof that there is."""
        store = self.stores[number]
        if self.cheats and number == 2:
            return store.signer.cosign(parse_note(note)[0], TIME)
        raw = store.latest(ORIGIN)
        held = open_checkpoint(raw, [self.key]).size if raw else 0
        old = min(held, tree.size)
        proof = "".join(f"{format_base64(one)}\n" for one in prove_consistency(old, tree.size, tree.read))
        try:
            return store.cosign(parse_submission(f"old {old}\n{proof}\n".encode() + note))
        except Refused:
            return None


@dataclass
class Liar:
    """The hub: one history for each of two groups, that part somewhere."""

    rogue: Rogue
    branches: Branches
    chance: random.Random
    histories: list[list[bytes]]

    def publish(self, parts: bool) -> list[Served]:
        """Grows and signs both, asks witnesses as it likes; what each group is shown. parts: whether they differ."""
        many = self.chance.randint(1, 6)
        grown = self.rogue.grow(self.histories[0], many)
        others = self.rogue.grow(self.histories[1], self.chance.randint(1, 6)) if parts else grown
        self.histories = [grown, others]
        trees = [Tree(map(leaf_hash, one)) for one in self.histories]
        notes = [sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), self.rogue.signer) for tree in trees]
        lines: list[list[Signature]] = [[], []]
        asks = [(witness, side) for witness in range(3) for side in (0, 1)]
        self.chance.shuffle(asks)
        for witness, side in asks:
            line = self.branches.ask(witness, trees[side], notes[side])
            lines[side] += [line] if line else []
        served = [self.rogue.serve(one) for one in self.histories]
        for source, note, own in zip(served, notes, lines, strict=True):
            source.files["log/checkpoint"] = add_cosignatures(note, own)
        return served


def has_quorum(policy: Policy, source: Served) -> bool:
    """What a reader asks of a checkpoint, who knows the charter."""
    text, lines = parse_note(source.files["log/checkpoint"])
    return policy.is_met([one.key for one, _line in policy.held_by(text, lines)])


@dataclass
class Stem:
    """A history from before the lie. home: the folder of a monitor that saw it, and found nothing."""

    history: list[bytes]
    home: Path


@pytest.fixture(scope="module")
def stems(rogue: Rogue, tmp_path_factory: pytest.TempPathFactory) -> list[Stem]:
    """Histories of some lengths, each seen once by a monitor: readers in a trial have a copy of its folder."""
    found = []
    for many in (1, 2, 9, 34):
        stem = Stem(rogue.grow(rogue.founded, many), tmp_path_factory.mktemp(f"stem{many}") / "home")
        assert Watch(stem.home, rogue.serve(stem.history)).look().alarms == []
        found.append(stem)
    return found


@dataclass
class Trial:
    """One lie and what came of it. quorums: whether each group's first false checkpoint had its quorum."""

    quorums: list[bool]
    alarms: list[set[str]]


def lie(rogue: Rogue, stem: Stem, folder: Path, seed: int, *, traitor: bool) -> Trial:
    """The hub parts its readers at one publication; before the next they look, and two of them compare.

    Readers are hub monitor itself, with its files.
    """
    branches = Branches(folder, rogue.signer.verifier, traitor)
    liar = Liar(rogue, branches, random.Random(seed), [stem.history, stem.history])
    before, parted = liar.publish(False), liar.publish(True)
    watches = [
        Watch(shutil.copytree(stem.home, folder / name), source) for name, source in zip("ab", before, strict=True)
    ]
    if not seed % 3:
        # A third of them saw the last publication before it, too.
        assert [watch.look().alarms for watch in watches] == [[], []]
    one, other = watches
    one.source, other.source = parted
    if seed % 2:
        looks = [one.look([other.source]), other.look()]
    else:
        # Over the telephone: each reads the other a few lines.
        one.take(parted[1].files["log/checkpoint"])
        other.take(parted[0].files["log/checkpoint"])
        looks = [one.look(), other.look()]
    kinds = [{alarm.kind for alarm in look.alarms} for look in looks]
    return Trial([has_quorum(branches.policy, source) for source in parted], kinds)


def trials(rogue: Rogue, stems: list[Stem], folder: Path, many: int, *, traitor: bool = False) -> list[Trial]:
    found = []
    for seed in range(many):
        place = folder / str(seed)
        place.mkdir()
        found.append(lie(rogue, stems[seed // 6 % len(stems)], place, seed, traitor=traitor))
        shutil.rmtree(place)
    return found


def is_told(trial: Trial) -> bool:
    """By two who compare: one of them, or both, and of nothing else."""
    return trial.alarms[0] | trial.alarms[1] == {rules.SECOND}


def caught(trial: Trial) -> bool:
    """By a reader who sees that the quorum is missing, and by two who compare: both, each time."""
    return not all(trial.quorums) and is_told(trial)


def test_two_histories_are_caught_within_one_interval(rogue: Rogue, stems: list[Stem], tmp_path: Path) -> None:
    found = trials(rogue, stems, tmp_path, 50)

    assert [trial for trial in found if not caught(trial)] == []
    # The lies were not all alike: in some the one history had its quorum, in some the other, or none.
    assert {tuple(trial.quorums) for trial in found} >= {(True, False), (False, True)}


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_two_histories_are_caught_within_one_interval_in_a_thousand_trials(
    rogue: Rogue, stems: list[Stem], tmp_path: Path
) -> None:
    assert [trial for trial in trials(rogue, stems, tmp_path, 1000) if not caught(trial)] == []


def test_witness_that_cheats_may_help_the_quorum_and_whoever_compares_finds_it(
    rogue: Rogue, stems: list[Stem], tmp_path: Path
) -> None:
    """Of three witnesses with a quorum of two, one cheat is enough for two histories; readers still have the proof."""
    found = trials(rogue, stems, tmp_path, 30, traitor=True)

    assert any(all(trial.quorums) for trial in found)
    assert [trial for trial in found if not is_told(trial)] == []


@pytest.mark.parametrize(("way", "left"), [("_weigh_seen", 1), ("_ask", 0)])
def test_monitor_that_does_not_compare_is_found(
    rogue: Rogue, stems: list[Stem], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, left: int
) -> None:
    """The planted faults: a monitor deaf to what others read to it, or blind to what other addresses serve."""
    monkeypatch.setattr(Watch, way, lambda *_: {"_weigh_seen": iter(()), "_ask": None}[way])

    found = trials(rogue, stems, tmp_path, 6)

    assert [is_told(trial) for trial in found] == [seed % 2 == left for seed in range(6)]
