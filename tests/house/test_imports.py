"""The direction of imports: downwards only, rooms on one line apart, the matcher by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HUB = Path(__file__).resolve().parents[2] / "hub"
# From the top; docs/house.md shows the same order.
LINES = (
    ("app", "edge", "web", "cli"),
    ("federation", "monitor", "receipts"),
    ("oidc", "mirror", "leaving"),
    ("petitions", "emergencies", "standing"),
    ("cases",),
    ("ballots",),
    ("draws", "statements"),
    ("groups", "stewards"),
    ("branches",),
    ("hiding", "freezing"),
    ("acts",),
    ("constitution",),
    ("roster", "looks", "files"),
    ("people",),
    ("permits",),
    ("charter", "witness"),
    ("ledger", "audit", "outbox", "search"),
    ("sealing",),
    ("db", "tlog", "count", "lot", "migrate", "inventory"),
    ("clock", "errors", "ids", "letters", "settings", "envelope", "places", "fetch", "canonical", "quick"),
    ("chance",),
)
LEVEL = {room: len(LINES) - number for number, line in enumerate(LINES) for room in line}
# Together they are the front: wiring may look at pages and pages at the frame.
FRONT = frozenset({"app", "edge", "web", "cli"})
# The store's engine belongs to the migrations beside it; where templates lie, to the settings' neighbours.
BESIDE = {("migrate", "db"), ("people", "permits")}
PURE = (
    "tlog",
    "count",
    "lot",
    "acts/rules.py",
    "acts/state.py",
    "constitution/rules.py",
    "groups/rules.py",
    "petitions/rules.py",
    "emergencies/rules.py",
    "draws/rules.py",
    "ballots/rules.py",
    "ballots/calendar.py",
    "ballots/outages.py",
    "standing/rules.py",
    "receipts/rules.py",
    "receipts/text.py",
    "receipts/days.py",
    "branches/rules.py",
    "monitor/rules.py",
    "monitor/touching.py",
    "canonical.py",
    "files/kinds.py",
    "files/shapes.py",
    "ledger/openings.py",
    "ledger/signed.py",
    "permits/assertions.py",
    "permits/binding.py",
    "permits/cose.py",
)
IMPURE = frozenset({"socket", "subprocess", "threading", "time", "pathlib", "os", "sqlite3", "sqlalchemy", "tempfile"})


def imports_of(source: str) -> list[tuple[str, bool]]:
    """Every import of a source: (module, whether it stands at the top of the file)."""
    tree = ast.parse(source)
    top = {id(node) for node in tree.body}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(f"{node.module}.{alias.name}", id(node) in top) for alias in node.names]
    return found


def room_of(module: str) -> str | None:
    """The room of one of our modules, or None for others'."""
    parts = module.split(".")
    return parts[1] if parts[0] == "hub" and len(parts) > 1 else None


def fault(room: str, other: str) -> bool:
    """Tells whether a room may not import another."""
    if room == other or (other not in LEVEL and other != "matcher"):
        return False
    if room == "matcher":
        return LEVEL.get(other, 99) > LEVEL["db"]
    if other == "matcher":
        return room != "cli"
    if {room, other} <= FRONT or (room, other) in BESIDE:
        return False
    return LEVEL[other] >= LEVEL[room]


def faults() -> list[str]:
    """Every import that points the wrong way."""
    found = []
    for path in sorted(HUB.rglob("*.py")):
        parts = path.relative_to(HUB).parts
        room = parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for module, is_top in imports_of(path.read_text(encoding="utf-8")):
            other = room_of(module)
            if other and is_top and fault(room, other):
                found.append(f"{'/'.join(parts)} imports {module}")
    return found


def modules() -> dict[str, set[str]]:
    """Each of our modules and those it imports at its top, names for types included; a door may load its own parts."""
    names = {".".join(path.relative_to(HUB.parent).with_suffix("").parts): path for path in sorted(HUB.rglob("*.py"))}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}

    def imported(name: str, path: Path) -> set[str]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
        source = ast.unparse(ast.Module(body=top, type_ignores=[]))
        found = {module for module, _ in imports_of(source)}
        found = {module if module in names else module.rpartition(".")[0] for module in found} & names.keys()
        return {module for module in found if not module.startswith(f"{name}.")}

    return {name: imported(name, path) for name, path in names.items()}


def circles(graph: dict[str, set[str]]) -> list[str]:
    """The modules that reach themselves by their imports."""
    left = dict(graph)
    # What imports nothing that is left is in no circle, and so on upwards and downwards: circles remain.
    while ends := [name for name, others in left.items() if not others & left.keys()]:
        for name in ends:
            del left[name]
    while tops := [name for name in left if not any(name in others for others in left.values())]:
        for name in tops:
            del left[name]
    return sorted(left)


def test_no_modules_import_each_other():
    assert circles(modules()) == []


def test_planted_circle_is_caught():
    planted = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}

    assert circles(planted) == ["b", "c"]


def test_imports_point_downwards():
    assert faults() == []


def test_every_room_has_its_line():
    rooms = {path.relative_to(HUB).parts[0].removesuffix(".py") for path in HUB.rglob("*.py")}

    assert rooms - LEVEL.keys() == {"__init__", "matcher"}


@pytest.mark.parametrize(
    ("room", "other"),
    [("tlog", "ledger"), ("ledger", "permits"), ("groups", "web"), ("matcher", "people"), ("web", "matcher")],
)
def test_planted_import_is_caught(room, other):
    assert fault(room, other)


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_read_no_disk_socket_or_clock(place):
    paths = sorted((HUB / place).rglob("*.py")) if (HUB / place).is_dir() else [HUB / place]
    found = [
        (path.name, module)
        for path in paths
        for module, _ in imports_of(path.read_text(encoding="utf-8"))
        if module.split(".")[0] in IMPURE or module.startswith("hub.clock")
    ]

    assert found == []


def test_docs_show_the_same_order():
    written = (HUB.parent / "docs" / "house.md").read_text(encoding="utf-8")

    missing = [room for room in LEVEL if f" {room} " not in f" {written.replace(chr(10), ' ')} "]

    assert missing == []
