"""An office has as many places as the rules give it, whatever fills them; and so has a group."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from hub import ids
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts import seats
from hub.constitution import queries as constitution
from hub.constitution.actions import default_text
from hub.constitution.load import Broken, load
from hub.draws import owing as draws_owing
from hub.errors import YES, RuleViolation
from hub.groups import offices, offices_fold, queries
from hub.groups.entries import GroupProposed, OfficeAccepted, OfficeOffered, SettingsProposed
from hub.ledger import append
from hub.permits import queries as permits
from hub.permits.actions import holder_of, right_of_members
from hub.permits.models import grants
from tests import copies
from tests.people_for_tests import again, entry_count, found_branch, found_group, found_hub, member, ready, seat_council
from tests.replaying import assert_replays

THREE = default_text().replace("seats = { min = 0, max = 12 }", "seats = { min = 0, max = 3 }", 1)


class Group:
    """A group of two founders whose rules allow three moderators."""

    def __init__(self, db, clock_at) -> None:
        self.db, self.clock = db, clock_at("2026-11-21T20:00Z")
        with db.write() as tx:
            found_hub(tx, THREE)
            self.branch, officers = found_branch(tx, seat_council(tx, "cleo", "cyra"))
            self.group, self.founders = found_group(tx, self.branch, [ready(tx, "fay"), ready(tx, "flo")], officers)
            self.plain = member(tx, "mem_1")

    def offer(self, place: int = 0) -> tuple[str, str]:
        """An appointment is opened."""
        with self.db.write() as tx:
            return offices.offer(tx, place=self.group, actor=again(tx, self.founders[place]))

    def accept(self, token: str, name: str) -> None:
        """Somebody accepts."""
        with self.db.write() as tx:
            offices.accept(tx, token=token, shown=name, actor=ready(tx, name))

    def confirm(self, act: str) -> None:
        """Both founders sign."""
        with self.db.write() as tx:
            for one in self.founders:
                offices.confirm(tx, act=act, actor=again(tx, one))

    def moderators(self) -> int:
        """How many moderate."""
        with self.db.read() as tx:
            return sum(one.role == "moderator" for one in permits.standing_grants(tx, scope=self.group.scope))

    def fill(self, many: int = 3) -> None:
        """So many moderators are appointed."""
        for place in range(many):
            act, token = self.offer()
            self.accept(token, f"mod_{place}")
            self.confirm(act)
        self.settle()

    def settle(self) -> None:
        """The notice of appointments passes."""
        self.clock.advance(days=3)
        with self.db.write() as tx:
            acts.tick_all(tx)

    def refuses(self, code: str, work) -> None:
        """Something is refused with a code, and nothing is written."""
        with self.db.read() as tx:
            before = entry_count(tx)
        with pytest.raises(RuleViolation) as refused:
            work()
        assert refused.value.code == code
        with self.db.read() as tx:
            assert entry_count(tx) == before

    def append(self, record, by: int) -> None:
        """An entry by hand, past the verb."""
        with self.db.write() as tx:
            append(tx, record, by=by)

    @property
    def warrant(self) -> int:
        """The entry of the first founder's office."""
        with self.db.read() as tx:
            return next(
                one.entry for one in permits.all_grants(tx, self.group.scope) if one.holder == self.founders[0].holder
            )


@pytest.fixture
def tenants(db, clock_at) -> Group:
    return copies.of(db, Group, at=clock_at)


def test_nobody_is_invited_where_all_places_are_taken_or_offered(tenants, another_db):
    tenants.fill(2)
    tenants.offer()

    tenants.refuses("acts.no_seat", tenants.offer)
    assert tenants.moderators() == 2
    assert_replays(tenants.db, another_db)


def test_last_place_is_offered_once_by_each_to_many_hands_at_once(tenants):
    tenants.fill(2)
    with tenants.db.write() as tx:
        actors = [again(tx, tenants.founders[place % 2]) for place in range(8)]

    def offer(actor) -> str:
        try:
            with tenants.db.write() as tx:
                offices.offer(tx, place=tenants.group, actor=actor)
        except RuleViolation as refused:
            return refused.code
        return "offered"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(offer, actors))

    assert Counter(said) == {"offered": 2, "acts.no_seat": 6}


def test_place_is_free_again_when_an_offer_lapses(tenants, clock_at):
    tenants.fill(2)
    tenants.offer()
    clock_at("2026-12-09T20:00Z")
    with tenants.db.write() as tx:
        for state in act_queries.running(tx, tenants.group.scope, "appoint_moderator"):
            offices.acts.run(tx, state.id)

    tenants.offer()


def test_resting_moderator_keeps_the_place(tenants):
    tenants.fill()
    with tenants.db.write() as tx:
        for place, grant in enumerate(tx.scalars(sa.select(grants.c.id).where(grants.c.role == "moderator")).all()):
            tx.execute(
                sa.text('INSERT INTO grant_pauses VALUES (:e, :g, :a, 0, 4000000000)'),
                {"e": -1 - place, "g": grant, "a": ids.new("act")},
            )  # fmt: skip

    tenants.refuses("acts.no_seat", tenants.offer)


