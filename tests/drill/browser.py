"""A member's browser at a hub: at one that runs, or at one whose pages run in this process."""

from __future__ import annotations

import base64
import html
import json
import re
import secrets
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from starlette.testclient import TestClient

from hub import app
from hub import settings as house
from hub.cli import stores
from hub.cli.demo.people import Invented
from hub.oidc import rules
from tests.drill.town import FORUM
from tests.machines import Machine, eventually
from tests.oidc.conftest import agree
from tests.web.conftest import submit


@dataclass
class Browser:
    """A member's browser at a hub. folder: the hub's, where its matcher leaves letters."""

    at: Any
    folder: Path

    @classmethod
    def at_machine(cls, machine: Machine) -> Browser:
        """A browser at a hub that runs."""
        return cls(httpx2.Client(base_url=machine.url, trust_env=False), machine.folder)

    @classmethod
    def inside(cls, folder: Path) -> Browser:
        """A browser at a hub whose pages run in this process."""
        settings = house.load(folder)
        served = app.build(settings, stores.open_hub(settings))
        return cls(TestClient(served, base_url=settings.url, follow_redirects=False), folder)

    def come(self, member: Invented, nickname: str = "") -> None:
        """Proves membership by number, postcode and code. nickname: for who has no account here yet."""
        known = set(self.letters())
        submit(self.at, "/join", "/join", country="GB", number=member.number, postcode=member.postcode)
        code = eventually(lambda: self.code_for(member, known))
        answer = submit(self.at, "/join/code", "/join/code", code=code)
        assert answer.status_code == 303, answer.text
        if nickname:
            answer = submit(self.at, "/join/name", "/join/name", nickname=nickname, shown="nickname")
            assert answer.status_code in (200, 303), answer.text

    def letters(self) -> list[Path]:
        """What the matcher sent."""
        return list((self.folder / "matcher/outgoing").glob("*.eml"))

    def code_for(self, member: Invented, known: set[Path]) -> str:
        """The code in a new letter to a member; empty while there is none."""
        for path in set(self.letters()) - known:
            mail = message_from_bytes(path.read_bytes())
            if mail["To"] == member.mail and mail["Subject"] == "Your code":
                text = mail.get_payload(decode=True).decode()
                return next(line.strip() for line in text.splitlines() if line.startswith("    "))
        return ""

    def site_learns(self, client: str, secret: str) -> dict[str, Any]:
        """Signs in at the forum; returns what the forum is told."""
        verifier = secrets.token_urlsafe(48)
        asked = {
            "response_type": "code", "client_id": client, "redirect_uri": f"{FORUM}/oidc/callback",
            "scope": "openid groups", "state": "s", "code_challenge": rules.challenge_of(verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        answer = self.at.get("/oidc/authorize", params=asked)
        if answer.status_code == 200:
            answer = agree(self.at, answer.text)
        assert answer.status_code == 303, answer.text
        code = parse_qs(urlsplit(html.unescape(answer.headers["location"])).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{FORUM}/oidc/callback"}
        answer = self.at.post(
            "/oidc/token", data={**form, "code_verifier": verifier}, auth=httpx2.BasicAuth(client, secret)
        )
        assert answer.status_code == 200, answer.text
        part = answer.json()["id_token"].split(".")[1]
        return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))

    def close(self) -> None:
        """Closes it."""
        self.at.close()

    def reads(self, path: str) -> str:
        """A page's text, without its tags."""
        answer = self.at.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.text)))
