"""Passkey sessions, locks, recoveries, vouches."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds what guards an account. Sessions that run were opened by a code."""
    op.create_table(
        "vouches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouches")),
        sa.UniqueConstraint("number", "by_person", name=op.f("uq_vouches_number_by_person")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_vouches_by_person"), "vouches", ["by_person"], unique=False)
    op.create_index(op.f("ix_vouches_number"), "vouches", ["number"], unique=False)
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("letter_at", sa.BigInteger(), nullable=True),
        sa.Column("vouched_at", sa.BigInteger(), nullable=True),
        sa.Column("passkey_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_recoveries_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        info={"kind": "private"},
    )
    op.create_index(op.f("ix_recoveries_person"), "recoveries", ["person"], unique=False)
    op.add_column("accounts", sa.Column("handle", sa.LargeBinary(), nullable=True))
    op.add_column("accounts", sa.Column("locked_at", sa.BigInteger(), nullable=True))
    op.add_column("accounts", sa.Column("rests_until", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("kind", sa.Text(), server_default="code", nullable=False))
    op.add_column("sessions", sa.Column("passkey_at", sa.BigInteger(), nullable=True))
