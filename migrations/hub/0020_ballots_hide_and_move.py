"""Candidates' words that are hidden; outages, what they moved, and when the hub was last seen to answer."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Adds the columns, and makes the tables."""
    op.add_column("candidacies", sa.Column("hidden_entry", sa.BigInteger(), nullable=True))
    op.add_column("ballots", sa.Column("moves", sa.BigInteger(), nullable=True))
    op.add_column("ballots", sa.Column("moved_entry", sa.BigInteger(), nullable=True))
    op.create_table(
        "outages",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_outages")),
        info={"kind": "public"},
    )
    op.create_table(
        "ballot_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_ballot_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_watch")),
        info={"kind": "private"},
    )
