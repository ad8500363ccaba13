"""Normalising and sealing: total, idempotent, always the same size."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hub.envelope import SIZE, Handshake, Unreadable, normal, normal_code, open_sealed, seal
from tests.vectors.postcodes import EXAMPLES

PRIVATE = X25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes_raw()
FIELDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=16)


@given(st.text())
def test_normal_is_total_and_idempotent(text):
    assert normal(normal(text)) == normal(text)
    assert normal(text).isascii()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("sw1a 1aa", "SW1A1AA"),
        ("ＳＷ１Ａ　１ＡＡ", "SW1A1AA"),
        ("SW1A-1AA", "SW1A1AA"),
        ("00-950", "00950"),
        ("1000-001", "1000001"),
        ("D02 AF30", "D02AF30"),
        ("K1A 0B1", "K1A0B1"),
        ("  ", ""),
    ],
)
def test_postcodes_of_many_countries_keep_letters_and_digits(typed, kept):
    assert normal(typed) == kept


def test_different_codes_never_merge():
    codes = ["SW1A1AA", "SW1A1AB", "EC1A1BB", "00950", "0950", "D02AF30", "D02AF3O"]

    assert len({normal(code) for code in codes}) == len(codes)


def test_mistaken_letters_of_a_code_are_put_right():
    assert normal_code("oil0 u-abc") == "0110VABC"


@given(FIELDS, FIELDS, FIELDS)
def test_sealed_handshake_is_always_one_size_and_opens_again(country, number, postcode):
    handshake = Handshake(country[:2], number, postcode, "d" * 64, "2001:db8:1:2::/64")

    sealed = seal(PUBLIC, handshake)

    assert len(sealed) == SIZE
    assert open_sealed(PRIVATE.private_bytes_raw(), sealed) == handshake


@given(st.binary(max_size=SIZE + 20))
def test_foreign_bytes_are_unreadable(raw):
    with pytest.raises(Unreadable):
        open_sealed(PRIVATE.private_bytes_raw(), raw)


def test_flipped_bit_is_noticed():
    sealed = bytearray(seal(PUBLIC, Handshake("GB", "1", "2", "d", "c")))
    sealed[100] ^= 1

    with pytest.raises(Unreadable):
        open_sealed(PRIVATE.private_bytes_raw(), bytes(sealed))


WAYS = {
    "as it is": lambda code: code,
    "small letters": str.lower,
    "no space": lambda code: code.replace(" ", "").replace("-", ""),
    "a space in the middle": lambda code: f"{code[: len(code) // 2]} {code[len(code) // 2 :]}",
    "hyphens": lambda code: "-".join(code.replace(" ", "").replace("-", "")),
    "full width": lambda code: "".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in code),
    "blanks around": lambda code: f"\u00a0 {code}\t",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_format_of_the_world_is_one_code_however_it_is_typed(way):
    typed = {country: normal(WAYS[way](code)) for country, code in EXAMPLES.items()}

    kept = {country: "".join(char for char in code if char.isalnum()) for country, code in EXAMPLES.items()}
    assert typed == kept
    assert len(EXAMPLES) > 170


def test_formats_of_the_world_do_not_merge_within_a_country():
    for code in EXAMPLES.values():
        digits = [place for place, char in enumerate(code) if char.isdigit()]
        near = {code[:place] + str(new) + code[place + 1 :] for place in digits for new in range(10)}
        assert len({normal(one) for one in near}) == len(near)
