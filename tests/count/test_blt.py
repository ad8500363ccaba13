"""Ballot files: the inverse pair, what else is read, and what is refused with its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.count import RON, Contest, Uncountable
from hub.count.blt import MOST_BYTES, Unreadable, format_blt, parse_blt
from hub.count.contest import RON_SHOWN
from tests.count.contests import contests

# The example of Algorithm 123, with its fourth candidate replaced.
FILE = b"""4 2
-2
3 1 3 4 0
4 1 3 2 0
2 4 1 3 0
1 2 0
2 2 4 3 1 0
1 3 4 2 0
0
"Adam"
"Basil"
"Charlotte"
"Re-open nominations"
"Title"
"""
CONTEST = Contest(
    2,
    ("Adam", "Basil", "Charlotte", RON),
    {(0, 2, 3): 3, (0, 2, 1): 4, (3, 0, 2): 2, (1,): 1, (1, 3, 2, 0): 2, (2, 3, 1): 1},
    frozenset({1}),
    "Title",
)


def test_file_is_read():
    assert parse_blt(FILE) == CONTEST


def test_file_is_written_grouped_and_sorted():
    assert (
        format_blt(CONTEST)
        == b"""4 2
-2
4 1 3 2 0
3 1 3 4 0
1 2 0
2 2 4 3 1 0
1 3 4 2 0
2 4 1 3 0
0
"Adam"
"Basil"
"Charlotte"
"Re-open nominations"
"Title"
"""
    )


@given(contests(), st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_whatever_can_be_written_reads_back(contest, title, ref):
    refs = (ref, *contest.candidates[1:])
    try:
        made = Contest(contest.seats, refs, contest.votes, contest.withdrawn, title)
        raw = format_blt(made)
    except Uncountable:
        return

    assert parse_blt(raw) == made
    assert format_blt(parse_blt(raw)) == raw


@pytest.mark.parametrize(
    "other",
    [
        FILE.replace(b"\n", b"\r\n"),
        FILE.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + FILE,
        FILE.rstrip(b"\n"),
        FILE.replace(b"\n", b"\n\n"),
        FILE.replace(b"4 2\n", b"# made by hand\n4 2 # candidates and seats\n"),
        FILE.replace(b"4 1 3 2 0", b"4 1 3 # a paper\n2 0"),
        FILE.replace(b"4 1 3 2 0\n2 4 1 3 0", b"4 1 3 2 0 2 4 1 3 0"),
        FILE.replace(b"4 1 3 2 0", b"1 1 3 2 0\n3 1 3 2 0"),
        FILE.replace(b'"Adam"', b"Adam"),
        FILE.replace(b'"Title"', b"Title"),
        FILE.replace(b'"Adam"', b'  "Adam"  # first on the paper'),
        FILE.replace(b"Re-open nominations", b"RE OPEN  Nominations (RON)"),
        FILE.replace(b"Re-open nominations", b"RON"),
        FILE.replace(b" ", b"\t"),
    ],
)
def test_other_writings_of_the_same_file_are_read(other):
    tabs = b"Re-open\tnominations" in other
    if tabs:
        other = other.replace(b"Re-open\tnominations", b"Re-open nominations")

    assert parse_blt(other) == CONTEST


def test_title_may_be_missing_and_quotes_are_doubled():
    raw = FILE.replace(b'"Title"\n', b"").replace(b'"Adam"', b'"Jo ""Red"" Lee"')

    read = parse_blt(raw)

    assert (read.title, read.candidates[0]) == ("", 'Jo "Red" Lee')
    assert parse_blt(format_blt(read)) == read


def test_person_called_ron_is_a_person():
    assert parse_blt(FILE.replace(b'"Adam"', b'"Ron"')).candidates == ("Ron", "Basil", "Charlotte", RON)


def swapped(old, new):
    assert FILE.count(old) == 1
    return FILE.replace(old, new)


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"\n# nothing\n", 1, "empty"),
        (b"4\n", 1, "two numbers"),
        (b"4 2 1\n", 1, "two numbers"),
        (b"0 2\n", 1, "1 to 1000 candidates, not 0"),
        (b"1001 2\n", 1, "1 to 1000 candidates, not 1001"),
        (b"4 0\n", 1, "1 to 1000 seats, not 0"),
        (b"4 two\n", 1, "two is not a whole number"),
        (b"4 -2\n", 1, "1 to 1000 seats, not -2"),
        (b"4 2\n", 1, "do not end"),
        (swapped(b"-2\n", b"-5\n"), 2, "from -1 to -4"),
        (swapped(b"-2\n", b"-2 -2\n"), 2, "each once"),
        (swapped(b"-2\n", b"-1 -2 -3 -4\n"), 9, "Every candidate has withdrawn"),
        (swapped(b"3 1 3 4 0", b"3 1=3 4 0"), 3, "1=3 ranks two alike"),
        (swapped(b"3 1 3 4 0", b"3 1 - 4 0"), 3, "leaves a rank out"),
        (swapped(b"3 1 3 4 0", b"(7) 1 3 4 0"), 3, "lead to voters"),
        (swapped(b"3 1 3 4 0", b"1.5 1 3 4 0"), 3, "1.5 is not a whole number"),
        (swapped(b"3 1 3 4 0", "٣ 1 3 4 0".encode()), 3, "not a whole number"),
        (swapped(b"3 1 3 4 0", b"3 1 3 4 1 0"), 3, "names a candidate twice"),
        (swapped(b"3 1 3 4 0", b"3 1 3 5 0"), 3, "no candidate 5; there are 4"),
        (swapped(b"3 1 3 4 0", b"3 1 3 -4 0"), 3, "no candidate -4"),
        (swapped(b"3 1 3 4 0", b"99999999999 1 0"), 3, "too large to be true"),
        (swapped(b"3 1 3 4 0", b"1000000000 1 0\n1 1 0"), 4, "more than 1,000,000,000 papers"),
        (swapped(b"\n0\n", b"\n"), 9, "single 0 must end the papers"),
        (swapped(b"\n0\n", b"\n0 1 2 0\n"), 9, "on the same line"),
        (FILE[: FILE.index(b"2 2 4") + 5], 7, "does not end with 0"),
        (FILE[: FILE.index(b"0\n\"Adam")], 8, "may be cut off"),
        (swapped(b'"Charlotte"\n"Re-open nominations"\n"Title"\n', b""), 12, "a name each; there are 2"),
        (swapped(b'"Adam"', b'"Adam'), 10, "quotes do not match"),
        (swapped(b'"Adam"', b'"Jo "Red" Lee"'), 10, "quotes do not match"),
        (swapped(b'"Adam"', b'""'), 10, "has no name"),
        (swapped(b'"Adam"', b'"Charlotte"'), 12, "Two candidates are called Charlotte"),
        (swapped(b'"Adam"', b'"RON"'), 13, "Two candidates are called ron"),
        (swapped(b'"Adam"', b'"ron 2"'), 10, "kept for seats"),
        (swapped(b'"Adam"', b'"' + b"a" * 201 + b'"'), 10, "longer than 200"),
        (swapped(b'"Adam"', b'"A\x1b[2Jdam"'), 10, "cannot be shown"),
        (swapped(b'"Adam"', '"\u202emadA"'.encode()), 10, "cannot be shown"),
        (swapped(b'"Adam"', b'"Ad\xe4m"'), 10, "Save the file as UTF-8"),
        (swapped(b'"Adam"', b'"Ad\xe4m"').replace(b"\n", b"\r"), 10, "Save the file as UTF-8"),
        (FILE + b'"a source"\n', 15, "More texts follow"),
    ],
)  # fmt: skip
def test_what_is_no_ballot_file_is_refused_with_its_line(raw, line, words):
    with pytest.raises(Unreadable, match=re.escape(words)) as refused:
        parse_blt(raw)

    assert refused.value.line == line
    assert str(refused.value).startswith(f"Line {line}: ")


def test_file_beyond_the_limit_is_refused_unread():
    with pytest.raises(Unreadable, match="larger than 64 MB"):
        parse_blt(b" " * (MOST_BYTES + 1))


@given(st.binary(max_size=200) | st.text('0123456789 -\n"#=a', max_size=60).map(str.encode))
def test_no_bytes_break_the_reader(raw):
    try:
        read = parse_blt(raw)
    except Unreadable as refused:
        lines = range(1, raw.count(b"\n") + raw.count(b"\r") + 2)
        if refused.line not in lines:
            raise
        return

    assert parse_blt(format_blt(read)) == read


@pytest.mark.parametrize("ref", ["a\nb", "\x00", "Re-open nominations", "RON", "x" * 201])
def test_reference_that_would_not_read_back_is_not_written(ref):
    with pytest.raises(Uncountable, match="cannot stand in a ballot file"):
        format_blt(Contest(1, (ref,)))


def test_re_open_nominations_has_words_in_the_file():
    assert f'"{RON_SHOWN}"'.encode() in format_blt(Contest(1, ("a", RON)))
