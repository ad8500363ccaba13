"""Every verb by which somebody publishes words of their own asks first whether they are limited in that (4.2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HUB = Path(__file__).resolve().parents[2] / "hub"
ASKS = "insist_on_words"
# Recalls, holds and amendments have reasons; candidates a statement; branches and groups a name; groups also a purpose
# and links. Reasons for acts of office stay free: without them no power is checked.
VERBS = {
    "ballots/elections.py": {"stand"},
    "branches/actions.py": {"propose"},
    "groups/founding.py": {"propose"},
    "groups/links.py": {"add_link"},
    "groups/settings.py": {"propose_naming"},
    "petitions/actions.py": {"open_recall", "open_hold", "propose_amendment"},
}


def calls(function: ast.FunctionDef) -> Iterator[str]:
    """The names that a function calls, in order."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def asking(source: str) -> set[str]:
    """The functions in a file's text that ask it."""
    found = ast.walk(ast.parse(source))
    return {one.name for one in found if isinstance(one, ast.FunctionDef) and ASKS in calls(one)}


def test_each_verb_that_publishes_words_asks_whether_its_actor_may() -> None:
    found = {path.relative_to(HUB).as_posix(): asking(path.read_text()) for path in sorted(HUB.rglob("*.py"))}

    assert {name: verbs for name, verbs in found.items() if verbs} == VERBS


def test_planted_verb_that_does_not_ask_is_seen() -> None:
    source = (HUB / "petitions/actions.py").read_text()
    planted = source.replace("    insist_on_words(actor)\n", "", 1)

    assert asking(planted) == VERBS["petitions/actions.py"] - {"open_recall"}
