"""Charters adopted, and how far witnesses have signed."""

import sqlalchemy as sa

from hub.db import Moment, table

# A chain is what follows a version 1, up to the next: an heir that no trustees sent has begun one of its own.
charters = table(
    "charters",
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("signed", sa.Text, nullable=False),
    sa.Column("has_quorum", sa.Boolean, nullable=False),
    kind="public",
)

# What the last published checkpoint says, one row: read again from log/checkpoint whenever it is missing or older. Who
# alters it could let this hub act before its witnesses signed; whoever reads the checkpoint sees that they did not.
seals = table(
    "seals",
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("witnesses", sa.Text, nullable=False),
    kind="derived",
)
