"""How many passkeys an office takes, and of which kind. Source: numbers.office_passkeys; AU-09."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.constitution.model import Constitution
from hub.errors import YES, Verdict, no
from hub.permits.permissions import P

NUMBER = "office_passkeys"
MISSING = "constitution.passkeys_missing"


def passkeys_ok(rules: Constitution, roles: Collection[str], held: Sequence[bool]) -> Verdict:
    """Says whether passkeys suffice for roles, with what is missing when not.

    held: for each passkey, whether it stays in one device: for a role that operates the machine only those count.
    """
    least = rules.numbers[NUMBER]
    operates = any(P.OPERATE in rules.roles[role].can for role in roles if role in rules.roles)
    have = sum(held) if operates else len(held)
    if have >= least:
        return YES
    kind = " that stay in one device, as a security key's do" if operates else ""
    sentence = (
        f"This office takes {_passkeys(least)}{kind}; you have {have or 'none'}. Add {_more(least - have)} first."
    )
    return no(MISSING, sentence, f"numbers.{NUMBER}")


def may_take_off(rules: Constitution, roles: Collection[str], held: Sequence[bool], *, off: int) -> Verdict:
    """Says whether a holder of roles may take one passkey off. off: its place in held, from 0."""
    left = [stays for place, stays in enumerate(held) if place != off]
    if not roles or passkeys_ok(rules, roles, left):
        return YES
    least = rules.numbers[NUMBER]
    return no(
        "constitution.passkeys_needed",
        f"Your office takes {_passkeys(least)}. Add another first, or lay the office down. "
        "If this one is lost or stolen, lock your account by the link in the letter about it.",
        f"numbers.{NUMBER}",
    )


def _passkeys(many: int) -> str:
    return "1 passkey" if many == 1 else f"{many} passkeys"


def _more(many: int) -> str:
    return "one more" if many == 1 else f"{many} more"
