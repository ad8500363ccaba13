"""Counts whose every stage is known: each computed by hand for what its name says."""

from __future__ import annotations

from dataclasses import dataclass

from hub.count.contest import Contest, in_votes


@dataclass(frozen=True)
class Example:
    """A contest and what must come of it. stages: (whose papers move, votes, no further preference, lost), as text."""

    contest: Contest
    stages: tuple[tuple[str | None, str, str, str], ...]
    elected: tuple[tuple[str, int, str], ...]
    vacant: int = 0
    seed: str | None = None
    ties: tuple[tuple[tuple[str, ...], tuple[int, ...], str], ...] = ()


def contest(seats, candidates, papers, withdrawn=()):
    """Writes a contest from "3xAB 2xB": three papers that put A before B, two for B."""
    refs = tuple("ron" if letter == "R" else letter for letter in candidates)
    votes = {}
    for word in papers.split():
        many, order = word.split("x")
        votes[tuple(candidates.index(letter) for letter in order)] = int(many)
    return Contest(seats, refs, votes, frozenset(candidates.index(letter) for letter in withdrawn))


def told(counted):
    """What an Example states, of a count."""
    stages = tuple(
        (stage.name, shown(stage.votes), in_votes(stage.non_transferable), in_votes(stage.lost))
        for stage in counted.stages
    )
    seats = tuple((seat.name, seat.stage, seat.by) for seat in counted.seats)
    ties = tuple((tie.tied, tuple(number for number, _ in tie.narrowed), tie.chosen) for tie in counted.ties)
    return stages, seats, counted.vacant, ties


def expected(example):
    """The same, of an Example."""
    return example.stages, example.elected, example.vacant, example.ties


def shown(votes):
    """Votes in the order of references, decimals only where there are any."""
    return " ".join(f"{name}:{in_votes(votes[name]).removesuffix('.00000')}" for name in sorted(votes))


def wrong(count):
    """Names of the examples that a counting function gets wrong; one that breaks down gets it wrong."""
    found = []
    for name, example in EXAMPLES.items():
        try:
            if told(count(example.contest, example.seed)) != expected(example):
                found.append(name)
        except Exception:
            found.append(name)
    return found


