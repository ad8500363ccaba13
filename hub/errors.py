"""The families of refusal. Rooms raise them; only web/problems.py and cli/ know statuses and exit codes.

Each carries a stable code (``groups.name_taken``) and a sentence that says what happened and what to do next, never
whether somebody is a member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Yes or no, with its reason: for the person (sentence), the officer (source) and the test (code)."""

    ok: bool
    code: str = ""
    sentence: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def no(code: str, sentence: str, source: str = "") -> Verdict:
    """Returns a refusal with its reason."""
    return Verdict(False, code, sentence, source)


class Refusal(Exception):
    """A refusal of any family: nothing was written."""

    def __init__(self, code: str, sentence: str, source: str = "") -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence, self.source = code, sentence, source


class NotFound(Refusal):
    """Absent, or hidden from this viewer: both look alike."""

    def __init__(self, code: str = "not_found", sentence: str = "There is nothing at this address.") -> None:
        super().__init__(code, sentence)


class Forbidden(Refusal):
    """The actor lacks the power or the right."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.code, verdict.sentence, verdict.source)


class Invalid(Refusal):
    """What was typed has mistakes; each stands beside its field. fields: field name to sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("invalid", "There is a problem with what was typed.")
        self.fields = dict(fields)


class TooLarge(Invalid):
    """The same of something that is larger than it may be."""


class RuleViolation(Refusal):
    """A rule forbids it: code, sentence, and the rule's source."""


class Conflict(Refusal):
    """Somebody else was there first; look again and retry. field: where the mistake belongs, if on a form."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(code, sentence)
        self.field = field


class TooMany(Refusal):
    """Too many tries. retry_after: seconds."""

    def __init__(self, code: str, sentence: str, retry_after: int) -> None:
        super().__init__(code, sentence)
        self.retry_after = retry_after


def insist(verdict: Verdict) -> None:
    """Raises RuleViolation unless the verdict is yes."""
    if not verdict.ok:
        raise RuleViolation(verdict.code, verdict.sentence, verdict.source)


class Unsafe(Exception):
    """Going on could publish or believe a false record. Nothing was signed; commands end with exit code 3.

    The text says what was found and what to do next.
    """
