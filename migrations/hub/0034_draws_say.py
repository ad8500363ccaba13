"""What members say of themselves for draws: their answers (private), counts of a pool in tens (public)."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0029"


def upgrade() -> None:
    """Adds both tables. No pool there is asked for anything."""
    op.create_table(
        "draw_counts",
        sa.Column("prepared_entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prepared_entry", "word", "answer", name=op.f("pk_draw_counts")),
        info={"kind": "public"},
    )
    op.create_table(
        "draw_said",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "word", name=op.f("pk_draw_said")),
        info={"kind": "private"},
    )
