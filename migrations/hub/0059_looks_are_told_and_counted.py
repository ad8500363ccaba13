"""When a look was told in a letter of its day; and how often offices look, month by month, in tens."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0045"


def upgrade() -> None:
    """Adds the moment, and both tables. Looks of before are told in one letter to each whom they were at."""
    op.add_column("looks", sa.Column("told_at", sa.BigInteger()))
    untold = sa.text("told_at IS NULL")
    op.create_index(op.f("ix_looks_untold"), "looks", ["at", "id"], sqlite_where=untold, postgresql_where=untold)
    op.create_table(
        "look_months",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_look_months")),
        info={"kind": "private"},
    )
    op.create_table(
        "look_counts",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("many >= 10", name=op.f("ck_look_counts_floor")),
        sa.PrimaryKeyConstraint("month", "role", "scope_kind", "scope_id", "purpose", name=op.f("pk_look_counts")),
        info={"kind": "private"},
    )


def downgrade() -> None:
    """Takes all of it away: what was told by letter, and the counts of months whose looks may be gone."""
    op.drop_table("look_counts")
    op.drop_table("look_months")
    op.drop_index(op.f("ix_looks_untold"), "looks")
    op.drop_column("looks", "told_at")
