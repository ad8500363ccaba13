"""The matcher's own settings: matcher/matcher.toml. Every field says purpose, unit and default."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FILE = "matcher.toml"


def setting(default: Any, purpose: str, unit: str) -> Any:
    """Declares a field with its purpose and unit."""
    return field(default=default, metadata={"purpose": purpose, "unit": unit})


@dataclass(frozen=True)
class MatcherSettings:
    """How the matcher runs. folder is its own: store, keys, sockets, statements."""

    folder: Path
    database: str = setting("", "where its tables live; empty means matcher.db in its folder", "SQLAlchemy address")
    delay_least: float = setting(10.0, "the shortest wait before a code is sent", "seconds")
    delay_most: float = setting(120.0, "the longest wait before a code is sent", "seconds")
    code_minutes: int = setting(15, "how long a code works", "minutes")
    tries: int = setting(5, "how often a code may be typed in one browser", "count")
    codes_per_day: int = setting(10, "codes to one row in a day", "count")
    codes_per_month: int = setting(60, "codes to one row in 30 days", "count")
    number_per_day: int = setting(5, "wrong pairs with one number in a day, silently", "count")
    number_per_month: int = setting(15, "wrong pairs with one number in 30 days, silently", "count")
    client_per_hour: int = setting(10, "handshakes from one address (IPv4, or IPv6 /64) in an hour", "count")
    client_per_day: int = setting(30, "handshakes from one address (IPv4, or IPv6 /64) in a day", "count")
    network_per_hour: int = setting(100, "handshakes from one IPv6 /48 in an hour", "count")
    letters_per_day: int = setting(20, "letters of one kind to one row in a day", "count")
    letter_days: int = setting(21, "how long a code in a posted letter works", "days")
    evaluations_per_second: float = setting(
        80.0, "handshakes compared in a second; the others wait their turn", "count"
    )
    queue: int = setting(60_000, "handshakes that may wait; beyond it the busiest addresses' are dropped", "count")
    allowed_uids: tuple[int, ...] = setting((), "system users who may call, besides its own", "user ids")
    smtp_host: str = setting("", "the mail server; empty writes .eml files to outgoing/", "host")
    smtp_port: int = setting(587, "the mail server's port", "port")
    smtp_user: str = setting("", "the mail server's user; the password stands in keys/smtp", "text")
    sender: str = setting("codes@localhost", "the address letters come from; it names no organisation", "mail address")
    hub_url: str = setting("http://localhost:8000", "where letters say to look", "address without path")
    registry: str = setting(
        "", "who is asked weekly about mail domains, by RDAP; empty: contacts are never un-verified", "https address"
    )
    explain: bool = setting(False, "demo only: note why no code was sent", "true or false")

    @property
    def database_url(self) -> str:
        """Its store, in SQLAlchemy's form."""
        return self.database or f"sqlite:///{self.folder / 'matcher.db'}"

    @property
    def keys(self) -> Path:
        """Its keys; nobody else reads them."""
        return self.folder / "keys"

    @property
    def run(self) -> Path:
        """Its two sockets."""
        return self.folder / "run"

    @property
    def statements(self) -> Path:
        """What it tells the hub: files, taken and removed by the worker."""
        return self.folder / "statements"

    @property
    def outgoing(self) -> Path:
        """Letters as .eml files, where no mail server is named."""
        return self.folder / "outgoing"

    @property
    def areas(self) -> Path:
        """The hub's public list of areas, which the hub writes here: in a folder that can be the worker's own."""
        return self.folder / "areas/areas.json"


DEFAULTS = tuple(f for f in fields(MatcherSettings) if f.name != "folder")


def load(folder: Path) -> MatcherSettings:
    """Reads a matcher's folder. Raises FileNotFoundError, ValueError for an unknown name or another type."""
    written = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    known = {f.name: f for f in DEFAULTS}
    for name, value in written.items():
        if name not in known:
            raise ValueError(f"{folder / FILE}: nothing is called {name}")
        default = known[name].default
        wanted = (int, float) if isinstance(default, float) else type(default)
        if name == "allowed_uids":
            written[name] = tuple(int(uid) for uid in value)
        elif not isinstance(value, wanted) or (isinstance(value, bool) and not isinstance(default, bool)):
            raise ValueError(f"{folder / FILE}: {name} must be {known[name].metadata['unit']}")
    settings = MatcherSettings(folder, **written)
    if settings.explain and not settings.hub_url.startswith("http://localhost"):
        raise ValueError(f"{folder / FILE}: explain is for a demo on localhost only: it tells who is on the roster")
    if settings.registry and not settings.registry.startswith("https://"):
        raise ValueError(f"{folder / FILE}: registry is an https address, such as https://rdap.example.org/")
    return settings
