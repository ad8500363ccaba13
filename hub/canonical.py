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
_PLAINLY = frozenset({str, bool, type(None)})


class NotCanonical(ValueError):
    """The bytes or the value are not what RFC 8785 would write."""


def dumps(value: Any) -> bytes:
    """Writes a value canonically. Raises NotCanonical for floats, lone surrogates, other types, too deep nesting."""
    _check(value, 0)
    return _write(value)


def loads(raw: bytes) -> Any:
    """Reads canonical bytes. Raises NotCanonical for anything dumps would not have written, duplicate keys included."""
    value = read(raw)
    if _write(value) != raw:
        raise NotCanonical("not written by the rules of RFC 8785")
    return value


def read(raw: bytes) -> Any:
    """Reads JSON however it is spaced, ordered and escaped. Raises NotCanonical for values that dumps refuses, half
    characters apart, and for duplicate keys.
    """
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except RecursionError as problem:
        raise NotCanonical("nested too deep") from problem
    except ValueError as problem:
        raise NotCanonical(str(problem)) from problem
    # Numbers and keys were checked while reading; only bytes with this many brackets can be nested too deep.
    if raw.count(b"{") + raw.count(b"[") > DEPTH:
        _check(value, 0)
    return value


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH:
        raise NotCanonical("nested too deep")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical("a key that is no text")
            kind = type(item)  # texts and numbers are most of what stands in an entry
            if depth >= DEPTH or not (kind in _PLAINLY or (kind is int and -SAFE <= item <= SAFE)):
                _check(item, depth + 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > SAFE:
            raise NotCanonical("a number is larger than 2**53 - 1")
    elif not isinstance(value, (str, bool)) and value is not None:
        raise NotCanonical(f"a {type(value).__name__} cannot stand in an entry")


def _write(value: Any) -> bytes:
    """Writes a checked value. The library sorts keys by code point, which RFC 8785 does by UTF-16 unit: they differ
    only where a key goes beyond the basic plane, so such objects are put in order first and written as they stand.
    """
    try:
        text = _SORTED.encode(value)
        raw = text.encode("utf-8")
        return raw if text.isascii() or max(text) < "\U00010000" else _PLAIN.encode(_ordered(value)).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotCanonical("a text holds half a character (a lone surrogate)") from problem


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    return value


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
    value = int(text)
    if abs(value) > SAFE:
        raise NotCanonical("a number is larger than 2**53 - 1")
    return value


_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse, parse_int=_whole, strict=True
)
