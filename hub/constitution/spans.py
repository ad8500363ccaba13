"""What days must leave room for: each number keeps within its own limit, and together they could still undo a right.

Source: governance.md 1.7 (what a list ends), 1.8 (no rules remove the ballot from recall), 2.3 (the calendar).
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.constitution.faults import Reading
from hub.constitution.model import Procedure

# The terms of mandates, and what part of it the shortest seat has: of a council drawn whole the later half serves half.
RECALLED = {"founding": 1, "election": 1, "council": 1, "drawn_council": 2}
RECALL_DAYS = 14  # on which a recall can begin, at least


def check(
    reading: Reading, numbers: Mapping[str, int], terms: Mapping[str, int], procedures: Mapping[str, Procedure]
) -> None:
    """Notes as faults where days of the rules leave no room for others."""
    if numbers.get("hold_days", 0) < numbers.get("hold_window_days", 0):
        reading.fault("numbers.hold_window_days", "what a list ends waits shorter than the days it is judged by")
    barred = numbers.get("recall_after_days", 0) + numbers.get("recall_before_end_days", 0)
    for key, part in RECALLED.items():
        if key in terms and terms[key] // part < barred + RECALL_DAYS:
            why = f"a seat of {terms[key] // part} days leaves fewer than {RECALL_DAYS} on which a recall can begin"
            reading.fault(f"terms.{key}", f"{why}: {barred} are barred")
    takes = sum(step.days or 0 for step in procedures["elect"].steps) if "elect" in procedures else 0
    if "election" in terms and terms["election"] <= takes:
        reading.fault("terms.election", f"whoever is elected serves no longer than the {takes} days of an election")
