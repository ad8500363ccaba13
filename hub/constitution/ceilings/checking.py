"""Holding a step against what it must be."""

from __future__ import annotations

from collections.abc import Iterator

from hub.constitution.ceilings.bounds import HALF, Bound
from hub.constitution.limits import WHY_RATIO
from hub.constitution.model import Step


def breaches(bound: Bound, step: Step) -> Iterator[tuple[str, str, str]]:
    """Finds what is not as it must be: (key, what it must be, why)."""
    for key in ("by", "waits", "formula", "kind", "what", "branches"):
        wants = getattr(bound, key)
        if key == "by" and bound.do == "ballot":
            continue  # how many are drawn says it
        if getattr(step, key) != wants:
            told = str(wants).lower() if isinstance(wants, bool) else repr(wants) if wants else "not stand here"
            yield key, told if told == "not stand here" else f"be {told}", bound.why
    for key in ("days", "persons", "lasts"):
        limit, number = getattr(bound, key), getattr(step, key) or 0
        if limit is None and number:
            yield _name(key, step), "not stand here", bound.why
        elif limit is not None and not limit.least <= number <= limit.most:
            yield _name(key, step), f"lie between {limit.least} and {limit.most}", limit.why
    if bound.short and step.short not in bound.short:
        yield "short", f"be {' or '.join(map(repr, bound.short))}", bound.why
    for key in ("ratio", "entrenched"):
        least, most = getattr(bound, key)
        if not least <= getattr(step, key) <= most:
            wants = f"lie between {least} and {most}" if most > HALF else "not stand here"
            yield key, wants, WHY_RATIO if most > HALF else bound.why


def _name(key: str, step: Step) -> str:
    """How a text calls the number of persons."""
    names = {"submit": "min", "support": "min", "draw": "size", "ballot": "scrutineers"}
    return names.get(step.do, key) if key == "persons" else key
