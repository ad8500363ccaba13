"""Re-runs a published draw and says what agrees and what differs.

With Python 3.11 and this source, nothing installed and no network:

    python -m hub.lot.check FILE [--pool-hash HASH] [--rehearsal] [--json]

0 all agrees, 1 something differs, 2 the file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.errors import Refusal, Verdict
from hub.lot import replacing, rules
from hub.lot.chains import QUICKNET
from hub.lot.draw import Draw, first_seats, seats_of
from hub.lot.files import parse_draw
from hub.lot.pool import Unreadable, pool_hash
from hub.lot.seed import make_seed
from hub.lot.sources import check_value
from hub.lot.walk import draw_panel, odds_of

LARGEST_FILE = 512 << 20  # bytes; a pool of a million tickets takes about 200 MB


@dataclass(frozen=True)
class Finding:
    """One part of a draw, computed again. sentence: what differs; empty where it agrees."""

    what: str
    agrees: bool
    sentence: str = ""


def check(draw: Draw, announced: str | None = None, *, rehearsal: bool = False) -> list[Finding]:
    """Computes a draw again from its act, pool, quotas, source and what it said; and checks who said it.

    announced: the pool's hash as the record has it since the freeze. Without it, nobody can see from the file alone
    whether the pool was changed and everything computed anew. rehearsal: takes a draw that only tries things out.
    """
    found = pool_hash(draw.pool)
    findings = [_same("pool hash", draw.pool_hash, found)]
    if announced is not None:
        findings.append(_same("pool hash in the record", announced.strip().lower(), found))
    findings.append(_chain(draw, rehearsal))
    findings.append(_verdict("source", rules.source_fits(draw.source, draw.frozen)))
    findings.append(_signature(draw))
    fits = rules.fits(draw.pool, draw.size, draw.quotas)
    findings.append(_verdict("quotas", fits))
    seed = make_seed(draw.act, found, draw.said)
    findings.append(_same("seed", draw.seed, seed))
    # Quotas that cannot be met would send the walk through all its rounds for nothing.
    walked = _walked(draw, seed) if fits else [Finding("panel", False, "no panel can be drawn within these quotas.")]
    return [*findings, *walked, *replaced(draw)]


def told(draw: Draw, findings: list[Finding]) -> dict[str, Any]:
    """Returns facts for a command to print. panel: who sits now, if every replacement holds."""
    return {
        "agrees": all(finding.agrees for finding in findings),
        "act": draw.act,
        "frozen": draw.frozen.strftime("%Y-%m-%dT%H:%MZ"),
        "size": draw.size,
        "tickets": len(draw.pool),
        "quotas": [f"{quota.key} {quota.value}: {quota.least} to {quota.most}" for quota in draw.quotas],
        "source": f"{draw.source.name}, known {draw.source.known:%Y-%m-%dT%H:%MZ}",
        "said": draw.said,
        "pool_hash": draw.pool_hash,
        "seed": draw.seed,
        "round": draw.round,
        "panel": _panel(draw),
        "agreeing": [finding.what for finding in findings if finding.agrees],
        "differing": [f"{finding.what}: {finding.sentence}" for finding in findings if not finding.agrees],
    }


def _chain(draw: Draw, rehearsal: bool) -> Finding:
    if draw.source.chain == QUICKNET or rehearsal:
        return Finding("chain", True)
    return Finding("chain", False, "this draw only tries things out: anybody can know beforehand what its chain says.")


def _signature(draw: Draw) -> Finding:
    try:
        check_value(draw.source, draw.said)
    except Unreadable as problem:
        return Finding("signature", False, str(problem))
    return Finding("signature", True)


def _walked(draw: Draw, seed: str) -> Iterator[Finding]:
    panel = draw_panel(draw.pool, draw.size, draw.quotas, seed)
    yield _same("round", draw.round, panel.round)
    for what in ("order", "accepted", "reserves"):
        yield _same_list(what, getattr(draw, what), tuple(ticket.name for ticket in getattr(panel, what)))
    yield _same_list("odds", draw.odds, odds_of(draw.pool, draw.size, draw.quotas))


def replaced(draw: Draw) -> Iterator[Finding]:
    """Yields what is found of each replacement: the next reserve of its stratum followed, and nobody else (GO-21)."""
    seats = first_seats(draw)
    for number, replacement in enumerate(draw.replaced, 1):
        try:
            seats = replacing.apply(seats, replacement)
        except Refusal as problem:
            yield Finding(f"replacement {number}", False, problem.sentence)
            return
        yield Finding(f"replacement {number}", True)


def _panel(draw: Draw) -> list[str]:
    try:
        return [ticket.name for ticket in seats_of(draw).seats]
    except Refusal:
        return []


def _same(what: str, stated: object, found: object) -> Finding:
    return Finding(what, True) if stated == found else Finding(what, False, f"stated is {stated}, it is {found}.")


def _same_list(what: str, stated: tuple[Any, ...], found: tuple[Any, ...]) -> Finding:
    if stated == found:
        return Finding(what, True)
    if len(stated) != len(found):
        return Finding(what, False, f"the file has {len(stated)}, it should have {len(found)}.")
    place = next(place for place, (one, other) in enumerate(zip(stated, found, strict=True)) if one != other)
    return Finding(what, False, f"at place {place + 1} the file says {stated[place]}, it is {found[place]}.")


def _verdict(what: str, verdict: Verdict) -> Finding:
    return Finding(what, verdict.ok, verdict.sentence)


def main(words: list[str] | None = None) -> int:
    """Checks one file from a terminal. Result: the exit code."""
    asked = argparse.ArgumentParser(prog="python -m hub.lot.check", description="Re-run a published draw by lot.")
    asked.add_argument("file", metavar="FILE", help="the published file, or - for what is piped in")
    asked.add_argument("--pool-hash", metavar="HASH", help="the pool's hash as the public record has it")
    asked.add_argument("--rehearsal", action="store_true", help="take a draw of a demo, whose chance everybody knows")
    asked.add_argument("--json", action="store_true", help="print one JSON object")
    given = asked.parse_args(words)
    try:
        if given.file == "-":
            draw = parse_draw(sys.stdin.buffer.read(LARGEST_FILE))
        else:
            with open(given.file, "rb") as file:
                draw = parse_draw(file.read(LARGEST_FILE))
    except (Unreadable, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    facts = told(draw, check(draw, given.pool_hash, rehearsal=given.rehearsal))
    sys.stdout.write(json.dumps(facts) + "\n" if given.json else format_facts(facts))
    return 0 if facts["agrees"] else 1


def format_facts(facts: dict[str, Any]) -> str:
    """Writes facts as lines: the name, then what it is."""
    lines = []
    for name, value in facts.items():
        shown = ("yes" if value else "no") if isinstance(value, bool) else value
        lines += [f"{name.replace('_', ' '):<10} {line}\n" for line in (shown if isinstance(shown, list) else [shown])]
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
