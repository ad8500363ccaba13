"""Members come and go: by their own will in groups, by the roster's feed in the organisation."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import Connection

from hub.groups import membership, resting
from hub.groups import queries as groups
from hub.people import actions as people
from hub.permits import actions as permits
from hub.standing import actions as feeds
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import move, places, somebody
from tests.powers.oracle import DAY, MANDATES
from tests.powers.picking import Pick
from tests.powers.rules_ballots import at_step, may_vote, open_ballots, some_stand, standing, vote
from tests.powers.view import Place, Row, View, group_place
from tests.powers.watch import Watch, invariant
from tests.powers.world import World

HOLD, MOVED = 28, 60  # days. Source: governance.md section 1.7
SLEEP = {"group.dormant", "group.revived", "branch.dormant", "branch.revived"}
oracle.CLOCK |= {"standing.held", "standing.unheeded"} | SLEEP


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


@move(lambda view: view.registered)
def everybody_leaves(world: World, pick: Pick) -> None:
    """A group, whole or all but one, within a minute."""
    group = pick(world.view.registered)
    for who in world.view.belonging(group_place(group))[pick([0, 0, 1]) :]:
        world.attempt(
            lambda tx, who=who: membership.leave(tx, group=groups.get(tx, group.id), actor=world.actor(tx, who))
        )


@move(lambda view: view.dormant)
def come_back(world: World, pick: Pick) -> None:
    group = pick([group for group in world.view.groups if group.id in world.view.dormant])
    who = somebody(world.view, pick, world.view.members)
    world.attempt(lambda tx: membership.join(tx, group=groups.get(tx, group.id), actor=world.actor(tx, who)))


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


@move(lambda view: at_step(view, 0))
def feed_ends_the_elected(world: World, pick: Pick) -> None:
    """An election from its nominations to its start: some of those elected leave, before the count or behind it."""
    act, here = some_stand(world, pick, "And I.")
    for ballot in [one for one in open_ballots(world.view) if one.act == act.id]:
        chosen = standing(world.view, act.id)
        for who in [one for one in here if may_vote(world.view, ballot, one)]:
            vote(world, ballot, who, chosen)
        leave = [world.view.name_of[one] for one in chosen]
        if pick([False, True]):
            leave = left_at_once(world, pick, leave)
        world.wait((ballot.closes_at - world.view.now) // 3600)
        left_at_once(world, pick, leave)
        world.wait(pick([1, 24, 14 * 24]))


def left_at_once(world: World, pick: Pick, names: list[str]) -> list[str]:
    """Some of these leave, or nobody; returns the others."""
    gone = names[: pick(range(len(names) + 1))]
    for who in gone:
        feed(world, who, "ended", why="left")
    return names[len(gone) :]


@move()
def feed_takes_back(world: World, pick: Pick) -> None:
    feed(world, pick(world.view.members), "restored")


@move(gone)
def feed_returns(world: World, pick: Pick) -> None:
    who = pick(gone(world.view))
    area = pick(["york", "ynys-mon"])
    since = dt.date(2020, 1, 1)

    def prove(tx: Connection) -> None:
        """As the handshake's page does."""
        people.give_standing(tx, person=world.people[who], area=area, since=since, proved_by="code")
        resting.wake_branches(tx)

    world.attempt(prove)


@move()
def feed_empties_a_branch(world: World, pick: Pick) -> None:
    """Everybody in an area, or all but one, moves to the other, and the worker follows."""
    areas = ["ynys-mon", "york"]
    left = pick(areas)
    here = [name for name in world.view.members if world.view.area_of[world.people[name]] == left]
    for who in here[pick([0, 0, 1]) :]:
        feed(world, who, "moved", area=areas[1 - areas.index(left)])
    world.tick()


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
    world.attempt(lambda tx: feeds.follow(tx, world.people[who], line))
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
    """16: in no seven days more than two, or a fifth, of a place's mandates end by the roster's word unheld.

    Days of the record: until it takes an end, the office-holder acts. A clock that comes late dates back what it ends,
    so two ends that hold from one week may have been taken weeks apart.
    """
    view = watch.view
    taken = dict(view.raw.execute('SELECT "index", at FROM entries'))
    mandates = [g for g in view.grants if g.source in MANDATES and g.role not in oracle.FOR_ONE_ACT]
    lapsed = [g for g in mandates if g.ended_why == "lapsed" and g.held_entry is None]
    new = {entry.index for entry in watch.new}
    for grant in [grant for grant in lapsed if grant.ended_entry in new]:
        here = [g for g in mandates if g.scope_id == grant.scope_id]
        until = taken[grant.ended_entry]
        since = until - 7 * DAY
        there = [g for g in lapsed if g.scope_id == grant.scope_id]
        ended = {g.holder for g in there if since < taken[g.ended_entry] <= until}
        stood = {g.holder for g in here if g.from_at <= until and not over_before(g, taken, since)}
        if len(ended) > most_at_once(len(stood)):
            raise Broken(16, f"{len(ended)} of {len(stood)} mandates lapsed within seven days")


