"""While a case runs the accused does nothing against whoever complained, by no office and no petition. GO-34."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import acts as act_rows
from hub.cases.models import filed
from hub.errors import YES, Verdict, no
from hub.permits.protecting import protects

ADMITTED = 2  # the step from which the accused knows of it: before, a refusal would tell them
IN_PEACE = no("cases.in_peace", "While a case about you runs, this is for others to do.")


@protects
def may_act_against(tx: Connection, who: str, whom: str) -> Verdict:
    """Says whether somebody may do something that is about another member now.

    Where the panel hid who complained, the accused does such things to nobody: else they would find out by trying.
    """
    running = sa.select(filed.c.act).join(act_rows, act_rows.c.id == filed.c.act)
    mine = running.where(filed.c.respondent == who, act_rows.c.outcome.is_(None), act_rows.c.step >= ADMITTED)
    theirs = sa.or_(filed.c.complainant == whom, filed.c.hidden == 1)
    return YES if tx.scalar(mine.where(theirs).limit(1)) is None else IN_PEACE
