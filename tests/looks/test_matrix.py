"""The matrix is whole: every role and every field stands in each purpose, and what each sees is asserted."""

from __future__ import annotations

from itertools import product

import pytest

from hub import inventory
from hub.constitution.actions import default_text
from hub.constitution.load import load
from hub.looks import matrix
from hub.looks.matrix import PURPOSES, Cells, Rule

ROLES = tuple(load(default_text()).roles)
# Every cell with a yes. All others are no.
SEEN = {
    **{("request", role): "nickname shown" for role in ("admin", "moderator", "standin", "helper", "caretaker")},
    ("roll", "scrutineer"): "nickname area",
    ("count", "scrutineer"): "nickname area voted",
    ("asked", "admin"): "nickname area since",
    ("complaint", "duty"): "nickname",
    ("case", "duty"): "nickname",
    ("case", "juror"): "nickname",
}


def holes(rule: Rule, roles: tuple[str, ...], fields: tuple[str, ...]) -> set[tuple[str, str]]:
    """Cells that are missing, said twice, or of no role or field."""
    said = [(role, field) for role, cells in rule.cells.items() for field in (*cells.sees, *cells.hidden)]
    twice = {cell for cell in said if said.count(cell) > 1}
    return twice | (set(product(roles, fields)) ^ set(said))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_cell_is_said_once(purpose: matrix.Purpose) -> None:
    assert holes(matrix.rule(purpose), ROLES, matrix.fields()) == set()


def test_each_role_sees_what_the_table_above_says() -> None:
    cells = list(product(PURPOSES, ROLES, matrix.fields()))

    assert {cell: cell[2] in matrix.sees(cell[1], cell[0]) for cell in cells} == {
        (purpose, role, field): field in SEEN.get((purpose, role), "").split() for purpose, role, field in cells
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_role_of_no_line_sees_nothing(purpose: matrix.Purpose) -> None:
    assert matrix.sees("treasurer", purpose) == ()


# Where the inventory has each field of the matrix.
STORED = {
    "nickname": ("accounts", "nickname"), "shown": ("accounts", "shown"), "area": ("standings", "area"),
    "since": ("standings", "since"), "voted": ("ballot_roll", "voted"),
}  # fmt: skip


def test_whatever_an_office_can_see_the_member_is_told_so() -> None:
    lines = inventory.private("hub")
    seen_by = {name: lines[table].fields[column].seen for name, (table, column) in STORED.items()}

    assert set(STORED) == set(matrix.fields())
    assert seen_by == {
        "nickname": "groups", "shown": "organisers", "area": "key", "since": "key", "voted": "scrutineers",
    }  # fmt: skip


def test_planted_holes_are_caught() -> None:
    rule = Rule(30, {"admin": Cells(("nickname",), ("area", "area"))})

    assert holes(rule, ("admin", "council"), ("nickname", "area", "income")) == {
        ("admin", "area"),
        ("admin", "income"),
        ("council", "nickname"),
        ("council", "area"),
        ("council", "income"),
    }
