"""The demo's invented members. Nobody is real: no postcode of these districts was ever issued, no address exists."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Names of places are facts; the last district of each was never opened, and all members live there.
AREAS: list[dict[str, Any]] = [
    {"slug": "york", "names": ["York", "Efrog"], "districts": ["YO1", "YO10", "YO24", "YO26", "YO30", "YO31", "YO71"]},
    {"slug": "hackney", "names": ["Hackney"], "districts": ["E5", "E8", "E9", "E34"]},
    {"slug": "ynys-mon", "names": ["Ynys Môn", "Anglesey"], "districts": ["LL58", "LL59", "LL65", "LL77", "LL81"]},
    {"slug": "leith", "names": ["Leith", "Lìte"], "districts": ["EH6", "EH7", "EH71"]},
]
HOMES = {"york": "YO71", "hackney": "E34", "ynys-mon": "LL81", "leith": "EH71"}
FIRST = "Aled Amina Bethan Carys Eilidh Farah Gwen Hamish Idris Jamila Kofi Leila Morag Nadia Owain".split()
LAST = "Abara Bevan Campbell Dhillon Evans Farrell Griffiths Hussain Jones Kaur Lloyd Morgan Nwosu".split()
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Invented:
    """One invented member. mail is empty for who gets letters only."""

    number: str
    postcode: str
    area: str
    name: str
    mail: str


def invent(many: int, seed: int) -> list[Invented]:
    """Returns so many members over the areas, the same for the same seed; at least 48."""
    draw = random.Random(seed)  # noqa: S311  # invented people, and the same ones each time
    numbers = draw.sample(range(100_000, 9_999_999), max(many, 48))
    slugs = list(HOMES)
    return [_one(draw, slugs[place % len(slugs)], f"{number:07d}", place) for place, number in enumerate(numbers)]


def write_csv(path: Path, members: list[Invented]) -> None:
    """Writes them as a membership office's export."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Membership Number", "Name", "E-mail", "Postcode", "Branch", "Status", "Next renewal"])
        for member in members:
            writer.writerow(
                [member.number, member.name, member.mail, member.postcode, member.area, "Current", "2027-06-30"]
            )


def _one(draw: random.Random, area: str, number: str, place: int) -> Invented:
    name = f"{draw.choice(FIRST)} {draw.choice(LAST)}"
    code = f"{HOMES[area]} {draw.randint(1, 9)}{draw.choice(LETTERS)}{draw.choice(LETTERS)}"
    mail = "" if place % 16 == 15 else f"{name.replace(' ', '.').lower()}{place}@example.org"
    return Invented(number, code, area, name, mail)
