"""A published run of a witness, retyped as values, with today's status for an unknown log.

Source: torchwood, cmd/litewitness/testdata/litewitness.txt (a Sigsum log's checkpoints of 1, 3 and 5 leaves; an unknown
log was 403 there and is 404 in tlog-witness v1.0.0).
"""

import pytest
from starlette.testclient import TestClient

from hub.tlog.hashes import format_base64
from hub.tlog.note import ED25519, Signature, Verifier, format_note, open_note, parse_lines
from hub.witness import store as stores
from hub.witness.server import make_app

PUBLIC = bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
OTHER = ORIGIN[:-1] + "1"
LOG = Verifier(ORIGIN, ED25519, PUBLIC)
ONE = (1, "2a" + "00" * 31)
ONE_SIGNED = (
    "b7cf653aa9c565a1ca359db81bd3bc656ab2890c6ea4c0aec42295e80aa05049"
    "423505026434f987923ccdf07d440c152cd59e736e5914d8ada8d7a4d51b2106"
)
THREE = (3, "45c088d4d939e9971298811f227d1295eaad57bbafae55cd71c171e7de48c25d")
THREE_SIGNED = (
    "655bb4871d15bc05032d67eece88900c4863a27f190393b99176391577f5def9"
    "71b023d9a418c3226b7b7ea47b33686d9b3849451dadc6b07c007c595af1ea0a"
)
FIVE = (5, "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36")
FIVE_SIGNED = (
    "0fc43899968b48b5150b0e8fe7ad07b17c21c7056a6fe381deb0cd19ece103d5"
    "9b2119b5dbe5d54d8a1262ce67f01245c5898b4b56f747495804a17a2eec0f0c"
)
LEAVES = {n: f"2a{n:02x}" + "00" * 30 for n in range(5)}
LEFT = "f9f50357e93def4078237b8aaea24ce1a3f5965a0f64ff26bebd99e30470d8b2"
PAIR = "c2088815d65f60dbfa594d4e96504ab169cb6084bf0c132ab7c521fd2e0eba41"
ONE_TO_THREE = [LEAVES[1], LEAVES[2]]
ONE_TO_FIVE = [LEAVES[1], LEFT, LEAVES[4]]
THREE_TO_FIVE = [LEAVES[2], LEAVES[3], PAIR, LEAVES[4]]


def body(old, head, signed, proof, origin=ORIGIN):
    size, root = head
    text = f"{origin}\n{size}\n{format_base64(bytes.fromhex(root))}\n"
    line = Signature(origin, Verifier(origin, ED25519, PUBLIC).key_id, bytes.fromhex(signed))
    hashes = "".join(f"{format_base64(bytes.fromhex(one))}\n" for one in proof)
    return f"old {old}\n{hashes}\n".encode() + format_note(text, [line])


# In order: what is sent, the status, and the size that a conflict tells.
RUN = [
    (body(0, ONE, ONE_SIGNED, []), 200, None),
    (body(1, THREE, THREE_SIGNED[:-2] + "0b", ONE_TO_THREE), 403, None),
    (body(1, THREE, THREE_SIGNED, ONE_TO_THREE, OTHER), 404, None),
    (body(1, THREE, THREE_SIGNED, []), 422, None),
    (body(1, THREE, THREE_SIGNED, [LEAVES[1], LEAVES[2][:-1] + "1"]), 422, None),
    (body(1, THREE, THREE_SIGNED, ONE_TO_THREE), 200, None),
    (body(1, FIVE, FIVE_SIGNED, ONE_TO_FIVE), 409, "3\n"),
    (body(3, FIVE, FIVE_SIGNED, THREE_TO_FIVE), 200, None),
]


@pytest.fixture
def store(tmp_path):
    stores.make(tmp_path / "w", "example.com/witness", b"W" * 32)
    made = stores.Store(tmp_path / "w")
    made.add(LOG)
    return made


def test_the_published_run_gets_the_published_answers(store):
    client = TestClient(make_app(store))
    for sent, status, told in RUN:
        answer = client.post("/add-checkpoint", content=sent)
        assert answer.status_code == status, answer.text
        if status == 200:
            lines = parse_lines(answer.text)
            note = sent.partition(b"\n\n")[2]
            opened = open_note(note + answer.text.encode(), [LOG, store.signer.verifier])
            assert lines[0] in opened.signatures
        if told:
            assert (answer.text, answer.headers["content-type"].split(";")[0]) == (told, "text/x.tlog.size")
