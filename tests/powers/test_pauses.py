"""A measure that rests an office takes no right and saves no mandate: the same story ends the same with any pause.

What members, the person concerned and the clock do is done twice from one beginning, with a pause drawn at random and
without it; then who held what, until when and why it ended is the same. Source: governance.md 1.6 and 9.1 (11, 12, 14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub import clock, ids
from hub.acts import queries as act_queries
from hub.ballots import casting, elections, owing
from hub.ballots import queries as ballots
from hub.errors import Refusal
from hub.groups import membership, offices, offices_fold
from hub.groups import queries as groups
from hub.permits import actions as permit_actions
from hub.permits import live, warrants
from hub.permits import queries as permits
from hub.permits.models import grant_pauses, grants
from hub.petitions import actions as petitions
from tests import copies
from tests.people_for_tests import again, equip, ready
from tests.petitions.test_decided import York
from tests.petitions.test_petitions import WHY

BEGINS, ENDS = 90, 140  # days since the founding: a mandate may be recalled, and no general election is due
Step = tuple[float, Callable[["Told"], Any]]


class Told:
    """One story told in a unit of work that is never kept. said: what each step came to."""

    def __init__(self, york: York, tx: Any) -> None:
        self.york, self.tx = york, tx
        self.recall = self.withdrawal = ""
        self.said: list[object] = []

    def mandate(self) -> Any:
        """The first founder's grant, whatever became of it."""
        return permits.grants_of(self.tx, self.york.founders[0].holder)[0]

    def actor(self, who: Any) -> Any:
        """The same person, signed in now."""
        return again(self.tx, who)

    def tick(self) -> None:
        """Lets the clock do what is due."""
        elections.tick(self.tx)


def open_recall(told: Told) -> None:
    """A member begins to recall the first founder, and enough sign."""
    members = told.york.members
    told.recall = petitions.open_recall(told.tx, grant=told.mandate().id, reasons=WHY, actor=told.actor(members[0]))
    for one in members[1:5]:
        petitions.sign(told.tx, act=told.recall, actor=told.actor(one))


def answer(told: Told) -> None:
    """The founder answers."""
    petitions.answer(told.tx, act=told.recall, reply="I was ill.", actor=told.actor(told.york.founders[0]))


def vote_yes(told: Told) -> None:
    """Most vote for the recall."""
    _cast(told, told.recall, lambda place: "yes" if place < 6 else "no")


def stand(told: Told) -> None:
    """In the by-election that follows, another founder stands, whose own mandate runs, and a member without one."""
    for who in (told.york.founders[1], told.york.members[5]):
        elections.stand(
            told.tx, act=_election(told), statement="I am.", interests="", shown="S", actor=told.actor(who)
        )  # fmt: skip


def rank(told: Told) -> None:
    """Everybody ranks both."""
    both = sorted(one.holder for one in ballots.candidates(told.tx, _election(told)))
    _cast(told, _election(told), lambda _place: both)


def resign(told: Told) -> None:
    """A third founder lays the office down."""
    who = told.actor(told.york.founders[2])
    permit_actions.resign(told.tx, grant=permits.grants_of(told.tx, who.holder)[0].id, actor=who)


def join(told: Told) -> None:
    """A member joins the group."""
    group = groups.get(told.tx, told.york.group.id)
    told.said.append(membership.join(told.tx, group=group, actor=told.actor(told.york.members[8])))


def challenge(told: Told) -> None:
    """Two organisers of the group withdraw its moderator."""
    first, second = (told.actor(one) for one in told.york.organisers)
    group = groups.get(told.tx, told.york.group.id)
    moderator = next(one for one in permits.all_grants(told.tx, group.scope) if one.role == "moderator")
    told.withdrawal = offices.challenge(told.tx, place=group, grant=moderator.id, actor=first)
    offices.confirm(told.tx, act=told.withdrawal, actor=second)


# Whose office is rested: of the branch's organisers nobody's power is used, nor of the moderator's; of the group's
# organisers only, where somebody joins it.
STORIES: dict[str, tuple[str, tuple[Step, ...]]] = {
    "recall": ("admin", ((91, open_recall), (93, answer), (95, vote_yes), (108, stand), (121, rank))),
    "resignation": ("admin", ((100, resign),)),
    "joining": ("organiser", ((100, join),)),
    "withdrawal": ("moderator", ((100, challenge),)),
}


def _election(told: Told) -> str:
    return act_queries.running(told.tx, told.york.branch.scope, "elect")[-1].id


def _cast(told: Told, act: str, choice: Callable[[int], Any]) -> None:
    ballot = ballots.of_act(told.tx, act)[-1].id
    for place, who in enumerate(told.york.members[:8]):
        casting.cast(
            told.tx, ballot=ballot, choice=choice(place), nonce=casting.new_nonce(), phrase="my own words",
            actor=told.actor(who),
        )  # fmt: skip


@contextmanager
def unkept(york: York) -> Iterator[Any]:
    """A unit of work that is rolled back, with the clock put back where it was."""
    moment = york.clock.moment
    with york.db.engine.connect() as tx:
        outer = tx.begin()
        try:
            yield tx
        finally:
            outer.rollback()
            york.clock.advance(seconds=(moment - york.clock.moment).total_seconds())


