"""The record as commits: entry by entry, from nothing but the entries and the files that some of them change.

author      the holder whose act it is: of the grant that the entry's warrant names, else named in the entry itself;
            else the hub
committer   the hub, by the origin its log then had; both at the entry's minute
message     the entry's type; its short fields; Log-Origin, Log-Index and Log-Warrant
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.ledger.entries import Entry, parse_entry
from hub.mirror.git.objects import BLOB, FILE, FOLDER, TREE, Base, Object, commit, item, make

LEAF, MIDDLE = 100, 10_000  # entries in the lowest folder, and in the one above it
WHOLE = 50  # a tree is written whole at every so many entries, so that no chain of deltas grows longer
SHORT = 200  # characters of a field that a message shows
RULES, CHARTERS = "constitution.toml", "charter"

Read = Callable[[int], bytes]
Change = tuple[str, bytes]
"""A path outside entries/, and what it holds from this entry on."""


@dataclass(frozen=True)
class View:
    """The history up to an entry. lower, middle, upper: the entries' trees, as far as they are filled, from below.

    files: path to blob id, of what lies beside entries/.
    """

    size: int = 0
    commit: bytes = b""
    origin: str = ""
    lower: bytes = b""
    middle: bytes = b""
    upper: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)


def grow(view: View, raw: bytes, change: Change | None, read: Read) -> tuple[View, list[Object]]:
    """Returns the history with one entry more, and the objects that are new. read: an earlier entry's bytes."""
    entry = parse_entry(raw, view.size)
    if entry.type in ("hub.founded", "hub.forked"):
        view = replace(view, origin=str(entry.data.get("origin")))
    blob = make(BLOB, raw)
    objects = [blob]
    if change is not None:
        changed = make(BLOB, change[1])
        objects.append(changed)
        kept = view.files
        if change[0] == f"{CHARTERS}/1":  # an heir's own chain takes the place of the one before it
            kept = {path: id_ for path, id_ in kept.items() if not path.startswith(f"{CHARTERS}/")}
        view = replace(view, files={**kept, change[0]: changed.id})
    view, trees = _entries(view, blob.id)
    beside = _beside(view.files)
    root = make(TREE, b"".join([*beside[1], item(FOLDER, "entries", trees[-1].id)]))
    done = _commit(view, entry, root.id, read)
    is_chartered = change is not None and change[0].startswith(f"{CHARTERS}/")
    objects += [*trees, *(beside[0] if is_chartered else []), root, done]
    return replace(view, size=view.size + 1, commit=done.id), objects


def _entries(view: View, blob: bytes) -> tuple[View, list[Object]]:
    """Puts the entry's file into its folder, and that into those above it: as they were, and as they are now."""
    index = view.size
    lower = view.lower + item(FILE, f"{index:08}.json", blob)
    inside, above = f"{index // LEAF % 100:02}", f"{index // MIDDLE:04}"
    was_middle, middle = (view.middle + item(FOLDER, inside, make(TREE, one).id) for one in (view.lower, lower))
    was_upper, upper = (view.upper + item(FOLDER, above, make(TREE, one).id) for one in (was_middle, middle))
    trees = [
        make(TREE, body, None if index % WHOLE == 0 else Base(make(TREE, was).id, len(was), len(shared)))
        for body, was, shared in (
            (lower, view.lower, view.lower),
            (middle, was_middle, view.middle),
            (upper, was_upper, view.upper),
        )
    ]
    full, fuller = (index + 1) % LEAF == 0, (index + 1) % MIDDLE == 0
    grown = replace(
        view,
        lower=b"" if full else lower,
        middle=b"" if fuller else middle if full else view.middle,
        upper=upper if fuller else view.upper,
    )
    return grown, trees


def _beside(files: Mapping[str, bytes]) -> tuple[list[Object], list[bytes]]:
    """Returns the tree of charters, where there are any, and the lines of the root before entries/."""
    inside = {path.partition("/")[2]: id_ for path, id_ in files.items() if path.startswith(f"{CHARTERS}/")}
    trees = [make(TREE, b"".join(item(FILE, name, inside[name]) for name in sorted(inside)))] if inside else []
    lines = [item(FOLDER, CHARTERS, tree.id) for tree in trees]
    return trees, lines + ([item(FILE, RULES, files[RULES])] if RULES in files else [])


def _commit(view: View, entry: Entry, tree: bytes, read: Read) -> Object:
    host = view.origin.partition("/")[0]
    hub = (view.origin, f"hub@{host}")
    holder = _holder(entry, read)
    who = (holder, f"{holder}@{host}") if holder else hub
    return commit(tree, view.commit or None, who, hub, int(entry.at.timestamp()), "".join(_message(view, entry)))


def _holder(entry: Entry, read: Read) -> str:
    """Returns whose act an entry is, as the record says; "" for the hub's own."""
    if entry.by is None or entry.type == "holder.named":
        return ""
    warrant = parse_entry(read(entry.by), entry.by).data if entry.by < entry.index else {}
    named: Any = warrant.get("holder") or entry.data.get("holder")
    return named if isinstance(named, str) and named.isascii() and named.replace("_", "").isalnum() else ""


def _message(view: View, entry: Entry) -> Iterator[str]:
    yield f"{entry.type}\n\n"
    for name, value in sorted(entry.data.items()):
        said = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if len(said) <= SHORT:
            yield f"{name}: {said}\n"
    yield f"\nLog-Origin: {view.origin}\nLog-Index: {entry.index}\n"
    if entry.by is not None:
        yield f"Log-Warrant: {entry.by}\n"
