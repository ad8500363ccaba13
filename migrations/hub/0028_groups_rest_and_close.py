"""Groups to which nobody belongs, and groups that their members close."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Makes the tables, and the column."""
    op.create_table(
        "dormancies",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("until_entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("from_at <= until_at", name=op.f("ck_dormancies_dates")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_dormancies")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_dormancies_scope_id"), "dormancies", ["scope_id"], unique=False)
    op.create_index(
        "uq_dormancies_open",
        "dormancies",
        ["scope_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "closures",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_closures_group_groups")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_closures")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_closures_group"), "closures", ["group"], unique=False)
    op.add_column("groups", sa.Column("closed_entry", sa.BigInteger(), nullable=True))
