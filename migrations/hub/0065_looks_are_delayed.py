"""Orders by which a panel's looks are read later, and at a look the order that it stands under."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    """Adds both: no look of before is delayed."""
    op.create_table(
        "case_delays",
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("case_act", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_entry", sa.BigInteger(), nullable=False),
        sa.Column("signed_by", sa.Text()),
        sa.Column("signed_entry", sa.BigInteger()),
        sa.Column("begun_at", sa.BigInteger()),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_act"], ["complaints.act"], name=op.f("fk_case_delays_case_act")),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_case_delays")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_case_delays_case_act"), "case_delays", ["case_act"])
    op.add_column("looks", sa.Column("delay", sa.Text()))


def downgrade() -> None:
    """Drops both: every look is read at once."""
    op.drop_column("looks", "delay")
    op.drop_table("case_delays")
