"""One import from its files to its facts: read, tidy, stage, settle, compare; then stop, keep waiting or apply.

A refused row holds its member as they were; a partial file removes nobody. The hub learns counts and the file's hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from hub import ids
from hub.db import will_write
from hub.errors import Unsafe
from hub.matcher.desk import Desk
from hub.matcher.intake import history, waiting
from hub.matcher.intake.apply import Batch, apply
from hub.matcher.intake.difference import Difference, compare
from hub.matcher.intake.lock import one_at_a_time
from hub.matcher.intake.parts import Reading, open_files, stage
from hub.matcher.intake.rows import Areas
from hub.matcher.intake.rules import Rules
from hub.matcher.intake.stops import Allowed, Facts, Stop, further_stops, stops
from hub.matcher.tellings import publish


@dataclass(frozen=True)
class Outcome:
    """What came of an import. state: ``examined`` (a dry run), ``stopped``, ``waiting`` or ``applied``."""

    reading: Reading
    difference: Difference
    stops: list[Stop]
    further: list[Stop]
    batch: Batch
    state: str
    members: dict[str, Any] | None = None

    @property
    def must_stop(self) -> bool:
        """Whether a reason holds that nobody passed."""
        return any(not stop.is_passed for stop in (*self.stops, *self.further))


def take_in(
    desk: Desk,
    files: tuple[Path, ...],
    source: str,
    rules: Rules,
    *,
    full: bool,
    is_real: bool,
    allowed: Allowed = Allowed(),  # noqa: B008  # frozen
    operator: str = "",
    on_row: Callable[[int], None] | None = None,
    members: Callable[[Connection], dict[str, Any]] | None = None,
) -> Outcome:
    """Reads files and compares them with the roster; if is_real, applies them, or keeps them for a second operator.

    operator: who passes stops; needed only for that. on_row: told how many bytes were read, now and then.
    members: what else to count of the staged rows. Raises Unreadable, lock.Busy, Unsafe.
    """
    areas = Areas(areas_known(desk))
    with one_at_a_time(desk.settings.folder), one_connection(desk) as tx:
        reading = open_files(files, rules, areas)
        with tx.begin():
            stage(tx, desk, reading, on_row)
        if is_real:
            will_write(tx)
        with tx.begin():
            batch = _batch(reading, source, "full" if full else "partial")
            outcome = decide(tx, reading, batch, allowed)
            counted = members(tx) if members else None
            state = _carry_out(tx, outcome, allowed, operator) if is_real else outcome.state
    publish(desk.db, desk.settings)
    return Outcome(reading, outcome.difference, outcome.stops, outcome.further, batch, state, counted)


def decide(tx: Connection, reading: Reading, batch: Batch, allowed: Allowed) -> Outcome:
    """Compares what is staged, and says whether it stops; writes nothing."""
    difference = compare(tx, batch.source, full=batch.full)
    facts = facts_of(tx, batch, reading.rows, len(reading.refused), says_who=reading.says_who)
    found, further = stops(difference, facts, allowed), further_stops(difference, facts, allowed)
    must = any(not stop.is_passed for stop in (*found, *further))
    return Outcome(reading, difference, found, further, batch, "stopped" if must else "examined")


def facts_of(tx: Connection, batch: Batch, rows: int, rejected: int, *, says_who: bool) -> Facts:
    """Gathers what the stops look at."""
    before = history.headers_of(tx, batch.source)
    return Facts(
        rows=rows,
        rejected=rejected,
        full=batch.full,
        says_who=says_who,
        headers_changed=before is not None and before != json.loads(batch.headers),
        is_repeated=history.was_applied(tx, batch.sha256, batch.mode),
        windows=history.windows(tx),
    )


def _carry_out(tx: Connection, outcome: Outcome, allowed: Allowed, operator: str) -> str:
    """Applies, or keeps what passes a stop for a second operator (D22). Raises Unsafe where nobody stands for it."""
    if outcome.state == "stopped":
        return "stopped"
    if outcome.stops or outcome.further:
        if not operator:
            raise Unsafe("A stop is passed by two operators. Say who you are: --operator NAME.")
        read = outcome.reading
        waiting.keep(tx, outcome.batch, allowed, operator, rows=read.rows, rejected=len(read.refused))
        return "waiting"
    apply(tx, outcome.batch, outcome.difference)
    return "applied"


def areas_known(desk: Desk) -> list[dict[str, Any]]:
    """Returns the hub's public list of areas. Raises Unsafe before there is one."""
    try:
        found: list[dict[str, Any]] = json.loads(desk.settings.areas.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Unsafe("The hub has written no list of areas yet. Run: hub area import FILE") from problem
    return found


@contextmanager
def one_connection(desk: Desk) -> Iterator[Connection]:
    """Gives one connection for several units of work: what is staged lives as long as it does."""
    with desk.db.engine.connect() as tx:
        try:
            yield tx
        finally:
            tx.detach()  # temporary tables and cache sizes go with it


def _batch(reading: Reading, source: str, mode: str) -> Batch:
    headers = history.format_headers(header for table in reading.tables for header in table.header)
    return Batch(ids.new("imp"), source, reading.sha256, mode, headers, reading.rules)
