"""A provider that runs, for tests.bench.provider: one of each thing that is asked of it, and what each costs."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from hub.oidc import rules

REDIRECT = "https://forum.test/oidc/callback"
SCOPE = "openid profile offline_access"
SECRET = "a-secret-of-a-bench-that-is-long-enough"
Figures = dict[str, tuple[float, float, float]]


@dataclass
class Server:
    """A provider that runs. paths: its endpoints; slow: how much less to ask it.

    cookies: of members who are signed in and consented; they take turns.
    """

    name: str
    port: int
    process: subprocess.Popen[bytes]
    client: str
    secret: str
    cookies: list[str]
    paths: dict[str, str]
    slow: int = 1
    line: http.client.HTTPConnection = field(init=False)
    turn: int = 0

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("localhost", self.port, timeout=20)

    @property
    def basic(self) -> dict[str, str]:
        """How its client proves itself."""
        pair = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        """Asks once; status, location, body."""
        self.line.request(method, path, body or None, headers or {})
        answer = self.line.getresponse()
        return answer.status, answer.headers.get("location", ""), answer.read()

    def cpu(self) -> float:
        """User and system time so far of the process and its workers, in seconds, by their own clocks."""
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        # Linux names the clock of a process so (clock_getcpuclockid): to the nanosecond, where /proc counts hundredths.
        return sum(time.clock_gettime((~int(one) << 3) | 2) for one in (pid, *workers))

    # One of each thing. Whatever is refused ends the bench: a refusal is quick, and no figure.

    def look(self, what: str, headers: dict[str, str] | None = None) -> None:
        """A page of an endpoint."""
        status, _where, body = self.ask("GET", self.paths[what], "", headers)
        assert status == 200, (self.name, what, body)

    def introspect(self, token: str) -> None:
        """What a token is."""
        status, _where, body = self.ask("POST", self.paths["introspect"], urlencode({"token": token}), self.basic)
        assert status == 200, (self.name, body)
        assert json.loads(body)["active"] is True, self.name

    def authorize(self, verifier: str) -> str:
        """A code for a member who is signed in and has consented."""
        asked = {
            "response_type": "code", "client_id": self.client, "redirect_uri": REDIRECT, "scope": SCOPE, "state": "s",
            "nonce": "n", "code_challenge": rules.challenge_of(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        cookie, self.turn = self.cookies[self.turn % len(self.cookies)], self.turn + 1
        status, location, body = self.ask(
            "GET", f"{self.paths['authorize']}?{urlencode(asked)}", "", {"Cookie": cookie}
        )
        assert status in (302, 303), (self.name, status, body[:500])
        assert location.startswith(REDIRECT), (self.name, location)
        return parse_qs(urlsplit(location).query)["code"][0]

    def token(self, code: str, verifier: str) -> dict[str, str]:
        """Tokens for a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier}
        status, _where, body = self.ask("POST", self.paths["token"], urlencode(form), self.basic)
        assert status == 200, (self.name, body)
        return dict(json.loads(body))

    def refresh(self, token: str) -> str:
        """The next refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        status, _where, body = self.ask("POST", self.paths["token"], urlencode(form), self.basic)
        assert status == 200, (self.name, body)
        return str(json.loads(body)["refresh_token"])

    def login(self) -> dict[str, str]:
        """Both."""
        verifier = secrets.token_urlsafe(48)
        return self.token(self.authorize(verifier), verifier)


def measured(server: Server, many: int) -> Figures:
    """Each endpoint: microseconds of CPU, and milliseconds at p50 and p99."""
    verifiers = [secrets.token_urlsafe(48) for _ in range(many)]
    codes: list[str] = []
    tokens: list[dict[str, str]] = []
    chains: list[str] = []

    def next_refresh(number: int) -> None:
        chains[number % len(chains)] = server.refresh(chains[number % len(chains)])

    many = max(10, many // server.slow)
    server.line.close()  # it was idle while others were measured; most servers end such a connection
    figures = {
        "authorize, signed in": timed(server, many, lambda n: codes.append(server.authorize(verifiers[n]))),
        "token, code + PKCE": timed(server, many, lambda n: tokens.append(server.token(codes[n], verifiers[n]))),
        "whole login": timed(server, many, lambda _n: server.login()),
    }
    chains += [server.login()["refresh_token"] for _member in server.cookies]
    figures["refresh"] = timed(server, many, next_refresh)
    bearer = {"Authorization": f"Bearer {server.login()['access_token']}"}
    figures["userinfo"] = timed(server, many, lambda _n: server.look("userinfo", bearer))
    token = server.login()["access_token"]
    figures["introspect"] = timed(server, many, lambda _n: server.introspect(token))
    for name in ("discovery", "jwks"):
        figures[name] = timed(server, many * 4, lambda _n, what=name: server.look(what))
    return figures


def timed(server: Server, many: int, call: Callable[[int], object]) -> tuple[float, float, float]:
    """Microseconds of the server's CPU for one call, and how long the driver waited, in milliseconds."""
    waits, before = [], server.cpu()
    for number in range(many):
        begun = time.perf_counter()
        call(number)
        waits.append(time.perf_counter() - begun)
    spent = server.cpu() - before
    waits.sort()
    return spent / many * 1e6, waits[len(waits) // 2] * 1e3, waits[int(len(waits) * 0.99)] * 1e3


def kept(server: Server) -> Iterator[Server]:
    """Waits until a server answers, and ends it afterwards."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            if server.ask("GET", server.paths["discovery"])[0] == 200:
                break
        server.line.close()
        time.sleep(0.1)
    try:
        yield server
    finally:
        server.line.close()
        server.process.terminate()
        server.process.wait(timeout=20)
