"""One frozen Settings for an instance, read once from its data folder; every field says purpose, unit and default.

``hub.toml`` in the data folder holds them; ``FOLKMOOT_<FIELD>`` in the environment overrides one. Whoever can write
the folder runs the hub: the file is trusted. It holds no secret: keys are files of their own under ``keys/``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FILE = "hub.toml"
ENVIRONMENT = "FOLKMOOT_"
ADDRESS = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
PROXY = re.compile(r"|http://([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]):[0-9]{1,5}")
RESOLVER = re.compile(r"https://[a-z0-9.-]{1,253}/[A-Za-z0-9._~/-]{0,200}")
DATABASE = re.compile(r"|sqlite:///.+|postgresql\+psycopg://.+")


class SettingsError(ValueError):
    """The settings cannot be used; the text names the file, the setting and what to do."""


def setting(default: Any, purpose: str, unit: str = "", *, least: int | None = None, most: int | None = None) -> Any:
    """Declares one field. unit: what a number counts, or the shape of a text; least, most: the numbers allowed."""
    return field(default=default, metadata={"purpose": purpose, "unit": unit, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """How one hub runs. What is decided by people stands in constitution.toml, not here."""

    data: Path
    name: str = setting("A new hub", "the hub's name, as pages show it", "text")
    url: str = setting("http://localhost:8000", "the one address people use", "http or https, host, port; no path")
    aside: str = setting(
        "", "another address of this hub, by which it gives only files that people sent; empty: by url, in a sandbox",
        "http or https, host, port; no path",
    )  # fmt: skip
    database: str = setting("", "where hub tables live; empty means hub.db in the data folder", "SQLAlchemy address")
    vault: str = setting(
        "", "where the keys of people live, apart from the database; empty means people.db in the folder vault",
        "SQLAlchemy address",
    )  # fmt: skip
    country: str = setting("GB", "the country the handshake page proposes", "ISO 3166 code")
    demo: bool = setting(False, "invented people only: opens /dev/mail and /dev/clock", "true or false")
    host: str = setting("127.0.0.1", "the address the web process listens on", "host")
    port: int = setting(8000, "the port the web process listens on", "port", least=1)
    trusted_proxies: int = setting(0, "how many proxies stand in front and add to X-Forwarded-For", "count", least=0)
    body_limit: int = setting(65_536, "the largest form a page takes", "bytes", least=1024)
    session_days: int = setting(30, "how long a sign-in lasts at most", "days", least=1)
    session_idle_days: int = setting(14, "how long a sign-in lasts without a visit", "days", least=1)
    passkey_session_hours: int = setting(24, "how long a sign-in by passkey lasts at most", "hours", least=1)
    passkey_idle_minutes: int = setting(60, "how long a sign-in by passkey lasts without a visit", "minutes", least=5)
    holder_idle_minutes: int = setting(15, "the same for whoever holds an office", "minutes", least=5)
    office_hours: int = setting(12, "how recent the proof must be for an act of office", "hours", least=1)
    handshake_minutes: int = setting(15, "how long a code from the handshake works", "minutes", least=1)
    checkpoint_hours: int = setting(
        12, "how old a checkpoint may grow before it is signed again; readers worry at 24", "hours", least=1, most=23
    )
    resolvers: str = setting("", "two name servers that must agree on proofs by DNS", "addresses, comma between")
    second_look: str = setting(
        "", "a proxy in another network, by which every proof is looked at a second time; empty: one network only",
        "http://host:port",
    )  # fmt: skip
    second_resolver: str = setting(
        "https://dns.quad9.net/dns-query", "the name server asked by way of second_look (RFC 8484)", "https address"
    )
    fetch_also: str = setting(
        "", "for tests: addresses the fetcher may reach though not public", "name=address:port, ca=file"
    )
    seats_most: int = setting(5000, "the most members one group may have places for", "count", least=2)

    @property
    def database_url(self) -> str:
        """The hub's store, in SQLAlchemy's form."""
        return self.database or f"sqlite:///{self.data / 'hub.db'}"

    @property
    def vault_url(self) -> str:
        """The store of the keys of people, in SQLAlchemy's form."""
        return self.vault or f"sqlite:///{self.vault_folder / 'people.db'}"

    @property
    def vault_folder(self) -> Path:
        """Where the vault lies that is one file: a folder of its own, which no backup of the database takes along."""
        return self.data / "vault"

    @property
    def secure(self) -> bool:
        """Tells whether people reach the hub over https."""
        return self.url.startswith("https://")

    @property
    def networks(self) -> int:
        """From how many networks proofs are looked at: 1 or 2."""
        return 2 if self.second_look else 1

    @property
    def netloc(self) -> str:
        """Host and, where it is not the usual one, port: ``hub.example.org`` or ``localhost:8000``."""
        return urlsplit(self.url).netloc

    @property
    def aside_netloc(self) -> str | None:
        """Host and port of ``aside``, as ``netloc``; None where there is none."""
        return urlsplit(self.aside).netloc or None

    @property
    def log_origin(self) -> str:
        """The schema-less name the log signs under."""
        return f"{self.netloc}/log"

    @property
    def keys(self) -> Path:
        """log.key and log.vkey (worker), web.key (web), matcher.pub (to seal with)."""
        return self.data / "keys"

    @property
    def log(self) -> Path:
        """Tiles and checkpoint, as they are served."""
        return self.data / "log"

    @property
    def openings(self) -> Path:
        """One file for each entry with typed words; a withdrawn word leaves its file."""
        return self.data / "openings"

    @property
    def files(self) -> Path:
        """Large public files, named by their SHA-256."""
        return self.data / "files"

    @property
    def evidence(self) -> Path:
        """Files that people sent, sealed, named by their rows: no route serves the folder."""
        return self.data / "evidence"

    @property
    def matcher(self) -> Path:
        """The matcher's own folder: in earnest another user's, on another machine."""
        return self.data / "matcher"

    @property
    def clock(self) -> Path:
        """The demo's clock: by how many seconds it runs ahead."""
        return self.data / "clock"


