"""Members' objections to a count, and what its scrutineers found of them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "count_objections",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_count_objections")),
        info={"kind": "public"},
    )
    op.create_index(op.f("ix_count_objections_ballot"), "count_objections", ["ballot"], unique=False)
    op.create_table(
        "count_judgements",
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("objection", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("upheld IN (0, 1)", name=op.f("ck_count_judgements_yes_or_no")),
        sa.ForeignKeyConstraint(["objection"], ["count_objections.entry"], name=op.f("fk_count_judgements_objection")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_count_judgements")),
        sa.UniqueConstraint("objection", "holder", name=op.f("uq_count_judgements_objection_holder")),
        info={"kind": "public"},
    )
    op.create_table(
        "count_objectors",
        sa.Column("ballot", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ballot", "person", name=op.f("pk_count_objectors")),
        info={"kind": "private"},
    )
