"""A count sheet in plain words: every stage and every tie, for people who were not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.count.contest import RON, is_ron, shown
from hub.count.result import FIRST, LAST
from hub.count.ties import EXCLUSION, SURPLUS

Names = Mapping[str, str]


def sentences(sheet: Mapping[str, Any], names: Names | None = None) -> list[str]:
    """Returns a sheet as sentences. names: how each reference is shown; a reference not in it stands for itself."""
    known = names or {}
    told = [_papers(sheet), *_withdrawn(sheet, known), *_unranked(sheet)]
    before, gone = None, set()
    for stage in sheet["stages"]:
        if stage["action"] == EXCLUSION:
            gone.add(stage["candidate"])
        there = {name: votes for name, votes in stage["votes"].items() if name not in gone}
        told += _stage({**stage, "votes": there}, before, sheet, known)
        before = stage
    return [*told, *_outcome(sheet, known), *_condorcet(sheet, known)]


def _papers(sheet: Mapping[str, Any]) -> str:
    blank = f", {sheet['blank']} of them blank" if sheet["blank"] else ""
    quota = f"The quota is {sheet['quota']}: {sheet['valid']} divided by {sheet['seats'] + 1}, cut off, plus one."
    return f"{_many(sheet['papers'], 'paper')}{blank}, for {_many(sheet['seats'], 'seat')}. {quota}"


def _withdrawn(sheet: Mapping[str, Any], names: Names) -> list[str]:
    if not sheet["withdrawn"]:
        return []
    return [f"{_list(sheet['withdrawn'], names)} had withdrawn; preferences for them were passed over."]


def _unranked(sheet: Mapping[str, Any]) -> list[str]:
    if sheet["valid"] or RON not in sheet["candidates"]:
        return []
    return ["No paper ranks anybody, so nobody is elected and nominations re-open for every seat."]


def _stage(
    stage: Mapping[str, Any], before: Mapping[str, Any] | None, sheet: Mapping[str, Any], names: Names
) -> list[str]:
    told = _tie(stage["tie"], names) if stage["tie"] else []
    told.append(f"Stage {stage['number']}. {_action(stage, before, names)} {_votes(stage['votes'], names)}")
    told += _aside(stage, before)
    by_quota = {seat["candidate"] for seat in sheet["elected"] if seat["by"] != LAST}
    for name in stage["elected"]:
        told.append(_elected(name, name in by_quota, names))
    return told


def _action(stage: Mapping[str, Any], before: Mapping[str, Any] | None, names: Names) -> str:
    if stage["action"] == FIRST or before is None:
        return "First preferences."
    name, gained = _shown(stage["candidate"], names), _gained(stage["gained"], names)
    had = _short(before["votes"].get(stage["candidate"], "0"))
    if stage["action"] == SURPLUS:
        return f"{name} had {had}, more than the quota. A first preference goes on worth {stage['value']}: {gained}"
    return f"{name} had fewest, {had}, and is excluded. The papers go on at their value: {gained}"


def _gained(gained: Mapping[str, str], names: Names) -> str:
    if not gained:
        return "to nobody."
    return "; ".join(f"{_shown(name, names)} +{_short(votes)}" for name, votes in gained.items()) + "."


def _votes(votes: Mapping[str, str], names: Names) -> str:
    return "Now: " + "; ".join(f"{_shown(name, names)} {_short(amount)}" for name, amount in votes.items()) + "."


def _aside(stage: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[str]:
    if before is None or all(stage[key] == before[key] for key in ("non_transferable", "rounding")):
        return []
    spent, lost = _short(stage["non_transferable"]), _short(stage["rounding"])
    return [f"So far {spent} had no further preference, {lost} was lost to rounding."]


def _elected(name: str, by_quota: bool, names: Names) -> str:
    if is_ron(name):
        return f"{_shown(name, names)} wins a seat, which stays vacant."
    if by_quota:
        return f"{_shown(name, names)} has the quota and is elected."
    return f"{_shown(name, names)} is elected without the quota: no more candidates are left than seats."


def _tie(tie: Mapping[str, Any], names: Names) -> list[str]:
    what = "most, and one surplus must go first" if tie["purpose"] == SURPLUS else "fewest, and one must be excluded"
    told = [f"{_list(tie['tied'], names)} are equal with {what}."]
    which = "most" if tie["purpose"] == SURPLUS else "fewest"
    for step in tie["earlier"]:
        told.append(f"At the end of stage {step['stage']}, {_list(step['left'], names)} had {which}.")
    # Sheets from before these rules say nothing of them.
    if tie.get("kept"):
        told.append(_kept(tie, names))
    if tie.get("voteless"):
        told.append(_voteless(tie, names))
    if tie["lots"]:
        lots = "; ".join(f"{_shown(name, names)} {digest[:16]}" for name, digest in tie["lots"].items())
        whom = "the others" if tie.get("kept") else "them"
        told.append(f"No earlier stage parts {whom}, so a lot does, the lowest sha256 of seed and reference: {lots}.")
    told.append(f"It is {_shown(tie['chosen'], names)}.")
    return told


def _kept(tie: Mapping[str, Any], names: Names) -> str:
    kept = _list(tie["kept"], names)
    if tie["purpose"] == SURPLUS:
        return f"No earlier stage parts them, and no lot is drawn against {kept}: its surplus goes first."
    return f"No earlier stage parts them, and no lot is drawn against {kept}: it stays, and nobody wins by chance."


def _voteless(tie: Mapping[str, Any], names: Names) -> str:
    none = "Neither of" if len(tie["voteless"]) == 2 else "None of"
    whom = _list(tie["voteless"], names)
    return (
        f"{none} {whom} had a vote at any stage. Nobody is elected here without one, so the order in which they go "
        "changes nothing: no lot is drawn, and the first by reference goes."
    )


def _outcome(sheet: Mapping[str, Any], names: Names) -> list[str]:
    elected = [seat["candidate"] for seat in sheet["elected"]]
    told = [f"Elected: {_list(elected, names)}." if elected else "Nobody is elected."]
    if sheet["vacant"]:
        stay = "stays vacant" if sheet["vacant"] == 1 else "stay vacant"
        told.append(f"{_many(sheet['vacant'], 'seat').capitalize()} {stay}, and nominations re-open.")
    return told


def _condorcet(sheet: Mapping[str, Any], names: Names) -> list[str]:
    winner = sheet["condorcet"]
    if winner is None or winner in [seat["candidate"] for seat in sheet["elected"]]:
        return []
    if winner == RON and not sheet["elected"]:
        return []
    return [
        f"A remark: compared with each other candidate alone, {_shown(winner, names)} is preferred by more papers "
        "every time. The rule elects by transfers, so the result stands."
    ]


def _shown(name: str, names: Names) -> str:
    return names.get(name) or shown(name)


def _list(refs: Sequence[str], names: Names) -> str:
    listed = [_shown(ref, names) for ref in refs]
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def _short(votes: str) -> str:
    """Leaves decimals out where all are 0: there is nothing to tell apart."""
    return votes.removesuffix(".00000")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
