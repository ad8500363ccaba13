"""What is counted: seats, candidates by reference, and how many papers say the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

RON = "ron"  # re-open nominations: always a candidate, never a person
RON_SHOWN = "Re-open nominations"
UNIT = 100_000  # a whole vote, in units of 0.00001
MOST_SEATS = 1_000
MOST_CANDIDATES = 1_000
MOST_PAPERS = 10**9

Paper = tuple[int, ...]
"""Places of candidates in Contest.candidates, the first preference first; () is a blank one."""

_RON_AGAIN = re.compile(r"ron [0-9]+")


class Uncountable(ValueError):
    """These are not ballots that can be counted, or a lot is needed and there is no seed. The text says what to do."""


class OnlyLot(Uncountable):
    """Those who are tied were equal at every stage, and there is no seed for a lot between them."""


@dataclass(frozen=True)
class Contest:
    """One contest as it closed.

    seats: 1 to 1000. candidates: references, in any order; RON among them if it stands. votes: each paper to how many
    say the same (>= 1). withdrawn: places of candidates who left after papers were printed; preferences for them are
    passed over. Raises Uncountable for what no paper can mean.
    """

    seats: int
    candidates: tuple[str, ...]
    votes: Mapping[Paper, int] = field(default_factory=dict)
    withdrawn: frozenset[int] = frozenset()
    title: str = ""

    def __post_init__(self) -> None:
        places = frozenset(range(len(self.candidates)))
        if not 1 <= self.seats <= MOST_SEATS:
            raise Uncountable(f"There must be 1 to {MOST_SEATS} seats, not {self.seats}.")
        if len(places) > MOST_CANDIDATES or not self.withdrawn <= places or self.withdrawn == places:
            raise Uncountable(f"There must be 1 to {MOST_CANDIDATES} candidates who have not withdrawn.")
        if len(set(self.candidates)) < len(places) or any(map(_is_taken, self.candidates)):
            raise Uncountable("Every candidate needs a reference of their own.")
        for paper, many in self.votes.items():
            if many < 1 or len(set(paper)) < len(paper) or not places.issuperset(paper):
                raise Uncountable(f"No paper can say {paper} for {many} voters.")
        if sum(self.votes.values()) > MOST_PAPERS:
            raise Uncountable(f"There are more than {MOST_PAPERS:,} papers.")

    @property
    def standing(self) -> tuple[str, ...]:
        """References of those who have not withdrawn."""
        return tuple(ref for place, ref in enumerate(self.candidates) if place not in self.withdrawn)

    @property
    def valid(self) -> dict[Paper, int]:
        """The papers with a preference for somebody who stands, others passed over; only these make the quota."""
        if not self.withdrawn:
            return {paper: many for paper, many in self.votes.items() if paper}
        found: Counter[Paper] = Counter()
        for paper, many in self.votes.items():
            found[tuple(place for place in paper if place not in self.withdrawn)] += many
        del found[()]
        return dict(found)


def group(papers: Iterable[Paper]) -> dict[Paper, int]:
    """Counts how many papers say the same: a count costs by what differs, not by how many voted."""
    return dict(Counter(papers))


def is_ron(name: str) -> bool:
    """Tells whether a name in a count is re-open nominations, for whichever seat: ron, ron 2, ron 3."""
    return name == RON or name.startswith(f"{RON} ")


def shown(name: str) -> str:
    """Returns a name as people read it: words for re-open nominations, any other as it is."""
    again = name.removeprefix(RON).strip()
    if not is_ron(name):
        return name
    return f"{RON_SHOWN} (seat {again})" if again else RON_SHOWN


def in_votes(units: int) -> str:
    """Writes units as votes with five decimals: 140734264 is 1407.34264."""
    whole, rest = divmod(abs(units), UNIT)
    return f"{'-' * (units < 0)}{whole}.{rest:05}"


def _is_taken(ref: str) -> bool:
    return not ref or _RON_AGAIN.fullmatch(ref) is not None