def outcome(york: York, story: str, pause: tuple[float, float] | None = None) -> dict[str, object]:
    """Tells a story; returns who held what, until when and why it ended, and what the steps came to.

    pause: from and until, in days since the founding.
    """
    whose, steps = STORIES[story]
    with unkept(york) as tx:
        told, began = Told(york, tx), york.clock.moment
        if pause:
            rest(told, whose, pause)
        for day, step in steps:
            york.clock.advance(seconds=(began - york.clock.moment).total_seconds(), days=day - BEGINS)
            told.tick()
            try:
                step(told)
            except (Refusal, IndexError, StopIteration) as refused:  # nothing is there to vote in: that is told, too
                told.said.append((step.__name__, type(refused).__name__))
            told.tick()
        york.clock.advance(seconds=(began - york.clock.moment).total_seconds(), days=ENDS - BEGINS)
        told.tick()
        rows = tx.execute(sa.select(grants).where(grants.c.scope_kind != "hub")).all()
        who = {row.holder: permits.person_of_holder(tx, row.holder) for row in rows}
        held = [
            (who[r.holder], r.role, r.scope_id, r.source, r.from_at, r.until_at, r.ended_at, r.ended_why) for r in rows
        ]
        reply = told.recall and petitions.queries.get(tx, told.recall).reply
        return {"held": sorted(held, key=str), "reply": reply, "said": told.said}


def rest(told: Told, whose: str, pause: tuple[float, float]) -> None:
    """Rests, as a measure would, every office of a kind, those that are still to be given too."""
    group = told.york.group.scope.id
    clause = {
        "admin": sa.and_(grants.c.role == "admin", grants.c.scope_id == told.york.branch.id),
        "organiser": sa.and_(grants.c.role == "admin", grants.c.scope_id == group),
        "moderator": sa.and_(grants.c.role == "moderator", grants.c.scope_id == group),
    }[whose]
    start, until = (clock.minute(told.york.founded_at + days(day)) for day in pause)
    row = {"act": ids.new("act"), "from_at": start, "until_at": until}
    found = list(told.tx.scalars(sa.select(grants.c.id).where(clause)))
    told.tx.execute(
        sa.insert(grant_pauses), [{**row, "entry": -1 - place, "grant": grant} for place, grant in enumerate(found)]
    )


def days(number: float) -> Any:
    """So many days, to the minute."""
    return clock.dt.timedelta(minutes=int(number * 24 * 60))


@pytest.fixture
def york(db, clock_at) -> York:
    """Ninety days old, with a moderator in the group."""
    made = copies.of(db, York, at=clock_at)
    made.founded_at = made.clock.moment - days(40)  # type: ignore[attr-defined]
    with db.write() as tx:
        equip(tx, made.members[5])
        first, second = (again(tx, one) for one in made.organisers)
        act, token = offices.offer(tx, place=made.group, actor=first)
        offices.accept(tx, token=token, shown="Mo", actor=ready(tx, "mo_1"))
        for one in (first, second):
            offices.confirm(tx, act=act, actor=one)
    made.later(days=BEGINS - 40)
    return made


PAUSES = st.tuples(st.floats(BEGINS - 20, ENDS), st.floats(1, 14)).map(lambda drawn: (drawn[0], sum(drawn)))
THROUGHOUT = (BEGINS - 1.0, ENDS + 1.0)


@pytest.mark.parametrize("story", STORIES)
def test_story_ends_the_same_whatever_rests_meanwhile(york, story):
    plain = outcome(york, story)
    assert not [said for said in plain["said"] if said != "joined"]

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(PAUSES)
    @example(THROUGHOUT)
    def same(pause):
        assert outcome(york, story, pause) == plain

    same()


def test_the_recall_and_its_election_do_something(york):
    held = outcome(york, "recall")["held"]

    why = {(row[0], row[3]): row[7] for row in held if row[1] == "admin" and row[2] == york.branch.id}
    assert why[york.founders[0].person, "founding"] == "recalled"
    assert why[york.founders[1].person, "founding"] == "superseded"
    assert why[york.founders[1].person, "election"] is None
    assert why[york.founders[2].person, "founding"] is None


def _only_live(tx: Any, *, scope: Any = None, holder: Any = None, at: Any = None) -> Any:
    return permits.live_grants(tx, scope=scope, holder=holder, at=at)


FAULTS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "a recall passes over what rests": (
        "recall",
        lambda patch: patch.setattr(
            petitions.queries, "permits", SimpleNamespace(standing_grants=_only_live, shown_names=permits.shown_names)
        ),
    ),
    "the person concerned cannot answer": (
        "recall",
        lambda patch: patch.setattr(warrants, "standing_grant", warrants.warranting_grant),
    ),
    "whoever is elected keeps the office that rested, too": (
        "recall",
        lambda patch: patch.setattr(owing, "stands", live.is_live),
    ),
    "nobody lays down what rests": (
        "resignation",
        lambda patch: patch.setattr(permit_actions, "stands", live.is_live),
    ),
    "nobody joins where the organisers rest": (
        "joining",
        lambda patch: patch.setattr(permits, "standing_grants", _only_live),
    ),
    "nobody withdraws what rests": (
        "withdrawal",
        lambda patch: patch.setattr(offices_fold, "stands", live.is_live),
    ),
    "a withdrawal passes over what rests": (
        "withdrawal",
        lambda patch: patch.setattr(permits, "standing_grants", _only_live),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault_is_found(york, name, monkeypatch):
    story, plant = FAULTS[name]
    plain = outcome(york, story)

    plant(monkeypatch)

    assert outcome(york, story, THROUGHOUT) != plain
