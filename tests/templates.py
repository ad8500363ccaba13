"""Templates compiled once for a process: every test builds a hub of its own, and each would compile its pages anew."""

from __future__ import annotations

from types import CodeType
from typing import Any

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """What was compiled, by what it was compiled from: the text, and how its environment reads text."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], CodeType] = {}

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """Returns what is known of a template, empty if that is nothing."""
        key = (name, filename, source, *_reading(environment))
        bucket = Bucket(environment, "", "")
        bucket.key = key  # type: ignore[assignment]
        bucket.code = self.known.get(key)
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        assert bucket.code is not None
        self.known[bucket.key] = bucket.code  # type: ignore[index]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Nothing lies in a file."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Nor is put into one."""


def _reading(environment: jinja2.Environment) -> tuple[object, ...]:
    """Returns the options of an environment that change what a text is compiled to."""
    options = [environment.autoescape, environment.trim_blocks, environment.lstrip_blocks, environment.finalize]
    return (*options, environment.is_async, environment.undefined, tuple(sorted(environment.extensions)))


def compile_once() -> None:
    """Lets every environment that names no cache of its own share this process's."""
    begin, shared = jinja2.Environment.__init__, Compiled()

    def with_cache(self: jinja2.Environment, *given: Any, **options: Any) -> None:
        begin(self, *given, **{"bytecode_cache": shared, **options})

    jinja2.Environment.__init__ = with_cache  # type: ignore[method-assign]
