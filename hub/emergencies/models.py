"""Measures: what was paused where, by which act, until when. Public."""

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
    sa.Index("ix_measures_scope_id", "scope_id"),
    kind="public",
)
