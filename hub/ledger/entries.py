"""What an entry is, and the register of entry types.

An entry, as bytes: UTF-8 JSON by RFC 8785, at most 65 535 bytes, keys ``type at by data v``, optionally ``_sd`` and
``sig``. A record is a room's frozen dataclass for the ``data`` of one type; ``@record`` registers it. Fields are only
ever added, with a default; unknown types fold to nothing and are kept.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy.engine import Connection

from hub import canonical, clock
from hub.errors import YES, Verdict, no
from hub.ledger.kinds import FILE, Kind

LARGEST = 65_535


@dataclass(frozen=True)
class Entry:
    """One line of the record. index: its place, -1 before it has one; by: the warrant, an index or None."""

    type: str
    at: dt.datetime
    by: int | None
    data: Mapping[str, Any]
    sd: tuple[str, ...] = ()
    v: int = 1
    sig: Mapping[str, Any] | None = None
    index: int = -1


Said = Mapping[str, str | None]
"""Opening name to its text; None where it was withdrawn."""

Warrant = Callable[[Connection, Entry, Any], Verdict]
Apply = Callable[[Connection, Entry, Any, Said], None]
ApplyAll = Callable[[Connection, Sequence[tuple[Entry, Any]], Any], Verdict]


@dataclass
class EntryType:
    """All that is known of one type. fields: name to kind; openings: the names a person's words may have in it."""

    name: str
    record: type[Any]
    fields: Mapping[str, Kind]
    openings: tuple[str, ...]
    apply: Apply | None = None
    warrant: Warrant | None = None
    required: frozenset[str] = field(default_factory=frozenset)
    apply_all: ApplyAll | None = None


TYPES: dict[str, EntryType] = {}
_RECORDS: dict[type[Any], EntryType] = {}
NAME = re.compile(r"[a-z]{1,40}(_[a-z]{1,40}){0,3}\.[a-z]{1,40}(_[a-z]{1,40}){0,3}")
_R = TypeVar("_R")


def record(name: str, *, openings: tuple[str, ...] = ()) -> Callable[[type[_R]], type[_R]]:
    """Registers a frozen dataclass as the data of entries of this type (noun.past-participle).

    Every field is annotated with a kind from ledger/kinds.py, optionally ``| None``.
    """

    if not NAME.fullmatch(name) or name in TYPES:
        raise TypeError(f"{name} is no name for a type of entry, or is taken")

    def register(cls: type[_R]) -> type[_R]:
        hints = get_type_hints(cls, include_extras=True)
        required = frozenset(
            f.name
            for f in dataclasses.fields(cls)  # type: ignore[arg-type]  # the decorator below makes it one
            if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        )
        fields = {key: _kind_of(name, key, hint) for key, hint in hints.items()}
        _RECORDS[cls] = TYPES[name] = EntryType(name, cls, fields, openings, required=required)
        return cls

    return register


def applies(cls: type[Any], *, warrant: Warrant) -> Callable[[Apply], Apply]:
    """Registers the one function that writes public tables for this record, and the check of its warrant."""

    def register(apply: Apply) -> Apply:
        spec = type_of(cls)
        if spec.apply is not None:
            raise RuntimeError(f"{spec.name} is applied twice")
        spec.apply, spec.warrant = apply, warrant
        return apply

    return register


def applies_all(cls: type[Any]) -> Callable[[ApplyAll], ApplyAll]:
    """Registers what checks and applies many entries of one type together: to the same verdict and the same rows.

    For the clock's own entries, of which thousands may be due at once: no warrant, no words. It is handed what the
    appending room read in this unit of work, after ``hold``, and reads it no second time. ``applies`` stays what replay
    calls, one entry at a time; a test holds the two against each other.
    """

    def register(apply_all: ApplyAll) -> ApplyAll:
        type_of(cls).apply_all = apply_all
        return apply_all

    return register


