"""The ledger's tables. entries and openings are the two inputs of every fold; the rest is the sequencer's own."""

import sqlalchemy as sa

from hub.db import Moment, table

# Trusted no further than the checkpoint covers: who alters a row is caught by the root.
entries = table(
    "entries",
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.BigInteger),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
    sa.Index("ix_entries_type_index", "type", "index"),
    kind="public",
)

# Not trusted: a false opening does not match its digest. A deleted one is gone for good.
openings = table(
    "openings",
    sa.Column("index", sa.BigInteger, sa.ForeignKey("entries.index"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("disclosure", sa.Text, nullable=False),
    kind="public",
)

# The erasure list: kept for good, so that words withdrawn do not come back with a restored backup or a mirror. why: as
# tombstones.py; sig: by the log's key, made when the list is first published with it.
# Who deletes a row here can bring words back only from a copy of the opening itself.
withdrawals = table(
    "withdrawals",
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("published_at", Moment),
    sa.Column("why", sa.Text),
    sa.Column("sig", sa.Text),
    kind="private",
)

# One row: what the worker last saw of the clock, and when whoever runs the hub last said that it is right. Who moves it
# on lets a clock that is wrong end waits before their time; who deletes it does so once.
beats = table(
    "beats",
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    kind="private",
)
