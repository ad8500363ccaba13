"""The invariants of governance.md section 9.1 that hold of powers, acts and clock, each by its number there.

Written from that text and the raw tables; hub code is asked only for what is compared with them.
"""

from __future__ import annotations

import datetime as dt

from hub.permits import Actor, P, Scope, can
from hub.permits import queries as permits
from tests.people_for_tests import again
from tests.powers import oracle
from tests.powers.laziness import Broken
from tests.powers.oracle import DAY, MANDATES
from tests.powers.view import HUB, Place, Row, View
from tests.powers.watch import Watch, invariant


@invariant
def refusals_leave_everything(watch: Watch) -> None:
    """17."""
    if not watch.world.was_refused_cleanly:
        raise Broken(17, f"{watch.world.refusal} was refused, and something was written")


@invariant
def grants_have_their_dates(watch: Watch) -> None:
    """1: a term within its ceiling; no event moves an end later."""
    for grant in watch.view.grants:
        if not 0 < grant.until_at - grant.from_at <= oracle.CEILING[grant.source] * DAY:
            raise Broken(1, f"{grant.source} for {(grant.until_at - grant.from_at) / DAY} days")
        ends = grant.until_at if grant.ended_at is None else grant.ended_at
        if ends > watch.untils.setdefault(grant.id, grant.until_at):
            raise Broken(1, f"{grant.id} ends later than it did")
        if grant.ended_at is not None:
            if not grant.from_at <= grant.ended_at <= grant.until_at:
                raise Broken(1, f"{grant.id} ended outside its term")
            watch.untils[grant.id] = min(watch.untils[grant.id], grant.ended_at)


