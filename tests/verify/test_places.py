"""What the stand-alone verifier reads from: a folder, an address, and two places that must tell one history."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.db import Database
from hub.ledger.reading import lines_of, read_entries
from hub.ledger.verify import fold, verify
from hub.permits.shown import format_shown, shown
from tests.bench.verifier import AT, write
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
    # Its own words are gone by that, and so is the name that the state published tells.
    assert told["problems"][0] == "openings/7.json holds words that entry 7 does not carry."
    assert {problem.partition(":")[0] for problem in told["problems"][1:]} == {"holders"}


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


def test_place_without_a_state_is_told(log, capsys):
    (log / "state.json").unlink()

    code, told = run(capsys, log)

    assert (code, told["problems"]) == (
        verifier.DOES_NOT,
        ["There is no state.json: what the hub shows cannot be held against its record."],
    )


@pytest.fixture
def offices(log):
    """What this hub shows of its offices, as its pages would."""
    scratch = Database("sqlite://")
    scratch.create_all()
    with scratch.write() as tx:
        fold(tx, lines_of(log, read_entries(log, 300)))
        said = shown(tx, AT)
    scratch.close()
    [office] = said.offices
    assert (office["role"], office["name"]) == ("council", "Ana")
    return said


def put(log, said, **settings):
    """Shows offices at an address, or nothing."""
    (log / "powers.json").write_bytes(format_shown(said)) if said else (log / "powers.json").unlink(missing_ok=True)
    (log / "config.json").write_text(json.dumps(settings))


def test_shown_offices_are_held_against_the_record(log, served, offices, capsys):
    [council] = offices.offices
    longer, other = {**council, "until": "2031-01-01T00:00:00Z"}, {**council, "grant": "grt_" + "0" * 26}
    resting = {**council, "rests_until": "2026-11-22T20:00:00Z"}
    shows = {
        "honest": replace(offices),
        "name withdrawn": replace(offices, offices=[{**council, "name": None}]),
        "later": replace(offices, size=301),
        "longer": replace(offices, offices=[longer]),
        "renamed": replace(offices, offices=[{**council, "name": "Eve"}]),
        "resting": replace(offices, offices=[resting]),
        "invented": replace(offices, offices=[council, other]),
        "left out": replace(offices, offices=[]),
        "twice": replace(offices, offices=[council, council]),
        "earlier": replace(offices, size=299),
        "none at all": None,
    }

    found = {}
    for name, said in shows.items():
        put(log, said, url=served)
        found[name] = [problem.partition(" ")[0] for problem in run(capsys, served)[1]["problems"]]

    honest = {"honest": [], "name withdrawn": [], "later": []}
    assert found == honest | {name: ["powers.json"] for name in shows if name not in honest} | {
        "none at all": ["There"]
    }


def test_copy_behind_a_web_server_shows_no_offices_and_is_not_blamed(log, served, capsys):
    put(log, None, url="https://hub.example")

    assert run(capsys, served)[0] == verifier.HOLDS
