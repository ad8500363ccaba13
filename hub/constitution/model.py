"""A constitution as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A sentence of the rules. path: where it stands in the file; numbers: what is filled into it."""

    path: str
    question: str
    says: str
    numbers: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """The sentence with its numbers filled in."""
        text = self.says
        for name, number in self.numbers.items():
            text = text.replace("{" + name + "}", str(number))
        return text


@dataclass(frozen=True)
class Role:
    """A named set of permissions. can: permission names; by: allowed sources of its grants."""

    key: str
    name: str
    scopes: tuple[str, ...]
    can: tuple[str, ...]
    reach: str
    seats_min: int
    seats_max: int
    by: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One step of a procedure. do: submit, decide, notice or effect; days: its deadline, None for an effect.

    persons: how many hands it takes (submit, decide); short: what follows a missed deadline: next, lapse or fail.
    """

    do: str
    by: str = ""
    persons: int = 0
    days: int | None = None
    short: str = ""
    what: str = ""


@dataclass(frozen=True)
class Procedure:
    """An ordered list of steps. opens: "member", or the permission it takes to open one."""

    key: str
    opens: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Constitution:
    """A whole constitution. terms: days by source or role; numbers: by name; text: exactly what was adopted."""

    title: str
    questions: Mapping[str, str]
    numbers: Mapping[str, int]
    terms: Mapping[str, int]
    roles: Mapping[str, Role]
    procedures: Mapping[str, Procedure]
    answers: tuple[Answer, ...]
    text: str