DEFAULTS = tuple(f for f in fields(Settings) if f.name != "data")


def load(data: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads a data folder's settings. environment: defaults to the process's. Raises SettingsError."""
    path = data / FILE
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"There is no hub in {data}: {FILE} is missing. Make one with: hub init {data}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingsError(f"{path} cannot be read: {problem}") from problem
    return build(data, {**written, **_from_environment(os.environ if environment is None else environment)})


def build(data: Path, values: Mapping[str, Any]) -> Settings:
    """Makes settings from values by field name. Raises SettingsError for an unknown name or an unfit value."""
    known = {f.name: f for f in DEFAULTS}
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise SettingsError(f"{data / FILE}: {unknown[0]} is no setting. Settings are: {', '.join(known)}.")
    settings = Settings(data.absolute(), **{name: _fit(known[name], value) for name, value in values.items()})
    if not ADDRESS.fullmatch(settings.url):
        raise SettingsError(
            f"{data / FILE}: url must be like https://hub.example.org, without a path or closing slash."
        )
    if settings.aside and not ADDRESS.fullmatch(settings.aside):
        raise SettingsError(f"{data / FILE}: aside must be like https://files.example.org, without a path; or empty.")
    if settings.aside and urlsplit(settings.aside).hostname == urlsplit(settings.url).hostname:
        # Cookies do not ask for the port: an address that differs by it alone keeps nothing apart.
        raise SettingsError(f"{data / FILE}: aside must be another host than url: a browser keeps those two apart.")
    host = urlsplit(settings.url).hostname or ""
    if settings.fetch_also and not (host in ("localhost", "127.0.0.1", "::1") or host.endswith(".test")):
        raise SettingsError(f"{data / FILE}: fetch_also is for tests: only a hub at localhost or .test may have it.")
    if not PROXY.fullmatch(settings.second_look) or int(settings.second_look.rpartition(":")[2] or 1) > 65_535:
        raise SettingsError(
            f"{data / FILE}: second_look must be a proxy like http://203.0.113.7:3128, without a password; or empty."
        )
    if not RESOLVER.fullmatch(settings.second_resolver):
        raise SettingsError(f"{data / FILE}: second_resolver must be like https://dns.example.org/dns-query.")
    if not DATABASE.fullmatch(settings.database):
        raise SettingsError(f"{data / FILE}: database must be like postgresql+psycopg://user@host/name, or empty.")
    if not DATABASE.fullmatch(settings.vault):
        raise SettingsError(f"{data / FILE}: vault must be like postgresql+psycopg://user@host/name, or empty.")
    if settings.vault_url == settings.database_url:
        raise SettingsError(f"{data / FILE}: vault must be another database than the hub's: its backups live for days.")
    return settings


def format_toml(values: Mapping[str, Any]) -> str:
    """Writes hub.toml with each setting's purpose above it; settings not in values stand as comments with defaults."""
    lines = ["# How this hub runs. What is decided by people stands in constitution.toml.", ""]
    for f in DEFAULTS:
        unit = f" ({f.metadata['unit']})" if f.metadata["unit"] else ""
        lines.append(f"# {f.metadata['purpose']}{unit}")
        mark = "" if f.name in values else "# "
        lines += [f"{mark}{f.name} = {_toml(values.get(f.name, f.default))}", ""]
    return "\n".join(lines)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for f in DEFAULTS:
        text = environment.get(ENVIRONMENT + f.name.upper())
        if text is not None:
            found[f.name] = _parse(f, text)
    return found


def _parse(f: Field[Any], text: str) -> Any:
    if isinstance(f.default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    if isinstance(f.default, int):
        return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else text
    return text


def _fit(f: Field[Any], value: Any) -> Any:
    assert f.default is not MISSING
    if type(value) is not type(f.default):
        raise SettingsError(f"{FILE}: {f.name} must be {f.metadata['unit'] or 'text'}, not {value!r}.")
    least = f.metadata["least"]
    if least is not None and value < least:
        raise SettingsError(f"{FILE}: {f.name} must be at least {least}, not {value}.")
    most = f.metadata["most"]
    if most is not None and value > most:
        raise SettingsError(f"{FILE}: {f.name} must be {most} at most, not {value}.")
    return value


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = "".join(_escape(character) for character in value)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08X}"
