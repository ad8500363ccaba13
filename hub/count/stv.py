"""Scottish STV, exactly: SSI 2007/42, schedule 1, rules 45 to 52, in whole units of 0.00001.

A candidate with the quota is elected. The largest surplus goes first, on all papers of its candidate, each worth
surplus times its value when received, divided by the candidate's votes, cut off after five decimals. Without a surplus
whoever has fewest is excluded, and each paper goes on at its value. Whether the last seats can be filled (rule 52) is
asked at the end of each stage, after its transfer: so the published stages of 2017 have it (Highland ward 1, stage 6).

*Re-open nominations* is counted by the same rules. A seat it wins stays vacant, and it stands again at once: its
surplus and further papers for it go to "ron 2", and so on, so that it empties as many seats as it has quotas and no
more (the ruling that the National Union of Students gave; were all later seats vacant, one voter in six could empty a
council of five). Hence, too, nobody is elected for want of rivals as long as it stands, nor by lot against it
(ties.py); and where no paper has a preference every seat re-opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from hub.count.contest import RON, UNIT, Contest, Paper, is_ron
from hub.count.result import FIRST, LAST, QUOTA, Count, Seat, Stage
from hub.count.ties import EXCLUSION, SURPLUS, Tie, break_tie


def count(contest: Contest, seed: str | None = None, *, draws_all: bool = False) -> Count:
    """Counts a contest. seed: the public text for lots; depends on nothing but seats, references, papers and seed.

    draws_all: whether lots are drawn among those without a vote, too, as earlier releases did; nobody is elected by it.
    Raises OnlyLot when a tie needs a lot and there is no seed.
    """
    counting = _Counting(contest, seed, draws_all)
    while not counting.fill_last_seats():
        counting.transfer_surplus() or counting.exclude_lowest()
    return counting.result()


def quota_of(valid: int, seats: int) -> int:
    """Returns the quota in votes: valid papers divided by one more than the seats, cut off, plus one (rule 46)."""
    return valid // (seats + 1) + 1


def transfer_value(surplus: int, value: int, votes: int) -> int:
    """Returns what a paper is worth after its candidate's surplus, all in units, the rest cut off (rule 48(3))."""
    return surplus * value // votes


