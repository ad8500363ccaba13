"""Reading a constitution: whole, or not at all. Every fault is named with its line and the reason for the limit."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from hub.constitution import limits
from hub.constitution.limits import Limit
from hub.constitution.model import Answer, Constitution, Procedure, Role, Step
from hub.permits.permissions import P

PLACE = re.compile(r"\{([a-z_]+)\}")


class Broken(ValueError):
    """A constitution that does not load. faults: sentences, each with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def load(text: str) -> Constitution:
    """Reads a constitution's text. Raises Broken with every fault found; nothing of a broken text is ever used."""
    if len(text) > limits.LARGEST:
        raise Broken([f"The text is longer than {limits.LARGEST} characters."])
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise Broken([f"This is not TOML: {problem}."]) from problem
    reader = _Reader(text, document)
    constitution = reader.constitution()
    if reader.faults:
        raise Broken(reader.faults)
    return constitution


class _Reader:
    """Walks one document and collects faults; values it returns after a fault are never used."""

    def __init__(self, text: str, document: dict[str, Any]) -> None:
        self.text, self.lines, self.document = text, text.splitlines(), document
        self.faults: list[str] = []
        self.answers: list[Answer] = []

    def constitution(self) -> Constitution:
        known = {"title", "questions", "numbers", "terms", "rights", "roles", "procedures", "sentences"}
        for key in self.document.keys() - known:
            self.fault(key, f"nothing here is called {key}")
        questions = {key: str(value) for key, value in self.table("questions").items()}
        numbers = {
            key: self.number(f"numbers.{key}", "value", limits.NUMBERS.get(key)) for key in self.table("numbers")
        }
        terms = {key: self.number(f"terms.{key}", "days", limits.TERMS.get(key)) for key in self.table("terms")}
        for kind, given, wanted in (("numbers", numbers, limits.NUMBERS), ("terms", terms, limits.TERMS)):
            for key in wanted.keys() - given.keys():
                self.fault(kind, f"{kind}.{key} is missing")
        roles = {key: self.role(key) for key in self.table("roles")}
        procedures = {key: self.procedure(key, numbers) for key in self.table("procedures")}
        self.completeness(roles, procedures)
        self.answer("rights", {})
        for key in self.table("sentences"):
            self.answer(f"sentences.{key}", {})
        for answer in self.answers:
            if answer.question not in questions:
                self.fault(answer.path, f"{answer.path} answers no question")
        title = self.document.get("title")
        if not isinstance(title, str) or not title.strip():
            self.fault("title", "the title is missing")
        return Constitution(str(title), questions, numbers, terms, roles, procedures, tuple(self.answers), self.text)

    def number(self, path: str, key: str, limit: Limit | None) -> int:
        value = self.at(path).get(key)
        if limit is None:
            self.fault(path, f"nothing uses {path}")
            return 0
        number = self.within(path, key, value, limit)
        self.answer(path, {key: number})
        return number

    def role(self, key: str) -> Role:
        path, table = f"roles.{key}", self.at(f"roles.{key}")
        can, by = self.words(path, "can"), self.words(path, "by")
        scopes, seats = self.words(path, "scopes"), table.get("seats")
        seats = seats if isinstance(seats, dict) else {}
        self.subset(path, "can", can, set(P))
        self.subset(path, "can", can, limits.ONLY.get(key, set(P)))
        self.subset(path, "by", by, set(limits.SOURCES.get(key, ())))
        self.subset(path, "scopes", scopes, set(limits.SCOPES))
        self.subset(path, "reach", (str(table.get("reach")),), set(limits.REACHES))
        if table.get("reach") == "hub" and scopes != ("hub",):
            self.fault(f"{path}.reach", f"{path}: no role of a branch or group reaches the whole hub")
        least = self.within(path, "seats", seats.get("min"), limits.SEATS)
        most = self.within(path, "seats", seats.get("max"), limits.SEATS)
        if least > most:
            self.fault(f"{path}.seats", f"{path}: fewer seats at most than at least")
        self.answer(path, {})
        return Role(key, str(table.get("name", key)), scopes, can, str(table.get("reach")), least, most, by)

    def procedure(self, key: str, numbers: dict[str, int]) -> Procedure:
        path, table = f"procedures.{key}", self.at(f"procedures.{key}")
        opens = str(table.get("opens"))
        self.subset(path, "opens", (opens,), {"member", *P})
        self.answer(path, {})
        rows = table.get("steps")
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.fault(path, f"{path} has no steps")
            return Procedure(key, opens, ())
        steps = tuple(self.step(path, place, row, numbers) for place, row in enumerate(rows))
        if [step.do for step in steps].count("effect") != 1 or steps[-1].do != "effect":
            self.fault(path, f"{path} must end in its one effect")
        if not any(step.do == "decide" for step in steps):
            self.fault(path, f"{path} has nobody who decides")
        return Procedure(key, opens, steps)

    def step(self, path: str, place: int, row: dict[str, Any], numbers: dict[str, int]) -> Step:
        here, do = f"{path}.steps", str(row.get("do"))
        self.subset(here, "do", (do,), set(limits.STEPS))
        if do == "effect":
            self.subset(here, "what", (str(row.get("what")),), set(limits.EFFECTS))
            return Step("effect", what=str(row.get("what")))
        days = self.within(here, "days", row.get("days"), limits.STEP_DAYS)
        if do == "notice":
            self.say(f"{here}.{place}", row, path, {"days": days})
            return Step("notice", days=days, short="next")
        short = str(row.get("short"))
        self.subset(here, "short", (short,), set(limits.CONSEQUENCES))
        if do == "decide":
            persons = self.within(here, "persons", row.get("persons"), limits.DECIDERS)
            self.subset(here, "by", (str(row.get("by")),), set(P))
        else:
            least = row.get("min")
            named = numbers.get(least) if isinstance(least, str) else least
            persons = self.within(here, "min", named, limits.SUBMITTERS)
            if short == "next":
                self.fault(here, f"{here}: too few submissions cannot count as enough")
        self.say(f"{here}.{place}", row, path, {"days": days, "persons": persons})
        return Step(do, str(row.get("by")), persons, days, short)

    def completeness(self, roles: dict[str, Role], procedures: dict[str, Procedure]) -> None:
        for key in limits.SOURCES.keys() ^ roles.keys():
            self.fault("roles", f"roles.{key} is missing or unknown")
        for key, what in limits.REQUIRED_PROCEDURES.items():
            found = procedures.get(key)
            if found is None or not found.steps or found.steps[-1].what != what:
                self.fault("procedures", f"procedures.{key} is missing, or its effect is not {what}")
        for key in procedures.keys() - limits.REQUIRED_PROCEDURES.keys():
            self.fault(f"procedures.{key}", f"nothing runs procedures.{key}")

    def answer(self, path: str, numbers: dict[str, int]) -> None:
        table = self.at(path)
        self.say(path, table, str(table.get("answers", "")), numbers, is_question=True)

    def say(
        self, path: str, table: dict[str, Any], under: str, numbers: dict[str, int], *, is_question: bool = False
    ) -> None:
        question = under if is_question else str(self.at(under).get("answers", ""))
        says = table.get("says")
        if not isinstance(says, str) or not says.strip():
            self.fault(path, f"{path} has no sentence beside it")
            return
        for name in PLACE.findall(says):
            if name not in numbers:
                self.fault(path, f"{path}: the sentence names {{{name}}}, which is no number here")
        self.answers.append(Answer(path, question, says, numbers))

    def within(self, path: str, key: str, value: Any, limit: Limit) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and limit.least <= value <= limit.most:
            return value
        self.fault(f"{path}.{key}", f"{path}.{key} must lie between {limit.least} and {limit.most}: {limit.why}")
        return limit.least

    def subset(self, path: str, key: str, given: tuple[str, ...], allowed: set[Any]) -> None:
        for word in given:
            if word not in allowed:
                self.fault(f"{path}.{key}", f"{path}.{key} may not be {word[:60]!r}")

    def words(self, path: str, key: str) -> tuple[str, ...]:
        value = self.at(path).get(key)
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.fault(f"{path}.{key}", f"{path}.{key} must be a list of words")
        return ()

    def table(self, key: str) -> dict[str, Any]:
        value = self.document.get(key)
        if isinstance(value, dict):
            return value
        self.fault(key, f"{key} is missing")
        return {}

    def at(self, path: str) -> dict[str, Any]:
        value: Any = self.document
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def fault(self, path: str, sentence: str) -> None:
        self.faults.append(f"Line {self.line_of(path)}: {sentence}.")

    def line_of(self, path: str) -> int:
        """Returns the line of the longest part of a path that has a header or a key of its own; 1 if none has."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            header = re.compile(r"\s*\[" + re.escape(".".join(parts[:length])) + r"\]")
            start = next((n for n, line in enumerate(self.lines, 1) if header.match(line)), None)
            if start is None:
                continue
            if length < len(parts):
                key = re.compile(r"\s*" + re.escape(parts[length]) + r"\s*=")
                for number in range(start, len(self.lines)):
                    if self.lines[number].lstrip().startswith("["):
                        break
                    if key.match(self.lines[number]):
                        return number + 1
            return start
        return 1
