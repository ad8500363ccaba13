"""Who of a branch agreed to another boundary of its area."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "area_agreements",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("districts", sa.JSON(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_area_agreements")),
        sa.UniqueConstraint("proposal", "area", "holder", name=op.f("uq_area_agreements_proposal")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_area_agreements_proposal"), "area_agreements", ["proposal"], unique=False)
