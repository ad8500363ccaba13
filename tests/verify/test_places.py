"""What the stand-alone verifier reads from: a folder, an address, and two places that must tell one history."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.ledger.verify import verify
from tests.bench.verifier import write
from tests.verifier import verifier


class Quiet(SimpleHTTPRequestHandler):
    """A web server of static files that says nothing about it."""

    def log_message(self, *_args):
        """Says nothing."""


@pytest.fixture
def log(tmp_path):
    """A log of more than one tile, with words and signed acts, in a folder."""
    write(tmp_path / "log-of-300", 300)
    return tmp_path / "log-of-300"


@pytest.fixture
def served(log):
    """The same behind a web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(log)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(capsys, *words):
    code = verifier.main([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_folder_and_address_are_told_alike(log, served, capsys):
    ours = verify(log, None)

    here, there = run(capsys, log), run(capsys, served)

    assert here == there
    assert here[0] == verifier.HOLDS
    assert (here[1]["size"], here[1]["signed_by_office_holders"]) == (ours.head.size, ours.signed) == (300, 59)


def test_flipped_byte_of_any_file_of_several_tiles_is_found(log):
    paths = sorted(path for path in (log / "log").rglob("*") if path.is_file())

    found = []
    for path in paths:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
        found.append(verifier.main([str(log), "--json"]))
        path.write_bytes(whole)

    assert (len(paths), set(found)) == (6, {verifier.DOES_NOT})


def test_words_that_an_entry_does_not_carry_are_found(log, capsys):
    shutil.copy(log / "openings/5.json", log / "openings/7.json")
    (log / "openings/7.json").write_text((log / "openings/7.json").read_text().replace('"index":5', '"index":7'))

    code, told = run(capsys, log)

    assert code == verifier.DOES_NOT
    assert told["problems"] == ["openings/7.json holds words that entry 7 does not carry."]


def test_second_history_under_the_same_key_is_found(log, served, tmp_path, capsys):
    write(tmp_path / "other", 260)

    code, told = run(capsys, served, "--against", tmp_path / "other")

    assert code == verifier.DOES_NOT
    assert "serves another history than" in told["problems"][0]


def test_same_record_elsewhere_holds(log, served, capsys):
    assert run(capsys, log, "--against", served)[0] == verifier.HOLDS


def test_address_that_does_not_answer_is_not_judged(served, capsys):
    code, told = run(capsys, served + "/nothing/here")

    assert (code, told["holds"]) == (verifier.UNJUDGED, None)
