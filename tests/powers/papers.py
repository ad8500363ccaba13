"""What holds of every ballot, from its opening to the published file: invariants 24 to 31 of governance.md 9.1.

Read from raw tables and the test's own memory of who voted what. The recount is tests/count/oracle.py, a second program
written from the statute; hub.count is asked only whether it depends on order and names.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hub import inventory, sealing
from hub.count import RON, Contest, OnlyLot, count
from hub.lot.chains import rehearsed
from tests.count.oracle import Oracle
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import every_table
from tests.powers.view import Row, View
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

PHRASE = "same words"  # of everybody: what tells receipts apart is the nonce
FEW = 10
LINES = inventory.private("hub")
UNIT = 100_000


def tracker(ballot: str, nonce: str) -> str:
    """The code of a receipt, from governance.md 2.5."""
    digest = hashlib.sha256(f"{ballot}|{nonce}|{PHRASE}".encode()).digest()
    return base64.b32encode(digest).decode()[:26]


def receipts(world: World, ballot: str) -> dict[str, str]:
    """Tracker to voter of a ballot, from the test's own memory."""
    return {tracker(one, nonce): who for one, who, nonce in world.receipts if one == ballot}


@invariant
def rolls_are_fixed(watch: Watch) -> None:
    """24: nobody comes onto a roll or leaves it from its opening to the count, and no mark is taken back."""
    known: dict[str, dict[str, int]] = watch.memory.setdefault("rolls", {})
    found: dict[str, dict[str, int]] = {}
    for line in watch.view.rows("ballot_roll"):
        found.setdefault(line.ballot, {})[line.person] = line.voted
    for ballot, lines in found.items():
        before = known.setdefault(ballot, lines)
        if set(before) != set(lines):
            raise Broken(24, f"{len(set(before) ^ set(lines))} lines of a roll changed after it was fixed")
        if any(before[person] > voted for person, voted in lines.items()):
            raise Broken(24, "a mark on a roll was taken back")
        known[ballot] = lines


@invariant
def nothing_joins_voter_and_choice(watch: Watch) -> None:
    """25: no row names a voter and a paper; no paper bears a time."""
    view, open_ones = watch.view, papers_of(watch.view)
    if not open_ones or watch.memory.get("cast") == len(watch.world.receipts):
        return
    watch.memory["cast"] = len(watch.world.receipts)
    marks = {row.tracker for row in open_ones} | {row.id for row in open_ones}
    persons = set(view.people.values()) | set(view.holder_of.values())
    for row in open_ones:
        # A choice may name candidates; whoever votes is nowhere.
        if any(value in persons or (isinstance(value, int) and value > 1) for value in row.values()):
            raise Broken(25, "a paper names somebody, or bears a time")
    for name in every_table():
        for line in view.rows(name) if name != "ballot_papers" else []:
            said = " ".join([*map(_text, line.values()), *_opened(watch.world, name, line)])
            if any(mark in said for mark in marks):
                raise Broken(25, f"a row of {name} names a paper")


def _opened(world: World, table: str, line: Row) -> Iterator[str]:
    """What the sealed words of a row say to whoever has the keys, as the hub's operator does."""
    told, keys = LINES.get(table), sealing.vault_of(world.db.engine)
    if told is None:
        return
    for column in told.sealed:
        subject, shut = line[str(told.sealed_for)], line[column]
        key = keys.fetch([subject]).get(subject)
        if key is not None and shut is not None:
            yield _text(sealing.box.open_sealed(key, subject, f"{table}.{column}", shut))


def papers_of(view: View) -> list[Row]:
    """Papers that lie in boxes."""
    return view.rows("ballot_papers", "tracker")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@invariant
def trackers_are_the_voters_own(watch: Watch) -> None:
    """27: each paper lies under the code of one receipt, and no two under one, though all phrases are the same."""
    found: dict[str, list[str]] = {}
    for row in papers_of(watch.view):
        found.setdefault(row.ballot, []).append(row.tracker)
    for ballot, trackers in found.items():
        if len(set(trackers)) != len(trackers) or set(trackers) != set(receipts(watch.world, ballot)):
            raise Broken(27, "papers do not lie under the codes of their receipts, each under its own")


