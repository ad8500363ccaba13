"""Each invariant 1 to 35 is held by a check that exists, or it is said that nothing holds it."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.powers import machine
from tests.powers.holding import HELD, NOT_HELD, OTHERWISE
from tests.powers.test_planted import BY_ONE, EXAMPLES
from tests.powers.watch import INVARIANTS

ROOT = Path(__file__).resolve().parents[2]


def functions(path: str) -> set[str]:
    """The functions that a test file defines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_invariant_is_held_or_it_is_said_that_it_is_not():
    assert sorted(HELD) == list(range(1, 41))
    assert {number for number, checks in HELD.items() if not checks} == set(NOT_HELD)


def test_what_is_held_otherwise_than_written_is_held_or_said_not_to_be():
    assert set(NOT_HELD) <= set(OTHERWISE)
    assert set(OTHERWISE) <= set(HELD)


def test_named_checks_exist():
    assert machine.Powers
    known = {check.__name__ for check in INVARIANTS}
    named = [check for checks in HELD.values() for check in checks]

    missing = [name for name in named if "::" not in name and name not in known]
    missing += [name for name in named if "::" in name and name.split("::")[1] not in functions(name.split("::")[0])]

    assert missing == []


def test_every_check_of_a_machine_is_named():
    named = {check for checks in HELD.values() for check in checks}

    assert {check.__name__ for check in INVARIANTS} - named == set()


def test_planted_faults_break_most_invariants():
    """An invariant that no fault ever broke could be one that cannot break."""
    broken = {found.number for found in (*EXAMPLES.values(), *BY_ONE.values())}

    assert set(range(1, 36)) - set(NOT_HELD) - broken == UNBROKEN


UNBROKEN = {30}  # its fault is in test_papers.py
