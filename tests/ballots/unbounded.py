"""For tests whose rules hold a yes or no where elections rank: the room's own only procedure with a ballot."""

from __future__ import annotations

import pytest

from hub.constitution import ceilings
from tests.verifier import verifier


def leave_unbounded(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Lets one procedure stand as no constitution may have it, for both verifiers."""
    check = ceilings.check
    monkeypatch.setattr(ceilings, "check", lambda reading, found: None if found.key == key else check(reading, found))
    breaches = verifier.procedure_breaches
    mine = f"procedures.{key}"
    monkeypatch.setattr(
        verifier, "procedure_breaches", lambda body: (one for one in breaches(body) if not one.startswith(mine))
    )
