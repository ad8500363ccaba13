"""A ballot's published file counted again, whichever form it has, and compared with the count that stands in it.

What cannot be done again from a file: the votes by branch, for papers never carry one there. That what is said of
branches fits the papers, can.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hub import clock
from hub.ballots import published, rules, ties
from hub.count import RON, OnlyLot
from hub.count.sheet import draw_up
from hub.count.stv import count
from hub.count.yesno import BRANCHES_MISSED, decide
from hub.lot.chains import QUICKNET, Chain
from hub.lot.sources import check_value

BY_BRANCH = ("branches", "branch_count", "most_branches")


def recount(sheet: Mapping[str, Any], on: Chain = QUICKNET) -> tuple[dict[str, Any], bool]:
    """Returns the count made anew from codes and papers, and whether it is the one that was published.

    sheet: as published.parse_sheet reads it; on: the chain by whose rounds lots fall. Raises ValueError where parts are
    missing or contradict each other, or a lot fell by what the chain did not sign, or by another round than follows
    from the close.
    """
    try:
        codes, choices = published.trackers_of(sheet), [paper["choice"] for paper in sheet["papers"]]
        if len(set(codes)) != len(choices):
            raise ValueError(f"There are {len(choices)} papers and {len(set(codes))} codes.")
        again = _decided(sheet, choices) if sheet["kind"] == "yesno" else _elected(sheet, codes, choices, on)
        is_same = _plain(again) == _plain(_before(sheet["count"], again))
        return again, is_same and ("branch_count" not in again or not published.of_branches(again))
    except (KeyError, TypeError, AttributeError, ZeroDivisionError) as problem:
        raise ValueError("Something in it is missing or of another shape.") from problem


def _elected(sheet: Mapping[str, Any], codes: list[str], choices: list[Any], on: Chain) -> dict[str, Any]:
    told = sheet["count"]
    people = [ref for ref in told["candidates"] if ref != RON]
    contest = rules.contest_of(sheet["ballot"], told["seats"], people, choices)
    seed = _seed(sheet, on) if "chance" in sheet else rules.seed_of(sheet["ballot"], codes)
    older = any(stage["tie"] and "voteless" not in stage["tie"] for stage in told["stages"])
    try:
        return draw_up(contest, count(contest, seed, draws_all=older), seed)
    except OnlyLot as problem:
        raise ValueError("Only a lot can decide between some of them, and it says of none.") from problem


def _seed(sheet: Mapping[str, Any], on: Chain) -> str | None:
    """Returns what lots fell by, from the round itself; None where none was needed. Raises ValueError."""
    if sheet["chance"] is None:
        return None
    told, said = sheet["chance"], sheet["chance"]["said"]
    source = ties.source_of(on, clock.parse_minute(sheet["closes"]), told["minutes"])
    if (told["chain"], told["source"]) != (on.hash, source.name):
        raise ValueError(f"Lots of a ballot that closed {sheet['closes']} fall by {source.name}, and by nothing else.")
    return ties.seed_of(sheet["ballot"], check_value(source, said))


def _decided(sheet: Mapping[str, Any], choices: list[Any]) -> dict[str, Any]:
    said = Counter(choices)
    if set(said) - set(rules.ANSWERS):
        raise ValueError("A paper says neither yes nor no, nor that it abstains.")
    ratio = Fraction(*sheet["count"]["ratio"])
    decision, told = decide(said["yes"], said["no"], said["abstain"], floor=sheet["floor"], ratio=ratio), sheet["count"]
    if BRANCHES_MISSED in told["missed"]:
        decision = replace(decision, missed=(*decision.missed, BRANCHES_MISSED))
    return {**published.decision_sheet(decision), **{name: told[name] for name in BY_BRANCH if name in told}}


def _before(told: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a published count with what later releases added to it where nobody was kept from a lot."""
    stages = [_stage(stage) for stage in told.get("stages", ())]
    return {**told, "stages": stages} if "stages" in again else dict(told)


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    return {**stage, "tie": {"kept": [], "voteless": [], **stage["tie"]} if stage["tie"] else None}


def _plain(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)
