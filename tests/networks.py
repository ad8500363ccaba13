"""Networks on loopback: a throw-away authority, sites behind TLS, name servers, and a proxy that resolves .test names.

Nothing here reaches the internet, reads /etc/hosts or needs a privilege: the proxy knows the names it was told, and
whoever goes by way of it meets https://hub.test, without a port, where a test's server listens.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import http.server
import ipaddress
import selectors
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# A certificate for "*.test" is refused everywhere: each name of a test stands here.
NAMES = ("localhost", "hub.test", "york.test", "site.test", "wiki.test", "app.test", "resolver.test")
Place = tuple[str, int]


@dataclass
class Tls:
    """A throw-away authority and one certificate for NAMES, as files."""

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
        names: list[x509.GeneralName] = [x509.DNSName(one) for one in NAMES]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        leaf = self._begin(subject, name, key.public_key()).add_extension(x509.SubjectAlternativeName(names), False)
        leaf = leaf.add_extension(x509.BasicConstraints(False, None), True)
        pem = serialization.Encoding.PEM
        plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.authority.write_bytes(signed.public_bytes(pem))
        self.certificate.write_bytes(plain + leaf.sign(ca_key, hashes.SHA256()).public_bytes(pem))
        return self

    def serving(self) -> ssl.SSLContext:
        """What a server wraps its socket in."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context

    def trusting(self) -> ssl.SSLContext:
        """What a client wraps its socket in."""
        return ssl.create_default_context(cafile=self.authority)

    def _begin(self, subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=2))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Threads(socketserver.ThreadingTCPServer):
    """A server of threads that end with the test."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A client that breaks off is a test's own doing."""


@contextlib.contextmanager
def running(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    """Lets a server serve while a test lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


Files = dict[str, bytes]
KINDS = {".js": "text/javascript", "openid-federation": "application/entity-statement+jwt", ".json": "application/json"}


@contextlib.contextmanager
def site_of(tls: Tls, files: Files | Callable[[str], bytes | None], port: int = 0) -> Iterator[Place]:
    """Serves files over TLS: path to bytes, or what a function of path and query answers; yields where it listens."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files(self.path) if callable(files) else files.get(urlsplit(self.path).path)
            self.send_response(200 if body is not None else 404)
            kind = next((kind for end, kind in KINDS.items() if urlsplit(self.path).path.endswith(end)), "text/html")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = _Threads(("127.0.0.1", port), Handler)
    # Each handshake in its own thread: one client that hangs keeps nobody else waiting.
    server.socket = tls.serving().wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with running(server):
        yield server.server_address[0], server.server_address[1]


@dataclass
class Zone:
    """What name servers say: name to TXT records. broken: they say that they could not find out."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def answer(self, raw: bytes) -> bytes:
        """Answers one question."""
        asked = dns.message.from_wire(raw)
        told, name = dns.message.make_response(asked), asked.question[0].name.to_text(omit_final_dot=True)
        told.flags |= dns.flags.RA
        if self.broken:
            told.set_rcode(dns.rcode.SERVFAIL)
        if name in self.aliases:
            told.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{self.aliases[name]}."))
            name = self.aliases[name]
        if name in self.texts:
            told.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *[f'"{t}"' for t in self.texts[name]]))
        elif not self.broken:
            told.set_rcode(dns.rcode.NXDOMAIN)
        return told.to_wire()

    def over_https(self, path: str) -> bytes | None:
        """Answers a question of RFC 8484 section 4.1."""
        found = parse_qs(urlsplit(path).query).get("dns", [""])[0]
        return self.answer(base64.urlsafe_b64decode(found + "=" * (-len(found) % 4))) if found else None


@contextlib.contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """A name server over UDP; yields its address as the setting ``resolvers`` takes it."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, sock = self.request
            sock.sendto(zone.answer(raw), self.client_address)

    server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
    with running(server):
        yield f"127.0.0.1:{server.server_address[1]}"


@dataclass
class Proxy:
    """An HTTP proxy that takes CONNECT. places: "name:port" or "address:port" to where it really listens.

    how: "open" as asked; "refuse" with 403; "silent" takes the connection and says nothing; "off" breaks off; "junk"
    answers no HTTP; "eager" adds bytes of its own behind its yes; "dumb" says yes and then nothing. elsewhere: where
    every tunnel leads, whatever was asked.
    """

    places: dict[str, Place] = field(default_factory=dict)
    how: str = "open"
    elsewhere: Place | None = None
    asked: list[str] = field(default_factory=list)
    address: Place = ("127.0.0.1", 0)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """As settings and clients take it."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def knows(self, name: str, place: Place) -> None:
        """Lets an https name lead to a place."""
        self.places[f"{name}:443"] = place

    def serve(self, client: socket.socket) -> None:
        """Serves one connection."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < 65_536:
            part = client.recv(4096)
            if not part:
                return
            head += part
        method, target = head.split(b" ")[:2]
        self.asked.append(f"{method.decode()} {target.decode()}")
        if method != b"CONNECT":
            client.sendall(b"HTTP/1.1 405 Only CONNECT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.behave(client, target.decode())

    def behave(self, client: socket.socket, target: str) -> None:
        """Opens the way, or plays a trick."""
        tricks = {"off": b"", "junk": b"SSH-2.0-nothing\r\n\r\n", "refuse": b"HTTP/1.1 403 No\r\n\r\n"}
        if self.how in tricks:
            client.sendall(tricks[self.how])
            return
        if self.how == "dumb":
            client.sendall(b"HTTP/1.1 200 Yes\r\n\r\n")
        if self.how in ("silent", "dumb"):
            self.over.wait(30)
            return
        place = self.elsewhere or self.places.get(target)
        if place is None:
            client.sendall(b"HTTP/1.1 502 Unknown here\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(place, timeout=10) as there:
            client.sendall(b"HTTP/1.1 200 Yes\r\n\r\n" + (b"more" if self.how == "eager" else b""))
            splice(client, there)


def splice(one: socket.socket, other: socket.socket) -> None:
    """Carries bytes both ways until either side is done."""
    to = {one: other, other: one}
    with selectors.DefaultSelector() as waiting:
        for sock in to:
            sock.settimeout(30)
            waiting.register(sock, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select(timeout=30):
                sock: Any = key.fileobj
                part = sock.recv(65_536)
                if not part:
                    return
                to[sock].sendall(part)


@contextlib.contextmanager
def proxy() -> Iterator[Proxy]:
    """A proxy while a test lasts."""
    made = Proxy()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                made.serve(self.request)

    server = _Threads(("127.0.0.1", 0), Handler)
    made.address = (server.server_address[0], server.server_address[1])
    with running(server):
        yield made
        made.over.set()
