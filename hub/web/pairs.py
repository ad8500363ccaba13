"""Forms and queries as they were sent: names with one or more values, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

from hub.errors import Invalid
from hub.web.texts import _

MOST_FIELDS = 200
_LINE_ENDS = str.maketrans({"\r": "\n"})


class Unreadable(ValueError):
    """Bytes that no form of ours sends: wrong encoding, a NUL, half a character, too many fields."""


class Pairs:
    """Names with their values, in the order they came."""

    def __init__(self, items: Sequence[tuple[str, str]] = ()) -> None:
        self.items = tuple(items)

    def all(self, name: str) -> list[str]:
        """Returns every value of a name."""
        return [value for key, value in self.items if key == name]

    def first(self, name: str, default: str = "") -> str:
        """Returns the first value of a name: for showing again what was typed, never for deciding."""
        return next((value for key, value in self.items if key == name), default)

    def one(self, name: str, default: str = "") -> str:
        """Returns the only value of a name, or the default. Raises Invalid where it was sent twice."""
        values = self.all(name)
        if len(values) > 1:
            raise Invalid({name: _("This was sent twice. Send the form again.")})
        return values[0] if values else default

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _value in self.items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.items)


NONE = Pairs()


def parse(raw: bytes) -> Pairs:
    """Reads application/x-www-form-urlencoded. Raises Unreadable; never anything else, whatever the bytes."""
    if not raw:
        return NONE
    try:
        found = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if any("\0" in key or "\0" in value for key, value in found):
        raise Unreadable("a NUL")
    return Pairs([(key, plain_lines(value)) for key, value in found])


def plain_lines(value: str) -> str:
    """Returns a text with one kind of line end."""
    return value.replace("\r\n", "\n").translate(_LINE_ENDS) if "\r" in value else value
