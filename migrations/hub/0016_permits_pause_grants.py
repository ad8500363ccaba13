"""Pauses of grants."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "grant_pauses",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_at <= until_at", name=op.f("ck_grant_pauses_dates")),
        sa.ForeignKeyConstraint(["grant"], ["grants.id"], name=op.f("fk_grant_pauses_grant")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_grant_pauses")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_grant_pauses_act"), "grant_pauses", ["act"], unique=False)
    op.create_index(op.f("ix_grant_pauses_grant"), "grant_pauses", ["grant"], unique=False)
