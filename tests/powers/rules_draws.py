"""Draws: who may be drawn, who objects and judges it, what the beacon signed, who takes a seat and who leaves it."""

from __future__ import annotations

import json

from hub.draws import actions
from hub.lot.chains import REHEARSAL, rehearsed
from hub.lot.draw import make_draw
from hub.lot.files import parse_draw
from hub.lot.sources import parse_source
from tests.lot import oracle as lot
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.moves import move, somebody
from tests.powers.picking import Pick
from tests.powers.view import Row, View, place_of
from tests.powers.watch import Watch, invariant
from tests.powers.world import World
from tests.verifier import verifier

LIE, NEXT = "digits that nobody signed", "the signature of another round"
oracle.CLOCK |= {"draw.opened", "draw.prepared", "draw.voided", "draw.made", "draw.replaced", "caretaker.begun"}
oracle.RIGHTS |= {"draw.accepted", "draw.objected"}
oracle.EITHER |= {"draw.judged"}


def waiting(view: View) -> list[Row]:
    """Acts whose frozen pool waits for its source to be read."""
    acts = {act.id: act for act in view.open_acts}
    rows = [row for row in view.rows("draws", "prepared_entry") if row.made_at is None and row.act in acts]
    return [acts[row.act] for row in rows if row.step == acts[row.act].step and row.known_at <= view.now]


def frozen(view: View) -> list[Row]:
    """Acts whose pool is frozen, and from which nobody was drawn."""
    acts = {act.id: act for act in view.open_acts}
    rows = [row for row in view.rows("draws", "prepared_entry") if row.made_at is None and row.act in acts]
    return [acts[row.act] for row in rows if row.step == acts[row.act].step]


def objected(view: View) -> list[tuple[Row, int]]:
    """Objections to pools that stand: the act, and the objection."""
    acts = {act.id: act for act in frozen(view)}
    pools = {row.prepared_entry for row in view.rows("draws") if row.made_at is None}
    rows = [row for row in view.rows("draw_objections", "entry") if row.act in acts and row.pool_entry in pools]
    return [(acts[row.act], row.entry) for row in rows]


def offered(view: View) -> list[tuple[str, str]]:
    """Seats that wait for an answer: the act, and the name of who was drawn."""
    named = {person: name for name, person in view.people.items()}
    whose = {row.ticket: named[row.person] for row in view.rows("draw_tickets")}
    seats = [row for row in view.rows("draw_seats", "offered_at, act, rank") if row.state == "offered"]
    order = {act.id: place for place, act in enumerate(view.acts)}
    seats.sort(key=lambda row: (order[row.act], row.rank))
    return [(row.act, whose[row.ticket]) for row in seats]


@move(weight=0)
def draws_rest(world: World, pick: Pick) -> None:
    """The clock opens no draw of its own in this world: most of a machine's time, where nobody looks at draws."""
    world.resting.add("draws")


@move()
def wish(world: World, pick: Pick) -> None:
    who = somebody(world.view, pick, world.view.members)
    at_home, volunteers = pick([(True, True), (False, False), (True, False)])
    world.attempt(lambda tx: actions.wish(tx, at_home=at_home, volunteers=volunteers, actor=world.actor(tx, who)))


@move(frozen)
def object_to_pool(world: World, pick: Pick) -> None:
    act = pick(frozen(world.view))
    who = somebody(world.view, pick, world.view.members)
    world.attempt(lambda tx: actions.object_to(tx, act=act.id, reason="Left out.", actor=world.actor(tx, who)))


@move(objected, weight=3)
def two_judge(world: World, pick: Pick) -> None:
    act, objection = pick(objected(world.view))
    able = readers(world.view, act)
    for upheld in (True, pick([True, True, False])):
        who = somebody(world.view, pick, able)
        world.attempt(
            lambda tx, who=who, upheld=upheld: actions.judge(
                tx, act=act.id, objection=objection, upheld=upheld, actor=world.actor(tx, who)
            )
        )


def readers(view: View, act: Row) -> list[str]:
    """Who holds an office where an act is; where fewer than two do, who belongs there."""
    place = place_of(act)
    here = [g for g in view.live if (g.scope_kind, g.scope_id) == (place.kind, place.id)]
    officers = sorted({view.name_of[g.holder] for g in here})
    return officers if len(officers) > 1 else view.belonging(place)


@move(waiting, weight=8)
def read_beacon(world: World, pick: Pick) -> None:
    """Somebody brings what the beacon signed; some first bring what they would rather have, and bring it alike."""
    act = pick(waiting(world.view))
    lie = pick(["", "", LIE, NEXT])
    row = next(row for row in world.view.rows("draws") if (row.act, row.step) == (act.id, act.step))
    round_ = int(row.source.rpartition("-")[2])
    lies = {"": [], LIE: ["ab" * 48] * 2, NEXT: [rehearsed(round_ + 1)] * 2}[lie]
    for text in (*lies, rehearsed(round_)):
        who = somebody(world.view, pick, world.view.members)
        world.attempt(
            lambda tx, who=who, text=text: actions.reveal(tx, act=act.id, text=text, actor=world.actor(tx, who))
        )


@move(offered, weight=8)
def take_seat(world: World, pick: Pick) -> None:
    act, drawn = pick(offered(world.view))
    who = somebody(world.view, pick, [drawn])
    world.attempt(lambda tx: actions.accept(tx, act=act, shown=who, actor=world.actor(tx, who)))


@move(offered, weight=3)
def all_take_their_seats(world: World, pick: Pick) -> None:
    act, _ = pick(offered(world.view))
    for who in [name for one, name in offered(world.view) if one == act]:
        world.attempt(lambda tx, who=who: actions.accept(tx, act=act, shown=who, actor=world.actor(tx, who)))


