"""Reading a constitution: whole, or not at all. Every fault is named with its line and the reason for the limit."""

from __future__ import annotations

import tomllib
from typing import Any

from hub.constitution import ceilings, later, limits, spans, steps
from hub.constitution.faults import Reading
from hub.constitution.limits import Limit
from hub.constitution.model import Constitution, Formula, Procedure, Role

PARTS = {"title", "questions", "numbers", "formulas", "choices", "terms", "rights", "roles", "procedures", "conduct"}
PARTS |= {"sentences"}


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
    except (ValueError, RecursionError) as problem:  # a number too long to be read is a ValueError as well
        raise Broken([f"This is not TOML: {problem}."]) from problem
    reading = Reading(text, document)
    reading.insist_on_size()
    constitution = None if reading.faults else _constitution(reading)
    if constitution is None or reading.faults:
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
    spans.check(reading, numbers, terms, procedures)
    conduct = _conduct(reading)
    choices = _choices(reading)
    _complete(reading, roles, formulas, procedures)
    _rights(reading)
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
        str(title), questions, numbers, formulas, terms, roles, procedures, conduct, choices,
        reading.branch_may, said, reading.text,
    )  # fmt: skip


def _numbers(reading: Reading, part: str, key: str, wanted: dict[str, Limit]) -> dict[str, int]:
    """Reads the numbers of a part: exactly those that something uses."""
    found = {name: _number(reading, f"{part}.{name}", key, wanted.get(name)) for name in reading.table(part)}
    missing = {f"{part}.{name}" for name in wanted.keys() - found.keys()} - later.lacking(reading)
    for path in sorted(missing):
        reading.fault(part, f"{path} is missing")
    return found


def _number(reading: Reading, path: str, key: str, limit: Limit | None) -> int:
    if limit is None:
        reading.fault(path, f"nothing uses {path}")
        return 0
    number = reading.within(path, key, reading.at(path).get(key), limit)
    reading.answer(path, {key: number, **_branch_may(reading, path, number, limit)}, (key,))
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
    reading.answer(path, parts, parts)
    return Formula(key, **parts)


def _role(reading: Reading, key: str) -> Role:
    path, table = f"roles.{key}", reading.at(f"roles.{key}")
    can, by, scopes = (reading.words(path, word) for word in ("can", "by", "scopes"))
    reading.subset(path, "can", can, limits.ONLY.get(key, set()))
    for power in limits.MUST.get(key, set()) - set(can):
        reading.fault(f"{path}.can", f"{path} has no {power}: {limits.WHY_MUST}")
    reading.subset(path, "by", by, set(limits.SOURCES.get(key, ())))
    reading.holds(path, "by", by, limits.COMES_BY.get(key, ()), limits.WHY_COMES_BY)
    may, must = limits.PLACES.get(key, ((), ()))
    reading.subset(path, "scopes", scopes, set(may))
    reading.holds(path, "scopes", scopes, must, "an office is where it is needed")
    reach = reading.one_of(path, "reach", table.get("reach"), set(limits.REACHES))
    seats = table.get("seats")
    seats = seats if isinstance(seats, dict) else {}
    fewest, most_of_all = limits.HOLDERS.get(key, (limits.SEATS, limits.SEATS))
    least = reading.within(path, "seats.min", seats.get("min"), fewest)
    most = reading.within(path, "seats.max", seats.get("max"), most_of_all)
    if least > most:
        reading.fault(f"{path}.seats", f"{path}: fewer seats at most than at least")
    reading.answer(path, {"least": least, "most": most})
    return Role(key, str(table.get("name", key)), scopes, can, reach, least, most, by)


def _choices(reading: Reading) -> dict[str, str]:
    """Reads the choices: one word of several, each with a sentence of its own; the chosen one's is shown."""
    found = {}
    for key in reading.table("choices"):
        path, table = f"choices.{key}", reading.at(f"choices.{key}")
        allowed = limits.CHOICES.get(key)
        if allowed is None:
            reading.fault(path, f"nothing uses {path}")
            continue
        found[key] = reading.one_of(path, "value", table.get("value"), set(allowed))
        says = table.get("says")
        if not isinstance(says, dict) or set(says) != set(allowed):
            reading.fault(f"{path}.says", f"{path}.says must have one sentence for each of {', '.join(allowed)}")
            continue
        reading.say(path, {"says": says.get(found[key])}, str(table.get("answers", "")), {})
    for key in limits.CHOICES.keys() - found.keys():
        reading.fault("choices", f"choices.{key} is missing")
    return found


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


def _complete(
    reading: Reading, roles: dict[str, Role], formulas: dict[str, Formula], procedures: dict[str, Procedure]
) -> None:
    """Nothing that the hub needs is missing, and nothing stands here that it would not run, or not so."""
    lacks = later.lacking(reading)
    for key in sorted(limits.SOURCES.keys() ^ roles.keys()):
        if f"roles.{key}" not in lacks:
            reading.fault("roles", f"roles.{key} is missing or unknown")
    for key in sorted(limits.FORMULAS.keys() - formulas.keys()):
        reading.fault("formulas", f"formulas.{key} is missing")
    for key in sorted(ceilings.PROCEDURES.keys() - procedures.keys()):
        if f"procedures.{key}" not in lacks:
            reading.fault("procedures", f"procedures.{key} is missing")
    for found in procedures.values():
        ceilings.check(reading, found)
    _fits(reading, roles, procedures)
    for path in (*limits.ENTRENCHED, *limits.SAID):
        if not reading.at(path):
            reading.fault(path.partition(".")[0], f"{path} is missing")


def _fits(reading: Reading, roles: dict[str, Role], procedures: dict[str, Procedure]) -> None:
    """Whoever founds something, or is drawn, has a seat: no procedure ends in more of a role than may hold it."""
    for key, (do, role) in limits.FILLS.items():
        if key not in procedures or role not in roles:
            continue
        many = max((step.persons for step in procedures[key].steps if step.do == do), default=0)
        if many + limits.FOUNDING_SEATS.get(role, 0) > roles[role].seats_max:
            reading.fault(f"procedures.{key}", f"procedures.{key} fills more seats than roles.{role} has")


def _rights(reading: Reading) -> None:
    """Reads the sentence of the rights: the software's own."""
    if reading.at("rights").get("says") != limits.RIGHTS:
        reading.fault("rights.says", f"rights.says must be {limits.RIGHTS!r}: {limits.WHY_RIGHTS}")
    reading.answer("rights", {})
