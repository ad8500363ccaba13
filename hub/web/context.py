"""What handlers get and give: Hub (the house around them), Asked (a request as a plain value) and Answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import Connection

from hub.db import Database
from hub.fetch import Fetcher
from hub.oidc.keys import ProviderKeys
from hub.people.queries import Lives
from hub.permits import VISITOR, Actor
from hub.roster.line import Line
from hub.settings import Settings
from hub.web.assets import Assets
from hub.web.cookies import SESSION, Jar
from hub.web.kept import Kept
from hub.web.multipart import Sent
from hub.web.pairs import NONE, Pairs
from hub.web.signing import Signer

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Hub:
    """What is the same for every request. render: (template, context) to HTML; kept: public pages."""

    settings: Settings
    db: Database
    line: Line
    signer: Signer
    assets: Assets
    render: Callable[[str, Mapping[str, object]], str]
    oidc: ProviderKeys
    federation: ProviderKeys
    fetcher: Fetcher
    kept: Kept = field(default_factory=Kept)

    @property
    def lives(self) -> Lives:
        """How long sessions last."""
        chosen = self.settings
        return Lives(
            chosen.session_days, chosen.session_idle_days, chosen.office_hours, chosen.passkey_session_hours,
            chosen.passkey_idle_minutes, chosen.holder_idle_minutes,
        )  # fmt: skip


@dataclass
class Asked:
    """One request. client: the address behind the trusted proxies; mistakes: field to sentence, when shown again.

    sent: the file of the form, by field, where its route takes one. is_machine: a program asks, by a route that takes
    no form of ours; raw: the body it sent.
    """

    hub: Hub
    method: str
    path: str
    jar: Jar
    client: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    query: Pairs = NONE
    form: Pairs = NONE
    sent: Mapping[str, Sent] = field(default_factory=dict)
    raw: bytes = b""
    is_machine: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    actor: Actor = VISITOR
    mistakes: Mapping[str, str] = field(default_factory=dict)
    has_form: bool = False
    unit: Connection | None = None

    @property
    def tx(self) -> Connection:
        """The unit of work that the route's ``unit`` opened around the handler."""
        if self.unit is None:
            raise RuntimeError(f"the route of {self.path} opens no unit of work")
        return self.unit

    @property
    def here(self) -> str:
        """Path and query, to come back to."""
        asked = self.headers.get("query", "")
        return f"{self.path}?{asked}" if asked else self.path

    def token(self) -> str:
        """Returns a token for a form on this page, tied to the session, or to the browser before there is one."""
        self.has_form = True
        return self.hub.signer.sign("form", self.token_tie())

    def token_tie(self) -> str:
        """Returns what form tokens of this browser are tied to; it tells nothing of the session itself."""
        tie = self.jar.get(SESSION) or self.jar.visit()
        return hashlib.sha256(b"folkmoot form " + tie.encode("utf-8", "replace")).hexdigest()


@dataclass
class Answer:
    """One response: bytes or a file. notice: a sentence for the page that a redirect leads to."""

    status: int = 200
    body: bytes = b""
    media: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    notice: str = ""


Handler = Callable[[Asked], Answer]
