"""Charters adopted, and how far witnesses have signed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "charters",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("has_quorum", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_charters")),
        info={"kind": "public"},
    )
    op.create_table(
        "seals",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("witnesses", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_seals")),
        info={"kind": "derived"},
    )
