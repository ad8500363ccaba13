"""The vault begins: keys of people, whose was destroyed, and whose a sealed word is."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_keys")),
        info={"kind": "private"},
    )
    op.create_table(
        "erased",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_erased")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_erased_at"), "erased", ["at"], unique=False)
    op.create_table(
        "names",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_names")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_names_subject"), "names", ["subject"], unique=False)
