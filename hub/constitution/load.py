"""Reading a constitution: whole, or not at all. Every fault is named with its line and the reason for the limit."""

from __future__ import annotations

import tomllib
from typing import Any

from hub.constitution import limits, steps
from hub.constitution.faults import Reading
from hub.constitution.limits import Limit
from hub.constitution.model import Constitution, Formula, Procedure, Role
from hub.permits.permissions import P

PARTS = {"title", "questions", "numbers", "formulas", "terms", "rights", "roles", "procedures", "conduct", "sentences"}


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
    reading = Reading(text, document)
    constitution = _constitution(reading)
    if reading.faults:
        raise Broken(reading.faults)
    return constitution


def _constitution(reading: Reading) -> Constitution:
    for key in reading.document.keys() - PARTS:
        reading.fault(key, f"nothing here is called {key}")
    questions = {key: str(value) for key, value in reading.table("questions").items()}
    numbers = _numbers(reading, "numbers", "value", limits.NUMBERS)
    formulas = {key: _formula(reading, key) for key in reading.table("formulas")}
    terms = _numbers(reading, "terms", "days", limits.TERMS)
    roles = {key: _role(reading, key) for key in reading.table("roles")}
    known = steps.Known(numbers, formulas)
    procedures = {key: steps.procedure(reading, key, known) for key in reading.table("procedures")}
    conduct = _conduct(reading)
    _complete(reading, roles, formulas, procedures)
    reading.answer("rights", {})
    for key in reading.table("sentences"):
        reading.answer(f"sentences.{key}", {})
    for answer in reading.answers:
        if answer.question not in questions:
            reading.fault(answer.path, f"{answer.path} answers no question")
    title = reading.document.get("title")
    if not isinstance(title, str) or not title.strip():
        reading.fault("title", "the title is missing")
    said = tuple(reading.answers)
    return Constitution(
        str(title), questions, numbers, formulas, terms, roles, procedures, conduct, reading.branch_may, said,
        reading.text,
    )  # fmt: skip


def _numbers(reading: Reading, part: str, key: str, wanted: dict[str, Limit]) -> dict[str, int]:
    """Reads the numbers of a part: exactly those that something uses."""
    found = {name: _number(reading, f"{part}.{name}", key, wanted.get(name)) for name in reading.table(part)}
    for name in wanted.keys() - found.keys():
        reading.fault(part, f"{part}.{name} is missing")
    return found


def _number(reading: Reading, path: str, key: str, limit: Limit | None) -> int:
    if limit is None:
        reading.fault(path, f"nothing uses {path}")
        return 0
    number = reading.within(path, key, reading.at(path).get(key), limit)
    reading.answer(path, {key: number, **_branch_may(reading, path, number, limit)})
    return number


def _branch_may(reading: Reading, path: str, number: int, limit: Limit) -> dict[str, int]:
    """Reads the range within which a branch may set a number for itself; returns its ends, for the sentence."""
    given = reading.at(path).get("branch_may")
    if given is None:
        return {}
    if path not in limits.BRANCH_MAY:
        reading.fault(f"{path}.branch_may", f"{path} is the same for every branch")
        return {}
    if not isinstance(given, list) or len(given) != 2:
        reading.fault(f"{path}.branch_may", f"{path}.branch_may must be two numbers: the least and the most")
        return {}
    least, most = (reading.within(path, "branch_may", end, limit) for end in given)
    if not least <= number <= most:
        reading.fault(f"{path}.branch_may", f"{path}.branch_may must hold the number itself")
    reading.branch_may[path] = (least, most)
    return {"least": least, "most": most}


def _formula(reading: Reading, key: str) -> Formula:
    path = f"formulas.{key}"
    table, wanted = reading.at(path), limits.FORMULAS.get(key)
    if wanted is None:
        reading.fault(path, f"nothing uses {path}")
        return Formula(key, 0, 0, 0)
    parts: dict[str, Any] = {name: reading.within(path, name, table.get(name), wanted[name]) for name in wanted}
    reading.answer(path, parts)
    return Formula(key, **parts)


