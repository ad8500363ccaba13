"""Cookies: their names, in one function; and the jar of a request, with what the answer will set.

session   who is signed in: 256 random bits, kept here only as a hash
visit     ties a form's token to this browser before anybody signed in
asked     the browser that asked for a code (HS-07)
notice    one signed sentence for the next page
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hub import chance
from hub.settings import Settings

SESSION, VISIT, ASKED, NOTICE = "session", "visit", "asked", "notice"
LONGEST = 512  # characters; ours are shorter


def name_of(settings: Settings, name: str) -> str:
    """Returns a cookie's full name: ``__Host-`` on https; bare with the port on http, where ports share cookies."""
    if settings.secure:
        return f"__Host-{name}"
    return f"{name}_{urlsplit(settings.url).port or 80}"


def parse_header(header: str) -> dict[str, str]:
    """Reads a Cookie header; the first of two that bear one name counts. Never raises."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and len(value) <= LONGEST:
            found.setdefault(name, value)
    return found


@dataclass
class Jar:
    """The cookies of one request and of its answer, by our short names.

    going is what a handler sets, and is dropped with a refusal; staying holds also then.
    """

    settings: Settings
    came: dict[str, str]
    going: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    staying: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Returns what the browser holds once this answer is there; empty if nothing."""
        if name in self.going:
            return self.going[name][0]
        return self.came.get(name_of(self.settings, name), "")

    def put(self, name: str, value: str, seconds: int | None = None) -> None:
        """Sets a cookie: for so many seconds, or until the browser closes."""
        self.going[name] = (value, seconds)

    def come_anew(self, name: str, value: str, seconds: int) -> None:
        """Lets the rest of a request read a value that the browser gets with its answer."""
        self.came[name_of(self.settings, name)] = value
        self.staying[name] = (value, seconds)

    def drop(self, name: str) -> None:
        """Takes a cookie back."""
        if self.get(name):
            self.going[name] = ("", 0)

    def visit(self) -> str:
        """Returns what a form's token is tied to, giving this browser a random mark if it has none."""
        if not self.get(VISIT):
            self.put(VISIT, chance.token(16))
        return self.get(VISIT)

    def headers(self) -> list[str]:
        """Returns the values of Set-Cookie."""
        secure = "; Secure" if self.settings.secure else ""
        return [
            f"{name_of(self.settings, name)}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"
            + ("" if seconds is None else f"; Max-Age={seconds}")
            for name, (value, seconds) in {**self.staying, **self.going}.items()
        ]
