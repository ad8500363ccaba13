"""Who closes their account (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

# closed_at: since when nothing of it runs any more; the row goes with everything else of its person.
closings = table(
    "closings",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
    sa.Column("closed_at", Moment, index=True),
    kind="private",
)
