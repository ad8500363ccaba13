"""The election that a measure asks for, and how a panel extends a measure once."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Adds what earlier measures have not: they asked for no election, and none was extended."""
    op.add_column("measures", sa.Column("election", sa.Text(), nullable=True))
    op.create_table(
        "measure_extensions",
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_entry", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_measure_extensions_act")),
        sa.ForeignKeyConstraint(["measure"], ["measures.act"], name=op.f("fk_measure_extensions_measure")),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_measure_extensions")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_measure_extensions_measure"), "measure_extensions", ["measure"], unique=False)
