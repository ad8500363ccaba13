"""Fetching from strangers: a true hub over http, and servers that are large, slow, torn, or send one elsewhere."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.ledger.reading import own_key
from hub.ledger.verify import verify
from hub.mirror import sources
from hub.mirror.pull import pull
from hub.mirror.sources import Address, Folder, Unreachable, modified, source_of


@contextmanager
def serving(handler):
    """Runs a server on a free port of this machine; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def odd(answer):
    """A handler that does one odd thing for every path."""

    class Odd(BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    return Odd


def test_hub_is_pulled_over_http(town, tmp_path):
    town.name("Ann", "Decoy")
    town.turn()
    pull(Folder(town.folder), tmp_path / "static")

    with serving(partial(Quiet, directory=str(tmp_path / "static"))) as address:
        source = source_of(f"{address}/")
        done = pull(source, tmp_path / "mirror")
        source.close()

    assert (done.head.size, done.key.source, done.notes, done.problems) == (5, "named", [], [])
    assert verify(tmp_path / "mirror", own_key(tmp_path / "mirror", None)).problems == []
    assert (tmp_path / "mirror/state.json").read_bytes() == (tmp_path / "static/state.json").read_bytes()


def fetch(handler, most=1000):
    with serving(handler) as address:
        source = Address(address)
        try:
            return source.get("log/checkpoint", most)
        finally:
            source.close()


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 1000)
    except OSError:
        pass


def dripping(handler):
    handler.send_response(200)
    handler.end_headers()
    stop = threading.Event()
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            stop.wait(0.02)
    except OSError:
        pass


def redirecting(handler):
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
    handler.end_headers()


def failing(handler):
    handler.send_response(500)
    handler.end_headers()


def torn(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b"x" * 10)


def packed(handler):
    """A compression bomb in the making: asked for identity, it answers gzip; the bytes are counted as they come."""
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    handler.wfile.write(b"\x1f\x8b" + b"\x00" * 20)


def nonsense(handler):
    handler.wfile.write(b"\x00\x01\x02 nonsense\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (endless, "larger than 1000 bytes"),
        (redirecting, "answers 302"),
        (failing, "answers 500"),
        (torn, "does not answer"),
        (nonsense, "does not answer"),
    ],
)
def test_odd_servers_are_unreachable(answer, message):
    with pytest.raises(Unreachable, match=message):
        fetch(odd(answer))


def test_slow_server_is_unreachable(monkeypatch):
    monkeypatch.setattr(sources, "SECONDS", 0.3)

    with pytest.raises(Unreachable, match="too slow"):
        fetch(odd(dripping))


def test_compressed_answer_is_taken_as_it_comes():
    assert fetch(odd(packed)) == b"\x1f\x8b" + b"\x00" * 20


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there_is_nothing(status):
    def absent(handler):
        handler.send_response(status)
        handler.end_headers()

    assert fetch(odd(absent)) is None


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Tue, 14 Nov 2023 22:13:20 GMT", dt.datetime(2023, 11, 14, 22, 13, 20, tzinfo=dt.UTC)),
        ("yesterday", None),
        (None, None),
    ],
)
def test_an_address_says_when_a_file_was_written_or_does_not(told, found):
    class Dated(Quiet):
        def do_HEAD(self):
            self.send_response(200)
            if told:
                self.send_header("Last-Modified", told)
            self.end_headers()

    with serving(Dated) as address:
        source = Address(address)
        assert modified(source, "log/checkpoint") == found
        source.close()


def test_nobody_listening_is_unreachable():
    with serving(Quiet) as address:
        pass
    source = Address(address)

    with pytest.raises(Unreachable, match="does not answer"):
        source.get("log/checkpoint", 10)
    source.close()


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "openings/../../secret"])
def test_paths_outside_the_root_are_never_asked_for(tmp_path, path):
    (tmp_path / "secret").write_text("decoy")
    (tmp_path / "mirror").mkdir()

    with pytest.raises(ValueError, match="not a path below the root"):
        Folder(tmp_path / "mirror").get(path, 100)


def test_large_file_of_a_folder_is_refused(tmp_path):
    (tmp_path / "big").write_bytes(b"x" * 11)

    assert Folder(tmp_path).get("absent", 10) is None
    with pytest.raises(Unreachable, match="larger than 10 bytes"):
        Folder(tmp_path).get("big", 10)
