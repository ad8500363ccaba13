"""The count sheet: a count as plain values for a file, and as sentences for people.

The same contest and seed give the same bytes, in whatever order papers and candidates stood. Candidates are named by
reference; whoever shows the sheet says how each is shown. Votes are texts with five decimals, never floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hub.count.contest import Contest, in_votes, is_ron
from hub.count.pairs import condorcet_winner
from hub.count.result import Count, Seat, Stage
from hub.count.ties import Tie

FORMAT = "folkmoot.count/1"
RULE = "Scottish STV: SSI 2007/42, schedule 1, rules 45 to 52"


def draw_up(contest: Contest, counted: Count, seed: str | None = None) -> dict[str, Any]:
    """Returns the count sheet: objects, lists, texts and whole numbers only.

    counted: ``count(contest, seed)``. ``condorcet`` is the pairwise winner of a one-seat contest, else null.
    """
    cast = sum(contest.votes.values())
    return {
        "format": FORMAT,
        "rule": RULE,
        "title": contest.title,
        "seats": contest.seats,
        "seed": seed,
        "candidates": sorted(contest.standing),
        "withdrawn": sorted(set(contest.candidates) - set(contest.standing)),
        "papers": cast,
        "blank": cast - counted.total,
        "valid": counted.total,
        "quota": counted.quota,
        "stages": [_stage(stage) for stage in counted.stages],
        "elected": [_seat(seat) for seat in counted.seats if not is_ron(seat.name)],
        "vacant": counted.vacant,
        "condorcet": condorcet_winner(contest) if contest.seats == 1 else None,
    }


def sheet_bytes(sheet: Mapping[str, Any]) -> bytes:
    """Writes a sheet canonically: keys sorted, no white space, UTF-8. json.loads gives the sheet back."""
    return json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "number": stage.number,
        "action": stage.action,
        "candidate": stage.name,
        "value": in_votes(stage.value),
        "votes": _amounts(stage.votes),
        "gained": _amounts(stage.gained),
        "non_transferable": in_votes(stage.non_transferable),
        "rounding": in_votes(stage.lost),
        "elected": list(stage.elected),
        "tie": _tie(stage.tie) if stage.tie else None,
    }


def _tie(tie: Tie) -> dict[str, Any]:
    return {
        "purpose": tie.purpose,
        "tied": list(tie.tied),
        "earlier": [{"stage": number, "left": list(left)} for number, left in tie.narrowed],
        "kept": list(tie.kept),
        "lots": dict(sorted(tie.lots.items())),
        "voteless": list(tie.voteless),
        "chosen": tie.chosen,
    }


def _seat(seat: Seat) -> dict[str, Any]:
    return {"candidate": seat.name, "stage": seat.stage, "by": seat.by}


def _amounts(units: Mapping[str, int]) -> dict[str, str]:
    return {name: in_votes(amount) for name, amount in sorted(units.items())}
