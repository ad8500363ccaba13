"""The matrix role by field by purpose, as data (PR-20)."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, get_args

Purpose = Literal["request", "roll", "count", "asked", "complaint", "case"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


@dataclass(frozen=True)
class Cells:
    """One role under one purpose: the fields that it sees, and those that it does not."""

    sees: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One purpose. a_day: people whom one office-holder opens in a day, 0 for no number of its own; cells: by role."""

    a_day: int
    cells: Mapping[str, Cells]


@functools.cache
def fields() -> tuple[str, ...]:
    """Returns every field of a person that an office can be shown at all."""
    return tuple(_read()["fields"].split())


@functools.cache
def rule(purpose: Purpose) -> Rule:
    """Returns what the matrix says of a purpose."""
    told = dict(_read()[purpose])
    a_day: int = told.pop("a_day")
    return Rule(a_day, {role: _cells(cell) for role, cell in told.items()})


def sees(role: str, purpose: Purpose) -> tuple[str, ...]:
    """Returns the fields that a role sees for a purpose; none for a role that the matrix does not know."""
    found = rule(purpose).cells.get(role)
    return found.sees if found else ()


def _cells(told: Mapping[str, str]) -> Cells:
    return Cells(tuple(told["sees"].split()), tuple(told["not"].split()))


@functools.cache
def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files("hub.looks").joinpath("matrix.toml").read_text(encoding="utf-8"))
