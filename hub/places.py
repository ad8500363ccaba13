"""Where what ships with the software lies: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Returns the folder of this name. Raises FileNotFoundError where neither place has it."""
    for place in (_PACKAGE.parent / name, _PACKAGE / "_shipped" / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name}/ is missing from this installation")


def templates_folder() -> Path:
    """Pages and letters."""
    return shipped("templates")


def migrations_folder() -> Path:
    """Numbered migrations."""
    return shipped("migrations")
