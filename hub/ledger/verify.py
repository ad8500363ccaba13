"""Verifying a published log: what reads true is folded, and compared with what the hub says of itself.

    fold      entries and openings into an empty database
    compare   with the hub's own tables, or with state.json, row for row

A log that does not hold by itself is refused outright; whatever else differs is a problem of the report, by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import canonical
from hub.db import Database, scratch
from hub.ledger import entries, files, linter, models, pens, published, tombstones, writer
from hub.ledger.beginnings import Unverified, newest
from hub.ledger.openings import digest_of
from hub.ledger.published import Published
from hub.ledger.reading import SEALED, Key, Log, lines_of, read_log
from hub.ledger.state import differences, state_of
from hub.tlog.checkpoint import Checkpoint

SIGNED = b'"sig":'  # in an entry's bytes exactly when it is signed, for the same reason as SEALED


@dataclass
class Report:
    """What verifying found. compared: "database", "state.json" or ""; problems: empty when all holds.

    missing: how many words are not there; withheld: the entries some of whose words are neither there nor taken back
    under a signature; signed: how many entries their office-holders' own keys signed.
    """

    head: Checkpoint
    key: Key
    unpublished: int = 0
    ignored: list[writer.Ignored] = field(default_factory=list)
    missing: int = 0
    withheld: list[int] = field(default_factory=list)
    signed: int = 0
    compared: str = ""
    problems: list[str] = field(default_factory=list)


def fold(tx: Connection, lines: Iterable[tuple[bytes, Iterable[str]]], start: int = 0) -> list[writer.Ignored]:
    """Replays into an empty database, or one that holds ``start`` entries. Raises Unverified where it breaks."""
    try:
        return list(writer.replay(tx, lines, start))
    except canonical.NotCanonical as problem:
        raise Unverified(f"Entry {writer.size(tx)} is no entry: {problem}.") from problem
    except sa.exc.SQLAlchemyError as problem:
        raise Unverified(
            f"Entry {max(0, writer.size(tx) - 1)} cannot be applied: {type(problem).__name__}."
        ) from problem


def fold_beside(tx: Connection, lines: Iterable[published.Line], said: Published, size: int) -> list[writer.Ignored]:
    """Replays a record of ``size`` entries as fold does, and holds a state.json against it on the way."""
    ignored: list[writer.Ignored] = []
    for start, part in said.parts(lines, size):
        ignored += fold(tx, part, start)
        if said.size == writer.size(tx):
            said.compare(tx)
    return ignored


def verify(folder: Path, key: Key | None, database: Database | None = None) -> Report:
    """Verifies a folder; with the hub's own database, compares it row for row, otherwise with state.json if there.

    Raises Unverified when the log itself does not hold; differences beyond it are problems in the report.
    """
    return verify_log(read_log(folder, key), folder, database)


def verify_log(log: Log, folder: Path, database: Database | None = None) -> Report:
    """Verifies what a log that holds gives: its words, its state, its signatures."""
    report = Report(log.head, log.key)
    with ExitStack() as stack:
        own = stack.enter_context(database.snapshot()) if database else None
        # Between a withdrawal and the sequencer's next turn the words still lie in their file: not a difference.
        erased = _erased(own) if own else frozenset()
        tx = stack.enter_context(scratch())
        said = published.Published() if own else _state_in(folder)
        report.ignored = fold_beside(tx, lines_of(folder, log.entries, erased), said, log.head.size)
        _count_openings(tx, log, report)
        report.withheld = _withheld(tx, log, folder, erased)
        report.problems += forged(report.ignored, newest(log.entries))
        if own:
            _compare_database(tx, log, report, own)
        else:
            _compare_state(log, report, said)
    void = {one.index for one in report.ignored}
    report.signed = sum(SIGNED in raw and index not in void for index, raw in enumerate(log.entries))
    return report


def forged(ignored: Iterable[writer.Ignored], since: int) -> list[str]:
    """Says which of the entries that change nothing no honest hub appends: whoever did had the log's key alone.

    since: where the newest beginning stands. An heir is not blamed for what it copied, save for a signature that is
    missing; nor is a hub for a kind of entry that is newer than this program.
    """
    return [
        f"Entry {one.index} {_wrong(one)} {one.verdict.sentence} It changes nothing."
        for one in ignored
        if _is_unsigned(one) or (one.index >= since and one.verdict.code not in linter.NEWER)
    ]


def _is_unsigned(one: writer.Ignored) -> bool:
    return one.verdict.code.startswith(pens.CODES)


def _wrong(one: writer.Ignored) -> str:
    return "is not signed as it must be:" if _is_unsigned(one) else "is none that a hub appends:"


def _count_openings(tx: Connection, log: Log, report: Report) -> None:
    """Counts digests whose words are not there: taken back, or kept from us."""
    kept = tx.scalar(sa.select(sa.func.count()).select_from(models.openings)) or 0
    sealed = sum(len(entries.parse_entry(raw, 0).sd) for raw in log.entries if SEALED in raw)
    report.missing = sealed - kept


def _withheld(tx: Connection, log: Log, folder: Path, erased: frozenset[str]) -> list[int]:
    """Returns the entries some of whose words nobody signed away. erased: by the hub's own database, not yet listed."""
    rows = tx.execute(sa.select(models.openings.c.index, models.openings.c.disclosure))
    there = {(index, digest_of(text)) for index, text in rows}
    raw = files.read(folder / tombstones.LIST)
    try:
        stones = {} if raw is None else tombstones.parse_list(raw)
    except ValueError:
        stones = {}
    return tombstones.withheld(log.entries, there, stones, erased)


def _erased(own: Connection) -> frozenset[str]:
    return frozenset(own.scalars(sa.select(models.withdrawals.c.digest)))


def _compare_database(tx: Connection, log: Log, report: Report, own: Connection) -> None:
    report.compared = "database"
    tail = models.entries.c.index >= log.head.size
    rows = own.execute(sa.select(models.entries.c.index, models.entries.c.bytes).where(tail).order_by("index")).all()
    words: dict[int, list[str]] = {}
    told = models.openings.c.index >= log.head.size
    for index, disclosure in own.execute(sa.select(models.openings.c.index, models.openings.c.disclosure).where(told)):
        words.setdefault(index, []).append(disclosure)
    report.unpublished = len(rows)
    later = fold(tx, ((bytes(raw), words.get(index, [])) for index, raw in rows), log.head.size)
    report.ignored += later
    report.problems += forged(later, newest(log.entries))
    _tell(report, differences(state_of(own, inputs=True), state_of(tx, inputs=True)), "the database", "the log")


def _state_in(folder: Path) -> Published:
    """Reads the state.json of a mirror, or of a hub's own data folder."""
    raw = files.read(folder / "state.json")
    return published.read(files.read(folder / "public/state.json") if raw is None else raw)


def _compare_state(log: Log, report: Report, said: Published) -> None:
    report.problems += [said.fault] if said.fault else []
    if said.compared:
        report.compared = "state.json" if said.size == log.head.size else f"state.json at {said.size} entries"
        _tell(report, said.found, "state.json", "the log")


def _tell(report: Report, found: Iterable[published.Row], first: str, second: str) -> None:
    where: Mapping[str, str] = {"only in the first": f"only in {first}", "only in the second": f"only in {second}"}
    for table, side, row in found:
        report.problems.append(f"{table}: a row is {where[side]}: {row}")
