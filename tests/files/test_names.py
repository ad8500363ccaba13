"""The name that a file keeps, and the header that carries it."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.files.names import LONGEST, attachment, safe_name

ENDINGS = st.sampled_from(["jpg", "png", "txt"])
HEADER = re.compile(r"attachment; filename=\"([A-Za-z0-9 ._()+-]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("photo.PNG", "photo.jpg"),
        ("C:\\Users\\ann\\photo.jpeg", "photo.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("..", "file.jpg"),
        ("", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("-rf", "rf.jpg"),
        ("page.html", "page.jpg"),
        ("run.tar.gz", "run.tar.jpg"),
        ("con.txt", "file.jpg"),
        ("NUL", "file.jpg"),
        ("a\r\nSet-Cookie: b=c", "a Set-Cookie b=c.jpg"),
        ("photo\u202egpj.exe", "photo gpj.jpg"),
        ('a"; filename="b.exe', "a filename= b.jpg"),
        ("Ynys Môn, “3”.webp", "Ynys Môn, “3”.jpg"),
        ("x" * 300, "x" * LONGEST + ".jpg"),
        ("  spaces \t in  it .jpg", "spaces in it.jpg"),
    ],
)
def test_name_is_what_its_sender_called_it_and_no_more(given: str, kept: str) -> None:
    assert safe_name(given, "jpg") == kept


@given(st.text(), ENDINGS)
def test_any_name_is_safe_and_stays_so(given: str, ending: str) -> None:
    name = safe_name(given, ending)

    assert safe_name(name, ending) == name
    assert name.endswith(f".{ending}")
    assert 0 < len(name) <= LONGEST + 4
    assert not set(name) & set('/\\<>:"|?*%;\0\r\n\u202e')
    assert name[0] not in ".- ~"


@given(st.text(), ENDINGS)
def test_header_is_one_line_and_says_the_name(given: str, ending: str) -> None:
    name = safe_name(given, ending)

    found = HEADER.fullmatch(attachment(name))

    assert found is not None
    assert unquote(found.group(2)) == name
    assert found.group(1).endswith(f".{ending}")


def test_planted_name_is_seen() -> None:
    assert HEADER.fullmatch("attachment; filename=\"a\r\nSet-Cookie: b=c.jpg\"; filename*=UTF-8''a.jpg") is None
