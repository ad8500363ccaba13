"""Official statements, and each act that published, corrected or withdrew one."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "statements",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_statements_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_statements_group"), "statements", ["group"])
    op.create_table(
        "statement_versions",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("does", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("done_entry", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["statement"], ["statements.id"], name=op.f("fk_statement_versions_statement")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_statement_versions")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_statement_versions_statement"), "statement_versions", ["statement"])


def downgrade() -> None:
    """Drops them."""
    op.drop_index(op.f("ix_statement_versions_statement"), table_name="statement_versions")
    op.drop_table("statement_versions")
    op.drop_index(op.f("ix_statements_group"), table_name="statements")
    op.drop_table("statements")
