"""One import: rows to members, members compared with the store, a stop or one transaction.

A refused row holds its member as they were; a partial file removes nobody; absence from a full file counts for the stop
at once, though the person keeps working until a second full file or 14 days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from hub import clock, ids
from hub.errors import Unsafe
from hub.matcher.desk import Desk
from hub.matcher.intake import tidy
from hub.matcher.intake.columns import fold_header, recognise
from hub.matcher.intake.reading import Unreadable, read
from hub.matcher.models import former_pairs, imports, roster_entries, sources

FORMER_DAYS, GRACE_DAYS, LAPSE_DAYS = 180, 14, 28


@dataclass(frozen=True)
class Rules:
    """What an operator sets for a source. status: word (folded) -> current, ends_now, ends_in_28_days or no_effect."""

    columns: Mapping[str, str] = field(default_factory=dict)
    id_pattern: str = "[0-9A-Za-z-]{1,40}"
    id_pad_to: int | None = None
    id_case: str = "upper"
    status: Mapping[str, str] = field(default_factory=dict)
    country: str = "GB"


USUAL_STATUS = {
    "current": ["current", "active", "new", "grace"],
    "ends_now": ["resigned", "deceased", "died", "left"],
    "ends_in_28_days": ["expired", "lapsed", "unpaid"],
    "no_effect": ["suspended", "expelled"],
}


@dataclass
class Member:
    """What a file says of one member, in memory only."""

    number: str
    postcode: str | None
    area: str | None
    effect: str
    contact: str | None
    renewal: str | None


@dataclass
class Reading:
    """A file, read. rejected: (line, reason); held: numbers whose row was refused."""

    sha256: str
    columns: dict[str, str]
    ignored: list[str]
    members: dict[str, Member] = field(default_factory=dict)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    read: int = 0
    unknown_area: int = 0


def rules_from(path: Path | None) -> Rules:
    """Reads an operator's settings for a source (TOML), or the usual ones."""
    values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
    lists = values.pop("status", USUAL_STATUS)
    status = {fold_header(str(word)): effect for effect, words in lists.items() for word in words}
    return Rules(status=status, **values)


def read_file(path: Path, rules: Rules, areas: list[dict[str, Any]]) -> Reading:
    """Reads one file into members. Raises Unreadable where no member number or status can be found."""
    table = read(path)
    columns = recognise(table.header, rules.columns)
    for needed in ("member_id", "status"):
        if needed not in columns:
            raise Unreadable(f"No column is known as {needed}. Name it under [columns] in a settings file.")
    named = {name: table.header[position] for name, position in columns.items()}
    ignored = [column for column in table.header if column not in named.values()]
    reading = Reading(hashlib.sha256(path.read_bytes()).hexdigest(), named, ignored)
    by_name, by_district = _area_tables(areas)
    for line, cells in table.rows():
        reading.read += 1
        cell = {name: cells[position] if position < len(cells) else "" for name, position in columns.items()}
        try:
            _take(reading, cell, rules, by_name, by_district)
        except tidy.Refused as refusal:
            reading.rejected.append((line, refusal.reason))
    return reading


def _take(
    reading: Reading, cell: Mapping[str, str], rules: Rules, names: dict[str, str], districts: dict[str, str]
) -> None:
    number = tidy.member_number(
        cell["member_id"], pattern=rules.id_pattern, pad_to=rules.id_pad_to, id_case=rules.id_case
    )
    try:
        code = tidy.postcode(cell.get("postcode", ""), cell.get("country", ""))
        effect = rules.status.get(fold_header(cell["status"]))
        if effect is None:
            raise tidy.Refused("unknown_status")
        area = (
            names.get(fold_header(cell["branch"])) if "branch" in cell else districts.get(tidy.district(code or "   "))
        )
        reading.unknown_area += bool("branch" in cell and cell["branch"].strip() and area is None)
        found = Member(
            number, code, area, effect, tidy.mail(cell.get("email", "")), cell.get("renewal", "")[:7] or None
        )
        known = reading.members.get(number)
        if known is not None and known != found:
            raise tidy.Refused("conflict")
    except tidy.Refused:
        reading.members.pop(number, None)
        reading.held.add(number)
        raise
    if number not in reading.held:
        reading.members[number] = found