def most_at_once(of: int) -> int:
    """How many of so many the roster may end within seven days: two, or a fifth, and never all of several."""
    return max(1, min(max(2, of // 5), of - 1))


@invariant
def the_roster_ends_few_of_those_elected(watch: Watch) -> None:
    """16, of who was elected and has no mandate yet: no more of them leave within seven days unheld than of others."""
    view = watch.view
    counted = {row.id: row for row in view.rows("ballots") if row.counted_entry is not None}
    taken = dict(view.raw.execute('SELECT "index", at FROM entries'))
    held = {row.change for row in view.rows("feed_holds") if row.kind == "mandates"}
    changes = view.rows("feed_changes")
    ended = [row for row in changes if (row.change, row.outcome) == ("ended", "done") and row.id not in held]
    for act in view.open_of("elect"):
        ballots = [ballot for ballot in counted.values() if ballot.act == act.id]
        mine = {ballot.id for ballot in ballots}
        won = {row.holder for row in view.rows("ballot_winners") if row.ballot in mine}
        since = max([view.now - 7 * DAY, *(taken[ballot.counted_entry] for ballot in ballots)])
        gone = {view.holder_of.get(row.person) for row in ended if row.closed_at > since} & won
        if len(gone) > most_at_once(len(won)):
            raise Broken(
                16, f"{len(gone)} of {len(won)} who were elected left within seven days, and none of it waited"
            )


def over_before(grant: Row, taken: dict[int, int], at: int) -> bool:
    """Whether a grant was over by a moment, as the record had taken it until then."""
    return min(grant.until_at, grant.until_at if grant.ended_entry is None else taken[grant.ended_entry]) <= at


TAKES_OUT = ("grant.ended", "candidacy.withdrawn")


@invariant
def dormant_is_empty(watch: Watch) -> None:
    """5: a place is dormant if and only if nobody belongs to it, and nobody's hand writes anything in it meanwhile.

    But to take oneself out: out of an office, or off a ballot paper. A branch falls asleep when the worker next looks.
    """
    view = watch.view
    branches = [Place("branch", row.id, row.id) for row in view.branches if row.registered_entry is not None]
    for place in [*map(group_place, view.registered), *branches]:
        is_empty, says_so = not view.belonging(place), place.id in view.dormant
        is_late = place.kind == "branch" and is_empty and not watch.ticked
        if is_empty != says_so and not is_late:
            raise Broken(5, f"a {place.kind} is {'' if is_empty else 'not '}empty, and the record says otherwise")
    for entry in [entry for entry in watch.new if entry.by is not None and entry.type not in TAKES_OUT]:
        asleep = {row.scope_id for row in view.dormancies if slept(row, entry.index)}
        if asleep & places_of(view, entry.data):
            raise Broken(5, f"{entry.type} in a place to which nobody belongs")


@invariant
def requests_end_with_their_asker(watch: Watch) -> None:
    """5, of who comes to belong: whoever asks or belongs is a member; who asks lives where the group takes members."""
    view = watch.view
    groups, areas = {row.id: row for row in view.groups}, {row.id: row.area for row in view.branches}
    for row in view.rows("memberships"):
        if row.until_at is None and row.person not in view.area_of:
            raise Broken(5, "somebody belongs to a group who is no member")
    for row in view.rows("membership_requests", "asked_at, id"):
        if row.answered_at is None and not could_join(view, groups[row.group], areas, row.person):
            raise Broken(5, "a request to join waits on, of somebody who could not join or who belongs to it")


def could_join(view: View, group: Row, areas: dict[str, str], person: str) -> bool:
    """Whether somebody who does not belong to a group could, by the naive reading."""
    lives = view.area_of.get(person, "") == areas[group.branch]
    is_open = group.joining == "members" and person in view.area_of
    return (lives or is_open) and person not in view.inside.get(group.id, set())


def slept(row: Row, index: int) -> bool:
    """Whether a place was dormant when an entry was written."""
    return bool(row.entry < index and (row.until_entry is None or index < row.until_entry))


def places_of(view: View, data: dict[str, object]) -> set[str]:
    """The ids of the places that an entry names: itself, by its act, or by its link. A group's branch is another."""
    links = {row.id: row.group for row in view.rows("group_links")}
    acts = {act.id: act.scope_id for act in view.acts}
    named = [
        data.get("group") or data.get("scope") or data.get("branch"),
        acts.get(str(data.get("act"))),
        links.get(str(data.get("link"))),
    ]
    return {str(place) for place in named if place}


@invariant
def the_empty_keep_their_mandates_for_days(watch: Watch) -> None:
    """15, of what the hub alone says: that a place is empty ends a mandate in it 28 days later, and no sooner."""
    view = watch.view
    by_index = {grant.ended_entry: grant for grant in view.grants if grant.ended_why == "emptied"}
    for grant in [by_index[entry.index] for entry in watch.new if entry.index in by_index]:
        waits = HOLD * DAY if grant.source in MANDATES else 0
        here = [row for row in view.dormancies if row.scope_id == grant.scope_id and slept(row, grant.ended_entry)]
        if not here or grant.ended_at < max(here[0].from_at + waits, grant.from_at):
            raise Broken(15, f"a {grant.role} by {grant.source} ended, as if nobody had been there for long")
