"""The published file of a draw, as draw.py lays it out: format_draw and parse_draw, with mistakes in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from hub import canonical, ids
from hub.lot.draw import Draw
from hub.lot.pool import LARGEST, Unreadable, is_code, pool_value, read_pool
from hub.lot.replacing import Replacement
from hub.lot.sources import Source, Value, check_value
from hub.lot.walk import Quota

FORMAT = "folkmoot-draw-1"
PARTS = frozenset(
    "accepted act format frozen odds order pool pool_hash quotas replaced reserves round seed size sources"
    " values".split()
)
_HASH = re.compile(r"[0-9a-f]{64}")
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


def format_draw(draw: Draw) -> bytes:
    """Writes a draw. parse_draw(format_draw(d)) == d."""
    return canonical.dumps(
        {
            "accepted": draw.accepted,
            "act": draw.act,
            "format": FORMAT,
            "frozen": _write_minute(draw.frozen),
            "odds": draw.odds,
            "order": draw.order,
            "pool": pool_value(draw.pool),
            "pool_hash": draw.pool_hash,
            "quotas": [vars(quota) for quota in draw.quotas],
            "replaced": [_write_replacement(item) for item in draw.replaced],
            "reserves": draw.reserves,
            "round": draw.round,
            "seed": draw.seed,
            "size": draw.size,
            "sources": [_write_source(source) for source in draw.sources],
            "values": draw.values,
        }
    )


def parse_draw(raw: bytes) -> Draw:
    """Reads a draw; whether it is true, ``check`` says. Raises Unreadable with a sentence: what is wrong, and where."""
    try:
        value = canonical.read(raw)
    except canonical.NotCanonical as problem:
        raise Unreadable(f"This is not the file of a draw: {problem}.") from problem
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Unreadable(f'This is not the file of a draw: its format is not "{FORMAT}".')
    _parts(value, PARTS, "the file")
    sources = tuple(_read_source(place, item) for place, item in _items(value["sources"], "sources"))
    if not ids.is_id(_text(value["act"], "act"), "act"):
        raise Unreadable("act is not the id of an act.")
    return Draw(
        act=value["act"],
        frozen=_minute(value["frozen"], "frozen"),
        size=_number(value["size"], "size"),
        quotas=tuple(sorted(_read_quota(place, item) for place, item in _items(value["quotas"], "quotas"))),
        pool=read_pool(value["pool"]),
        pool_hash=_hash(value["pool_hash"], "pool_hash"),
        sources=sources,
        values=_read_values(sources, value["values"]),
        seed=_hash(value["seed"], "seed"),
        round=_number(value["round"], "round"),
        order=_tickets(value["order"], "order"),
        accepted=_tickets(value["accepted"], "accepted"),
        reserves=_tickets(value["reserves"], "reserves"),
        odds=tuple(_number(item, f"odds {place}") for place, item in _items(value["odds"], "odds")),
        replaced=tuple(_read_replacement(place, item) for place, item in _items(value["replaced"], "replaced")),
    )


def _write_source(source: Source) -> dict[str, Any]:
    numbers = {"count": source.count, "highest": source.highest} if source.is_lottery else {}
    return {"known": _write_minute(source.known), "name": source.name, **numbers}


def _write_replacement(item: Replacement) -> dict[str, Any]:
    passed = [{"reason": reason, "ticket": ticket} for ticket, reason in item.passed]
    return {"out": item.out, "passed": passed, "reason": item.reason, "successor": item.successor}


def _read_source(place: int, item: Any) -> Source:
    where = f"source {place}"
    name = _text(item.get("name"), f"{where}, name") if isinstance(item, dict) else ""
    is_lottery = name.startswith("lottery-")
    _parts(item, {"known", "name", *(("count", "highest") if is_lottery else ())}, where)
    numbers = (_number(item[part], f"{where}, {part}") for part in ("count", "highest")) if is_lottery else ()
    return Source(name, _minute(item["known"], f"{where}, known"), *numbers)


def _read_values(sources: tuple[Source, ...], value: Any) -> tuple[Value, ...]:
    items = _items(value, "values")
    if len(items) != len(sources):
        raise Unreadable(f"There are {len(sources)} sources and {len(items)} values.")
    return tuple(_read_value(source, item) for source, (_, item) in zip(sources, items, strict=True))


def _read_value(source: Source, item: Any) -> Value:
    if source.is_lottery:
        if not isinstance(item, list):
            raise Unreadable(f"{source.name}: its value is a list of numbers.")
        numbers = tuple(_number(number, source.name) for number in item)
        if numbers != check_value(source, numbers):
            raise Unreadable(f"{source.name}: its numbers stand from small to large, as in the key.")
        return numbers
    return check_value(source, _text(item, source.name))


def _read_quota(place: int, item: Any) -> Quota:
    where = f"quota {place}"
    _parts(item, {"key", "value", "least", "most"}, where)
    if not (is_code(item["key"]) and is_code(item["value"])):
        raise Unreadable(f"{where}: key and value are codes of small letters, digits and hyphens.")
    least, most = (_number(item[part], f"{where}, {part}") for part in ("least", "most"))
    return Quota(item["key"], item["value"], least, most)


def _read_replacement(place: int, item: Any) -> Replacement:
    where = f"replacement {place}"
    _parts(item, {"out", "passed", "reason", "successor"}, where)
    passed = []
    for number, step in _items(item["passed"], f"{where}, passed"):
        _parts(step, {"reason", "ticket"}, f"{where}, passed {number}")
        passed.append((_ticket(step["ticket"], where), _text(step["reason"], where)))
    successor = None if item["successor"] is None else _ticket(item["successor"], where)
    return Replacement(_ticket(item["out"], where), _text(item["reason"], where), tuple(passed), successor)


def _parts(item: Any, wanted: frozenset[str] | set[str], where: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise Unreadable(f"{where}: this should have the parts {', '.join(sorted(wanted))}.")
    for name in sorted(wanted - set(item)):
        raise Unreadable(f"{where}: the part {name} is missing.")
    for name in sorted(set(item) - wanted):
        raise Unreadable(f"{where}: {ascii(name)[:40]} is no part that this program knows.")
    return item


def _items(value: Any, where: str) -> list[tuple[int, Any]]:
    if not isinstance(value, list):
        raise Unreadable(f"{where}: this should be a list.")
    return list(enumerate(value, 1))


def _tickets(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_ticket(item, f"{where} {place}") for place, item in _items(value, where))


def _ticket(value: Any, where: str) -> str:
    if not ids.is_id(_text(value, where), "tkt"):
        raise Unreadable(f"{where}: {ascii(value)[:40]} is not the name of a ticket.")
    return str(value)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{where}: this should be a text.")
    return value


def _number(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise Unreadable(f"{where}: this should be a whole number from 0 to {LARGEST}.")
    return value


def _hash(value: Any, where: str) -> str:
    if not _HASH.fullmatch(_text(value, where)):
        raise Unreadable(f"{where}: this should be 64 hexadecimal digits in small letters.")
    return str(value)


def _minute(value: Any, where: str) -> dt.datetime:
    text = _text(value, where)
    try:
        return dt.datetime.fromisoformat(text if _MINUTE.fullmatch(text) else "")
    except ValueError:
        raise Unreadable(f"{where}: this should be a moment in UTC like 2026-11-21T20:00Z.") from None


def _write_minute(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="minutes") + "Z"
