"""What an operator sets for a source: which column is which, how numbers look, which words make a member."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from hub.matcher.intake.columns import fold_header

Effect = Literal["current", "ends_now", "ends_in_28_days", "no_effect", "not_current"]
# not_current is for lists that say no more than that: no code goes out from now on; the hub waits its days.
LISTS: dict[str, Effect] = {
    "current": "current",
    "ends_now": "ends_now",
    "ends_in_28_days": "ends_in_28_days",
    "no_effect": "no_effect",
    "not_current": "not_current",
}
USUAL_WORDS = {
    "current": ["current", "active", "new", "grace", "life"],
    "ends_now": ["resigned", "deceased", "died", "left", "cancelled"],
    "ends_in_28_days": ["expired", "lapsed", "unpaid"],
    "no_effect": ["suspended", "expelled"],
}
CHOICES = {
    "id_case": ("upper", "sensitive"),
    "one_row_per": ("member", "membership"),
    "date_order": ("dmy", "mdy", "ymd"),
    "branch_from": ("column", "postcode"),
}


class BadRules(ValueError):
    """A settings file that cannot be followed; the sentence says where."""


@dataclass(frozen=True)
class Rules:
    """How one source writes its list. docs/roster.md explains each field to the office.

    columns: our name -> header. status: folded word -> effect. id_pad_to: digits. country: of the organisation.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    id_pattern: str = "[0-9A-Za-z-]{1,40}"
    id_pad_to: int | None = None
    id_case: str = "upper"
    status: Mapping[str, Effect] = field(default_factory=dict)
    tag_filter: str | None = None
    one_row_per: str = "member"
    date_order: str = "dmy"
    branch_from: str | None = None
    sheet: str | None = None
    country: str = "GB"


def rules_from(path: Path | None) -> Rules:
    """Reads a settings file for a source (TOML), or the usual ones. Raises BadRules."""
    if path is None:
        return make_rules({})
    try:
        return make_rules(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise BadRules(f"{path} is no TOML file: {problem}") from problem


def make_rules(values: Mapping[str, Any]) -> Rules:
    """Checks settings and fills in the usual ones. ``source`` describes the file to people. Raises BadRules."""
    given = {name: value for name, value in values.items() if value is not None and name != "source"}
    known = {f.name for f in fields(Rules)}
    for name, value in given.items():
        if name not in known:
            raise BadRules(f"Nothing is called {name} in a source's settings.")
        if name in CHOICES and value not in CHOICES[name]:
            raise BadRules(f"{name} is one of: {', '.join(CHOICES[name])}.")
    lists = _typed(given, "status", dict, USUAL_WORDS)
    made = {**given, "status": _words(lists), "columns": _texts(_typed(given, "columns", dict, {}))}
    for name in ("id_pattern", "tag_filter", "sheet", "country"):
        _typed(given, name, str, "")
    pad = _typed(given, "id_pad_to", int, 0)
    if not 0 <= pad <= 40:
        raise BadRules("id_pad_to is a number of digits, at most 40.")
    try:
        re.compile(given.get("id_pattern", ""))
    except re.error as problem:
        raise BadRules(f"id_pattern is no regular expression: {problem}.") from problem
    return Rules(**made)


def written(rules: Rules) -> dict[str, Any]:
    """Returns rules as plain values; make_stored(written(r)) == r."""
    return {f.name: (dict(v) if isinstance(v := getattr(rules, f.name), Mapping) else v) for f in fields(Rules)}


def make_stored(values: Mapping[str, Any]) -> Rules:
    """Takes back what written gave."""
    return Rules(**values)


def _words(lists: Mapping[str, Any]) -> dict[str, Effect]:
    found: dict[str, Effect] = {}
    for name, words in lists.items():
        if name not in LISTS or not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise BadRules(f"status has lists of words, called: {', '.join(LISTS)}.")
        for word in words:
            if found.setdefault(fold_header(word), LISTS[name]) != LISTS[name]:
                raise BadRules(f"status has the word {word} in two lists.")
    return found


def _texts(columns: Mapping[str, Any]) -> dict[str, str]:
    if not all(isinstance(header, str) for header in columns.values()):
        raise BadRules("columns names a header for each of our names.")
    return dict(columns)


def _typed(given: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = given.get(name, default)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadRules(f"{name} in a source's settings should be a {kind.__name__}.")
    return value
