"""Tidying cells: a number, a postcode, a mail address, a date. Each says what it repaired or refused.

What was repaired is a set of bits, so that a million rows can be counted by their few combinations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hub.envelope import normal
from hub.matcher.compare import number_form

POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
PLAIN_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
MAIL = re.compile(r"[^\s@<>,;\x00-\x1f\x7f]{1,64}@[^\s@<>,;\x00-\x1f\x7f]+\.[A-Za-z]{2,}")
# Reserved for bases of the forces; no address in a town.
FORCES = re.compile(r"BFPO|BF[0-9]")
EXPONENT = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
INVISIBLE = re.compile("[\u00a0\u200b\u200c\u200d\u2060\ufeff]")
QUOTED = re.compile(r'="([^"]*)"')
AT_HOME = frozenset(
    ("", "gb", "gbr", "uk", "united kingdom", "great britain", "england", "scotland", "wales", "northern ireland")
)
# A spreadsheet keeps so many digits of a number; what comes after is made up.
DIGITS_KEPT = 15

PADDED, QUOTES, UNSEEN, TRAILING_ZERO, CASE, BY_FORMAT, BY_PATTERN, TIDIED_POSTCODE = (1 << bit for bit in range(8))
UNKNOWN_BRANCH, UNUSABLE_MAIL, BLANK, OVERSEAS, BFPO = (1 << bit for bit in range(8, 13))


class Refused(ValueError):
    """A row that cannot be used. reason: one of the stable words of a report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cell(str):
    """A workbook's cell. fault: why its value cannot be used; by_format: zeros that its number format restored."""

    fault: str
    by_format: bool
    is_number: bool

    def __new__(cls, text: str, *, fault: str = "", by_format: bool = False, is_number: bool = False) -> Cell:
        """Makes a cell from its text and what is known of it."""
        made = super().__new__(cls, text)
        made.fault, made.by_format, made.is_number = fault, by_format, is_number
        return made


@dataclass(frozen=True)
class Numbers:
    """How one source writes its numbers. pattern: what the whole of one must match, before capitals are folded."""

    pattern: re.Pattern[str]
    pad_to: int | None = None
    id_case: str = "upper"

    def read(self, cell: str) -> tuple[str, int]:
        """Returns a number as handshakes are compared with it, and what was repaired.

        Raises Refused missing_id, damaged_id, bad_id, formula_without_value or error_value.
        """
        text, bits = _plain(cell)
        if re.search(r"[0-9]\.0+$", text) and not self.pattern.fullmatch(text):
            text, bits = re.sub(r"\.0+$", "", text), bits | TRAILING_ZERO
        if not text:
            raise Refused("missing_id")
        if self._is_damaged(text, cell):
            raise Refused("damaged_id")
        if self.pad_to and text.isdigit() and text.isascii() and len(text) < self.pad_to:
            # Only workbooks tell which of the two restored the zeros.
            text, bits = text.zfill(self.pad_to), bits | PADDED | (BY_PATTERN if isinstance(cell, Cell) else 0)
        if isinstance(cell, Cell) and cell.by_format:
            bits |= PADDED | (0 if bits & BY_PATTERN else BY_FORMAT)
        folded = text.upper() if self.id_case == "upper" else text
        if len(folded) > 40 or not (self.pattern.fullmatch(text) or self.pattern.fullmatch(folded)):
            raise Refused("bad_id")
        return number_form(folded, self.id_case, self.pad_to), bits | (CASE if folded != text else 0)

    def _is_damaged(self, text: str, cell: str) -> bool:
        fits = self.pattern.fullmatch(text) is not None
        if EXPONENT.fullmatch(text) and not (fits and text.isalnum()):
            return True
        too_long = text.isdigit() and len(text) > DIGITS_KEPT
        return too_long and (not fits or (isinstance(cell, Cell) and cell.is_number))


def read_postcode(cell: str, country: str) -> tuple[str | None, int]:
    """Returns a postcode's letters and digits, or None if blank, overseas or BFPO; and what was repaired.

    Raises Refused bad_postcode for anything else that has not the shape of one.
    """
    if country.strip().casefold() not in AT_HOME:
        return None, OVERSEAS
    text, _ = _plain(cell)
    code = normal(text)
    if not code and not text.strip(" .-"):
        return None, BLANK
    if FORCES.match(code):
        return None, BFPO
    if not POSTCODE.fullmatch(code):
        raise Refused("bad_postcode")
    return code, 0 if PLAIN_POSTCODE.fullmatch(cell) else TIDIED_POSTCODE


def read_mail(cell: str) -> tuple[str | None, int]:
    """Returns a mail address in small letters, or None; a text that is no address is left out, and counted."""
    text, _ = _plain(cell)
    if len(text) <= 254 and MAIL.fullmatch(text) and text.isprintable():
        return text.casefold(), 0
    return None, UNUSABLE_MAIL if text else 0


def read_date(cell: str, order: str) -> str:
    """Returns a date as ``2026-11-21``, or an empty text. order: dmy, mdy or ymd; with the year first it is ymd."""
    parts = re.match(r"\s*([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})(?![0-9])", cell)
    if parts is None:
        return ""
    given = parts.groups()
    named = dict(zip("ymd" if len(given[0]) == 4 else order, given, strict=True))
    if len(named["y"]) != 4 or not (1 <= int(named["m"]) <= 12 and 1 <= int(named["d"]) <= 31):
        return ""
    return f"{named['y']}-{named['m']:0>2}-{named['d']:0>2}"


def district(code: str) -> str:
    """Returns the outward part of a postcode: all but its last three characters."""
    return code[:-3]


def _plain(cell: str) -> tuple[str, int]:
    """Returns a cell without ``="…"`` and characters that nobody sees, and which of them there were."""
    if isinstance(cell, Cell) and cell.fault:
        raise Refused(cell.fault)
    text, bits = cell.strip(" \t\r\n"), 0
    if INVISIBLE.search(text):
        text, bits = INVISIBLE.sub("", text).strip(), UNSEEN
    quoted = QUOTED.fullmatch(text)
    return (quoted[1].strip(), bits | QUOTES) if quoted else (text.strip(), bits)
