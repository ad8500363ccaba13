"""What later releases brought: rules of before may lack it, whole. What a record says folds for ever, by any release.

A release that adds to what rules must say adds a part here. Rules that lack a part have nothing of it: no role, no
procedure and nobody who could open one, until the members put it into their rules (docs/permissions.md).
"""

from __future__ import annotations

from hub.constitution.faults import Reading

# Each part: the tables that come together, and the powers that act in its procedures, where it has some.
PARTS = (
    (
        ("roles.press", "terms.press", "procedures.name_press", "procedures.withdraw_press",
         "procedures.publish_statement"),
        ("press.name",),
    ),
    (("numbers.returned_percent",), ()),
    (
        ("roles.duty", "roles.juror", "procedures.case", "procedures.appeal_case", "procedures.interim"),
        ("cases.screen", "cases.decide"),
    ),
)  # fmt: skip


def lacking(reading: Reading) -> frozenset[str]:
    """Returns the tables that the rules lack and may: those of parts of which they have nothing."""
    return frozenset(path for paths, powers in PARTS if not _has_any(reading, paths, powers) for path in paths)


def _has_any(reading: Reading, paths: tuple[str, ...], powers: tuple[str, ...]) -> bool:
    carried = [power for role in reading.table("roles") for power in _can(reading, role)]
    return any(map(reading.at, paths)) or any(power in carried for power in powers)


def _can(reading: Reading, role: str) -> list[object]:
    can = reading.at(f"roles.{role}").get("can")
    return can if isinstance(can, list) else []
