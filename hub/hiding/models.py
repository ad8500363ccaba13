"""What was hidden, by which rule, and whether it is still. Public."""

import sqlalchemy as sa

from hub.db import Moment, table

hidings = table(
    "hidings",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("rule", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("hidden_entry", sa.BigInteger),
    sa.Column("shown_at", Moment),
    sa.Column("shown_entry", sa.BigInteger),
    sa.Index("ix_hidings_target", "target"),
    kind="public",
)
