"""Asking a registry about a domain, one at a time; no address and no local part ever leaves. Source: RFC 9082, 9083.

Any server that speaks RDAP over https and answers by itself will do; redirects are not followed. Whatever is not
clearly an answer (an outage, a limit, another name, a page) is no answer, and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Protocol

from hub import clock
from hub.fetch import Fetcher, Refused
from hub.matcher.domains import Registration

MEDIA = "application/rdap+json"
BEGINNINGS = ("registration", "reregistration")  # RFC 9083, section 10.2.3


class Registry(Protocol):
    """Who knows domains."""

    def look(self, domain: str) -> Registration | None:
        """Returns what is known of a domain, or None where that cannot be said now. Raises nothing."""


class Rdap:
    """A registry behind RDAP. base: its https address, before ``domain/``."""

    def __init__(self, base: str, fetcher: Fetcher) -> None:
        self.base, self.fetcher = base.rstrip("/"), fetcher

    def look(self, domain: str) -> Registration | None:
        """Asks for one domain."""
        try:
            answer = self.fetcher.get(f"{self.base}/domain/{domain}", accept=MEDIA)
        except Refused:
            return None
        return read(answer.status, answer.headers.get("content-type", ""), answer.body, domain)


def read(status: int, media: str, body: bytes, domain: str) -> Registration | None:
    """Reads an answer about a domain; None for one that says nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    facts: dict[str, Any] = told if isinstance(told, dict) else {}
    if status == 404:
        is_answer = media.partition(";")[0].strip().lower() == MEDIA or facts.get("errorCode") == 404
        return Registration(is_registered=False) if is_answer else None
    is_about = str(facts.get("ldhName", "")).rstrip(".").lower() == domain
    if status != 200 or facts.get("objectClassName") != "domain" or not is_about:
        return None
    return Registration(is_registered=True, since=_since(facts.get("events")))


def _since(events: object) -> dt.datetime | None:
    """Returns when the newest registration began, or None where no event says so."""
    rows = [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    found = [_moment(event.get("eventDate")) for event in rows if event.get("eventAction") in BEGINNINGS]
    return max((moment for moment in found if moment is not None and moment <= clock.now()), default=None)


def _moment(text: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else None
