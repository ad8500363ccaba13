"""An office takes two passkeys, and the machine's keeper two that stay in their device: refused otherwise (AU-09)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import clock
from hub.acts import keeping
from hub.acts import queries as acts
from hub.branches import actions as branches
from hub.constitution import actions as constitution
from hub.constitution.load import load
from hub.constitution.rules import may_take_off, passkeys_ok
from hub.errors import NotFound, RuleViolation
from hub.groups import founding, offices
from hub.people import passkeys, recovering
from hub.people.models import invitations
from hub.people.models import passkeys as table
from hub.permits import actions as permits
from hub.permits.models import holdings
from tests import copies
from tests.people_for_tests import (
    HUB,
    again,
    entry_count,
    equip,
    found_branch,
    found_group,
    found_hub,
    member,
    ready,
    seat_council,
    without_devices,
)

RULES = load(constitution.default_text())
ROOMS = Path(__file__).resolve().parents[2] / "hub"


@pytest.fixture
def town(db, clock_at):
    """A hub with the branch of York and a group; the branch, the group, and two organisers of each."""
    return copies.of(db, _found_town, at=clock_at)


def _found_town(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        branch, organisers = found_branch(tx, seat_council(tx, "anna", "ben"))
        group, founders = found_group(tx, branch, [ready(tx, "carl"), ready(tx, "dora")], organisers)
    return branch, organisers, group, founders


def written(tx):
    """All that a refused acceptance must leave as it was."""
    used = sa.select(sa.func.count()).select_from(invitations).where(invitations.c.used_at.is_not(None))
    return entry_count(tx), tx.scalar(used), tx.scalar(sa.select(sa.func.count()).select_from(holdings))


def ways_in(tx, town):
    """Every path by which a member of York comes to hold an office: its name to the verb that takes the actor."""
    branch, _organisers, group, founders = town
    plan = founding.Plan("York Bakers", "Bread for those who have none, each Friday.", "branch")
    boats = founding.Plan("York Boats", "Boats on the Ouse, and those who live in them.", "branch")
    another = founding.propose(tx, branch=branch, plan=boats, shown="-", actor=founders[0])
    to_found = founding.invite(tx, group=another, actor=again(tx, founders[0]))
    _act, to_moderate = offices.offer(tx, place=group, actor=again(tx, founders[0]))
    far = ready(tx, "gwen", "ynys-mon")
    island = branches.propose(tx, area="ynys-mon", name="Ynys Môn", shown="Gwen", actor=far)
    on_island = branches.invite(tx, branch=island.id, actor=again(tx, far))
    return {
        "propose a group": lambda tx, me: founding.propose(tx, branch=branch, plan=plan, shown="-", actor=me),
        "found a group with another": lambda tx, me: founding.cofound(tx, token=to_found, shown="-", actor=me),
        "accept an appointment": lambda tx, me: offices.accept(tx, token=to_moderate, shown="-", actor=me),
        "take a seat of the council": lambda tx, me: constitution.take_seat(tx, role="council", shown="-", actor=me),
        "take the steward's seat": lambda tx, me: constitution.take_seat(tx, role="steward", shown="-", actor=me),
        "found a branch with others": lambda tx, me: branches.cofound(tx, token=on_island, shown="-", actor=me),
    }


WAYS = (
    "propose a group",
    "found a group with another",
    "accept an appointment",
    "take a seat of the council",
    "take the steward's seat",
    "found a branch with others",
)


@pytest.mark.parametrize("many", [0, 1])
@pytest.mark.parametrize("way", WAYS)
def test_office_is_refused_below_two_passkeys_and_nothing_is_written(db, town, way, many):
    with db.write() as tx:
        verb = ways_in(tx, town)[way]
        eve = member(tx, "eve", "ynys-mon" if "branch" in way else "york")
        equip(tx, eve, many=many)
        before = written(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        verb(tx, eve)

    with db.write() as tx:
        after = written(tx)
        equip(tx, eve, many=2 - many)
        verb(tx, again(tx, eve))
        accepted = written(tx)
    assert (refused.value.code, refused.value.source) == (
        "constitution.passkeys_missing",
        "numbers.office_passkeys",
    )
    assert f"you have {many or 'none'}" in str(refused.value)
    assert after == before
    assert accepted[0] > before[0]


def test_first_founder_of_a_branch_needs_them_too(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        eve, before = member(tx, "eve"), entry_count(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        branches.propose(tx, area="york", name="York", shown="-", actor=eve)

    with db.write() as tx:
        assert entry_count(tx) == before
        equip(tx, eve)
        branches.propose(tx, area="york", name="York", shown="-", actor=eve)
    assert refused.value.code == "constitution.passkeys_missing"


def test_steward_needs_passkeys_that_stay_in_one_device(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        eve = member(tx, "eve")
        equip(tx, eve, many=2, copies=True)
        equip(tx, eve, many=1)
        before = written(tx)

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        constitution.take_seat(tx, role="steward", shown="-", actor=eve)

    with db.write() as tx:
        after = written(tx)
        # One of before it was asked: unknown, and no different from a copied one.
        tx.execute(sa.update(table).values(is_device_bound=None))
        equip(tx, eve, many=1)
    with pytest.raises(RuleViolation), db.write() as tx:
        constitution.take_seat(tx, role="steward", shown="-", actor=eve)
    with db.write() as tx:
        unknown = written(tx)
        fay = member(tx, "fay")
        equip(tx, fay, many=2, copies=True)
        constitution.take_seat(tx, role="council", shown="-", actor=fay)
        equip(tx, eve, many=1)
        constitution.take_seat(tx, role="steward", shown="-", actor=eve)
        roles = [keeping.roles_of(tx, who.person) for who in (eve, fay)]
    assert refused.value.sentence == (
        "This office takes 2 passkeys that stay in one device, as a security key's do; you have 1. Add one more first."
    )
    assert after == unknown == before
    assert roles == [{"steward"}, {"council"}]


def test_rules_that_ask_for_none_let_anybody_in(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx, without_devices())
        eve = member(tx, "eve")
        constitution.take_seat(tx, role="steward", shown="-", actor=eve)
        roles = keeping.roles_of(tx, eve.person)

    assert roles == {"steward"}


def left(tx, actor):
    return len(passkeys.passkeys_of(tx, actor.person))


def take_one_off(tx, actor):
    keeping.take_off(tx, HUB, person=actor.person, passkey=passkeys.passkeys_of(tx, actor.person)[0].id)


def test_officer_keeps_two_until_the_office_is_laid_down(db, town):
    _branch, _organisers, _group, (carl, _dora) = town

    with pytest.raises(RuleViolation) as refused, db.write() as tx:
        take_one_off(tx, carl)
    with db.write() as tx:
        kept = left(tx, carl)
        equip(tx, carl, many=1)
        take_one_off(tx, carl)
        of_three = left(tx, carl)
        permits.resign(tx, grant=carl.grants[0].id, actor=carl)
        take_one_off(tx, carl)
        take_one_off(tx, carl)
        resigned = left(tx, carl)

    assert refused.value.code == "constitution.passkeys_needed"
    assert "Add another first, or lay the office down" in refused.value.sentence
    assert (kept, of_three, resigned) == (2, 2, 0)


def test_who_waits_for_an_office_keeps_two_as_well(db, town):
    _branch, _organisers, group, (carl, _dora) = town
    with db.write() as tx:
        eve, fay = ready(tx, "eve"), ready(tx, "fay")
        act, token = offices.offer(tx, place=group, actor=carl)
        offices.accept(tx, token=token, shown="Eve", actor=eve)
        take_one_off(tx, fay)
        free = left(tx, fay)

    with pytest.raises(RuleViolation), db.write() as tx:
        take_one_off(tx, eve)

    with db.read() as tx:
        assert (left(tx, eve), free, acts.get(tx, act).is_open) == (2, 1, True)


def test_steward_may_take_off_a_copied_one_and_no_other(db, clock_at):
    clock_at("2026-11-21T20:00Z")
    with db.write() as tx:
        found_hub(tx)
        eve = ready(tx, "eve")
        equip(tx, eve, many=1, copies=True)
        constitution.take_seat(tx, role="steward", shown="-", actor=eve)
        mine = {key.is_device_bound: key.id for key in passkeys.passkeys_of(tx, eve.person)}

    with pytest.raises(RuleViolation), db.write() as tx:
        keeping.take_off(tx, HUB, person=eve.person, passkey=mine[True])
    with pytest.raises(NotFound), db.write() as tx:
        keeping.take_off(tx, HUB, person=member(tx, "decoy").person, passkey=mine[False])
    with db.write() as tx:
        keeping.take_off(tx, HUB, person=eve.person, passkey=mine[False])
        assert [key.is_device_bound for key in passkeys.passkeys_of(tx, eve.person)] == [True, True]


def test_lock_and_recovery_ask_no_office(db, town, clock_at):
    _branch, _organisers, _group, (carl, _dora) = town
    with db.write() as tx:
        recovering.lock(tx, person=carl.person)
        recovering.begin(tx, person=carl.person, sign_lock=str)
        for proof in ("letter_at", "passkey_at"):
            recovering.note_proof(tx, person=carl.person, proof=proof)
        locked = left(tx, carl)
    clock_at("2026-11-24T20:00Z")

    with db.write() as tx:
        recovering.finish(tx, person=carl.person, session="none", sign_lock=str)
        assert (locked, left(tx, carl), keeping.roles_of(tx, carl.person)) == (2, 0, {"admin"})
    assert clock.now().day == 24


@pytest.mark.parametrize(
    ("role", "held", "verdict"),
    [
        ("admin", [], False),
        ("admin", [False], False),
        ("admin", [False, False], True),
        ("steward", [False, False, True], False),
        ("steward", [True, True], True),
    ],
)
def test_rule_counts_by_role(role, held, verdict):
    assert bool(passkeys_ok(RULES, [role], held)) is verdict


def test_taking_off_is_free_without_an_office():
    held = [True, False, True]

    found = [bool(may_take_off(RULES, roles, held, off=1)) for roles in ([], ["admin"], ["steward"])]
    of_two = [bool(may_take_off(RULES, roles, held[:2], off=0)) for roles in ([], ["admin"], ["steward"])]

    assert (found, of_two) == ([True, True, True], [True, False, False])


def callers(name, sources):
    """Which sources call a function of a name."""
    return {
        path
        for path, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
    }


def test_every_office_is_accepted_by_the_one_way_in():
    sources = {str(path.relative_to(ROOMS)): path.read_text(encoding="utf-8") for path in ROOMS.rglob("*.py")}
    planted = {**sources, "ballots/actions.py": "holder = permits.holder_of(tx, actor=actor, shown='-')"}

    assert callers("holder_of", sources) == {"constitution/actions.py"}
    assert callers("holder_of", planted) == {"constitution/actions.py", "ballots/actions.py"}
