"""Canonical JSON (RFC 8785) for the values an entry may hold, and a strict reader.

An entry holds objects, lists, strings, whole numbers within 2**53, true, false and null. No floats: for what is left,
RFC 8785 comes down to sorted keys (by UTF-16 code units), no white space, and the shortest escapes.
loads(dumps(v)) == v, and dumps(loads(b)) == b for every b that loads accepts.
"""

from __future__ import annotations

import json
from typing import Any

SAFE = 2**53 - 1
DEPTH = 32


class NotCanonical(ValueError):
    """The bytes or the value are not what RFC 8785 would write."""


def dumps(value: Any) -> bytes:
    """Writes a value canonically. Raises NotCanonical for floats, lone surrogates, other types, too deep nesting."""
    try:
        return _write(value, 0).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotCanonical("a text holds half a character (a lone surrogate)") from problem


def loads(raw: bytes) -> Any:
    """Reads canonical bytes. Raises NotCanonical for anything dumps would not have written, duplicate keys included."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=_refuse,
            parse_constant=_refuse,
            parse_int=_whole,
        )
    except RecursionError as problem:
        raise NotCanonical("nested too deep") from problem
    except (ValueError, UnicodeDecodeError) as problem:
        raise NotCanonical(str(problem)) from problem
    if dumps(value) != raw:
        raise NotCanonical("not written by the rules of RFC 8785")
    return value


def _write(value: Any, depth: int) -> str:
    if depth > DEPTH:
        raise NotCanonical("nested too deep")
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > SAFE:
            raise NotCanonical("a number is larger than 2**53 - 1")
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_write(value[key], depth + 1)}" for key in keys)
            + "}"
        )
    raise NotCanonical(f"a {type(value).__name__} cannot stand in an entry")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotCanonical("a key stands twice")
    return value


def _refuse(text: str) -> Any:
    raise NotCanonical(f"not a whole number: {text[:20]}")


def _whole(text: str) -> int:
    if len(text) > 17:
        raise NotCanonical("a number is larger than 2**53 - 1")
    return int(text)