@invariant
def files_recount(watch: Watch) -> None:
    """28, 29, 30: the published file holds what was voted; a second program counts it alike, stage by stage."""
    view = watch.view
    ballots = {row.id: row for row in view.rows("ballots")}
    for entry in [entry for entry in watch.new if entry.type == "ballot.counted"]:
        ballot = ballots[entry.data["ballot"]]
        mine = receipts(watch.world, ballot.id)
        cast = {code: watch.world.votes[ballot.id][who] for code, who in mine.items()}
        file = published(view, entry.data.get("file"))
        if (file is None) != (len(cast) < FEW):
            raise Broken(28, f"{len(cast)} papers, and {'a' if file else 'no'} file")
        if file is not None and {paper["tracker"]: paper["choice"] for paper in file["papers"]} != cast:
            raise Broken(28, "the published papers are not what was voted")
        if ballot.kind == "stv":
            recount(view, ballot, cast, entry.data["winners"], file)
        elif file is not None:
            said = Counter(cast.values())
            if any(file["count"][word] != said[word] for word in ("yes", "no", "abstain")):
                raise Broken(28, "the published numbers are not those of the papers")


def published(view: View, name: str | None) -> dict[str, Any] | None:
    """The file of a ballot, as the worker would publish it; None where there is none."""
    raw = next((row.bytes for row in view.rows("ballot_files") if row.sha256 == name), None)
    found: dict[str, Any] | None = None if raw is None else json.loads(raw)
    return found


def recount(
    view: View, ballot: Row, cast: dict[str, list[str]], winners: list[str], file: dict[str, Any] | None
) -> None:
    """Counts an election again, from the papers alone."""
    rows = view.rows("candidacies", "told_entry")
    stood = sorted(row.holder for row in rows if row.act == ballot.act and row.withdrawn_entry is None)
    valid = [tuple(choice) for choice in cast.values() if choice]
    if not valid:
        return
    seed = seed_of(ballot, winners, stood, valid)
    if seed is None:
        return
    turned_about(ballot.seats, stood, valid, seed)
    second = Oracle(ballot.seats, [*stood, RON], valid, seed)
    elected = sorted(name for name, _stage in second.winners if name.split()[0] != RON)
    if sorted(winners) != elected:
        raise Broken(28, f"{len(winners)} elected; a second count elects {len(elected)}, or others")
    if file is not None:
        ours = [stage["votes"] for stage in file["count"]["stages"]]
        theirs = [{name: votes for name, votes in stage.items() if votes} for stage in second.history]
        if [{name: Fraction(votes) for name, votes in stage.items() if Fraction(votes)} for stage in ours] != theirs:
            raise Broken(28, "a stage's totals are not those of a second count")


def seed_of(ballot: Row, winners: list[str], stood: list[str], valid: list[tuple[str, ...]]) -> str | None:
    """What lots of an election fall by: its id and what the beacon said in a round that begins after its close.

    None where it was waited for in vain: then nobody is elected. Where nothing was read, no lot may be needed: any text
    gives the same.
    """
    if ballot.said is not None:
        number = int(ballot.source.rpartition("-")[2])
        if (ballot.said, number) != (rehearsed(number), first_round(ballot.closes_at + 3600)):
            raise Broken(29, "a lot fell by what the beacon did not say an hour after the close")
        return hashlib.sha256(f"{ballot.id}|{ballot.said}".encode()).hexdigest()
    if ballot.tied_entry is not None:
        if winners:
            raise Broken(29, "somebody was elected where only a lot could decide, and none fell")
        return None
    try:
        names = [*stood, RON]
        elected_of(ballot.seats, names, valid, None)
    except OnlyLot as problem:
        raise Broken(29, "a lot decided, and no round of the beacon") from problem
    return "no lot"


@invariant
def lots_wait_for_what_nobody_knows(watch: Watch) -> None:
    """29: the round of a tie begins an hour after the close, as that finally stands; no paper is taken any more."""
    ballots = {row.id: row for row in watch.view.rows("ballots")}
    for entry in [entry for entry in watch.new if entry.type == "ballot.tied"]:
        number, closes = int(entry.data["source"].rpartition("-")[2]), ballots[entry.data["ballot"]].closes_at
        if number != first_round(closes + 3600) or entry.data["due"] != minute(closes):
            raise Broken(29, "a lot waits for another round than follows from the close")


