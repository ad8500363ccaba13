"""Measures, and the procedures that they close."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "measures",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("target_kind", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_measures_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_measures")),
        info={"kind": "public"},
    )
    op.create_index("ix_measures_scope_id", "measures", ["scope_id"], unique=False)
    op.create_table(
        "act_closures",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "procedure", name=op.f("pk_act_closures")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_act_closures_act"), "act_closures", ["act"], unique=False)
    op.create_index(op.f("ix_act_closures_scope_id"), "act_closures", ["scope_id"], unique=False)
