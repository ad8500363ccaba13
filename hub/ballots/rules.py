"""Rolls, trackers and counts: values in, values out. Pure.

Source: reference for governance, sections 2.1 to 2.5; security requirements GO-22, GO-25, GO-29.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hub.acts.state import ActState
from hub.constitution.model import Formula
from hub.count import RON, Contest, yesno
from hub.count.ranks import paper_of
from hub.count.stv import count
from hub.errors import YES, Verdict, no
from hub.ids import ALPHABET
from hub.tlog.hashes import Tree, leaf_hash

# What a code leads to once a ballot is counted: the paper, or only that it is among those counted.
CONTENT, INCLUSION = "content", "inclusion"
FEW = 10  # papers: below it nothing but the outcome is published (GO-29)
ANSWERS = ("yes", "no", "abstain")
SMALL = ""  # the branch of papers that carry none, and of whoever has no line of their own
SHORTEST_PHRASE, LONGEST_PHRASE = 3, 80
STATEMENT_WORDS, INTEREST_WORDS = 300, 100

_NONCE = re.compile(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}")
_TRACKER = re.compile(r"[A-Z2-7]{26}")


def leaf_of(salt: str, ref: str, voted: bool) -> bytes:
    """Returns what stands for a member in a roll: sha256 of ``salt|ref|0``, or ``|1`` for who voted."""
    return hashlib.sha256(f"{salt}|{ref}|{int(voted)}".encode()).digest()


def tree_of(leaves: Iterable[bytes]) -> Tree:
    """Returns the tree over a roll, in the order of its leaves: nothing tells who came onto it when (RFC 6962)."""
    return Tree(leaf_hash(leaf) for leaf in sorted(leaves))


def tracker_of(ballot: str, nonce: str, phrase: str) -> str:
    """Returns the code by which a voter finds their paper: base32 of sha256 of ``ballot|nonce|phrase``, 26 characters.

    nonce: printed on the form before the phrase was typed; phrase: the voter's own, so that no two papers share a code.
    """
    digest = hashlib.sha256(f"{ballot}|{nonce}|{phrase}".encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:26]


def read_nonce(typed: str) -> str:
    """Returns a nonce as it is printed, from whatever capitals, spaces and hyphens were typed; "" if it is none."""
    plain = re.sub(r"[\s-]", "", typed.casefold())
    shown = "-".join(plain[place : place + 4] for place in range(0, len(plain), 4))
    return shown if _NONCE.fullmatch(shown) else ""


def read_phrase(typed: str) -> str:
    """Returns a phrase as it counts: without space around, single spaces within."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def read_tracker(typed: str) -> str:
    """Returns a tracker as it is printed; "" if it is none."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    return plain if _TRACKER.fullmatch(plain) else ""


def phrase_ok(phrase: str) -> Verdict:
    """Says whether a phrase can be part of a receipt."""
    if SHORTEST_PHRASE <= len(phrase) <= LONGEST_PHRASE and phrase.isprintable():
        return YES
    return no(
        "ballots.phrase", f"Type a few words of your own, {SHORTEST_PHRASE} to {LONGEST_PHRASE} characters in all."
    )


def words_ok(text: str, most: int) -> bool:
    """Tells whether a text has at most so many words."""
    return len(text.split()) <= most


def floor_of(formula: Formula, members: int) -> int:
    """Returns how many yes votes a roll of so many takes."""
    share = Fraction(formula.share_percent, 100)
    return yesno.threshold(members, share=share, root=formula.root, floor=formula.floor)


def seed_of(ballot: str, trackers: Iterable[str]) -> str:
    """Returns the seed of lots of a ballot that named no beacon, as earlier ones did: from every voter's tracker.

    The last to vote, or a server that chooses nonces, could try values; so it is the rule of no ballot any more (ties).
    """
    joined = "\n".join(sorted(trackers))
    return hashlib.sha256(f"folkmoot ballot {ballot}\n{joined}".encode()).hexdigest()


def contest_of(ballot: str, seats: int, candidates: Iterable[str], choices: Iterable[Sequence[str]]) -> Contest:
    """Returns what is counted: re-open nominations always stands."""
    standing = (*sorted(candidates), RON)
    return Contest(seats, standing, Counter(paper_of(tuple(choice), standing) for choice in choices), title=ballot)


def winners_of(contest: Contest, seed: str | None) -> tuple[str, ...]:
    """Returns who is elected, by name. Nobody is where nobody voted. Raises OnlyLot without a seed that is needed."""
    if not contest.valid:
        return ()
    return tuple(sorted(count(contest, seed).elected))


def kept_vacant(seats: int, candidates: int, winners: int) -> int:
    """Returns how many seats re-open nominations won over somebody who stood: these are elected anew."""
    return min(seats - winners, candidates - winners)


def is_before_close(state: ActState, at: dt.datetime) -> bool:
    """Tells whether an election runs whose voting has not closed by a moment: not opened yet, or open still."""
    if not state.is_open or state.current.do not in ("submit", "draw", "ballot"):
        return False
    return state.current.do != "ballot" or (at < state.due and state.fact_at("tied") is None)


@dataclass(frozen=True)
class BranchVotes:
    """How one branch voted, or all together that have no line of their own (branch is SMALL)."""

    branch: str
    yes: int
    no: int
    abstain: int

    @property
    def papers(self) -> int:
        """How many voted there."""
        return self.yes + self.no + self.abstain


@dataclass(frozen=True)
class ByBranch:
    """How branches decided. of: those with members on the roll; yes: those with more yes than no, nobody's to read.

    lines: what may be published; together: votes of whoever has no line there, None where everybody has.
    """

    of: int
    yes: int
    lines: tuple[BranchVotes, ...]
    together: BranchVotes | None

    @property
    def is_most(self) -> bool:
        """Tells whether more than half of the branches said yes."""
        return 2 * self.yes > self.of


def by_branch(votes: Mapping[tuple[str, str], int], on_roll: Iterable[str]) -> ByBranch:
    """Decides by branch. votes: (branch, answer) to papers; on_roll: every branch with members on the roll.

    A branch is one, however few it has; where nobody voted it said no yes. SMALL among on_roll: members on the roll
    whose paper carries no branch. Lines have ten papers or more, and so have the others together: while these are
    fewer, the smallest line is put with them, so that no subtraction gives a smaller number. Source: 1.8; GO-29.
    """
    places = sorted({*on_roll, *(branch for branch, _answer in votes)})
    counted = [BranchVotes(place, *(votes.get((place, answer), 0) for answer in ANSWERS)) for place in places]
    branches = [line for line in counted if line.branch != SMALL]
    lines = sorted((line for line in branches if line.papers >= FEW), key=lambda line: (line.papers, line.branch))
    others = [line for line in counted if line not in lines]
    while others and lines and sum(line.papers for line in others) < FEW:
        others.append(lines.pop(0))
    together = BranchVotes(SMALL, *(sum(getattr(line, answer) for line in others) for answer in ANSWERS))
    said_yes = sum(line.yes > line.no for line in branches)
    shown = tuple(sorted(lines, key=lambda line: line.branch))
    return ByBranch(len(branches), said_yes, shown, together if others else None)
