"""The docket: how cases came out, in counts and in tens, and nobody's name. No count below ten is ever told.

Source: governance.md 4.5. A word that fewer than ten cases share is not told either, not even as none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub.acts.models import acts as act_rows
from hub.cases import deciding, queries
from hub.cases.models import case_queue, filed

LEAST = 10
SPANS = ((30, "up_to_30_days"), (60, "up_to_60_days"), (90, "up_to_90_days"))


def rounded(many: int) -> int:
    """Returns a count as it may be told: in whole tens, rounded down."""
    return many // LEAST * LEAST


def told(words: list[str]) -> dict[str, int]:
    """Returns how often each word stands there, in tens; without those that stand there fewer than ten times."""
    return {word: rounded(many) for word, many in sorted(Counter(words).items()) if many >= LEAST}


def counts(tx: Connection) -> dict[str, dict[str, int]]:
    """Returns of all cases that are over: rule, body (a branch's id), outcome and time, each word to its count."""
    over = sa.select(filed, act_rows.c.opened_at, act_rows.c.closed_at).join(act_rows, act_rows.c.id == filed.c.act)
    rows = tx.execute(over.where(act_rows.c.outcome.is_not(None)).order_by(filed.c.act)).all()
    return {
        "rule": told([str(row.rule) for row in rows]),
        "body": told([row.branch for row in rows if row.branch is not None]),
        "outcome": told([outcome_of(tx, row.act) for row in rows]),
        "time": told([span_of(row.closed_at - row.opened_at) for row in rows]),
    }


def outcome_of(tx: Connection, case: str) -> str:
    """Returns how a case came out, as a word."""
    state, paper = queries.state_of(tx, case), deciding.decision_of(tx, case)
    if state != "final" or paper is None:
        return state
    ruling = deciding.ruling_of(paper.body)
    return ruling.outcome if ruling.proved else "not_proved"


def span_of(took: dt.timedelta) -> str:
    """Returns how long something took, as a word."""
    return next((word for days, word in SPANS if took <= dt.timedelta(days=days)), "longer")


def queued(tx: Connection) -> int:
    """Returns how many complaints wait for room, in tens."""
    return rounded(tx.scalar(sa.select(sa.func.count()).select_from(case_queue).where(case_queue.c.why.is_(None))) or 0)
