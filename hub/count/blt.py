"""Ballot files (.blt), as counting programs exchange them: format_blt and parse_blt are inverse.

    4 2                     candidates, seats
    -2                      candidate 2 has withdrawn (one or several, or no such line)
    3 1 3 4 0               three papers: first 1, then 3, then 4
    1 0                     a blank one
    0                       the end of the papers
    "hld_..."               one text for each candidate: the reference
    "Re-open nominations"   RON, wherever it stands
    "Title"

format_blt(c) is UTF-8, papers grouped and sorted, so that nothing tells in which order they were cast.
parse_blt(format_blt(c)) == c. Read, too: comments (# to the end of a line), a byte order mark, any line ends, papers
over several lines, texts without quotes. Refused, with the line and what to do: papers that rank two alike or leave a
rank out (they are not ballots under the rule that counts them), names of papers (they could lead to voters), whatever
is cut off. A quote within quotes is doubled.
Source: Hill, Wichmann and Woodall, Algorithm 123 (1987); comments as OpenSTV has them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from hub.count.contest import MOST_CANDIDATES, MOST_PAPERS, MOST_SEATS, RON, RON_SHOWN, Contest, Paper, Uncountable

MOST_BYTES = 64 * 1024 * 1024
LONGEST = 200  # characters of a text

_ENDS = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[0-9 \t]*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"\s*(#.*)?')
_DIGITS = 10  # of any number
# Marks that turn the direction of what follows: a name could be made to read as another.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Unreadable(ValueError):
    """The file cannot be read. line: where, from 1; the text says so, and what to do."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Line {line}: {sentence}")
        self.line = line


def format_blt(contest: Contest) -> bytes:
    """Writes a contest. Raises Uncountable for a reference or title that a line of the file cannot hold."""
    lines = [f"{len(contest.candidates)} {contest.seats}"]
    if contest.withdrawn:
        lines.append(" ".join(f"-{place + 1}" for place in sorted(contest.withdrawn)))
    for paper, many in sorted(contest.votes.items()):
        lines.append(" ".join(map(str, (many, *(place + 1 for place in paper), 0))))
    lines.append("0")
    texts = [RON_SHOWN if ref == RON else ref for ref in contest.candidates]
    for text, ref in zip((*texts, contest.title), (*contest.candidates, ""), strict=True):
        if _flaw(text) or (ref not in ("", RON) and _reference(text) == RON):
            raise Uncountable(f"{text!r} cannot stand in a ballot file.")
        lines.append('"' + text.replace('"', '""') + '"')
    return "".join(f"{line}\n" for line in lines).encode()


def parse_blt(raw: bytes) -> Contest:
    """Reads a contest. Raises Unreadable, with the line, for whatever is not a whole ballot file."""
    lines = _lines(raw)
    number, head = _head(lines)
    candidates, seats = head
    withdrawn: set[int] = set()
    votes: dict[Paper, int] = {}
    total = 0
    for number, words in _groups(lines):
        if words == [0]:
            break
        if words[0] < 0:
            withdrawn |= _withdrawn(number, words, candidates)
            continue
        many, paper = words[0], tuple(place - 1 for place in words[1:-1])
        _check_paper(number, many, paper, candidates)
        votes[paper] = votes.get(paper, 0) + many
        total += many
        if total > MOST_PAPERS:
            raise Unreadable(number, f"There are more than {MOST_PAPERS:,} papers. This cannot be one contest.")
    else:
        raise Unreadable(number, "The papers do not end: a line with a single 0 is missing. The file may be cut off.")
    if len(withdrawn) == candidates:
        raise Unreadable(number, "Every candidate has withdrawn. There is nobody to count for.")
    refs, title = _texts(lines, candidates, number)
    return Contest(seats, refs, votes, frozenset(withdrawn), title)