def _role(reading: Reading, key: str) -> Role:
    path, table = f"roles.{key}", reading.at(f"roles.{key}")
    can, by, scopes = (reading.words(path, word) for word in ("can", "by", "scopes"))
    reading.subset(path, "can", can, set(P))
    reading.subset(path, "can", can, limits.ONLY.get(key, set(P)))
    for power in limits.MUST.get(key, set()) - set(can):
        reading.fault(f"{path}.can", f"{path} has no {power}: {limits.WHY_MUST}")
    reading.subset(path, "by", by, set(limits.SOURCES.get(key, ())))
    reading.subset(path, "scopes", scopes, set(limits.SCOPES))
    reach = reading.one_of(path, "reach", table.get("reach"), set(limits.REACHES))
    if reach == "hub" and scopes != ("hub",):
        reading.fault(f"{path}.reach", f"{path}: no role of a branch or group reaches the whole hub")
    seats = table.get("seats")
    seats = seats if isinstance(seats, dict) else {}
    least = reading.within(path, "seats", seats.get("min"), limits.SEATS)
    most = reading.within(path, "seats", seats.get("max"), limits.SEATS)
    if least > most:
        reading.fault(f"{path}.seats", f"{path}: fewer seats at most than at least")
    reading.answer(path, {})
    return Role(key, str(table.get("name", key)), scopes, can, reach, least, most, by)


def _conduct(reading: Reading) -> dict[int, str]:
    """Reads the rules of conduct: numbered, so that whoever hides something can say which was broken."""
    found = {}
    for key in reading.table("conduct"):
        path = f"conduct.{key}"
        if not (key.isascii() and key.isdecimal() and str(int(key)) == key and 1 <= int(key) <= limits.CONDUCT):
            reading.fault(path, f"{path} must be a number from 1 to {limits.CONDUCT}")
            continue
        reading.answer(path, {})
        found[int(key)] = str(reading.at(path).get("says"))
    return found


def _is_fixed(key: str, found: Procedure) -> bool:
    """Tells whether a procedure is opened, asked and decided as no constitution may change."""
    kind, decider = limits.KINDS.get(key), limits.DECIDED_BY.get(key)
    return (
        limits.OPENED_BY.get(key, found.opens) == found.opens
        and all(step.kind == kind for step in found.steps if step.do == "ballot" and kind)
        and all(step.by == decider for step in found.steps if step.do == "decide" and decider)
    )


def _complete(
    reading: Reading, roles: dict[str, Role], formulas: dict[str, Formula], procedures: dict[str, Procedure]
) -> None:
    """Nothing that the hub needs is missing, and nothing stands here that it would not run."""
    for key in limits.SOURCES.keys() ^ roles.keys():
        reading.fault("roles", f"roles.{key} is missing or unknown")
    for key in limits.FORMULAS.keys() - formulas.keys():
        reading.fault("formulas", f"formulas.{key} is missing")
    for key, what in limits.REQUIRED_PROCEDURES.items():
        found = procedures.get(key)
        if found is None or what not in {step.what for step in found.steps}:
            reading.fault("procedures", f"procedures.{key} is missing, or its effect is not {what}")
            continue
        for do in limits.NEEDS.get(key, ()):
            if do not in {step.do for step in found.steps}:
                reading.fault(f"procedures.{key}", f"procedures.{key} has no {do}: {limits.WHY_NEEDED}")
        if not _is_fixed(key, found):
            reading.fault(f"procedures.{key}", f"procedures.{key} must be as it is fixed: {limits.WHY_FIXED}")
        if key in limits.NOTICED:
            for step in found.steps:
                if step.do == "notice":
                    reading.within(f"procedures.{key}", "steps", step.days, limits.NOTICE_DAYS)
        for step in found.steps:
            if key == "freeze" and step.do == "effect":
                reading.within(f"procedures.{key}", "lasts", step.lasts, limits.FREEZE_DAYS)
            if step.then and step.then not in procedures:
                reading.fault(f"procedures.{key}", f"procedures.{key} opens {step.then}, which is no procedure here")
    for key in procedures.keys() - limits.REQUIRED_PROCEDURES.keys():
        reading.fault(f"procedures.{key}", f"nothing runs procedures.{key}")
