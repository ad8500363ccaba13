"""A witness over HTTP: bad requests get a sentence, and nothing is cosigned."""

import pytest
from starlette.testclient import TestClient

from hub.tlog.checkpoint import open_checkpoint
from hub.tlog.note import COSIGNATURE, Signer, format_line
from hub.witness import store as stores
from hub.witness.server import LARGEST, make_app
from tests.witness.test_store import LOG, ONE, ORIGIN, submission

STRANGER = Signer("stranger.example", b"S" * 32, COSIGNATURE)


@pytest.fixture
def store(tmp_path):
    stores.make(tmp_path / "w", "north.example/w", b"W" * 32)
    made = stores.Store(tmp_path / "w")
    made.add(LOG.verifier)
    return made


@pytest.fixture
def client(store):
    return TestClient(make_app(store))


GOOD = b"old 0\n\n" + submission(ONE, 0, 3).note


def test_what_was_cosigned_last_is_served_under_the_digest_of_its_origin(client, store):
    path = f"/{stores.digest_of(ORIGIN)}/checkpoint"
    assert client.get(path).status_code == 404

    answer = client.post("/add-checkpoint", content=GOOD)

    assert answer.status_code == 200
    assert client.get(path).content == submission(ONE, 0, 3).note + answer.content
    assert open_checkpoint(client.get(path).content, [LOG.verifier, store.signer.verifier]).size == 3


def test_strangers_lines_are_not_kept_in_the_witnesss_name(client):
    text = submission(ONE, 0, 3).note.partition(b"\n\n")[0].decode() + "\n"
    noisy = GOOD + format_line(STRANGER.cosign(text, 5)).encode()

    assert client.post("/add-checkpoint", content=noisy).status_code == 200

    assert b"stranger" not in client.get(f"/{stores.digest_of(ORIGIN)}/checkpoint").content


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (GOOD.replace(b"old 0", b"old 00"), 400),
        (GOOD.replace(b"old 0", b"old -1"), 400),
        (GOOD.replace(b"old 0", b"new 0"), 400),
        (GOOD.replace(b"old 0", b"old 9"), 400),
        (GOOD.replace(b"old 0\n", b"old 0\nAAAA\n"), 400),
        (GOOD.replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n"), 422),
        (GOOD.replace(b"old 0\n", b"old 0\n" + (b"A" * 43 + b"=\n") * 64), 400),
        (GOOD.replace(b"hub.example/log\n3", b"hub.example/log\n4"), 403),
        (GOOD.replace(b"hub.example/log", b"hub.example/other"), 404),
        (b"x" * (LARGEST + 1), 413),
    ],
)
def test_anything_else_is_refused(client, raw, status):
    answer = client.post("/add-checkpoint", content=raw)
    assert (answer.status_code, bool(answer.text.strip())) == (status, True)
    assert client.get(f"/{stores.digest_of(ORIGIN)}/checkpoint").status_code == 404


def test_a_witness_that_stopped_for_safety_says_so(client, store):
    client.post("/add-checkpoint", content=GOOD)
    (store.folder / "heads" / stores.digest_of(ORIGIN)).unlink()
    assert client.post("/add-checkpoint", content=GOOD).status_code == 503


@pytest.mark.parametrize("path", ["/", "/add-checkpoint", "/../keys/checkpoint", "/%2e%2e/checkpoint", "/x/checkpoint"])
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code in (404, 405)