@move(offered)
def leave_seat(world: World, pick: Pick) -> None:
    act, drawn = pick(offered(world.view))
    world.attempt(lambda tx: actions.decline(tx, act=act, actor=world.actor(tx, drawn)))


@invariant
def drawn_sit_in_their_order(watch: Watch) -> None:
    """33, 9: who sits was drawn for it, first come first in the order; nobody sits who is a party to the act."""
    view = watch.view
    seats = view.rows("draw_seats", "act, step, rank")
    seated = {row.grant: row for row in seats if row.grant is not None}
    for grant in view.grants:
        if grant.source in ("lot", "caretaker") and grant.id not in seated:
            raise Broken(33, f"a {grant.role} whom nobody drew")
    whose = {row.ticket: view.holder_of.get(row.person) for row in view.rows("draw_tickets")}
    for row in seats:
        if row.state == "accepted" and row.holder != whose[row.ticket]:
            raise Broken(33, "somebody sits where another was drawn")
        ahead = [
            r for r in seats if (r.act, r.step, r.stratum) == (row.act, row.step, row.stratum) and r.rank < row.rank
        ]
        if row.state in ("offered", "accepted") and any(r.state == "reserve" for r in ahead):
            raise Broken(33, "a reserve was passed over")
    for draw in view.rows("draws"):
        if draw.made_at is not None and not draw.frozen_at < draw.known_at <= draw.made_at:
            raise Broken(34, "a pool that was not frozen before its source was known")


@invariant
def pools_are_void_before_anything_is_known(watch: Watch) -> None:
    """34: whoever knows its source voids nothing; two people voided it, and neither had objected to it."""
    view = watch.view
    found: dict[int, list[Row]] = {}
    for row in view.rows("draw_judgements", "entry"):
        found.setdefault(row.objection, []).append(row)
    objectors = {(row.about, row.person) for row in view.rows("draw_objectors")}
    objections = {row.entry: row for row in view.rows("draw_objections")}
    for void in view.rows("draw_voids"):
        first = parse_source(void.source, REHEARSAL).begins.timestamp()
        if not void.frozen_at <= void.voided_at < first:
            raise Broken(34, "a pool was voided by somebody who could know its source")
        yes = [row for row in found.get(void.objection, []) if row.upheld]
        if len(yes) < 2 or objections[void.objection].pool_entry != void.prepared_entry:
            raise Broken(34, "a pool was voided without two who found it wrong")
        seats = [row for row in view.rows("draw_seats") if row.act == void.act and row.step == void.step]
        if any(row.offered_at is not None and row.offered_at < void.voided_at for row in seats):
            raise Broken(34, "somebody was drawn from a pool that is void")
    for objection in objections.values():
        judged = {person for about, person in objectors if about == objection.entry}
        if judged & {person for about, person in objectors if about == objection.pool_entry}:
            raise Broken(9, "somebody judged a pool that they had objected to")


@invariant
def draws_depend_on_no_order(watch: Watch) -> None:
    """33, 34, 35: each draw is the one that a second program makes of its file, in whatever order tickets stand."""
    view = watch.view
    files = {row.sha256: bytes(row.bytes) for row in view.rows("draw_files")}
    for entry in [entry for entry in watch.new if entry.type == "draw.made"]:
        raw = files[entry.data["file"]]
        draw = parse_draw(raw)
        turned = make_draw(
            draw.act, draw.frozen, draw.size, draw.quotas, draw.pool[::-1], draw.source, draw.said, draw.odds
        )
        if (turned.seed, turned.accepted, turned.reserves) != (draw.seed, draw.accepted, draw.reserves):
            raise Broken(35, "the order in which tickets came changes who is drawn")
        file = json.loads(raw)
        for pool in (file["pool"], file["pool"][::-1]):
            if wrong := lot.faults(json.dumps({**file, "pool": pool})):
                raise Broken(33, f"a second program finds other {wrong}")


@invariant
def beacon_signed_whatever_was_drawn_by(watch: Watch) -> None:
    """34: no draw rests on anybody's word: a second program finds its signature to be the beacon's, of its round."""
    for entry in [entry for entry in watch.new if entry.type == "draw.made"]:
        row = next(r for r in watch.view.rows("draws") if (r.act, r.step) == (entry.data["act"], entry.data["step"]))
        round_, said = int(row.source.rpartition("-")[2]), entry.data["said"]
        if row.said != said or not verifier.is_signed(verifier.REHEARSAL, round_, said):
            raise Broken(34, "a draw by what the beacon did not sign")


@invariant
def somebody_takes_care(watch: Watch) -> None:
    """3: once the clock has run, nobody stands by idly where no organiser and no caretaker is left.

    As governance.md 8.3 found, never without anybody is more than can be kept: where nobody was drawn beforehand, or
    all have gone, the election that runs (4) is what is left.
    """
    view = watch.view
    if not watch.ticked or "draws" in watch.world.resting:
        return
    led = {g.scope_id for g in view.grants if g.role in ("admin", "caretaker") and view.stands(g)}
    newest: dict[str, str] = {}
    for act in view.acts:
        if act.procedure == "draw_caretaker" and act.outcome == "done":
            newest[act.scope_id] = act.id
    ended = {row.id for row in [*view.groups, *view.branches] if row.ended_entry is not None} | view.dormant
    for scope, act in newest.items():
        idle = [s for s in view.rows("draw_seats") if s.act == act and s.state == "accepted" and s.grant is None]
        if idle and scope not in led | ended:
            raise Broken(3, "nobody leads a place, and somebody stands by idly")