def unwarranted(_tx: Connection, entry: Entry, _record: Any) -> Verdict:
    """The warrant of the few types that have none: hub.founded, hub.forked, the matcher's counts."""
    return YES if entry.by is None else no("ledger.needless_warrant", "This entry rests on no office or right.")


def type_of(cls: type[Any]) -> EntryType:
    """Returns the registered type of a record class. Raises KeyError."""
    return _RECORDS[cls]


def _kind_of(name: str, key: str, hint: Any) -> Kind:
    options = [hint] if get_origin(hint) is Annotated else list(get_args(hint))
    kinds = [
        kind
        for option in options
        if get_origin(option) is Annotated
        for kind in get_args(option)[1:]
        if isinstance(kind, Kind)
    ]
    if len(kinds) != 1:
        raise TypeError(f"{name}: field {key} needs exactly one kind")
    if type(None) not in options:
        return kinds[0]
    inner = kinds[0]
    return Kind(f"{inner.name}, or nothing", lambda value: value is None or inner.fits(value), inner.names_file)


_NAMES: dict[type, tuple[str, ...]] = {}  # of each kind of record


def data_of(record: Any) -> dict[str, Any]:
    """Returns a record's fields as the ``data`` of its entry."""
    kind = type(record)
    names = _NAMES.get(kind) or _NAMES.setdefault(kind, tuple(one.name for one in dataclasses.fields(record)))
    return {name: getattr(record, name) for name in names}


def read_record(spec: EntryType, data: Mapping[str, Any]) -> Any:
    """Builds the room's record from data that the linter has let pass."""
    return spec.record(**data)


def files_named(raw: bytes, index: int) -> list[str]:
    """Returns the names of the files that an entry of a known type refers to."""
    entry = parse_entry(raw, index)
    spec = TYPES.get(entry.type)
    kinds = spec.fields if spec else {}
    named = [value for name, value in entry.data.items() if name in kinds and kinds[name].names_file]
    return [value for value in named if FILE.fits(value)]


def format_entry(entry: Entry) -> bytes:
    """Writes an entry's bytes. parse_entry(format_entry(e), e.index) == e. Raises canonical.NotCanonical."""
    body: dict[str, Any] = {
        "at": clock.format_minute(entry.at),
        "by": entry.by,
        "data": dict(entry.data),
        "type": entry.type,
        "v": entry.v,
    }
    if entry.sd:
        body["_sd"] = list(entry.sd)
    if entry.sig is not None:
        body["sig"] = dict(entry.sig)
    return canonical.dumps(body)


def parse_entry(raw: bytes, index: int) -> Entry:
    """Reads an entry's bytes at a place. Raises canonical.NotCanonical for any other shape."""
    if len(raw) > LARGEST:
        raise canonical.NotCanonical("larger than 65 535 bytes")
    body = canonical.loads(raw)
    if not isinstance(body, dict) or not {"at", "by", "data", "type", "v"} <= body.keys():
        raise canonical.NotCanonical("not an entry")
    if body.keys() - {"at", "by", "data", "type", "v", "_sd", "sig"}:
        raise canonical.NotCanonical("an entry with an unknown key")
    sd, by, sig = body.get("_sd", []), body["by"], body.get("sig")
    well_formed = (
        isinstance(body["type"], str)
        and NAME.fullmatch(body["type"])
        and isinstance(body["data"], dict)
        and isinstance(sd, list)
        and all(isinstance(digest, str) for digest in sd)
        and (by is None or (isinstance(by, int) and not isinstance(by, bool) and by >= 0))
        and isinstance(body["v"], int)
        and not isinstance(body["v"], bool)
        and (sig is None or isinstance(sig, dict))
        and isinstance(body["at"], str)
    )
    if not well_formed:
        raise canonical.NotCanonical("an entry whose parts have the wrong types")
    try:
        at = clock.parse_minute(body["at"])
    except ValueError as problem:
        raise canonical.NotCanonical(str(problem)) from problem
    return Entry(body["type"], at, by, body["data"], tuple(sd), body["v"], sig, index)
