"""Reading a form field by field: shape only. Mistakes are gathered, and told together."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from hub.errors import Invalid
from hub.lot.sources import LARGEST
from hub.web.pairs import Pairs
from hub.web.texts import _

_BREAKS = ("\n", "\t")
# Marks that turn the direction of what follows: a name could be made to read as another.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_reason(form: Pairs) -> str:
    """Reads a form whose only field is the reason for an act, which stands in public. Raises Invalid."""
    read = Reader(form)
    reason = read.text("reason", missing=_("Enter your reason"), most=2000, lines=True)
    read.done()
    return reason


def read_source(form: Pairs) -> str:
    """Reads a form whose only field is what a beacon said, as somebody typed it. Raises Invalid."""
    read = Reader(form)
    text = read.text("source", missing=_("Enter what it said"), most=LARGEST)
    read.done()
    return text


class Reader:
    """Reads one form. Ask for every field, then call ``done``."""

    def __init__(self, form: Pairs) -> None:
        self.form = form
        self.mistakes: dict[str, str] = {}

    def text(self, name: str, *, missing: str = "", most: int = 200, lines: bool = False) -> str:
        """Returns a trimmed text. missing: said when it is empty, if it must not be; most: characters; lines: many."""
        value = unicodedata.normalize("NFC", self._one(name)).strip()
        if not value and missing:
            self.mistake(name, missing)
        elif len(value) > most:
            self.mistake(name, _("This is %(here)d characters long. Use %(most)d or fewer.") % {
                "here": len(value), "most": most,
            })  # fmt: skip
        elif any(_is_unfit(char, lines) for char in value):
            self.mistake(name, _("There is a character in it that cannot be shown. Type it again by hand."))
        return value

    def choice(self, name: str, options: Collection[str], *, missing: str) -> str:
        """Returns one of the options. missing: the sentence when none was chosen."""
        value = self._one(name)
        if value not in options:
            self.mistake(name, missing)
        return value

    def tick(self, name: str) -> bool:
        """Tells whether a checkbox was ticked."""
        return self._one(name) != ""

    def number(self, name: str, *, missing: str, least: int, most: int) -> int:
        """Returns a whole number of the range; least where there is a mistake."""
        value = self._one(name).strip()
        fits = value.isascii() and value.isdecimal() and len(value) <= 9 and least <= int(value) <= most
        if not fits:
            self.mistake(name, missing)
        return int(value) if fits else least

    def mistake(self, name: str, sentence: str) -> None:
        """Notes a mistake; the first of a field stands."""
        self.mistakes.setdefault(name, sentence)

    def done(self) -> None:
        """Raises Invalid with all mistakes, if there are any."""
        if self.mistakes:
            raise Invalid(self.mistakes)

    def _one(self, name: str) -> str:
        try:
            return self.form.one(name)
        except Invalid as twice:
            self.mistake(name, twice.fields[name])
            return ""


def _is_unfit(char: str, lines: bool) -> bool:
    if lines and char in _BREAKS:
        return False
    return char in _TURNS or unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
