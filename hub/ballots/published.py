"""The files of a counted ballot: every paper under its tracker, and the count sheet with every stage and tie.

    {"format":"folkmoot.ballot/1","ballot":...,"act":...,"kind":...,"opens":...,"closes":...,"roll":...,"root":...,
     "closing_root":...,"floor":...,"papers":[{"tracker":...,"choice":...},...],"count":{...}}

Where the rules of the ballot's act choose receipts of inclusion, codes and papers stand apart: ``"format":
"folkmoot.ballot/2"``, ``"trackers":[...]``, sorted, and ``"papers":[{"choice":...},...]``, sorted by what they say.

Sorted by tracker, keys sorted, no white space: nothing in it tells in which order papers were cast. ``count`` is
hub.count's sheet of an election, or the numbers of a yes or no. The papers of an election are a .blt file besides, for
any counting program: title the ballot, names the references of those who stood.

Where only a lot could decide, ``chance`` says by what, else it is null:

    "chance":{"chain":...,"minutes":...,"said":...,"source":...}

the hash of the beacon's chain, minutes from the close to its round, what the round said, and the round; the seed that
follows stands in ``count``. Files of ballots called before rounds were named have no ``chance``: lots fell by codes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub import clock
from hub.ballots import rules, ties
from hub.ballots.models import ballot_files
from hub.ballots.queries import Ballot
from hub.ballots.rules import ANSWERS, FEW, ByBranch
from hub.count import Contest
from hub.count.blt import format_blt
from hub.count.sheet import draw_up
from hub.count.stv import count
from hub.count.yesno import BRANCHES_MISSED, Decision, decide, sentences
from hub.db import Database
from hub.ledger.files import put

FORMAT = "folkmoot.ballot/1"
APART = "folkmoot.ballot/2"


def count_sheet(contest: Contest, seed: str | None) -> tuple[dict[str, Any], bytes]:
    """Returns an election's count sheet and its .blt file. Raises Uncountable."""
    return draw_up(contest, count(contest, seed), seed), format_blt(contest)


def decision_sheet(decision: Decision, branches: ByBranch | None = None) -> dict[str, Any]:
    """Returns the numbers of a yes or no, by branch where branches count.

    branch_count: how many branches have members on the roll; most_branches: whether more than half of them said yes.
    How many did is not told where some have no line: beside the lines that would tell of a small branch alone what it
    said, and to leave it out only then would tell the same.
    """
    sheet: dict[str, Any] = {
        "yes": decision.yes,
        "no": decision.no,
        "abstain": decision.abstain,
        "floor": decision.floor,
        "ratio": [decision.ratio.numerator, decision.ratio.denominator],
        "missed": list(decision.missed),
        "sentences": sentences(decision),
        "branches": [],
    }
    if branches is None:
        return sheet
    listed = [*branches.lines, *([branches.together] if branches.together else [])]
    told = [{"branch": line.branch or None, "yes": line.yes, "no": line.no, "abstain": line.abstain} for line in listed]
    return {**sheet, "branches": told, "branch_count": branches.of, "most_branches": branches.is_most}


def disagreements(sheet: dict[str, Any], outcome: str) -> list[str]:
    """Says in words where the file of a yes or no contradicts itself or the outcome in the record.

    sheet: from parse_sheet; outcome: passed or failed. Whoever has a copy of the record and its files can ask this.
    What a branch without a line said cannot be counted again; that the rest leaves room for the outcome can.
    """
    counted, said = sheet["count"], Counter(paper["choice"] for paper in sheet["papers"])
    found = []
    if any(said[answer] != counted[answer] for answer in ANSWERS):
        found.append("The papers are not those that were counted.")
    decided = decide(said["yes"], said["no"], said["abstain"], floor=sheet["floor"], ratio=Fraction(*counted["ratio"]))
    missed = [code for code in counted["missed"] if code != BRANCHES_MISSED]
    if list(decided.missed) != missed or (outcome == "passed") != (not counted["missed"]):
        found.append("The outcome does not follow from the papers.")
    if "branch_count" in counted:
        found += of_branches(counted)
    return found