class _Counting:
    """A count in progress: where each paper lies, who continues, and the stages so far."""

    def __init__(self, contest: Contest, seed: str | None, draws_all: bool) -> None:
        papers = contest.valid
        self.seed, self.draws_all = seed, draws_all
        self.total = sum(papers.values())
        self.quota = quota_of(self.total, contest.seats)
        self.vacancies = contest.seats
        self.votes = dict.fromkeys(contest.standing, 0)
        self.piles: dict[str, dict[int, list[tuple[Paper, int]]]] = {name: {} for name in self.votes}
        # Whom a preference for each place reaches now; None when nobody of that place continues.
        self.reached: list[str | None] = [name if name in self.votes else None for name in contest.candidates]
        self.pending: set[str] = set()  # elected, surplus not yet transferred
        self.exhausted = self.lost = 0
        self.stages: list[Stage] = []
        self.seats: list[Seat] = []
        gained = self._hand_on({UNIT: list(papers.items())}, lambda value: value)
        self._close(FIRST, None, UNIT, gained, None)

    def fill_last_seats(self) -> bool:
        """Ends the count when no seat is left, or as many continue as seats (rule 52); tells whether it has ended."""
        people = [name for name in self._continuing() if not is_ron(name)]
        ron = [name for name in self._continuing() if is_ron(name)]
        if ron and not self.total:
            people = []
        if self.vacancies and (not people or (not ron and len(people) <= self.vacancies)):
            self._elect(self._by_votes(people or ron), LAST)
            return True
        return not self.vacancies

    def transfer_surplus(self) -> bool:
        """Transfers the largest surplus (rules 48 and 49); tells whether there was one."""
        if not self.pending:
            return False
        most = max(self.votes[name] for name in self.pending)
        name, tie = self._one_of(SURPLUS, [name for name in self.pending if self.votes[name] == most])
        self.pending.remove(name)
        surplus, votes = most - self.quota * UNIT, most

        def worth(value: int) -> int:
            return transfer_value(surplus, value, votes)

        self.votes[name] -= surplus
        gained = self._hand_on(self.piles.pop(name), worth, surplus)
        self._close(SURPLUS, name, worth(UNIT), gained, tie)
        return True

    def exclude_lowest(self) -> bool:
        """Excludes whoever has fewest votes, and hands all their papers on (rules 50 and 51)."""
        least = min(self.votes[name] for name in self._continuing())
        tied = [name for name in self._continuing() if self.votes[name] == least]
        name, tie = self._one_of(EXCLUSION, tied)
        self._leave(name, None)
        self.votes[name] = 0
        gained = self._hand_on(self.piles.pop(name), lambda value: value, least)
        self._close(EXCLUSION, name, UNIT, gained, tie)
        return True

    def result(self) -> Count:
        """The result, once the count has ended."""
        vacant = self.vacancies + sum(is_ron(seat.name) for seat in self.seats)
        return Count(self.total, self.quota, tuple(self.stages), tuple(self.seats), vacant)

    def _continuing(self) -> list[str]:
        return [name for name in self.reached if name is not None]

    def _by_votes(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: (-self.votes[name], name))

    def _one_of(self, purpose: str, tied: list[str]) -> tuple[str, Tie | None]:
        if len(tied) == 1:
            return tied[0], None
        reopens = not self.draws_all and any(map(is_ron, self._continuing()))
        tie = break_tie(purpose, tied, [stage.votes for stage in self.stages], self.seed, reopens=reopens)
        return tie.chosen, tie

    def _hand_on(
        self, pile: Mapping[int, list[tuple[Paper, int]]], worth: Callable[[int], int], leaving: int | None = None
    ) -> dict[str, int]:
        """Moves papers to their next preference. leaving: units that left a candidate; what is not found is lost."""
        gained: dict[str, int] = {}
        exhausted = 0
        for value, papers in pile.items():
            now = worth(value)
            for paper, many in papers:
                name = self._next(paper)
                if name is None:
                    exhausted += many * now
                else:
                    self.piles[name].setdefault(now, []).append((paper, many))
                    gained[name] = gained.get(name, 0) + many * now
        for name, units in gained.items():
            self.votes[name] += units
        self.exhausted += exhausted
        if leaving is not None:
            self.lost += leaving - exhausted - sum(gained.values())
        return gained

    def _next(self, paper: Paper) -> str | None:
        """Returns the first preference on a paper for somebody who continues: earlier ones are past for good."""
        for place in paper:
            name = self.reached[place]
            if name is not None:
                return name
        return None

    def _close(self, action: str, name: str | None, value: int, gained: dict[str, int], tie: Tie | None) -> None:
        votes = dict(self.votes)
        number = len(self.stages) + 1
        self.stages.append(Stage(number, action, name, value, votes, gained, self.exhausted, self.lost, (), tie))
        reached = [name for name in self._continuing() if votes[name] >= self.quota * UNIT]
        self._elect(self._by_votes(reached), QUOTA)

    def _elect(self, names: list[str], by: str) -> None:
        stage = self.stages[-1]
        self.stages[-1] = replace(stage, elected=(*stage.elected, *names))
        for name in names:
            self.seats.append(Seat(name, stage.number, by))
            self.vacancies -= 1
            self._leave(name, self._again(name) if is_ron(name) else None)
            if self.votes[name] > self.quota * UNIT:
                self.pending.add(name)

    def _leave(self, name: str, heir: str | None) -> None:
        self.reached[self.reached.index(name)] = heir

    def _again(self, name: str) -> str:
        """Lets re-open nominations stand for one more seat; returns its new name."""
        again = f"{RON} {int(name.removeprefix(RON) or 1) + 1}"
        self.votes[again] = 0
        self.piles[again] = {}
        return again
