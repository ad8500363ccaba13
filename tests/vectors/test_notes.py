"""Published notes and checkpoints, retyped as values.

Sources: c2sp.org/signed-note (the example), golang.org/x/mod sumdb/note/note_test.go and sumdb/tlog/note_test.go,
c2sp.org/tlog-cosignature (the example), a checkpoint of sum.golang.org as kept in torchwood's cmd/litewitness/testdata.
"""

import base64

import pytest

from hub.tlog.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from hub.tlog.hashes import Spoilt, leaf_hash
from hub.tlog.note import (
    COSIGNATURE,
    ED25519,
    Signature,
    Signer,
    Verifier,
    cosigned_message,
    format_note,
    format_vkey,
    open_note,
    parse_note,
    parse_vkey,
)

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()

PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_CHECKPOINT = """go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
""".encode()

SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA==\n"
).encode()


def test_specification_example_opens():
    note = open_note(EXAMPLE_NOTE, [parse_vkey(EXAMPLE_KEY)])

    assert (note.text, [line.name for line in note.signatures], note.unknown) == (
        "This is an example message.\n",
        ["example.com/foo"],
        (),
    )


def test_specification_example_refused_with_every_other_bit():
    verifier = parse_vkey(EXAMPLE_KEY)
    for at in range(len(EXAMPLE_NOTE)):
        for bit in range(8):
            flipped = bytearray(EXAMPLE_NOTE)
            flipped[at] ^= 1 << bit
            with pytest.raises(Spoilt):
                open_note(bytes(flipped), [verifier])


def test_signing_gives_the_published_note():
    signer = Signer("PeterNeumann", PETER_SECRET)

    raw = format_note(TEXT, [signer.sign(TEXT)])

    assert (raw.decode(), format_vkey(signer.verifier)) == (f"{TEXT}\n{PETER}", PETER_KEY)


@pytest.mark.parametrize(
    ("keys", "signed", "unknown"),
    [
        ([PETER_KEY], ["PeterNeumann"], ["EnochRoot"]),
        ([PETER_KEY, ENOCH_KEY], ["PeterNeumann", "EnochRoot"], []),
    ],
)
def test_known_and_unknown_signatures_are_kept_apart(keys, signed, unknown):
    note = open_note(f"{TEXT}\n{PETER}{ENOCH}".encode(), [parse_vkey(key) for key in keys])

    assert (note.text, [line.name for line in note.signatures], [line.name for line in note.unknown]) == (
        TEXT,
        signed,
        unknown,
    )


def test_duplicate_signatures_count_once():
    note = open_note(f"{TEXT}\n{PETER}{PETER}{ENOCH}{ENOCH}".encode(), [parse_vkey(PETER_KEY)])

    assert ([line.name for line in note.signatures], [line.name for line in note.unknown]) == (
        ["PeterNeumann"],
        ["EnochRoot"],
    )


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        f"{TEXT}\n".encode(),
        f"{TEXT}\n{PETER[:-1]}".encode(),
        f"\x01{TEXT}\n{PETER}".encode(),
        b"\xff" + f"{TEXT}\n{PETER}".encode(),
        f"{TEXT}\n{PETER.replace('PeterNeumann', 'Bad Name')}".encode(),
        f"{TEXT}\n{PETER}Unexpected line.\n".encode(),
        f"{TEXT}\n{PETER * 101}".encode(),
        f"{TEXT}\n{PETER[:60]}ABCD{PETER[60:]}".encode(),
    ],
    ids=["text", "no lines", "no newline", "control", "not utf-8", "name", "stray line", "101 lines", "bad signature"],
)
def test_malformed_notes_are_refused(raw):
    with pytest.raises(Spoilt):
        open_note(raw, [parse_vkey(PETER_KEY)])


def test_note_that_no_known_key_signed_is_refused():
    with pytest.raises(Spoilt, match="no known key"):
        open_note(f"{TEXT}\n{PETER}".encode(), [parse_vkey(ENOCH_KEY)])


def test_every_mangling_of_a_key_is_refused():
    mangled = [PETER_KEY[i:j] for i in range(len(PETER_KEY)) for j in range(i + 1, len(PETER_KEY) + 1)]
    mangled.remove(PETER_KEY)
    mangled += [PETER_KEY[:i] + chr(ord(PETER_KEY[i]) + 1) + PETER_KEY[i + 1 :] for i in range(len(PETER_KEY))]
    mangled += [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ]

    for text in mangled:
        with pytest.raises(Spoilt):
            parse_vkey(text)


def test_real_checkpoint_of_the_go_checksum_database_opens():
    note = open_note(GO_CHECKPOINT, [parse_vkey(GO_KEY)])

    root = base64.b64decode("vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=")
    assert parse_checkpoint(note.text) == Checkpoint("go.sum database tree", 35225469, root)


def test_tree_text_of_the_go_tests_is_written_and_read():
    text = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
    head = Checkpoint("go.sum database tree", 123456789012, leaf_hash(b"hello world"))

    assert (format_checkpoint(head), parse_checkpoint(text), parse_checkpoint(f"{text}JOE\n")) == (text, head, head)


@pytest.mark.parametrize(
    "text",
    [
        "go.sum database tree\n0xabcdef\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n",
        "\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        f"{'a' * 256}\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        f"{'é' * 128}\n1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "example.com/log\n007\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "example.com/log\n0\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n",
        "example.com/log\n7\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=",
    ],
    ids=[
        "hexadecimal",
        "long root",
        "no origin",
        "256 bytes",
        "256 bytes of UTF-8",
        "zeros",
        "empty log",
        "no newline",
    ],
)
def test_malformed_checkpoints_are_refused(text):
    with pytest.raises(Spoilt):
        parse_checkpoint(text)


def test_cosignature_example_is_taken_apart():
    text, lines = parse_note(SOFA)

    assert [line.name for line in lines] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert (len(lines[1].raw), lines[1].time) == (72, 1679315147)
    assert cosigned_message(lines[1].time, text).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_key_id_of_the_witness_in_the_script_is_its_own():
    """The witness of torchwood's script: public key 64848ad8..., cosigning under example.com/witness."""
    public = bytes.fromhex("64848ad8abed6e85981b3b3875b252b8767ebb4b02f703aca3b1e71bbd6a8e50")
    seed = bytes.fromhex("31ffc2116ecbe003acaa800ab70757bd7d53206e3febef6a6d0796d95530b34f")

    signer = Signer("example.com/witness", seed, COSIGNATURE)

    assert signer.verifier == Verifier("example.com/witness", COSIGNATURE, public)
    assert signer.verifier.key_id != Verifier("example.com/witness", ED25519, public).key_id


def test_unsigned_text_is_no_note():
    with pytest.raises(Spoilt):
        format_note("abc", [Signature("example.com/foo", b"1234", b"5")])
