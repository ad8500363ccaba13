"""What was hidden, by which rule, and what is hidden from when until when. Public."""

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

# What pages leave out, by which act, from when until when; no end where two others confirmed it. Two acts can hide one
# thing, and each ends its own only.
concealments = table(
    "concealments",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment),
    sa.Index("ix_concealments_target", "target"),
    kind="public",
)
