"""Petitions: recalls, holds and amendments; who signed, privately; and settings that may be held."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "petitions",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("roll", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("reached_at", sa.BigInteger(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_entry", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('recall', 'hold', 'amend')", name=op.f("ck_petitions_kind")),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_petitions_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_petitions")),
        info={"kind": "public"},
    )
    op.create_index("ix_petitions_holder", "petitions", ["holder"], unique=False)
    op.create_index("ix_petitions_target", "petitions", ["target"], unique=False)
    op.create_table(
        "amendments",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_amendments_act")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_amendments")),
        info={"kind": "public"},
    )
    op.create_table(
        "signatures",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act", "person", name=op.f("pk_signatures")),
        info={"kind": "private"},
    )
    op.create_table(
        "settings_changes",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("joining", sa.Text(), nullable=False),
        sa.Column("seats", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["groups.id"], name=op.f("fk_settings_changes_group")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_settings_changes")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_settings_changes_group"), "settings_changes", ["group"], unique=False)
