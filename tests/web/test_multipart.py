"""Forms with a file, read as they arrive: the same however they are cut, and never more kept than may be."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.web.multipart import Multipart, Sent, TextTooLong, boundary_of
from hub.web.pairs import Unreadable

B = b"----x1"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png'
WORDS = b'Content-Disposition: form-data; name="words"'
names = st.text(st.characters(exclude_characters='"%\\', exclude_categories=["Cs", "Cc"]), max_size=9)


def form(*parts: tuple[bytes, bytes], end: bytes = b"--\r\n") -> bytes:
    """A body, part by part: head and content."""
    return b"".join(b"--" + B + b"\r\n" + head + b"\r\n\r\n" + body + b"\r\n" for head, body in parts) + b"--" + B + end


def read(
    raw: bytes, cuts: list[int] | None = None, *, mark: bytes = B, text_most: int = 9000, file_most: int = 9000
) -> Any:
    """What a body says, fed in the parts between the cuts."""
    reader = Multipart(mark, text_most=text_most, file_most=file_most)
    edges = [0, *sorted(cut % (len(raw) + 1) for cut in cuts or []), len(raw)]
    for start, stop in pairwise(edges):
        reader.feed(raw[start:stop])
    pairs, sent = reader.end()
    return list(pairs), sent


def test_texts_and_one_file_are_read() -> None:
    found = read(form((WORDS, b"one\r\ntwo\r"), (FILE, b"\r\n--\0\xff\r\n"), (WORDS, b"")))

    assert found == (
        [("words", "one\ntwo\n"), ("words", "")],
        {"file": Sent("a.png", "image/png", bytearray(b"\r\n--\0\xff\r\n"))},
    )


@given(st.dictionaries(names, names, max_size=5), names, st.binary(max_size=200), st.lists(st.integers(0), max_size=9))
def test_what_a_client_writes_is_read_however_it_is_cut(
    texts: dict[str, str], name: str, raw: bytes, cuts: list[int]
) -> None:
    sent = httpx.Request("POST", "http://a/", data=texts, files={"file": (f"n{name}", raw, "image/png")})

    found = read(sent.read(), cuts, mark=boundary_of(sent.headers["content-type"]))

    assert found == (list(texts.items()), {"file": Sent(f"n{name}", "image/png", bytearray(raw))})


WHOLE = form((WORDS, b"one"), (FILE, b"\r\n------x" * 9), (WORDS, b"two"))


@given(st.lists(st.integers(0), max_size=20))
def test_cuts_change_nothing(cuts: list[int]) -> None:
    assert read(WHOLE, cuts) == read(WHOLE) == read(WHOLE, list(range(len(WHOLE))))


@given(st.binary(max_size=80), st.integers(0), st.integers(0))
def test_any_bytes_are_read_or_refused(noise: bytes, start: int, stop: int) -> None:
    start, stop = sorted((start % len(WHOLE), stop % len(WHOLE)))
    for raw in (noise, WHOLE[:start] + noise + WHOLE[stop:]):
        try:
            pairs, sent = read(raw, text_most=500)
        except (Unreadable, TextTooLong):
            continue
        assert len(sent) <= 1
        assert sum(len(key) + len(value) for key, value in pairs) <= 500


def test_names_are_as_they_were_before_the_browser_escaped_them() -> None:
    head = b'Content-Disposition: form-data; name="a%22b"; filename="c%0D%0Ad.png"'

    assert read(form((head, b"x")))[1] == {'a"b': Sent("c\r\nd.png", "", bytearray(b"x"))}


def test_no_file_chosen_is_no_file() -> None:
    assert read(form((FILE.replace(b"a.png", b""), b""))) == ([], {})
    assert list(read(form((FILE, b"")))[1]) == ["file"]


@pytest.mark.parametrize(("size", "is_too_large"), [(100, False), (101, True), (5000, True)])
def test_file_that_is_too_large_is_not_kept_and_the_words_are(size: int, is_too_large: bool) -> None:
    raw = form((WORDS, b"one"), (FILE, b"x" * size), (WORDS, b"two"))

    for cuts in ([], list(range(0, len(raw), 7))):
        pairs, sent = read(raw, cuts, file_most=100)
        assert pairs == [("words", "one"), ("words", "two")]
        kept = b"" if is_too_large else b"x" * size
        assert sent == {"file": Sent("a.png", "image/png", bytearray(kept), is_too_large)}


def test_reader_holds_no_more_than_it_keeps() -> None:
    reader = Multipart(B, text_most=1000, file_most=100)
    reader.feed(form((FILE, b""))[: -len(B) - 8])

    for _turn in range(100):
        reader.feed(b"x" * 1000)
        assert len(reader._held) < 50


def test_words_that_are_too_long_are_refused() -> None:
    read(form((WORDS, b"x" * 400)), text_most=500)
    for raw in (form((WORDS, b"x" * 500)), form(*[(WORDS, b"")] * 20)):
        with pytest.raises(TextTooLong):
            read(raw, text_most=500)


UNREADABLE = {
    "nothing": b"",
    "something in front": b"hello\r\n" + WHOLE,
    "another boundary": WHOLE.replace(B, b"y"),
    "cut off": WHOLE[:-4],
    "in the file": WHOLE[:150],
    "no line end": form((WORDS, b"one"), end=b"xx"),
    "two files": form((FILE, b"x"), (FILE.replace(b'"file"', b'"other"'), b"x")),
    "many fields": form(*[(WORDS, b"")] * 201),
    "a long head": form((WORDS + b"\r\nX: " + b"y" * 3000, b"")),
    "no name": form((b"Content-Disposition: form-data", b"")),
    "no disposition": form((b"Content-Type: text/plain", b"")),
    "another disposition": form((b'Content-Disposition: attachment; name="a"', b"")),
    "two dispositions": form((WORDS + b"\r\n" + WORDS, b"")),
    "a line that is none": form((WORDS + b"\r\nhello", b"")),
    "a NUL": form((WORDS, b"a\0")),
    "a NUL in a name": form((WORDS.replace(b"words", b"a\0"), b"")),
    "half a character": form((WORDS, b"\xc3")),
    "another name besides": form((WORDS + b"; filename*=UTF-8''a.html", b"")),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_whatever_no_browser_sends_is_refused(what: str) -> None:
    with pytest.raises(Unreadable):
        read(UNREADABLE[what])


@pytest.mark.parametrize(
    ("said", "boundary"),
    [
        ("multipart/form-data; boundary=----x1", b"----x1"),
        ('Multipart/Form-Data; boundary="a b"', b""),
        ('multipart/form-data; boundary="ab"', b"ab"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=" + "a" * 71, b""),
        ("multipart/form-data; boundary=a\r\nb", b""),
        ("multipart/mixed; boundary=a", b""),
        ("application/x-www-form-urlencoded", b""),
        ("", b""),
    ],
)
def test_boundary_is_what_the_head_names(said: str, boundary: bytes) -> None:
    assert boundary_of(said) == boundary
