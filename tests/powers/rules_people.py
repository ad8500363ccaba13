"""Members come and go: by their own will in groups, by the roster's feed in the organisation."""

from __future__ import annotations

import datetime as dt

from hub.groups import membership
from hub.groups import queries as groups
from hub.people import actions as people
from hub.permits import actions as permits
from hub.standing import actions as standing
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import move, places, somebody
from tests.powers.oracle import DAY, MANDATES
from tests.powers.picking import Pick
from tests.powers.view import Row, View, group_place
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

HOLD, MOVED = 28, 60  # days. Source: governance.md section 1.7
oracle.CLOCK |= {"standing.held", "standing.unheeded"}


def gone(view: View) -> list[str]:
    """Names of who has no running standing."""
    return [name for name in view.names if name not in set(view.members)]


@move(lambda view: view.registered)
def join(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    inside = set(world.view.belonging(group_place(group)))
    who = somebody(world.view, pick, [name for name in world.view.members if name not in inside])
    world.attempt(lambda tx: membership.join(tx, group=groups.get(tx, group.id), actor=world.actor(tx, who)))


@move(lambda view: view.registered)
def leave(world: World, pick: Pick) -> None:
    group = pick(world.view.registered)
    who = pick(world.view.belonging(group_place(group)))
    world.attempt(lambda tx: membership.leave(tx, group=groups.get(tx, group.id), actor=world.actor(tx, who)))


@move(lambda view: view.rows("membership_requests"))
def answer_request(world: World, pick: Pick) -> None:
    row = pick(world.view.rows("membership_requests", "asked_at, id"))
    group = next(group for group in world.view.groups if group.id == row.group)
    who = somebody(world.view, pick, world.view.holders_with("memberships.accept", group_place(group)))
    verb = pick([membership.accept, membership.decline])
    world.attempt(lambda tx: verb(tx, group=groups.get(tx, group.id), request=row.id, actor=world.actor(tx, who)))


ENDS = ["left", "unsaid", "died", "suspended", "expelled"]


@move(lambda view: len(view.members) > 6, weight=2)
def feed_ends(world: World, pick: Pick) -> None:
    feed(world, pick(world.view.members), "ended", why=pick(ENDS))


@move(lambda view: len(view.members) > 6)
def feed_purges(world: World, pick: Pick) -> None:
    """The list ends many in one place at once."""
    place = pick(places(world.view))
    here = [name for name in world.view.belonging(place) if name in world.view.holders_with("settings.change", place)]
    why = pick(["left", "unsaid"])
    for who in pick.first(here) if here else []:
        feed(world, who, "ended", why=why)


@move()
def feed_takes_back(world: World, pick: Pick) -> None:
    feed(world, pick(world.view.members), "restored")


@move(gone)
def feed_returns(world: World, pick: Pick) -> None:
    who = pick(gone(world.view))
    area = pick(["york", "ynys-mon"])
    since = dt.date(2020, 1, 1)
    world.attempt(
        lambda tx: people.give_standing(tx, person=world.people[who], area=area, since=since, proved_by="code")
    )


@move()
def feed_moves(world: World, pick: Pick) -> None:
    feed(world, pick(world.view.members), "moved", area=pick(["ynys-mon", "york"]))


@move(lambda view: view.live)
def resign(world: World, pick: Pick) -> None:
    grant = pick(world.view.grants if pick([False, False, False, True]) else world.view.live)
    who = somebody(world.view, pick, [world.view.name_of[grant.holder]])
    world.attempt(lambda tx: permits.resign(tx, grant=grant.id, actor=world.actor(tx, who)))


def feed(world: World, who: str, change: str, area: str | None = None, why: str = "unsaid") -> None:
    """What a line of the member feed says of somebody: the worker follows it in its next round."""
    line = {"entry_ref": f"ent_{who}", "change": change, "area": area, "former": None, "why": why}
    world.attempt(lambda tx: standing.follow(tx, world.people[who], line))
    if world.refusal is None:
        world.said.append((who, why if change == "ended" else change, world.view.now))


@invariant
def the_roster_ends_no_mandate_at_once(watch: Watch) -> None:
    """15: only who left or died is out at once; whatever else it says has waited; suspended and expelled end none."""
    view, said = watch.view, watch.world.said
    by_index = {grant.ended_entry: grant for grant in view.grants if grant.ended_entry is not None}
    for entry in watch.new:
        grant = by_index.get(entry.index)
        if grant is None or grant.ended_why not in ("lapsed", "moved"):
            continue
        mine = [(what, at) for who, what, at in said if who == view.name_of[grant.holder]]
        days = {"lapsed": HOLD, "moved": MOVED}[grant.ended_why]
        waited = any(what in ("unsaid", "moved") and at + days * DAY <= view.now for what, at in mine)
        left = any(what in ("left", "died") for what, _at in mine)
        if not waited and not (left and grant.ended_why == "lapsed"):
            raise Broken(15, f"a {grant.role} by {grant.source} {grant.ended_why}, though the roster said {mine}")


@invariant
def the_roster_ends_few_at_a_time(watch: Watch) -> None:
    """16: in no seven days more than two, or a fifth, of a place's mandates end by the roster's word unheld."""
    view = watch.view
    lapsed = [g for g in view.grants if g.ended_why == "lapsed" and g.held_entry is None and g.source in MANDATES]
    new = {entry.index for entry in watch.new}
    for grant in [grant for grant in lapsed if grant.ended_entry in new]:
        here = [g for g in view.grants if g.scope_id == grant.scope_id and g.source in MANDATES]
        since = grant.ended_at - 7 * DAY
        ended = {g.holder for g in lapsed if g.scope_id == grant.scope_id and since < g.ended_at <= grant.ended_at}
        stood = {g.holder for g in here if g.from_at <= grant.ended_at and not ended_before(g, since)}
        if len(ended) > max(2, len(stood) // 5):
            raise Broken(16, f"{len(ended)} of {len(stood)} mandates lapsed within seven days")


def ended_before(grant: Row, at: int) -> bool:
    """Whether a grant was over by a moment."""
    return min(grant.until_at, grant.until_at if grant.ended_at is None else grant.ended_at) <= at
