"""The trail's one table."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

audit_notes = table(
    "audit_notes",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", Sealed, nullable=False),
    sa.Column("at", Moment, nullable=False),
    kind="private",
)
