"""Letters, sent and unsent."""

import sqlalchemy as sa

from hub.db import Moment, table
from hub.sealing import Sealed

letters = table(
    "letters",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("params", Sealed, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Index("ix_letters_sent_at_at", "sent_at", "at"),
    kind="private",
)