def test_record_takes_no_offer_beyond_the_places(tenants):
    tenants.fill()
    offer = OfficeOffered(ids.new("act"), tenants.group.id, "moderator")

    tenants.refuses("acts.no_seat", lambda: tenants.append(offer, tenants.warrant))


def test_whoever_accepts_takes_a_place_that_is_still_free(tenants):
    opened = [*(tenants.offer() for _ in range(3)), tenants.offer(1)]
    for place, (_act, token) in enumerate(opened[:3]):
        tenants.accept(token, f"mod_{place}")
    with tenants.db.write() as tx:
        who = ready(tx, "mod_9")
        holder = holder_of(tx, actor=who, shown="M")
        right = right_of_members(tx)

    tenants.refuses("acts.no_seat", lambda: tenants.append(OfficeAccepted(opened[3][0], holder), right))


def test_effect_gives_no_place_that_is_taken_meanwhile(tenants, another_db, monkeypatch):
    tenants.fill(2)
    first = tenants.offer()
    with monkeypatch.context() as patch:
        patch.setattr(offices_fold, "offered_there", lambda *_: [])
        second = tenants.offer()
        tenants.accept(first[1], "mod_7")
        tenants.accept(second[1], "mod_8")
    for act in (first[0], second[0]):
        tenants.confirm(act)
    tenants.settle()

    assert tenants.moderators() == 3
    with tenants.db.read() as tx:
        assert act_queries.get(tx, second[0]).outcome == "done"


def test_places_of_one_act_are_counted_in_that_act(tenants):
    with tenants.db.write() as tx:
        right = right_of_members(tx)
        for place in range(2):
            row = {
                "id": ids.new("grt"),
                "entry": -9 - place,
                "holder": tenants.founders[0].holder,
                "role": "scrutineer",
            }
            row |= {"scope_kind": "branch", "scope_id": tenants.branch.id, "branch_id": tenants.branch.id}
            row |= {"source": "lot", "act": f"act_{place}", "from_at": again(tx, tenants.plain).proven_at}
            row |= {"until_at": row["from_at"].replace(year=2099), "ended_at": None}
            tx.execute(sa.insert(grants), row)
        at = row["from_at"]

        assert seats.taken(tx, "scrutineer", tenants.branch.scope, at, "act_0") == 1
        assert seats.taken(tx, "scrutineer", tenants.branch.scope, at, "act_7") == 0
        assert right


def test_nobody_takes_care_where_caretakers_have_no_place(tenants, monkeypatch):
    with tenants.db.read() as tx:
        text, _ = constitution.in_force(tx)
        room = seats.has_room(tx, text, "caretaker", tenants.group.scope, tenants.founders[0].proven_at, promised=9)
        assert (room.code, draws_owing.next_caretaker(tx, tenants.group.scope, tenants.founders[0].proven_at)) == (
            "acts.no_seat",
            None,
        )


PLANTED = [
    test_nobody_is_invited_where_all_places_are_taken_or_offered,
    test_record_takes_no_offer_beyond_the_places,
    test_whoever_accepts_takes_a_place_that_is_still_free,
    test_effect_gives_no_place_that_is_taken_meanwhile,
]


@pytest.mark.parametrize("test", PLANTED, ids=lambda test: test.__name__)
def test_planted_fault_is_found(tenants, another_db, monkeypatch, test):
    monkeypatch.setattr(seats, "has_room", lambda *_, **__: YES)
    given = {"tenants": tenants, "another_db": another_db, "monkeypatch": monkeypatch}

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test(**{name: given[name] for name in test.__code__.co_varnames[: test.__code__.co_argcount]})


# --- What a constitution may ask of its own places --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "becomes", "procedure"),
    [
        ("[numbers.branch_founders]\nvalue = 5", "[numbers.branch_founders]\nvalue = 8", "found_branch"),
        ("[numbers.group_founders]\nvalue = 2", "[numbers.group_founders]\nvalue = 8", "register_group"),
        ("seats = { min = 0, max = 28 }", "seats = { min = 0, max = 22 }", "draw_council"),
    ],
)
def test_rules_that_fill_more_places_than_there_are_do_not_load(was, becomes, procedure):
    text = default_text().replace(was, becomes, 1)
    assert text != default_text()

    with pytest.raises(Broken) as broken:
        load(text)

    assert f"procedures.{procedure} fills more seats" in str(broken.value)


# --- Places in a group ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [0, 1, 100_001])
def test_record_takes_no_unfit_number_of_places(tenants, many):
    change = SettingsProposed(ids.new("act"), tenants.group.id, "branch", many)
    tenants.refuses("groups.seats", lambda: tenants.append(change, tenants.warrant))

    with tenants.db.read() as tx:
        right, holder = right_of_members(tx), tenants.founders[0].holder
    new = GroupProposed(ids.new("grp"), ids.new("act"), tenants.branch.id, "york-others", "branch", many, holder)
    tenants.refuses("groups.seats", lambda: tenants.append(new, right))
    with tenants.db.read() as tx:
        assert queries.get(tx, tenants.group.id).seats is None