def _lines(raw: bytes) -> Iterator[tuple[int, str]]:
    """Numbers the lines, whatever ends them, the space around taken off."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(1, f"The file is larger than {MOST_BYTES // 1024**2} MB. This cannot be one contest.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = len(_ENDS.split(raw[: problem.start].decode("latin-1")))
        raise Unreadable(line, "This is not UTF-8. Save the file as UTF-8 and try again.") from problem
    return iter([(number, line.strip()) for number, line in enumerate(_ENDS.split(text), 1)])


def _numbers(number: int, line: str) -> list[int]:
    """Reads the whole numbers of a line, with - before those who withdrew."""
    if not _PLAIN.fullmatch(line):
        line = line.partition("#")[0]
        for word in line.split():
            if not re.fullmatch(r"-?[0-9]+", word):
                raise Unreadable(number, _why(word))
    words = line.split()
    if any(len(word) > _DIGITS for word in words):
        raise Unreadable(number, "There is a number too large to be true.")
    return [int(word) for word in words]


def _why(word: str) -> str:
    if "=" in word:
        return f"{word} ranks two alike. Papers here must rank one after the other; leave such papers out, or ask."
    if word == "-":
        return "A - leaves a rank out. Papers here must rank without a gap; leave such papers out, or ask."
    if word.startswith("("):
        return f"{word} names a paper. Names of papers could lead to voters; take them out."
    if word.startswith('"'):
        return "A name stands where papers are expected: a line with a single 0 must end the papers."
    return f"{word[:40]} is not a whole number."


def _head(lines: Iterator[tuple[int, str]]) -> tuple[int, tuple[int, int]]:
    for number, line in lines:
        words = _numbers(number, line)
        if not words:
            continue
        if len(words) != 2:
            raise Unreadable(number, "The first line must be two numbers: how many candidates, and how many seats.")
        candidates, seats = words
        if not 1 <= candidates <= MOST_CANDIDATES:
            raise Unreadable(number, f"There must be 1 to {MOST_CANDIDATES} candidates, not {candidates}.")
        if not 1 <= seats <= MOST_SEATS:
            raise Unreadable(number, f"There must be 1 to {MOST_SEATS} seats, not {seats}.")
        return number, (candidates, seats)
    raise Unreadable(1, "The file is empty.")


def _groups(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, list[int]]]:
    """Cuts what follows into papers, each up to its 0, and lines of who withdrew, with the line each begins in."""
    begun = 0
    rest: list[int] = []
    for number, line in lines:
        words = _numbers(number, line)
        if not rest and words and words[0] < 0:
            yield number, words
            continue
        begun = begun if rest else number
        rest += words
        while 0 in rest:
            end = rest.index(0) + 1
            if end == 1 and rest[1:]:
                raise Unreadable(number, "Something follows the 0 that ends the papers, on the same line.")
            yield begun, rest[:end]
            rest, begun = rest[end:], number
    if rest:
        raise Unreadable(begun, "This paper does not end with 0. The file may be cut off.")


def _withdrawn(number: int, words: list[int], candidates: int) -> set[int]:
    found = {-word - 1 for word in words}
    if not found <= set(range(candidates)) or len(found) < len(words):
        raise Unreadable(number, f"Those who withdrew must be from -1 to -{candidates}, each once.")
    return found


def _check_paper(number: int, many: int, paper: Paper, candidates: int) -> None:
    if many < 1:
        raise Unreadable(number, "A paper begins with how many voters cast it: 1 or more.")
    if len(set(paper)) < len(paper):
        raise Unreadable(number, "This paper names a candidate twice.")
    for place in paper:
        if not 0 <= place < candidates:
            raise Unreadable(number, f"There is no candidate {place + 1}; there are {candidates}.")


def _texts(lines: Iterator[tuple[int, str]], candidates: int, number: int) -> tuple[tuple[str, ...], str]:
    """Reads the references and the title; a missing title is an empty one."""
    texts: list[str] = []
    for number, line in lines:
        if not line or line.startswith("#"):
            continue
        text = _text(number, line)
        if len(texts) < candidates:
            text = _reference(text)
            _check_reference(number, text, texts)
        elif len(texts) > candidates:
            raise Unreadable(number, f"More texts follow than {candidates} candidates and a title.")
        texts.append(text)
    if len(texts) < candidates:
        raise Unreadable(number, f"{candidates} candidates need a name each; there are {len(texts)}.")
    return tuple(texts[:candidates]), (texts[candidates:] or [""])[0]


def _text(number: int, line: str) -> str:
    found = _QUOTED.fullmatch(line)
    if line.startswith('"') and not found:
        raise Unreadable(number, 'The quotes do not match. Write a quote within quotes twice: "Jo ""Red"" Lee".')
    text = found[1].replace('""', '"') if found else line
    flaw = _flaw(text)
    if flaw:
        raise Unreadable(number, flaw)
    return text


def _check_reference(number: int, text: str, before: list[str]) -> None:
    if not text:
        raise Unreadable(number, "A candidate has no name.")
    if text in before:
        raise Unreadable(number, f"Two candidates are called {text}. Add something that tells them apart.")
    if re.fullmatch(r"ron [0-9]+", text):
        raise Unreadable(number, f"{text} is kept for seats that re-open nominations wins. Choose another name.")


def _reference(text: str) -> str:
    """Returns RON for the ways in which files write it, other texts as they are."""
    plain = re.sub(r"[\s-]|\(ron\)", "", text.casefold())
    return RON if plain == "reopennominations" or text in ("RON", RON) else text


def _flaw(text: str) -> str:
    if len(text) > LONGEST:
        return f"This text is longer than {LONGEST} characters."
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _TURNS for char in text):
        return "There is a character in this text that cannot be shown. Type it again by hand."
    return ""