EXAMPLES = {
    # 24 papers, quota 7. A's surplus of 4 goes before B's of 1: 4/11 is 0.36363 of each paper, and passes B by.
    "two over the quota at once": Example(
        contest(3, "ABCD", "5xABC 4xAC 2xA 4xBAC 4xBD 3xCD 2xD"),
        (
            (None, "A:11 B:8 C:3 D:2", "0.00000", "0.00000"),
            ("A", "A:7 B:8 C:6.27267 D:2", "0.72726", "0.00007"),
            ("B", "A:7 B:7 C:6.77267 D:2.50000", "0.72726", "0.00007"),
            ("D", "A:7 B:7 C:6.77267 D:0", "3.22726", "0.00007"),
        ),
        (("A", 1, "quota"), ("B", 1, "quota"), ("C", 4, "last")),
    ),
    # 19 papers, quota 5. B's surplus of 1.99996 among 6.99996: 0.28571 of three first preferences, 0.12698 of A's nine.
    "a surplus of papers with a value": Example(
        contest(3, "ABCDE", "9xABC 3xBC 2xC 3xD 2xED"),
        (
            (None, "A:9 B:3 C:2 D:3 E:2", "0.00000", "0.00000"),
            ("A", "A:5 B:6.99996 C:2 D:3 E:2", "0.00000", "0.00004"),
            ("B", "A:5 B:5 C:3.99995 D:3 E:2", "0.00000", "0.00005"),
            ("E", "A:5 B:5 C:3.99995 D:5 E:0", "0.00000", "0.00005"),
        ),
        (("A", 1, "quota"), ("B", 2, "quota"), ("D", 4, "quota")),
    ),
    # Stage 1 has C over B, stage 2 B over C; at stage 3 both have 6. The most recent decides: C goes.
    "the most recent earlier stage decides": Example(
        contest(1, "ABCDE", "10xA 4xB 5xCB 2xDB 1xEC 2xE"),
        (
            (None, "A:10 B:4 C:5 D:2 E:3", "0.00000", "0.00000"),
            ("D", "A:10 B:6 C:5 D:0 E:3", "0.00000", "0.00000"),
            ("E", "A:10 B:6 C:6 D:0 E:0", "2.00000", "0.00000"),
            ("C", "A:10 B:11 C:0 D:0 E:0", "3.00000", "0.00000"),
            ("A", "A:0 B:11 C:0 D:0 E:0", "13.00000", "0.00000"),
        ),
        (("B", 5, "last"),),
        ties=((("B", "C"), (2,), "C"),),
    ),
    # B, C and D have 4 at stage 2; B and C had fewer at stage 1, always equal. sha256 of beacon-3|C is the lower.
    "an earlier stage parts some, a lot the rest": Example(
        contest(1, "ABCDE", "9xA 3xB 3xC 4xD 1xEB 1xEC"),
        (
            (None, "A:9 B:3 C:3 D:4 E:2", "0.00000", "0.00000"),
            ("E", "A:9 B:4 C:4 D:4 E:0", "0.00000", "0.00000"),
            ("C", "A:9 B:4 C:0 D:4 E:0", "4.00000", "0.00000"),
            ("B", "A:9 B:0 C:0 D:4 E:0", "8.00000", "0.00000"),
            ("D", "A:9 B:0 C:0 D:0 E:0", "12.00000", "0.00000"),
        ),
        (("A", 5, "last"),),
        seed="beacon-3",
        ties=((("B", "C", "D"), (1,), "C"), (("B", "D"), (1,), "B")),
    ),
    # C has withdrawn: two of its papers go to B, two say nothing else. 7 papers, quota 4.
    "a candidate has withdrawn": Example(
        contest(1, "ABC", "3xA 2xBA 2xCB 2xC", withdrawn="C"),
        ((None, "A:3 B:4", "0.00000", "0.00000"),),
        (("B", 1, "quota"),),
    ),
    # 40 papers, quota 11. Re-open nominations has two quotas, not three: it empties two seats and A has the third.
    "nominations re-open for two seats of three": Example(
        contest(3, "AR", "10xA 30xR"),
        (
            (None, "A:10 ron:30", "0.00000", "0.00000"),
            ("ron", "A:10 ron:11 ron 2:18.99990", "0.00000", "0.00010"),
            ("ron 2", "A:10 ron:11 ron 2:11 ron 3:7.99980", "0.00000", "0.00020"),
            ("ron 3", "A:10 ron:11 ron 2:11 ron 3:0", "7.99980", "0.00020"),
        ),
        (("ron", 1, "quota"), ("ron 2", 2, "quota"), ("A", 4, "last")),
        vacant=2,
    ),
    # As many candidates as seats would do without a vote, were it not for re-open nominations.
    "nobody is elected for want of rivals": Example(
        contest(2, "AR", "1xA 9xR"),
        ((None, "A:1 ron:9", "0.00000", "0.00000"), ("ron", "A:1 ron:4 ron 2:4.99995", "0.00000", "0.00005")),
        (("ron", 1, "quota"), ("ron 2", 2, "quota")),
        vacant=2,
    ),
    # Nobody ranked B, nor re-open nominations: equal at every stage. No lot: B goes, and the second seat stays vacant.
    "nobody is chosen by lot against nobody": Example(
        contest(2, "ABR", "9xA"),
        (
            (None, "A:9 B:0 ron:0", "0.00000", "0.00000"),
            ("A", "A:4 B:0 ron:0", "4.99995", "0.00005"),
            ("B", "A:4 B:0 ron:0", "4.99995", "0.00005"),
        ),
        (("A", 1, "quota"), ("ron", 3, "last")),
        vacant=1,
        ties=((("B", "ron"), (), "B"),),
    ),
    # B and C are equal with re-open nominations: a lot decides between the two alone. sha256 of beacon-3|C is lower.
    "a lot among persons leaves re-open nominations out": Example(
        contest(2, "ABCR", "9xA 1xB 1xC 1xR"),
        (
            (None, "A:9 B:1 C:1 ron:1", "0.00000", "0.00000"),
            ("A", "A:5 B:1 C:1 ron:1", "3.99996", "0.00004"),
            ("C", "A:5 B:1 C:0 ron:1", "4.99996", "0.00004"),
            ("B", "A:5 B:0 C:0 ron:1", "5.99996", "0.00004"),
        ),
        (("A", 1, "quota"), ("ron", 4, "last")),
        vacant=1,
        seed="beacon-3",
        ties=((("B", "C", "ron"), (), "C"), (("B", "ron"), (), "B")),
    ),
    # Nobody ranked B or C: both go, whoever is first, and nothing moves meanwhile. No lot, and no seed to draw one by.
    "those without a vote go without a lot": Example(
        contest(2, "ABCR", "9xA"),
        (
            (None, "A:9 B:0 C:0 ron:0", "0.00000", "0.00000"),
            ("A", "A:4 B:0 C:0 ron:0", "4.99995", "0.00005"),
            ("B", "A:4 B:0 C:0 ron:0", "4.99995", "0.00005"),
            ("C", "A:4 B:0 C:0 ron:0", "4.99995", "0.00005"),
        ),
        (("A", 1, "quota"), ("ron", 4, "last")),
        vacant=1,
        ties=((("B", "C", "ron"), (), "B"), (("C", "ron"), (), "C")),
    ),
    # The same without re-open nominations: whoever is left has the last seat, so a lot decides. beacon-3|C is lower.
    "those without a vote draw lots where rivals may run out": Example(
        contest(2, "ABC", "9xA"),
        (
            (None, "A:9 B:0 C:0", "0.00000", "0.00000"),
            ("A", "A:4 B:0 C:0", "4.99995", "0.00005"),
            ("C", "A:4 B:0 C:0", "4.99995", "0.00005"),
        ),
        (("A", 1, "quota"), ("B", 3, "last")),
        seed="beacon-3",
        ties=((("B", "C"), (), "C"),),
    ),
    # A and re-open nominations have equal surpluses from the first stage on: the latter goes first. 18 papers, quota 5.
    "the surplus of re-open nominations goes before its equal": Example(
        contest(3, "ABCR", "6xAB 6xRC 3xB 3xC"),
        (
            (None, "A:6 B:3 C:3 ron:6", "0.00000", "0.00000"),
            ("ron", "A:6 B:3 C:3 ron:5 ron 2:0.99996", "0.00000", "0.00004"),
            ("A", "A:5 B:3.99996 C:3 ron:5 ron 2:0.99996", "0.00000", "0.00008"),
            ("ron 2", "A:5 B:3.99996 C:3.99996 ron:5 ron 2:0", "0.00000", "0.00008"),
            ("C", "A:5 B:3.99996 C:0 ron:5 ron 2:0", "3.99996", "0.00008"),
        ),
        (("A", 1, "quota"), ("ron", 1, "quota"), ("B", 5, "last")),
        vacant=1,
        ties=((("A", "ron"), (), "ron"), (("B", "C"), (3,), "C")),
    ),
    "no preference at all re-opens every seat": Example(
        contest(2, "ABR", ""),
        ((None, "A:0 B:0 ron:0", "0.00000", "0.00000"),),
        (("ron", 1, "last"),),
        vacant=2,
    ),
}
