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
SMALL = ""  # the branch of papers from branches too small to stand alone
SEED = "trackers"  # ties fall by the trackers, which all voters made together and nobody knew before the close
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


def is_eligible(since: dt.date, opens: dt.datetime, days: int) -> bool:
    """Tells whether a member since a day may vote in a ballot that opens then."""
    return since <= opens.date() - dt.timedelta(days=days)


def seed_of(ballot: str, trackers: Iterable[str]) -> str:
    """Returns the text that lots are drawn with: every voter had a part in it, and nobody knew it before the close."""
    joined = "\n".join(sorted(trackers))
    return hashlib.sha256(f"folkmoot ballot {ballot}\n{joined}".encode()).hexdigest()


def contest_of(ballot: str, seats: int, candidates: Iterable[str], choices: Iterable[Sequence[str]]) -> Contest:
    """Returns what is counted: re-open nominations always stands."""
    standing = (*sorted(candidates), RON)
    return Contest(seats, standing, Counter(paper_of(tuple(choice), standing) for choice in choices), title=ballot)


def winners_of(contest: Contest, seed: str) -> tuple[str, ...]:
    """Returns who is elected, by name. Nobody is where nobody voted."""
    if not contest.valid:
        return ()
    return tuple(sorted(count(contest, seed).elected))


def kept_vacant(seats: int, candidates: int, winners: int) -> int:
    """Returns how many seats re-open nominations won over somebody who stood: these are elected anew."""
    return min(seats - winners, candidates - winners)


@dataclass(frozen=True)
class BranchVotes:
    """How one branch voted, or the small ones together (branch is SMALL)."""

    branch: str
    yes: int
    no: int
    abstain: int

    @property
    def papers(self) -> int:
        """How many voted there."""
        return self.yes + self.no + self.abstain


def by_branch(votes: Mapping[tuple[str, str], int]) -> tuple[BranchVotes, ...]:
    """Returns the votes of each branch, by name. votes: (branch, answer) to papers.

    Branches with fewer than ten papers count together as one. Where these together are still fewer than ten, the
    smallest of the others is counted with them: no line ever shows so few that somebody could be read from it.
    """
    lines = {branch for branch, _answer in votes}
    counted = {
        branch: BranchVotes(branch, *(votes.get((branch, answer), 0) for answer in ANSWERS)) for branch in sorted(lines)
    }
    small = [line for line in counted.values() if line.branch == SMALL or line.papers < FEW]
    large = sorted(
        (line for line in counted.values() if line not in small), key=lambda line: (line.papers, line.branch)
    )
    while small and large and sum(line.papers for line in small) < FEW:
        small.append(large.pop(0))
    together = [BranchVotes(SMALL, *(sum(getattr(line, answer) for line in small) for answer in ANSWERS))]
    return tuple(sorted([*large, *(together if small else [])], key=lambda line: line.branch))


def most_branches(lines: Iterable[BranchVotes]) -> bool:
    """Tells whether more than half of the branches that voted said yes, each by more yes than no."""
    voted = [line for line in lines if line.papers]
    return 2 * sum(line.yes > line.no for line in voted) > len(voted)
