"""Who looked at whose fields, in which office and why; and the keys by which members let an office look."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0043"


def upgrade() -> None:
    """Makes both tables. Looks at rolls of before stay where they are told, in the private trail, for two years."""
    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_looks_person"), "looks", ["person"])
    op.create_index(op.f("ix_looks_holder_at"), "looks", ["holder", "at"])
    op.create_table(
        "look_keys",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_look_keys")),
        sa.UniqueConstraint("number", name=op.f("uq_look_keys_number")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_look_keys_person"), "look_keys", ["person"])


def downgrade() -> None:
    """Takes both away: who looked is told to nobody any more."""
    op.drop_table("look_keys")
    op.drop_table("looks")
