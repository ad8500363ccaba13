"""What members say of themselves for draws, and counts of it; pulses of a beacon, for the check of their signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Adds the tables. No pool there is asked for anything, and no earlier pulse is kept."""
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
    op.create_table(
        "draw_pulses",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("suite", sa.Integer(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'wrong', 'length', 'unknown', 'suite')",
            name=op.f("ck_draw_pulses_state"),
        ),
        sa.PrimaryKeyConstraint("act", "step", "source", "said", name=op.f("pk_draw_pulses")),
        info={"kind": "derived"},
    )
    op.create_index("ix_draw_pulses_state", "draw_pulses", ["state"], unique=False)
