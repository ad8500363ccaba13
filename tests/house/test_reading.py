"""Other people's fields are opened in one place: nobody else selects a nickname, or reads the tables about people."""

from __future__ import annotations

import ast
from pathlib import Path

HUB = Path(__file__).resolve().parents[2] / "hub"
TABLES = frozenset({"accounts", "persons", "standings"})
SERVICE = "looks/reading.py"
# Who else asks these tables, for what: they decide by them, and show nobody's row to anybody else.
DECIDES = {
    "ballots/roll.py": "who may vote",
    "groups/electorate.py": "who may vote",
    "groups/resting.py": "whether anybody belongs to a place",
    "draws/pools.py": "who may be drawn",
    "cases/drawing.py": "who is not drawn, as they live where a side of the case does",
    "draws/saying.py": "whose word is still kept",
    "standing/queries.py": "whose membership ends",
    "oidc/ending.py": "whose sign-ins end",
    "oidc/bearers.py": "what a site is told of whoever signed in there themselves",
    "cli/keys.py": "whether anybody has an account yet",
}
# Who asks by a function what one other member is called (people.nickname_of): nobody who reads as an office.
CALLS_BY_NAME = {"cases/own.py": "the other side of one's own case; those drawn for it look, by cases/looking.py"}
# A person's own: the account, the provider's claims about whoever signs in.
OWN = ("people/", "oidc/claims.py", "web/")


def tables_of_people(source: str) -> set[str]:
    """Which tables about people a module imports."""
    return {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "hub.people.models"
        for alias in node.names
        if alias.name in TABLES
    }


def names_read(source: str) -> bool:
    """Whether a module selects somebody's nickname from the table."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("nickname", "shown")
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "c"
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id.startswith("account")
        for node in ast.walk(ast.parse(source))
    )


def names_asked(source: str) -> bool:
    """Whether a module asks for, or reads sealed, what somebody is called."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("nickname_of", "NICKNAME"))
        or (isinstance(node, ast.Name) and node.id in ("nickname_of", "NICKNAME"))
        for node in ast.walk(ast.parse(source))
    )


def modules() -> dict[str, str]:
    return {str(path.relative_to(HUB)): path.read_text(encoding="utf-8") for path in sorted(HUB.rglob("*.py"))}


def test_only_the_service_and_the_listed_modules_ask_the_tables_about_people() -> None:
    asking = {name for name, source in modules().items() if tables_of_people(source) and not name.startswith("people/")}

    assert asking == {SERVICE, *DECIDES}


def test_only_the_service_and_a_persons_own_pages_read_nicknames() -> None:
    reading = {name for name, source in modules().items() if names_read(source)}

    assert {name for name in reading if not name.startswith(OWN)} == {SERVICE}


def test_only_listed_modules_ask_what_somebody_is_called() -> None:
    asking = {name for name, source in modules().items() if names_asked(source) and not name.startswith("people/")}

    assert asking == {SERVICE, *CALLS_BY_NAME}


def test_planted_asker_is_caught() -> None:
    planted = (
        "name = people.nickname_of(tx, person)\n",
        "from hub.people.sealed import nickname_of\nnickname_of(tx, p)\n",
    )

    assert [names_asked(source) for source in (*planted, "people.has_account(tx, person)\n")] == [True, True, False]


def test_planted_reader_is_caught() -> None:
    planted = "from hub.people.models import accounts\nrows = sa.select(accounts.c.nickname)\n"

    assert (tables_of_people(planted), names_read(planted)) == ({"accounts"}, True)
