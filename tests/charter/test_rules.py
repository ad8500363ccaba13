"""Which charter counts: by its own trustees, by those before it, by its number and by what it continues."""

import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Role, Root

from hub.charter.rules import begin_verdict, first_verdict, next_verdict, open_charter, walk
from hub.charter.text import format_charter, text_hash
from hub.tlog.checkpoint import Checkpoint
from hub.tlog.hashes import Spoilt
from hub.tlog.note import ED25519, Signature, format_note
from tests.charters_for_tests import FIRST, TRUSTEES, after, keys, note

SECOND = after(FIRST, trustees=keys(2, 3, 4, 5, 6))


def verdict(charter, *numbers, before=FIRST):
    old = open_charter(note(before, 0, 1, 2))
    return next_verdict(old, open_charter(note(charter, *numbers), old.charter.trustees))


def test_three_of_five_make_the_first_charter():
    assert first_verdict(open_charter(note(FIRST, 0, 2, 4))).ok
    refused = first_verdict(open_charter(note(FIRST, 0, 2)))
    assert (refused.code, refused.sentence) == (
        "charter.not_signed_by_new",
        "2 of its own trustees signed; 3 of 5 must.",
    )


def test_a_later_version_is_no_first_charter():
    assert first_verdict(open_charter(note(SECOND, 2, 3, 4))).code == "charter.not_first"


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ((2, 3, 4), ""),
        ((0, 1, 2, 5, 6), ""),
        ((4, 5, 6), "charter.not_signed_by_old"),
        ((0, 1, 2, 3), "charter.not_signed_by_new"),
        ((5, 6), "charter.not_signed_by_old"),
    ],
)
def test_the_next_charter_needs_three_of_the_old_and_three_of_the_new(numbers, code):
    assert verdict(SECOND, *numbers).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 3}, "charter.other_version"),
        ({"hub": "evil.example"}, "charter.other_hub"),
        ({"previous": b"p" * 32}, "charter.other_previous"),
    ],
)
def test_a_charter_beside_the_chain_is_refused_whoever_signed_it(changes, code):
    assert verdict(dataclasses.replace(SECOND, **changes), *range(7)).code == code


def test_one_key_under_two_names_counts_once():
    text = format_charter(FIRST)
    first = TRUSTEES[0].sign(text)
    twice = format_note(text, [first, first, TRUSTEES[1].sign(text)])
    assert first_verdict(open_charter(twice)).code == "charter.not_signed_by_new"


def test_a_trustees_signature_that_does_not_hold_spoils_the_charter():
    text = format_charter(FIRST)
    forged = dataclasses.replace(TRUSTEES[0].sign(text), raw=bytes(64))
    with pytest.raises(Spoilt, match=r"a\.example does not hold"):
        open_charter(format_note(text, [forged, *(TRUSTEES[n].sign(text) for n in (1, 2, 3))]))


def test_strangers_signatures_are_left_aside():
    text = format_charter(FIRST)
    stranger = Signature("stranger.example", b"\0" * 4, b"\0" * 64)
    opened = open_charter(format_note(text, [stranger]))
    assert opened.signers == frozenset()
    assert first_verdict(opened).code == "charter.not_signed_by_new"


def test_a_chain_is_walked_from_the_fingerprint_on():
    notes = [note(FIRST, 0, 1, 2), note(SECOND, 2, 3, 4)]
    assert [signed.charter for signed in walk(notes, text_hash(format_charter(FIRST)))] == [FIRST, SECOND]
    with pytest.raises(Spoilt, match="another fingerprint"):
        walk(notes, b"f" * 32)
    with pytest.raises(Spoilt, match="charter 2 does not count"):
        walk([notes[0], note(SECOND, 4, 5, 6)])
    with pytest.raises(Spoilt, match="version 1"):
        walk(notes[1:])


TUF = [
    CryptoSigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(1, len(TRUSTEES) + 1)
]


def root(version, trustees, threshold):
    """Returns The Update Framework's root for the same people."""
    signers = [TUF[number].public_key for number in trustees]
    ids = [one.keyid for one in signers]
    roles = {name: Role(ids if name == "root" else [], threshold if name == "root" else 1) for name in ROLES}
    return Root(version=version, keys={one.keyid: one for one in signers}, roles=roles)


ROLES = ("root", "timestamp", "snapshot", "targets")
SETS = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)


@st.composite
def rotations(draw):
    """Draws two sets of trustees with thresholds above half, and who signs."""
    sets = [draw(SETS), draw(SETS)]
    thresholds = [draw(st.integers(len(one) // 2 + 1, len(one))) for one in sets]
    return sets, thresholds, draw(st.lists(st.integers(0, 6), unique=True, min_size=1))


@settings(max_examples=200, deadline=None)
@given(rotations())
def test_python_tuf_gives_the_same_verdicts(rotation):
    (old, new), (of_old, of_new), signers = rotation
    first = dataclasses.replace(FIRST, trustees=keys(*old), threshold=of_old)
    second = after(first, trustees=keys(*new), threshold=of_new)

    ours = next_verdict(open_charter(note(first, *old)), open_charter(note(second, *signers), first.trustees))

    payload = b"the same bytes for everybody"
    signatures = {TUF[n].public_key.keyid: TUF[n].sign(payload) for n in signers}
    theirs = root(2, new, of_new).get_root_verification_result(root(1, old, of_old), payload, signatures)
    assert ours.ok == bool(theirs)
    assert (ours.code == "charter.not_signed_by_old") == (not theirs.first)


LEFT = Checkpoint("old.example/log", 7, b"r" * 32)


@settings(max_examples=100, deadline=None)
@given(rotations())
def test_python_tuf_weighs_an_heirs_own_first_charter_alike(rotation):
    (old, own), (of_old, of_own), signers = rotation
    first = dataclasses.replace(FIRST, trustees=keys(*old), threshold=of_old)
    heirs = dataclasses.replace(
        FIRST, hub="heir.example", trustees=keys(*own), threshold=of_own, continues=LEFT, issuer="https://heir.example"
    )
    before, signed = open_charter(note(first, *old)), open_charter(note(heirs, *signers))

    ours = begin_verdict(signed, LEFT, [before])

    payload = b"the same bytes for everybody"
    signatures = {TUF[n].public_key.keyid: TUF[n].sign(payload) for n in signers}
    theirs = root(1, own, of_own).get_root_verification_result(None, payload, signatures)
    assert ours.ok == bool(theirs)
    assert begin_verdict(signed, None).code in ("charter.other_history", "charter.not_signed_by_new")
    assert next_verdict(before, signed).code == "charter.other_version"


def test_keys_of_trustees_are_plain_ed25519():
    assert {key.kind for key in FIRST.trustees} == {ED25519}
