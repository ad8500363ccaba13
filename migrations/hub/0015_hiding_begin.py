"""What is hidden: by which rule, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Makes the table, and the columns that say what is hidden now."""
    op.create_table(
        "hidings",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("hidden_entry", sa.BigInteger(), nullable=True),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.Column("shown_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_hidings_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_hidings")),
        info={"kind": "public"},
    )
    op.create_index("ix_hidings_target", "hidings", ["target"], unique=False)
    op.add_column("groups", sa.Column("hidden_entry", sa.BigInteger(), nullable=True))
    op.add_column("group_links", sa.Column("hidden_entry", sa.BigInteger(), nullable=True))
