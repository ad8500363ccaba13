"""Do the hub's fold and the stand-alone verifier ever disagree? Asked at every entry of a true history, of many lies.

A lie is the true entry with one thing changed (a number, a moment, a name for another one that the record knows, whose
warrant it claims), or another entry of the same record out of its place. Both judge it where it would have stood.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from hub import canonical, clock, ids
from hub.db import Database
from hub.ledger import linter, timekeeping, writer
from hub.ledger.entries import TYPES, parse_entry, read_record
from hub.ledger.state import format_state, state_of
from tests.verifier import NOBODY, differences, new_fold, read_next, verifier

Line = tuple[bytes, Sequence[str]]
Body = dict[str, Any]


class Known:
    """What a record speaks of: values by field, and by the kind of their names; and which entries are warrants."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self.bodies = list(bodies)
        self.fields: dict[str, list[Any]] = {}
        self.names: dict[str, list[str]] = {}
        self.warrants = list({body["by"] for body in self.bodies} - {None})
        for body in self.bodies:
            for field, value in body["data"].items():
                for one in value if isinstance(value, list) else [value]:
                    self._add(self.fields.setdefault(field, []), one)
                    if isinstance(one, str) and one[3:4] == "_" and len(one) == 30:
                        self._add(self.names.setdefault(one[:4], []), one)

    @staticmethod
    def _add(values: list[Any], value: Any) -> None:
        if value not in values and len(values) < 200:
            values.append(value)


def lie(draw: random.Random, body: Body, known: Known, at: str) -> Body:
    """One lie about an entry. at: the moment of the entry before it."""
    told = copy.deepcopy(body)
    what = draw.random()
    if what < 0.12:
        told["by"] = draw.choice([None, *known.warrants])
    elif what < 0.22:
        told["at"] = moved(draw, told["at"])
    elif what < 0.34:
        told = copy.deepcopy(draw.choice(known.bodies))
        told["at"] = max(at, body["at"])
        told.pop("_sd", None)
    elif told["data"]:
        field = draw.choice(sorted(told["data"]))
        told["data"][field] = other(draw, field, told["data"][field], known)
    return told


def other(draw: random.Random, field: str, value: Any, known: Known) -> Any:
    """Another value for a field."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw.choice([max(0, value + step) for step in (-10, -1, 1, 1, 10)] + [0])
    if isinstance(value, list):
        cut = draw.randrange(len(value) + 1)
        return draw.choice([value[:cut], value[::-1], value + value[:1], value[1:]])
    if isinstance(value, str) and verifier.is_minute(value) and draw.random() < 0.8:
        return moved(draw, value)
    if isinstance(value, str) and value[:4] in known.names and draw.random() < 0.9:
        return draw.choice([*known.names[value[:4]], ids.new(value[:3])])
    return draw.choice([None, *known.fields[field]])


def moved(draw: random.Random, text: str) -> str:
    """Another moment."""
    by = draw.choice([dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=8)])
    return clock.format_minute(clock.parse_minute(text) + draw.choice([-1, 1, 1]) * by)


def hub_refuses(tx: Connection, raw: bytes, index: int, last: dt.datetime | None) -> bool:
    """What the hub's fold says of an entry."""
    entry = parse_entry(raw, index)
    verdict = linter.verdict(entry, raw)
    if verdict.ok:
        verdict = timekeeping.verdict(entry.at, last, None)
    if verdict.ok:
        verdict = writer.judged(tx, entry, read_record(TYPES[entry.type], entry.data))
    return not verdict.ok


def verifier_refuses(folded: Any, raw: bytes) -> str:
    """What the verifier says of it: why not, or nothing."""
    try:
        found = folded.refusal(verifier.entry_of(folded.size, raw))
    except verifier.Wrong as problem:
        return str(problem)
    return "" if found is None else str(found.why)


def disagreements(lines: Sequence[Line], db: Database, draw: random.Random, lies: int) -> Iterator[str]:
    """Folds a record into an empty database and by the verifier; yields every lie that they judge differently.

    lies: of each entry. Where both believe one, it has to change the same rows.
    """
    bodies = [json.loads(raw) for raw, _ in lines]
    known, folded, last = Known(bodies), new_fold(), None
    for index, (raw, disclosures) in enumerate(lines):
        for _ in range(lies):
            told = lie(draw, bodies[index], known, bodies[max(0, index - 1)]["at"])
            if told != bodies[index]:
                yield from judged(db, folded, canonical.dumps(told), index, last)
        with db.write() as tx:
            assert list(writer.replay(tx, [(raw, disclosures)], index)) == []
        read_next(folded, raw, disclosures)
        assert folded.void == []
        last = clock.parse_minute(bodies[index]["at"])
    yield from differences(folded, db)


def judged(db: Database, folded: Any, told: bytes, index: int, last: dt.datetime | None) -> Iterator[str]:
    """Asks both about one lie; where both believe it, lets both follow it, and forget it again."""
    with db.engine.connect() as tx:
        ours = hub_refuses(tx, told, index, last)
        theirs = verifier_refuses(folded, told)
        if ours != bool(theirs):
            yield f"entry {index}: the hub: {'no' if ours else 'yes'}, the verifier: {theirs or 'yes'}: {told.decode()}"
        elif not ours:
            yield from followed(tx, folded, told, index)
        tx.rollback()


def followed(tx: Connection, folded: Any, told: bytes, index: int) -> Iterator[str]:
    """Follows a lie that both believe, and yields in which rows it makes them differ."""
    list(writer.replay(tx, [(told, ())], index))
    other = copy.deepcopy(folded)
    read_next(other, told, ())
    said = json.loads(format_state(NOBODY, state_of(tx)))["tables"]
    for difference in verifier.compare(said, verifier.tables(other)):
        yield f"entry {index}: {difference}: {told.decode()}"
