"""What follows where somebody was elected and is no member there any more when their mandate begins.

It begins in the record, and ends in the same minute as a lapse, within what the feed may end at once; over that all of
it waits under a hold whose numbers are public, as it would for anybody in office. Nobody elected is left out unsaid.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.engine import Connection

from hub import clock
from hub.ballots import elected
from hub.people import queries as people
from hub.permits import Scope
from hub.permits import queries as permits
from hub.permits.actions import lapse_grants
from hub.standing import actions, queries


@elected.answer_begin
def begin(tx: Connection, scope: Scope, holders: Collection[str], due: dt.datetime) -> set[str]:
    """Ends the mandates of those who left, or lets them wait; returns whose they are. due: when they began."""
    behind = {permits.person_of_holder(tx, holder): holder for holder in holders}
    area = queries.areas_of_scopes(tx).get(scope.id)
    why = {person: found for person in behind if person and (found := _gone(tx, person, scope, area))}
    late = {person: found for person, found in why.items() if not _has_waited(tx, person, scope, due)}
    actions.end_at_once(tx, late, due)
    return {behind[person] for person in why}


def _gone(tx: Connection, person: str, scope: Scope, area: str | None) -> tuple[str, str] | None:
    """Returns why somebody is no member of a scope, and where that was; None for members."""
    if people.standing_of(tx, person) is None:
        return "left", scope.id
    # Who moved keeps mandates for some days, and none that begins after these.
    if area is not None and people.area_of(tx, person) != area and queries.moved_away(tx, person, area):
        return "moved", area
    return None


def _has_waited(tx: Connection, person: str, scope: Scope, due: dt.datetime) -> bool:
    """Ends the mandate of who left and waited under a hold before, as elected; tells whether they did."""
    hold = queries.waited_under(tx, person, (scope.id, "mandates"))
    if hold is None or hold[1] > clock.now() or people.standing_of(tx, person) is not None:
        return False
    lapse_grants(
        tx,
        person=person,
        of=lambda grant: grant.scope.id == scope.id,
        held={scope.id: hold[0]},
        due=max(due, hold[1]),
    )
    return True
