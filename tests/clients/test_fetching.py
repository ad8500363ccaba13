"""The one fetcher against a real site behind TLS that answers with every trick (WE-05, T10)."""

from __future__ import annotations

import contextlib
import http.server
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from hub.fetch import MOST, Also, Fetcher, Refused
from tests.networks import Tls


class Tricks(http.server.BaseHTTPRequestHandler):
    """A site that misbehaves by its path."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path} {self.headers.get('Host')} {self.headers.get('Cookie')}")
        if self.path == "/redirect":
            self._answer(302, b"", Location="https://127.0.0.1/inside")
        elif self.path == "/cookie":
            self._answer(200, b"ok", **{"Set-Cookie": "a=b"})
        elif self.path == "/huge":
            self._answer(200, b"x" * (MOST + 1))
        elif self.path == "/lies":
            self._answer(200, b"x" * 10, **{"Content-Length": "9999999999"})
        elif self.path == "/junk":
            self.wfile.write(b"not http at all\r\n\r\n")
            self.close_connection = True
        elif self.path == "/drip":
            self._drip()
        elif self.path == "/silent":
            self.close_connection = True
        else:
            self._answer(200, b"hello")

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # the fetcher may have had enough
            self.wfile.write(body)
        self.close_connection = "Content-Length" in headers

    def _drip(self) -> None:
        """An answer that is in order, and comes a line of its head at a time."""
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")
            for place in range(30):
                time.sleep(0.1)
                self.wfile.write(f"X-{place}: a\r\n".encode())
            self.wfile.write(b"\r\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def york(tls: Tls) -> Iterator[tuple[Fetcher, list[str]]]:
    """A fetcher that may reach york.test, and what york.test was asked."""
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Tricks,), {"asked": asked}))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # broken handshakes are the tests' own
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    places = dict.fromkeys(("york.test", "another.test"), ("127.0.0.1", server.server_address[1]))
    fetcher = Fetcher(Also(places, tls.authority))
    yield fetcher, asked
    fetcher.close()
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


def test_page_is_fetched_and_a_form_sent(york: tuple[Fetcher, list[str]]) -> None:
    fetcher, asked = york

    found, sent = fetcher.get("https://york.test/page?x=1"), fetcher.post("https://york.test/", b"logout_token=a")

    assert (found.status, found.body, sent.status) == (200, b"hello", 204)
    assert asked == ["GET /page?x=1 york.test None", "logout_token=a"]


def test_redirect_is_told_and_not_followed(york: tuple[Fetcher, list[str]]) -> None:
    fetcher, asked = york

    found = fetcher.get("https://york.test/redirect")

    assert (found.status, found.headers["location"]) == (302, "https://127.0.0.1/inside")
    assert len(asked) == 1


def test_no_cookie_is_kept(york: tuple[Fetcher, list[str]]) -> None:
    fetcher, asked = york

    fetcher.get("https://york.test/cookie")
    fetcher.get("https://york.test/cookie")

    assert asked == ["GET /cookie york.test None"] * 2


@pytest.mark.parametrize("path", ["/huge", "/lies", "/junk", "/silent"])
def test_trick_ends_in_a_sentence(york: tuple[Fetcher, list[str]], path: str) -> None:
    fetcher, _asked = york

    with pytest.raises(Refused, match="york"):
        fetcher.get(f"https://york.test{path}")


def test_site_that_never_comes_to_an_end_is_left(york: tuple[Fetcher, list[str]]) -> None:
    patient, asked = york
    hasty = Fetcher(patient.also, seconds=1.0)

    found = patient.get("https://york.test/drip")
    with pytest.raises(Refused, match="ReadTimeout"):
        hasty.get("https://york.test/drip")

    hasty.close()
    assert found.status == 200
    assert len(asked) == 2


def test_certificate_of_another_name_is_refused(york: tuple[Fetcher, list[str]]) -> None:
    fetcher, asked = york

    with pytest.raises(Refused):
        fetcher.get("https://another.test/")

    assert asked == []


def test_authority_nobody_trusts_is_refused(york: tuple[Fetcher, list[str]]) -> None:
    trusting, asked = york
    stranger = Fetcher(Also(trusting.also.places))

    with pytest.raises(Refused):
        stranger.get("https://york.test/")

    stranger.close()
    assert asked == []
