"""What a sign-in costs: python -m tests.bench.provider [LOGINS]. Prints figures; asserts nothing.

The hub's own web process (SQLite in WAL, synchronous FULL) beside node oidc-provider with its store in memory, each on
one core with one worker; the driver has the other core. Rounds alternate. A figure is the server's user and system
time for one request, in microseconds, the median of the rounds with least and most; p50 and p99 are what the driver
waited. oidc-provider lives in a temporary folder; its store forgets with the process, ours is kept.

Goals of the reference, for ours: whole login 2,000 (RS256) and 1,800 (ES256), authorize 700, token 1,300, refresh
1,100 (ES256), userinfo 220, introspect 280, discovery 60, JWKS 60.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import platform
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from hub import clock, ledger
from hub.acts import actions as acts
from hub.branches import actions as branches
from hub.cli import stores
from hub.cli.init import found
from hub.groups import links
from hub.groups import queries as groups
from hub.groups.entries import LinkProved
from hub.ledger import catalogue
from hub.oidc import clients, consenting, registering, rules
from hub.oidc.keys import ProviderKeys
from hub.oidc.parties import Party
from hub.people import actions as people
from hub.web.cookies import SESSION, name_of
from tests.bench.groups import free_port
from tests.people_for_tests import AREAS, again, found_branch, found_group, member, seat_council

ROUNDS, HERE = 5, Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
REDIRECT = "https://forum.test/oidc/callback"
SCOPE = "openid profile offline_access"


@dataclass
class Server:
    """A provider that runs. paths: its endpoints; cookie: of a member who consented."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    client: str
    secret: str
    cookie: str
    paths: dict[str, str]
    line: http.client.HTTPConnection = field(init=False)

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
        """User and system time so far, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    # One of each thing.

    def authorize(self, verifier: str) -> str:
        """A code for a member who is signed in and has consented."""
        asked = {
            "response_type": "code", "client_id": self.client, "redirect_uri": REDIRECT, "scope": SCOPE, "state": "s",
            "nonce": "n", "code_challenge": rules.challenge_of(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        status, location, body = self.ask(
            "GET", f"{self.paths['authorize']}?{urlencode(asked)}", "", {"Cookie": self.cookie}
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


def measured(server: Server, many: int) -> dict[str, tuple[float, float, float]]:
    """Each endpoint: microseconds of CPU, and milliseconds at p50 and p99."""
    verifiers = [secrets.token_urlsafe(48) for _ in range(many)]
    codes: list[str] = []
    tokens: list[dict[str, str]] = []
    chain = {"refresh": ""}

    def next_refresh(_number: int) -> None:
        chain["refresh"] = server.refresh(chain["refresh"])

    figures = {
        "authorize, signed in": timed(server, many, lambda n: codes.append(server.authorize(verifiers[n]))),
        "token, code + PKCE": timed(server, many, lambda n: tokens.append(server.token(codes[n], verifiers[n]))),
        "whole login": timed(server, many, lambda _n: server.login()),
    }
    chain["refresh"] = server.login()["refresh_token"]
    figures["refresh"] = timed(server, many, next_refresh)
    bearer = {"Authorization": f"Bearer {server.login()['access_token']}"}
    figures["userinfo"] = timed(server, many, lambda _n: server.ask("GET", server.paths["userinfo"], "", bearer))
    form = urlencode({"token": server.login()["access_token"]})
    figures["introspect"] = timed(
        server, many, lambda _n: server.ask("POST", server.paths["introspect"], form, server.basic)
    )
    for name in ("discovery", "jwks"):
        figures[name] = timed(server, many * 4, lambda _n, path=server.paths[name]: server.ask("GET", path))  # type: ignore[misc]
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


OURS = {
    "authorize": "/oidc/authorize", "token": "/oidc/token", "userinfo": "/oidc/userinfo",
    "introspect": "/oidc/introspect", "discovery": "/.well-known/openid-configuration", "jwks": "/oidc/jwks.json",
}  # fmt: skip
PEERS = {
    "authorize": "/auth", "token": "/token", "userinfo": "/me", "introspect": "/token/introspection",
    "discovery": "/.well-known/openid-configuration", "jwks": "/jwks",
}  # fmt: skip


@contextlib.contextmanager
def hub_served(folder: Path, algorithm: str) -> Iterator[Server]:
    """A hub of one group, its forum, and a member who said yes."""
    port = free_port()
    url = f"http://localhost:{port}"
    ago = clock.now() - clock.DAY * 4
    clock.set_source(lambda: ago)
    settings, _links = found(folder / "hub", {"name": "Bench", "url": url, "port": port})
    database = stores.open_hub(settings)
    with database.write() as tx:
        branches.declare_at_founding(tx, AREAS, operator="bench")
        branch, founders = found_branch(tx, seat_council(tx, "una", "ula"))
        group, (ben, cara) = found_group(tx, branch, founders[:2], founders[2:4])
        anna = member(tx, "anna")
        ben, cara = again(tx, ben), again(tx, cara)
        links.add_link(
            tx, group=group, kind="forum", url="https://forum.test", title="Forum", audience="public", actor=ben
        )
        link = next(one.id for one in groups.links_for(tx, group, viewer=ben))
        ledger.append(tx, LinkProved(link, "file", clock.today().isoformat()), by=None)
        made = registering.propose(tx, group=group, link=link, tool="any", tells="group", actor=ben)
        registering.confirm(tx, act=made.act, actor=cara)
    clock.set_source(None)
    with database.write() as tx:
        acts.run(tx, made.act)
        secret = registering.make_secret(tx, client=made.id, actor=again(tx, ben))
        tx.exec_driver_sql(f"UPDATE client_keys SET algorithm = '{algorithm}'")
        live = clients.find(tx, made.id)
        assert live is not None
        party = Party(live, clients.keys_of(tx, made.id))  # type: ignore[arg-type]  # it was just made
        shown = consenting.shares(party, SCOPE)
        consenting.give(tx, party=party, actor=again(tx, anna), scope_shares=shown, silent=False, keeps_address=False)
        session = people.start_session(tx, person=anna.person or "")
    database.close()
    assert ProviderKeys(settings.keys).ready()
    process = subprocess.Popen(
        ["taskset", "-c", "0", sys.executable, "-m", "hub.cli.main", "web", "--data", str(settings.data)]
    )
    server = Server("hub", port, process, made.id, secret, f"{name_of(settings, SESSION)}={session}", OURS)
    yield from kept(server)


@contextlib.contextmanager
def peer_served(folder: Path, algorithm: str) -> Iterator[Server]:
    """node oidc-provider with its store in memory, and somebody who signed in and consented."""
    place, port = folder / "peer", free_port()
    place.mkdir()
    shutil.copy(HERE / "oidc_provider.mjs", place / "server.mjs")
    install = ["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", "--silent", "oidc-provider@9"]
    subprocess.run(install, check=True)
    process = subprocess.Popen(["taskset", "-c", "0", "node", str(place / "server.mjs"), str(port), algorithm])
    server = Server("oidc-provider", port, process, "forum", "a-secret-of-a-bench-that-is-long-enough", "", PEERS)
    for ready in kept(server):
        server.cookie = sign_in_at_peer(server)
        yield ready


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


def sign_in_at_peer(server: Server) -> str:
    """Plays its development pages once: sign in, consent; the cookies."""
    jar: dict[str, str] = {}

    def go(method: str, path: str, body: str = "") -> tuple[str, bytes]:
        server.line.request(method, path, body or None, {
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            **({"Content-Type": "application/x-www-form-urlencoded"} if body else {}),
        })  # fmt: skip
        answer = server.line.getresponse()
        for line in answer.headers.get_all("set-cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            jar[name] = value
        return answer.headers.get("location", ""), answer.read()

    asked = {
        "response_type": "code", "client_id": server.client, "redirect_uri": REDIRECT, "scope": SCOPE, "nonce": "n",
        "code_challenge": rules.challenge_of("v" * 43), "code_challenge_method": "S256", "prompt": "consent",
    }  # fmt: skip
    where, _body = go("GET", f"/auth?{urlencode(asked)}")
    for prompt in ("login", "consent"):
        path = urlsplit(where).path
        _none, text = go("GET", path)
        action = re.search(rb'action="([^"]+)"', text)
        assert action is not None, text[:500]
        form = {"prompt": prompt, "login": "anna", "password": "any"}
        where, _body = go("POST", urlsplit(action.group(1).decode()).path, urlencode(form))
        where, _body = go("GET", urlsplit(where).path)
    assert where.startswith(REDIRECT), where
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def main(many: int) -> None:
    """Measures both, round by round, and prints a table for each algorithm."""
    catalogue.load()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {ROUNDS} rounds of {many}"
    )
    for algorithm in ("RS256", "ES256"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with hub_served(folder, algorithm) as ours, peer_served(folder, algorithm) as theirs:
                found: dict[str, list[dict[str, tuple[float, float, float]]]] = {ours.name: [], theirs.name: []}
                for _round in range(ROUNDS):
                    for server in (ours, theirs):
                        found[server.name].append(measured(server, many))
        print(f"\n{algorithm}; microseconds of CPU: ours (least to most), oidc-provider, ratio; ours p50 / p99 ms")
        for what in found[ours.name][0]:
            mine = [figures[what][0] for figures in found[ours.name]]
            peers = statistics.median(figures[what][0] for figures in found[theirs.name])
            middle = statistics.median(mine)
            waits = [statistics.median(figures[what][place] for figures in found[ours.name]) for place in (1, 2)]
            print(
                f"{what:<22} {middle:6.0f} ({min(mine):.0f} to {max(mine):.0f})  {peers:6.0f}  "
                f"{middle / max(peers, 1):5.2f}   {waits[0]:.2f} / {waits[1]:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
