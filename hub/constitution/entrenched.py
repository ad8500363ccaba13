"""What is entrenched: keys that take more to change than others. Pure. Source: reference for governance, 1.8."""

from __future__ import annotations

import tomllib
from typing import Any

from hub.constitution.limits import ENTRENCHED


def changed(before: str, after: str) -> tuple[str, ...]:
    """Returns the entrenched keys in which two texts that load differ, by name: their numbers, words and sentences."""
    was, will = tomllib.loads(before), tomllib.loads(after)
    return tuple(key for key in ENTRENCHED if repr(_at(was, key)) != repr(_at(will, key)))


def is_entrenched(path: str) -> bool:
    """Tells whether what stands at a path, or above it, is entrenched."""
    return any(path == key or path.startswith(f"{key}.") for key in ENTRENCHED)


def _at(document: dict[str, Any], key: str) -> Any:
    """What stands at a key, in an order of its own: where something is written changes nothing."""
    found: Any = document
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return _ordered(found)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _ordered(inner)) for key, inner in value.items())
    return [_ordered(inner) for inner in value] if isinstance(value, list) else value
