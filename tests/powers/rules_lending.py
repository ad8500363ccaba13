"""Standing in: an office lent to a member, accepted, taken back. It falls with the other, and counts as that one."""

from __future__ import annotations

from hub.groups import lending
from hub.groups import queries as groups
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import move, somebody
from tests.powers.oracle import DAY, MANDATES
from tests.powers.picking import Pick
from tests.powers.view import Row, View, group_place, place_of
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

LEND = "offices.lend"
NEVER = {"appointments.make", "powers.freeze", "groups.close", "members.vouch", "clients.register", LEND}
oracle.needs(LEND, oracle.in_group, "standin.offered")
oracle.RIGHTS |= {"standin.accepted"}


def waiting(view: View) -> list[Row]:
    """Loans that wait for somebody to accept."""
    return [act for act in view.open_of("lend_office") if act.step == 0]


def lent(view: View) -> list[Row]:
    """Grants of stand-ins that are live."""
    return [grant for grant in view.live if grant.lender]


@move(lambda view: view.registered, weight=3)
def lend(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = somebody(world.view, pick, world.view.holders_with(LEND, group_place(group)))
    days = pick([30, 3, 31])
    made = world.attempt(
        lambda tx: lending.offer(tx, group=groups.get(tx, group.id), days=days, actor=world.actor(tx, who))
    )
    if made:
        world.links.append(made)


@move(waiting, weight=8)
def accept_loan(world: World, pick: Pick) -> None:
    acts = {act.id: act for act in waiting(world.view)}
    act, token = pick([(one, token) for one, token in reversed(world.links) if one in acts])
    who = somebody(world.view, pick, world.view.belonging(place_of(acts[act])))
    world.attempt(lambda tx: lending.accept(tx, token=token, shown=who, actor=world.actor(tx, who)))


@move(lent)
def take_loan_back(world: World, pick: Pick) -> None:
    grant = pick(lent(world.view))
    who = somebody(world.view, pick, [world.view.name_of[world.view.lender_of(grant).holder]])
    world.attempt(
        lambda tx: lending.take_back(
            tx, group=groups.get(tx, grant.scope_id), grant=grant.id, actor=world.actor(tx, who)
        )
    )


@invariant
def loans_are_less_than_the_office(watch: Watch) -> None:
    """8: lent from a mandate of the same place, one at a time, no longer, no more, and never to appoint or to end."""
    view, new = watch.view, {entry.index for entry in watch.new}
    for grant in [grant for grant in view.grants if grant.entry in new and (grant.lender or grant.role == "standin")]:
        lender = next((row for row in view.grants if row.id == grant.lender), None)
        if lender is None or lender.source not in MANDATES or lender.scope_id != grant.scope_id:
            raise Broken(8, "a stand-in for no mandate of the place")
        if grant.until_at > lender.until_at or grant.until_at - grant.from_at > 30 * DAY:
            raise Broken(8, "a stand-in for longer than the office, or than the rules give")
        if lender.holder == grant.holder:
            raise Broken(9, "somebody stands in for themselves")
    for grant in lent(view):
        if NEVER & set(view.powers[grant.role]):
            raise Broken(8, f"a stand-in may {NEVER & set(view.powers[grant.role])}")
        if [other for other in lent(view) if other.lender == grant.lender] != [grant]:
            raise Broken(8, "two stand in for one")
        if any(other.holder == grant.holder and other.source in MANDATES for other in _there(view, grant)):
            raise Broken(8, "who organises here stands in for another")


@invariant
def stand_ins_are_no_second_person(watch: Watch) -> None:
    """10: whoever stood in for somebody while an act ran is one person with them in it, and with who did so as well."""
    view, new = watch.view, {entry.index for entry in watch.new}
    if not any(grant.lender for grant in view.grants):
        return
    for hand in [hand for hand in view.hands if hand.entry in new and hand.hand in ("yes", "no")]:
        others = [h for h in view.hands if h.act == hand.act and h.entry < hand.entry]
        for other in [h for h in others if h.hand == "submit" or h.step == hand.step]:
            if are_one(view, other.holder, hand.holder, other.at, hand.at):
                raise Broken(10, "a stand-in and whom they stand for signed as two")
    by_entry = {grant.entry: grant.holder for grant in view.grants}
    for link in [row for row in view.rows("group_links") if row.confirmed_entry in new]:
        both = by_entry[link.declared_by], by_entry[link.confirmed_by]
        if are_one(view, *both, link.declared_at, view.now):
            raise Broken(10, "a stand-in confirmed the link of whom they stand for")


def are_one(view: View, one: str, other: str, since: int, until: int) -> bool:
    """Whether two holders counted as one person at some moment between two."""
    pairs = {
        (view.lender_of(grant).holder, grant.holder)
        for grant in view.grants
        if grant.lender and grant.from_at <= until and _ends(view, grant) > since
    }
    both = {(one, other), (other, one)}
    return bool(pairs & both) or any({(lender, one), (lender, other)} <= pairs for lender, _ in pairs if one != other)


def _ends(view: View, grant: Row) -> int:
    return min(end for row in (grant, view.lender_of(grant)) for end in (row.until_at, row.ended_at) if end is not None)


def _there(view: View, grant: Row) -> list[Row]:
    return [row for row in view.live if row.scope_id == grant.scope_id and row.from_at <= grant.from_at]
