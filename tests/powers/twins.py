"""Two machines that make the same moves, and differ only in what stands on their papers: invariant 26.

All that anybody could see of one before a close is compared with the other's: pages as a visitor, a member and a voter
have them, the record and what mirrors fold from it, every stored row but the choice itself, one's own copy, and
the diagnostics. Whatever is drawn at random is drawn from one seed, so that nothing need be left out of the comparison.
"""

from __future__ import annotations

import contextlib
import logging
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path as File
from typing import Any, NamedTuple

import pytest
from itsdangerous import TimestampSigner
from starlette.testclient import TestClient

from hub import app, chance
from hub.ledger import state
from hub.people import actions as people
from hub.settings import Settings
from hub.web.cookies import SESSION, name_of
from tests.powers import machine, moves, rules_ballots  # the machine first: it says in which order checks are asked
from tests.powers.laziness import Broken
from tests.powers.moves import Move, every_table
from tests.powers.picking import Nothing, Pick, replayed, seeded
from tests.powers.view import Row, View
from tests.powers.world import World

STEPS = 60
# What goes through a close by itself, goes back in time, or keeps the votes it was shown: none is made here.
ALONE = {"votes_come_out_level", "vote_otherwise", "lot_is_read", "restore"}
LOOKS = ("several_vote", "anybody_votes", "change_vote", "time_passes", "days_pass", "clock_stands_still")
WHO = (None, "york_a", "member_0")
TOOK = re.compile(r"[0-9.]+ ?ms")

Look = dict[str, Any]
Path = tuple[tuple[str, list[int]], ...]
Paper = Callable[[View, Row, Pick], Any]


class Twin(NamedTuple):
    """One run. looks: the step, its move and all that could be seen; kinds: of the ballots that took papers."""

    looks: list[tuple[int, str, Look]]
    kinds: set[str]


def otherwise(paper: Paper) -> Paper:
    """Turns whatever a voter chooses into something else, drawing as many times."""

    def turned(view: View, ballot: Row, pick: Pick) -> Any:
        choice = paper(view, ballot, pick)
        if ballot.kind == "yesno":
            return {"yes": "no", "no": "abstain", "abstain": "yes"}[choice]
        return choice[::-1] if len(choice) > 1 else []

    return turned


def differences(settings: Settings, seed: int, begins: Path) -> tuple[list[str], Twin]:
    """Runs both; returns what differs, by step, and one of them."""
    one = run(settings, seed, begins)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules_ballots, "paper", otherwise(rules_ballots.paper))
        other = run(settings, seed, begins)
    found = [f"{len(one.looks)} looks, and {len(other.looks)}"] if len(one.looks) != len(other.looks) else []
    for (step, move, here), (also, again, there) in zip(one.looks, other.looks, strict=False):
        told = sorted(name for name in here | there if here.get(name) != there.get(name))
        if told or (step, move) != (also, again):
            found.append(f"step {step}, {move}: {', '.join(told)}")
    return found, one


def run(settings: Settings, seed: int, begins: Path) -> Twin:
    """Makes moves by a seed until a ballot with papers is counted; looks wherever papers lie in a box.

    begins: the moves, with their indices, that bring it to where members vote.
    """
    lots, world = random.Random(seed), World()
    able = [move for move in moves.chosen(["ballots"]) if move.name not in ALONE]
    looks: list[tuple[int, str, Look]] = []
    kinds: set[str] = set()
    with drawn_from(seed), signed_by(world), listening() as lines:
        served = app.build(settings, world.db)
        for name, indices in (("draws_rest", []), *begins):
            machine.MOVES[name].do(world, replayed(indices))
        for step in range(STEPS):
            move = step_by(world, able, lots)
            ballots = {row.id: row for row in world.view.rows("ballots", "called_entry")}
            if any(ballots[ballot].counted_entry is not None for ballot in world.votes):
                break
            if world.votes and move in LOOKS:
                kinds |= {ballots[ballot].kind for ballot in world.votes}
                looks.append((step, move, seen(world, served, settings, ballots) | {"diagnostics": tuple(lines)}))
    return Twin(looks, kinds)


def step_by(world: World, able: list[Move], lots: random.Random) -> str:
    """Makes one move; returns its name."""
    ready = [move for move in able if move.ready(world.view)]
    (move,) = lots.choices(ready, [one.weight for one in ready])
    with contextlib.suppress(Nothing):
        move.do(world, seeded(lots))
    return move.name


@contextlib.contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Lets the whole house draw from a seed."""
    chance.set_source(chance.seeded(seed))
    try:
        yield
    finally:
        chance.set_source(None)


@contextlib.contextmanager
def signed_by(world: World) -> Iterator[None]:
    """Lets forms and cookies say when they were made by the world's clock: their library asks the machine's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(world.now.timestamp()))
        yield


@contextlib.contextmanager
def listening() -> Iterator[list[str]]:
    """Writes down every line of the diagnostics, without how long something took."""
    lines: list[str] = []
    listener = logging.Handler(logging.DEBUG)
    listener.emit = lambda record: lines.append(TOOK.sub("", f"{record.name} {record.getMessage()}"))  # type: ignore[method-assign]
    root, house = logging.getLogger(), logging.getLogger("folkmoot")
    before = house.level
    house.setLevel(logging.DEBUG)
    root.addHandler(listener)
    try:
        yield lines
    finally:
        root.removeHandler(listener)
        house.setLevel(before)


def seen(world: World, served: Any, settings: Settings, ballots: dict[str, Row]) -> Look:
    """All that there is to see now, by name. A page counts with its status and headers."""
    found: Look = {f"rows of {name}": rows_of(world.view, name) for name in every_table()}
    with world.db.read() as tx:
        found |= {f"mirror: {name}": rows for name, rows in state.state_of(tx, inputs=True).items()}
    newest = [ballots[ballot] for ballot in world.votes][-1]
    for who in WHO:
        client = browser(world, served, settings, who)
        for path in pages(world.view, newest):
            answer = client.get(path)
            if answer.status_code >= 500:
                raise Broken(26, f"{path}: {answer.status_code}")
            found[f"{path} for {who or 'anybody'}"] = answer.status_code, sorted(answer.headers.items()), answer.content
    return found


def rows_of(view: View, name: str) -> list[str]:
    """Every row of a table, whole; of a paper all but its choice."""
    rows = view.rows(name)
    hidden = {"choice"} if name == "ballot_papers" else set()
    return sorted(repr([value for column, value in row.items() if column not in hidden]) for row in rows)


def pages(view: View, ballot: Row) -> list[str]:
    """What is opened: of the ballot and its act, of the place, of the record's end, and one's own."""
    newest = len(view.rows("entries")) - 1
    here = f"/ballots/{ballot.id}"
    return [
        "/", "/ballots", here, f"{here}/vote", f"{here}/change", f"{here}/roll", f"{here}/count", f"{here}/tracker",
        f"/elections/{ballot.act}", "/power", "/record", f"/record/{newest}", "/me", "/me/notices", "/me/export",
    ]  # fmt: skip


def browser(world: World, served: Any, settings: Settings, who: str | None) -> TestClient:
    """A browser of somebody's, or of whoever has no account."""
    client = TestClient(served, base_url=settings.url, follow_redirects=False)
    if who is not None:
        with world.unit() as tx:
            token = people.start_session(tx, person=world.people[who], kind="passkey")
        client.cookies.set(name_of(settings, SESSION), token, domain="localhost.local", path="/")
    return client


def folder(path: File) -> Settings:
    """Settings of a hub whose pages are looked at."""
    from tests.web.conftest import prepare  # it brings fixtures of its own

    return prepare(path)
