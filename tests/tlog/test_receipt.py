"""Notes, checkpoints, cosignatures and receipts of our own: inverse pairs and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tlog.checkpoint import (
    Checkpoint,
    add_cosignatures,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from hub.tlog.hashes import EMPTY, Spoilt, Tree, leaf_hash
from hub.tlog.note import COSIGNATURE, Signer, format_note, format_vkey, open_note, parse_note, parse_vkey
from hub.tlog.proofs import prove_inclusion
from hub.tlog.receipt import Receipt, check_receipt, format_receipt, parse_receipt

ORIGIN = "hub.example/log"
LOG = Signer(ORIGIN, b"L" * 32)
DECOY = Signer(ORIGIN, b"D" * 32)
WITNESS = Signer("north.example/w", b"W" * 32, COSIGNATURE)
ENTRIES = [f"entry {index}".encode() for index in range(11)]
TREE = Tree(map(leaf_hash, ENTRIES))
HEAD = Checkpoint(ORIGIN, 11, TREE.root())
NOTE = sign_checkpoint(HEAD, LOG)


def receipt(index=4):
    return Receipt(index, tuple(prove_inclusion(index, 11, TREE.read)), NOTE, ENTRIES[index])


@given(st.binary(min_size=32, max_size=32), st.sampled_from([1, COSIGNATURE]))
def test_public_form_of_any_key_reads_back(seed, kind):
    verifier = Signer("hub.example/log", seed, kind).verifier

    assert parse_vkey(format_vkey(verifier)) == verifier


@given(st.text(), st.binary(min_size=32, max_size=32))
def test_any_text_is_signed_and_opened_or_refused(text, seed):
    signer = Signer("hub.example/log", seed)
    try:
        raw = format_note(text, [signer.sign(text)])
    except (Spoilt, UnicodeEncodeError):
        assert not text.endswith("\n") or any(mark < " " for mark in text) or text == "\n"
        return
    assert open_note(raw, [signer.verifier]).text == text


@given(st.binary(max_size=200))
def test_any_bytes_are_a_note_or_refused(raw):
    try:
        text, lines = parse_note(raw)
    except Spoilt:
        return
    assert format_note(text, lines) == raw


def test_checkpoint_opens_under_its_own_key_alone():
    assert open_checkpoint(NOTE, [LOG.verifier]) == HEAD
    with pytest.raises(Spoilt):
        open_checkpoint(NOTE, [DECOY.verifier])


def test_checkpoint_signed_by_a_witness_alone_is_refused():
    text = format_checkpoint(HEAD)
    alone = format_note(text, [WITNESS.cosign(text, 1)])

    with pytest.raises(Spoilt, match="its own log"):
        open_checkpoint(alone, [LOG.verifier, WITNESS.verifier])


def test_checkpoint_under_another_origin_is_refused():
    text = format_checkpoint(Checkpoint("other.example/log", 11, TREE.root()))

    with pytest.raises(Spoilt, match="its own log"):
        open_checkpoint(format_note(text, [LOG.sign(text)]), [LOG.verifier])


def test_cosignature_is_added_and_held_with_its_time():
    text = format_checkpoint(HEAD)

    raw = add_cosignatures(NOTE, [WITNESS.cosign(text, 1_795_000_000)])

    note = open_note(raw, [LOG.verifier, WITNESS.verifier])
    assert [(line.name, line.time) for line in note.signatures][1] == ("north.example/w", 1_795_000_000)
    assert parse_checkpoint(note.text) == HEAD


def test_cosignature_with_another_time_is_refused():
    text = format_checkpoint(HEAD)
    line = WITNESS.cosign(text, 1_795_000_000)
    moved = type(line)(line.name, line.key_id, (1_795_000_001).to_bytes(8, "big") + line.raw[8:])

    with pytest.raises(Spoilt, match=r"north\.example"):
        open_note(add_cosignatures(NOTE, [moved]), [LOG.verifier, WITNESS.verifier])


def test_keys_sign_only_after_their_kind():
    text = format_checkpoint(HEAD)
    with pytest.raises(Spoilt):
        WITNESS.sign(text)
    with pytest.raises(Spoilt):
        LOG.cosign(text, 1)
    with pytest.raises(Spoilt):
        Signer("two words", b"L" * 32)


def read_and_check(raw):
    """Reads a receipt and checks it against the entry it carries itself."""
    read = parse_receipt(raw)
    return check_receipt(read, read.extra or b"", [LOG.verifier])


def test_receipt_reads_back_and_leads_to_the_head():
    assert parse_receipt(format_receipt(receipt())) == receipt()
    assert check_receipt(receipt(), ENTRIES[4], [LOG.verifier]) == HEAD


def test_receipt_of_a_log_with_one_entry_has_no_hashes():
    tree = Tree([leaf_hash(b"only")])
    alone = Receipt(0, (), sign_checkpoint(Checkpoint(ORIGIN, 1, tree.root()), LOG))

    assert parse_receipt(format_receipt(alone)) == alone
    assert check_receipt(alone, b"only", [LOG.verifier]).size == 1


def test_receipt_does_not_vouch_for_another_entry_index_or_key():
    for claim in (
        (receipt(4), ENTRIES[5], [LOG.verifier]),
        (Receipt(5, receipt(4).path, NOTE), ENTRIES[4], [LOG.verifier]),
        (receipt(4), ENTRIES[4], [DECOY.verifier]),
    ):
        with pytest.raises(Spoilt):
            check_receipt(*claim)


def test_every_flipped_bit_of_a_receipt_is_refused():
    raw = format_receipt(receipt())
    for at in range(len(raw)):
        for bit in range(8):
            flipped = bytearray(raw)
            flipped[at] ^= 1 << bit
            with pytest.raises(Spoilt):
                read_and_check(bytes(flipped))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        b"c2sp.org/tlog-proof@v1\nextra AA==\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAA==\n\nx",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + b"\nx",
        b"\xff\n\nx",
    ],
)
def test_malformed_receipts_are_refused(raw):
    with pytest.raises(Spoilt):
        parse_receipt(raw)


def test_empty_log_has_a_checkpoint():
    head = Checkpoint(ORIGIN, 0, EMPTY)

    assert open_checkpoint(sign_checkpoint(head, LOG), [LOG.verifier]) == head
