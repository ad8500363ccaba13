"""The verbs of those who look at a count: members object to it, scrutineers judge that, sign the count or void it.

Whoever objects is not named in public. Nothing here moves a deadline: what nobody judged in time stays in view.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub import clock, ledger
from hub.acts import actions as acts
from hub.acts import queries as act_queries
from hub.acts.models import acts as act_rows
from hub.acts.state import ActState
from hub.ballots import letters, objections_fold, queries
from hub.ballots.entries import CountJudged, CountObjected
from hub.ballots.models import ballots, count_objectors
from hub.ballots.objections_fold import OVER, may_scrutinise
from hub.ballots.queries import Ballot
from hub.branches import actions as branch_letters
from hub.errors import YES, Forbidden, NotFound, Verdict, insist, no
from hub.permits import HUB, Actor, P, R, require, require_right
from hub.permits import queries as permits
from hub.permits.actions import right_of_members

NOT_ON_ROLL = no("ballots.not_on_roll", "Whoever is on the roll of a ballot can object to its count. You are not.")
OBJECTED_BEFORE = no("ballots.objected_before", "You have objected to this count already. It stands in view.")
BY_OFFICE = no("ballots.scrutineer_objects", "You are a scrutineer here: sign the count, or void it, by your office.")
_OBJECT = sa.text("INSERT INTO count_objectors (ballot, person) VALUES (:ballot, :who) ON CONFLICT DO NOTHING")


def object_to(tx: Connection, *, ballot: str, reason: str, actor: Actor) -> None:
    """Says, with a reason, that a count is wrong: a member on its roll, once, while it can still be judged.

    Raises NotFound, Forbidden for who is not on the roll, Invalid without a reason, RuleViolation ballots.*.
    """
    ledger.hold(tx)
    found = queries.get(tx, ballot)
    require_right(actor, R.COMPLAIN, HUB)
    verdict = may_object(tx, found, actor)
    if verdict.code == NOT_ON_ROLL.code:
        raise Forbidden(verdict)
    insist(verdict)
    branch_letters.insist_on_reason(reason)
    record = CountObjected(found.act, found.id)
    ledger.append(tx, record, by=right_of_members(tx), words={"reason": reason.strip()})
    if not tx.execute(_OBJECT, {"ballot": found.id, "who": actor.person}).rowcount:
        insist(OBJECTED_BEFORE)
    letters.tell_scrutineers(tx, scrutineers(tx, act_queries.get(tx, found.act)), found.id)


def may_object(tx: Connection, found: Ballot, actor: Actor) -> Verdict:
    """Says whether the actor can object to a count now."""
    state = act_queries.get(tx, found.act)
    judged = objections_fold.judged_ballot(tx, state, clock.now())
    if judged is None or judged.id != found.id:
        return OVER
    if queries.line_of(tx, found.id, actor.person) is None:
        return NOT_ON_ROLL
    if actor.holder is not None and actor.holder in scrutineers(tx, state):
        return BY_OFFICE
    return OBJECTED_BEFORE if has_objected(tx, found.id, actor) else YES


def has_objected(tx: Connection, ballot: str, actor: Actor) -> bool:
    """Tells the actor whether they objected; nobody is told of another."""
    mine = sa.select(count_objectors.c.person).where(count_objectors.c.ballot == ballot)
    return tx.scalar(mine.where(count_objectors.c.person == actor.person)) is not None


def judge(tx: Connection, *, act: str, objection: int, upheld: bool, actor: Actor) -> None:
    """A scrutineer finds that an objection is right, or that it is not. Two who find it right void the count.

    Raises NotFound, Forbidden, RuleViolation ballots.* and acts.*.
    """
    ledger.hold(tx)
    if objections_fold.objection(tx, act, objection) is None:
        raise NotFound
    state = act_queries.get(tx, act)
    grant = require(actor, P.BALLOTS_SCRUTINISE, state.scope, act=act)
    ledger.append(tx, CountJudged(act, objection, upheld), by=grant.entry)
    acts.run(tx, act)


def scrutineers(tx: Connection, state: ActState) -> set[str]:
    """Returns who scrutinises an act's newest count: drawn for it, and judge of none that was voided."""
    live = permits.live_grants(tx, scope=state.scope)
    mine = [one for one in live if P.BALLOTS_SCRUTINISE in one.permissions and may_scrutinise(state, one)]
    return {one.holder for one in mine}


def forget(tx: Connection) -> int:
    """Forgets who objected to a count, once its act is over; returns how many."""
    over = sa.select(ballots.c.id).join(act_rows, act_rows.c.id == ballots.c.act)
    over = over.where(act_rows.c.outcome.is_not(None))
    return tx.execute(sa.delete(count_objectors).where(count_objectors.c.ballot.in_(over))).rowcount
