"""Offices that are lent for some days: from which grant a stand-in's was lent, and for how long."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Adds the columns, and what finds the stand-ins of a grant."""
    op.add_column("grants", sa.Column("lender", sa.Text(), nullable=True))
    op.create_index(op.f("ix_grants_lender"), "grants", ["lender"], unique=False)
    op.add_column("office_acts", sa.Column("days", sa.BigInteger(), nullable=True))
