"""Every system call by which an act is kept and published fails once, or is the last (RE-02, RE-05).

strace waits beside a process that acts once and publishes once, and lets the n-th call of a kind fail, or kills the
process in it, for every n there is. Then the hub goes on: what was acknowledged stands, and the log is one history.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from hub.db import Database
from hub.ledger.sequencer import Sequencer
from tests.ledger.killed import DAILY, ORIGIN
from tests.ledger.test_kill import Hub, Prepared

CALLS = ("pwrite64", "write", "fsync", "fdatasync", "openat", "rename", "ftruncate", "unlink", "mkdir")
ROOM = ("pwrite64", "write", "openat", "ftruncate", "mkdir")  # those that a full disk stops
FAULTS = {"signal=KILL": CALLS, "error=EIO": CALLS, "error=ENOSPC": ROOM}


def beside(strace: str, prepared: Prepared, how: str, seen: Path, *options: str) -> list[list[str]]:
    """Lets a forked process do one thing while strace watches it; returns what it told. seen: what strace saw."""
    (pid,) = prepared.ask(how)
    command = [strace, "-f", "-qq", "-o", str(seen), "-p", str(pid), *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as watching:
        while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
            assert watching.poll() is None
        os.kill(pid, signal.SIGUSR1)
        return prepared.reap()


def counted(seen: str, calls: tuple[str, ...]) -> list[tuple[str, int]]:
    """Each call that strace saw, by its place among its kind."""
    many = Counter(re.findall(r"^\d+ +(\w+)\(", seen, re.MULTILINE))
    return [(call, number) for call in calls for number in range(1, many[call] + 1)]


def injecting(call: str, number: int, fault: str) -> list[str]:
    """Strace's options by which one call fails."""
    return ["-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"]


def came(seen: str) -> bool:
    """Tells whether it came to that call."""
    return "INJECTED" in seen or "killed by SIGKILL" in seen


class Watched:
    """A hub whose next act is watched by strace. how: the act, as killed.py names it."""

    def __init__(self, strace: str, folder: Path, how: str = "one") -> None:
        url = f"sqlite:///{folder}/hub.db"
        self.strace, self.folder, self.how = strace, folder, how
        self.hub = Hub.found(url, folder)
        self.prepared = Prepared(url, folder)
        self.act()
        self.goes_on()

    def act(self, *options: str) -> str:
        """One act and one turn of the sequencer under strace; all that was told is there. Result: what strace saw."""
        seen = self.folder / "strace"
        self.hub.look(beside(self.strace, self.prepared, self.how, seen, *options))
        return seen.read_text()

    def counted(self) -> list[tuple[str, int]]:
        """Each call by which one act is kept and published, by its place among its kind."""
        seen = self.act("-e", f"trace={','.join(CALLS)}")
        self.goes_on()
        return counted(seen, CALLS)

    def fails(self, call: str, number: int, fault: str) -> bool:
        """An act in which one call fails; tells whether it came to that call. Then the hub goes on."""
        seen = self.act(*injecting(call, number, fault))
        self.goes_on()
        return came(seen)

    def goes_on(self) -> None:
        """The next turn of the sequencer completes or discards what was begun."""
        head = Sequencer(self.hub.db, self.folder, ORIGIN, DAILY).run_once().head
        assert (head.size, head.root) == (self.hub.tree.size, self.hub.tree.root())

    def close(self) -> None:
        self.prepared.close()
        self.hub.db.close()


def test_every_system_call_of_an_act_fails_once_and_nothing_is_lost(
    strace: str, tmp_path: Path, empty: Database
) -> None:
    watched = Watched(strace, tmp_path)
    calls = watched.counted()
    sweep = [(*call, fault) for call in calls for fault, fits in FAULTS.items() if call[0] in fits]

    reached = [watched.fails(*one) for one in sweep]

    watched.hub.ends_well(empty)
    watched.close()
    assert {call for call, _number in calls} >= {"pwrite64", "write", "fsync", "fdatasync", "openat", "rename"}
    # As the log grows, an act now and then writes a tile less.
    assert reached.count(True) > len(reached) * 0.9


def test_an_act_told_before_it_is_kept_is_found(strace: str, tmp_path: Path) -> None:
    """The planted fault."""
    watched = Watched(strace, tmp_path, "one early")
    writes = [number for call, number in watched.counted() if call == "pwrite64"]

    with pytest.raises((AssertionError, IndexError)):
        any(not watched.fails("pwrite64", number, "signal=KILL") for number in writes)

    watched.close()
