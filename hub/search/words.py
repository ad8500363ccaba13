"""Words: accents and case folded in Python, so that both databases find the same. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST = 8  # words of a question that are looked at
LONGEST = 60  # characters of one word
# The outward part of a full postcode typed into the search: only its district is ever looked up.
POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][a-z0-9]?) ?[0-9][a-z]{2}\b")

# Letters that no decomposition takes apart, as keyboards without them write them; apostrophes join.
STRUCK = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "'": "",
        "’": "",
    }
)


def fold(text: str) -> str:
    """Returns lower-case words of letters and digits, accents off, one space between: fold(fold(t)) == fold(t)."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char)).translate(STRUCK)
    return " ".join(word[:LONGEST] for word in re.findall(r"[^\W_]+", plain))


@dataclass(frozen=True)
class Word:
    """A word of a question. Of two letters and more it finds every word that begins so; a single one only itself."""

    text: str

    @property
    def is_beginning(self) -> bool:
        """Tells whether longer words are meant too."""
        return len(self.text) > 1

    @property
    def sqlite(self) -> str:
        """The word for an FTS5 MATCH."""
        return f'"{self.text}"' + "*" * self.is_beginning

    @property
    def postgres(self) -> str:
        """The word for a tsquery."""
        return f"'{self.text}'" + ":*" * self.is_beginning

    @property
    def bounded(self) -> str:
        """What stands in a folded text with a space before and after it, exactly when the word is found there."""
        return f" {self.text}" + " " * (not self.is_beginning)


def asked_for(question: str) -> list[Word]:
    """Returns the words of a question; a postcode counts by its district only."""
    return [Word(word) for word in fold(POSTCODE.sub(r"\1", fold(question))).split()[:MOST]]
