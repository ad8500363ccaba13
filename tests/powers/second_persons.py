"""An oracle of second persons, tenure and replacement: GO-03, GO-04, GO-05 of security-reliability.md, from the text.

Nothing of hub.permits or of a rules.py is asked: grants, hands and their dates are read from the tables, and the
numbers are those of the text.
"""

from __future__ import annotations

from tests.powers import oracle
from tests.powers.invariants import minute, was_live
from tests.powers.laziness import Broken
from tests.powers.oracle import DAY
from tests.powers.view import Place, Row, View
from tests.powers.watch import Watch, invariant

TIED, TENURE, WINDOW = 28 * DAY, 14 * DAY, 14 * DAY
DERIVED = ("appointment", "delegation", "consent")
PAIRED = {
    "links.declare", "clients.register", "appointments.make", "settings.change", "powers.freeze", "groups.close",
}  # fmt: skip
CONTACTS = ("link.declared", "link.withdrawn", "link.confirmed")


def makers(view: View, grant: Row) -> set[str]:
    """Who signed the act that gave somebody an office."""
    return {hand.holder for hand in view.hands if hand.act == grant.act and hand.hand == "yes"}


def tied(view: View, one: str, other: str, at: int) -> bool:
    """Whether one of two appointed the other in the 28 days before a moment."""
    for first, second in ((one, other), (other, one)):
        for grant in view.grants:
            lately = grant.source in DERIVED and grant.from_at <= at < grant.from_at + TIED
            if lately and grant.holder == second and first in makers(view, grant):
                return True
    return False


def held_since(view: View, grant: Row, at: int) -> int:
    """Since when somebody has had an office by a moment, without the smallest gap."""
    wanted = (grant.holder, grant.role, grant.scope_id)
    spells = [
        (g.from_at, _over(g)) for g in view.grants if (g.holder, g.role, g.scope_id) == wanted and g.from_at <= at
    ]
    since = int(grant.from_at)
    while earlier := [start for start, end in spells if start < since <= end]:
        since = min(earlier)
    return since


def _over(grant: Row) -> int:
    return int(grant.until_at if grant.ended_at is None else min(grant.until_at, grant.ended_at))


@invariant
def two_are_not_one_and_an_appointee(watch: Watch) -> None:
    """GO-03: two distinct persons, neither the subject, neither appointed by the other in the last 28 days."""
    view, new = watch.view, {entry.index for entry in watch.new}
    person_of = {holder: person for person, holder in view.holder_of.items()}
    subject = {act.id: act.subject for act in view.acts}
    for hand in [hand for hand in view.hands if hand.entry in new and hand.hand in ("yes", "no")]:
        alike = [h for h in view.hands if (h.act, h.step) == (hand.act, hand.step) and h.entry < hand.entry]
        for other in [h for h in alike if h.hand in ("yes", "no")]:
            if person_of[other.holder] == person_of[hand.holder]:
                raise Broken(10, "GO-03: one person counts as two")
            if tied(view, other.holder, hand.holder, hand.at):
                raise Broken(10, "GO-03: the second was appointed by the first, or the first by the second, lately")
        if hand.holder == subject[hand.act]:
            raise Broken(9, "GO-03: somebody decides in what is about themselves")


@invariant
def newcomers_wait(watch: Watch) -> None:
    """GO-04: within 14 days nobody proposes or seconds the end of an older office, nor changes contacts."""
    view = watch.view
    by_entry = {grant.entry: grant for grant in view.grants}
    by_id = {grant.id: grant for grant in view.grants}
    about = {row.act: row.grant for row in view.rows("office_acts")}
    removing = {act.id for act in view.acts if act.procedure in ("withdraw_moderator", "withdraw_press")}
    for entry in [entry for entry in watch.new if entry.by in by_entry]:
        mine, at = by_entry[entry.by], minute(entry.at)
        since = held_since(view, mine, at)
        if at >= since + TENURE:
            continue
        if entry.type in CONTACTS and mine.source != "founding":
            raise Broken(2, f"GO-04: a contact was changed after {(at - since) // DAY} days in office")
        if entry.type in ("office.challenged", "office.confirmed") and entry.data["act"] in removing:
            theirs = by_id[about[entry.data["act"]]]
            if held_since(view, theirs, at) < since:
                raise Broken(2, f"GO-04: {entry.type} after {(at - since) // DAY} days against an older office")


@invariant
def few_are_replaced_at_a_time(watch: Watch) -> None:
    """GO-05: in any 14 days organisers withdraw a third of the offices that they could withdraw, or one."""
    view, new = watch.view, {entry.index for entry in watch.new}
    for last in [g for g in view.grants if g.ended_entry in new and g.ended_why == "withdrawn"]:
        here = [g for g in view.grants if g.scope_id == last.scope_id and g.source in DERIVED]
        since = last.ended_at - WINDOW
        gone = {g.holder for g in here if g.ended_why == "withdrawn" and since < g.ended_at <= last.ended_at}
        there = {g.holder for g in here if g.from_at <= last.ended_at and _over(g) > since}
        if len(gone) > max(1, len(there) // 3):
            raise Broken(7, f"GO-05: {len(gone)} of {len(there)} withdrawn within 14 days")


@invariant
def one_left_does_nothing_that_takes_two(watch: Watch) -> None:
    """GO-06: what takes two, nobody does where fewer than two could: a caretaker's powers are left, and an election."""
    view = watch.view
    for entry in [entry for entry in watch.new if entry.by is not None]:
        power, where = oracle.NEEDS.get(entry.type, ("", oracle.at_hub))
        place = where(view, entry.data)
        if oracle.power_at(power, place) in PAIRED and place is not None and len(able(view, power, place, entry)) < 2:
            raise Broken(10, f"GO-06: {entry.type} in a {place.kind} where one is left")


def able(view: View, power: str, place: Place, entry: Row) -> set[str]:
    """Who could use a power in a place, by an office of that place, when an entry was written."""
    here = [g for g in view.grants if (g.scope_kind, g.scope_id) == (place.kind, place.id) and g.entry < entry.index]
    return {g.holder for g in here if view.carries(g, power, place) and was_live(view, g, entry)}
