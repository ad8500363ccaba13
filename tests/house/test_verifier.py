"""The stand-alone verifier stands alone, knows every type of entry, and says what it does not check."""

from __future__ import annotations

import ast
import sys

from hub.ledger import catalogue, state
from hub.ledger.entries import TYPES
from tests.verifier import FILE, verifier

catalogue.load()


def imported(tree: ast.AST) -> set[str]:
    """The top names of whatever a program imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add("." if node.level else str(node.module).partition(".")[0])
    return found


def strange(source: str) -> set[str]:
    """What it needs beyond the standard library and cryptography."""
    return imported(ast.parse(source)) - set(sys.stdlib_module_names) - {"cryptography"}


def test_verifier_needs_the_standard_library_and_cryptography_alone():
    assert strange(FILE.read_text()) == set()
    assert [path.name for path in sorted(FILE.parent.glob("*.py"))] == ["verify.py"]


def test_import_of_the_hub_would_be_found():
    """The planted faults."""
    planted = ("from hub.tlog import note", "import hub.canonical", "def f():\n    import httpx2", "from . import x")

    assert [strange(line) for line in planted] == [{"hub"}, {"hub"}, {"httpx2"}, {"."}]


def test_verifier_knows_every_type_with_the_same_fields_and_words():
    ours = {
        name: (
            {
                field: (kind.name.endswith(", or nothing"), field not in spec.required)
                for field, kind in spec.fields.items()
            },
            spec.openings,
        )
        for name, spec in TYPES.items()
        if spec.record.__module__.startswith("hub.")
    }
    theirs = {
        name: ({field: (nothing, absent) for field, (_fits, nothing, absent) in schema.fields.items()}, schema.words)
        for name, schema in verifier.TYPES.items()
    }

    assert theirs == ours
    assert verifier.CHECKS.keys() == ours.keys()


def test_verifier_computes_every_public_table():
    known = {table.name for table in state.public_tables()} - set(state.INPUTS)

    assert verifier.tables(verifier.Fold()).keys() == known


def test_what_is_not_checked_stands_in_the_manual():
    manual = (FILE.parent / "README.md").read_text()

    assert [f"| `{name}` | {what} |" for name, what in sorted(verifier.UNCHECKED.items())] == [
        line for line in manual.splitlines() if line.startswith("| `")
    ]
