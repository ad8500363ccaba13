"""No trustee's key is ever on a hub's machine: one command makes and opens such keys, and it knows no hub's folder."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

HUB = Path(__file__).resolve().parents[2] / "hub"
COMMAND = "cli/trustee.py"
KIND = '"trustee key"'
# What leads to a hub's folder, its store or a network.
OF_A_HUB = ("hub.settings", "hub.cli.stores", "hub.db", "hub.mirror", "hub.fetch", "httpx2", "socket", "sqlalchemy")


def imported(source: str) -> set[str]:
    """Every module that a source imports, and every name from one."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def leading_out(names: Iterable[str]) -> list[str]:
    """Those of some modules that lead to a hub or a network."""
    return sorted(name for name in names if any(name == part or name.startswith(f"{part}.") for part in OF_A_HUB))


def test_one_command_knows_keys_of_trustees():
    assert [path.relative_to(HUB).as_posix() for path in sorted(HUB.rglob("*.py")) if KIND in path.read_text()] == [
        COMMAND
    ]


def test_that_command_reads_no_hub_and_no_network():
    assert leading_out(imported((HUB / COMMAND).read_text())) == []


def test_planted_imports_are_found():
    planted = "import socket\nfrom hub import settings\nfrom hub.cli import outcome, stores\n"
    assert leading_out(imported(planted)) == ["hub.cli.stores", "hub.settings", "socket"]
