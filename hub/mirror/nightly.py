"""Once a day the hub looks at itself: its log recomputed, its rows held against what the record gives. What came of it
stands in /verified.json, and where something differs the stewards are told.

    {"at":"2026-11-21T02:00:00Z","holds":true,"origin":...,"problems":0,"root":...,"size":N}

holds: null where the look did not end, by its time or memory. How many problems there are is public; which rows they
are is for whoever runs the machine: hub log verify. It is a process of its own, so that its memory ends with it, and
what it may take is bounded. An operator who edits rows can edit this too: it is for intruders and broken disks.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import Connection

from hub import clock, outbox
from hub.db import Database
from hub.ledger import files
from hub.mirror.publish import public
from hub.permits import HUB, queries
from hub.settings import Settings

log = logging.getLogger("folkmoot.worker")
FILE = "verified.json"
EVERY = dt.timedelta(hours=24)
SECONDS = 2 * 60 * 60  # that it may take
MEMORY = 8 << 30  # bytes of address space
# Bounds itself, and becomes the command. Between fork and exec a process with threads can do nothing safely.
# To give way to others is a courtesy; a service that may not ask for it looks all the same.
BOUNDED = """import contextlib, os, resource, sys
with contextlib.suppress(PermissionError):
    os.nice(19)
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
ROLE, LETTER = "steward", "record_differs"


@dataclass(frozen=True)
class Verified:
    """What a look found. holds: None where it did not end; problems: how many; why: a sentence, unless it holds."""

    holds: bool | None
    size: int = 0
    root: str = ""
    origin: str = ""
    problems: int = 0
    why: str = ""


def is_due(settings: Settings, at: dt.datetime) -> bool:
    """Tells whether a day went by since the last look, or there was none."""
    raw = files.read(public(settings) / FILE)
    try:
        said = dt.datetime.strptime(json.loads(raw or b"")["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except (ValueError, KeyError, TypeError):
        return True
    return not dt.timedelta() <= at - said < EVERY


def look(settings: Settings, db: Database, verify: Callable[[Path], Verified] | None = None) -> Verified | None:
    """Looks, where it is due: publishes what was found, and tells the stewards where it does not hold. Else None."""
    now = clock.now()
    if not is_due(settings, now) or not (settings.log / "checkpoint").exists():
        return None
    found = (verify or in_a_process)(settings.data)
    files.put({public(settings) / FILE: format_verified(found, now)})
    if found.holds is not True:
        log.error("the nightly look: %s Look yourself: hub log verify --data %s", found.why, settings.data)
    if found.holds is False:
        with db.write() as tx:
            outbox.put_all(tx, persons=_stewards(tx), template=LETTER)
    return found


def format_verified(found: Verified, at: dt.datetime) -> bytes:
    """Writes /verified.json. Which rows differ is not in it: they may be what an intruder wants read."""
    body = {
        "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "holds": found.holds, "origin": found.origin, "problems": found.problems,
        "root": found.root, "size": found.size,
    }  # fmt: skip
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def in_a_process(data: Path, seconds: float = SECONDS, memory: int = MEMORY) -> Verified:
    """Verifies a data folder as ``hub log verify`` does, by that very command, at the lowest priority."""
    command = ["-m", "hub.cli.main", "log", "verify", "--data", str(data), "--json"]
    try:
        # Typed here, word for word; nothing of it comes from anybody.
        done = subprocess.run(
            [sys.executable, "-c", BOUNDED, str(memory), *command], capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Verified(None, why=f"It did not end within {seconds / 3600:g} hours.")
    return read(done.returncode, done.stdout, done.stderr)


def read(code: int, out: bytes, err: bytes) -> Verified:
    """Reads what the command said."""
    try:
        told = json.loads(out)
        problems = list(told["problems"])
        why = f"{len(problems)} problems, the first of them: {problems[0]}" if problems else ""
        return Verified(not problems, told["size"], told["root"], told["origin"], len(problems), why)
    except (ValueError, KeyError, TypeError):
        words = err.decode("utf-8", "replace").strip().splitlines()
    if code == 1 and words and words[-1].startswith("Error: "):
        return Verified(False, problems=1, why=words[-1].removeprefix("Error: "))
    return Verified(None, why=f"It did not end: {words[-1] if words else code}.")


def _stewards(tx: Connection) -> list[str]:
    held = (grant.holder for grant in queries.standing_grants(tx, scope=HUB) if grant.role == ROLE)
    persons = {queries.person_of_holder(tx, holder) for holder in held}
    return sorted(person for person in persons if person is not None)
