"""Measures: what was paused where, by which act, until when; and how a panel extended one. Public."""

import sqlalchemy as sa

from hub.db import Moment, table

measures = table(
    "measures",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    # Of a paused office: its role. Of something hidden: its kind and id.
    sa.Column("role", sa.Text),
    sa.Column("target_kind", sa.Text),
    sa.Column("target", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("begun_at", Moment),
    sa.Column("until_at", Moment),
    # The election that the clock opened for it, if it asked for one and none ran or was due.
    sa.Column("election", sa.Text),
    sa.Index("ix_measures_scope_id", "scope_id"),
    kind="public",
)

# An act of its own about a measure. until_at: how long the measure lasts by it, once it was decided.
measure_extensions = table(
    "measure_extensions",
    sa.Column("act", sa.Text, sa.ForeignKey("acts.id"), primary_key=True),
    sa.Column("measure", sa.Text, sa.ForeignKey("measures.act"), nullable=False, index=True),
    sa.Column("reason", sa.Text),
    sa.Column("told_entry", sa.BigInteger, nullable=False),
    sa.Column("until_at", Moment),
    kind="public",
)