def _area_tables(areas: list[dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    names = {fold_header(name): area["slug"] for area in areas for name in [area["slug"], *area["names"]]}
    return names, {district: area["slug"] for area in areas for district in area["districts"]}


@dataclass
class Difference:
    """What an import would change. refs are the matcher's own names; new: members not known before."""

    counts: Counter[str] = field(default_factory=Counter)
    new: list[Member] = field(default_factory=list)
    changed: list[tuple[Row[Any], Member]] = field(default_factory=list)
    missing: list[Row[Any]] = field(default_factory=list)
    before: int = 0

    @property
    def removals(self) -> int:
        """The number for --allow-removals."""
        return self.counts["no_longer_current"] + self.counts["not_seen"]


def compare(tx: Connection, desk: Desk, readings: Iterable[Reading], rules: Rules, *, full: bool) -> Difference:
    """Compares files with the store, writing nothing."""
    found = Difference()
    known = {bytes(row.id_digest): row for row in tx.execute(sa.select(roster_entries))}
    found.before = sum(row.current for row in known.values())
    seen: set[bytes] = set()
    for reading in readings:
        seen |= {desk.keys.number_digest(rules.country, number) for number in reading.held}
        for member in reading.members.values():
            digest = desk.keys.number_digest(rules.country, member.number)
            seen.add(digest)
            _compare_one(found, desk, rules, member, known.get(digest), full)
    if full:
        found.missing = [row for digest, row in known.items() if row.current and digest not in seen]
        found.counts["not_seen"] = len(found.missing)
    return found


def _compare_one(found: Difference, desk: Desk, rules: Rules, member: Member, row: Row[Any] | None, full: bool) -> None:
    if row is None:
        found.counts["new" if member.effect == "current" else "new_not_current"] += 1
        found.new.append(member)
        return
    if member.effect == "no_effect":
        found.counts["no_effect"] += 1
        return
    if member.effect != "current" and row.current:
        if not full:
            found.counts["removal_listed_not_applied"] += 1
            return
        found.counts["no_longer_current"] += 1
        found.changed.append((row, member))
        return
    changes = {
        "changed_postcode": row.pair_digest != _pair(desk, rules, member),
        "changed_branch": row.area != member.area,
        "changed_contact": row.contact_digest != _contact(desk, member),
        "now_current": member.effect == "current" and not row.current,
    }
    for name, is_so in changes.items():
        found.counts[name] += is_so
    if any(changes.values()) or row.missing_since is not None:
        found.changed.append((row, member))
    found.counts["unchanged"] += not any(changes.values())


def stops(difference: Difference, readings: Iterable[Reading], *, full: bool, already: bool) -> list[str]:
    """Returns the reasons to stop before the first write, all that hold."""
    rows, bad = sum(reading.read for reading in readings), sum(len(reading.rejected) for reading in readings)
    found = []
    if already:
        found.append("already_applied")
    if full and difference.before and difference.removals > max(50, difference.before * 0.05):
        found.append("too_many_removals")
    if rows and bad > rows * 0.01:
        found.append("too_many_bad_rows")
    return found


def apply(
    tx: Connection, desk: Desk, difference: Difference, rules: Rules, *, source: str, sha256: str, full: bool
) -> str:
    """Writes the difference, all of it or nothing, and what the hub is to be told; returns the import's id."""
    batch, now = ids.new("imp"), clock.now()
    rows = [_new_row(desk, rules, member, source, batch) for member in difference.new]
    if rows:
        tx.execute(sa.insert(roster_entries), rows)
    feed: list[dict[str, Any]] = []
    for row, member in difference.changed:
        _change(tx, desk, rules, row, member, batch, feed)
    for row in difference.missing:
        if row.missing_since is None:
            _set(tx, row, {"missing_since": now, "ends_at": now + dt.timedelta(days=GRACE_DAYS)})
        else:
            _end(tx, row, now, feed)
    if not tx.execute(sa.update(sources).where(sources.c.name == source).values(**_source(rules))).rowcount:
        tx.execute(sa.insert(sources), {"name": source, **_source(rules)})
    after = tx.scalar(sa.select(sa.func.count()).where(roster_entries.c.current)) or 0
    fact = {
        "kind": "imported", "batch": batch, "file": sha256, "mode": "full" if full else "partial", "approved": 0,
        "current_before": difference.before, "current_after": after, "joined": difference.counts["new"],
        "left": difference.removals, "no_effect": difference.counts["no_effect"],
    }  # fmt: skip
    done = {"id": batch, "source": source, "sha256": sha256, "at": now, "facts": fact, "feed": feed, "stated_at": None}
    tx.execute(sa.insert(imports), done)
    return batch


def was_applied(tx: Connection, sha256: str) -> bool:
    """Tells whether the same bytes were applied before."""
    return tx.scalar(sa.select(imports.c.id).where(imports.c.sha256 == sha256).limit(1)) is not None


def areas_known(desk: Desk) -> list[dict[str, Any]]:
    """Returns the hub's public list of areas. Raises Unsafe before there is one."""
    try:
        found: list[dict[str, Any]] = json.loads(desk.settings.areas.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Unsafe("The hub has written no list of areas yet. Run: hub area import FILE") from problem
    return found


def _new_row(desk: Desk, rules: Rules, member: Member, source: str, batch: str) -> dict[str, Any]:
    return {
        "ref": ids.new("ent"),
        "id_digest": desk.keys.number_digest(rules.country, member.number),
        "pair_digest": _pair(desk, rules, member),
        "contact_digest": _contact(desk, member),
        "contact": desk.keys.seal_contact(member.contact) if member.contact else None,
        "area": member.area,
        "current": member.effect == "current",
        "renewal": member.renewal,
        "first_seen": clock.today(),
        "source": source,
        "last_import": batch,
    }


def _change(
    tx: Connection, desk: Desk, rules: Rules, row: Row[Any], member: Member, batch: str, feed: list[dict[str, Any]]
) -> None:
    now = clock.now()
    if member.effect == "ends_now":
        _end(tx, row, now, feed)
        return
    if member.effect == "ends_in_28_days":
        _set(tx, row, {"ends_at": now + dt.timedelta(days=LAPSE_DAYS)})
        return
    pair = _pair(desk, rules, member)
    if row.pair_digest is not None and row.pair_digest != pair:
        until = now + dt.timedelta(days=FORMER_DAYS)
        tx.execute(sa.delete(former_pairs).where(former_pairs.c.pair_digest == row.pair_digest))
        tx.execute(sa.insert(former_pairs), {"pair_digest": row.pair_digest, "ref": row.ref, "until_at": until})
    if row.redeemed_at is not None and row.area != member.area:
        feed.append({"entry_ref": row.ref, "change": "moved", "area": member.area})
    changes = _new_row(desk, rules, member, row.source, batch)
    kept = {name: value for name, value in changes.items() if name not in ("ref", "id_digest", "first_seen")}
    _set(tx, row, {**kept, "ends_at": None, "missing_since": None})


def _end(tx: Connection, row: Row[Any], now: dt.datetime, feed: list[dict[str, Any]]) -> None:
    _set(tx, row, {"current": False, "ends_at": now, "missing_since": None})
    if row.redeemed_at is not None:
        feed.append({"entry_ref": row.ref, "change": "ended"})


def _set(tx: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    tx.execute(sa.update(roster_entries).where(roster_entries.c.ref == row.ref).values(values))


def _pair(desk: Desk, rules: Rules, member: Member) -> bytes | None:
    return desk.keys.pair_digest(rules.country, member.number, member.postcode) if member.postcode else None


def _contact(desk: Desk, member: Member) -> bytes | None:
    return desk.keys.contact_digest(member.contact) if member.contact else None


def _source(rules: Rules) -> dict[str, Any]:
    return {"id_case": rules.id_case, "id_pad_to": rules.id_pad_to}
