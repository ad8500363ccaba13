"""A hub behind TLS with a throw-away authority, and sites of other people's making that sign members in with it."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import os
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub import app, clock, ids, ledger
from hub.acts import actions as acts
from hub.db import Database, metadata
from hub.groups import membership
from hub.groups import queries as groups
from hub.groups.entries import LinkDeclared, LinkProved
from hub.oidc import registering
from hub.people import actions as people
from hub.permits import Actor
from hub.web.cookies import SESSION, name_of
from tests.databases import Sqlite
from tests.matchers import eventually
from tests.oidc.conftest import form_of
from tests.people_for_tests import again, found_branch, found_group, found_hub, member, seat_council
from tests.web.conftest import House, prepare

HERE = Path(__file__).resolve().parent


def need(present: object, what: str) -> None:
    """Skips a test whose client is not installed here; where CI demands it, fails."""
    if present:
        return
    if os.environ.get("FOLKMOOT_REQUIRE_CLIENTS") == "1":
        pytest.fail(f"{what} is required here and not installed")
    pytest.skip(f"{what} is not installed")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Tls:
    """A throw-away authority and one certificate for localhost, as files."""

    folder: Path

    @property
    def authority(self) -> Path:
        """What clients trust."""
        return self.folder / "ca.pem"

    @property
    def certificate(self) -> Path:
        """What servers show, with its key."""
        return self.folder / "server.pem"

    def make(self) -> Tls:
        """Writes both."""
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away authority")])
        ca = self._begin(name, name, ca_key.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        ca = ca.add_extension(usage, True)
        signed = ca.sign(ca_key, hashes.SHA256())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        names: list[x509.GeneralName] = [
            x509.DNSName("localhost"),
            x509.DNSName("york.test"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
        leaf = self._begin(subject, name, key.public_key()).add_extension(x509.SubjectAlternativeName(names), False)
        leaf = leaf.add_extension(x509.BasicConstraints(False, None), True)
        pem = serialization.Encoding.PEM
        plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.authority.write_bytes(signed.public_bytes(pem))
        self.certificate.write_bytes(plain + leaf.sign(ca_key, hashes.SHA256()).public_bytes(pem))
        return self

    def _begin(self, subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=2))


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """One authority for the run."""
    return Tls(tmp_path_factory.mktemp("tls")).make()


@dataclass
class Running:
    """A hub that is served over TLS. anna belongs to the group; ben and cara organise it."""

    house: House
    tls: Tls
    group: groups.Group
    anna: Actor
    ben: Actor
    cara: Actor

    @property
    def url(self) -> str:
        """Where it is served; its issuer."""
        return self.house.settings.url

    def register(self, site: str) -> tuple[str, str]:
        """Registers a site at an address by two organisers; returns client id and secret."""
        with self.house.db.write() as tx:
            ben, cara, link = again(tx, self.ben), again(tx, self.cara), ids.new("lnk")
            # Past the form's rule that an address has a dot: a site of a test stands at localhost.
            warrant = next(grant.entry for grant in ben.grants if grant.scope.id == self.group.id)
            words = {"url": site, "title": "Site"}
            ledger.append(tx, LinkDeclared(self.group.id, link, "website"), by=warrant, words=words)
            ledger.append(tx, LinkProved(link, "file", clock.today().isoformat()), by=None)
            made = registering.propose(tx, group=self.group, link=link, tool="any", tells="group", actor=ben)
            registering.confirm(tx, act=made.act, actor=cara)
        # The notice of three days is over by the machine's clock: the hub was founded four days ago.
        clock.set_source(None)
        with self.house.db.write() as tx:
            acts.run(tx, made.act)
            secret = registering.make_secret(tx, client=made.id, actor=again(tx, self.ben))
        return made.id, secret

    def browser(self, actor: Actor | None = None) -> httpx2.Client:
        """A plain browser: follows nothing, keeps cookies, trusts the throw-away authority."""
        found = httpx2.Client(base_url=self.url, verify=ssl.create_default_context(cafile=self.tls.authority))
        if actor is not None:
            found.cookies.set(name_of(self.house.settings, SESSION), self.session(actor))
        return found

    def session(self, actor: Actor) -> str:
        """A session's token."""
        with self.house.db.write() as tx:
            return people.start_session(tx, person=actor.person or "", kind="passkey")

    def agree(self, browser: httpx2.Client, where: str) -> str:
        """Goes where a site sends the member, says yes; returns where the member is sent back to."""
        page = browser.get(where)
        if page.status_code == 200:
            form = dict[str, Any]()
            for name, value in form_of(page.text, "/oidc/consent"):
                form.setdefault(name, []).append(value)
            page = browser.post("/oidc/consent", data=form)
        assert page.status_code == 303, page.text
        return str(page.headers["location"])


@pytest.fixture
def running(tmp_path: Path, _sqlite: Sqlite, tls: Tls) -> Iterator[Running]:
    """A hub on a real port, behind TLS."""
    port, db = free_port(), _sqlite.fresh(metadata)
    settings = prepare(tmp_path / "data", url=f"https://localhost:{port}", demo=False)
    running = found(House(settings, db, app.build(settings, db)), tls)
    config = uvicorn.Config(
        running.house.app, host="127.0.0.1", port=port, log_level="warning", lifespan="off",
        ssl_certfile=tls.certificate, ssl_keyfile=tls.certificate,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    yield running
    server.should_exit = True
    thread.join(timeout=10)
    clock.set_source(None)
    _sqlite.release(db)


def found(house: House, tls: Tls) -> Running:
    """Founds a hub four days ago, so that a site's notice is over by now."""
    ago = clock.now() - dt.timedelta(days=4)
    clock.set_source(lambda: ago)
    db: Database = house.db
    with db.write() as tx:
        found_hub(tx)
        branch, founders = found_branch(tx, seat_council(tx, "una", "ula"))
        group, organisers = found_group(tx, branch, founders[:2], founders[2:4])
        anna = member(tx, "anna")
        membership.join(tx, group=group, actor=anna)
    return Running(house, tls, group, anna, organisers[0], organisers[1])


@pytest.fixture
def site(tls: Tls) -> Iterator[Callable[[dict[str, bytes]], str]]:
    """Serves files over TLS: path to bytes; returns the address."""
    servers = []

    def serve(files: dict[str, bytes]) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = files.get(self.path.split("?")[0])
                self.send_response(200 if body is not None else 404)
                kind = "text/javascript" if self.path.endswith(".js") else "text/html"
                if "openid-federation" in self.path:
                    kind = "application/entity-statement+jwt"
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"https://localhost:{server.server_address[1]}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


@pytest.fixture(scope="session")
def node() -> str:
    """Node with the clients of package.json."""
    found = shutil.which("node")
    need(found and (HERE / "node_modules" / "openid-client").is_dir(), "openid-client for Node")
    return str(found)
