"""The published file of a draw, as draw.py lays it out: format_draw and parse_draw, with mistakes in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from hub import canonical, ids
from hub.lot.chains import QUICKNET, REHEARSAL
from hub.lot.draw import Draw
from hub.lot.pool import LARGEST, Unreadable, is_code, pool_value, read_pool
from hub.lot.replacing import Replacement
from hub.lot.sources import Source, is_form, parse_source
from hub.lot.walk import Quota

FORMAT = "folkmoot-draw-2"
PARTS = frozenset(
    "accepted act format frozen odds order pool pool_hash quotas replaced reserves round said seed size source".split()
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
            "said": draw.said,
            "source": _write_source(draw.source),
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
    if not ids.is_id(_text(value["act"], "act"), "act"):
        raise Unreadable("act is not the id of an act.")
    return Draw(
        act=value["act"],
        frozen=_minute(value["frozen"], "frozen"),
        size=_number(value["size"], "size"),
        quotas=tuple(sorted(_read_quota(place, item) for place, item in _items(value["quotas"], "quotas"))),
        pool=read_pool(value["pool"]),
        pool_hash=_hash(value["pool_hash"], "pool_hash"),
        source=_read_source(value["source"]),
        said=_said(value["said"]),
        seed=_hash(value["seed"], "seed"),
        round=_number(value["round"], "round"),
        order=_tickets(value["order"], "order"),
        accepted=_tickets(value["accepted"], "accepted"),
        reserves=_tickets(value["reserves"], "reserves"),
        odds=tuple(_number(item, f"odds {place}") for place, item in _items(value["odds"], "odds")),
        replaced=tuple(_read_replacement(place, item) for place, item in _items(value["replaced"], "replaced")),
    )


def _write_source(source: Source) -> dict[str, Any]:
    return {"chain": source.chain.hash, "key": source.chain.key, "name": source.name}


def _write_replacement(item: Replacement) -> dict[str, Any]:
    passed = [{"reason": reason, "ticket": ticket} for ticket, reason in item.passed]
    return {"out": item.out, "passed": passed, "reason": item.reason, "successor": item.successor}


def _read_source(item: Any) -> Source:
    _parts(item, {"chain", "key", "name"}, "source")
    chain = next((one for one in (QUICKNET, REHEARSAL) if one.hash == item["chain"]), None)
    if chain is None or item["key"] != chain.key:
        raise Unreadable("source: this chain, or its key, is none that draws may rest on.")
    return parse_source(_text(item["name"], "source, name"), chain)


def _said(value: Any) -> str:
    if not is_form(_text(value, "said")):
        raise Unreadable("said: this should be 96 hexadecimal digits in small letters.")
    return str(value)


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
