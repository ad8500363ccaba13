"""When an import stops before its first write, and the exact number that passes each stop. Pure.

Source: docs/roster.md; the limits follow how other directories guard their own synchronisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from hub.matcher.intake.difference import NO_AREA, Difference


@dataclass(frozen=True)
class Allowed:
    """What the office passes by its exact number, or by saying so. None: nothing was said."""

    removals: int | None = None
    rejected: int | None = None
    contacts: int | None = None
    joiners: int | None = None
    headers: bool = False
    again: bool = False

    @property
    def options(self) -> str:
        """As they are typed."""
        numbers = [f"--allow-{name} {value}" for name, value in asdict(self).items() if type(value) is int]
        words = ["--accept-headers" if self.headers else "", "--again" if self.again else ""]
        return " ".join([*numbers, *filter(None, words)])


@dataclass(frozen=True)
class Stop:
    """A reason to stop. area: where, for the stops that look at one area; option: what passes it, empty for nothing."""

    reason: str
    option: str = ""
    area: str = ""
    is_passed: bool = False


@dataclass(frozen=True)
class Window:
    """The last 30 days of one area: current at their start, and who left and joined since, by imports."""

    start: int = 0
    left: int = 0
    joined: int = 0
    is_first: bool = True


@dataclass(frozen=True)
class Facts:
    """What the stops look at, beside the difference. rows, rejected: of the files; windows: by area."""

    rows: int
    rejected: int
    full: bool
    says_who: bool = True
    headers_changed: bool = False
    is_repeated: bool = False
    windows: dict[str, Window] = field(default_factory=dict)


def stops(difference: Difference, facts: Facts, allowed: Allowed) -> list[Stop]:
    """Returns every reason that holds, and whether it was passed. Limits are strict: 50 of 1,000 pass, 51 do not."""
    removals = difference.removals
    found = []
    if facts.is_repeated:
        found.append(Stop("already_applied", "--again", is_passed=allowed.again))
    if facts.headers_changed:
        found.append(Stop("headers_changed", "--accept-headers", is_passed=allowed.headers))
    if not facts.says_who:
        found.append(Stop("no_membership_information"))
    allow = f"--allow-removals {removals}"
    own = difference.own_before
    if facts.full and removals > 50 and removals * 20 > own:
        found.append(Stop("too_many_removals", allow, is_passed=allowed.removals == removals))
    if facts.full and (removals - difference.joiners) * 10 > own:
        found.append(Stop("total_shrinks", allow, is_passed=allowed.removals == removals))
    if facts.rejected * 100 > facts.rows:
        passed = allowed.rejected == facts.rejected
        found.append(Stop("too_many_bad_rows", f"--allow-rejected {facts.rejected}", is_passed=passed))
    return found


def further_stops(difference: Difference, facts: Facts, allowed: Allowed) -> list[Stop]:
    """Returns the stops that guard one area, or the members' mailboxes (D21), and whether they were passed."""
    found = list(_in_areas(difference, facts.windows, allowed))
    contacts = difference.counts["changed_contact"]
    if contacts > 50 and contacts * 20 > difference.before:
        passed = allowed.contacts == contacts
        found.append(Stop("too_many_changed_contacts", f"--allow-contacts {contacts}", is_passed=passed))
    return found


def _in_areas(difference: Difference, windows: dict[str, Window], allowed: Allowed) -> Iterable[Stop]:
    removals, joiners = difference.removals, difference.joiners
    for area in sorted({*difference.ended, *difference.joined} - {NO_AREA}):
        window = windows.get(area, Window())
        start = window.start or difference.before_by_area[area]
        left, joined = window.left + difference.ended[area], window.joined + difference.joined[area]
        if difference.ended[area] and left > 5 and left * 50 > start:
            passed = allowed.removals == removals
            yield Stop("too_many_leavers_in_area", f"--allow-removals {removals}", area, passed)
        # What an area's first import brings is where it starts.
        if difference.joined[area] and not window.is_first and joined > 10 and joined * 20 > start:
            passed = allowed.joiners == joiners
            yield Stop("too_many_joiners_in_area", f"--allow-joiners {joiners}", area, passed)
