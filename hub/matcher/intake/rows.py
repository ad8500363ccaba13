"""From the cells of a row to what is kept of it: digests, a sealed contact, an area, an effect. Nothing in clear.

Every cell is first tried against the plain form that most rows have; only what differs is tidied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from hub.matcher.intake import tidy
from hub.matcher.intake.columns import NAMES, fold_header
from hub.matcher.intake.digests import Digests, random_slices
from hub.matcher.intake.rules import Rules
from hub.matcher.keys import Keys

HELD = "held"
MOST_REMEMBERED = 10_000
PLAINLY_HOME = frozenset(("", "GB", "UK", "United Kingdom"))


class Staged(NamedTuple):
    """One row of a file, as it is compared. line: file and line in one number; bits: of hub.matcher.intake.tidy.

    effect: of the rules, or ``held`` for a refused row whose number could be read (D2): its member stays as they were.
    """

    line: int
    id_digest: bytes
    pair_digest: bytes | None = None
    contact_digest: bytes | None = None
    contact: bytes | None = None
    area: str | None = None
    effect: str = HELD
    renewal: str = ""
    updated: str = ""
    bits: int = 0
    ref: str = ""
    former_digest: bytes | None = None


class Areas:
    """The hub's areas, by name as offices write it and by district. Unknown names are remembered, for the report."""

    def __init__(self, areas: Sequence[Mapping[str, Any]]) -> None:
        self.names = {fold_header(name): area["slug"] for area in areas for name in [area["slug"], *area["names"]]}
        self.districts = {district: area["slug"] for area in areas for district in area["districts"]}
        self.unknown: dict[str, int] = {}

    def by_name(self, cell: str) -> str | None:
        """Returns the area that a cell names, or None; no area is invented (D5)."""
        found: str | None = self.names.get(fold_header(cell))
        if found is None and cell.strip() and (cell in self.unknown or len(self.unknown) < MOST_REMEMBERED):
            self.unknown[cell] = self.unknown.get(cell, 0) + 1
        return found


class Taker:
    """Takes rows of one file. columns: our name -> position."""

    def __init__(self, rules: Rules, columns: Mapping[str, int], areas: Areas, keys: Keys) -> None:
        self.rules, self.areas, self.digests = rules, areas, Digests(keys, rules.country)
        self.numbers = tidy.Numbers(re.compile(rules.id_pattern), rules.id_pad_to, rules.id_case)
        self.width = max(columns.values()) + 1
        # A column that is not there is the last cell, which is always empty.
        self.pick = itemgetter(*(columns.get(name, -1) for name in NAMES))
        self.by_column = (rules.branch_from or ("column" if "branch" in columns else "postcode")) == "column"
        self.refs = random_slices(13)
        self.says_status = "status" in columns
        self.tag = rules.tag_filter.strip() if rules.tag_filter else None
        least = max(rules.id_pad_to or 1, 1)
        digits = f"[0-9]{{{least},{max(least, tidy.DIGITS_KEPT)}}}"
        self.is_plain = re.compile(rf"(?={digits}\Z)(?:{rules.id_pattern})")
        self.dates: dict[str, str] = {"": ""}
        self.effects: dict[str, str] = {}
        self.towns: dict[str, str | None] = {}

    def take(self, line: int, cells: list[str]) -> Staged | None:
        """Returns what is kept of a row, or None for one that the tag filter leaves out. Raises tidy.Refused."""
        if len(cells) < self.width:
            cells.extend([""] * (self.width - len(cells)))
        cells.append("")
        number_cell, postcode, status, branch, renewal, mail_cell, country, updated, former, tags = self.pick(cells)
        if self.tag is not None and self.tag not in [tag.strip() for tag in tags.split(",")]:
            return None
        if type(number_cell) is str and self.is_plain.fullmatch(number_cell):
            number, bits = number_cell, 0
        else:
            number, bits = self.numbers.read(number_cell)
        known = number.encode()
        id_digest = self.digests.number(known)
        try:
            return self._rest(line, id_digest, known, bits, (postcode, country, status, branch, mail_cell),
                              (renewal, updated, former))  # fmt: skip
        except tidy.Refused as refusal:
            raise RefusedMember(refusal.reason, Staged(line, id_digest)) from refusal

    def _rest(
        self, line: int, id_digest: bytes, known: bytes, bits: int, cells: tuple[str, ...], more: tuple[str, ...]
    ) -> Staged:
        postcode, country, status, branch, mail_cell = cells
        if country in PLAINLY_HOME and type(postcode) is str and tidy.PLAIN_POSTCODE.fullmatch(postcode):
            code: str | None = postcode.replace(" ", "")
        else:
            code, extra = tidy.read_postcode(postcode, country)
            bits |= extra
        effect = self.effects.get(status) or self._effect(status)
        area, extra = self._area(branch, code)
        bits |= extra
        contact_digest = contact = None
        if mail_cell:
            mail, extra = tidy.read_mail(mail_cell)
            bits |= extra
            if mail is not None:
                encoded = mail.encode()
                contact_digest, contact = self.digests.contact(encoded), self.digests.seal(encoded)
        renewal, updated, former = more
        return Staged(
            line, id_digest, self.digests.pair(known, code.encode()) if code else None, contact_digest, contact,
            area, effect, self._date(renewal)[:7], self._date(updated), bits, f"ent_{next(self.refs).hex()}",
            self._former(former) if former else None,
        )  # fmt: skip

    def _effect(self, status: str) -> str:
        if not self.says_status:
            return "current"
        _sound(status)
        effect = self.rules.status.get(fold_header(status))
        if effect is None:
            raise tidy.Refused("unknown_status")
        if len(self.effects) < MOST_REMEMBERED:
            self.effects[str(status)] = effect
        return effect

    def _area(self, branch: str, code: str | None) -> tuple[str | None, int]:
        if not self.by_column:
            return (self.areas.districts.get(tidy.district(code)) if code else None), 0
        found = self.towns.get(branch)
        if found is None:
            _sound(branch)
            found = self.areas.by_name(branch)
            if found is None:
                return None, tidy.UNKNOWN_BRANCH if branch.strip() else 0
            if len(self.towns) < MOST_REMEMBERED:
                self.towns[str(branch)] = found
        return found, 0

    def _date(self, cell: str) -> str:
        found = self.dates.get(cell)
        if found is None:
            found = tidy.read_date(cell, self.rules.date_order)
            if len(self.dates) < MOST_REMEMBERED:
                self.dates[str(cell)] = found
        return found

    def _former(self, cell: str) -> bytes | None:
        try:
            return self.digests.number(self.numbers.read(cell)[0].encode())
        except tidy.Refused:
            return None


class RefusedMember(tidy.Refused):
    """A refused row whose number could be read. held: what keeps its member as they were."""

    def __init__(self, reason: str, held: Staged) -> None:
        super().__init__(reason)
        self.held = held


def is_blank(cells: Sequence[str]) -> bool:
    """Tells whether a row says nothing; a formula without a value says something."""
    return not any(cell.strip() or getattr(cell, "fault", "") for cell in cells)


def _sound(cell: str) -> None:
    if isinstance(cell, tidy.Cell) and cell.fault:
        raise tidy.Refused(cell.fault)
