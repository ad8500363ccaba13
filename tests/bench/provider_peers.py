"""The peers of tests.bench.provider, each in a throw-away environment of its own, on the first core.

oidc-provider keeps its store in memory. django-oauth-toolkit and Canaille are on SQLite, under gunicorn with one worker
of four threads, which both run on.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from joserfc.jwk import RSAKey

from hub.oidc import rules
from tests.bench.groups import free_port
from tests.bench.provider_server import REDIRECT, SCOPE, SECRET, Server, kept

HERE = Path(__file__).resolve().parent
NODE = {
    "authorize": "/auth", "token": "/token", "userinfo": "/me", "introspect": "/token/introspection",
    "discovery": "/.well-known/openid-configuration", "jwks": "/jwks",
}  # fmt: skip
TOOLKIT = {
    "authorize": "/o/authorize/", "token": "/o/token/", "userinfo": "/o/userinfo/", "introspect": "/o/introspect/",
    "discovery": "/o/.well-known/openid-configuration", "jwks": "/o/.well-known/jwks.json",
}  # fmt: skip
CANAILLE = {
    "authorize": "/oauth/authorize", "token": "/oauth/token", "userinfo": "/oauth/userinfo",
    "introspect": "/oauth/introspect", "discovery": "/.well-known/openid-configuration", "jwks": "/oauth/jwks.json",
}  # fmt: skip


@contextlib.contextmanager
def node_served(folder: Path, algorithm: str) -> Iterator[Server]:
    """node oidc-provider with its store in memory, and somebody who signed in and consented."""
    place, port = folder / "node", free_port()
    place.mkdir()
    shutil.copy(HERE / "oidc_provider.mjs", place / "server.mjs")
    install = ["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", "--silent", "oidc-provider@9"]
    subprocess.run(install, check=True)
    process = subprocess.Popen(["taskset", "-c", "0", "node", str(place / "server.mjs"), str(port), algorithm])
    server = Server("oidc-provider", port, process, "forum", SECRET, [], NODE)
    for ready in kept(server):
        server.cookies = [sign_in_at_peer(server)]
        yield ready


@contextlib.contextmanager
def toolkit_served(folder: Path) -> Iterator[Server]:
    """django-oauth-toolkit 3.4."""
    place = made(folder / "toolkit", "toolkit_of_peer.py", "django-oauth-toolkit==3.4.*")
    (place / "key.pem").write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    yield from under_gunicorn("django-oauth-toolkit", place, "toolkit_of_peer", TOOLKIT, 2)


@contextlib.contextmanager
def canaille_served(folder: Path) -> Iterator[Server]:
    """Canaille 0.3."""
    place = made(folder / "canaille", "canaille_of_peer.py", "canaille[oidc,sqlite]==0.3.*")
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    (place / "key.json").write_text(json.dumps(key.as_dict(private=True)), encoding="ascii")
    yield from under_gunicorn("Canaille", place, "canaille_of_peer", CANAILLE, 8)


@contextlib.contextmanager
def bare_served(folder: Path) -> Iterator[Server]:
    """No provider: five bytes from the web server that ours runs on. What it costs says how noisy the machine is."""
    port = free_port()
    (folder / "bare.py").write_text(BARE, encoding="ascii")
    command = ["taskset", "-c", "0", sys.executable, "-m", "uvicorn", "bare:application", "--app-dir", str(folder)]
    command += ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--lifespan", "off"]
    process = subprocess.Popen([*command, "--no-access-log", "--log-level", "warning"])
    yield from kept(Server("bare", port, process, "", "", [], {"discovery": "/"}))


BARE = """
async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})
"""


def made(place: Path, script: str, package: str) -> Path:
    """Makes a peer's folder with its environment."""
    place.mkdir()
    subprocess.run([sys.executable, "-m", "venv", str(place / "env")], check=True)
    install = [str(place / "env/bin/python"), "-m", "pip", "install", "--quiet", package, "gunicorn"]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    shutil.copy(HERE / script, place / script)
    return place


def under_gunicorn(name: str, place: Path, module: str, paths: dict[str, str], slow: int) -> Iterator[Server]:
    """Fills a peer's store and serves it; whoever is signed in there comes with it."""
    python, port = str(place / "env/bin/python"), free_port()
    filled = subprocess.run([python, f"{module}.py"], cwd=place, check=True, capture_output=True, text=True)
    command = ["taskset", "-c", "0", python, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4"]
    command += ["--keep-alive", "60", "--log-level", "error", "--bind", f"localhost:{port}", f"{module}:application"]
    process = subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL)
    yield from kept(Server(name, port, process, "forum", SECRET, filled.stdout.split(), paths, slow))


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
