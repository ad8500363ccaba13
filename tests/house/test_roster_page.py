"""The office's page names every setting, column, list of words, option and stop that an import knows."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from hub.cli.roster import roster
from hub.cli.roster_text import STOPS
from hub.matcher.intake import columns, stops
from hub.matcher.intake.report import REASONS
from hub.matcher.intake.rules import LISTS, Rules

ROOT = Path(__file__).resolve().parents[2]


def unnamed(names: list[str], page: str) -> list[str]:
    """Names that a page does not show as words of their own."""
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page)]


def test_roster_page_names_everything_that_is_typed():
    page = (ROOT / "docs" / "roster.md").read_text(encoding="utf-8")
    options = [opt for command in roster.commands.values() for param in command.params for opt in param.opts]
    usual = {"--data", "--key", "--settings", "--json"}
    typed = [option for option in options if option.startswith("--") and option not in usual]

    assert unnamed([*(field.name for field in fields(Rules)), *columns.NAMES, *LISTS, *typed], page) == []
    assert unnamed(["planted_name"], page) == ["planted_name"]


def test_every_stop_and_reason_has_its_words():
    text = Path(stops.__file__).read_text(encoding="utf-8")
    refusing = "\n".join(path.read_text(encoding="utf-8") for path in Path(stops.__file__).parent.glob("*.py"))
    reasons = set(re.findall(r'(?:Refused\(|fault=)"(\w+)"', refusing))

    assert set(re.findall(r'Stop\("(\w+)"', text)) == set(STOPS)
    assert reasons | {"conflict"} == set(REASONS)
