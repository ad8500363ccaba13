"""What the record states of an act's step without a holder's name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "act_facts",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_act_facts_act")),
        sa.PrimaryKeyConstraint("entry", "act", name=op.f("pk_act_facts")),
        info={"kind": "public"},
    )
    op.create_index("ix_act_facts_act", "act_facts", ["act"], unique=False)