def minute(at: int) -> str:
    """A moment as the record has it."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


def first_round(at: int) -> int:
    """The first round of the beacon that begins at a moment or after it: one every three seconds."""
    return -((1_692_803_367 - at) // 3) + 1


def turned_about(seats: int, stood: list[str], valid: list[tuple[str, ...]], seed: str) -> None:
    """29, 30: the order of papers and candidates changes nothing; a majority of first preferences takes one seat."""
    names = [*stood, RON]
    found = [elected_of(seats, order, papers, seed) for order, papers in ((names, valid), (names[::-1], valid[::-1]))]
    if found[0] != found[1]:
        raise Broken(29, "the order of papers or candidates changes who is elected")
    first = Counter(paper[0] for paper in valid)
    most = next((name for name, many in first.items() if 2 * many > len(valid)), None)
    if seats == 1 and most is not None and found[0] != [name for name in [most] if name != RON]:
        raise Broken(30, "whoever most voters put first was not elected")


def elected_of(seats: int, names: list[str], papers: list[tuple[str, ...]], seed: str | None) -> list[str]:
    """Whom the house's count elects, its papers and candidates in this order."""
    place = {name: number for number, name in enumerate(names)}
    votes: Counter[tuple[int, ...]] = Counter()
    for paper in papers:
        votes[tuple(place[name] for name in paper)] += 1
    return sorted(count(Contest(seats, tuple(names), votes), seed).elected)


@invariant
def amendments_take_most_branches(watch: Watch) -> None:
    """31, of new rules: besides two thirds and the floor, more yes than no in more than half of the branches."""
    view = watch.view
    where: dict[str, dict[str, str]] = watch.memory.setdefault("branches", {})
    for row in view.rows("ballots"):
        where.setdefault(row.id, branches_of(view, [line.person for line in on(view, row.id)]))
    ballots = {row.id: row for row in view.rows("ballots")}
    for entry in [entry for entry in watch.new if entry.type == "ballot.counted"]:
        ballot = ballots[entry.data["ballot"]]
        act = next(act for act in view.acts if act.id == ballot.act)
        step = oracle.steps_of(view, act)[ballot.step]
        if not step.get("branches"):
            continue
        cast = watch.world.votes.get(ballot.id, {})
        yes, nay = (sum(choice == word for choice in cast.values()) for word in ("yes", "no"))
        floor = oracle.takes(oracle.constitution_of(view, act), step["formula"], ballot.roll)
        part, of = step["ratio"]
        whole = yes > nay and yes >= floor and Fraction(yes, max(1, yes + nay)) >= Fraction(part, of)
        said = branch_votes(view, cast, where[ballot.id])
        passes = whole and 2 * sum(y > n for y, n in said) > len(said)
        if (entry.data["outcome"] == "passed") != passes:
            raise Broken(31, f"{yes} yes, {nay} no, by branch {said}: {entry.data['outcome']}")


def on(view: View, ballot: str) -> list[Row]:
    """The lines of a ballot's roll."""
    return [line for line in view.rows("ballot_roll") if line.ballot == ballot]


def branches_of(view: View, people: list[str]) -> dict[str, str]:
    """Who of some people belongs to which branch now."""
    at = {branch.area: branch.id for branch in view.branches if branch.registered_entry is not None}
    areas = {person: view.area_of.get(person) for person in people}
    return {person: at[area] for person, area in areas.items() if area in at}


def branch_votes(view: View, cast: dict[str, str], branch_of: dict[str, str]) -> list[tuple[int, int]]:
    """Yes and no of each branch with members on the roll, as docs/voting.md says.

    However few they are. The paper of the only one there carries no branch, for it would be signed by it.
    """
    members = Counter(branch_of.values())
    found: dict[str, Counter[str]] = {branch: Counter() for branch in members}
    for who, choice in cast.items():
        branch = branch_of.get(view.people[who])
        if branch is not None and members[branch] > 1:
            found[branch][choice] += 1
    return [(said["yes"], said["no"]) for said in found.values()]
