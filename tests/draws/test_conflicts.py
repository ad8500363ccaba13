"""Ten thousand panels from pools with conflicts: never a party, an appointer of one, or who serves with one (GO-12).

A hub of forty office-holders is made up a hundred times: offices that run, ended, are paused or have not begun, in
groups, branches and the hub; appointments with their signers; an act with parties somewhere. Who is in conflict is
counted from what was made up, not from the tables.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import act_hands, acts
from hub.acts.state import ActState, Hand
from hub.constitution.model import Step
from hub.draws import conflicts
from hub.lot.pool import make_pool, make_ticket
from hub.lot.walk import draw_panel
from hub.permits import HUB, Scope
from hub.permits.models import grant_pauses, grants, holders
from hub.permits.scope import branch_scope, group_scope
from tests import copies
from tests.lot.arranged import name_of
from tests.people_for_tests import found_hub

NOW = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HUBS, PANELS, PEOPLE = 100, 100, 40
STEPS = (Step("draw", "panel", 3, 2, "undo"), Step("effect", what="measure.begin"))


@dataclass
class MadeUp:
    """What was made up. offices: (holder, scope, role) that run; signed: holder to who signed for them, ever."""

    people: list[str]
    state: ActState
    offices: list[tuple[str, str, str]] = field(default_factory=list)
    signed: dict[str, set[str]] = field(default_factory=dict)

    def in_conflict(self, by: str) -> set[str]:
        """Who may not be drawn, by the words of docs/draws.md."""
        parties = {hand.holder for hand in self.state.hands}
        parties |= {self.state.subject} & set(self.people)
        places = {self.state.scope.id, self.state.subject}
        places |= {place for holder, place, _role in self.offices if holder in parties}
        out = parties | {holder for holder, place, _role in self.offices if place in places}
        out |= {signer for party in parties for signer in self.signed.get(party, set())}
        out |= {holder for holder, _place, role in self.offices if role == "steward"}
        return out | (
            {holder for holder, _place, role in self.offices if role == "council"} if by == "panel" else set()
        )


def made_up(tx: Connection, chance: random.Random) -> MadeUp:
    """Makes a hub up, and puts it into the tables."""
    people = [f"hld_{name_of(number)[4:]}" for number in range(PEOPLE)]
    tx.execute(sa.insert(holders), [{"id": one, "shown": None, "told_entry": 1} for one in people])
    branches = [branch_scope(f"brn_{name_of(100 + n)[4:]}") for n in range(3)]
    groups = [group_scope(f"grp_{name_of(200 + n)[4:]}", branches[n % 3].id) for n in range(6)]
    made = MadeUp(people, _act(people, [HUB, *branches, *groups], chance))
    number = 0
    for holder in people:
        for _ in range(chance.choice([0, 1, 1, 2])):
            number += 1
            _office(tx, made, holder, number, chance, (branches, groups))
    return made


def _act(people: list[str], places: list[Scope], chance: random.Random) -> ActState:
    parties = chance.sample(people, chance.choice([1, 1, 2, 3]))
    kinds = ["submit", *(chance.choice(["submit", "yes", "no"]) for _ in parties[1:])]
    hands = tuple(Hand(0, holder, kind, NOW) for holder, kind in zip(parties, kinds, strict=True))
    scope, about = chance.choice(places), chance.choice(places)
    subject = chance.choice([scope.id, about.id, chance.choice(people)])
    return ActState(f"act_{name_of(1)[4:]}", "emergency", scope, subject, STEPS, 0, NOW, hands)


def _office(
    tx: Connection,
    made: MadeUp,
    holder: str,
    number: int,
    chance: random.Random,
    places: tuple[list[Scope], list[Scope]],
) -> None:
    role, (branches, groups) = chance.choice(["admin", "admin", "moderator", "council", "steward"]), places
    scope = (
        HUB
        if role in ("council", "steward")
        else chance.choice(groups if role == "moderator" else [*branches, *groups])
    )
    runs, is_paused = chance.choice(["now", "now", "now", "over", "ended", "later"]), chance.random() < 0.2
    begin = {"over": -20, "later": 2}.get(runs, -9)
    grant = f"grt_{name_of(300 + number)[4:]}"
    row = {"id": grant, "entry": 1000 + number, "holder": holder, "role": role, "scope_kind": scope.kind}
    row |= {"scope_id": scope.id, "branch_id": scope.branch, "from_at": NOW + begin * DAY}
    row |= {"until_at": NOW + (begin + 15) * DAY, "source": "founding", "act": None}
    row |= {"ended_at": None, "ended_why": None, "ended_entry": None, "held_entry": None}
    if runs == "ended":
        row |= {"ended_at": NOW - DAY, "ended_why": "resigned", "ended_entry": 1}
    if role == "moderator":
        signers = chance.sample([one for one in made.people if one != holder], 2)
        row |= {"source": "appointment", "act": f"act_{name_of(400 + number)[4:]}"}
        _appointment(tx, row, signers, number)
        made.signed.setdefault(holder, set()).update(signers)
    tx.execute(sa.insert(grants), row)
    if is_paused:
        rest = {"entry": 1000 + number, "grant": grant, "act": "act_x", "from_at": NOW - DAY, "until_at": NOW + DAY}
        tx.execute(sa.insert(grant_pauses), rest)
    if runs == "now":
        made.offices.append((holder, scope.id, role))


def _appointment(tx: Connection, row: dict[str, object], signers: list[str], number: int) -> None:
    act = {"id": row["act"], "procedure": "appoint_moderator", "constitution": 1, "scope_kind": row["scope_kind"]}
    act |= {"scope_id": row["scope_id"], "branch_id": row["branch_id"], "subject": row["scope_id"], "step": 2}
    act |= {"opened_entry": 2000 + number, "opened_at": NOW - 9 * DAY, "since_at": NOW, "due_at": NOW}
    tx.execute(sa.insert(acts), {**act, "outcome": "done", "closed_at": NOW, "closed_entry": 1})
    hand = {"act": row["act"], "step": 1, "hand": "yes", "at": NOW - 9 * DAY}
    tx.execute(
        sa.insert(act_hands),
        [{**hand, "entry": 10 * (1000 + number) + place, "holder": one} for place, one in enumerate(signers)],
    )


class Back(Exception):
    """Raised to leave a unit of work without a trace."""


def panels(db, judge: Callable[[MadeUp, str, frozenset[str], set[str]], None], *, hubs: int = HUBS) -> None:
    """Makes hubs up, one after another; calls for each draw with who was kept out, and who was drawn."""
    for seed in range(hubs):
        chance = random.Random(seed)
        with pytest.raises(Back), db.write() as tx:
            _one_hub(tx, chance, seed, judge)


def _one_hub(tx: Connection, chance: random.Random, seed: int, judge: Callable[..., None]) -> None:
    made, by = made_up(tx, chance), chance.choice(["panel", "scrutineers", "duty", "jurors"])
    out = conflicts.conflicted(tx, made.state, by, NOW)
    whose = {name_of(number): holder for number, holder in enumerate(made.people) if holder not in out}
    pool = make_pool(make_ticket(name, {}) for name in whose) if whose else ()
    for number in range(PANELS if len(pool) > 2 else 0):
        panel = draw_panel(pool, 3, [], f"{seed * PANELS + number:064x}")
        judge(made, by, out, {whose[ticket.name] for ticket in (*panel.accepted, *panel.reserves)})
    raise Back


def wrongly_drawn(db, *, hubs: int = HUBS) -> tuple[int, int]:
    """How many panels were drawn, and in how many of them, or of their reserves, somebody in conflict was."""
    seen = wrong = 0

    def judge(made: MadeUp, by: str, out: frozenset[str], drawn: set[str]) -> None:
        nonlocal seen, wrong
        seen += 1
        wrong += bool(drawn & made.in_conflict(by))

    panels(db, judge, hubs=hubs)
    return seen, wrong


@pytest.fixture
def hub(db):
    return copies.of(db, _found_hub)


def _found_hub(db):
    with db.write() as tx:
        found_hub(tx)
    return db


def test_nobody_in_conflict_is_drawn_in_ten_thousand_panels(hub):
    seen, wrong = wrongly_drawn(hub)

    assert (seen >= 9_000, wrong) == (True, 0)


def test_nobody_is_kept_out_without_a_conflict(hub):
    """The decoy: a rule that keeps everybody out would draw nobody in conflict either."""
    kept_out = []
    panels(hub, lambda made, by, out, drawn: kept_out.append(out == made.in_conflict(by)), hubs=20)

    assert set(kept_out) == {True}


@pytest.mark.parametrize(
    ("part", "forgets"),
    [
        ("appointers", lambda *_: set()),
        ("_colleagues", lambda *_: set()),
        ("_parties", lambda _tx, state: {hand.holder for hand in state.hands if hand.hand == "submit"}),
        ("_officers_of", lambda *_: set()),
    ],
)
def test_planted_conflict_that_is_forgotten_is_caught(hub, monkeypatch, part, forgets):
    monkeypatch.setattr(conflicts, part, forgets)

    assert wrongly_drawn(hub, hubs=20)[1] > 0
