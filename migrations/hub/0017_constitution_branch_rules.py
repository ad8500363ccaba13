"""What branches chose for themselves, and what they are about to."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "branch_rules",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("in_force_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_branch_rules")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_branch_rules_branch"), "branch_rules", ["branch"], unique=False)
    op.create_table(
        "branch_rule_changes",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["branch"], ["branches.id"], name=op.f("fk_branch_rule_changes_branch")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_branch_rule_changes")),
        info={"kind": "public"},
    )
