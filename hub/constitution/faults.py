"""A constitution's text being read: its tables, and every fault found in them with its line."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from hub.constitution.limits import Limit
from hub.constitution.model import Answer

PLACE = re.compile(r"\{([a-z_]+)\}")


class Reading:
    """One document. Faults are collected; what is returned after a fault is never used."""

    def __init__(self, text: str, document: dict[str, Any]) -> None:
        self.text, self.lines, self.document = text, text.splitlines(), document
        self.faults: list[str] = []
        self.answers: list[Answer] = []
        self.branch_may: dict[str, tuple[int, int]] = {}

    def answer(self, path: str, numbers: dict[str, int], must: Collection[str] = ()) -> None:
        """Keeps the sentence that stands in a table, under the question that the table names."""
        table = self.at(path)
        self.say(path, table, str(table.get("answers", "")), numbers, must)

    def say(
        self, path: str, table: dict[str, Any], question: str, numbers: dict[str, int], must: Collection[str] = ()
    ) -> None:
        """Keeps a sentence. Every number in it must be one that stands here. must: which it cannot leave out."""
        says = table.get("says")
        if not isinstance(says, str) or not says.strip():
            self.fault(path, f"{path} has no sentence beside it")
            return
        named = set(PLACE.findall(says))
        for name in sorted(named - numbers.keys()):
            self.fault(path, f"{path}: the sentence names {{{name}}}, which is no number here")
        for name in must:
            if name not in named:
                self.fault(path, f"{path}: the sentence does not name {{{name}}}, so that it could say another number")
        self.answers.append(Answer(path, question, says, numbers))

    def within(self, path: str, key: str, value: Any, limit: Limit) -> int:
        """Returns a number that lies within its limit."""
        if isinstance(value, int) and not isinstance(value, bool) and limit.least <= value <= limit.most:
            return value
        self.fault(f"{path}.{key}", f"{path}.{key} must lie between {limit.least} and {limit.most}: {limit.why}")
        return limit.least

    def one_of(self, path: str, key: str, value: Any, allowed: set[Any]) -> str:
        """Returns a word that is allowed."""
        self.subset(path, key, (str(value),), allowed)
        return str(value)

    def subset(self, path: str, key: str, given: tuple[str, ...], allowed: set[Any]) -> None:
        """Finds every word that is not allowed."""
        for word in given:
            if word not in allowed:
                self.fault(f"{path}.{key}", f"{path}.{key} may not be {word[:60]!r}")

    def holds(self, path: str, key: str, given: tuple[str, ...], needed: Collection[str], why: str) -> None:
        """Finds every word that cannot be left out."""
        for word in needed:
            if word not in given:
                self.fault(f"{path}.{key}", f"{path}.{key} cannot leave out {word!r}: {why}")

    def insist_on_size(self) -> None:
        """Finds numbers beyond what TOML promises: nothing here is so large, and none of it could be shown."""
        waiting: list[tuple[str, Any]] = list(self.document.items())
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(path, inner) for inner in value.values()]
            elif isinstance(value, list):
                waiting += [(path, inner) for inner in value]
            elif isinstance(value, int) and abs(value) >= 2**63:
                self.fault(path, f"a number in {path} is too large")

    def words(self, path: str, key: str) -> tuple[str, ...]:
        """Returns a list of words."""
        value = self.at(path).get(key)
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.fault(f"{path}.{key}", f"{path}.{key} must be a list of words")
        return ()

    def table(self, key: str) -> dict[str, Any]:
        """Returns one of the document's own tables."""
        value = self.document.get(key)
        if isinstance(value, dict):
            return value
        self.fault(key, f"{key} is missing")
        return {}

    def at(self, path: str) -> dict[str, Any]:
        """Returns the table at a dotted path; an empty one where there is none."""
        value: Any = self.document
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def fault(self, path: str, sentence: str) -> None:
        """Notes a fault with its line."""
        self.faults.append(f"Line {self.line_of(path)}: {sentence}.")

    def line_of(self, path: str) -> int:
        """Returns the line of the longest part of a path that has a header or a key of its own; 1 if none has."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            header = re.compile(r"\s*\[" + re.escape(".".join(parts[:length])) + r"\]")
            start = next((n for n, line in enumerate(self.lines, 1) if header.match(line)), None)
            if start is None:
                continue
            return self._line_within(start, parts[length:])
        return 1

    def _line_within(self, start: int, parts: list[str]) -> int:
        """Returns the line of a key below a header, and of the row of a list where one is named; the header's if none.

        start: the header's line; parts: a key, and the number of a row, or less.
        """
        if not parts:
            return start
        key, found = re.compile(r"\s*" + re.escape(parts[0]) + r"\s*="), start
        rows = -1
        for number in range(start + 1, len(self.lines) + 1):
            line = self.lines[number - 1].lstrip()
            if line.startswith("["):
                break
            if found == start and key.match(line):
                found = number
                if not parts[1:] or not parts[1].isdecimal():
                    break
            elif found != start and line.startswith("{"):
                rows += 1
                if rows == int(parts[1]):
                    return number
        return found
