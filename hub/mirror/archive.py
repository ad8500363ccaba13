"""/source.tar.gz: the running source, the same bytes whenever and wherever the same tree is packed.

Files in order of their names, no owner, no time, mode 644 or 755. Whoever serves a hub owes its users this file
(AGPL section 13); whoever forks it compares its own with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import hub

# What makes a working checkout; an installed wheel has the package alone, templates and migrations inside it.
PARTS = (
    ".ci",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "deploy",
    "docs",
    "folkmoot",
    "hub",
    "migrations",
    "pyproject.toml",
    "requirements",
    "templates",
    "tests",
    "uv.lock",
)
LARGEST = 64 << 20  # bytes, packed and unpacked


def root() -> Path:
    """Returns the folder that holds the running package: a checkout, or site-packages."""
    return Path(hub.__file__).resolve().parent.parent


def tree(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yields the source files below a folder as (name in the archive, path), in order of the names."""
    parts = PARTS if (folder / "pyproject.toml").exists() else ("hub",)
    found = [path for part in parts for path in _below(folder / part)]
    names = {PurePosixPath(*path.relative_to(folder).parts).as_posix(): path for path in found}
    yield from sorted(names.items())


def pack(folder: Path) -> bytes:
    """Packs the source files below a folder, not yet compressed."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, path in tree(folder):
            member = tarfile.TarInfo(f"folkmoot/{name}")
            member.size = path.stat().st_size
            member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            with path.open("rb") as file:
                archive.addfile(member, file)
    return raw.getvalue()


def compress(packed: bytes) -> bytes:
    """Compresses an archive without a time or name in it."""
    return gzip.compress(packed, compresslevel=9, mtime=0)


def unpacked(raw: bytes) -> bytes:
    """Takes the compression off again: what two machines compare, whose libraries may compress differently.

    Raises ValueError for other bytes, and for more than LARGEST.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            packed = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise ValueError("not a compressed archive") from problem
    if not 0 < len(packed) <= LARGEST:
        raise ValueError("an archive that is empty or too large")
    return packed


def sha256(raw: bytes) -> str:
    """Returns the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def _below(path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink():
        if not path.name.endswith((".pyc", ".pyo")):
            yield path
    elif path.is_dir() and not path.is_symlink() and path.name != "__pycache__":
        for child in path.iterdir():
            if not child.name.startswith(".") or child.name in (".ci", ".gitignore"):
                yield from _below(child)
