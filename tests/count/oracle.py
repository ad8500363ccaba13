"""Scottish STV a second time, from the words of the statute: one paper at a time, exact fractions, no grouping.

Nothing of hub.count is used. It is slow and plain on purpose; the two must agree on every stage.
"""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction


def cut(value):
    """Five decimal places, any remainder ignored."""
    return Fraction(math.floor(value * 100_000), 100_000)


class Oracle:
    """papers: tuples of references, in order of preference; only those that rank somebody."""

    def __init__(self, seats, candidates, papers, seed):
        self.seats, self.seed = seats, seed
        self.quota = math.floor(Fraction(len(papers), seats + 1)) + 1
        self.hopeful = set(candidates)
        self.times = 1  # how often re-open nominations has stood
        self.kept = {}
        self.waiting = []
        self.history = []
        self.winners = []
        self.parked = Fraction(0)
        self.papers = [{"order": paper, "at": None, "value": Fraction(1)} for paper in papers]
        for paper in self.papers:
            paper["at"] = self.next_for(paper)
        self.end_stage()
        self.run()

    def name(self, ref):
        return ref if ref != "ron" or self.times == 1 else f"ron {self.times}"

    def next_for(self, paper):
        for ref in paper["order"]:
            if self.name(ref) in self.hopeful:
                return self.name(ref)
        return None

    def votes(self):
        """Everybody's votes, counted afresh from the papers that lie with them."""
        found = {**dict.fromkeys(self.hopeful, Fraction(0)), **self.kept}
        for paper in self.papers:
            if paper["at"] in self.hopeful or paper["at"] in self.waiting:
                found[paper["at"]] = found.get(paper["at"], 0) + paper["value"]
        return found

    def end_stage(self):
        votes = self.votes()
        self.history.append(votes)
        reached = [ref for ref in self.hopeful if votes[ref] >= self.quota]
        for ref in sorted(reached, key=lambda ref: (-votes[ref], ref)):
            self.win(ref, votes)

    def win(self, ref, votes):
        self.winners.append((ref, len(self.history)))
        self.hopeful.remove(ref)
        if votes[ref] > self.quota:
            self.waiting.append(ref)
        else:
            self.kept[ref] = votes[ref]
        if ref.split()[0] == "ron":
            self.times += 1
            self.hopeful.add(f"ron {self.times}")

    def run(self):
        while len(self.winners) < self.seats:
            people = {ref for ref in self.hopeful if ref.split()[0] != "ron"}
            if not self.papers and people < self.hopeful:  # nobody voted: nominations re-open
                self.hopeful, people = self.hopeful - people, set()
            if not people or (people == self.hopeful and len(people) <= self.seats - len(self.winners)):
                last = self.history[-1]
                for ref in sorted(people or self.hopeful, key=lambda ref: (-last.get(ref, 0), ref)):
                    self.winners.append((ref, len(self.history)))
                return
            if self.waiting:
                self.surplus()
            else:
                self.exclude()
            self.end_stage()

    def extreme(self, refs, pick):
        """Whoever stands out at the latest stage that parts them: votes as one list, from now back to stage 1."""
        back = {ref: [votes.get(ref, Fraction(0)) for votes in reversed(self.history)] for ref in refs}
        left = [ref for ref in refs if back[ref] == pick(back.values())]
        # By lot nobody wins against nobody: re-open nominations goes on first, and goes out last.
        if {ref.split()[0] == "ron" for ref in left} == {True, False}:
            left = [ref for ref in left if (ref.split()[0] == "ron") == (pick is max)]
        # Nor is one drawn among those without a vote, where nobody is elected for want of rivals.
        if any(ref.split()[0] == "ron" for ref in self.hopeful) and not any(sum(back[ref]) for ref in left):
            return min(left)
        return min(left, key=lambda ref: hashlib.sha256(f"{self.seed}|{ref}".encode()).digest())

    def surplus(self):
        ref = self.extreme(self.waiting, max)
        had = self.votes()[ref]
        self.waiting.remove(ref)
        self.kept[ref] = Fraction(self.quota)
        for paper in self.papers:
            if paper["at"] == ref:
                paper["value"] = cut((had - self.quota) * paper["value"] / had)
                self.move(paper)

    def exclude(self):
        ref = self.extreme(sorted(self.hopeful), min)
        self.hopeful.remove(ref)
        self.kept[ref] = Fraction(0)
        for paper in self.papers:
            if paper["at"] == ref:
                self.move(paper)

    def move(self, paper):
        paper["at"] = self.next_for(paper)
        if paper["at"] is None:
            self.parked += paper["value"]