def of_branches(counted: Mapping[str, Any]) -> list[str]:
    """Says in words where what a file tells of branches contradicts itself."""
    lines, of, is_most = counted["branches"], counted["branch_count"], counted["most_branches"]
    found = []
    if any(sum(line[answer] for line in lines) != counted[answer] for answer in ANSWERS):
        found.append("The branches do not add up to the whole.")
    if any(sum(line[answer] for answer in ANSWERS) < FEW for line in lines):
        found.append("A branch with fewer than ten votes is shown.")
    named = [line for line in lines if line["branch"] is not None]
    said_yes = sum(line["yes"] > line["no"] for line in named)
    most, least = said_yes + (of - len(named) if len(named) < len(lines) else 0), said_yes
    could = 2 * most > of if is_most else 2 * least <= of
    if len(named) > of or not could or is_most == (BRANCHES_MISSED in counted["missed"]):
        found.append("More than half of the branches, or not: that does not follow from those shown.")
    return found


def sheet_bytes(
    ballot: Ballot,
    papers: Iterable[Any],
    closing_root: str,
    counted: dict[str, Any],
    receipts: str = rules.CONTENT,
    lots: Mapping[str, Any] | None = None,
) -> bytes:
    """Writes the file of a ballot. papers: tracker and choice, in whatever order; receipts: what a code leads to.

    lots: as ``chance`` gives it, None where none was needed.
    """
    listed = sorted((paper.tracker, json.loads(paper.choice)) for paper in papers)
    whole = {
        "ballot": ballot.id,
        "act": ballot.act,
        "kind": ballot.kind,
        "opens": clock.format_minute(ballot.opens),
        "closes": clock.format_minute(ballot.closes),
        "roll": ballot.roll,
        "root": ballot.root,
        "closing_root": closing_root,
        "floor": ballot.floor,
        "count": counted,
        **_together(listed, receipts),
    }
    if ballot.seed == ties.BEACON:
        whole["chance"] = lots
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chance(ballot: Ballot, said: str | None) -> dict[str, Any] | None:
    """Returns by what the lots of a ballot fell; None where none was needed, or none can be."""
    if said is None:
        return None
    return {"chain": ballot.chain, "minutes": ballot.minutes, "source": ballot.source, "said": said}


def _together(listed: list[tuple[str, Any]], receipts: str) -> dict[str, Any]:
    """Returns papers under their codes, or codes and papers each in an order of their own."""
    if receipts == rules.CONTENT:
        return {"format": FORMAT, "papers": [{"tracker": tracker, "choice": choice} for tracker, choice in listed]}
    choices = sorted((choice for _tracker, choice in listed), key=json.dumps)
    return {
        "format": APART,
        "trackers": [tracker for tracker, _choice in listed],
        "papers": [{"choice": choice} for choice in choices],
    }


def parse_sheet(raw: bytes) -> dict[str, Any]:
    """Reads the file of a ballot, in either form. Raises ValueError for any other shape."""
    found = json.loads(raw)
    if not isinstance(found, dict) or found.get("format") not in (FORMAT, APART):
        raise ValueError("not the file of a ballot")
    return found


def is_apart(sheet: Mapping[str, Any]) -> bool:
    """Tells whether codes and papers stand apart in a ballot's file."""
    return bool(sheet["format"] == APART)


def trackers_of(sheet: Mapping[str, Any]) -> list[str]:
    """Returns the codes in a ballot's file, in either form."""
    return sheet["trackers"] if is_apart(sheet) else [paper["tracker"] for paper in sheet["papers"]]


def name_of(raw: bytes) -> str:
    """Returns a file's name: the SHA-256 of its bytes."""
    return hashlib.sha256(raw).hexdigest()


def publish(db: Database, folder: Path) -> int:
    """Puts the files that the record names where everybody reads them; returns how many.

    Before the log is published, so that whoever reads an entry finds its files; whatever a crash leaves is put again.
    """
    with db.read() as tx:
        waiting = {row.sha256: bytes(row.bytes) for row in tx.execute(sa.select(ballot_files))}
    if not waiting:
        return 0
    put({folder / name: raw for name, raw in waiting.items()})
    with db.write() as tx:
        tx.execute(sa.delete(ballot_files).where(ballot_files.c.sha256.in_(list(waiting))))
    return len(waiting)
