"""Office-holders' keys in the record, and which key an entry was signed by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the tables. Both are public and begin empty: no entry before this release registers a key."""
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("hub", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_signing_keys_holder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("entry", name=op.f("uq_signing_keys_entry")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_signing_keys_holder"), "signing_keys", ["holder"], unique=False)
    op.create_table(
        "signed_entries",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["signing_keys.id"], name=op.f("fk_signed_entries_key")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_signed_entries")),
        sa.UniqueConstraint("act", name=op.f("uq_signed_entries_act")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_signed_entries_key"), "signed_entries", ["key"], unique=False)
