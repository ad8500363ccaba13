"""./folkmoot check: linter, format, types, then all tests. Stops at the first that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 2**30  # bytes


def steps(long: bool) -> list[list[str]]:
    """The commands, in order."""
    python = [sys.executable, "-m"]
    # Two more than there are processors: for a third of its time a test waits for a server, a browser or a disk.
    workers = str(min(6, (os.cpu_count() or 1) + 2))
    marks = [] if long else ["-m", "not long"]
    return [
        [*python, "ruff", "check", "."],
        [*python, "ruff", "format", "--check", "."],
        [*python, "mypy"],
        [*python, "pytest", "-n", workers, "--dist", "loadgroup", *marks],
    ]


def places() -> dict[str, str]:
    """Where tests keep their files: in memory, if there is enough; a hub waits for the disk at each commit."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        return {"PYTEST_DEBUG_TEMPROOT": str(MEMORY)}
    return {}


def main() -> int:
    """Runs every step; returns the first exit code that is not 0."""
    unknown = [word for word in sys.argv[1:] if word != "--long"]
    if unknown:
        print(f"folkmoot check: what is {unknown[0]}? There is only --long.", file=sys.stderr)
        return 2
    for step in steps("--long" in sys.argv):
        print("+", " ".join(step[2:]), flush=True)
        code = subprocess.run(step, cwd=ROOT, env={**places(), **os.environ}, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
