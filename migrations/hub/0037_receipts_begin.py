"""Membership receipts: days that were counted, digests of those that were not, how many somebody took today."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "receipt_days",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_receipt_days")),
        sa.UniqueConstraint("day", name=op.f("uq_receipt_days_day")),
        info={"kind": "public"},
    )
    op.create_table(
        "receipts_issued",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_receipts_issued")),
        info={"kind": "private"},
    )
    op.create_index("ix_receipts_issued_day", "receipts_issued", ["day"], unique=False)
    op.create_table(
        "receipts_taken",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "day", name=op.f("pk_receipts_taken")),
        info={"kind": "private"},
    )


def downgrade() -> None:
    """Takes them away again: days that were counted stand in the record."""
    op.drop_table("receipts_taken")
    op.drop_index("ix_receipts_issued_day", table_name="receipts_issued")
    op.drop_table("receipts_issued")
    op.drop_table("receipt_days")
