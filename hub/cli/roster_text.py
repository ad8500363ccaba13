"""An import's facts as the office reads them: what was read, repaired, changed, not used, and whether it stops."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from hub.matcher.intake.batch import Outcome
from hub.matcher.intake.report import REASONS

STOPS = {
    "already_applied": "these bytes were applied before",
    "headers_changed": "the columns are not those of this source's last list",
    "no_membership_information": "nothing here tells who is a member: name a status column, or a tag, in the settings",
    "too_many_removals": "it would end {removals:,} of {before:,} memberships",
    "total_shrinks": "the membership would shrink by more than a tenth",
    "too_many_bad_rows": "{rejected:,} of {rows:,} rows cannot be used",
    "too_many_leavers_in_area": "too many members of {area} would end, counting the last 30 days",
    "too_many_joiners_in_area": "too many members of {area} would begin, counting the last 30 days",
    "too_many_changed_contacts": "{contacts:,} members would get another address",
}
FIXES = {
    "id_padded": "numbers given their zeros back",
    "id_tidied": "numbers tidied",
    "postcode_tidied": "postcodes tidied",
}


def summary(done: Outcome, facts: dict[str, Any], report: str | None, typed: str) -> str:
    """Returns some ten lines. report: where unused rows were listed; typed: the command, to repeat."""
    return "\n".join(line for line in _lines(done, facts, report, typed) if line)


def _lines(done: Outcome, facts: dict[str, Any], report: str | None, typed: str) -> Iterator[str]:
    reading, rows, settings = facts["reading"], facts["rows"], facts["settings"]
    place = f'XLSX, sheet "{reading["sheet"]}"' if reading["format"] == "xlsx" else f"CSV, {reading['encoding']}"
    files = "" if len(facts["files"]) == 1 else f" in {len(facts['files'])} files"
    yield f"Read     {rows['read']:,} rows{files} ({place})"
    columns = [f"{header} → {name.replace('_', ' ')}" for name, header in settings["columns"].items()]
    yield f"Columns  {' · '.join(columns)}"
    yield _line("Ignored", reading["ignored_columns"])
    yield _line("Fixed", [f"{FIXES[name]} {many:,}" for name, many in facts["fixes"].items() if many])
    yield _line("Left out", _left_out(rows))
    yield _line("Changes", _changes(facts)) or "Changes  none"
    yield from _branches(done)
    if facts["holding"]["unusable_email"]:
        yield f"Mail     addresses left out, as they are none: {facts['holding']['unusable_email']:,}"
    if rows["rejected"]:
        reasons = " · ".join(f"{REASONS[reason]} {many:,}" for reason, many in rows["rejected"].items())
        yield f"Not used {reasons} → {report}"
    yield from _stops(done, facts)
    yield _end(done, facts, typed)


def _line(name: str, parts: list[str]) -> str:
    return f"{name:<8} {' · '.join(parts)}" if parts else ""


def _left_out(rows: dict[str, Any]) -> list[str]:
    words = {"collapsed": "copies", "superseded": "older rows", "filtered": "without the tag", "blank": "blank lines"}
    return [f"{word} {rows[name]:,}" for name, word in words.items() if rows[name]]


def _changes(facts: dict[str, Any]) -> list[str]:
    words = {"new": "new", "new_not_current": "new, not current", "not_seen": "not in the file"}
    counts = {name: many for name, many in facts["counts"].items() if many and name != "changed"}
    if facts["no_effect"]:
        counts["left as they were, without a case"] = facts["no_effect"]
    return [f"{words.get(name, name.replace('_', ' '))} {many:,}" for name, many in counts.items()]


def _branches(done: Outcome) -> Iterator[str]:
    areas = done.reading.areas
    for name, many in sorted(areas.unknown.items())[:10]:
        near = get_close_matches(name.casefold(), areas.names, n=1, cutoff=0.75)
        hint = f" Did you mean {areas.names[near[0]]}?" if near else ""
        yield f"Branch   “{name[:60]}” is no area of this hub (rows used without one: {many:,}).{hint}"


def _stops(done: Outcome, facts: dict[str, Any]) -> Iterator[str]:
    numbers = {
        "removals": facts["removals"], "before": done.difference.own_before, "rows": facts["rows"]["read"],
        "rejected": sum(facts["rows"]["rejected"].values()), "contacts": facts["counts"]["changed_contact"],
    }  # fmt: skip
    for stop in (*done.stops, *done.further):
        word = "Passed" if stop.is_passed else "STOP"
        option = f"  ({stop.option})" if stop.option else ""
        yield f"{word:<8} {STOPS[stop.reason].format(area=stop.area, **numbers)}{option}"


def _end(done: Outcome, facts: dict[str, Any], typed: str) -> str:
    if done.state == "applied":
        return f"Applied  as {done.batch.id}. For 30 days:  hub roster undo {done.batch.id}"
    if done.state == "waiting":
        return f"Waiting  for a second operator, for seven days:  hub roster approve {done.batch.id}"
    if not done.must_stop:
        return f"STOP     none. Apply with:  {typed} --apply" + (
            " --operator NAME" if done.stops or done.further else ""
        )
    if any(not stop.option for stop in done.stops):
        return "Nothing was written."
    options = [option for option in facts["stop"]["passes_with"] if option not in typed]
    return f"Nothing was written. If it is right:  {typed} {' '.join(options)} --apply --operator NAME"
