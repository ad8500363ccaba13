"""Holds over the roster's feed; since when the hub itself knows somebody; how long a role is held before it counts."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the tables and columns."""
    op.create_table(
        "standing_holds",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("of", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('mandates', 'roll')", name=op.f("ck_standing_holds_kind")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_standing_holds")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_standing_holds_scope"), "standing_holds", ["scope"], unique=False)
    op.create_table(
        "feed_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("left_area", sa.Text(), nullable=True),
        sa.CheckConstraint("change IN ('ended', 'moved', 'away', 'unheeded')", name=op.f("ck_feed_changes_change")),
        sa.CheckConstraint("outcome IN ('done', 'taken_back')", name=op.f("ck_feed_changes_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_changes")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_feed_changes_person"), "feed_changes", ["person"], unique=False)
    op.create_index(op.f("ix_feed_changes_due_at"), "feed_changes", ["due_at"], unique=False)
    op.create_index(
        "uq_feed_changes_open",
        "feed_changes",
        ["person", "change", "area"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "feed_holds",
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["feed_changes.id"], name=op.f("fk_feed_holds_change")),
        sa.PrimaryKeyConstraint("change", "scope", "kind", name=op.f("pk_feed_holds")),
        info={"kind": "private"},
    )
    op.add_column("grants", sa.Column("held_entry", sa.BigInteger(), nullable=True))
    op.add_column("role_powers", sa.Column("tenure_days", sa.BigInteger(), nullable=True))
    op.add_column("standings", sa.Column("begun_at", sa.BigInteger(), nullable=True))
    op.add_column("standings", sa.Column("area_since", sa.BigInteger(), nullable=True))
