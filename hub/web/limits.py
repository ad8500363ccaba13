"""The one table of limits: every route that takes a proof of who somebody is says how often it may fail (AU-19).

per_hour: failed tries from one address in an hour, None where something else limits them, with the reason.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hub import clock
from hub.people import failures
from hub.web.context import Answer, Asked

# Not 403: a form from another site is refused so, and would count against whoever it was put before.
FAILED = (401, 422)


@dataclass(frozen=True)
class Limit:
    """How often a route may fail, and why so."""

    per_hour: int | None
    why: str


SIGNED = Limit(100, "a signature cannot be guessed; whoever tries so often is a program")
MATCHER = Limit(None, "the matcher limits codes, letters and pairs, by number, row, browser and address")
SECRET = Limit(None, "256 random bits cannot be guessed, and counting would slow every sign-in")
LIMITS: dict[str, Limit] = {
    "/sign-in/passkey/answer": SIGNED,
    "/account/passkeys": SIGNED,
    "/account/passkeys/{passkey}/vouching": SIGNED,
    "/claim": SIGNED,
    "/account/recovery/passkey": SIGNED,
    "/account/lock/{token}": SECRET,
    "/account/lock/{token}/stop": SECRET,
    "/oidc/address/code": Limit(100, "five tries for each code besides"),
    "/join": MATCHER,
    "/sign-in": MATCHER,
    "/join/code": MATCHER,
    "/join/letter": MATCHER,
    "/join/vouched": MATCHER,
    "/cases": Limit(30, "it says last whether somebody has a name; nobody tries out names by it"),
    "/account/recovery/letter": MATCHER,
    "/invitations/{token}": SECRET,
    "/oidc/token": SECRET,
    "/oidc/introspect": SECRET,
    "/oidc/revoke": SECRET,
    "/oidc/par": SECRET,
    "/oidc/register": SECRET,
    "/oidc/userinfo": SECRET,
}


def check(asked: Asked, path: str) -> None:
    """Raises TooMany where too many tries from this address failed at a route within the hour."""
    limit = LIMITS.get(path)
    if limit is not None and limit.per_hour is not None:
        with asked.hub.db.read() as tx:
            failures.insist(tx, _key(asked, path), limit.per_hour)


def note(asked: Asked, path: str, answer: Answer) -> None:
    """Counts a try that failed, in a unit of its own."""
    limit = LIMITS.get(path)
    if limit is not None and limit.per_hour is not None and answer.status in FAILED:
        with asked.hub.db.write() as tx:
            failures.count(tx, _key(asked, path), _hour() + failures.HOUR)


def _key(asked: Asked, path: str) -> str:
    return asked.hub.signer.digest(f"{path} {asked.client} {_hour().isoformat()}")


def _hour() -> dt.datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0)
