"""Is this hidden now? One predicate over dates, for every query that shows what somebody published.

What ends by itself ends in that predicate: no job and no entry stands between a measure's last minute and the page.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub import clock
from hub.db import Moment
from hub.hiding.models import concealments

# Asked when the statement is executed: statements are prepared once.
_NOW = sa.bindparam("hidden_at", callable_=lambda: clock.now(), type_=Moment())

LIVE = sa.and_(
    concealments.c.from_at <= _NOW, sa.or_(concealments.c.until_at.is_(None), concealments.c.until_at > _NOW)
)


def is_hidden(target: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Returns the condition that a thing of this id is hidden now, by whichever act."""
    return sa.exists().where(concealments.c.target == target, LIVE)
