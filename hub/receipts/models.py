"""Days that were counted (public); digests of days that were not, and how many each person took today (private)."""

import sqlalchemy as sa

from hub.db import table

receipt_days = table(
    "receipt_days",
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Text, nullable=False, unique=True),
    sa.Column("issued", sa.BigInteger, nullable=False),
    sa.Column("root", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("keys", sa.JSON, nullable=False),
    kind="public",
)

# Until its day is counted: then the digests stand in the day's public file, among others that mean nothing. No person.
receipts_issued = table(
    "receipts_issued",
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("day", sa.Text, nullable=False, index=True),
    kind="private",
)

# So that one member makes no flood: how many, not which; forgotten when the day is over.
receipts_taken = table(
    "receipts_taken",
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("many", sa.BigInteger, nullable=False),
    kind="private",
)
