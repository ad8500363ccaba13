"""Where a pull reads from: a hub's address or a folder. Both are strangers: sizes and times are bounded here.

A source is asked for a path below the hub's root, like ``log/checkpoint``, and answers with bytes, or None where there
is nothing at that path. Whatever else goes wrong raises Unreachable.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

import httpx2

SECONDS = 30.0  # for one file, from asking to its last byte
RETRIES = 2
AT_ONCE, AHEAD = 8, 64  # fetched side by side; waiting in memory

_T = TypeVar("_T")
_R = TypeVar("_R")


class Unreachable(Exception):
    """A source does not answer, answers too much, or too slowly. The text names the path."""


class Source(Protocol):
    """What a pull needs of the other side."""

    name: str

    def get(self, path: str, most: int) -> bytes | None:
        """Returns the bytes at a path, at most so many; None where there is nothing. Raises Unreachable."""

    def close(self) -> None:
        """Gives up the connections."""


class Folder:
    """A data folder or a mirror, read from disk."""

    def __init__(self, folder: Path) -> None:
        self.name, self.folder = str(folder), folder

    def get(self, path: str, most: int) -> bytes | None:
        """Looks where a mirror has it, then where a hub's own data folder does."""
        for place in self.places(path):
            if place.is_file():
                with place.open("rb") as file:
                    return _within(file.read(most + 1), most, path)
        return None

    def places(self, path: str) -> tuple[Path, Path]:
        """Returns where a file may lie."""
        _plain(path)
        return self.folder / path, self.folder / "public" / path

    def close(self) -> None:
        """Nothing is held."""


class Address:
    """A hub's address, over http or https. Redirects are not followed: the address given is the one that is copied."""

    def __init__(self, url: str, client: httpx2.Client | None = None) -> None:
        self.name = url.rstrip("/")
        self.client = client or httpx2.Client(
            timeout=SECONDS,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "folkmoot-mirror", "Accept-Encoding": "identity"},
            limits=httpx2.Limits(max_connections=8),
        )

    def get(self, path: str, most: int) -> bytes | None:
        """Fetches a path, and once more when the connection broke."""
        _plain(path)
        for attempt in range(RETRIES + 1):
            try:
                return self._get(path, most)
            except httpx2.TransportError as problem:
                if attempt == RETRIES:
                    raise Unreachable(f"{self.name}/{path} does not answer: {type(problem).__name__}.") from problem
                time.sleep(0.2 * 2**attempt)
        raise AssertionError("not reached")

    def modified(self, path: str) -> dt.datetime | None:
        """Asks for the Last-Modified of a path."""
        _plain(path)
        try:
            told = self.client.head(f"{self.name}/{path}").headers.get("Last-Modified")
        except httpx2.TransportError as problem:
            raise Unreachable(f"{self.name}/{path} does not answer: {type(problem).__name__}.") from problem
        try:
            return parsedate_to_datetime(told) if told else None
        except ValueError:
            return None

    def close(self) -> None:
        """Closes the connections."""
        self.client.close()

    def _get(self, path: str, most: int) -> bytes | None:
        url, until = f"{self.name}/{path}", time.monotonic() + SECONDS
        with self.client.stream("GET", url) as answer:
            if answer.status_code in (404, 410):
                return None
            if answer.status_code != 200:
                raise Unreachable(f"{url} answers {answer.status_code}.")
            found = bytearray()
            for part in answer.iter_raw():
                found += part
                if time.monotonic() > until:
                    raise Unreachable(f"{url} is too slow.")
                _within(found, most, path)
            return bytes(found)


def modified(source: Source, path: str) -> dt.datetime | None:
    """Returns when a file was written last, by the source's own word; None where it does not say."""
    if isinstance(source, Folder):
        place = next((place for place in source.places(path) if place.is_file()), None)
        return None if place is None else dt.datetime.fromtimestamp(place.stat().st_mtime, dt.UTC)
    return source.modified(path) if isinstance(source, Address) else None


def source_of(text: str) -> Source:
    """Makes a source from what somebody typed: an address with http or https, or a folder."""
    if text.startswith(("http://", "https://")):
        return Address(text)
    return Folder(Path(text))


def want(source: Source, path: str, most: int) -> bytes:
    """Returns the bytes at a path that must be there. Raises Unreachable where it is not."""
    raw = source.get(path, most)
    if raw is None:
        raise Unreachable(f"{source.name} serves no {path}.")
    return raw


def fetch_many(wanted: Sequence[_T], fetch: Callable[[_T], _R]) -> Iterator[tuple[_T, _R]]:
    """Fetches several things side by side; yields each with its answer, in order, a few ahead at most."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(wanted), AHEAD):
            some = wanted[start : start + AHEAD]
            yield from zip(some, pool.map(fetch, some), strict=True)


def _within(raw: bytes | bytearray, most: int, path: str) -> bytes:
    if len(raw) > most:
        raise Unreachable(f"{path} is larger than {most} bytes.")
    return bytes(raw)


def _plain(path: str) -> None:
    # Paths are built here from numbers and hashes; this says so once more before one reaches a disk.
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        raise ValueError(f"not a path below the root: {path!r}")
