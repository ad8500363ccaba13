"""How a command ends: 0 done, 1 failed, 2 usage, 3 stopped for safety; and facts as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import ArgumentError, OperationalError

from hub.errors import Invalid, Refusal, Unsafe
from hub.ledger.beginnings import Unverified
from hub.ledger.files import Held
from hub.mirror.sources import Unreachable
from hub.settings import SettingsError
from hub.tlog.hashes import Spoilt


class Stopped(click.ClickException):
    """Going on could publish or believe a false record."""

    exit_code = 3


@contextmanager
def outcomes() -> Iterator[None]:
    """Turns what rooms raise into sentences and exit codes."""
    try:
        yield
    except Unsafe as problem:
        raise Stopped(str(problem)) from problem
    except Invalid as problem:
        raise click.ClickException(" ".join(problem.fields.values())) from problem
    except Refusal as problem:
        raise click.ClickException(problem.sentence) from problem
    except (ArgumentError, OperationalError) as problem:
        raise click.ClickException(f"The database does not answer: {_first_line(problem)}") from problem
    except (Unverified, Unreachable, Held, SettingsError) as problem:
        raise click.ClickException(str(problem)) from problem


@contextmanager
def holding() -> Iterator[None]:
    """Turns what a format refuses into a sentence."""
    try:
        yield
    except Spoilt as problem:
        raise click.ClickException(f"{str(problem)[:1].upper()}{str(problem)[1:]}.") from problem


def facts(values: Mapping[str, Any], as_json: bool) -> None:
    """Prints facts: one object as JSON, or a line for each that says anything."""
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    width = max(map(len, values), default=0)
    for name, value in values.items():
        for line in value if isinstance(value, (list, tuple)) else [value]:
            if line not in (None, ""):
                click.echo(f"{name.replace('_', ' '):<{width}}  {_text(line)}")


def _first_line(problem: Exception) -> str:
    cause = getattr(problem, "orig", None) or problem
    return str(cause).strip().split("\n", 1)[0]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "  ".join(f"{name} {item}" for name, item in value.items())
    return str(value)
