"""Groups merge: what would merge into what, and into which a closed one was merged."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Adds the table and the column: no group was merged before."""
    op.create_table(
        "mergers",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ends"], ["groups.id"], name=op.f("fk_mergers_ends_groups")),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_mergers_group_groups")),
        sa.ForeignKeyConstraint(["into"], ["groups.id"], name=op.f("fk_mergers_into_groups")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_mergers")),
        info={"kind": "public"},
    )
    op.create_index("ix_mergers_group", "mergers", ["group"], unique=False)
    op.add_column("groups", sa.Column("merged_into", sa.Text(), nullable=True))


def downgrade() -> None:
    """Takes them away: the record keeps what was merged."""
    op.drop_column("groups", "merged_into")
    op.drop_index("ix_mergers_group", table_name="mergers")
    op.drop_table("mergers")
