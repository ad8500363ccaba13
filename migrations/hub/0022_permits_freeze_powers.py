"""Freezes of powers, and links that are announced before they are shown."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Makes the table and the columns; links that are there already are shown since they were declared."""
    op.create_table(
        "power_freezes",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("frozen_entry", sa.BigInteger(), nullable=True),
        sa.Column("grant", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("counts_until", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("from_at <= until_at", name=op.f("ck_power_freezes_dates")),
        sa.ForeignKeyConstraint(["grant"], ["grants.id"], name=op.f("fk_power_freezes_grant")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_power_freezes")),
        sa.UniqueConstraint("frozen_entry", name=op.f("uq_power_freezes_frozen_entry")),
        info={"kind": "public"},
    )
    op.create_index("ix_power_freezes_scope_id_until_at", "power_freezes", ["scope_id", "until_at"], unique=False)
    op.add_column("group_links", sa.Column("act", sa.Text(), nullable=True))
    op.add_column("group_links", sa.Column("shown_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE group_links SET shown_at = declared_at")
    op.add_column("member_links", sa.Column("shown_from", sa.BigInteger(), nullable=True))
