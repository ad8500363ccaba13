"""What is said officially, and each act that published, corrected or withdrew it."""

from __future__ import annotations

import sqlalchemy as sa

from hub.db import Moment, table

# kind: statement or reminder; group: of a reminder, the group where something was said that is not in our name.
statements = table(
    "statements",
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("group", sa.Text, sa.ForeignKey("groups.id"), index=True),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    kind="public",
)

# does: publish, correct or withdraw; done_entry: that it took effect, None while it waits or where it came to nothing.
versions = table(
    "statement_versions",
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("statement", sa.Text, sa.ForeignKey("statements.id"), nullable=False, index=True),
    sa.Column("does", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("done_entry", sa.BigInteger),
    sa.Column("done_at", Moment),
    kind="public",
)