@invariant
def power_is_a_live_grant(watch: Watch) -> None:
    """2: the house knows exactly the grants that the tables show to be live, and powers by them alone."""
    with watch.world.db.read() as tx:
        known = {grant.id for grant in permits.live_grants(tx)}
    live = {grant.id for grant in watch.view.live}
    if known != live:
        raise Broken(2, f"live by the house alone: {known - live}; by the tables alone: {live - known}")
    if watch.steps % 3 == 0:
        names = watch.view.names
        may_agrees(watch, names[watch.steps // 3 % len(names)])


def may_agrees(watch: Watch, name: str) -> None:
    """2, of one person: each power in each place, asked of the house and of the tables."""
    view, world = watch.view, watch.world
    with world.db.draft() as tx:  # and so the session is never kept
        actor = again(tx, Actor(person=world.people[name]))
    holder = view.holder_of.get(world.people[name])
    mine = [g for g in view.live if g.holder == holder and g.role not in oracle.FOR_ONE_ACT]
    stands = world.people[name] in view.area_of
    for place in [HUB, *all_places(view)]:
        for power in P:
            given = stands and any(view.carries(grant, power, place) for grant in mine)  # in no act of its own
            given = given and not view.is_frozen(power, place.id)
            may = bool(can(actor, power, Scope(place.kind, place.id, place.branch)))
            if may != given and (may or power not in oracle.TENURED):
                raise Broken(2, f"{name}: {power} in {place}: the tables say {given}")


def all_places(view: View) -> list[Place]:
    """Every branch and group there ever was."""
    branches = [Place("branch", branch.id, branch.id) for branch in view.branches]
    return branches + [Place("group", group.id, group.branch) for group in view.groups]


@invariant
def each_hand_had_its_warrant(watch: Watch) -> None:
    """2, of the record: each new entry rests on a grant that was live, of who did it; on a right; or on the clock."""
    view = watch.view
    by_entry = {grant.entry: grant for grant in view.grants}
    extends = {act.id: act.subject for act in view.acts if act.procedure == "extend_measure"}
    for entry in watch.new:
        kind, data = entry.type, entry.data
        if entry.by is None:
            if kind not in oracle.CLOCK:
                raise Broken(2, f"{kind} without a hand")
            continue
        rules = [row.entry for row in view.constitutions if row.entry < entry.index]
        if kind in oracle.RIGHTS or (kind in oracle.EITHER and entry.by in rules):
            if entry.by != rules[-1]:
                raise Broken(2, f"{kind} rests on rules that are not in force")
            continue
        grant = by_entry.get(entry.by)
        if grant is None or not was_live(view, grant, entry):
            raise Broken(2, f"{kind} rests on no live grant")
        if (
            grant.role in oracle.FOR_ONE_ACT
            and kind != "grant.ended"
            and grant.act not in (data["act"], extends.get(data["act"]))
        ):
            raise Broken(2, f"{kind} by a {grant.role} of another act")
        if view.name_of[grant.holder] not in watch.world.acting:
            raise Broken(2, f"{kind} rests on another's grant than of who did it")
        if kind in oracle.NEEDS:
            power, where = oracle.NEEDS[kind]
            place = where(view, data)
            if place is None or not view.carries(grant, oracle.power_at(power, place), place):
                raise Broken(2, f"{kind} by a {grant.role} of {grant.scope_kind}, in {place}")
        elif kind in oracle.BY_STEP:
            if not view.carries(grant, oracle.BY_STEP[kind](view, data), HUB):
                raise Broken(2, f"{kind} by a {grant.role}")
        elif kind == "grant.ended" and data["grant"] != grant.id and not is_lender(view, grant, data):
            raise Broken(7, f"a grant was laid down by another's {grant.role}")
        elif kind not in oracle.OWN | oracle.EITHER:
            raise Broken(2, f"the oracle does not know {kind}")


def is_lender(view: View, grant: Row, data: dict[str, object]) -> bool:
    """Whether a grant is the one that what ended was lent from, and took it back: resting or not."""
    ended = next(row for row in view.grants if row.id == data["grant"])
    return (ended.lender, data["why"]) == (grant.id, "returned")


def was_live(view: View, grant: Row, entry: Row) -> bool:
    """Whether a grant was live at an entry's moment, before whatever that entry itself ended.

    An office at rest gives nothing. It can be laid down, and whom a recall is about answers for it.
    """
    at = minute(entry.at)
    own_end = grant.ended_entry is not None and grant.ended_entry >= entry.index
    if own_end:
        grant = Row(grant, ended_at=None)
    is_own = entry.data.get("grant", grant.id) == grant.id
    if entry.type in oracle.OWN and (is_own or is_lender(view, grant, entry.data)):
        return grant.from_at <= at < grant.until_at
    return view.is_live(grant, at)


def minute(text: str) -> int:
    """A record's minute in seconds."""
    return int(dt.datetime.fromisoformat(text).timestamp())


@invariant
def grants_end_as_their_source_allows(watch: Watch) -> None:
    """6, 7: by the reasons of its source; a mandate by no officer; nothing by the hand of a derived holder."""
    view = watch.view
    ended = {entry.index for entry in watch.new if entry.type == "grant.ended"}
    for grant in [grant for grant in view.grants if grant.ended_entry in ended]:
        if grant.ended_why not in oracle.MAY_END[grant.source]:
            raise Broken(6, f"{grant.source} ended: {grant.ended_why}")
    for entry in [entry for entry in watch.new if entry.type == "grant.ended" and entry.data["act"]]:
        for maker in signers(view, entry.data["act"]):
            if maker.source not in MANDATES:
                raise Broken(7, f"a grant ended by the hand of a {maker.role} by {maker.source}")


def signers(view: View, act: str) -> list[Row]:
    """The grants by which hands of office said yes in an act."""
    by_entry = {grant.entry: grant for grant in view.grants}
    hands = {hand.entry for hand in view.hands if hand.act == act and hand.hand == "yes"}
    found = view.raw.execute(
        'SELECT "index", "by" FROM entries WHERE type != ? AND "by" IS NOT NULL', ("holder.named",)
    )
    return [by_entry[by] for index, by in found if index in hands and by in by_entry]


@invariant
def derived_power_is_less(watch: Watch) -> None:
    """8, 13: made by an act of its own place, by mandated hands, and no more than theirs; founding seats at the hub."""
    view = watch.view
    taken = {entry.index for entry in watch.new if entry.type == "seat.taken"}
    for seat in [grant for grant in view.grants if grant.entry in taken and grant.scope_kind != "hub"]:
        raise Broken(13, f"a founding seat of the hub in a {seat.scope_kind}")
    acts = {act.id: act for act in view.acts}
    new = {entry.index for entry in watch.new if entry.type != "seat.taken"}
    for grant in [grant for grant in view.grants if grant.entry in new]:
        act = acts[grant.act]
        if grant.source not in oracle.SOURCES_OF.get(act.procedure, ()):
            raise Broken(8, f"{grant.source} made by {act.procedure}")
        own = (act.scope_kind, act.scope_id) == (grant.scope_kind, grant.scope_id)
        if not own and not (grant.source == "founding" and act.subject == grant.scope_id):
            raise Broken(13, f"{grant.role} of a {grant.scope_kind} by an act of {act.scope_kind}")
        same = [g for g in view.grants if (g.act, g.holder, g.role) == (grant.act, grant.holder, grant.role)]
        if len(same) != 1:
            raise Broken(8, f"{act.procedure} made the same grant {len(same)} times")
        if grant.source == "appointment":
            makers = signers(view, act.id)
            given = set().union(*(view.powers[maker.role] for maker in makers)) if makers else set()
            if not makers or any(maker.source not in MANDATES for maker in makers):
                raise Broken(8, "an appointment without a mandated hand")
            if not set(view.powers[grant.role]) <= given and grant.role not in oracle.APART:
                raise Broken(8, f"a {grant.role} can more than who appointed")
            if (
                grant.until_at - grant.from_at
                != term(view, act, "press" if grant.role == "press" else "appointment") * DAY
            ):
                raise Broken(20, "an appointment of another length than the rules it was opened under give")


def term(view: View, act: Row, source: str) -> int:
    """A term in days: by the act's rules, or what its branch had chosen before it was opened."""
    rules = oracle.constitution_of(view, act)["terms"][source]
    chosen = [
        row.value
        for row in view.rows("branch_rules", "entry")
        if (row.branch, row.rule) == (act.branch_id, f"terms.{source}") and row.entry < act.opened_entry
    ]
    if not chosen or "branch_may" not in rules:
        return int(rules["days"])
    least, most = rules["branch_may"]
    return int(min(max(chosen[-1], least), most))


@invariant
def nobody_decides_for_themselves(watch: Watch) -> None:
    """9: no subject or beneficiary among those who propose, second or decide."""
    view = watch.view
    changed = {entry.data.get("act") for entry in watch.new}
    by_entry = {grant.entry: grant.holder for grant in view.grants}
    for act in [act for act in view.acts if act.id in changed]:
        hands = [hand for hand in view.hands if hand.act == act.id]
        gains = {grant.holder for grant in view.grants if grant.act == act.id and grant.source != "lot"}
        concerned = {act.subject} | gains | {hand.holder for hand in hands if hand.hand == "submit"}
        deciding = {hand.holder for hand in hands if hand.hand in ("yes", "no")}
        if concerned & deciding:
            raise Broken(9, f"{act.procedure}: {_named(view, concerned & deciding)} decided in what is their own")
        opener = by_entry.get(_by(view, act.opened_entry))
        if act.procedure == "hide" and opener in deciding:
            raise Broken(9, f"{_named(view, {opener})} confirmed or contested what they hid themselves")
        if opener in gains or (opener == act.subject and act.procedure != "hide"):
            raise Broken(9, f"{act.procedure}: {_named(view, {opener})} proposed what is their own")


def _by(view: View, index: int) -> int | None:
    row = view.raw.execute('SELECT "by" FROM entries WHERE "index" = ?', (index,)).fetchone()
    found: int | None = row[0]
    return found


def _named(view: View, holders: set[str | None]) -> list[str]:
    return sorted(view.name_of.get(holder or "", "nobody") for holder in holders)


@invariant
def power_lies_with_members(watch: Watch) -> None:
    """GO-02: whoever's membership the roster ended holds nothing any more.

    But who left before a mandate began that members gave them, while a public hold of that place says that it waits.
    """
    view = watch.view
    person_of = {holder: person for person, holder in view.holder_of.items()}
    waits = {row.id: row.person for row in view.rows("feed_changes") if (row.change, row.outcome) == ("away", None)}
    public = {row.entry: row.scope for row in view.rows("standing_holds") if row.kind == "mandates"}
    rows = [row for row in view.rows("feed_holds") if row.change in waits and row.entry in public]
    held = {(waits[row.change], public[row.entry]) for row in rows}
    for grant in view.live:
        waits_here = grant.source == "election" and (person_of[grant.holder], grant.scope_id) in held
        if person_of[grant.holder] not in view.area_of and not waits_here:
            raise Broken(15, f"{view.name_of[grant.holder]} is a {grant.role} and no member")


@invariant
def recalled_is_out(watch: Watch) -> None:
    """11: after a recall no mandate of that role there is live, until a later election."""
    view = watch.view
    about = {petition.act: petition for petition in view.petitions if petition.kind == "recall"}
    for act in view.acts:
        if act.procedure != "recall" or act.outcome != "done":
            continue
        wanted = (act.subject, about[act.id].role, act.scope_id)
        for grant in view.live:
            is_it = (grant.holder, grant.role, grant.scope_id) == wanted and grant.source in MANDATES
            if is_it and grant.from_at <= act.closed_at:
                raise Broken(11, f"recalled, and still a {grant.role} by {grant.source}")
