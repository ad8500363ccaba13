"""Reading the steps of a procedure: seven kinds, each with a deadline and a stated consequence of missing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hub.constitution import limits
from hub.constitution.faults import Reading
from hub.constitution.model import Formula, Procedure, Step
from hub.permits.permissions import P

# How a sentence names a part of a whole: so many of so many.
PARTS = {"ratio": ("yes", "of"), "entrenched": ("entrenched_yes", "entrenched_of")}


@dataclass(frozen=True)
class Known:
    """What steps may refer to: numbers and formulas of the same text."""

    numbers: dict[str, int]
    formulas: dict[str, Formula]


def procedure(reading: Reading, key: str, known: Known) -> Procedure:
    """Reads one procedure with its sentences."""
    path, table = f"procedures.{key}", reading.at(f"procedures.{key}")
    opens = reading.one_of(path, "opens", table.get("opens"), {"member", "clock", *P})
    reading.answer(path, {})
    rows = table.get("steps")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        reading.fault(path, f"{path} has no steps")
        return Procedure(key, opens, ())
    steps = tuple(_step(reading, path, place, row, known) for place, row in enumerate(rows))
    _in_order(reading, key, path, steps)
    return Procedure(key, opens, steps)


def _in_order(reading: Reading, key: str, path: str, steps: tuple[Step, ...]) -> None:
    """One effect, and somebody decides: before it, or after it where silence undoes it."""
    places = [place for place, step in enumerate(steps) if step.do == "effect"]
    if len(places) != 1:
        reading.fault(path, f"{path} must have its one effect")
        return
    after = steps[places[0] + 1 :]
    if any(step.short != "undo" for step in after):
        reading.fault(path, f"{path}: what follows its effect must undo it when nobody confirms")
    if any(step.short == "undo" for step in steps[: places[0]]):
        reading.fault(path, f"{path}: nothing can be undone before the effect")
    if key not in limits.ANNOUNCED and not any(step.do in limits.DECIDING for step in steps):
        reading.fault(path, f"{path} has nobody who decides")


def _step(reading: Reading, path: str, place: int, row: dict[str, Any], known: Known) -> Step:
    here = f"{path}.steps.{place}"
    do = reading.one_of(here, "do", row.get("do"), set(_KINDS))
    kind = _KINDS.get(do)
    if kind is None:
        return Step(do)
    for word in sorted(row.keys() - kind.keys - {"do", "says"}):
        reading.fault(here, f"{here}: a step that is {do!r} has no {word!r}")
    step = kind.read(reading, here, row, known)
    if do != "effect" or "says" in row:
        numbers = {"days": step.days or 0, "persons": step.persons, "lasts": step.lasts}
        for key in ("ratio", "entrenched"):
            part = getattr(step, key)
            numbers |= {PARTS[key][0]: part.numerator, PARTS[key][1]: part.denominator}
        must = [name for name in numbers if name in ("days", "lasts") and name in row]
        must += [name for key in ("ratio", "entrenched") if key in row for name in PARTS[key]]
        reading.say(here, row, str(reading.at(path).get("answers", "")), numbers, must)
    return step


def _effect(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    what = reading.one_of(here, "what", row.get("what"), set(limits.EFFECTS))
    most = limits.LASTS.get(what, limits.MEASURE_DAYS)
    lasts = reading.within(here, "lasts", row["lasts"], most) if "lasts" in row else 0
    return Step("effect", what=what, lasts=lasts)


def _notice(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    return Step("notice", days=_days(reading, here, row), short="next")


def _submit(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    by, short = str(row.get("by")), _short(reading, here, row)
    persons = reading.within(here, "min", _number(row.get("min"), known), limits.SUBMITTERS)
    if short == "next" and by not in ("subject", "respondent"):
        reading.fault(here, f"{here}: too few submissions cannot count as enough")
    return Step("submit", by, persons, _days(reading, here, row), short, waits=_waits(reading, here, row))


def _support(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    days, short = _days(reading, here, row), _short(reading, here, row)
    if short == "next":
        reading.fault(here, f"{here}: too few signatures cannot count as enough")
    if "formula" in row:
        return Step("support", days=days, short=short, formula=_formula(reading, here, row, known))
    persons = reading.within(here, "min", _number(row.get("min"), known), limits.SIGNERS)
    return Step("support", persons=persons, days=days, short=short)


def _decide(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    persons = reading.within(here, "persons", row.get("persons"), limits.DECIDERS)
    by = reading.one_of(here, "by", row.get("by"), set(P))
    short = _short(reading, here, row)
    return Step("decide", by, persons, _days(reading, here, row), short, waits=_waits(reading, here, row))


def _draw(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    by = reading.one_of(here, "by", row.get("by"), set(limits.DRAWN))
    most = limits.DRAWN.get(by, limits.SUBMITTERS)
    persons = reading.within(here, "size", _number(row.get("size"), known), most)
    short = _short(reading, here, row)
    days, waits = _days(reading, here, row), _waits(reading, here, row)
    return Step("draw", by, persons, days, short, waits=waits, asks=_asks(reading, here, by, row))


def _asks(reading: Reading, here: str, by: str, row: dict[str, Any]) -> tuple[str, ...]:
    """Reads what a draw counts of its pool: each word once, and only where everybody offered themselves."""
    given = row.get("asks", [])
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given) or len(set(given)) < len(given):
        reading.fault(f"{here}.asks", f"{here}.asks must be a list of words, each once")
        return ()
    reading.subset(here, "asks", tuple(given), set(limits.STRATA))
    if given and by not in limits.ASKING:
        reading.fault(f"{here}.asks", f"{here}: who did not offer themselves is asked nothing about themselves")
    return tuple(given)


def _ballot(reading: Reading, here: str, row: dict[str, Any], known: Known) -> Step:
    if row.get("kind") in limits.STATUTORY:
        reading.fault(f"{here}.kind", f"{here}.kind is {row['kind']}: {limits.WHY_STATUTORY}")
        return Step("ballot")
    kind = reading.one_of(here, "kind", row.get("kind"), set(limits.BALLOTS))
    days = reading.within(here, "days", row.get("days"), limits.BALLOT_DAYS)
    formula = _formula(reading, here, row, known) if kind == "yesno" else ""
    ratio, entrenched = (_ratio(reading, here, key, row) for key in ("ratio", "entrenched"))
    branches, drawn = row.get("branches") is True, row.get("scrutineers", 0)
    by = "scrutineers" if "scrutineers" in row else ""
    many = reading.within(here, "scrutineers", drawn, limits.DRAWN["scrutineers"]) if by else 0
    return Step(
        "ballot", by, many, days=days, short="fail", formula=formula, kind=kind, ratio=ratio, entrenched=entrenched,
        branches=branches,
    )  # fmt: skip


def _ratio(reading: Reading, here: str, key: str, row: dict[str, Any]) -> Fraction:
    """Reads a part of a whole: two numbers, yes and of; a half where none stands."""
    (least, most), value = limits.RATIO, row.get(key, [1, 2])
    if isinstance(value, list) and len(value) == 2 and all(type(part) is int and 0 < part < 100 for part in value):
        ratio = Fraction(value[0], value[1])
        if least <= ratio <= most:
            return ratio
    reading.fault(f"{here}.{key}", f"{here}.{key} must lie between {least} and {most}: {limits.WHY_RATIO}")
    return least


def _days(reading: Reading, here: str, row: dict[str, Any]) -> int:
    return reading.within(here, "days", row.get("days"), limits.STEP_DAYS)


def _short(reading: Reading, here: str, row: dict[str, Any]) -> str:
    return reading.one_of(here, "short", row.get("short"), set(limits.CONSEQUENCES[str(row.get("do"))]))


def _waits(reading: Reading, here: str, row: dict[str, Any]) -> str:
    return reading.one_of(here, "waits", row.get("waits", "enough"), {"enough", "deadline"})


def _formula(reading: Reading, here: str, row: dict[str, Any], known: Known) -> str:
    return reading.one_of(here, "formula", row.get("formula"), set(known.formulas))


def _number(value: Any, known: Known) -> Any:
    return known.numbers.get(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class _Kind:
    keys: frozenset[str]
    read: Callable[[Reading, str, dict[str, Any], Known], Step]


_KINDS = {
    "submit": _Kind(frozenset({"by", "min", "days", "short", "waits"}), _submit),
    "support": _Kind(frozenset({"min", "formula", "days", "short"}), _support),
    "decide": _Kind(frozenset({"by", "persons", "days", "short", "waits"}), _decide),
    "notice": _Kind(frozenset({"days"}), _notice),
    "draw": _Kind(frozenset({"by", "size", "days", "short", "waits", "asks"}), _draw),
    "ballot": _Kind(frozenset({"kind", "days", "formula", "ratio", "entrenched", "branches", "scrutineers"}), _ballot),
    "effect": _Kind(frozenset({"what", "lasts"}), _effect),
}
