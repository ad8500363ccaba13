"""Looks, the keys by which members let an office look, and how many looks there were (private)."""

import sqlalchemy as sa

from hub.db import Moment, table

# Who looked, by their name in the public record; never deleted by whoever looked.
looks = table(
    "looks",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    # When their day's letter said that there was one.
    sa.Column("told_at", Moment),
    # The order of a panel by which its person reads it later.
    sa.Column("delay", sa.Text),
    # What one office-holder opened today is asked with every look.
    sa.Index("ix_looks_holder_at", "holder", "at"),
    sa.Index(
        "ix_looks_untold",
        "at",
        "id",
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    ),
    kind="private",
)

# A member lets organisers of one branch look, for some days: SHA-256 of 79 random bits, told once.
look_keys = table(
    "look_keys",
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("scope_kind", sa.Text, nullable=False),
    sa.Column("scope_id", sa.Text, nullable=False),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    kind="private",
)

# Months of which looks were counted, once for good; and what is told of them: in tens, by office and purpose.
look_months = table(
    "look_months",
    sa.Column("month", sa.Text, primary_key=True),
    sa.Column("counted_at", Moment, nullable=False),
    kind="private",
)
look_counts = table(
    "look_counts",
    sa.Column("month", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("scope_kind", sa.Text, primary_key=True),
    sa.Column("scope_id", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("many", sa.BigInteger, nullable=False),
    sa.CheckConstraint("many >= 10", name="floor"),
    kind="private",
)
