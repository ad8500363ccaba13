"""What no constitution changes of a procedure: one table. To change it takes a release, that is a public difference.

For each procedure: who opens it, its steps in their order, and of each step who acts in it, how many of them, within
which days, what a missed deadline may bring, and how a ballot asks. A constitution sets numbers inside of this, and
writes the sentences. Source: reference for governance, sections 1.4 to 1.9 and 2.1 to 2.4; invariants 14, 19, 22, 23.
"""

from __future__ import annotations

from hub.constitution.ceilings import cases, offices, places, votes
from hub.constitution.ceilings.bounds import Bound, Ceiling
from hub.constitution.ceilings.checking import breaches
from hub.constitution.faults import Reading
from hub.constitution.model import Procedure

PROCEDURES: dict[str, Ceiling] = places.PROCEDURES | offices.PROCEDURES | cases.PROCEDURES | votes.PROCEDURES

__all__ = ["PROCEDURES", "Bound", "Ceiling", "check"]


def check(reading: Reading, found: Procedure) -> None:
    """Notes every fault of a procedure against the table, each with its line and the reason."""
    ceiling, path = PROCEDURES.get(found.key), f"procedures.{found.key}"
    if ceiling is None:
        reading.fault(path, f"nothing runs {path}")
        return
    if found.opens != ceiling.opens:
        reading.fault(f"{path}.opens", f"{path}.opens must be {ceiling.opens!r}: {ceiling.why}")
    wanted, given = (" then ".join(step.do for step in steps) for steps in (ceiling.steps, found.steps))
    if wanted != given:
        reading.fault(path, f"{path} must have the steps {wanted}, and has {given or 'none'}: {ceiling.why}")
        return
    for place, (bound, step) in enumerate(zip(ceiling.steps, found.steps, strict=True)):
        for key, wants, why in breaches(bound, step):
            reading.fault(f"{path}.steps.{place}", f"{path}, step {place + 1} ({step.do}): {key} must {wants}: {why}")
