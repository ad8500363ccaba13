"""No passwords, no secret questions, nobody who acts as another: not in a table, a route or a form (AU-01, AU-17)."""

from __future__ import annotations

import re
from pathlib import Path

from hub import db as house
from hub.ledger import catalogue
from hub.web.routes import ROUTES

ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile(
    r"passw|pass_hash|secret_question|security_question|impersonat|become_user|sudo|log_in_as|act_as", re.I
)
catalogue.load()


def columns() -> list[str]:
    """Every column of the hub's store."""
    return [f"{table.name}.{column.name}" for table in house.metadata.tables.values() for column in table.columns]


def test_no_table_route_or_form_knows_one() -> None:
    forms = [
        name
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in re.findall(r'(?:name="|text\(form, ")([a-z_]+)"', path.read_text(encoding="utf-8"))
    ]

    assert [name for name in columns() if WORDS.search(name)] == []
    assert [route.path for route in ROUTES if WORDS.search(route.path)] == []
    assert [name for name in forms if WORDS.search(name)] == []
    assert 'type="password"' not in "".join(p.read_text(encoding="utf-8") for p in (ROOT / "templates").rglob("*.html"))
    assert len(forms) > 20


def test_planted_names_are_caught() -> None:
    assert all(WORDS.search(name) for name in ("accounts.password_hash", "/users/{id}/impersonate", "secret_question"))
